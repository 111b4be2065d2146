"""Findings in code that calls gateways: unguarded URL variables, removed imports, raw tools for Strands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.findings.model import CodeFile, Finding, Scan, finding
from agentcore_connect.findings.names import UNKNOWN, last
from agentcore_connect.findings.versions import in_words, open_from, surely, version_range
from agentcore_connect.knowledge.resources import Entry, load

_DEPTH: Final = 8
_CATCHES_IMPORT: Final = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_CATCHES_KEY: Final = {"KeyError", "LookupError", "Exception", "BaseException"}


def unguarded_urls(scan: Scan) -> Iterator[Finding]:
    """Find reads of a gateway's URL variable that do not handle its absence."""
    for file in scan.code_files:
        if not file.parsed.says("environ", "getenv"):
            continue
        parents = file.parsed.parents
        for node in (*file.parsed.of(ast.Subscript), *file.parsed.of(ast.Call)):
            name = _environment_name(file, node)
            if name is None or not re.match(load("findings")["signs"]["gateway_url"], name):
                continue
            if isinstance(node, ast.Subscript):
                if not _caught(node, parents, _CATCHES_KEY) and not _asked_for(file, name):
                    message = f"os.environ[{name!r}] raises KeyError where the variable is not set"
                    yield finding("gateway-url-unguarded", message, file.where(node))
            elif isinstance(node, ast.Call) and not _has_default(node) and not _tested(node, file):
                message = f"{name} may be None here, and nothing asks whether it is"
                yield finding("gateway-url-unguarded", message, file.where(node))


def _has_default(call: ast.Call) -> bool:
    return len(call.args) > 1 or bool(call.keywords)


def gone_imports(scan: Scan) -> Iterator[Finding]:
    """Find imports that the installed, locked or pinned version of a package lacks."""
    rules = load("findings")["signs"]["gone_imports"]
    for file in scan.code_files:
        for node in (*file.parsed.of(ast.Import), *file.parsed.of(ast.ImportFrom)):
            for rule in rules:
                if (
                    _imports(node, rule)
                    and not _caught(node, file.parsed.parents, _CATCHES_IMPORT)
                    and not _for_types_only(node, file.parsed.parents)
                ):
                    yield from _broken(scan, file, node, "client-import-gone", rule)
        whole = {alias.name for node in file.parsed.of(ast.Import) for alias in node.names}
        for rule in (one for one in rules if one["module"] in whole and one["name"] != "*"):
            wanted = f"{rule['module']}.{rule['name']}"
            used = (one for one in file.parsed.of(ast.Attribute) if one.attr == rule["name"])
            reached = next((one for one in used if file.names.dotted(one) == wanted), None)
            if reached is not None:
                yield from _broken(scan, file, reached, "client-import-gone", rule)


def gone_fields(scan: Scan) -> Iterator[Finding]:
    """Find result fields named as in the other major version of mcp."""
    rules = load("findings")["signs"]["gone_fields"]
    for file in scan.code_files:
        if not any(module.split(".")[0] == "mcp" for module in file.parsed.modules):
            continue
        for node in file.parsed.of(ast.Attribute):
            rule = next((one for one in rules if one["name"] == node.attr), None)
            if rule and isinstance(node.ctx, ast.Load) and re.search(rule["of"], file.names.origin(node.value)):
                yield from _broken(scan, file, node, "client-field-gone", rule)


def _broken(scan: Scan, file: CodeFile, node: ast.AST, name: str, rule: Entry) -> Iterator[Finding]:
    """Return a finding if the version breaks the code, or if the pins allow one that does."""
    root = scan.project.root.resolve()
    for package in rule["packages"]:
        found = version_range(file.folder, root, package)
        if surely(found, since=rule.get("from"), until=rule.get("until")):
            yield finding(name, f"{rule['text']} ({in_words(package, found)})", file.where(node))
            return
        if rule.get("from") and open_from(file.folder, root, package, rule["from"]):
            message = f"{rule['text']} (the requirements let {package} {rule['from']} in)"
            yield finding(name, message, file.where(node), "likely")
            return


def _imports(node: ast.AST, rule: Entry) -> bool:
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        if node.module == rule["module"]:
            return rule["name"] == "*" or any(alias.name == rule["name"] for alias in node.names)
        return rule["name"] == "*" and (node.module or "").startswith(f"{rule['module']}.")
    if isinstance(node, ast.Import):
        return rule["name"] == "*" and any(alias.name == rule["module"] for alias in node.names)
    return False


