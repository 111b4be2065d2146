"""Merges the parts of an `allOf` into one schema that asks for what each of them asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs.openapi_model import Document, as_list, as_map

_MOST_PARTS: Final = 20_000  # schemas put together for one `allOf`; real documents stay far below
_MOST_IN_ALL: Final = 400_000

#: What only describes: the last part's words count, for the schema's own stand last.
_WORDS: Final = frozenset(
    {"description", "title", "example", "examples", "default", "deprecated", "externalDocs", "xml"}
)
_FLAGS: Final = frozenset({"nullable", "readOnly", "writeOnly"})
_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
_BOUNDS: Final[dict[str, Callable[[float, float], float]]] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties"), min),
}


class ClashError(Exception):
    """Two parts cannot both hold, or cannot be followed; the text says which and where."""


class Merger:
    """Merges the `allOf` of one document. What it makes shares its inner schemas with the document."""

    def __init__(self, document: Document) -> None:
        """In: the document that references start from."""
        self._document = document
        self._open: set[str] = set()
        self._left = 0
        self._left_in_all = _MOST_IN_ALL

    def merge(self, schema: JsonObject) -> dict[str, Json]:
        """The schema without its `allOf`. Errors: ClashError."""
        self._left = _MOST_PARTS
        return self._merged(schema)

    def _merged(self, schema: JsonObject) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for part in [*as_list(schema["allOf"]), {key: value for key, value in schema.items() if key != "allOf"}]:
            result = self._both(result, self._part(part), ())
        return result

    def _part(self, part: Json) -> dict[str, Json]:
        """A part as a schema of its own: references followed, its own `allOf` merged."""
        self._left -= 1
        self._left_in_all -= 1
        if min(self._left, self._left_in_all) < 0:
            raise ClashError("its parts are too many to merge")
        if not isinstance(part, dict):
            raise ClashError("a part is not a schema")
        ref = part.get("$ref")
        if isinstance(ref, str):
            return self._target(part, ref)
        return self._merged(part) if isinstance(part.get("allOf"), list) else part

    def _target(self, part: JsonObject, ref: str) -> dict[str, Json]:
        if ref in self._open:
            raise ClashError(f"{ref[:80]} contains itself")
        found, _ = self._document.resolve(part, ())
        if not isinstance(found, dict):
            raise ClashError(f"{ref[:80]} is not in the document")
        self._open.add(ref)
        try:
            target = self._part(found)
            beside = {key: value for key, value in part.items() if key != "$ref"}
            if beside and str(self._document.version).startswith("3.1"):  # 3.0 says that these do not count
                return self._both(target, self._part(beside), ())
            return target
        finally:
            self._open.discard(ref)

    def _both(self, first: JsonObject, second: JsonObject, at: tuple[str, ...]) -> dict[str, Json]:
        """One schema that asks for what both ask for."""
        made = dict(first)
        for key, value in second.items():
            if key not in made or key in _WORDS or key in _FLAGS or key.startswith("x-"):
                made[key] = value
            elif made[key] != value:
                made[key] = self._one(key, made[key], value, (*at, key))
        return made

    def _one(self, key: str, first: Json, second: Json, at: tuple[str, ...]) -> Json:
        """The value of a keyword that two parts give differently."""
        if key in _MAPS and isinstance(first, dict) and isinstance(second, dict):
            made = dict(first)
            for name, schema in second.items():
                made[name] = self._schemas(made[name], schema, (*at, name)) if name in made else schema
            return made
        if key in ("items", "additionalProperties") and isinstance(first, dict) and isinstance(second, dict):
            return self._schemas(first, second, at)
        if key == "allOf" and isinstance(first, list) and isinstance(second, list):
            return [*first, *(one for one in second if one not in first)]
        if key == "required" and isinstance(first, list) and isinstance(second, list):
            return [*first, *(one for one in second if one not in first)]
        if key in ("type", "enum") and (common := _common(key, first, second)) is not None:
            return common
        if key in _BOUNDS and isinstance(first, int | float) and isinstance(second, int | float):
            return _BOUNDS[key](first, second)
        raise ClashError(f"`{'.'.join(at)[:120]}` is {_short(first)} in one part and {_short(second)} in another")

    def _schemas(self, first: Json, second: Json, at: tuple[str, ...]) -> Json:
        """Two schemas of one property, merged; a reference stays one where the other only describes."""
        if first == second:
            return first
        for one, other in ((first, second), (second, first)):
            if "$ref" in as_map(one) and isinstance(other, dict) and set(other) <= _WORDS:
                return one
        one, other = (self._part(part) if "$ref" in as_map(part) else part for part in (first, second))
        if not isinstance(one, dict) or not isinstance(other, dict):
            raise ClashError(f"`{'.'.join(at)[:120]}` is {_short(first)} in one part and {_short(second)} in another")
        return self._both(one, other, at)


def _common(key: str, first: object, second: object) -> Json:
    """The types or values that both allow, a type by itself where there is one; None for none."""
    one, other = ([value] if isinstance(value, str) else as_list(value) for value in (first, second))
    both = [value for value in one if value in other]
    if key == "type" and not both and {*map(str, one), *map(str, other)} == {"integer", "number"}:
        return "integer"
    if key == "type" and len(both) == 1:
        return both[0]
    return both or None


def _short(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else f"a list of {len(value)}"
    return str(value)[:40]
