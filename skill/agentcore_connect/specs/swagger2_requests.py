"""Parameters of Swagger 2.0, and the request bodies that some of them become."""

from __future__ import annotations

from agentcore_connect.core.places import Place
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs import swagger2_parts as parts
from agentcore_connect.specs.openapi_model import as_list, as_map
from agentcore_connect.specs.swagger2_source import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """A body or form parameter: itself, where it stands, its name under `parameters` when it is one of those."""

    value: dict[str, Json]
    at: Place
    named: str | None


class Requests:
    """Converts parameters and bodies of one document."""

    def __init__(self, source: Source) -> None:
        """In: the document."""
        self._source = source

    def split(self, values: object, at: Place) -> tuple[list[Json], list[Entry]]:
        """The parameters that stay parameters, converted, and those that become the request body, as they are."""
        plain: list[Json] = []
        bodies: list[Entry] = []
        for index, raw in enumerate(as_list(values)):
            here = (*at, index)
            if isinstance(raw, dict) and isinstance(raw.get("$ref"), str) and not raw["$ref"].startswith("#"):
                plain.append(raw)
                continue
            value, named = self.parameter(raw, here)
            if value["in"] in ("body", "formData"):
                bodies.append(Entry(value, here, named))
            elif named:
                plain.append({"$ref": f"#/components/parameters/{self._source.names['parameters'][named]}"})
            else:
                plain.append(self.plain(value, here))
            if len(plain) != index + 1:
                self._source.log.origins[(*at, len(plain) - 1)] = here
        return plain, bodies

    def parameter(self, raw: Json, at: Place) -> tuple[dict[str, Json], str | None]:
        """A parameter, its reference followed, and its name under `parameters` where the reference was to there."""
        value, where = self._source.document.resolve(raw, at)
        named = str(where[1]) if where != at and len(where) == 2 and where[0] == "parameters" else None
        if not isinstance(value, dict):
            ref = str(as_map(raw).get("$ref", raw))[:80]
            self._source.log.refuse(
                at, f"has a parameter that is nowhere: {ref}", "correct the reference, or add the parameter"
            )
        if not isinstance(value.get("name"), str) or not value["name"]:
            self._source.log.refuse(where, "has a parameter without a name", "give the parameter its name")
        if value.get("in") not in ("query", "header", "path", "formData", "body"):
            what = f"has the parameter {value['name'][:60]!r} with in: {str(value.get('in'))[:20]}"
            self._source.log.refuse(where, what, "set in to query, header, path, formData or body")
        return value, named

    def plain(self, parameter: JsonObject, at: Place) -> dict[str, Json]:
        """A parameter that stays one."""
        where, schema = str(parameter["in"]), self.value(parameter, at)
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
                self._source.log.lose(at, f"{parameter['name']}: {lost}")
            else:
                self._source.log.note(at, f"{parameter['name']}: collectionFormat is now {style}", "array")
        return made

    def value(self, parameter: JsonObject, at: Place) -> dict[str, Json]:
        """The schema of a parameter that is no body."""
        given = parameter.get("schema")
        if "type" not in parameter and isinstance(given, dict):
            return as_map(self._source.schemas.schema(given, (*at, "schema")))
        name = str(parameter.get("name"))[:60]
        if not isinstance(parameter.get("type"), str):
            what = "header" if "headers" in at[-2:-1] else "parameter"
            self._source.log.refuse(at, f"has the {what} {name!r} without a type", f"give the {what} its type")
        if parameter["type"] == "file" and parameter["in"] != "formData":
            self._source.log.refuse(at, f"has the file {name!r} outside a form", "set in to formData")
        return parts.value_schema(parameter)

    def request_body(self, entries: list[Entry], at: Place, operation: JsonObject) -> dict[str, Json] | None:
        """The body of an operation, from its body or form parameters; None without one."""
        if not entries:
            return None
        consumes = self._source.media(operation, "consumes", at)
        first = entries[0]
        self._source.log.origins[(*at, "requestBody")] = first.at
        self._source.log.note(first.at, f"{first.value['in']} is now the requestBody", "body")
        if first.value["in"] == "formData":
            return self._form(entries, consumes)
        if first.named and consumes == self._source.all_media("consumes"):
            return {"$ref": f"#/components/requestBodies/{self._source.names['parameters'][first.named]}"}
        return self.body(first.value, first.at, consumes)

    def effective(self, own: list[Entry], inherited: list[Entry], at: Place) -> list[Entry]:
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
            self._source.log.refuse(bodies[1].at, "is a second body parameter", remedy)
        if bodies and fields:
            self._source.log.refuse(at, "has a body parameter and formData parameters", remedy)
        return bodies or fields

    def body(self, parameter: JsonObject, at: Place, consumes: list[str]) -> dict[str, Json]:
        """A body parameter as request body, in the media types that are no form's."""
        if not isinstance(parameter.get("schema"), dict):
            self._source.log.refuse(
                at, f"has the body {str(parameter['name'])[:60]!r} without a schema", "give the body its schema"
            )
        schema = self._source.schemas.schema(parameter["schema"], (*at, "schema"))
        media = [one for one in consumes if one not in parts.FORM] or [parts.JSON]
        made = {key: value for key, value in parameter.items() if key == "description" or key.startswith("x-")}
        made["content"] = {one: {"schema": schema} for one in media}
        if parameter.get("required") is True:
            made["required"] = True
        return made

    def _form(self, fields: list[Entry], consumes: list[str]) -> dict[str, Json]:
        properties: dict[str, JsonObject] = {}
        encoding: dict[str, Json] = {}
        required = []
        for one in fields:
            name, schema = str(one.value["name"]), self.value(one.value, one.at)
            if isinstance(one.value.get("description"), str):
                schema["description"] = one.value["description"]
            properties[name] = schema
            if one.value.get("required") is True:
                required.append(name)
            if schema.get("type") == "array":
                style, lost = parts.array_style(str(one.value.get("collectionFormat", "csv")), "formData")
                encoding[name] = style
                if lost:
                    self._source.log.lose(one.at, f"{name}: {lost}")
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
