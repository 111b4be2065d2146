"""An API document that a gateway takes, and each thing that it refuses, to be planted there once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

OK = {"200": {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}}
CLEAN: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://pets.example.com"}],
    "security": [],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": OK,
            },
            "post": {
                "operationId": "addPet",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
                    }
                },
                "responses": OK,
            },
        }
    },
}
GET, POST = "paths//pets/get", "paths//pets/post"
NAME = f"{POST}/requestBody/content/application~json/schema/properties/name"

Change = Callable[[dict[str, Any]], None]


def put(path: str, value: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        here: Any = document
        *parts, last = (part.replace("~", "/") for part in path.replace("//pets", "/~pets").split("/"))
        for part in parts:
            here = here[int(part)] if isinstance(here, list) else here[part]
        if value is None:
            del here[last]
        else:
            here[int(last) if isinstance(here, list) else last] = value

    return change


def schema(value: Any) -> Change:
    return put(NAME, value)


FAULTS: list[tuple[str, str, Change]] = [
    ("openapi-swagger-2-refused", '"swagger"', put("swagger", "2.0")),
    ("openapi-version-unknown", '"openapi"', put("openapi", "4.0.0")),
    ("openapi-no-operations", '"paths"', put("paths", {})),
    ("openapi-operation-id-missing", '"get"', put(f"{GET}/operationId", None)),
    ("openapi-operation-id-duplicate", '"operationId": "same"', put(f"{POST}/operationId", "same")),
    ("openapi-operation-id-characters", '"list.pets"', put(f"{GET}/operationId", "list.pets")),
    ("openapi-operation-id-long", '"llll', put(f"{GET}/operationId", "l" * 65)),
    ("openapi-one-of", '"oneOf"', schema({"oneOf": [{"type": "string"}, {"type": "integer"}]})),
    ("openapi-any-of", '"anyOf"', schema({"anyOf": [{"type": "string"}, {"type": "integer"}]})),
    ("openapi-any-of-one", '"anyOf"', schema({"anyOf": [{"type": "string"}, {"type": "null"}]})),
    ("openapi-all-of", '"allOf"', schema({"allOf": [{"type": "object"}, {"required": ["a"]}]})),
    ("openapi-all-of-conflict", '"allOf"', schema({"allOf": [{"type": "string"}, {"type": "integer"}]})),
    ("openapi-type-unsupported", '"type": [', schema({"type": ["string", "null"]})),
    (
        "openapi-media-type",
        '"content": {',
        put(f"{GET}/responses", {"200": {"description": "", "content": {"text/csv": {"schema": {"type": "string"}}}}}),
    ),
    (
        "openapi-media-type-partly",
        '"content": {',
        put(
            f"{GET}/responses",
            {"200": {"description": "", "content": {"application/xml": {"schema": {"type": "object"}}}}},
        ),
    ),
    (
        "openapi-binary-body",
        '"content": {',
        put(
            f"{GET}/responses", {"200": {"description": "", "content": {"image/png": {"schema": {"format": "binary"}}}}}
        ),
    ),
    (
        "openapi-parameter-style",
        '"style"',
        put(f"{GET}/parameters/0", {"name": "a", "in": "query", "style": "deepObject"}),
    ),
    (
        "openapi-query-array",
        '{\n      "name": "tags"',
        put(f"{GET}/parameters/0", {"name": "tags", "in": "query", "schema": {"type": "array"}}),
    ),
    (
        "openapi-cookie-parameter",
        '{\n      "name": "sid"',
        put(f"{GET}/parameters/0", {"name": "sid", "in": "cookie"}),
    ),
    ("openapi-callbacks", '"callbacks"', put(f"{GET}/callbacks", {"on": {}})),
    ("openapi-callbacks", '"webhooks"', put("webhooks", {"on": {}})),
    ("openapi-method", '"trace"', put("paths//pets/trace", {"operationId": "t", "responses": OK})),
    ("openapi-servers-missing", "{", put("servers", None)),
    ("openapi-servers-relative", '"/v1"', put("servers/0/url", "/v1")),
    ("openapi-servers-template", "{region}", put("servers/0/url", "https://{region}.example.com")),
    ("openapi-servers-http", "http://", put("servers/0/url", "http://pets.example.com")),
    ("openapi-servers-private", "10.0.0.8", put("servers/0/url", "https://10.0.0.8/v1")),
    (
        "openapi-servers-several",
        '"servers"',
        put("servers", [{"url": "https://a.example.com"}, {"url": "https://b.example.com"}]),
    ),
    ("openapi-ref-external", '"$ref"', schema({"$ref": "other.json#/a"})),
    ("openapi-ref-broken", '"$ref"', schema({"$ref": "#/components/schemas/Gone"})),
]


def changed(change: Change) -> dict[str, Any]:
    document = copy.deepcopy(CLEAN)
    change(document)
    return document
