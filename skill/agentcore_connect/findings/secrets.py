"""Findings of secrets in the project's file, in environment variables and in code. A value is never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from agentcore_connect.answers.secrets import looks_like_secret
from agentcore_connect.findings.model import Confidence, Finding, Scan, finding
from agentcore_connect.project.source import JsonPath
from agentcore_connect.readers.python_texts import texts

_PLACEHOLDER: Final = re.compile(
    r"(?i)(your|example|placeholder|change|replace|dummy|xxx|<|\$\{|\{\{|redacted|\.\.\.|a-z|0-9)"
)
_LONGEST: Final = 20_000


def in_config(scan: Scan) -> Iterator[Finding]:
    """Secrets in the project's file, by their form; those in environment variables have a finding of their own."""
    for path, value in _strings(scan.project.raw):
        if "envVars" not in path and is_secret(value, _key(path)):
            message = f"the value of {'.'.join(map(str, path))} looks like a secret"
            yield scan.at("secret-in-config", message, *path, confidence=_sure(value))


def in_env(scan: Scan) -> Iterator[Finding]:
    """Secrets passed to runtimes as environment variables: by their form, or by the variable's name and randomness."""
    for runtime in scan.project.runtimes:
        pairs = _entry(scan.project.raw, runtime.at).get("envVars")
        for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
            name, value = pair.get("name"), pair.get("value")
            if isinstance(name, str) and isinstance(value, str) and is_secret(value, name):
                message = f"runtime {runtime.name}: the variable {name}"
                yield scan.at("secret-in-env", message, *runtime.at, "envVars", index, confidence=_sure(value))


def in_code(scan: Scan) -> Iterator[Finding]:
    """Secrets written into Python code."""
    for file in scan.code_files:
        seen: set[int] = set()
        for node, text, names in texts(file.tree, file.parsed.nodes):
            name = next((one for one in names or [""] if is_secret(text, one)), None)
            if name is not None and node.lineno not in seen:
                seen.add(node.lineno)
                what = f"the value of {name}" if name else "a text"
                yield finding("secret-in-code", f"{what} looks like a secret", file.where(node), _sure(text))


def is_secret(text: str, name: str = "") -> bool:
    """Whether a text holds a secret, by its form or by the name it is given; placeholders hold none."""
    if len(text) > _LONGEST or _PLACEHOLDER.search(text):
        return False
    return looks_like_secret(text, name=name) is not None


def _sure(text: str) -> Confidence:
    """A form that a vendor gives its keys is certain; what only stands under a secret's name is likely."""
    return "certain" if is_secret(text) else "likely"


def _key(path: JsonPath) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


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
