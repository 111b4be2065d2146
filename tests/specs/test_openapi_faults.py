"""Each thing that a gateway cannot take, planted once in a clean document, is found at its line; so are ways to sign in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.openapi import answers_from_openapi, summary
from agentcore_connect.specs.openapi_repair import repair
from agentcore_connect.specs.openapi_validate import validate
from agentcore_connect.specs.spec_file import parse_spec
from tests.specs.openapi_cases import CLEAN, FAULTS, GET, OK, Change, changed, put, schema


def ids(text: str, name: str = "api.json") -> dict[str, str]:
    return {one.id: one.places[0].where for one in summary(parse_spec(text, shown=name)).faults}


def test_the_clean_document_has_no_faults() -> None:
    spec = parse_spec(json.dumps(CLEAN), shown="api.json")
    found = summary(spec)
    assert found.faults == ()
    assert (found.tool_count, found.tool_names) == (2, ("listPets", "addPet"))
    assert answers_from_openapi(found) == {
        "tool_count": 2,
        "endpoint": "https://pets.example.com",
        "service_auth": "none",
    }
    assert repair(spec).changes == ()


@pytest.mark.parametrize(("fault", "line_of", "change"), FAULTS, ids=[f"{one[0]}-{n}" for n, one in enumerate(FAULTS)])
def test_fault(fault: str, line_of: str, change: Change) -> None:
    document = changed(change)
    if fault == "openapi-operation-id-duplicate":
        document["paths"]["/pets"]["get"]["operationId"] = "same"
    text = json.dumps(document, indent=1)
    at = text.rindex(line_of) if fault == "openapi-operation-id-duplicate" else text.index(line_of)
    assert ids(text) == {fault: f"api.json:{text[:at].count(chr(10)) + 1}"}


def test_every_fault_is_tested() -> None:
    elsewhere = {
        "openapi-malformed",
        "openapi-mutual-tls",
        "openapi-not-json",
        "openapi-size",
        "openapi-size-inline",
        "openapi-swagger-2",
        "openapi-swagger-2-converted",
        "openapi-swagger-2-lost",
        "openapi-too-many-tools",
    }
    assert {fault for fault, _, _ in FAULTS} | elsewhere == set(load("openapi-limits")["faults"])


def test_sizes_and_counts() -> None:
    paths = {f"/p{n}": {"get": {"operationId": f"get{n}", "responses": OK}} for n in range(1001)}
    assert set(ids(json.dumps({**CLEAN, "paths": paths}))) == {"openapi-too-many-tools"}
    large = {**CLEAN, "x-filler": "x" * (1024 * 1024)}
    assert set(ids(json.dumps(large))) == {"openapi-size-inline"}
    assert set(ids(json.dumps({**CLEAN, "x-filler": "x" * (10 * 1024 * 1024)}))) == {"openapi-size"}


def test_yaml_has_lines_too_and_is_not_taken_by_the_cli() -> None:
    text = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\nservers:\n  - url: /v1\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n"
    assert ids(text, "api.yaml") == {
        "openapi-operation-id-missing": "api.yaml:7",
        "openapi-servers-relative": "api.yaml:4",
        "openapi-not-json": "api.yaml:1",
    }


def test_the_target_name_counts_for_tool_names() -> None:
    document = changed(put(f"{GET}/operationId", "l" * 60))
    spec = parse_spec(json.dumps(document), shown="api.json")
    assert summary(spec).faults == ()
    assert [one.id for one in summary(spec, target_name="Pets").faults] == ["openapi-operation-id-long"]
    repaired = repair(spec, target_name="Pets")
    assert summary(parse_spec(repaired.text, shown="c.json"), target_name="Pets").faults == ()


SCHEMES: list[tuple[dict[str, Any], str | None, bool, dict[str, str]]] = [
    ({"type": "apiKey", "in": "header", "name": "X-Key"}, "api-key", True, {"location": "header", "parameter": "X-Key"}),
    ({"type": "apiKey", "in": "query", "name": "key"}, "api-key", True, {"location": "query", "parameter": "key"}),
    ({"type": "apiKey", "in": "cookie", "name": "sid"}, None, False, {}),
    ({"type": "http", "scheme": "bearer"}, "api-key", False, {"location": "header", "parameter": "Authorization", "prefix": "Bearer "}),
    ({"type": "http", "scheme": "Basic"}, "api-key", False, {"location": "header", "parameter": "Authorization", "prefix": "Basic "}),
    ({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "t", "scopes": {}}}}, "oauth-client-credentials", True, {}),
    ({"type": "oauth2", "flows": {"authorizationCode": {"scopes": {"a": ""}}}}, "oauth-authorization-code", True, {}),
    ({"type": "oauth2", "flows": {"authorizationCode": {}, "clientCredentials": {"tokenUrl": "t"}}}, "oauth-client-credentials", False, {}),
    ({"type": "openIdConnect", "openIdConnectUrl": "https://idp.example.com/.well-known/openid-configuration"}, "oauth-client-credentials", False, {}),
    ({"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"}, "iam", True, {}),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "auth", "sure", "key"), SCHEMES, ids=range(len(SCHEMES)))
def test_sign_in(scheme: dict[str, Any], auth: str | None, sure: bool, key: dict[str, str]) -> None:
    document = {**CLEAN, "security": [{"s": []}], "components": {"securitySchemes": {"s": scheme}}}
    demand = summary(parse_spec(json.dumps(document), shown="api.json")).demand
    assert (demand.service_auth, demand.sure) == (auth, sure)
    assert demand.ways[0].api_key == key


def test_sign_in_that_is_open() -> None:
    silent = {key: value for key, value in CLEAN.items() if key != "security"}
    demand = summary(parse_spec(json.dumps(silent), shown="a.json")).demand
    assert (demand.service_auth, demand.sure) == ("none", False)
    schemes = {"a": {"type": "apiKey", "in": "header", "name": "k"}, "b": {"type": "http", "scheme": "bearer"}}
    unused = {**silent, "components": {"securitySchemes": schemes}}
    assert summary(parse_spec(json.dumps(unused), shown="a.json")).demand.service_auth is None
    either = {**unused, "security": [{"a": []}, {}]}
    assert summary(parse_spec(json.dumps(either), shown="a.json")).demand.sure is False
    tls = {**silent, "security": [{"t": []}], "components": {"securitySchemes": {"t": {"type": "mutualTLS"}}}}
    assert "openapi-mutual-tls" in ids(json.dumps(tls))


def test_repair_merges_flattens_and_names() -> None:
    document = changed(put(f"{GET}/operationId", None))
    document["components"] = {
        "schemas": {
            "Base": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
            "Pet": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"name": {"type": "string"}}}]},
            "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "object"}]},
            "Clash": {"allOf": [{"type": "string"}, {"type": "integer"}]},
            "Maybe": {"description": "d", "anyOf": [{"type": "string"}, {"type": "null"}]},
        }
    }
    before = json.dumps(document)
    spec = parse_spec(before, shown="api.json")
    found = repair(spec, server="https://api.example.com")
    assert json.dumps(spec.data) == before
    schemas = found.data["components"]["schemas"]
    assert schemas["Pet"] == {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        "required": ["id"],
    }
    assert schemas["Maybe"] == {"type": "string", "description": "d"}
    assert "allOf" in schemas["Loop"]
    assert "allOf" in schemas["Clash"]
    assert found.data["paths"]["/pets"]["get"]["operationId"] == "get_pets"
    assert found.data["servers"] == [{"url": "https://api.example.com"}]
    assert {one.fault for one in found.changes} >= {
        "openapi-all-of",
        "openapi-any-of-one",
        "openapi-operation-id-missing",
    }
    assert found.diff().startswith("--- api.json (as JSON)\n+++ api.json (repaired)\n")


def merged(parts: list[dict[str, Any]], **components: Any) -> tuple[Any, list[str]]:
    """What the repaired copy has for an `allOf` of these parts, and the faults that are left, with their notes."""
    document = {
        **changed(schema({"$ref": "#/components/schemas/X"})),
        "components": {"schemas": {"X": {"allOf": parts}}},
    }
    document["components"]["schemas"] |= components
    found = repair(parse_spec(json.dumps(document), shown="a.json"))
    left = summary(parse_spec(found.text, shown="a.json")).faults
    return found.data["components"]["schemas"], [f"{one.id}: {one.places[0].note}" for one in left]


def properties(**of: Any) -> dict[str, Any]:
    return {"type": "object", "properties": of}


def test_a_merge_keeps_what_both_parts_say_of_a_property() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    first = properties(
        address={**properties(city=text), "required": ["city"]}, tags={"type": "array", "items": properties(a=text)}
    )
    second = properties(
        address={**properties(zip=text), "required": ["zip"]}, tags={"type": "array", "items": properties(b=number)}
    )
    schemas, left = merged([first, {"$ref": "#/components/schemas/Second"}], Second=second)
    assert left == []
    assert schemas["X"]["properties"] == {
        "address": {**properties(city=text, zip=text), "required": ["city", "zip"]},
        "tags": {"type": "array", "items": properties(a=text, b=number)},
    }
    by_name = properties(address={"$ref": "#/components/schemas/Address"})
    schemas, left = merged([by_name, second], Address=properties(city=text))
    assert left == []
    assert set(schemas["X"]["properties"]["address"]["properties"]) == {"city", "zip"}
    assert schemas["Address"] == properties(city=text)
    words = properties(address={"description": "Where to."})
    assert merged([by_name, words], Address=properties(city=text))[0]["X"]["properties"] == by_name["properties"]
    optional = [{"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}]
    assert merged(optional) == ({"X": {"type": "string"}}, [])
    bounds = [
        {"type": "string", "minLength": 1, "enum": ["a", "b"]},
        {"type": "string", "minLength": 3, "enum": ["b", "c"]},
    ]
    assert merged(bounds)[0]["X"] == {"type": "string", "minLength": 3, "enum": ["b"]}


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([properties(a={"type": "string"}), properties(a={"type": "object"})], "`properties.a.type` is string in one part and object in another"),
        ([{"enum": ["a"]}, {"enum": ["b"]}], "`enum` is a list of 1 in one part"),
        ([{"$ref": "#/components/schemas/X"}, {"type": "object"}], "#/components/schemas/X contains itself"),
        ([{"oneOf": [{}, {"type": "string"}]}, {"oneOf": [{}, {"type": "integer"}]}], "`oneOf` is a list of 2 in one part"),
    ],
    ids=["property", "enum", "itself", "oneOf"],
)  # fmt: skip
def test_parts_that_contradict_stay_and_the_advice_says_so(parts: list[dict[str, Any]], why: str) -> None:
    schemas, left = merged(parts)
    assert "allOf" in schemas["X"]
    (said,) = [one for one in left if one.startswith("openapi-all-of")]
    assert said.startswith(f"openapi-all-of-conflict: allOf of {len(parts)}: {why}")
    word = load("openapi-limits")["faults"]["openapi-all-of-conflict"]
    assert "keeps the `allOf`" in word["remedy"]
    assert word["repair"] is False


def test_an_all_of_that_contains_itself_is_merged_and_referred_to() -> None:
    """As generators write optional links: `next: {description, allOf: [Node]}`; six that contain each other stay small."""
    names = [f"S{number}" for number in range(6)]
    links = {name: {"description": f"To {name}", "allOf": [{"$ref": f"#/components/schemas/{name}"}]} for name in names}
    schemas, left = merged([{"$ref": "#/components/schemas/S0"}], **dict.fromkeys(names, properties(**links)))
    assert left == []
    assert len(json.dumps(schemas)) < 20_000
    (one,) = {link["$ref"] for link in [schemas["S0"]["properties"]["S1"]]}
    assert schemas[one.rpartition("/")[2]]["description"] == "To S1"
    assert "allOf" not in json.dumps(schemas)


def test_a_copy_is_compact_where_its_size_matters() -> None:
    paths = {f"/p{n}": {"get": {"operationId": f"get{n}", "responses": OK}} for n in range(900)}
    filler = {"x-filler": "x" * (1024 * 1024 - 160_000)}
    small = repair(parse_spec(json.dumps({**CLEAN, "paths": paths}), shown="a.json"))
    assert "\n" in small.text.strip()
    found = repair(
        parse_spec(json.dumps({**CLEAN, "paths": paths, **filler}), shown="a.json"), server="https://a.example.com"
    )
    assert len(json.dumps(found.data, indent=2)) > 1024 * 1024 > found.size == len(found.text)
    assert summary(parse_spec(found.text, shown="a.json")).faults == ()
    assert "\n+" in found.diff(), "the difference is shown line by line all the same"


def test_repair_keeps_references_into_what_it_merges() -> None:
    part = {"type": "object", "properties": {"deep": {"type": "string"}}}
    document = {
        **CLEAN,
        "components": {
            "schemas": {
                "A": {"allOf": [part, {"type": "object"}]},
                "B": {"$ref": "#/components/schemas/A/allOf/0/properties/deep"},
            }
        },
    }
    document = json.loads(json.dumps(document))
    document["paths"]["/pets"]["post"]["requestBody"]["content"]["application/json"]["schema"] = {
        "$ref": "#/components/schemas/B"
    }
    found = repair(parse_spec(json.dumps(document), shown="a.json"))
    assert summary(parse_spec(found.text, shown="a.json")).faults == ()


def test_what_cannot_be_repaired() -> None:
    with pytest.raises(ConnectError) as caught:
        repair(parse_spec('{"openapi": "4.0.0"}', shown="a.json"))
    assert caught.value.code == "spec-not-repairable"


def test_validation_says_what_is_wrong_and_where() -> None:
    pytest.importorskip("openapi_spec_validator")
    broken = changed(put(f"{GET}/responses", {"200": {}}))
    text = json.dumps(broken, indent=1)
    found = validate(parse_spec(text, shown="api.json"))
    line = text[: text.index('"200": {}')].count("\n") + 1
    assert [(one.where, one.message) for one in found.violations] == [
        (f"api.json:{line}", "'description' is a required property")
    ]
    assert (found.by or "").startswith("openapi-spec-validator ")
    external = changed(schema({"$ref": "https://example.com/a.json"}))
    assert "nothing is fetched" in (validate(parse_spec(json.dumps(external), shown="a.json")).not_run or "")
