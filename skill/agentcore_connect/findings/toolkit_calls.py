"""Findings of calls that the clients of the toolkit and of the SDK do not have (any more)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from agentcore_connect.findings.model import Finding, Scan, finding
from agentcore_connect.knowledge.resources import load


def gone(scan: Scan) -> Iterator[Finding]:
    """Methods that are called on a client, or on what it returns, and do not exist there."""
    rules = load("findings")["signs"]["gone_calls"]
    for file in scan.code_files:
        if not any(module.split(".")[0].startswith("bedrock_agentcore") for module in file.parsed.modules):
            continue
        for call in file.parsed.of(ast.Call):
            if not isinstance(call.func, ast.Attribute):
                continue
            for rule in rules:
                if call.func.attr in rule["methods"] and re.search(rule["of"], file.names.origin(call.func.value)):
                    yield finding("toolkit-call-gone", f"{call.func.attr}(): {rule['text']}", file.where(call))
