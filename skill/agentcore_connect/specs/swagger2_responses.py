"""Responses of Swagger 2.0, with their headers and contents."""

from __future__ import annotations

from agentcore_connect.core.places import Place
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs import swagger2_parts as parts
from agentcore_connect.specs.openapi_model import as_map
from agentcore_connect.specs.swagger2_requests import Requests
from agentcore_connect.specs.swagger2_source import Source


class Responses:
    """Converts the responses of one document."""

    def __init__(self, source: Source, requests: Requests) -> None:
        """In: the document, and what converts its parameters: a header has the same schema."""
        self._source = source
        self._log = source.log
        self._names = source.names
        self._requests = requests

    def response(self, raw: Json, at: Place, produces: list[str]) -> Json:
        """A response in its media types; a reference stays one where it leads to the same."""
        if not isinstance(raw, dict):
            self._log.refuse(at, "has a response that is not an object", "describe the response: {description: ...}")
        if isinstance(raw.get("$ref"), str):
            value, where = self._source.document.resolve(raw, at)
            named = len(where) == 2 and where[0] == "responses" and isinstance(value, dict)
            if not raw["$ref"].startswith("#") or (named and produces == self._source.all_media("produces")):
                ref = f"#/components/responses/{self._names['responses'][str(where[1])]}" if named else raw["$ref"]
                return {"$ref": ref}
            if not isinstance(value, dict):
                remedy = "correct the reference, or add the response"
                self._log.refuse(at, f"has a response that is nowhere: {raw['$ref'][:80]}", remedy)
            raw, at = value, where
        made = {key: value for key, value in raw.items() if key == "description" or key.startswith("x-")}
        if "description" not in made:
            made["description"] = ""
            self._log.note(at, "the description that OpenAPI asks for is added, empty", "empty")
        headers = {
            name: self._header(as_map(one), (*at, "headers", name)) for name, one in as_map(raw.get("headers")).items()
        }
        if headers:
            made["headers"] = headers
        content = self._content(raw, at, produces)
        if content:
            made["content"] = content
            self._log.origins[(*at, "content")] = (*at, "schema")
        return made

    def _content(self, response: JsonObject, at: Place, produces: list[str]) -> JsonObject:
        examples = as_map(response.get("examples"))
        schema = response.get("schema")
        binary = as_map(schema).get("type") == "file"
        media = produces or ["application/octet-stream" if binary else parts.JSON] if isinstance(schema, dict) else []
        made = self._source.schemas.schema(schema, (*at, "schema"))
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
        made["schema"] = self._requests.value({"name": at[-1], "in": "header", **header}, at)
        return made
