"""Wrong tool schemas of a Lambda target, and wrong API documents."""

from __future__ import annotations

from typing import Any

from tests.mutants.mutant import Edit, Mutant, append, data, put, swap, without


def _tools(wrong: str, edit: Edit, says: str, check: str = "tool-schema") -> Mutant:
    return Mutant("tool-schema", "lambda", "Orders.tools.json", wrong, edit, check, says)


def _document(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return Mutant("api-document", "openapi", "Prices.schema.json", wrong, edit, check, says)


_ID = (0, "inputSchema", "properties", "id")


def _twice(tools: Any) -> Any:
    return [*tools, tools[0]]


MUTANTS = [
    _tools('{"inlinePayload": [...]} where an array is expected', data(lambda tools: {"inlinePayload": tools}), "inlinePayload"),
    _tools('{"tools": [...]} where an array is expected', data(lambda tools: {"tools": tools}), "tools"),
    _tools("a tool without its list", data(lambda tools: tools[0]), "list"),
    _tools("no tool", data(lambda _: []), "there is no tool"),
    _tools("the keyword enum", put(*_ID, "enum", ["a", "b"]), "`enum` is not taken here"),
    _tools("the keyword format", put(*_ID, "format", "uuid"), "`format` is not taken here"),
    _tools("the keyword default", put(*_ID, "default", "1"), "`default` is not taken here"),
    _tools("a reference", put(0, "inputSchema", "properties", "id", {"$ref": "#/$defs/id"}), "`$ref` is not taken here"),
    _tools("alternatives", put(0, "inputSchema", "properties", "id", {"anyOf": [{"type": "string"}, {"type": "null"}]}), "`anyOf`"),
    _tools("additionalProperties", put(0, "inputSchema", "additionalProperties", False), "`additionalProperties`"),
    _tools("no description", without(0, "description"), "`description` is missing"),
    _tools("an empty description", put(0, "description", " "), "says something"),
    _tools("no inputSchema", without(0, "inputSchema"), "`inputSchema` is missing"),
    _tools("the schema under another name", swap('"inputSchema"', '"input_schema"'), "`inputSchema`"),
    _tools("no type", without(0, "inputSchema", "properties", "id", "type"), "`type` is missing"),
    _tools("two types in one", put(*_ID, "type", ["string", "null"]), "one word"),
    _tools("a type that does not exist", put(*_ID, "type", "float"), "is not a type"),
    _tools("an outermost type that is no object", put(0, "inputSchema", {"type": "string"}), "outermost type"),
    _tools("a required property that is not there", put(0, "inputSchema", "required", ["number"]), "is not a property"),
    _tools("a name with characters that models refuse", put(0, "name", "get order!"), "characters that models refuse"),
    _tools("a name too long once the target stands before it", put(0, "name", "g" * 60), "64 characters"),
    _tools("a name that is there twice", data(_twice), "appears twice"),
    _tools("a key that no tool has", put(0, "annotations", {"readOnlyHint": True}), "`annotations`"),
    _tools("no JSON", append("]"), "not JSON"),
    _tools("a tool is left out", without(1), "not those of the plan", "as-planned"),
    _tools("another type than the plan's", put(*_ID, "type", "integer"), "not those of the plan", "as-planned"),
    _tools("a token in a description", put(0, "description", "Read one order, with sk-live-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"), "looks like", "no-secret-inside"),
    _document("no JSON", append("}"), "json", "Extra data"),
    _document("YAML where JSON is expected", lambda _: "openapi: 3.0.3\npaths: {}\n", "json", "line 1"),
    _document("an operation is left out", without("paths", "/p"), "as-planned", "not the document"),
    _document("an operation without its id", without("paths", "/p", "get", "operationId"), "as-planned", "not the document"),
    _document("another server", put("servers", 0, "url", "http://prices.example.com"), "as-planned", "not the document"),
    _document("a key in the server's address", put("servers", 0, "url", "https://prices.example.com?api_key=4f9a8b7c6d5e4f3a"), "no-secret-inside", "looks like"),
]  # fmt: skip
