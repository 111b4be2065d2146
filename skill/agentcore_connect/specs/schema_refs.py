"""Writes a JSON Schema's local references out, within bounds, since a tool definition has no place for them."""

from __future__ import annotations

from typing import Final

from agentcore_connect.checks.schema_merge import DEPTHS, MANY, cut_note
from agentcore_connect.core.places import follow
from agentcore_connect.core.values import Json, JsonObject

_MAX_SCHEMAS: Final = 20_000
_MAX_DEPTH: Final = 60
_HOLDERS: Final = ("$defs", "definitions", "$schema", "$id", "$comment", "$anchor")
_MAPS: Final = ("properties", "patternProperties", "dependentSchemas")


def inline_refs(schema: Json, root: Json) -> tuple[dict[str, Json], list[str]]:
    """A copy of a schema with every local `$ref` replaced by what it points to.

    In: the schema, the document its references start from. Out: the copy, and in words what could not be written out
    (a type that contains itself, a reference to elsewhere or to nothing, types cut because all of them are too many).
    """
    found: Json = {}
    for depth in DEPTHS:
        worker = _Inliner(root, depth, _MAX_SCHEMAS if depth == DEPTHS[-1] else MANY)
        found = worker.schema(schema, ())
        if not worker.full:
            break
    return found if isinstance(found, dict) else {}, worker.all_notes()


class _Inliner:
    def __init__(self, root: Json, refs_deep: int, most: int) -> None:
        self.notes: list[str] = []
        self.full = False
        self._root = root
        self._refs_deep = refs_deep
        self._most = most
        self._built = 0
        self._cut: list[str] = []

    def all_notes(self) -> list[str]:
        cut = [cut_note(self._refs_deep, self._cut)] if self._cut else []
        return list(dict.fromkeys([*cut, *self.notes]))

    def schema(self, schema: Json, open_refs: tuple[str, ...], depth: int = 0) -> Json:
        if not isinstance(schema, dict):
            return schema
        self._built += 1
        self.full = self.full or self._built > self._most
        if self.full or depth > _MAX_DEPTH:
            self.notes.append("the schema is too large or too deep to be written out; the rest is taken as objects")
            return {"type": "object"}
        ref = schema.get("$ref")
        if isinstance(ref, str):
            return self._reference(ref, schema, open_refs, depth)
        copy: dict[str, Json] = {}
        for key, value in schema.items():
            if key in _HOLDERS:
                continue
            if key in _MAPS and isinstance(value, dict):
                copy[key] = {name: self.schema(one, open_refs, depth + 1) for name, one in value.items()}
            elif key in ("items", "additionalProperties", "not", "contains", "if", "then", "else"):
                copy[key] = self.schema(value, open_refs, depth + 1)
            elif key in ("oneOf", "anyOf", "allOf", "prefixItems") and isinstance(value, list):
                copy[key] = [self.schema(one, open_refs, depth + 1) for one in value]
            else:
                copy[key] = value
        return copy

    def _reference(self, ref: str, schema: JsonObject, open_refs: tuple[str, ...], depth: int) -> Json:
        words = {key: schema[key] for key in ("description", "title", "default") if key in schema}
        if ref in open_refs:
            self.notes.append(f"{ref[:80]} contains itself; the inner one is taken as an object")
            return {"type": "object", **words}
        if len(open_refs) >= self._refs_deep:
            self._cut.append(ref)
            return {"type": "object", **words}
        target, _ = follow(self._root, ref)
        if not isinstance(target, dict):
            self.notes.append(f"{ref[:80]} cannot be found in the document; taken as an object")
            return {"type": "object", **words}
        found = self.schema(target, (*open_refs, ref), depth + 1)
        return {**found, **words} if isinstance(found, dict) else {"type": "object", **words}
