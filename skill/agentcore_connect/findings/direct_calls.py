"""Findings of direct calls with a key, over HTTP or by a vendor's library, that could be targets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from agentcore_connect.findings.handlers import handlers
from agentcore_connect.findings.model import CodeFile, Confidence, Finding, Scan, finding
from agentcore_connect.findings.names import UNKNOWN, Names, last
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint, host_name, vendor_of
from agentcore_connect.knowledge.resources import load

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
    """Find direct calls, one per service and file. Code that uses AgentCore Identity is skipped."""
    for file in scan.code_files:
        modules = set(file.parsed.modules)
        if any(module.startswith(_MANAGED) for module in modules) or _is_tool_side(file):
            continue
        speaks_http = any(module.split(".")[0] in load("findings")["signs"]["http_libraries"] for module in modules)
        vendors = _vendors_of(modules)
        if not (speaks_http or vendors):
            continue
        sure: Confidence = "certain" if _is_agent(file) else "likely"
        seen: set[str] = set()
        for node in file.parsed.of(ast.Call):
            found = (_http(node, file.names) if speaks_http else None) or _library(node, vendors, file.names)
            if found and found not in seen:
                seen.add(found)
                yield finding("direct-call", f"{found} is called with a key", file.where(node), sure)


def _is_tool_side(file: CodeFile) -> bool:
    """Return whether a file is a Lambda function or an MCP server, where the key belongs."""
    return _imports(file, load("findings")["signs"]["mcp_servers"]) or bool(handlers(file))


def _is_agent(file: CodeFile) -> bool:
    """Return whether a file belongs to an agent: a runtime's code, or it uses an agent framework."""
    table = load("project-format")["frameworks"]
    return file.served or _imports(file, [name for signs in table.values() for name in signs["imports"]])


def _imports(file: CodeFile, names: list[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for module in file.parsed.modules for one in names)


def _http(call: ast.Call, names: Names) -> str | None:
    """Return the service that an HTTP call reaches with a key, or None."""
    if last(call.func) not in _METHODS:
        return None
    values = [*call.args, *(key.value for key in call.keywords if key.arg in ("url", "base_url"))]
    url = next((text for value in values if "://" in (text := names.text(value))), None)
    host = host_name(url) if url else None
    if url is None or host is None or not _is_known(host) or _is_ours(url, host) or _gives_tokens(url):
        return None
    carries = any(_carries_key(key, names) for key in call.keywords) or _key_in_url(url)
    vendor = vendor_of(url)
    return (str(vendor["name"]) if vendor else host.replace(UNKNOWN, "*")) if carries else None


def _is_known(host: str) -> bool:
    """Return whether the last two labels of the host are known."""
    labels = host.split(".")[-2:]
    return len(labels) == 2 and UNKNOWN not in "".join(labels)


def _gives_tokens(url: str) -> bool:
    """Return whether the URL is a token endpoint, which is no tool."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] == "token"


def _is_ours(url: str, host: str) -> bool:
    """Return whether the address is local or AWS's own, which needs no target."""
    local = host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "169.254.169.254", "169.254.170.2")  # noqa: S104
    return (
        local
        or host.endswith((".amazonaws.com", ".on.aws", ".amazonaws.com.cn"))
        or (hints_from_endpoint(url).get("host", "external") != "external")
    )


def _carries_key(key: ast.keyword, names: Names) -> bool:
    value = names.value(key.value)
    if key.arg == "auth":
        return not (isinstance(value, ast.Constant) and value.value is None)
    if key.arg in ("headers", "params") and isinstance(value, ast.Dict):
        pattern = load("findings")["signs"]["key_names"]
        return any(isinstance(one, ast.Constant) and re.match(pattern, str(one.value)) for one in value.keys)
    return False


def _key_in_url(url: str) -> bool:
    return re.search(r"[?&](?:api_?key|access_?token|token|appid|key)=", url, re.IGNORECASE) is not None


def _vendors_of(modules: set[str]) -> dict[str, str]:
    """Return the vendors whose libraries a file imports, by local name."""
    found: dict[str, str] = {}
    roots = {one.partition(".")[0] for one in modules}
    for vendor in load("service-hints")["vendors"]:
        for module in vendor["imports"]:
            if module.partition(".")[0] not in roots:
                continue
            mine = sorted(one for one in modules if one == module or one.startswith(f"{module}."))
            for name in [module, *(one.rpartition(".")[2] for one in mine)] if mine else ():
                found.setdefault(name, str(vendor["name"]))
    return found


def _library(call: ast.Call, vendors: Mapping[str, str], names: Names) -> str | None:
    """Return the vendor of a library call that passes a key, or None."""
    root = _root(call.func)
    vendor = vendors.get(root) or vendors.get(names.imports.get(root, root).rpartition(".")[2])
    return vendor if vendor and last(call.func) and _hands_over_key(call, names) else None


def _hands_over_key(call: ast.Call, names: Names) -> bool:
    signs = load("findings")["signs"]
    for key in call.keywords:
        if key.arg and re.match(signs["key_arguments"], key.arg):
            return not (isinstance(key.value, ast.Constant) and key.value.value is None)
    return any(_reads_key(argument, names, signs["key_variables"]) for argument in call.args)


def _reads_key(node: ast.expr, names: Names, pattern: str) -> bool:
    """Return whether an argument is named like a key: a variable, or an environment variable."""
    if isinstance(node, ast.Name):
        return re.search(pattern, node.id) is not None
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return last(node.value) == "environ" and re.search(pattern, str(node.slice.value)) is not None
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return last(node.func) in ("getenv", "get") and re.search(pattern, str(node.args[0].value)) is not None
    return False


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
