"""The schemas of a Swagger 2.0 document as OpenAPI 3.0 has them, and the names that they get there."""

from __future__ import annotations

import re
from typing import Final

from agentcore_connect.core.places import Place, unreferred
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs.openapi_model import Document
from agentcore_connect.specs.swagger2_log import Log

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+\Z")


class Schemas:
    """Converts schemas. `made` are those of the components, by their new names."""

    def __init__(self, log: Log, document: Document, names: dict[str, str]) -> None:
        """In: where changes are kept, the original, the new names of its definitions."""
        self.made: dict[str, Json] = {}
        self._log = log
        self._document = document
        self._names = names
        self._hoisted: dict[str, str] = {}

    def schema(self, schema: Json, at: Place) -> Json:
        """A schema in its new form. In: the original form, the place where it stands."""
        if not isinstance(schema, dict):
            return schema
        if isinstance(schema.get("$ref"), str):
            beside = {key: value for key, value in schema.items() if key not in ("$ref", "x-nullable")}
            return {"$ref": self._ref(schema["$ref"]), **beside}
        made: dict[str, Json] = {}
        for key, value in schema.items():
            here = (*at, key)
            if key in ("properties", "patternProperties") and isinstance(value, dict):
                made[key] = {name: self.schema(one, (*here, name)) for name, one in value.items()}
            elif key in ("items", "additionalProperties", "not"):
                made[key] = self.schema(value, here)
            elif key in ("allOf", "anyOf", "oneOf") and isinstance(value, list):
                made[key] = [self.schema(one, (*here, index)) for index, one in enumerate(value)]
            elif key == "discriminator" and isinstance(value, str):
                made[key] = {"propertyName": value}
            elif key == "x-nullable":
                made["nullable"] = value is True
            elif key != "collectionFormat":
                made[key] = value
        return _typed(made)

    def _ref(self, ref: str) -> str:
        """Return the new target of a schema reference; schemas outside `definitions` are moved to components."""
        if not ref.startswith("#/"):
            return ref
        first, *rest = ref[2:].split("/")
        if first == "definitions" and rest:
            name = next((one for one in (unreferred(rest[0]), rest[0]) if one in self._names), None)
            new = self._names[name] if name is not None else rest[0]
            return "/".join(["#/components/schemas", new, *rest[1:]])
        if ref not in self._hoisted:
            target, where = self._document.lookup(ref)
            if not isinstance(target, dict):
                return ref
            words = "_".join(re.findall(r"[A-Za-z0-9]+", "_".join(map(str, where))))[-60:].strip("_")
            new = unique(words or "schema", {*self._names.values(), *self.made})
            self._hoisted[ref] = new
            self.made[new] = {}
            self.made[new] = self.schema(target, where)
            self._log.moved(("components", "schemas", new), where)
        return f"#/components/schemas/{self._hoisted[ref]}"


def _typed(schema: dict[str, Json]) -> dict[str, Json]:
    """A schema with a type that OpenAPI 3.0 has: no files, no lists with null, and no arrays of nothing."""
    kind = schema.get("type")
    if kind == "file":
        return {**schema, "type": "string", "format": "binary"}
    if isinstance(kind, list):
        real = [one for one in kind if one != "null"]
        if len(real) == 1:
            schema = {**schema, "type": real[0], **({"nullable": True} if len(kind) > 1 else {})}
    if schema.get("type") == "array" and "items" not in schema:
        return {**schema, "items": {}}
    return schema


def safe_names(section: JsonObject) -> dict[str, str]:
    """The names that components may have, by those that the document gives them."""
    found = {name: name for name in section if _NAME.match(name)}
    taken = set(found)
    for name in section:
        if name not in found:
            found[name] = unique(re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_") or "schema", taken)
            taken.add(found[name])
    return found


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name}_{number}"
        number += 1
    return candidate
