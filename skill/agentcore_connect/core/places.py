"""Places in nested data: keys and numbers, and the forms in which they are written."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from agentcore_connect.core.expressions import later
from agentcore_connect.core.values import Json

#: The keys and the numbers of items that lead to a value.
Place: TypeAlias = tuple[str | int, ...]

_NAME = later(r"[A-Za-z_]\w*", re.ASCII)
_STEP = later(r'\.([A-Za-z_]\w*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]', re.ASCII)


def pointer(place: Place) -> str:
    """The place as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


def referred(name: str) -> str:
    """A key as it is written in a reference such as `#/definitions/NAME`."""
    return pointer((name,))[1:].replace("%", "%25")


def unreferred(part: str) -> str:
    """The key that a part of a reference stands for."""
    if "%" in part:
        from urllib.parse import unquote

        part = unquote(part)
    return part.replace("~1", "/").replace("~0", "~")


def follow(data: Json, reference: str) -> tuple[Json, Place]:
    """Resolve a reference within a document (`#/a/b`). Returns the value and its place.

    Out: (None, the place as far as it exists) for a reference that leads nowhere or to another document.
    """
    here: Json = data
    place: list[str | int] = []
    if not reference.startswith("#"):
        return None, ()
    for part in reference[1:].lstrip("/").split("/") if len(reference) > 1 else ():
        key = unreferred(part)
        if isinstance(here, dict) and key in here:
            here = here[key]
            place.append(key)
        elif isinstance(here, list) and key.isdecimal() and len(key) < 10 and int(key) < len(here):
            here = here[int(key)]
            place.append(int(key))
        else:
            return None, tuple(place)
    return here, tuple(place)


def step(at: str, key: str) -> str:
    """The JSON path of a key below the JSON path `at`."""
    return f"{at}.{key}" if _NAME.fullmatch(key) else f"{at}[{json.dumps(key)}]"


def parse_json_path(text: str) -> Place:
    """The parts of a path such as `$[0].inputSchema.properties["a b"]`; what cannot be read ends it."""
    parts: list[str | int] = []
    at = 1 if text.startswith("$") else 0
    while match := _STEP.match(text, at):
        name, index, quoted = match.groups()
        parts.append(int(index) if index else str(json.loads(quoted)) if quoted else name)
        at = match.end()
    return tuple(parts)
