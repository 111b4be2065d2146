"""Findings of secrets in the project's file, in environment variables and in code. A value is never repeated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Final

from agentcore_connect.answers import secrets as forms
from agentcore_connect.findings.model import CodeFile, Finding, Scan, finding
from agentcore_connect.project.source import JsonPath
from agentcore_connect.resources import load

_CREDENTIAL_FIELD: Final = "connections.0.credential.name"  # where the answers' own rules are strictest
_PLACEHOLDER: Final = re.compile(r"(?i)(your|example|placeholder|change|replace|dummy|xxx|<|\$\{|\{\{|redacted|\.\.\.)")
_ADDRESS: Final = re.compile(r"(?i)^(arn:|https?://|s3://|ssm:|/)")
_LONGEST: Final = 20_000


def in_config(scan: Scan) -> Iterator[Finding]:
    """Secrets in the project's file, by their form; those in environment variables have a finding of their own."""
    for path, value in _strings(scan.project.raw):
        if has_form(value) and "envVars" not in path:
            yield scan.at("secret-in-config", f"the value of {'.'.join(map(str, path))} looks like a secret", *path)


def in_env(scan: Scan) -> Iterator[Finding]:
    """Secrets passed to runtimes as environment variables: by their form, or by the variable's name and randomness."""
    for runtime in scan.project.runtimes:
        pairs = _entry(scan.project.raw, runtime.at).get("envVars")
        for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
            name, value = pair.get("name"), pair.get("value")
            if isinstance(name, str) and isinstance(value, str) and (has_form(value) or _named(name, value)):
                message = f"runtime {runtime.name}: the variable {name}"
                yield scan.at("secret-in-env", message, *runtime.at, "envVars", index)


def in_code(scan: Scan) -> Iterator[Finding]:
    """Secrets written into Python code."""
    for file in scan.code_files:
        seen: set[int] = set()
        for name, node in _literals(file):
            if node.lineno in seen:
                continue
            if has_form(node.value) or (name and _named(name, node.value)):
                seen.add(node.lineno)
                what = f"the value of {name}" if name else "a text"
                yield finding("secret-in-code", f"{what} looks like a secret", file.where(node))


def has_form(text: str) -> bool:
    """Whether a text holds something that has the form of a secret, placeholders apart."""
    if len(text) > _LONGEST or text.startswith("arn:"):  # an ARN names a secret, it never is one
        return False
    return forms.redact(text) != text and not _PLACEHOLDER.search(text)


def _named(name: str, value: str) -> bool:
    """Whether a value looks random and its name says that it is a secret."""
    pattern = load("findings")["signs"]["key_variables"]
    if not re.search(pattern, name) or len(value) > 2000 or _ADDRESS.match(value) or _PLACEHOLDER.search(value):
        return False
    return bool(forms.scan(value, at=_CREDENTIAL_FIELD))


def _literals(file: CodeFile) -> Iterator[tuple[str, Any]]:
    """Every text in the code, with the name it is given (a variable, a keyword, a key), where it is given one."""
    named: dict[int, str] = {}
    docstrings: set[int] = set()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign):
            named |= {id(node.value): _target(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            named[id(node.value)] = _target(node.target)
        elif isinstance(node, ast.keyword) and node.arg:
            named[id(node.value)] = node.arg
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    named[id(value)] = key.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docstrings.add(id(node.value))
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield named.get(id(node), ""), node


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return ""


def _strings(data: Any) -> Iterator[tuple[JsonPath, str]]:
    work: list[tuple[JsonPath, Any]] = [((), data)]
    while work:
        path, value = work.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            work.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            work.extend(((*path, index), inner) for index, inner in enumerate(value))


def _entry(raw: dict[str, Any], path: JsonPath) -> dict[str, Any]:
    value: Any = raw
    for part in path:
        value = value[part]
    return value if isinstance(value, dict) else {}
