"""Swagger 2.0 written as OpenAPI 3.0, which is what a gateway takes. The original is not touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from agentcore_connect.core.places import Place, referred
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs import swagger2_parts as parts
from agentcore_connect.specs.openapi_model import Change, Document, as_list, as_map, is_deeper, json_copy
from agentcore_connect.specs.spec_file import SpecFile
from agentcore_connect.specs.swagger2_log import Log, NotConvertibleError
from agentcore_connect.specs.swagger2_requests import Entry, Requests
from agentcore_connect.specs.swagger2_responses import Responses
from agentcore_connect.specs.swagger2_schemas import Schemas, safe_names
from agentcore_connect.specs.swagger2_source import Source

VERSION: Final = "3.0.3"
_DEEPEST: Final = 120  # levels of nesting; the deepest public document seen has 30
_SECTIONS: Final = ("definitions", "parameters", "responses", "securityDefinitions")


@dataclass(frozen=True)
class Conversion:
    """A converted copy. `spec` has its data, and the original's lines; `differences` are its changes in a few words.

    `lost` are those changes that may send something else than the original says.
    """

    spec: SpecFile
    changes: tuple[Change, ...]
    differences: tuple[str, ...]
    lost: tuple[Change, ...]


@dataclass(frozen=True)
class _ConvertedFile(SpecFile):
    """The converted data under the original's name; places are looked up in the original."""

    original: SpecFile | None = field(default=None, repr=False)
    origins: Mapping[Place, Place] = field(default_factory=dict, repr=False)

    def lines(self, paths: Iterable[Place]) -> dict[Place, int]:
        """The line of each path in the original, or of the nearest thing around it."""
        wanted = {path: self._origin(path) for path in paths}
        found = self.original.lines(wanted.values()) if self.original else {}
        return {path: found.get(origin, 1) for path, origin in wanted.items()}

    def _origin(self, path: Place) -> Place:
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return (*self.origins[path[:length]], *path[length:])
        return path


def convert(spec: SpecFile) -> Conversion:
    """Write a Swagger 2.0 document as OpenAPI 3.0.

    In: the loaded document. Errors: NotConvertibleError `spec-not-convertible`.
    """
    if is_deeper(spec.data, _DEEPEST):
        raise NotConvertibleError(spec, (), "is nested too deeply to convert", "give the document as OpenAPI 3.0")
    worker = _Converter(spec, json_copy(as_map(spec.data)))
    made = worker.document()
    converted = _ConvertedFile(
        spec.shown, made, spec.text, spec.format, spec.nodes, converted=True, original=spec, origins=worker.log.origins
    )
    return Conversion(converted, tuple(worker.log.changes), tuple(worker.log.differences()), tuple(worker.log.lost))


