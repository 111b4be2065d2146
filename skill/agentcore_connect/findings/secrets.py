"""Findings of secrets in the project's file, in environment variables and in code. A value is never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from agentcore_connect.answers import secret_context, secret_words, secrets
from agentcore_connect.findings.model import Confidence, Finding, Scan, finding
from agentcore_connect.project.source import JsonPath
from agentcore_connect.readers.python_texts import KINDS, texts
from agentcore_connect.resources import load

_PLACEHOLDER: Final = re.compile(
    r"(?i)(your|example|placeholder|change|replace|dummy|xxx|<|\$\{|\{\{|redacted|\.\.\.|a-z|0-9)"
)
# what stands for a password: parts of expressions, stars, and the words that examples use
_STANDS_FOR: Final = re.compile(r"(?i)[*{}()\[\]$%^|+]|^(pass|passwd|password|pwd|pw|secret|token|key)$")
_LONGEST: Final = 20_000


def in_config(scan: Scan) -> Iterator[Finding]:
    """Secrets in the project's file, by their form; those in environment variables have a finding of their own."""
    for path, value in _strings(scan.project.raw):
        sure = None if "envVars" in path else judge(value, _key(path))
        if sure:
            message = f"the value of {'.'.join(map(str, path))} looks like a secret"
            yield scan.at("secret-in-config", message, *path, confidence=sure)


def in_env(scan: Scan) -> Iterator[Finding]:
    """Secrets passed to runtimes as environment variables: by their form, or by the variable's name and randomness."""
    for runtime in scan.project.runtimes:
        pairs = _entry(scan.project.raw, runtime.at).get("envVars")
        for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
            name, value = pair.get("name"), pair.get("value")
            sure = judge(value, name) if isinstance(name, str) and isinstance(value, str) else None
            if sure:
                message = f"runtime {runtime.name}: the variable {name}"
                yield scan.at("secret-in-env", message, *runtime.at, "envVars", index, confidence=sure)


def in_code(scan: Scan) -> Iterator[Finding]:
    """Secrets written into Python code."""
    for file in scan.code_files:
        seen: set[int] = set()
        for node, text, names in texts(file.tree, [node for kind in KINDS for node in file.parsed.of(kind)]):
            if node.lineno in seen:
                continue
            judged = ((one, sure) for one in names or [""] if (sure := judge(text, one)))
            for name, sure in islice(judged, 1):
                seen.add(node.lineno)
                what = f"the value of {name}" if name else "a text"
                yield finding("secret-in-code", f"{what} looks like a secret", file.where(node), sure)


def judge(text: str, name: str = "") -> Confidence | None:
    """How sure it is that a text holds a secret; None where it holds none, or nothing but a placeholder.

    In: the text (`{}` for what an f-string puts in), the name that it is given. A form that a vendor gives its keys
    is certain. A random text is likely one where its name or the words around it say so; a password in a URL is likely.
    """
    if len(text) > _LONGEST or _PLACEHOLDER.search(text):
        return None
    sure: Confidence | None = None
    for found in secrets.find(text, "prose", name):
        part = text[found.start : found.end]
        if found.what in (secret_context.RANDOM, secret_context.WRITTEN_OUT):
            named = name or secret_words.said_around(text, found.start, found.end) in ("chosen", "issued")
            sure = "likely" if named and "{}" not in part else sure
        elif found.what == load("secret-patterns")["urls"]["password"]["what"]:
            password = part.rpartition(":")[2].removesuffix("@")
            sure = sure if _STANDS_FOR.search(password) else "likely"
        else:
            return "certain"
    return sure


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
