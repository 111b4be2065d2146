"""Swagger 2.0 written as OpenAPI 3.0, which is what a gateway takes. The original is not touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from agentcore_connect.core.places import Place, referred
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs import swagger2_parts as parts
from agentcore_connect.specs.openapi_model import Change, Document, as_list, as_map, is_deeper, json_copy
from agentcore_connect.specs.spec_file import SpecFile
from agentcore_connect.specs.swagger2_log import Log, NotConvertibleError
from agentcore_connect.specs.swagger2_schemas import Schemas, safe_names

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


def is_swagger2(spec: SpecFile) -> bool:
    """Whether a document says of itself that it is Swagger."""
    return isinstance(spec.data, dict) and "swagger" in spec.data and "openapi" not in spec.data


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
            value, _ = self._parameter({"$ref": f"#/parameters/{referred(name)}"}, at)
            if value["in"] == "body":
                bodies[new] = self._body(value, at, self._media(root, "consumes", ()))
                self.log.moved(("components", "requestBodies", new), at)
            elif value["in"] != "formData":
                parameters[new] = self._plain(value, at)
                self.log.moved(("components", "parameters", new), at)
        responses = {}
        for name, response in as_map(root.get("responses")).items():
            new = self._names["responses"][name]
            responses[new] = self._response(response, ("responses", name), self._media(root, "produces", ()))
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
        plain, bodies = self._split(found.get("parameters"), (*at, "parameters"))
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

    def _operation(self, operation: JsonObject, at: Place, inherited: list[_Entry]) -> dict[str, Json]:
        plain, own = self._split(operation.get("parameters"), (*at, "parameters"))
        if at[-1] in ("get", "head"):
            inherited = []  # their requests have no body
        body = self._request_body(self._effective(own, inherited, at), at, operation)
        produces = self._media(operation, "produces", at)
        made: dict[str, Json] = {}
        for key, value in operation.items():
            if key == "responses":
                made[key] = {
                    code: one if code.startswith("x-") else self._response(one, (*at, key, code), produces)
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

    def _effective(self, own: list[_Entry], inherited: list[_Entry], at: Place) -> list[_Entry]:
        """The body of an operation or its form fields: its own before those of its path."""
        names = {one.value.get("name") for one in own}
        bodies = [one for one in own if one.value["in"] == "body"] or [
            one for one in inherited if one.value["in"] == "body" and not own
        ]
        fields = [one for one in own if one.value["in"] == "formData"]
        if not any(one.value["in"] == "body" for one in own):
            fields += [one for one in inherited if one.value["in"] == "formData" and one.value.get("name") not in names]
        remedy = "keep one body, or the form fields: a request has only one of them"
        if len(bodies) > 1:
            self.log.refuse(bodies[1].at, "is a second body parameter", remedy)
        if bodies and fields:
            self.log.refuse(at, "has a body parameter and formData parameters", remedy)
        return bodies or fields

    def _split(self, values: object, at: Place) -> tuple[list[Json], list[_Entry]]:
        """The parameters that stay parameters, converted, and those that become the request body, as they are."""
        plain: list[Json] = []
        bodies: list[_Entry] = []
        for index, raw in enumerate(as_list(values)):
            here = (*at, index)
            if isinstance(raw, dict) and isinstance(raw.get("$ref"), str) and not raw["$ref"].startswith("#"):
                plain.append(raw)
                continue
            value, named = self._parameter(raw, here)
            if value["in"] in ("body", "formData"):
                bodies.append(_Entry(value, here, named))
            elif named:
                plain.append({"$ref": f"#/components/parameters/{self._names['parameters'][named]}"})
            else:
                plain.append(self._plain(value, here))
            if len(plain) != index + 1:
                self.log.origins[(*at, len(plain) - 1)] = here
        return plain, bodies

    def _parameter(self, raw: Json, at: Place) -> tuple[dict[str, Json], str | None]:
        """A parameter, its reference followed, and its name under `parameters` where the reference was to there."""
        value, where = self._document.resolve(raw, at)
        named = str(where[1]) if where != at and len(where) == 2 and where[0] == "parameters" else None
        if not isinstance(value, dict):
            ref = str(as_map(raw).get("$ref", raw))[:80]
            self.log.refuse(
                at, f"has a parameter that is nowhere: {ref}", "correct the reference, or add the parameter"
            )
        if not isinstance(value.get("name"), str) or not value["name"]:
            self.log.refuse(where, "has a parameter without a name", "give the parameter its name")
        if value.get("in") not in ("query", "header", "path", "formData", "body"):
            what = f"has the parameter {value['name'][:60]!r} with in: {str(value.get('in'))[:20]}"
            self.log.refuse(where, what, "set in to query, header, path, formData or body")
        return value, named

    def _plain(self, parameter: JsonObject, at: Place) -> dict[str, Json]:
        where, schema = str(parameter["in"]), self._value(parameter, at)
        made: dict[str, Json] = {"name": parameter["name"], "in": where}
        for key, value in parameter.items():
            if key in ("description", "required") or key.startswith("x-"):
                made[key] = value
        if where == "path":
            made["required"] = True
        if where == "query" and "allowEmptyValue" in parameter:
            made["allowEmptyValue"] = parameter["allowEmptyValue"]
        made["schema"] = schema
        if schema.get("type") == "array":
            style, lost = parts.array_style(str(parameter.get("collectionFormat", "csv")), where)
            made |= style
            if lost:
                self.log.lose(at, f"{parameter['name']}: {lost}")
            else:
                self.log.note(at, f"{parameter['name']}: collectionFormat is now {style}", "array")
        return made

    def _value(self, parameter: JsonObject, at: Place) -> dict[str, Json]:
        """The schema of a parameter that is no body."""
        given = parameter.get("schema")
        if "type" not in parameter and isinstance(given, dict):
            return as_map(self._schemas.schema(given, (*at, "schema")))
        name = str(parameter.get("name"))[:60]
        if not isinstance(parameter.get("type"), str):
            what = "header" if "headers" in at[-2:-1] else "parameter"
            self.log.refuse(at, f"has the {what} {name!r} without a type", f"give the {what} its type")
        if parameter["type"] == "file" and parameter["in"] != "formData":
            self.log.refuse(at, f"has the file {name!r} outside a form", "set in to formData")
        return parts.value_schema(parameter)

    # Bodies

    def _media(self, holder: JsonObject, key: str, at: Place) -> list[str]:
        """The media types of an operation, or those of the whole document."""
        given = holder[key] if isinstance(holder.get(key), list) else self._root.get(key)
        found = [one for one in as_list(given) if isinstance(one, str) and one]
        if "*/*" in found:
            self.log.note((*at, key), f"{key} */* is now {parts.JSON}", "media")
        return list(dict.fromkeys(parts.JSON if one == "*/*" else one for one in found))

    def _request_body(self, entries: list[_Entry], at: Place, operation: JsonObject) -> dict[str, Json] | None:
        if not entries:
            return None
        consumes = self._media(operation, "consumes", at)
        first = entries[0]
        self.log.origins[(*at, "requestBody")] = first.at
        self.log.note(first.at, f"{first.value['in']} is now the requestBody", "body")
        if first.value["in"] == "formData":
            return self._form(entries, consumes)
        if first.named and consumes == self._media(self._root, "consumes", ()):
            return {"$ref": f"#/components/requestBodies/{self._names['parameters'][first.named]}"}
        return self._body(first.value, first.at, consumes)

    def _body(self, parameter: JsonObject, at: Place, consumes: list[str]) -> dict[str, Json]:
        if not isinstance(parameter.get("schema"), dict):
            self.log.refuse(
                at, f"has the body {str(parameter['name'])[:60]!r} without a schema", "give the body its schema"
            )
        schema = self._schemas.schema(parameter["schema"], (*at, "schema"))
        media = [one for one in consumes if one not in parts.FORM] or [parts.JSON]
        made = {key: value for key, value in parameter.items() if key == "description" or key.startswith("x-")}
        made["content"] = {one: {"schema": schema} for one in media}
        if parameter.get("required") is True:
            made["required"] = True
        return made

    def _form(self, fields: list[_Entry], consumes: list[str]) -> dict[str, Json]:
        properties: dict[str, JsonObject] = {}
        encoding: dict[str, Json] = {}
        required = []
        for one in fields:
            name, schema = str(one.value["name"]), self._value(one.value, one.at)
            if isinstance(one.value.get("description"), str):
                schema["description"] = one.value["description"]
            properties[name] = schema
            if one.value.get("required") is True:
                required.append(name)
            if schema.get("type") == "array":
                style, lost = parts.array_style(str(one.value.get("collectionFormat", "csv")), "formData")
                encoding[name] = style
                if lost:
                    self.log.lose(one.at, f"{name}: {lost}")
        schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
        files = "binary" in [as_map(one.get("items", one)).get("format") for one in properties.values()]
        media = [parts.FORM[-1]] if files else [one for one in consumes if one in parts.FORM] or [parts.URLENCODED]
        content = {}
        for name in media:
            content[name] = {
                "schema": schema,
                **({"encoding": encoding} if encoding and name == parts.URLENCODED else {}),
            }
        return {"content": content, **({"required": True} if required else {})}

    def _response(self, raw: Json, at: Place, produces: list[str]) -> Json:
        if not isinstance(raw, dict):
            self.log.refuse(at, "has a response that is not an object", "describe the response: {description: ...}")
        if isinstance(raw.get("$ref"), str):
            value, where = self._document.resolve(raw, at)
            named = len(where) == 2 and where[0] == "responses" and isinstance(value, dict)
            if not raw["$ref"].startswith("#") or (named and produces == self._media(self._root, "produces", ())):
                ref = f"#/components/responses/{self._names['responses'][str(where[1])]}" if named else raw["$ref"]
                return {"$ref": ref}
            if not isinstance(value, dict):
                remedy = "correct the reference, or add the response"
                self.log.refuse(at, f"has a response that is nowhere: {raw['$ref'][:80]}", remedy)
            raw, at = value, where
        made = {key: value for key, value in raw.items() if key == "description" or key.startswith("x-")}
        if "description" not in made:
            made["description"] = ""
            self.log.note(at, "the description that OpenAPI asks for is added, empty", "empty")
        headers = {
            name: self._header(as_map(one), (*at, "headers", name)) for name, one in as_map(raw.get("headers")).items()
        }
        if headers:
            made["headers"] = headers
        content = self._content(raw, at, produces)
        if content:
            made["content"] = content
            self.log.origins[(*at, "content")] = (*at, "schema")
        return made

    def _content(self, response: JsonObject, at: Place, produces: list[str]) -> JsonObject:
        examples = as_map(response.get("examples"))
        schema = response.get("schema")
        binary = as_map(schema).get("type") == "file"
        media = produces or ["application/octet-stream" if binary else parts.JSON] if isinstance(schema, dict) else []
        made = self._schemas.schema(schema, (*at, "schema"))
        content: dict[str, JsonObject] = {name: {"schema": made} for name in media}
        for name, example in examples.items():
            if "/" in str(name):
                content[name] = {
                    **content.get(name, {"schema": made} if isinstance(schema, dict) else {}),
                    "example": example,
                }
        return content

    def _header(self, header: JsonObject, at: Place) -> dict[str, Json]:
        made = {key: value for key, value in header.items() if key == "description" or key.startswith("x-")}
        made["schema"] = self._value({"name": at[-1], "in": "header", **header}, at)
        return made


@dataclass(frozen=True, slots=True)
class _Entry:
    """A body or form parameter: itself, where it stands, its name under `parameters` when it is one of those."""

    value: dict[str, Json]
    at: Place
    named: str | None
