"""Findings of direct calls with a key: by HTTP to a named host, or by a vendor's library. Either could be a target."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.findings.model import Finding, Scan, finding
from agentcore_connect.readers.endpoint_hints import hints_from_endpoint, host_name, vendor_of
from agentcore_connect.resources import load

_METHODS: Final = {
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "request",
    "head",
    "Client",
    "AsyncClient",
    "Session",
    "stream",
}
_MANAGED: Final = "bedrock_agentcore.identity"


def direct_calls(scan: Scan) -> Iterator[Finding]:
    """One finding a service and file. Code that takes its key from AgentCore Identity does so by design."""
    for file in scan.code_files:
        modules = set(file.parsed.modules)
        if any(module.startswith(_MANAGED) for module in modules):
            continue
        constants = _constants(file.tree)
        seen: set[str] = set()
        for node in file.parsed.of(ast.Call):
            found = _judge(node, modules, constants)
            if found and found not in seen:
                seen.add(found)
                yield finding("direct-call", f"{found} is called with a key", file.where(node))


def _judge(call: ast.Call, modules: set[str], constants: dict[str, ast.expr]) -> str | None:
    """The service that a call reaches with a key; None for any other call."""
    return _http(call, modules, constants) or _library(call, modules, constants)


def _http(call: ast.Call, modules: set[str], constants: dict[str, ast.expr]) -> str | None:
    libraries = load("findings")["signs"]["http_libraries"]
    if _last(call.func) not in _METHODS or not any(module.split(".")[0] in libraries for module in modules):
        return None
    values = [*call.args, *(key.value for key in call.keywords if key.arg in ("url", "base_url"))]
    url = next((text for value in values if (text := _text(value, constants)) and "://" in text), None)
    host = host_name(url) if url else None
    if url is None or host is None or _is_ours(url, host):
        return None
    carries = any(_carries_key(key, constants) for key in call.keywords) or _key_in_url(url)
    vendor = vendor_of(url)
    return (str(vendor["name"]) if vendor else host) if carries else None


def _is_ours(url: str, host: str) -> bool:
    """Whether it is an address of this machine or of AWS itself, which a target cannot or need not stand for."""
    local = host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "169.254.169.254", "169.254.170.2")  # noqa: S104
    return (
        local
        or host.endswith((".amazonaws.com", ".on.aws", ".amazonaws.com.cn"))
        or (hints_from_endpoint(url).get("host", "external") != "external")
    )


def _carries_key(key: ast.keyword, constants: dict[str, ast.expr]) -> bool:
    value = constants.get(key.value.id, key.value) if isinstance(key.value, ast.Name) else key.value
    if key.arg == "auth":
        return not (isinstance(value, ast.Constant) and value.value is None)
    if key.arg in ("headers", "params") and isinstance(value, ast.Dict):
        names = load("findings")["signs"]["key_names"]
        return any(isinstance(one, ast.Constant) and re.match(names, str(one.value)) for one in value.keys)
    return False


def _key_in_url(url: str) -> bool:
    return re.search(r"[?&](?:api_?key|access_?token|token|appid|key)=", url, re.IGNORECASE) is not None


def _library(call: ast.Call, modules: set[str], constants: dict[str, ast.expr]) -> str | None:
    """A call into a vendor's library that is handed a key: the constructor of its client."""
    name = _last(call.func)
    if not name or not _hands_over_key(call, constants):
        return None
    root = _root(call.func)
    for vendor in load("service-hints")["vendors"]:
        for module in vendor["imports"]:
            mine = {one for one in modules if one == module or one.startswith(f"{module}.")}
            if mine and (root == module or any(one.rpartition(".")[2] == root for one in mine)):
                return str(vendor["name"])
    return None


def _hands_over_key(call: ast.Call, constants: dict[str, ast.expr]) -> bool:
    signs = load("findings")["signs"]
    for key in call.keywords:
        if key.arg and re.match(signs["key_arguments"], key.arg):
            return not (isinstance(key.value, ast.Constant) and key.value.value is None)
    return any(_reads_key(argument, constants, signs["key_variables"]) for argument in call.args)


def _reads_key(node: ast.expr, constants: dict[str, ast.expr], pattern: str) -> bool:
    """Whether an argument is a key by its name: a variable, or what is read from the environment."""
    if isinstance(node, ast.Name):
        return re.search(pattern, node.id) is not None
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return _last(node.value) == "environ" and re.search(pattern, str(node.slice.value)) is not None
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return _last(node.func) in ("getenv", "get") and re.search(pattern, str(node.args[0].value)) is not None
    return False


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The file's names for texts and dictionaries, wherever they are set; the last one counts."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Dict | ast.JoinedStr):
            found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def _text(node: ast.expr, constants: dict[str, ast.expr], depth: int = 0) -> str:
    """The beginning of a text as far as the code tells it: a literal, a name for one, an f-string, a sum."""
    if depth > 8:
        return ""
    if isinstance(node, ast.Name):
        node = constants.get(node.id, node)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        parts = [_piece(one, constants, depth) for one in node.values]
        return "".join(parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, constants, depth + 1) + (_text(node.right, constants, depth + 1) or "X")
    return ""


def _piece(node: ast.expr, constants: dict[str, ast.expr], depth: int) -> str:
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, constants, depth + 1) or "X"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
