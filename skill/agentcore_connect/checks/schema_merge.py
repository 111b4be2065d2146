"""Follows each `$ref` and merges each `allOf` into one schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

Schema: TypeAlias = dict[str, object]

#: How many references deep a schema is written out. While that makes more than `MANY` schemas the next depth is tried:
#: types that contain each other multiply with every level, and a model has no use for a tool of that size.
DEPTHS: Final = (60, 8, 6, 4, 3, 2, 1)
MANY: Final = 500


def cut_note(depth: int, refs: Iterable[str]) -> str:
    """Describe what was cut. In: the depth in references; the references that were not followed."""
    names = list(dict.fromkeys(one[:80] for one in refs))
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return (
        f"in full it has more than {MANY} schemas, so it is cut after {depth} level{'s' if depth > 1 else ''} of "
        f"references; below that these are plain objects: {', '.join(names[:10])}{more}"
    )


def merged(first: Schema, second: Schema) -> tuple[Schema, list[str]]:
    """One schema that asks for what both ask for, and in words what contradicts.

    In: schemas without references and alternatives. Of two descriptions, formats and the like the first one's count.
    """
    made: Schema = {**second, **first}
    problems: list[str] = []
    if "properties" in first and "properties" in second:
        made["properties"] = _properties(first["properties"], second["properties"])
    required, also = first.get("required"), second.get("required")
    if isinstance(required, list) and isinstance(also, list):
        made["required"] = [*required, *also]
    for key in ("type", "enum"):
        if key in first and key in second:
            common = _common(first[key], second[key])
            made[key] = common if common is not None else first[key]
            if common is None:
                problems.append(
                    f"allOf contradicts itself: {key} {first[key]!r} and {second[key]!r}; the first was kept"
                )
    return made, problems


def _properties(first: object, second: object) -> Schema:
    made = dict(first) if isinstance(first, Mapping) else {}
    for name, schema in second.items() if isinstance(second, Mapping) else ():
        made[name] = {"allOf": [made[name], schema]} if name in made and made[name] != schema else schema
    return made


def _common(first: object, second: object) -> object:
    """The values that both allow, one by itself where there is one; None for none."""
    one, other = (value if isinstance(value, list) else [value] for value in (first, second))
    both = [value for value in one if value in other]
    if not isinstance(first, list) or not isinstance(second, list):
        return both[0] if both else None
    return both or None


def says_nothing(schema: object) -> bool:
    """Return whether a schema leaves everything open."""
    return not isinstance(schema, Mapping) or not schema


def type_of_values(values: Sequence[object]) -> str | None:
    """The one type that all of these JSON values have; None for none or several."""
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    found = {kinds[type(value)] for value in values if type(value) in kinds}
    if found == {"integer", "number"}:
        return "number"
    return sorted(found)[0] if len(found) == 1 else None
