"""The gate: every mistake has its sentence and its place, and the schema for editors agrees with it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from agentcore_connect.answers import gate, load
from agentcore_connect.answers.schema import answers_schema
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load_schema
from agentcore_connect.text.document import Document, parse

GOOD = """\
version: 1
gateway: {name: MyGateway, inbound_auth: aws-iam}
connections:
  - name: Weather
    service: mcp-server
    endpoint: https://mcp.example.com/mcp
    service_auth: none
"""

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:mask"

# what is written, where it is reported, and words that the message must hold
BAD: dict[str, tuple[str, str, list[str]]] = {
    "unknown key": ("conections: []", "answers.yaml:1:conections", ["no key 'conections'", "'connections'"]),
    "unknown nested key": (
        "connections:\n  - sevice: lambda",
        "answers.yaml:2:connections.0.sevice",
        ["no key 'sevice'", "'service'"],
    ),
    "unknown value": (
        "connections:\n  - service: mcp",
        "answers.yaml:2:connections.0.service",
        ["no such value", "mcp-server", "received: 'mcp'"],
    ),
    "mutual tls": (
        "connections:\n  - service_auth: mTLS",
        "answers.yaml:2:connections.0.service_auth",
        ["no target of a gateway presents a client certificate", "service: lambda", "direct_reason: blocker"],
    ),
    "wrong type": ("connections: {}", "answers.yaml:1:connections", ["wrong type", "a list of connections"]),
    "wrong item type": ("connections: [x]", "answers.yaml:1:connections.0", ["wrong type", "a mapping"]),
    "list for text": (
        "connections:\n  - endpoint: [a]",
        "answers.yaml:2:connections.0.endpoint",
        ["wrong type", "text"],
    ),
    "word for boolean": (
        "connections:\n  - own_agent: maybe",
        "answers.yaml:2:connections.0.own_agent",
        ["wrong type", "true or false"],
    ),
    "http endpoint": (
        "connections:\n  - endpoint: http://mcp.example.com",
        "answers.yaml:2:connections.0.endpoint",
        ["begins with http://", "https://"],
    ),
    "bad ARN": (
        "connections:\n  - lambda_arn: arn:aws:lambda:us-east-1:12:function:f",
        "answers.yaml:2:connections.0.lambda_arn",
        ["wrong form", "function"],
    ),
    "underscore in a target's name": (
        "connections:\n  - name: my_tools",
        "answers.yaml:2:connections.0.name",
        ["wrong form", "hyphens"],
    ),
    "discovery URL": (
        "gateway: {discovery_url: https://idp.example.com}",
        "answers.yaml:1:gateway.discovery_url",
        ["wrong form", ".well-known/openid-configuration"],
    ),
    "gateway name": ("gateway: {name: a--b}", "answers.yaml:1:gateway.name", ["wrong form"]),
    "number out of range": (
        "connections:\n  - tool_count: -1",
        "answers.yaml:2:connections.0.tool_count",
        ["out of range", "0 to"],
    ),
    "vendor": (
        "connections:\n  - oauth: {vendor: GithubOAuth2}",
        "answers.yaml:2:connections.0.oauth.vendor",
        ["no such value", "GithubOauth2"],
    ),
    "method of a filter": (
        "connections:\n  - tool_filters: [{path: /a, methods: [FETCH]}]",
        "answers.yaml:2:connections.0.tool_filters",
        ["no such value", "GET", "entry 0"],
    ),
    "filter without path": (
        "connections:\n  - tool_filters: [{methods: [GET]}]",
        "answers.yaml:2:connections.0.tool_filters",
        ["lacks 'path'"],
    ),
    "function of an interceptor": (
        "gateway:\n  interceptors: [{on: request, lambda_arn: mask}]",
        "answers.yaml:2:gateway.interceptors",
        ["lambda_arn has the wrong form", "function", "entry 0"],
    ),
    "headers of an interceptor": (
        "gateway:\n  interceptors:\n  - {on: request, lambda_arn: '" + FUNCTION + "', pass_headers: sometimes}",
        "answers.yaml:2:gateway.interceptors",
        ["pass_headers has the wrong type", "boolean"],
    ),
    "point of an interceptor": (
        "gateway:\n  interceptors: [{on: both, lambda_arn: '" + FUNCTION + "'}]",
        "answers.yaml:2:gateway.interceptors",
        ["on has no such value", "request, response"],
    ),
    "endpoint of a runtime": (
        "connections:\n  - runtime: {qualifier: my-endpoint}",
        "answers.yaml:2:connections.0.runtime.qualifier",
        ["wrong form", "runtime's endpoint"],
    ),
    "policy key": (
        "policy:\n  restrict: [{tool: [a]}]",
        "answers.yaml:2:policy.restrict",
        ["no key 'tool'", "tools"],
    ),
    "version": ("version: 2", "answers.yaml:1:version", ["version", "expected: 1"]),
    "same name twice": (
        "connections:\n  - {name: a, service: lambda}\n  - {name: a, service: lambda}",
        "answers.yaml:3:connections.1.name",
        ["two connections are called 'a'"],
    ),
}


def _check(text: str) -> list[ConnectError]:
    return gate.check(parse(text, "answers.yaml"))


def test_a_good_file_passes() -> None:
    assert _check(GOOD) == []


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_named_with_its_place(name: str) -> None:
    text, place, words = BAD[name]
    problems = _check(text)
    assert len(problems) == 1
    message = str(problems[0])
    assert message.startswith(f"{place}: ")
    for word in words:
        assert word in message
    assert problems[0].exit_code == 2


@pytest.mark.parametrize("name", [n for n in BAD if n != "same name twice"])
def test_the_published_schema_refuses_the_same(name: str) -> None:
    data = parse(BAD[name][0], "answers.yaml").data
    assert list(jsonschema.Draft202012Validator(load_schema("answers")).iter_errors(data))


def test_the_published_schema_is_current() -> None:
    assert load_schema("answers") == answers_schema()
    jsonschema.Draft202012Validator.check_schema(load_schema("answers"))


def test_numbers_where_text_belongs_keep_their_characters() -> None:
    document = load.checked(parse("connections:\n  - {rest_api_id: 0123456789, stage: 1}\n", "a.yaml"))
    assert document.data["connections"][0] == {"rest_api_id": "0123456789", "stage": "1"}


def test_a_secret_is_refused_and_not_echoed() -> None:
    secret = "sk-" + "a1B2" * 10
    with pytest.raises(ConnectError) as caught:
        load.checked(parse(f"connections:\n  - {{endpoint: {secret}}}\n", "a.yaml"))
    assert secret not in str(caught.value)
    assert "a.yaml:2:connections.0.endpoint" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("endpoint=https://a.example/x", "connections.0.endpoint", "https://a.example/x"),
        ("forward_headers=X-A, X-B", "connections.0.forward_headers", ["X-A", "X-B"]),
        ("gateway.allowed_clients=[a, b]", "gateway.allowed_clients", ["a", "b"]),
        ("tool_count=7", "connections.0.tool_count", 7),
        ("stage=1", "connections.0.stage", "1"),
        ("connections.0.own_agent=true", "connections.0.own_agent", True),
    ],
)
def test_set_takes_dotted_keys(text: str, key: str, value: Any) -> None:
    from agentcore_connect.answers import store

    data, keys = load.assign({"connections": [{}]}, [text])
    assert keys == [key]
    assert store.get(data, key) == value


def test_set_names_the_nearest_key() -> None:
    with pytest.raises(ConnectError, match="endpoint"):
        load.assign({}, ["endpont=https://a.example"])


def test_every_default_passes_its_own_question() -> None:
    for question in questions().values():
        if question.has_default and question.default not in (None, "", []):
            assert gate.check_value(question, question.default) is None, question.id


def test_every_choice_passes_and_another_word_does_not() -> None:
    for question in questions().values():
        if question.type == "choice" and not question.is_open:
            assert all(gate.check_value(question, value) is None for value in question.values)
            assert gate.check_value(question, "no-such-value") is not None


def test_a_document_without_marks_still_names_the_key() -> None:
    problems = gate.check(Document({"gateway": {"nam": "x"}}, {}, "--set"))
    assert str(problems[0]).startswith("--set:gateway.nam: ")


@pytest.mark.parametrize(
    "address", ["wss://stream.example.com/v1", "grpc.example.com:443", "postgresql://db.internal:5432/x"]
)
@pytest.mark.parametrize(
    ("beside", "taken"),
    [
        ("service: other", True),
        ("service: mcp-server, direct_reason: streaming", True),
        ("service: mcp-server", False),
        ("service: openapi, direct_reason: none", False),
    ],
)
def test_an_address_of_another_scheme_is_for_what_no_target_calls(address: str, beside: str, taken: bool) -> None:
    document = parse(f"connections:\n  - {{{beside}, endpoint: '{address}'}}\n", "answers.yaml")
    problems = gate.check(document)
    assert [one.code for one in problems] == ([] if taken else ["bad-value"])
    assert all("https://" in (one.expected or "") for one in problems)
