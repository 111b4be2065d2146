"""Answers that nobody knows yet: the interview passes over them, and a plan names each with how to find it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect import interview
from agentcore_connect.__main__ import main
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.text.document import Document

JWT = {"inbound_auth": "custom-jwt", "discovery_url": "https://idp.example.com/.well-known/openid-configuration"}
OPENAPI = {"direction": "agent-calls-service", "service": "openapi", "schema": "s3://bucket/api.json"}


def state(data: dict[str, Any]) -> interview.State:
    return interview.state(gather(Document({"version": 1, **data}, {}, "answers")).case)


def through(data: dict[str, Any], unknown: list[str]) -> tuple[interview.State, list[str]]:
    """Say of every question from here on that nobody knows it."""
    unknown = list(unknown)
    while (found := state({**data, "unknown": unknown})).asked is not None:
        assert found.asked.key not in unknown
        unknown.append(found.asked.key)
    return found, unknown


def test_a_question_that_nobody_can_answer_is_passed_over() -> None:
    data = {"connections": [{**OPENAPI, "service_auth": "oauth-client-credentials"}]}
    first = state(data).asked
    assert first is not None and first.key == "connections.0.oauth.discovery_url"
    found = state({**data, "unknown": [first.key]})
    assert found.asked is not None and found.asked.key == "connections.0.oauth.client_id"
    assert [gap.key for gap in found.gaps] == [first.key]
    case = gather(Document({"version": 1, **data, "unknown": [first.key]}, {}, "answers")).case
    assert interview.waiting(case) == found.asked.key


def test_a_decision_that_waits_ends_the_interview() -> None:
    found, unknown = through({"connections": [OPENAPI]}, ["connections.0.service_auth"])
    assert unknown == ["connections.0.service_auth"]
    assert [gap.key for gap in found.gaps] == unknown


def test_the_next_connection_is_asked_about() -> None:
    data = {
        "connections": [OPENAPI, {"direction": "agent-calls-service", "service": "mcp-server"}],
        "unknown": ["connections.0.service_auth"],
    }
    asked = state(data).asked
    assert asked is not None and asked.key == "connections.1.endpoint"


def test_an_answer_closes_the_gap() -> None:
    key = "connections.0.oauth.discovery_url"
    known = {**OPENAPI, "service_auth": "oauth-client-credentials", "oauth": {"discovery_url": JWT["discovery_url"]}}
    assert state({"connections": [known], "unknown": [key]}).gaps == ()


@pytest.mark.parametrize(
    ("connection", "key", "says"),
    [
        ({**OPENAPI, "endpoint": "https://graph.microsoft.com/v1.0"}, "oauth.discovery_url", "TENANT_ID/v2.0"),
        (
            {"service": "mcp-server", "endpoint": "https://mcp.atlassian.com/v1/mcp/authv2"},
            "oauth.discovery_url",
            "authv2",
        ),
        ({"service": "mcp-server", "endpoint": "https://mcp.asana.com/v2/mcp"}, "oauth.client_id", "MCP app"),
        (
            {"service": "mcp-server", "endpoint": "https://mcp.linear.app/mcp"},
            "oauth.client_id",
            "registration_endpoint",
        ),
        ({"service": "mcp-server", "endpoint": "https://mcp.example.com/mcp"}, "oauth.client_id", "console"),
    ],
)
def test_a_plan_says_how_to_find_it_at_that_vendor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], connection: dict[str, Any], key: str, says: str
) -> None:
    auth = "oauth-token-exchange" if "graph" in connection["endpoint"] else "oauth-authorization-code"
    oauth = {"return_url": "https://app.example.com/done", "scopes": ["read"], "vendor": "CustomOauth2"}
    data = {
        "version": 1,
        "gateway": {**JWT, "allowed_clients": ["app"]},
        "connections": [{**connection, "service_auth": auth, "oauth": oauth}],
        "unknown": [f"connections.0.{key}"],
    }
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(data))
    assert main(["plan", str(path)]) == 3
    line = next(one for one in capsys.readouterr().err.split("\n\n") if f"{key} is missing" in one)
    assert says in " ".join(line.split())


def test_every_question_without_a_default_says_how_to_find_it() -> None:
    """One that has to be asked and has no default would else be where people stop."""
    silent = [
        question.id
        for question in questions().values()
        if question.ask != "volunteer" and not question.has_default and not question.finding({})
    ]
    chosen_by_the_person = {"service", "host", "direct_reason", "sigv4.service", "tools"}
    assert set(silent) <= chosen_by_the_person | {"gateway.private_endpoint.subnets"}


def test_what_can_be_looked_up_is_marked() -> None:
    marked = {question.id: question.look_up for question in questions().values() if question.look_up}
    assert marked["service_auth"] == "server"
    assert {marked["oauth.discovery_url"], marked["gateway.discovery_url"]} == {"issuer"}