def raw_strands_tools(scan: Scan) -> Iterator[Finding]:
    """Find Strands `Agent(tools=...)` calls with raw records of an MCP session's `list_tools()`."""
    for file in scan.code_files:
        if not any(module.split(".")[0] == "strands" for module in file.parsed.modules):
            continue
        for node in file.parsed.of(ast.Call):
            dotted = file.names.dotted(node.func)
            if dotted.startswith("strands.") and dotted.endswith(".Agent"):
                for key in node.keywords:
                    if key.arg == "tools" and _is_raw(file, key.value):
                        message = "the result of session.list_tools() is given to Agent(tools=...)"
                        yield finding("client-raw-tools", message, file.where(key.value))


def _is_raw(file: CodeFile, node: ast.expr, depth: int = 0) -> bool:
    """Return whether a value comes from `await session.list_tools()`."""
    node = file.names.value(node)
    if depth > _DEPTH:
        return False
    if isinstance(node, ast.Attribute) and node.attr == "tools":
        return _is_raw(file, node.value, depth + 1)
    if isinstance(node, ast.Await):
        return isinstance(node.value, ast.Call) and last(node.value.func) == "list_tools"
    if isinstance(node, ast.List):
        return any(isinstance(one, ast.Starred) and _is_raw(file, one.value, depth + 1) for one in node.elts)
    return isinstance(node, ast.Call) and last(node.func) == "list" and _is_raw_list(file, node, depth)


def _is_raw_list(file: CodeFile, call: ast.Call, depth: int) -> bool:
    return bool(call.args) and _is_raw(file, call.args[0], depth + 1)


def _environment_name(file: CodeFile, node: ast.AST) -> str | None:
    """Return the name of the environment variable that a node reads, if known."""
    name: ast.expr | None = None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and last(node.value) == "environ":
        name = node.slice
    elif isinstance(node, ast.Call) and node.args:
        called = node.func
        get = isinstance(called, ast.Attribute) and called.attr == "get" and last(called.value) == "environ"
        if get or last(called) == "getenv":
            name = node.args[0]
    return None if name is None or UNKNOWN in (text := file.names.text(name)) else text


def _caught(node: ast.AST, parents: dict[ast.AST, ast.AST], names: set[str]) -> bool:
    """Return whether a `try` or suppress() around a node catches one of the exceptions."""
    inner: ast.AST = node
    while (outer := parents.get(inner)) is not None:
        if isinstance(outer, ast.Try) and inner in outer.body:
            for handler in outer.handlers:
                caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                if any(one is None or last(one) in names for one in caught):
                    return True
        if isinstance(outer, ast.With) and any("suppress" in ast.dump(item.context_expr)[:200] for item in outer.items):
            return True
        inner = outer
    return False


def _for_types_only(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Return whether a node stands below `if TYPE_CHECKING`, which no program runs."""
    inner: ast.AST = node
    while (outer := parents.get(inner)) is not None:
        if isinstance(outer, ast.If) and inner in outer.body and last(outer.test) == "TYPE_CHECKING":
            return True
        inner = outer
    return False


def _asked_for(file: CodeFile, name: str) -> bool:
    """Return whether the file tests the variable anywhere, as in `NAME in os.environ`."""
    for node in file.parsed.of(ast.Compare):
        if any(isinstance(one, ast.In | ast.NotIn) for one in node.ops) and file.names.text(node.left) == name:
            return True
    return any(_environment_name(file, call) == name for call in file.parsed.of(ast.Call))


def _tested(call: ast.Call, file: CodeFile) -> bool:
    """Return whether the result of `os.environ.get(NAME)` is tested, shown, or passed on.

    Not so when it goes straight into a client, or into a variable that nothing ever asks about.
    """
    parents = file.parsed.parents
    parent = parents.get(call)
    if isinstance(parent, ast.Call | ast.keyword):
        return "client" not in _called(parent, parents).lower()
    if not isinstance(parent, ast.Assign | ast.AnnAssign):
        return True
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
    names = {ast.dump(target).replace("Store()", "Load()") for target in targets}
    return any(_tests(node, names) for node in file.parsed.nodes)


def _called(parent: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    while not isinstance(parent, ast.Call):
        up = parents.get(parent)
        if up is None:
            return ""
        parent = up
    return last(parent.func)


def _tests(node: ast.AST, names: set[str]) -> bool:
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        tests = [node.test]
    elif isinstance(node, ast.BoolOp):
        tests = list(node.values)
    elif isinstance(node, ast.comprehension):
        tests = list(node.ifs)
    elif isinstance(node, ast.Return) and node.value is not None and ast.dump(node.value) in names:
        return True  # the caller gets it, None included
    return any(ast.dump(inner) in names for test in tests for inner in ast.walk(test))
