"""Lambda tool definitions from the operations of an OpenAPI document: parameters and body become the input."""

from __future__ import annotations

from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs.openapi_model import Document, Operation, as_list, as_map
from agentcore_connect.specs.openapi_repair import repair
from agentcore_connect.specs.schema_refs import inline_refs
from agentcore_connect.specs.spec_file import SpecFile, is_swagger2
from agentcore_connect.specs.swagger2 import convert
from agentcore_connect.specs.tool_draft import ToolDraft

_JSON = "application/json"


def openapi_tools(spec: SpecFile) -> list[ToolDraft]:
    """One tool an operation; what has no usable name gets one as in the repaired copy.

    Errors: ConnectError `not-a-mapping`, `spec-not-convertible`, `spec-not-repairable`.
    """
    if is_swagger2(spec):
        spec = convert(spec).spec
    original = Document(spec)
    names = [one.operation_id for one in Document(SpecFile(spec.shown, repair(spec).data, "", "json")).operations]
    lines = spec.lines([one.at for one in original.operations])
    return [
        _draft(original, operation, str(name), f"{spec.shown}:{lines[operation.at]}")
        for operation, name in zip(original.operations, names, strict=True)
    ]


def _draft(document: Document, operation: Operation, name: str, where: str) -> ToolDraft:
    properties: dict[str, Json] = {}
    required: list[str] = []
    notes: list[str] = []
    if operation.operation_id is None:
        notes.append(f"{operation.label} has no operationId; named {name}")
    for parameter, _ in document.parameters(operation):
        key = parameter.get("name")
        if not isinstance(key, str) or parameter.get("in") == "cookie":
            continue
        content: Json = next(iter(as_map(parameter.get("content")).values()), {})
        schema, lost = inline_refs(parameter.get("schema") or as_map(content).get("schema") or {}, document.root)
        notes += lost
        properties[key] = _described(schema or {"type": "string"}, parameter.get("description"))
        if parameter.get("required") is True:
            required.append(key)
    _add_body(document, operation, properties, required, notes)
    input_schema: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        input_schema["required"] = list(dict.fromkeys(required))
    words = [operation.raw.get(key) for key in ("summary", "description")]
    text = ". ".join(
        dict.fromkeys(" ".join(one.split()).rstrip(".") for one in words if isinstance(one, str) and one.strip())
    )
    return ToolDraft(name, text or operation.label, input_schema, None, where, tuple(dict.fromkeys(notes)))


def _add_body(
    document: Document, operation: Operation, properties: dict[str, Json], required: list[str], notes: list[str]
) -> None:
    """The JSON body's properties beside the parameters; the whole as `body` where that would clash."""
    body, _ = document.body(operation)
    content = as_map(body.get("content"))
    if not content:
        return
    media = next((one for one in content if str(one).partition(";")[0].strip() == _JSON), next(iter(content)))
    schema, lost = inline_refs(as_map(content[media]).get("schema") or {}, document.root)
    notes += lost
    inner = schema.get("properties")
    if (
        isinstance(inner, dict)
        and inner
        and not set(inner) & set(properties)
        and not set(schema) & {"allOf", "oneOf", "anyOf"}
    ):
        properties |= inner
        if body.get("required") is True:
            required += [one for one in as_list(schema.get("required")) if isinstance(one, str) and one in inner]
        return
    properties["body"] = _described(schema or {"type": "object"}, body.get("description"))
    if body.get("required") is True:
        required.append("body")


def _described(schema: JsonObject, text: object) -> JsonObject:
    return {**schema, "description": " ".join(text.split())} if isinstance(text, str) and text.strip() else schema
