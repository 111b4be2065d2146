"""Findings of secrets in the project's file, in environment variables and in code. A value is never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from agentcore_connect import secrets
from agentcore_connect.core.places import Place
from agentcore_connect.core.values import Json, JsonObject, mapping, sequence
from agentcore_connect.findings import harmless
from agentcore_connect.findings.model import Confidence, Finding, Scan, finding
from agentcore_connect.knowledge.resources import load
from agentcore_connect.secrets import context, words
from agentcore_connect.specs.python_texts import texts

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
        for node, text, names in texts(file.parsed):
            if node.lineno in seen:
                continue
            judged = ((one, sure) for one in names or [""] if (sure := judge(text, one)))
            for name, sure in islice(judged, 1):
                seen.add(node.lineno)
                what = f"the value of {name}" if name else "a text"
                yield finding("secret-in-code", f"{what} looks like a secret", file.where(node), sure)


def judge(text: str, name: str = "") -> Confidence | None:
    """Return the confidence that a text holds a secret; None for no secret or a placeholder.

    In: the text (`{}` for what an f-string puts in), the name that it is given. A form that a vendor gives its keys
    is certain. A random text is likely one where its name or the words around it say so; a password in a URL is likely.
    A name speaks of a whole text: inside a text of several words only the words around count.
    """
    if len(text) > _LONGEST:
        return None
    sure: Confidence | None = None
    name = "" if name and any(map(_parts_words, text.strip())) else name
    finds = list(secrets.find(text, "prose", name))
    if not finds or _PLACEHOLDER.search(text):
        return None
    token = _form("values", "jwt")
    unsigned = [one for one in finds if one.what == token and harmless.is_unsigned(text[one.start : one.end])]
    for found in finds:
        if any(found.start < one.end and one.start < found.end for one in unsigned):
            continue
        part = text[found.start : found.end]
        if found.what in (context.RANDOM, context.WRITTEN_OUT):
            named = name or words.said_around(text, found.start, found.end) in ("chosen", "issued")
            sure = "likely" if named and not _is_readable(part, name) else sure
        elif found.what == _form("urls", "password"):
            password = part.rpartition(":")[2].removesuffix("@")
            harmless_part = _STANDS_FOR.search(password) or harmless.is_of_this_machine(text, found.end)
            sure = sure if harmless_part else "likely"
        elif harmless.counts_up(part) or (
            found.what == _form("values", "bearer-token") and harmless.is_sample(part.split()[-1])
        ):
            continue
        else:
            return "certain"
    return sure


def _parts_words(char: str) -> bool:
    return char.isspace() or not char.isprintable()


def _is_readable(part: str, name: str) -> bool:
    """Return whether what looks random is put together by the code, can be read, or is public by its form."""
    issued = words.named(name) in ("chosen", "issued")
    return (
        "{}" in part
        or harmless.repeats(part)
        or harmless.counts_up(part)
        or harmless.is_encoded_text(part)
        or (harmless.is_public_address(part) and not issued)
    )


def _form(section: str, name: str) -> str:
    """Return the name of a form of secrets in the knowledge."""
    known = load("secret-patterns")[section]
    return str(known[name]["what"] if isinstance(known, dict) else next(x["what"] for x in known if x["id"] == name))


def _key(path: Place) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _strings(data: Json) -> Iterator[tuple[Place, str]]:
    work: list[tuple[Place, Json]] = [((), data)]
    while work:
        path, value = work.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            work.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            work.extend(((*path, index), inner) for index, inner in enumerate(value))


def _entry(raw: JsonObject, path: Place) -> JsonObject:
    value: Json = raw
    for part in path:
        value = sequence(value)[part] if isinstance(part, int) else mapping(value)[part]
    return mapping(value)
