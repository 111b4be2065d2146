"""Reading files that others wrote: bounded, with the place of every fault, and the line of any key in a JSON text."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.expressions import later
from agentcore_connect.core.places import Place
from agentcore_connect.core.values import Json

MAX_BYTES: Final = 64 * 1024 * 1024  # several times the largest public specification seen; bounds the memory

_TOKEN = later(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_SURROGATE = later(r"\\u[dD][89a-fA-F]")
_NESTED_TOO_DEEP = "it is nested too deeply"


def read_text(path: Path, *, shown: str | None = None, max_bytes: int = MAX_BYTES) -> str:
    """The UTF-8 text of a file, without a byte order mark.

    In: the path, the name to show for it, the largest size taken. Errors: ConnectError `unreadable-file`.
    """
    name = shown or str(path)
    try:
        if not path.is_file():
            reason = "it is a folder" if path.is_dir() else "there is no such file"
            raise ConnectError("unreadable-file", f"cannot be read: {reason}", where=name, hint="check the path")
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectError("unreadable-file", f"cannot be read: {reason}", where=name, hint="check the path") from None
    return decode(content, shown=name, max_bytes=max_bytes)


def is_file(path: Path) -> bool:
    """Return whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def decode(content: bytes, *, shown: str, max_bytes: int = MAX_BYTES) -> str:
    """The bytes as UTF-8 text. Errors: ConnectError `unreadable-file` when too large or not UTF-8."""
    if len(content) > max_bytes:
        raise ConnectError(
            "unreadable-file",
            "is too large to read",
            where=shown,
            expected=f"at most {max_bytes // (1024 * 1024)} MB",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConnectError(
            "unreadable-file", "is not UTF-8 text", where=f"{shown}:{line}", hint="save the file as UTF-8"
        ) from None


def parse_json(text: str, *, shown: str) -> Json:
    """The parsed JSON text. Errors: ConnectError `malformed-json`, with file and line."""
    try:
        data: Json = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"{shown}:{error.lineno}"
        raise _malformed(place, f"{error.msg.lower()} at column {error.colno}") from None
    except UnicodeEncodeError:
        raise _malformed(shown, "it holds half of a surrogate pair, which is not text") from None
    except RecursionError:
        raise _malformed(shown, _NESTED_TOO_DEEP) from None
    except ValueError as error:  # a number with thousands of digits
        raise _malformed(shown, str(error).split(";")[0]) from None
    return data


def parse_object(text: str, *, shown: str) -> dict[str, Json]:
    """The parsed JSON object. Errors: ConnectError `malformed-json`, also for any other kind of value."""
    data = parse_json(text, shown=shown)
    if not isinstance(data, dict):
        raise ConnectError(
            "malformed-json",
            "is not a JSON object",
            where=f"{shown}:1",
            expected="a mapping in { }",
            received=kind(data),
        )
    return data


def kind(value: object) -> str:
    """Return the JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)


def lines_of(text: str, paths: Iterable[Place]) -> dict[Place, int]:
    """The line of each path in a JSON text that was parsed before: the key's line, or the item's in a list.

    In: the text, paths of keys and indexes. Out: a line for every path; where it does not exist, the line of the
    nearest thing around it. The search is textual, so a text that is not JSON gives line 1, not an error.
    """
    wanted = dict.fromkeys(path[:depth] for path in paths for depth in range(len(path) + 1))
    found = _scan(text, set(wanted))
    breaks = [match.start() for match in re.finditer("\n", text)]
    lines: dict[Place, int] = {}
    for path in wanted:
        near = path
        while near and near not in found:
            near = near[:-1]
        lines[path] = bisect_right(breaks, found.get(near, 0) - 1) + 1 if near in found else 1
    return lines


class _Open:
    """A container that is being read: its place (None where nobody asks below it), the key or number it is at."""

    __slots__ = ("after_colon", "base", "key")

    def __init__(self, base: Place | None, key: str | int) -> None:
        self.base = base
        self.key = key
        self.after_colon = False

    def inside(self) -> Place | None:
        return None if self.base is None else (*self.base, self.key)


def _scan(text: str, wanted: set[Place]) -> dict[Place, int]:
    """The offset of each wanted path in a JSON text."""
    found: dict[Place, int] = {}
    stack: list[_Open] = []
    here: Place | None = ()
    for match in _TOKEN.finditer(text):
        token = match.group()
        first = token[0]
        if first in "]}":
            if stack:
                stack.pop()
            continue
        if first in ",:":
            if stack:
                stack[-1].after_colon = first == ":"
            continue
        frame = stack[-1] if stack else None
        if frame is not None:
            if isinstance(frame.key, int):
                here = frame.inside()
                frame.key += 1
                _note(found, wanted, here, match.start())
            elif not frame.after_colon:
                frame.key = "" if frame.base is None else _name(token)
                here = frame.inside()
                _note(found, wanted, here, match.start())
                continue
            else:
                here = frame.inside()
        elif () not in found:
            found[()] = match.start()
        if first in "[{":
            asked = here if here in wanted else None
            stack.append(_Open(asked, 0 if first == "[" else ""))
    return found


def _note(found: dict[Place, int], wanted: set[Place], path: Place | None, offset: int) -> None:
    if path is not None and path in wanted:
        found[path] = offset


def _name(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token


def _malformed(where: str, reason: str) -> ConnectError:
    return ConnectError(
        "malformed-json", f"is not valid JSON: {reason}", where=where, hint="correct the file at this place"
    )
