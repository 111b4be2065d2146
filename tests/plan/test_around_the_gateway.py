"""A domain, a web ACL, a gateway that only authenticates; who calls an agent; a service that is not named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.render.plan_files import render_plan

WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/11111111-2222-3333-4444-555555555555"
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/worker-AbCdEfGhIj"
SERVER = {"name": "Shop", "service": "mcp-server", "endpoint": "https://mcp.example.com/mcp", "service_auth": "none"}
TOKENS = {
    "inbound_auth": "custom-jwt",
    "discovery_url": "https://acme.okta.com/oauth2/default/.well-known/openid-configuration",
    "allowed_audience": ["api://tools"],
}


def planned(folder: Path, *connections: dict[str, Any], via: str = "cli", **gateway: Any) -> tuple[Plan, Any]:
    """The plan of some connections, and its files."""
    data = {"version": 1, "agent": {"framework": "strands"}, "connections": list(connections)}
    data |= {"gateway": {"name": "Edge", "region": "us-east-1", **gateway}} if gateway else {}
    (folder / "answers.json").write_text(json.dumps(data), encoding="utf-8")
    gathered = gather(load.load(folder / "answers.json"), via=via)
    plan = build(gathered)
    return plan, render_plan(plan, gathered, folder / "connect")[1]


def rules(plan: Plan) -> set[str]:
    """The rules that a plan says, of its gateway and of its connections."""
    said = [*plan.warnings, *plan.notes, *(one for c in plan.connections for one in (*c["why"], *c["warnings"]))]
    return {one["rule"] for one in said}


@pytest.mark.parametrize("via", ["cli", "boto3", "cloudformation"])
def test_the_domain_and_the_web_acl_reach_the_gateway(tmp_path: Path, via: str) -> None:
    client = {"name": "Ide", "direction": "client-calls-gateway", "client": "cursor"}
    own = {"domain": "mcp.example.org", "web_acl": WEB_ACL, "waf_failure_mode": "close"}
    plan, files = planned(tmp_path, SERVER, client, via=via, **TOKENS, **own)
    assert plan.unused == []
    assert "https://mcp.example.org/mcp" in files["mcp_client.md"][0]
    assert {"advice.custom-domain", "advice.web-acl"} <= rules(plan)
    if via == "cloudformation":
        text = files["template.yaml"][0]
        for wanted in ("DefaultDomain: mcp.example.org", "FailureMode: FAIL_CLOSE", "AWS::WAFv2::WebACLAssociation"):
            assert wanted in text
    else:
        steps = json.loads(files["configure.json"][0])["steps"]
        bodies = {one["operation"]: one["body"] for one in steps}
        assert bodies["update_gateway"]["domainOverride"] == {"defaultDomain": "mcp.example.org"}
        assert bodies["associate_web_acl"]["WebACLArn"] == WEB_ACL


def test_a_domain_is_no_use_to_callers_that_sign(tmp_path: Path) -> None:
    client = {"name": "Ide", "direction": "client-calls-gateway", "client": "cursor"}
    plan, files = planned(tmp_path, SERVER, client, inbound_auth="aws-iam", domain="mcp.example.org")
    assert "advice.custom-domain-iam" in rules(plan)
    assert "https://mcp.example.org" not in files["mcp_client.md"][0]


def test_a_web_acl_of_another_region_or_of_cloudfront_is_noticed(tmp_path: Path) -> None:
    plan, _ = planned(tmp_path, SERVER, inbound_auth="aws-iam", web_acl=WEB_ACL.replace("us-east-1", "eu-west-1"))
    assert "advice.web-acl-region" in rules(plan)
    with pytest.raises(ConnectError, match="web_acl"):
        planned(tmp_path, SERVER, inbound_auth="aws-iam", web_acl=WEB_ACL.replace("regional", "global"))


@pytest.mark.parametrize("guard", [{}, {"interceptors": [{"on": "request", "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f"}]}])  # fmt: skip
def test_a_gateway_that_only_authenticates_is_made_by_the_api(tmp_path: Path, guard: dict[str, Any]) -> None:
    plan, files = planned(tmp_path, SERVER, inbound_auth="authenticate-only", **guard)
    [made] = [one for one in json.loads(files["configure.json"][0])["steps"] if one["operation"] == "create_gateway"]
    assert made["body"]["authorizerType"] == "AUTHENTICATE_ONLY"
    assert "authorizerConfiguration" not in made["body"]
    assert not any(argv[0] == "agentcore" for argv in (one.get("argv") for one in plan.steps) if argv)
    assert (plan.gateway["inbound_auth"], plan.gateway["authorizer_type"]) == ("authenticate-only", "AUTHENTICATE_ONLY")
    assert "api-only.by-need" in rules(plan)
    assert ("advice.nothing-decides" in rules(plan)) is not bool(guard)
    assert "SigV4" in files["gateway_client.py"][0]


def test_the_caller_can_be_handed_on_by_a_gateway_that_only_authenticates(tmp_path: Path) -> None:
    fronted = {"name": "Agent", "direction": "app-calls-agent", "front": "gateway", "endpoint": ARN}
    plan, _ = planned(tmp_path, {**fronted, "service_auth": "caller-iam"}, inbound_auth="authenticate-only")
    assert plan.connections[0]["outbound_auth"] == "caller-iam"
    bearer, _ = planned(tmp_path, {**fronted, "service_auth": "jwt-passthrough"}, inbound_auth="authenticate-only")
    assert (bearer.connections[0]["outbound_auth"], bearer.connections[0]["steered"]) == ("iam", True)


def test_an_identity_provider_in_a_vpc_is_reached_by_the_plan_as_it_is_written(tmp_path: Path) -> None:
    private = {"vpc": "vpc-01234567", "subnets": ["subnet-01234567"]}
    plan, files = planned(tmp_path, SERVER, **TOKENS, private_endpoint=private)
    assert "vpc-01234567" in files["configure.json"][0]
    assert plan.context["plan"]["via"] == "boto3"


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("eventbridge", "5 seconds"),
        ("lambda", "15 minutes at most"),
        ("step-functions", "waitForTaskToken"),
        ("api-gateway", "29 seconds"),
        ("slack", "3 seconds"),
        ("browser", "CORS"),
    ],
)
def test_each_trigger_says_how_long_it_waits(tmp_path: Path, trigger: str, said: str) -> None:
    app = {"name": "Agent", "direction": "app-calls-agent", "endpoint": ARN, "service_auth": "iam"}
    plan, _ = planned(tmp_path, {**app, "trigger": trigger})
    texts = [one["text"] for one in plan.connections[0]["warnings"] if one["rule"] == f"advice.trigger-{trigger}"]
    assert said in "".join(texts)
    other, _ = planned(tmp_path, {**app, "trigger": "other"})
    assert not any(one["rule"].startswith("advice.trigger-") for one in other.connections[0]["warnings"])


@pytest.mark.parametrize(
    ("answers", "target_type"),
    [
        ({"lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "tools": [{"name": "a", "description": "b", "inputSchema": {"type": "object"}}]}, "lambda-function-arn"),
        ({"rest_api_id": "abc123defg", "stage": "prod", "service_auth": "iam"}, "api-gateway"),
        ({"knowledge_base_id": "AB12CD34EF"}, "connector"),
        ({"schema": "api.json", "service_auth": "none"}, "open-api-schema"),
        ({"schema": "model.json"}, "smithy-model"),
    ],
)  # fmt: skip
def test_a_service_is_told_from_an_id_or_a_file_alone(
    tmp_path: Path, answers: dict[str, Any], target_type: str
) -> None:
    from tests.conformance.space import FILES

    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    plan, _ = planned(tmp_path, {"name": "It", **answers}, inbound_auth="aws-iam")
    assert plan.connections[0]["target_type"] == target_type


def test_a_service_is_not_guessed_where_two_things_tell_it(tmp_path: Path) -> None:
    both = {"name": "It", "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "rest_api_id": "abc123defg"}
    with pytest.raises(ConnectError, match="service"):
        planned(tmp_path, both, inbound_auth="aws-iam")
