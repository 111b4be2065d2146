"""Swagger 2.0 becomes OpenAPI 3.0 that the validator takes, part by part; what is wrong with it is named with its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.specs.openapi import answers_from_openapi, summary
from agentcore_connect.specs.openapi_repair import repair
from agentcore_connect.specs.openapi_tools import openapi_tools
from agentcore_connect.specs.openapi_validate import validate
from agentcore_connect.specs.spec_file import SpecFile, parse_spec
from agentcore_connect.specs.swagger2 import NotConvertibleError, convert
from tests.findings.planted import clean
from tests.specs.swagger_cases import SHOP


def loaded(text: str = SHOP, name: str = "shop.yaml") -> SpecFile:
    return parse_spec(text, shown=name)


SPEC = loaded()
FOUND = convert(SPEC)
MADE: dict[str, Any] = FOUND.spec.data


def operation(path: str, method: str) -> dict[str, Any]:
    return dict(MADE["paths"][path][method])


def parameter(name: str) -> dict[str, Any]:
    (found,) = [one for one in operation("/orders", "get")["parameters"] if one.get("name") == name]
    return {key: value for key, value in found.items() if key not in ("name", "in")}


def valid(data: Any) -> list[str]:
    pytest.importorskip("openapi_spec_validator")
    found = validate(parse_spec(json.dumps(data), shown="made.json"))
    assert found.not_run is None
    return [f"{one.pointer}: {one.message}" for one in found.violations]


def test_the_original_stays_and_the_copy_is_valid() -> None:
    before = json.dumps(SPEC.data)
    assert valid(convert(SPEC).spec.data) == []
    assert json.dumps(SPEC.data) == before
    assert list(MADE) == ["openapi", "info", "servers", "tags", "externalDocs", "security", "paths", "components"]
    assert MADE["info"]["x-logo"] == {"url": "https://a.example.com/l.png"}
    for word in ("swagger", "basePath", "collectionFormat", "consumes", "produces", "definitions"):
        assert f'"{word}"' not in json.dumps(MADE)


@pytest.mark.parametrize(
    ("change", "servers"),
    [
        ({}, ["https://shop.example.com:8443/api"]),
        ({"schemes": ["http"]}, ["http://shop.example.com:8443/api"]),
        ({"schemes": None}, ["https://shop.example.com:8443/api"]),
        ({"basePath": "/"}, ["https://shop.example.com:8443"]),
        ({"host": None}, ["/api"]),
        ({"host": None, "basePath": None}, None),
    ],
)
def test_servers(change: dict[str, Any], servers: list[str] | None) -> None:
    data = {key: value for key, value in {**SPEC.data, **change}.items() if value is not None}
    made = convert(loaded(json.dumps(data), "a.json")).spec.data
    assert ([one["url"] for one in made["servers"]] if "servers" in made else None) == servers


def test_an_operation_with_schemes_of_its_own_has_a_server_of_its_own() -> None:
    assert operation("/orders/{id}/files", "post")["servers"] == [{"url": "http://shop.example.com:8443/api"}]
    assert "servers" not in operation("/orders", "get")


def test_sign_in() -> None:
    schemes = MADE["components"]["securitySchemes"]
    flow = {"tokenUrl": "https://id.example.com/token", "scopes": {"read": "Read", "write": "Write"}}
    assert schemes["basicAuth"] == {"type": "http", "scheme": "basic", "description": "Staff"}
    assert schemes["API_Key"] == {"type": "apiKey", "in": "query", "name": "key"}
    assert schemes["machine"] == {"type": "oauth2", "flows": {"clientCredentials": flow}}
    assert set(schemes["user"]["flows"]) == {"authorizationCode"}
    assert operation("/orders", "post")["security"] == [{"API_Key": []}, {"user": ["read"]}]
    assert MADE["security"] == [{"machine": ["read"]}]


@pytest.mark.parametrize(
    ("scheme", "answers"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, {"service_auth": "api-key", "api_key.location": "header", "api_key.parameter": "X-Key"}),
        ({"type": "oauth2", "flow": "application", "tokenUrl": "https://a.example.com/t", "scopes": {}}, {"service_auth": "oauth-client-credentials"}),
        ({"type": "oauth2", "flow": "accessCode", "tokenUrl": "https://a.example.com/t", "authorizationUrl": "https://a.example.com/a"}, {"service_auth": "oauth-authorization-code"}),
        ({"type": "oauth2", "flow": "implicit", "authorizationUrl": "https://a.example.com/a"}, {}),
        ({"type": "basic"}, {}),
    ],
    ids=["key", "application", "accessCode", "implicit", "basic"],
)  # fmt: skip
def test_what_is_asked_about_signing_in(scheme: dict[str, Any], answers: dict[str, str]) -> None:
    data = {**SPEC.data, "securityDefinitions": {"s": scheme}, "security": [{"s": []}]}
    data["paths"] = {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "OK"}}}}}
    found = answers_from_openapi(summary(loaded(json.dumps(data), "a.json")))
    assert found == {"tool_count": 1, "endpoint": "https://shop.example.com:8443/api", **answers}


def test_parameters() -> None:
    tenant = {"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string", "minLength": 3}}
    assert MADE["components"]["parameters"]["Tenant"] == tenant
    assert MADE["paths"]["/orders"]["parameters"] == [{"$ref": "#/components/parameters/Tenant"}]
    assert operation("/orders", "get")["parameters"][0] == {"$ref": "#/components/parameters/Page"}
    texts = {"type": "array", "items": {"type": "string"}}
    assert parameter("ids")["schema"]["items"] == {"type": "string", "enum": ["a", "b"]}
    assert (parameter("ids")["style"], parameter("ids")["explode"]) == ("form", True)
    assert parameter("tags") == {"schema": texts, "style": "form", "explode": False}
    assert parameter("bars") == {"schema": texts, "style": "pipeDelimited", "explode": False}
    assert parameter("sps") == {"schema": texts, "style": "spaceDelimited", "explode": False}
    assert parameter("X-Ids") == {"schema": {"type": "array", "items": {"type": "integer"}}, "style": "simple"}
    (lost,) = FOUND.lost
    assert (lost.pointer, "tabs: collectionFormat tsv" in lost.what) == ("/paths/~1orders/get/parameters/5", True)


def test_bodies_and_their_media_types() -> None:
    order = {"schema": {"$ref": "#/components/schemas/Order"}}
    new = {"description": "The order", "content": {"application/json": order}, "required": True}
    assert MADE["components"]["requestBodies"] == {"NewOrder": new}
    assert operation("/orders", "post")["requestBody"] == {"$ref": "#/components/requestBodies/NewOrder"}
    assert operation("/orders", "put")["requestBody"] == {**new, "content": {"application/xml": order}}
    part = {"schema": {"$ref": "#/components/schemas/Order/properties/lines/items"}}
    assert operation("/any", "post")["requestBody"] == {"content": {"application/json": part}}


def test_forms_and_files() -> None:
    attach = operation("/orders/{id}/files", "post")
    assert "parameters" not in attach
    (media, content), *others = attach["requestBody"]["content"].items()
    assert (media, others, attach["requestBody"]["required"]) == ("multipart/form-data", [], True)
    assert content["schema"] == {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "The file"},
            "note": {"type": "string"},
            "labels": {"type": "array", "items": {"type": "string"}},
            "kind": {"type": "string"},
        },
        "required": ["file"],
    }
    assert MADE["paths"]["/orders/{id}/files"]["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    assert "requestBody" not in operation("/orders/{id}/files", "get"), "a form field of the path is not for its GET"
    login = operation("/login", "post")["requestBody"]["content"]["application/x-www-form-urlencoded"]
    assert login["schema"]["required"] == ["user"]
    assert login["encoding"] == {"scopes": {"style": "form", "explode": False}}


def test_responses() -> None:
    found = operation("/orders", "get")["responses"]
    page = {"type": "array", "items": {"$ref": "#/components/schemas/Page_Order"}}
    assert found["200"]["content"]["application/json"] == {"schema": page, "example": [{"a": 1}]}
    assert found["200"]["content"]["text/csv"]["example"] == "a,b"
    assert found["200"]["headers"] == {"X-Total": {"description": "How many", "schema": {"type": "integer"}}}
    assert found["default"] == {"$ref": "#/components/responses/NotFound"}
    error = {"schema": {"$ref": "#/components/schemas/Error"}}
    assert MADE["components"]["responses"]["NotFound"]["content"] == {"application/json": error}
    assert operation("/orders", "put")["responses"]["404"]["content"] == {"application/xml": error}
    pdf = operation("/orders/{id}/files", "get")["responses"]["200"]["content"]
    assert pdf == {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}


def test_references_lead_to_where_their_schemas_are_now() -> None:
    schemas = MADE["components"]["schemas"]
    assert schemas["Page_Order"]["properties"]["next"] == {"$ref": "#/components/schemas/Page_Order"}
    assert schemas["Order"]["discriminator"] == {"propertyName": "kind"}
    assert schemas["Order"]["properties"]["discriminator"] == {"type": "string"}, "a property, no keyword"
    assert schemas["Order"]["properties"]["extra"]["additionalProperties"] == {"$ref": "#/components/schemas/Error"}
    assert schemas["Error"]["properties"]["more"] == {"type": "string", "nullable": True}
    inside = operation("/login", "post")["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert schemas[inside.rpartition("/")[2]] == {"type": "string", "format": "binary"}
    assert "openapi-ref-broken" not in {one.id for one in summary(SPEC).faults}
    item = {"post": {"operationId": "b", "parameters": [{"name": "b", "in": "body", "schema": {}}], "responses": {}}}
    shared = {**SPEC.data, "x-paths": {"b": item}, "paths": {"/b": {"$ref": "#/x-paths/b"}}}
    made = convert(loaded(json.dumps(shared), "a.json")).spec.data["paths"]["/b"]["post"]
    assert made["requestBody"] == {"content": {"application/json": {"schema": {}}}}


def test_faults_of_the_copy_are_told_at_the_lines_of_the_original() -> None:
    found = {one.id: one.places[0].where for one in summary(SPEC).faults}
    lines = SHOP.splitlines()

    def at(text: str) -> str:
        return f"shop.yaml:{1 + next(number for number, line in enumerate(lines) if text in line)}"

    assert found["openapi-swagger-2"] == at('swagger: "2.0"')
    assert found["openapi-parameter-style"] == at("name: bars")
    assert found["openapi-query-array"] == at("name: ids")
    assert found["openapi-servers-http"] == at("schemes: [http]")
    assert "openapi-not-json" not in found, "the copy is JSON"
    http = summary(loaded(SHOP.replace("schemes: [http, https]", "schemes: [http]"))).faults
    assert at("host:") in [place.where for one in http if one.id == "openapi-servers-http" for place in one.places]


def test_a_repaired_copy_and_tools_are_made_of_it_too() -> None:
    found = repair(SPEC)
    assert (valid(found.data), "allOf" in found.text) == ([], False)
    assert found.diff().startswith("--- shop.yaml (as JSON)")
    assert {one.fault for one in found.changes} >= {"openapi-swagger-2"}
    tools = {one.name: one for one in openapi_tools(SPEC)}
    assert tools["addOrder"].input_schema["required"] == ["X-Tenant", "kind"]
    assert set(tools["attach"].input_schema["properties"]) == {"id", "file", "note", "labels", "kind"}
    assert tools["attach"].where == f"shop.yaml:{1 + SHOP[: SHOP.index('operationId: attach')].count(chr(10)) - 1}"


Change = Callable[[dict[str, Any]], Any]


def _set(path: str, value: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        *parts, last = path.split("|")
        here: Any = data
        for part in parts:
            here = here[int(part)] if isinstance(here, list) else here[part]
        here[int(last) if isinstance(here, list) else last] = value

    return change


_POST = "paths|/any|post"
WRONG: list[tuple[Change, str, str, str]] = [
    (_set("swagger", "1.2"), '"swagger": "1.2"', "says swagger: 1.2", "give a Swagger 2.0"),
    (_set("paths", None), '"paths"', "has no `paths`", "whole document"),
    (_set("host", "https://a.example.com"), '"host"', "has the host", "no https://"),
    (_set("basePath", "v1"), '"basePath"', "has the basePath 'v1'", "slash"),
    (_set("schemes", ["wss"]), '"schemes"', "offers only wss", "add https"),
    (_set(f"{_POST}|parameters|0", {"in": "query", "type": "string"}), '"in": "query",\n      "type": "string"\n     }\n    ],\n    "responses": {\n     "200": {\n      "description": "OK",\n      "schema": {\n       "type"', "has a parameter without a name", "name"),
    (_set(f"{_POST}|parameters|0", {"name": "c", "in": "cookie", "type": "string"}), '"cookie"', "with in: cookie", "set in to"),
    (_set(f"{_POST}|parameters|0", {"name": "ünt", "in": "query"}), '"ünt"', "has the parameter 'ünt' without a type", "its type"),
    (_set(f"{_POST}|parameters|0", {"name": "ff", "in": "query", "type": "file"}), '"ff"', "has the file 'ff' outside a form", "formData"),
    (_set(f"{_POST}|parameters|0", {"name": "bb", "in": "body"}), '"bb"', "has the body 'bb' without a schema", "its schema"),
    (_set(f"{_POST}|parameters|0", {"$ref": "#/parameters/Gone"}), '"#/parameters/Gone"', "nowhere: #/parameters/Gone", "correct the reference"),
    (_set(f"{_POST}|responses|200", {"$ref": "#/responses/Gone"}), '"#/responses/Gone"', "nowhere: #/responses/Gone", "correct the reference"),
    (_set(f"{_POST}|parameters", [{"name": n, "in": "body", "schema": {}} for n in ("b1", "b2")]), '"b2"', "second body", "keep one body"),
    (_set(f"{_POST}|parameters", [{"name": "b1", "in": "body", "schema": {}}, {"name": "f1", "in": "formData", "type": "string"}]), '"/any"', "has a body parameter and formData", "keep one body"),
    (_set("securityDefinitions|user|flow", "magic"), '"user": {', "flow magic", "accessCode"),
    (_set("securityDefinitions|user|type", "saml"), '"user": {', "type saml", "apiKey"),
    (_set(f"{_POST}|responses|200", "none"), '"200": "none"', "not an object", "description"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "line_of", "what", "remedy"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_refused_with_its_place_and_what_to_do(
    change: Change, line_of: str, what: str, remedy: str
) -> None:
    data = copy.deepcopy(SPEC.data)
    change(data)
    text = json.dumps(data, indent=1, ensure_ascii=False)
    with pytest.raises(NotConvertibleError) as caught:
        convert(loaded(text, "a.json"))
    assert what in caught.value.message
    assert remedy in str(caught.value.hint)
    line = text[: text.index(line_of)].count("\n") + 1
    assert abs(int(str(caught.value.where).rpartition(":")[2]) - line) <= 2
    found = summary(loaded(text, "a.json"))
    assert [one.id for one in found.faults] == ["openapi-swagger-2-refused"]
    assert what in found.faults[0].places[0].note
    assert (found.demand.service_auth, found.demand.sure) == (None, False)


def test_slips_that_need_no_decision_are_put_right_and_told() -> None:
    data = copy.deepcopy(SPEC.data)
    del data["paths"]["/any"]["post"]["responses"]["200"]["description"]
    data["definitions"]["Error"]["properties"]["code"]["type"] = ["integer", "null"]
    data["definitions"]["Error"]["properties"]["more"] = {"type": "array"}
    found = convert(loaded(json.dumps(data), "a.json"))
    assert valid(found.spec.data) == []
    assert "responses given an empty description: 1" in found.differences
    assert found.spec.data["components"]["schemas"]["Error"]["properties"]["code"] == {
        "type": "integer",
        "nullable": True,
    }


ANSWERS = """version: 1
agent: {framework: strands}
gateway: {name: g, inbound_auth: aws-iam, region: us-east-1}
connections: [{name: Catalog, service: openapi, schema: catalog.yaml, service_auth: api-key}]
"""
CATALOG = """swagger: "2.0"
info: {title: Catalogue, version: "1"}
host: catalog.example.com
basePath: /v1
schemes: [https]
securityDefinitions:
  key: {type: apiKey, name: NAME, in: header}
