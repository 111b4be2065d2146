"""Which key of a document is taken depends on the document alone; keys that go together are no alternatives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from agentcore_connect.specs.openapi import answers_from_openapi, summary
from agentcore_connect.specs.spec_file import parse_spec

HEADER = {"type": "apiKey", "in": "header", "name": "X-Key"}
QUERY = {"type": "apiKey", "in": "query", "name": "key"}
OTHER = {"type": "apiKey", "in": "header", "name": "X-Other"}
CLIENT = {
    "type": "oauth2",
    "flows": {"clientCredentials": {"tokenUrl": "https://i.example.com/t", "scopes": {"a": "a"}}},
}
IMPLICIT = {
    "type": "oauth2",
    "flows": {"implicit": {"authorizationUrl": "https://i.example.com/a", "scopes": {"a": "a"}}},
}


def document(schemes: dict[str, Any], security: list[dict[str, list[str]]]) -> str:
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "security": security,
            "components": {"securitySchemes": schemes},
            "paths": {"/a": {"get": {"operationId": "getA", "responses": {"200": {"description": "ok"}}}}},
        }
    )


def answers(schemes: dict[str, Any], security: list[dict[str, list[str]]]) -> dict[str, Any]:
    return answers_from_openapi(summary(parse_spec(document(schemes, security), shown="a.json")))


@pytest.mark.parametrize(
    ("schemes", "security", "parameter"),
    [
        ({"h": HEADER, "q": QUERY}, [{"h": []}, {"q": []}], "X-Key"),
        ({"q": QUERY, "h": HEADER}, [{"q": []}, {"h": []}], "X-Key"),
        ({"o": OTHER, "h": HEADER}, [{"h": []}, {"o": []}], "X-Other"),
    ],
)
def test_the_order_of_the_document_counts_and_a_header_comes_first(
    schemes: dict[str, Any], security: list[dict[str, list[str]]], parameter: str
) -> None:
    assert answers(schemes, security)["api_key.parameter"] == parameter


@pytest.mark.parametrize("schemes", [{"h": HEADER, "o": OTHER}, {"h": HEADER, "c": CLIENT}])
def test_what_is_needed_together_is_no_choice(schemes: dict[str, Any]) -> None:
    found = summary(parse_spec(document(schemes, [{name: [] for name in schemes}]), shown="a.json"))
    assert "service_auth" not in answers_from_openapi(found)
    assert [one.name for one in found.demand.together] == list(schemes)
    assert all(name in found.demand.reason for name in schemes)


def test_one_key_beside_two_together_will_do() -> None:
    assert answers({"h": HEADER, "o": OTHER}, [{"h": [], "o": []}, {"h": []}])["service_auth"] == "api-key"


def test_an_implicit_flow_is_no_authorization_code() -> None:
    assert "service_auth" not in answers({"i": IMPLICIT}, [{"i": ["a"]}])


def test_the_hash_seed_changes_nothing() -> None:
    schemes = {name: {**OTHER, "name": f"X-{name}"} for name in ("alpha", "beta", "gamma", "delta")}
    text = document(schemes, [{name: []} for name in schemes])
    code = (
        "import sys; from agentcore_connect.specs.openapi import summary; "
        "from agentcore_connect.specs.spec_file import parse_spec; "
        "print(summary(parse_spec(sys.stdin.read(), shown='a.json')).as_dict())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=text,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1
