"""Types for JSON and YAML data, and functions that narrow a value to one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

from agentcore_connect.core.record import NamedTuple

#: What a JSON or YAML file holds.
Json: TypeAlias = str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None
JsonObject: TypeAlias = Mapping[str, "Json"]

_NOTHING: JsonObject = {}
_MAPPINGS = (dict, Mapping)  # the first is the quick one
R = TypeVar("R", bound=NamedTuple)
T = TypeVar("T")


def record(kind: type[R], values: Mapping[str, object]) -> R:
    """A named tuple of its kind: each field has the value of its name, None where there is none.

    Only for values whose types were checked before: by the gate of the answers, or by a schema.
    """
    return kind._make(map(values.get, kind._fields))


def text(value: object) -> str | None:
    """A text; None for anything else."""
    return value if isinstance(value, str) else None


def boolean(value: object) -> bool | None:
    """True or false; None for anything else."""
    return value if isinstance(value, bool) else None


def integer(value: object) -> int | None:
    """A whole number; None for anything else, true and false among it."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mapping(value: object) -> JsonObject:
    """A mapping; an empty one for anything else."""
    return value if isinstance(value, _MAPPINGS) else _NOTHING


def sequence(value: object) -> Sequence[Json]:
    """A list; an empty one for anything else, a text among it."""
    return value if isinstance(value, list | tuple) else ()


def texts(value: object) -> list[str]:
    """The texts in a list."""
    return [one for one in sequence(value) if isinstance(one, str)]


def mappings(value: object) -> list[JsonObject]:
    """The mappings in a list."""
    return [one for one in sequence(value) if isinstance(one, _MAPPINGS)]


def one_of(value: object, among: Sequence[T]) -> T | None:
    """The one of some values that this is; None where it is another."""
    return next((one for one in among if one == value), None)


def without_empty(data: object) -> object:
    """Return the data without members that hold nothing: None, an empty text, list or mapping, at any depth."""
    if isinstance(data, Mapping):
        kept = {key: without_empty(value) for key, value in data.items()}
        return {key: value for key, value in kept.items() if value is not None and value not in ("", [], {})}
    return [without_empty(one) for one in data] if isinstance(data, list | tuple) else data
