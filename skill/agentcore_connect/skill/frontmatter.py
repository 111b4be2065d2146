"""Checks the front matter of a SKILL.md against the Agent Skills specification."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.text import document

_NAME_LENGTH, _DESCRIPTION_LENGTH, _COMPATIBILITY_LENGTH = 64, 1024, 500
_BODY_LINES = 500
_KEYS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Skill:
    """A parsed SKILL.md: front matter and body."""

    matter: document.Document
    body: str
    body_line: int


def read(path: Path) -> Skill:
    """Read a SKILL.md.

    Errors: ConnectError `unreadable-file`, `no-front-matter`, or the YAML reader's, with the line in the file.
    """
    text = document.read_text(path)
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        raise ConnectError(
            "no-front-matter",
            "it has no front matter",
            where=f"{path}:1",
            expected="--- on the first line, YAML, and --- on a line of its own",
        )
    # the opening line stays in as a blank one, so that the marks count the file's lines
    matter = document.parse("\n".join(["", *lines[1:end]]), str(path), format_="yaml")
    return Skill(matter, "\n".join(lines[end + 1 :]), end + 2)


def problems(path: Path, *, folder: str | None = None) -> list[ConnectError]:
    """Return all problems of a SKILL.md.

    In: the file; the name of the folder that it will lie in, when that is not its present one.
    """
    try:
        skill = read(path)
    except ConnectError as error:
        return [error]
    return list(_problems(skill, folder or path.resolve().parent.name))


def _problems(skill: Skill, folder: str) -> Iterator[ConnectError]:
    data = skill.matter.data
    for key in data:
        if key not in _KEYS:
            yield _problem(skill, key, "is not a key of a skill", f"one of {', '.join(_KEYS)}")
    for key in ("name", "description"):
        if key not in data:
            yield _problem(skill, "", f"has no {key}", f"{key}: and a text")
    for key in ("name", "description", "license", "compatibility", "allowed-tools"):
        value = data.get(key, "text")
        if not isinstance(value, str) or not value.strip():
            yield _problem(skill, key, "is not a text", "a text, in quotation marks where it holds a colon")
    yield from _name(skill, folder)
    yield from _lengths(skill)
    yield from _metadata(skill)
    body = skill.body.rstrip().count("\n") + 1
    if body > _BODY_LINES:
        where = f"{skill.matter.path}:{skill.body_line}"
        yield ConnectError("bad-skill", f"the body has {body} lines", where=where, expected=f"{_BODY_LINES} at most")


def _name(skill: Skill, folder: str) -> Iterator[ConnectError]:
    name = skill.matter.data.get("name")
    if not isinstance(name, str) or not name.strip():
        return
    if not _NAME.fullmatch(name) or len(name) > _NAME_LENGTH:
        yield _problem(
            skill, "name", "has the wrong form", f"up to {_NAME_LENGTH} of a-z, 0-9, and single hyphens between them"
        )
    elif unicodedata.normalize("NFKC", folder) != name:
        yield _problem(skill, "name", f"is {name!r} in a folder called {folder!r}", "the name of the folder")


def _lengths(skill: Skill) -> Iterator[ConnectError]:
    for key, most in (("description", _DESCRIPTION_LENGTH), ("compatibility", _COMPATIBILITY_LENGTH)):
        value = skill.matter.data.get(key)
        if isinstance(value, str) and len(value) > most:
            yield _problem(skill, key, f"has {len(value)} characters", f"{most} at most")
    description = skill.matter.data.get("description")
    if isinstance(description, str) and re.search("[<>]", description):
        yield _problem(skill, "description", "has angle brackets, which some packagers refuse", "words instead")


def _metadata(skill: Skill) -> Iterator[ConnectError]:
    metadata = skill.matter.data.get("metadata", {})
    if not isinstance(metadata, dict):
        yield _problem(skill, "metadata", "is not a mapping", "names and texts")
        return
    for key, value in metadata.items():
        if not isinstance(value, str):
            yield _problem(skill, f"metadata.{key}", "is not a text", "a text: a version goes in quotation marks")


def _problem(skill: Skill, key: str, what: str, expected: str) -> ConnectError:
    return ConnectError("bad-skill", f"{key} {what}".strip(), where=skill.matter.where(key), expected=expected)
