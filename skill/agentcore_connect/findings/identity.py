"""Findings about the SDK's identity decorators: arguments that fail, flows that are none, tools."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agentcore_connect.findings.model import CodeFile, Finding, Scan, finding
from agentcore_connect.findings.names import UNKNOWN, last
from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.python_marks import marks

Function = ast.FunctionDef | ast.AsyncFunctionDef
_OWN_SCHEMA = frozenset({"args_schema", "inputSchema", "input_schema", "params_json_schema", "parameters"})
_PACKAGE = "bedrock_agentcore.identity."


def decorators(scan: Scan) -> Iterator[Finding]:
    """Every function under an identity decorator, as the decorator and the function fit together."""
    for file in scan.code_files:
        if not any(module.startswith("bedrock_agentcore") for module in file.parsed.modules):
            continue
        functions: list[Function] = [*file.parsed.of(ast.FunctionDef), *file.parsed.of(ast.AsyncFunctionDef)]
        for function in functions:
            for decorator in function.decorator_list:
                name = _identity(file, decorator)
                if name:
                    yield from _arguments(file, decorator, name, function)
                    yield from _on_tool(file, decorator, name, function)


def _identity(file: CodeFile, decorator: ast.expr) -> str | None:
    """The name of an identity decorator of the SDK; None for any other."""
    dotted = file.names.dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
    name = dotted.rpartition(".")[2]
    return name if dotted.startswith(_PACKAGE) and name in marks()["filled_by"] else None


def _arguments(file: CodeFile, decorator: ast.expr, name: str, function: Function) -> Iterator[Finding]:
    where = file.where(decorator)
    if not isinstance(decorator, ast.Call):
        yield finding("identity-decorator-arguments", f"@{name} has no brackets", where)
        return
    if decorator.args:
        message = f"@{name} takes keyword arguments only"
        yield finding("identity-decorator-arguments", message, where)
        return
    given = {key.arg: key.value for key in decorator.keywords}
    if None in given:  # **arguments
        return
    lacking = [one for one in load("findings")["signs"]["identity_required"].get(name, []) if one not in given]
    if lacking:
        yield finding("identity-decorator-arguments", f"@{name} needs {' and '.join(lacking)}", where)
    flow = given.get("auth_flow")
    flows = load("findings")["signs"]["identity_flows"]
    said = file.names.text(flow) if flow is not None else UNKNOWN
    if UNKNOWN not in said and said not in flows:
        message = f"auth_flow {said!r} is none of {', '.join(flows)}"
        yield finding("identity-auth-flow", message, where)
    into = _into(decorator, name)
    arguments = function.args
    names = {one.arg for one in (*arguments.args, *arguments.kwonlyargs)}
    if into and into not in names and arguments.kwarg is None:
        message = f"{function.name} has no parameter {into}, which @{name} passes"
        yield finding("identity-decorator-arguments", message, where)


def _into(decorator: ast.expr, name: str) -> str | None:
    """The parameter that a decorator fills; None where the code does not tell."""
    for key in decorator.keywords if isinstance(decorator, ast.Call) else ():
        if key.arg == "into":
            return key.value.value if isinstance(key.value, ast.Constant) and isinstance(key.value.value, str) else None
    return str(marks()["filled_by"][name])


def _on_tool(file: CodeFile, decorator: ast.expr, name: str, function: Function) -> Iterator[Finding]:
    order = function.decorator_list
    for other in order:
        call = other if isinstance(other, ast.Call) else None
        named = call.func if call else other
        tool = file.names.dotted(named).rpartition(".")[2] or last(named)
        if tool not in marks()["decorators"] or (call and any(key.arg in _OWN_SCHEMA for key in call.keywords)):
            continue
        into = _into(decorator, name) or "the credential"
        if order.index(other) > order.index(decorator):
            message = f"@{name} stands above @{tool}: {function.name} is a plain function then, and no tool"
        elif _is_hidden(function, into):
            continue
        else:
            message = f"@{tool} stands above @{name}: the model is asked for {into}"
        yield finding("identity-decorator-on-tool", message, file.where(decorator))


def _is_hidden(function: Function, name: str) -> bool:
    """Return whether the annotation of a parameter keeps it from the model (LangChain's InjectedToolArg)."""
    for one in (*function.args.args, *function.args.kwonlyargs):
        if one.arg == name and one.annotation is not None:
            return any(
                isinstance(part, ast.Name | ast.Attribute) and last(part) in marks()["injected_types"]
                for part in ast.walk(one.annotation)
            )
    return False
