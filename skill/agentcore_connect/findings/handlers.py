"""Findings in Lambda functions behind gateway targets: source and comparison of the tool's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from agentcore_connect.findings.model import CodeFile, Confidence, Finding, Scan, finding
from agentcore_connect.findings.names import UNKNOWN, last
from agentcore_connect.knowledge.resources import load

_NAMES: Final = ("handler", "lambda_handler")
_SEPARATOR: Final = "___"


def handlers(file: CodeFile) -> list[ast.FunctionDef]:
    """Return the functions that Lambda can call: at module level, with an event and a context."""
    found = []
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef):
            names = [one.arg.strip("_") for one in (*node.args.posonlyargs, *node.args.args)]
            if len(names) == 2 and (names == ["event", "context"] or node.name in _NAMES):
                found.append(node)
    return found


def name_from_event(scan: Scan) -> Iterator[Finding]:
    """Find handlers that read the tool's name from the event."""
    signs = load("findings")["signs"]["lambda"]
    behind = any(target.type == "lambda-function-arn" for target in scan.all_targets)
    for file in scan.code_files:
        functions = handlers(file)
        if not functions or _reads_context(file):
            continue
        for function in functions:
            read: dict[str, tuple[str, Confidence]] = {}  # one line that tries several keys is one mistake
            for node, key in _reads_of(file, function, _first(function)):
                if key in signs["context_keys"]:
                    read.setdefault(file.where(node), (key, "certain"))
                elif key in signs["event_keys"] and (behind or _speaks_of_gateway(file)):
                    read.setdefault(file.where(node), (key, "likely"))
            for where, (key, sure) in read.items():
                yield finding("lambda-name-from-event", f"event[{key!r}]", where, sure)


def prefix_kept(scan: Scan) -> Iterator[Finding]:
    """Find handlers that compare the tool's name without the target's prefix."""
    for file in scan.code_files:
        if not _reads_context(file) or _cuts(file):
            continue
        defaults = _defaults(file)
        for function in file.parsed.of(ast.FunctionDef):
            names = _holders(file, function)
            for node in ast.walk(function) if names else ():
                found = _compared(file, node, names)
                if found and found not in defaults:
                    message = f"the tool's name is compared with {found!r}; it is TARGET{_SEPARATOR}{found}"
                    yield finding("lambda-prefix-kept", message, file.where(node))
                    break


def _first(function: ast.FunctionDef) -> str:
    return [*function.args.posonlyargs, *function.args.args][0].arg


def _reads_context(file: CodeFile) -> bool:
    """Return whether a file reads the tool's name from the client context."""
    if not file.parsed.says("client_context"):
        return False
    key = load("findings")["signs"]["lambda"]["name_key"]
    said = {node.value for node in file.parsed.of(ast.Constant) if isinstance(node.value, str)}
    if "client_context" not in said and not any(one.attr == "client_context" for one in file.parsed.of(ast.Attribute)):
        return False
    return key in said or any(file.names.text(node.slice) == key for node in file.parsed.of(ast.Subscript))


def _speaks_of_gateway(file: CodeFile) -> bool:
    """Return whether a docstring or the name separator shows that the file serves a gateway."""
    docs = [ast.get_docstring(file.tree) or "", *(ast.get_docstring(one) or "" for one in handlers(file))]
    return any("agentcore" in text.lower() for text in docs) or _cuts(file)


def _reads_of(file: CodeFile, function: ast.AST, name: str) -> Iterator[tuple[ast.expr, str]]:
    """Yield the constant keys that a function reads from a mapping: `event["a"]`, `event.get("a")`."""
    for node in ast.walk(function):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript) and _is(node.value, name) and isinstance(node.ctx, ast.Load):
            key = node.slice
        elif isinstance(node, ast.Call) and last(node.func) in ("get", "pop") and node.args:
            key = node.args[0] if isinstance(node.func, ast.Attribute) and _is(node.func.value, name) else None
        if isinstance(node, ast.expr) and key is not None and UNKNOWN not in (text := file.names.text(key)):
            yield node, text


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _cuts(file: CodeFile) -> bool:
    """Return whether the file contains the name separator."""
    return any(isinstance(node.value, str) and _SEPARATOR in node.value for node in file.parsed.of(ast.Constant))


def _defaults(file: CodeFile) -> set[str]:
    """Return the defaults for a missing name: `custom.get(KEY, "unknown")`."""
    key = load("findings")["signs"]["lambda"]["name_key"]
    found: set[str] = set()
    for call in file.parsed.of(ast.Call):
        if last(call.func) == "get" and len(call.args) == 2 and _is_text(call.args[0], key):
            found |= set(_texts(call.args[1:]))
    return found


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _holders(file: CodeFile, function: ast.FunctionDef) -> set[str]:
    """Return the variables that hold the name as the gateway sent it."""
    key = load("findings")["signs"]["lambda"]["name_key"]
    found: dict[str, bool] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            raw = isinstance(node, ast.Assign | ast.AnnAssign) and _is_raw(file, node.value, key)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found[target.id] = raw and found.get(target.id, True)
    return {name for name, raw in found.items() if raw}


def _is_raw(file: CodeFile, value: ast.expr, key: str) -> bool:
    """Return whether a node is `custom["bedrockAgentCoreToolName"]` or the `.get()` form of it."""
    if isinstance(value, ast.Subscript):
        return file.names.text(value.slice) == key
    if isinstance(value, ast.BoolOp):
        return _is_raw(file, value.values[0], key)
    if isinstance(value, ast.Call) and last(value.func) == "get" and value.args:
        return file.names.text(value.args[0]) == key
    return False


def _compared(file: CodeFile, node: ast.AST, names: set[str]) -> str | None:
    """Return the unprefixed name that a variable is compared with: by ==, in a list, as a key, by match."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = node.left, node.comparators[0]
        if isinstance(node.ops[0], ast.Eq | ast.NotEq):
            if _holds(left, names):
                return _bare(file, [right])
            return _bare(file, [left]) if _holds(right, names) else None
        if isinstance(node.ops[0], ast.In | ast.NotIn) and _holds(left, names):
            return _bare(file, _members(file.names.value(right)))
    if isinstance(node, ast.Subscript) and _holds(node.slice, names):
        return _bare(file, _members(file.names.value(node.value)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        looked_up = node.args and _holds(node.args[0], names)
        return _bare(file, _members(file.names.value(node.func.value))) if looked_up else None
    if isinstance(node, ast.Match) and _holds(node.subject, names):
        return _bare(file, [one.pattern.value for one in node.cases if isinstance(one.pattern, ast.MatchValue)])
    return None


def _holds(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _members(node: ast.expr) -> list[ast.expr]:
    """Return the values of a membership test or a lookup."""
    if isinstance(node, ast.Dict):
        return [one for one in node.keys if one is not None]
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple | ast.Set) else []


def _bare(file: CodeFile, values: list[ast.expr]) -> str | None:
    """Return the first text if all are constant texts without the separator."""
    texts = [file.names.text(one) for one in values]
    if not texts or any(not text or UNKNOWN in text or _SEPARATOR in text for text in texts):
        return None
    return texts[0]
