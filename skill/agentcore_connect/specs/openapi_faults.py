"""Finds what a gateway cannot take in an OpenAPI document. Only what its operations reach is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agentcore_connect.core.places import Place
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.limits import limit
from agentcore_connect.specs.openapi_merge import ClashError, Merger
from agentcore_connect.specs.openapi_model import Document, FaultList, Operation, as_list, as_map
from agentcore_connect.specs.openapi_servers import check_servers
from agentcore_connect.specs.spec_file import SpecFile, is_swagger2

TOOL_NAME: Final = re.compile(r"[a-zA-Z0-9_-]+\Z")
_SEPARATOR: Final = "___"
_PARTS: Final = ("oneOf", "anyOf", "allOf")


def find_faults(document: Document, *, target_name: str | None = None, size: int | None = None) -> FaultList:
    """Every fault of a document, each with its places.

    In: the document; the target's name, where known, for the length of tool names; the size of what is sent.
    """
    faults = FaultList(document.spec)
    if not _version(document, faults):
        return faults
    _sizes(document, document.spec.size if size is None else size, faults)
    if not document.spec.converted and _is_no_json(document.spec):
        faults.add("openapi-not-json", ())
    _names(document, faults, target_name)
    check_servers(document.root.get("servers"), ("servers",), faults)
    walker = _Walker(document, faults)
    for operation in document.operations:
        walker.operation(operation)
    if as_map(document.root.get("webhooks")):
        faults.add("openapi-callbacks", ("webhooks",), "webhooks")
    return faults


def _is_no_json(spec: SpecFile) -> bool:
    return spec.format != "json" or not spec.shown.lower().partition("?")[0].endswith(".json")


def _version(document: Document, faults: FaultList) -> bool:
    if "swagger" in document.root:
        if not is_swagger2(document.spec):  # else why it could not be converted is told
            faults.add("openapi-swagger-2-refused", ("swagger",), "it has both `openapi` and `swagger`: keep one")
        return False
    if not document.supported:
        at: Place = ("openapi",) if "openapi" in document.root else ()
        faults.add("openapi-version-unknown", at, f"openapi: {str(document.version or 'absent')[:20]}")
        return False
    if not document.operations:
        faults.add("openapi-no-operations", ("paths",) if "paths" in document.root else ())
    supported = load("openapi-limits")["methods"]["supported"]
    for operation in document.all_operations:
        if operation.method not in supported:
            faults.add("openapi-method", operation.at, operation.label)
    return True


def _sizes(document: Document, size: int, faults: FaultList) -> None:
    ids = load("openapi-limits")["sizes"]
    if size > limit(ids["s3"]):
        faults.add("openapi-size", (), f"{size:,} bytes")
    elif size > limit(ids["inline"]):
        faults.add("openapi-size-inline", (), f"{size:,} bytes")
    if len(document.operations) > limit(ids["tools"]):
        faults.add("openapi-too-many-tools", ("paths",), f"{len(document.operations)} operations")


def _names(document: Document, faults: FaultList, target_name: str | None) -> None:
    longest = limit(load("openapi-limits")["sizes"]["tool_name"])
    room = longest - (len(target_name) + len(_SEPARATOR) if target_name else 0)
    first: dict[str, Operation] = {}
    for operation in document.operations:
        name = operation.operation_id
        at = (*operation.at, "operationId")
        if name is None:
            faults.add("openapi-operation-id-missing", operation.at, operation.label)
            continue
        if name in first:
            note = f"{operation.label}: {name} is also {first[name].label}"
            faults.add("openapi-operation-id-duplicate", at, note)
        first.setdefault(name, operation)
        if not TOOL_NAME.match(name):
            faults.add("openapi-operation-id-characters", at, name)
        if len(name) > room:
            faults.add("openapi-operation-id-long", at, f"{name}: {len(name)} characters, there is room for {room}")


class _Walker:
    """Walks what operations reach. Each schema is looked at once, however many operations share it."""

    def __init__(self, document: Document, faults: FaultList) -> None:
        self._document = document
        self._faults = faults
        self._seen: set[int] = set()
        self._merger = Merger(document)
        words = load("openapi-limits")
        self._media = words["media_types"]
        self._styles = words["parameter_styles"]
        self._types = set(words["types"]["supported"])

    def operation(self, operation: Operation) -> None:
        for parameter, at in self._document.parameters(operation):
            self._parameter(parameter, at)
        for source, at in ((operation.raw, operation.at), (operation.item, operation.path_at)):
            self._refs(as_list(source.get("parameters")), (*at, "parameters"))
            if "servers" in source:
                check_servers(source["servers"], (*at, "servers"), self._faults, required=False)
        self._reference(operation.raw.get("requestBody"), (*operation.at, "requestBody"))
        body, at = self._document.body(operation)
        self._content(body, at, operation.label, request=True)
        if as_map(operation.raw.get("callbacks")):
            self._faults.add("openapi-callbacks", (*operation.at, "callbacks"), f"{operation.label}: callbacks")
        responses = as_map(operation.raw.get("responses"))
        codes = [code for code in responses if str(code).startswith("2")] or [
            code for code in responses if code == "default"
        ]
        for code, value in responses.items():
            here: Place = (*operation.at, "responses", code)
            self._reference(value, here)
            response, where = self._document.resolve(value, here)
            if code in codes:  # what an error looks like is not what a tool is for
                self._content(as_map(response), where, operation.label, request=False)
            if as_map(as_map(response).get("links")):
                self._faults.add("openapi-callbacks", (*where, "links"), f"{operation.label}: links")

    def _refs(self, values: Sequence[Json], at: Place) -> None:
        for index, value in enumerate(values):
            self._reference(value, (*at, index))

    def _reference(self, value: Json, at: Place) -> None:
        ref = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(ref, str):
            return
        if not ref.startswith("#"):
            self._faults.add("openapi-ref-external", (*at, "$ref"), ref[:100])
        elif self._document.resolve(value, at)[0] is None:
            self._faults.add("openapi-ref-broken", (*at, "$ref"), ref[:100])

    def _parameter(self, parameter: JsonObject, at: Place) -> None:
        where, name = str(parameter.get("in")), str(parameter.get("name"))[:60]
        note = f"{where} parameter {name}"
        if where == "cookie":
            self._faults.add("openapi-cookie-parameter", at, note)
        if as_map(parameter.get("content")):
            self._faults.add("openapi-parameter-style", (*at, "content"), f"{note}: content")
            for media, one in as_map(parameter["content"]).items():
                self.schema(as_map(one).get("schema"), (*at, "content", media, "schema"))
        style = parameter.get("style")
        if style is not None and style not in self._styles.get(where, [style]):
            self._faults.add("openapi-parameter-style", (*at, "style"), f"{note}: {str(style)[:40]}")
        elif where == "query":
            schema, _ = self._document.resolve(parameter.get("schema"), at)
            if as_map(schema).get("type") in ("array", "object"):
                self._faults.add("openapi-query-array", at, f"{note}: {as_map(schema)['type']}")
        self.schema(parameter.get("schema"), (*at, "schema"))

    def _content(self, holder: JsonObject, at: Place, label: str, *, request: bool) -> None:
        content = as_map(holder.get("content"))
        names = {media: str(media).partition(";")[0].strip().lower() for media in content}
        full = [media for media, name in names.items() if name in self._media["full"]]
        partly = [media for media, name in names.items() if name in self._media["partly"]]
        what = "request" if request else "response"
        if content and not full and (request or not self._is_empty(content)):
            fault = "openapi-media-type-partly" if partly else "openapi-media-type"
            where: Place = (*at, "content")
            if self._is_binary(content, where):
                fault = "openapi-binary-body"
            self._faults.add(fault, where, f"{label}: {what} {', '.join(map(str, content))[:80]}")
        for media in full or partly or []:
            self.schema(as_map(content[media]).get("schema"), (*at, "content", media, "schema"))

    @staticmethod
    def _is_empty(content: JsonObject) -> bool:
        return not any(as_map(one).get("schema") for one in content.values())

    def _is_binary(self, content: JsonObject, at: Place) -> bool:
        for media, one in content.items():
            schema, _ = self._document.resolve(as_map(one).get("schema"), (*at, media))
            if as_map(schema).get("format") == "binary" or str(media).startswith(("image/", "audio/", "video/")):
                return True
            if str(media).partition(";")[0].strip() == "application/octet-stream":
                return True
        return False

    def schema(self, schema: Json, at: Place) -> None:
        """Look at a schema and all it reaches, without recursion, so that no depth is too deep."""
        work: list[tuple[Json, Place]] = [(schema, at)]
        while work:
            value, here = work.pop()
            if not isinstance(value, dict) or id(value) in self._seen:
                continue
            self._seen.add(id(value))
            self._reference(value, here)
            target, where = self._document.resolve(value, here)
            if target is not value:
                work.append((target, where))
                continue
            self._composition(value, here)
            self._type(value, here)
            work.extend(children(value, here))

    def _composition(self, schema: JsonObject, at: Place) -> None:
        for key in _PARTS:
            parts = schema.get(key)
            if not isinstance(parts, list):
                continue
            names = {"oneOf": "openapi-one-of", "anyOf": "openapi-any-of", "allOf": "openapi-all-of"}
            fault, note = names[key], f"{key} of {len(parts)}"
            if key == "allOf":
                try:
                    self._merger.merge(schema)
                except ClashError as why:
                    fault, note = "openapi-all-of-conflict", f"{note}: {why}"
            elif only_part(parts) is not None:
                fault = "openapi-any-of-one"
            self._faults.add(fault, (*at, key), note)

    def _type(self, schema: JsonObject, at: Place) -> None:
        found = schema.get("type")
        if found == "null" and len(at) > 1 and at[-2] in ("oneOf", "anyOf"):
            return  # told as the composition it is part of
        if found is not None and (not isinstance(found, str) or found not in self._types):
            self._faults.add("openapi-type-unsupported", (*at, "type"), str(found)[:60])


def only_part(parts: Sequence[Json]) -> Json | None:
    """The only part of an `anyOf` besides `null`; None when there are several, or none."""
    real = [one for one in parts if not (isinstance(one, dict) and one.get("type") == "null")]
    return real[0] if len(real) == 1 and len(parts) <= 2 else None


def children(schema: JsonObject, at: Place) -> list[tuple[Json, Place]]:
    """The schemas directly inside a schema, each with its path."""
    found: list[tuple[Json, Place]] = []
    for key in ("properties", "patternProperties", "dependentSchemas"):
        found += [(one, (*at, key, name)) for name, one in as_map(schema.get(key)).items()]
    for key in ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"):
        if isinstance(schema.get(key), dict):
            found.append((schema[key], (*at, key)))
    for key in (*_PARTS, "prefixItems"):
        found += [(one, (*at, key, index)) for index, one in enumerate(as_list(schema.get(key)))]
    return found
