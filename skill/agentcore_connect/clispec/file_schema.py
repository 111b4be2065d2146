"""The project file's schema as the CLI writes it beside each project: TypeScript declarations, read as data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.core.values import Json, JsonObject

_INTERFACE: Final = re.compile(r"(?:export )?interface (\w+)(?: extends [\w, ]+)? \{(.*)\}", re.DOTALL)
_DECLARES: Final = re.compile(r"(?:export )?interface ")
_ALIAS: Final = re.compile(r"(?:export )?type (\w+) =\s*(.*);", re.DOTALL)
_FIELD: Final = re.compile(r"(\$?\w+|\[[^\]]+\])(\?)?: (.*);", re.DOTALL)


def parse(text: str) -> JsonObject:
    """Every declaration by its name: an interface as its fields, an alias as its type.

    Out: {"AgentCoreGateway": {"name": {"type": "string", "says": "1a2b3c4d"}, ...}, "BuildType": "'CodeZip' | ..."}; a
    field has `optional: true` where it may be left out, and `says`, a fingerprint of its note (patterns, limits,
    defaults), where it has one.
    """
    found: dict[str, Json] = {}
    for code, _ in _statements(text.splitlines()):
        if interface := _INTERFACE.fullmatch(code):
            found[interface[1]] = dict(_fields(interface[2]))
        elif alias := _ALIAS.fullmatch(code):
            found[alias[1]] = " ".join(_bare(alias[2]).split()).removeprefix("| ")
    return dict(sorted(found.items()))


def _fields(body: str) -> Iterator[tuple[str, dict[str, Json]]]:
    for code, note in _statements(body.splitlines()):
        if field := _FIELD.fullmatch(code):
            about: dict[str, Json] = {"type": " ".join(_bare(field[3]).split())}
            if field[2]:
                about["optional"] = True
            if note:
                about["says"] = hashlib.sha256(note.encode()).hexdigest()[:8]
            yield field[1], about


def _statements(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each statement with the note behind it; lines between keep their notes when they are inside braces."""
    code: list[str] = []
    notes: list[str] = []
    depth, in_comment = 0, False
    for line in lines:
        text = line.strip()
        in_comment = in_comment or text.startswith("/*")
        if in_comment:
            in_comment = not text.endswith("*/")
            continue
        bare, note = _split(text)
        if not bare and not code:
            continue
        code.append(text if depth else bare)
        notes += [note] if note else []
        depth += sum(bare.count(one) for one in "{([") - sum(bare.count(one) for one in "})]")
        if depth == 0 and bare.endswith("}" if _DECLARES.match(code[0]) else ";"):
            last = code[-1] if len(code) == 1 else _split(code[-1])[0]
            yield "\n".join([*code[:-1], last]), " ".join(notes)
            code, notes = [], []


def _split(text: str) -> tuple[str, str]:
    """A line without its note, and the note: what follows `//` outside quotes."""
    quoted = False
    for place, char in enumerate(text):
        if char == "'":
            quoted = not quoted
        elif not quoted and text.startswith("//", place):
            return text[:place].rstrip(), text[place + 2 :].strip()
    return text, ""


def _bare(text: str) -> str:
    return "\n".join(_split(line)[0] for line in text.splitlines())
