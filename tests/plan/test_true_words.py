"""What a plan says is so: nothing that it uses is called unused, and no reason argues for a way that was not taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers.load import checked
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.interview.walk import refusal, state
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.requests import requests_for
from agentcore_connect.text.document import parse

TOOLS = "[{name: a, description: A, inputSchema: {type: object}}]"
JWT = "inbound_auth: custom-jwt, discovery_url: 'https://acme.okta.com/oauth2/default/.well-known/openid-configuration'"
LAMBDA = (
    "{name: T, service: lambda, lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:f', tools: " + TOOLS + "}"
)
OAUTH = "oauth: {vendor: %s, client_id: x, discovery_url: '%s', scopes: [a], return_url: 'https://a.example.com/done'}"
COGNITO = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab12Cd34E/.well-known/openid-configuration"


def planned(text: str) -> Plan:
    return build(gather(checked(parse(text, "answers.yaml"))))


@pytest.mark.parametrize(
    "answered",
    [
        "allowed_clients: [c], allowed_scopes: [a/b]",
        "allowed_clients: [c], allowed_audience: [api], allowed_scopes: [a/b]",
    ],
)
def test_an_answer_in_a_command_is_not_unused(answered: str) -> None:
    plan = planned(
        f"version: 1\nagent: {{framework: strands}}\ngateway: {{name: g, {JWT}, {answered}}}\nconnections: [{LAMBDA}]\n"
    )
    line = next(step["line"] for step in plan.steps if step["id"].startswith("add-gateway"))
    assert "--allowed-scopes a/b" in line
    assert [key for key in plan.unused if key.startswith("gateway.")] == []


def test_an_answer_that_nothing_reads_is_unused() -> None:
    plan = planned(
        "version: 1\nagent: {framework: strands}\ngateway: {name: g, inbound_auth: aws-iam}\nconnections:\n"
        "  - {name: X, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none, stage: prod}\n"
    )
    assert plan.unused == ["connections.0.stage"]


def test_null_is_as_good_as_absent() -> None:
    text = "version: 1\n{}connections: [{{name: x, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none}}]\n"
    assert planned(text.format("project: null\n")).as_dict() == planned(text.format("")).as_dict()


def test_a_steered_plan_has_no_reason_for_the_way_it_left() -> None:
    plan = planned(
        "version: 1\nagent: {framework: strands}\ngateway: {name: g, exists: true, inbound_auth: aws-iam}\nconnections:\n"
        "  - {name: X, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: oauth-token-exchange, "
        + OAUTH % ("CustomOauth2", "https://idp.example.com/.well-known/openid-configuration")
        + "}\n"
    )
    (connection,) = plan.connections
    assert (connection["path"], connection["steered"]) == ("D", True)
    rules = [one["rule"] for one in connection["why"]]
    assert not {"gateway-by-default", "path-mcp"} & set(rules)
    assert not [rule for rule in rules if rule.startswith("auth.")]
    assert not [one["text"] for one in connection["why"] if "he gateway fetches" in one["text"]]


@pytest.mark.parametrize("vendor", ["CognitoOauth2", "CustomOauth2", "AtlassianOauth2"])
def test_the_vendor_in_words_is_the_vendor_in_the_request(vendor: str) -> None:
    url = COGNITO if vendor == "CognitoOauth2" else "https://idp.example.com/.well-known/openid-configuration"
    plan = planned(
        f"version: 1\nagent: {{framework: strands}}\ngateway: {{name: g, {JWT}, allowed_clients: [c]}}\nconnections:\n"
        "  - {name: X, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', "
        "service_auth: oauth-authorization-code, " + OAUTH % (vendor, url) + "}\n"
    )
    (c,) = plan.context["connections"]
    sent = next(one for one in requests_for(plan.context, c) if one.id == "provider").body["credentialProviderVendor"]
    said = json.dumps(plan.connections)
    assert f"a credential provider ({sent})" in said


def test_what_to_do_next_is_something_to_do() -> None:
    with pytest.raises(ConnectError) as caught:
        planned("version: 1\nconnections: [{name: x, service: mcp-server}]\n")
    assert "--set connections.0.endpoint=VALUE" in str(caught.value)
    ready = "{name: a, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none}"
    with pytest.raises(ConnectError) as second:
        planned(f"version: 1\nconnections: [{ready}, {{name: x, service: mcp-server}}]\n")
    assert "--set connections.1.endpoint=VALUE" in str(second.value)
    asked: Any = state(gather(parse("version: 1\nconnections: [{name: x}]\n", "a.yaml")).case).asked
    assert asked is not None
    problem = refusal(asked, "nonsense")
    assert problem is not None
    assert "change the value" in str(problem)


def test_a_fault_of_a_file_ends_with_one_full_stop(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(
        json.dumps(
            {"openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}
        )
    )
    (tmp_path / "answers.yaml").write_text(
        "version: 1\nagent: {framework: strands}\ngateway: {name: g, inbound_auth: aws-iam}\nconnections: [{name: X, service: openapi, schema: api.json, service_auth: none}]\n"
    )
    text = (tmp_path / "answers.yaml").read_text()
    plan = build(gather(checked(parse(text, str(tmp_path / "answers.yaml")))))
    faults = [one["text"] for one in plan.connections[0]["warnings"] if one["rule"] == "file"]
    assert faults
    assert not [one for one in faults if ".." in one]
