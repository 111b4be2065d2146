"""What a plan says of the things around a decision: logs, limits of callers, edges, identities that nobody verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.answers import load as load_answers
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import render_plan
from tests.plan.cases import Situation, built

RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/desk-abcdefghij"
JWT = (
    "inbound_auth: custom-jwt, discovery_url: 'https://idp.example.com/.well-known/openid-configuration', "
    "allowed_audience: [shop]"
)
MCP = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp'"
CONSENT = (
    f"{MCP}, service_auth: oauth-authorization-code, oauth: {{client_id: app, return_url: 'https://app.example.com/back', "
    "discovery_url: 'https://as.example.com/.well-known/openid-configuration'"
)
APP = f"direction: app-calls-agent, endpoint: '{RUNTIME}', service_auth: iam"

#: A connection, its gateway, and words that the plan says, or (with a !) does not.
SAID: dict[str, tuple[str, str, list[str]]] = {
    "logs do not come by themselves": (
        f"{MCP}, service_auth: none",
        "inbound_auth: aws-iam",
        ["PutDeliverySource", "CreateDelivery", "Transaction Search"],
    ),
    "how the token endpoint wants the secret": (
        f"{CONSENT}}}",
        JWT,
        ["token_endpoint_auth_methods_supported", "code_challenge_methods_supported", "public client has none"],
    ),
    "nothing of it where that was said": (
        f"{CONSENT}, client_auth_method: client-secret-post}}",
        JWT,
        ["!token_endpoint_auth_methods_supported"],
    ),
    "a client that gives up first": (
        "direction: client-calls-gateway, client: cursor",
        JWT,
        ["60 seconds", "returns an id at once"],
    ),
    "a header that anybody can set": (
        f"{MCP}, service_auth: api-key, forward_headers: [X-Tenant], user_identity: true",
        JWT,
        ["Nobody verifies a header", "gateway.interceptors"],
    ),
    "a header that names nobody": (
        f"{MCP}, service_auth: api-key, forward_headers: [X-Trace]",
        JWT,
        ["!Nobody verifies a header"],
    ),
    "a trigger that repeats": (APP, "", ["add_async_task", "185 times", "same runtimeSessionId"]),
    "a domain of one's own": (APP, "", ["CloudFront", "web ACL"]),
    "a canary": (f"{APP}, front: gateway", "inbound_auth: aws-iam", ["weightedRoute.trafficSplit"]),
}


@pytest.mark.parametrize("name", SAID)
def test_the_plan_says_it(tmp_path: Path, name: str) -> None:
    connection, gateway, words = SAID[name]
    head = f"version: 1\nagent: {{framework: strands}}\ngateway: {{name: gate, {gateway}}}\n"
    plan = built(Situation(f"{head}connections:\n  - {{name: One, {connection}}}\n", {}, ()), tmp_path)
    told = [*plan.warnings, *plan.notes]
    told += [one for c in plan.connections for one in (*c["warnings"], *c["notes"])]
    text = " ".join(one["text"] for one in told)
    for word in words:
        assert (word.removeprefix("!") in text) is not word.startswith("!"), word


@pytest.mark.parametrize("provider", [one["provider"] for one in load("identity-providers")["providers"]])
def test_a_named_identity_provider_comes_with_what_to_create_there(tmp_path: Path, provider: str) -> None:
    known = next(one for one in load("identity-providers")["providers"] if one["provider"] == provider)
    text = (
        f"version: 1\nagent: {{framework: mcp}}\ngateway: {{name: gate, {JWT}, identity_provider: {provider}}}\n"
        f"connections:\n  - {{name: One, {MCP}, service_auth: none}}\n"
    )
    plan = built(Situation(text, {}, ()), tmp_path)
    [told] = [one["text"] for one in plan.warnings if one["rule"] == "advice.identity-provider"]
    for words in (known["title"], known["text"], known["discovery"], known["settings"]):
        assert words in told
    assert plan.unused == []


def test_every_identity_provider_can_be_named() -> None:
    named = {choice.value for choice in questions()["gateway.identity_provider"].choices}
    assert named == {one["provider"] for one in load("identity-providers")["providers"]} | {"other"}


@pytest.mark.parametrize(
    ("endpoint", "member"),
    [
        ("{vpc: vpc-01234567, subnets: [subnet-01234567]}", "managedVpcResource"),
        ("{resource_configuration: rcfg-0123456789abcdef0}", "selfManagedLatticeResource"),
    ],
)
def test_an_identity_provider_in_a_vpc_is_for_boto3(tmp_path: Path, endpoint: str, member: str) -> None:
    text = (
        f"version: 1\nagent: {{framework: mcp}}\ngateway: {{name: gate, {JWT}, private_endpoint: {endpoint}}}\n"
        f"connections:\n  - {{name: One, {MCP}, service_auth: none}}\n"
    )
    by_cli = built(Situation(text, {}, ()), tmp_path)
    assert by_cli.context["plan"]["via"] == "boto3"  # CLI 0.30 creates no such gateway
    (tmp_path / "answers.yaml").write_text(text)
    gathered = gather(load_answers.load(tmp_path / "answers.yaml"), via="boto3")
    plan, files = render_plan(build(gathered), gathered, tmp_path / "connect")
    assert plan.unused == []
    assert f'"{member}"' in files["configure.json"][0]
