"""JSON and YAML as types, and what is needed of them: each function takes anything and gives one type, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

#: What a JSON or YAML file holds.
Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = "Mapping[str, Json]"

_NOTHING: JsonObject = {}


def text(value: object) -> str | None:
    """A text; None for anything else."""
    return value if isinstance(value, str) else None


def integer(value: object) -> int | None:
    """A whole number; None for anything else, true and false among it."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mapping(value: object) -> JsonObject:
    """A mapping; an empty one for anything else."""
    return value if isinstance(value, Mapping) else _NOTHING


def sequence(value: object) -> Sequence[Json]:
    """A list; an empty one for anything else, a text among it."""
    return value if isinstance(value, list | tuple) else ()


def texts(value: object) -> list[str]:
    """The texts in a list."""
    return [one for one in sequence(value) if isinstance(one, str)]


def mappings(value: object) -> list[JsonObject]:
    """The mappings in a list."""
    return [one for one in sequence(value) if isinstance(one, Mapping)]