security: [{key: []}]
paths:
  /items:
    get: {operationId: listItems, summary: List items, responses: {"200": {description: OK}}}
"""


@pytest.mark.parametrize("key", ["x-api-key", "X-Catalog-Key"], ids=["by the CLI", "by a script"])
def test_a_plan_has_the_converted_document_and_passes_its_check(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from agentcore_connect.verify.data import check_documents
    from agentcore_connect.verify.written import read_written

    text = CATALOG.replace("NAME", key)
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    (tmp_path / "catalog.yaml").write_text(text)
    assert main(["plan", str(tmp_path / "answers.yaml"), "--out", str(tmp_path / "connect")]) == 0
    assert (tmp_path / "catalog.yaml").read_text() == text
    made = json.loads((tmp_path / "connect" / "Catalog.schema.json").read_text())
    assert (made["openapi"], made["servers"]) == ("3.0.3", [{"url": "https://catalog.example.com/v1"}])
    said = " ".join(capsys.readouterr().out.split())
    assert "catalog.yaml: This is Swagger 2.0" in said
    assert "Changed: swagger 2.0 is now openapi 3.0.3; server https://catalog.example.com/v1 from host" in said
    results = {one.check: one for one in check_documents(read_written(tmp_path / "connect"))}
    assert {name: one.status for name, one in results.items()} == {
        "gateway-takes-it": "passed",
        "openapi-valid": "passed",
    }
    assert results["openapi-valid"].artifact == "Catalog.schema.json"
    assert results["openapi-valid"].by.startswith("openapi-spec-validator ")
    original = json.dumps(parse_spec(text, shown="c.yaml").data)
    (tmp_path / "connect" / "Catalog.schema.json").write_text(original)
    results = {one.check: one for one in check_documents(read_written(tmp_path / "connect"))}
    assert (results["gateway-takes-it"].status, "Swagger 2.0" in results["gateway-takes-it"].why) == ("failed", True)


def test_a_document_of_the_project_is_not_used_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = clean().write(tmp_path)
    names = {f"Page«Item{number}»": {"type": "object"} for number in range(9)}
    data = {**parse_spec(CATALOG.replace("NAME", "x-api-key"), shown="c.yaml").data, "definitions": names}
    (root / "specs" / "catalog.json").write_text(json.dumps(data))
    (root / "answers.yaml").write_text(ANSWERS.replace("catalog.yaml", "specs/catalog.json"))
    argv = ["plan", str(root / "answers.yaml"), "--project", str(root), "--out", str(root / "connect")]
    assert main(argv) == 0
    assert "--schema connect/Catalog.schema.json" in (root / "connect" / "commands.sh").read_text()
    assert json.loads((root / "connect" / "Catalog.schema.json").read_text())["openapi"] == "3.0.3"
    said = " ".join(capsys.readouterr().out.split())
    assert "renamed: Page«Item0» to Page_Item0, Page«Item1» to Page_Item1, Page«Item2» to Page_Item2 and 6 more" in said


def test_an_invalid_original_fails_the_check_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from agentcore_connect.verify.data import check_documents
    from agentcore_connect.verify.written import read_written

    pytest.importorskip("openapi_spec_validator")
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    (tmp_path / "catalog.yaml").write_text(CATALOG.replace("NAME", "k").replace("version: ", "no-version: "))
    assert main(["plan", str(tmp_path / "answers.yaml"), "--out", str(tmp_path / "connect")]) == 0
    (valid_,) = [one for one in check_documents(read_written(tmp_path / "connect")) if one.check == "openapi-valid"]
    assert valid_.status == "failed"
    assert "'version' is a required property (at /info)" in valid_.why
    assert "in the Swagger document" in valid_.next
    capsys.readouterr()