class _Converter:
    def __init__(self, spec: SpecFile, root: JsonObject) -> None:
        self.log = Log(spec)
        self._root = root
        self._document = Document(SpecFile(spec.shown, root, "", "json"))
        self._names = {section: safe_names(as_map(root.get(section))) for section in _SECTIONS}
        self._schemas = Schemas(self.log, self._document, self._names["definitions"])
        self._source = Source(self.log, root, self._document, self._schemas, self._names)
        self._requests = Requests(self._source)
        self._responses = Responses(self._source, self._requests)

    # The document

    def document(self) -> dict[str, Json]:
        root = self._root
        if str(root.get("swagger")) not in ("2.0", "2"):
            said = str(root.get("swagger"))[:20]
            self.log.refuse(("swagger",), f"says swagger: {said}", "give a Swagger 2.0 or an OpenAPI 3 document")
        if not isinstance(root.get("paths"), dict):
            self.log.refuse(("paths",), "has no `paths`", "give the whole document, with its operations under `paths`")
        made: dict[str, Json] = {"openapi": VERSION}
        moved = ("swagger", "host", "basePath", "schemes", "consumes", "produces", *_SECTIONS)
        self.log.note(("swagger",), f"swagger 2.0 is now openapi {VERSION}")
        for key, value in root.items():
            if key not in moved:
                made[key] = self._requirements(value) if key == "security" else value
            if key == "info":
                self._add_servers(made)
        if "servers" not in made:
            self._add_servers(made)
        made["paths"] = {path: self._item(item, ("paths", path)) for path, item in as_map(root["paths"]).items()}
        components = self._components()
        if components:
            made["components"] = components
        return made

    def _requirements(self, security: Json) -> Json:
        names = self._names["securityDefinitions"]
        return [
            {names.get(name, name): scopes for name, scopes in as_map(one).items()} if isinstance(one, dict) else one
            for one in as_list(security)
        ]

    def _add_servers(self, made: dict[str, Json]) -> None:
        found = parts.servers(self._root, self.log, self._root.get("schemes"), ("schemes",), say=True)
        if found:
            made["servers"] = found
            self.log.origins[("servers",)] = ("host",) if "host" in self._root else ("basePath",)

    def _components(self) -> dict[str, Json]:
        root = self._root
        for name, schema in as_map(root.get("definitions")).items():
            new = self._names["definitions"][name]
            self._schemas.made[new] = self._schemas.schema(schema, ("definitions", name))
            self.log.moved(("components", "schemas", new), ("definitions", name))
        parameters: dict[str, Json] = {}
        bodies: dict[str, Json] = {}
        for name in as_map(root.get("parameters")):
            new, at = self._names["parameters"][name], ("parameters", name)
            value, _ = self._requests.parameter({"$ref": f"#/parameters/{referred(name)}"}, at)
            if value["in"] == "body":
                bodies[new] = self._requests.body(value, at, self._source.all_media("consumes"))
                self.log.moved(("components", "requestBodies", new), at)
            elif value["in"] != "formData":
                parameters[new] = self._requests.plain(value, at)
                self.log.moved(("components", "parameters", new), at)
        responses = {}
        for name, response in as_map(root.get("responses")).items():
            new = self._names["responses"][name]
            responses[new] = self._responses.response(response, ("responses", name), self._source.all_media("produces"))
            self.log.moved(("components", "responses", new), ("responses", name))
        schemes = {}
        for name, scheme in as_map(root.get("securityDefinitions")).items():
            new = self._names["securityDefinitions"][name]
            schemes[new] = parts.security_scheme(as_map(scheme), ("securityDefinitions", name), self.log)
            self.log.moved(("components", "securitySchemes", new), ("securityDefinitions", name))
        found: JsonObject = {
            "schemas": self._schemas.made,
            "parameters": parameters,
            "requestBodies": bodies,
            "responses": responses,
            "securitySchemes": schemes,
        }
        return {key: value for key, value in found.items() if value}

    # Paths

    def _item(self, item: Json, at: Place) -> Json:
        found, where = self._document.resolve(item, at)
        if not isinstance(found, dict):
            return item
        if where != at:  # written out, for what it leads to may be outside of what is converted
            self.log.origins[at] = where
            at = where
        plain, bodies = self._requests.split(found.get("parameters"), (*at, "parameters"))
        made: dict[str, Json] = {}
        for key, value in found.items():
            if key == "parameters":
                made[key] = plain
            elif key in parts.METHODS and isinstance(value, dict):
                made[key] = self._operation(value, (*at, key), bodies)
            else:
                made[key] = value
        if made.get("parameters") == []:
            del made["parameters"]
        return made

    def _operation(self, operation: JsonObject, at: Place, inherited: list[Entry]) -> dict[str, Json]:
        plain, own = self._requests.split(operation.get("parameters"), (*at, "parameters"))
        if at[-1] in ("get", "head"):
            inherited = []  # their requests have no body
        body = self._requests.request_body(self._requests.effective(own, inherited, at), at, operation)
        produces = self._source.media(operation, "produces", at)
        made: dict[str, Json] = {}
        for key, value in operation.items():
            if key == "responses":
                made[key] = {
                    code: one if code.startswith("x-") else self._responses.response(one, (*at, key, code), produces)
                    for code, one in as_map(value).items()
                }
            elif key == "schemes":
                other = parts.servers(self._root, self.log, value, (*at, "schemes"))
                if other != parts.servers(self._root, self.log, self._root.get("schemes"), ("schemes",)):
                    made["servers"] = other
                    self.log.origins[(*at, "servers")] = (*at, "schemes")
            elif key not in ("consumes", "produces", "parameters"):
                made[key] = self._requirements(value) if key == "security" else value
        if plain:
            made["parameters"] = plain
        if body is not None:
            made["requestBody"] = body
        return made
