"""Findings of tool listings that end after one page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from agentcore_connect.findings.model import CodeFile, Finding, Scan, finding
from agentcore_connect.findings.names import last
from agentcore_connect.knowledge.resources import load


def one_page(scan: Scan) -> Iterator[Finding]:
    """Listings over HTTP that are called once, without a cursor, in files that never look at one."""
    signs = load("findings")["signs"]["one_page"]
    for file in scan.code_files:
        if not any("mcp" in module for module in file.parsed.modules) or _looks_at_a_cursor(
            file, set(signs["cursors"])
        ):
            continue
        for call in file.parsed.of(ast.Call):
            if call.args or call.keywords or not isinstance(call.func, ast.Attribute):
                continue
            origin = file.names.origin(call)
            rule = next((one for one in signs["calls"] if re.search(one["of"], origin)), None)
            if rule and _over_http(file, call.func.value, signs["transports"]):
                yield finding("tools-one-page", f"{call.func.attr}(): {rule['text']}", file.where(call), "likely")


def _over_http(file: CodeFile, client: ast.expr, transports: list[str]) -> bool:
    """Return whether a client speaks to a server by HTTP: a program on this machine has few tools."""
    made = file.names.maker(client)
    if made is not None and is_local(made):
        return False
    if made is not None and any(key.arg == "url" for key in made.keywords):
        return True
    return any(module.startswith(one) for module in file.parsed.modules for one in transports)


def is_local(call: ast.Call) -> bool:
    """Return whether a client is made for a program on this machine, which is no gateway."""
    return any(
        (isinstance(node, ast.Name | ast.Attribute) and last(node) in ("stdio_client", "StdioServerParameters"))
        or (isinstance(node, ast.Constant) and node.value in ("stdio", "command"))
        for node in ast.walk(call)
    )


def _looks_at_a_cursor(file: CodeFile, names: set[str]) -> bool:
    return (
        any(node.attr in names for node in file.parsed.of(ast.Attribute))
        or any(isinstance(node.value, str) and node.value in names for node in file.parsed.of(ast.Constant))
        or any(node.arg in names for node in file.parsed.of(ast.keyword))
    )
