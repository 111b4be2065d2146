"""Tools as Python, an MCP answer, a JSON Schema and an OpenAPI document have them."""

from __future__ import annotations

MODELS = '''
from __future__ import annotations
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Annotated, Literal, Optional, TypedDict
from pydantic import BaseModel, Field
from strands import tool

class Unit(str, Enum):
    C = "celsius"
    F = "fahrenheit"

class Place(BaseModel):
    """A place.

    Attributes:
        city: Its city.
    """
    city: str
    zip: str = Field(..., description="Postal code", max_length=10)
    tags: list[str] = Field(default_factory=list)

class Named(Place):
    nick: str | None = None

@dataclass
class Span:
    start: date
    days: int = 3
    inner: list[Span] = field(default_factory=list)

class Options(TypedDict, total=False):
    unit: Unit

class Report(BaseModel):
    text: str

@tool
async def forecast(
    place: Named,
    span: Span,
    options: Options,
    mode: Literal["short", "long"] = "short",
    limit: Optional[int] = None,
    *,
    note: Annotated[str, Field(description="A note")] = "",
    ctx: ToolContext = None,
) -> Report:
    """A forecast."""

@tool(name="ping_it", description="Pings.")
def ping() -> bool: ...

def not_a_tool(): "documented, and not marked"
'''

MCP = {
    "jsonrpc": "2.0",
    "id": 1,
    "result": {
        "tools": [
            {
                "name": "add",
                "description": "Adds.",
                "inputSchema": {
                    "type": "object",
                    "properties": {"a": {"$ref": "#/$defs/N"}},
                    "required": ["a"],
                    "$defs": {"N": {"type": "integer", "minimum": 0}},
                },
            }
        ]
    },
}

JSON_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "add",
    "description": "Adds.",
    "type": "object",
    "properties": {"a": {"$ref": "#/definitions/N"}, "next": {"$ref": "#"}},
    "definitions": {"N": {"type": "integer", "enum": [1, 2]}},
}

OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Which"}
            ],
            "put": {
                "summary": "Change a pet",
                "description": "Changes what is given.",
                "parameters": [{"name": "sid", "in": "cookie", "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
            },
            "delete": {"operationId": "remove.pet", "responses": {}},
        }
    },
    "components": {
        "schemas": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}
    },
}
