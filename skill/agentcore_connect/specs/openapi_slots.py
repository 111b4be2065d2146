"""Finds the schemas and references of an OpenAPI document, each with its place, so that they can be replaced."""

from __future__ import annotations

from collections.abc import Iterator

from agentcore_connect.core.places import Place
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs.openapi_model import as_list, as_map


class Slot(NamedTuple):
    """The position of a schema: its parent, key or index, and place in the document."""

    holder: dict[str, Json] | list[Json]
    key: str | int
    at: Place

    @property
    def value(self) -> Json:
        """The schema at this position."""
        if isinstance(self.holder, dict):
            return self.holder[str(self.key)]
        return self.holder[int(self.key)]

    def put(self, value: Json) -> None:
        """Replace it."""
        if isinstance(self.holder, dict):
            self.holder[str(self.key)] = value
        else:
            self.holder[int(self.key)] = value


def references(root: object) -> Iterator[tuple[dict[str, Json], str]]:
    """Every object with a `$ref`, and the reference."""
    work = [root]
    while work:
        value = work.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value, value["$ref"]
            work.extend(value.values())
        elif isinstance(value, list):
            work.extend(value)


def schema_slots(root: JsonObject) -> Iterator[Slot]:
    """Yield the outermost schemas of a document: in components, parameters, headers and bodies."""
    schemas = as_map(as_map(root.get("components")).get("schemas"))
    for name in schemas:
        yield Slot(schemas, name, ("components", "schemas", name))
    work: list[tuple[Json, Place]] = [(root.get("paths"), ("paths",))]
    work += [(value, ("components", key)) for key, value in as_map(root.get("components")).items() if key != "schemas"]
    work.append((root.get("webhooks"), ("webhooks",)))
    while work:
        value, at = work.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "schema" and isinstance(inner, dict):
                    yield Slot(value, key, (*at, key))
                elif key not in ("example", "examples"):
                    work.append((inner, (*at, key)))
        elif isinstance(value, list):
            work.extend((inner, (*at, index)) for index, inner in enumerate(value))


def inner_slots(schema: dict[str, Json], at: Place) -> Iterator[Slot]:
    """Yield the schemas directly inside a schema."""
    for key in ("properties", "patternProperties", "dependentSchemas"):
        inner = as_map(schema.get(key))
        for name in inner:
            yield Slot(inner, name, (*at, key, name))
    for key in ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"):
        if isinstance(schema.get(key), dict):
            yield Slot(schema, key, (*at, key))
    for key in ("oneOf", "anyOf", "allOf", "prefixItems"):
        parts = as_list(schema.get(key))
        for index in range(len(parts)):
            yield Slot(parts, index, (*at, key, index))
