"""Finds the tools in a Python file by the frameworks' marks, and their injected arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import Entry, load
from agentcore_connect.project.code import Parsed
from agentcore_connect.specs.python_values import last_name

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Marked(NamedTuple):
    """A function that is a tool: the function, and what its mark gives it, if anything.

    `arguments` is the class that describes the arguments in the place of the signature.
    """

    function: Function
    name: str | None = None
    description: str | None = None
    arguments: ast.expr | None = None


def marks() -> Entry:
    """Return the marks of tools: the section `python` of `knowledge/tool-schema.yaml`."""
    found: Entry = load("tool-schema")["python"]
    return found


def functions(parsed: Parsed) -> list[Function]:
    """Every function of a file in the order of its lines, nested ones and methods among them."""
    found: list[Function] = [*parsed.of(ast.FunctionDef), *parsed.of(ast.AsyncFunctionDef)]
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def marked(parsed: Parsed) -> list[Marked]:
    """The tools of a file: by decorator, by a call that makes or registers one, or as a class that is one."""
    every = functions(parsed)
    known = {one.name: one for one in reversed(every)}
    found: dict[int, Marked] = {}
    for function in every:
        for decorator in function.decorator_list:
            if _name_of(decorator) in marks()["decorators"]:
                call = decorator if isinstance(decorator, ast.Call) else None
                found.setdefault(id(function), Marked(function, *_given(call)))
    for function_name, maker in _registered(parsed):
        if function_name in known:
            function = known[function_name]
            found.setdefault(id(function), Marked(function, *(_given(maker) if maker else ())))
    for one in parsed.of(ast.ClassDef):
        method = _tool_class(one)
        if method is not None:
            found.setdefault(id(method), Marked(method, *_class_words(one)))
    return sorted(found.values(), key=lambda one: (one.function.lineno, one.function.col_offset))


def specification(tree: ast.Module) -> dict[str, Json] | None:
    """The tool that a module describes in a constant (TOOL_SPEC of Strands), where it is written out."""
    for name, value in _assigned(tree.body):
        if name in marks()["constants"]:
            try:
                found = ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return None
            return found if isinstance(found, dict) else None
    return None


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """The names that statements give a value, with the value."""
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


def injected(tree: ast.Module, function: Function) -> set[str]:
    """The arguments that a framework or a decorator of the SDK fills in, so that no model is asked for them."""
    known = marks()
    fixed = {name for name in ("self", "cls") if function.args.args[:1] and function.args.args[0].arg == name}
    given = {_into(decorator) for decorator in function.decorator_list}
    strands = "strands" in _imported(tree)
    found = fixed | {name for name in given if name}
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        names = _annotation_names(argument.annotation)
        plain = bool(names & _SIMPLE) and not (strands and argument.arg == "agent")
        if (
            names & set(known["injected_types"])
            or argument.arg in known["secrets"]
            or (argument.arg in known["injected_names"] and not plain)
        ):
            found.add(argument.arg)
    return found


_SIMPLE: Final = {"str", "int", "float", "bool"}


def _name_of(decorator: ast.expr) -> str:
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator)


def _given(call: ast.Call | None) -> tuple[str | None, str | None, ast.expr | None]:
    """The name, the description and the arguments' class that a call gives: by keyword, the name also as its first."""
    if call is None:
        return None, None, None
    words = {key.arg: key.value for key in call.keywords}
    first = call.args[0] if call.args else None
    name = next((words[key] for key in ("name", "name_override", "tool_name") if key in words), first)
    text = next((words[key] for key in ("description", "description_override") if key in words), None)
    return _text(name), _text(text), next((words[key] for key in marks()["schemas"] if key in words), None)


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _registered(parsed: Parsed) -> Iterator[tuple[str, ast.Call | None]]:
    """The functions that calls make into tools, by name: `FunctionTool(f)`, `add_tool(f)`, `Agent(tools=[f, g])`.

    With the call that may name and describe the tool, where it makes just this one.
    """
    makers, functions = frozenset(marks()["makers"]), frozenset(marks()["functions"])
    for call in parsed.of(ast.Call):
        makes = last_name(call.func) in makers
        if makes or _qualifier(call.func) in makers:
            for value in (*call.args[:1], *(key.value for key in call.keywords if key.arg in functions)):
                if isinstance(value, ast.Name):
                    yield value.id, call if makes else None
        for key in call.keywords:
            if key.arg == "tools" and isinstance(key.value, ast.List | ast.Tuple):
                yield from ((item.id, call if makes else None) for item in key.value.elts if isinstance(item, ast.Name))


def _qualifier(node: ast.expr) -> str:
    """Return the class in `StructuredTool.from_function`."""
    return last_name(node.value) if isinstance(node, ast.Attribute) else ""


def _tool_class(one: ast.ClassDef) -> Function | None:
    """The method that runs a tool class (`BaseTool` of LangChain and CrewAI)."""
    if not {last_name(base) for base in one.bases} & set(marks()["classes"]):
        return None
    methods = {node.name: node for node in one.body if isinstance(node, Function)}
    return next((methods[name] for name in ("_run", "_arun", "run") if name in methods), None)


def _class_words(one: ast.ClassDef) -> tuple[str | None, str | None, ast.expr | None]:
    given = dict(_assigned(one.body))
    said = {name: _text(value) for name, value in given.items()}
    arguments = next((given[key] for key in marks()["schemas"] if key in given), None)
    return said.get("name") or one.name, said.get("description") or ast.get_docstring(one), arguments


def _into(decorator: ast.expr) -> str | None:
    """The argument that a decorator of the AgentCore SDK fills with a token or key."""
    defaults: dict[str, str] = marks()["filled_by"]
    name = _name_of(decorator)
    if name not in defaults:
        return None
    words = {key.arg: key.value for key in decorator.keywords} if isinstance(decorator, ast.Call) else {}
    return _text(words.get("into")) or defaults[name]


def _annotation_names(node: ast.expr | None) -> set[str]:
    """Every name in an annotation, quoted ones too."""
    if node is None:
        return set()
    found = {last_name(part) for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)}
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            found |= set(part.value.replace("[", " ").replace("]", " ").replace(".", " ").replace(",", " ").split())
    return found


def _imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
