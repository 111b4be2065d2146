"""What people have around a decision: defaults that follow from other answers, ARNs, signing services."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect import interview
from agentcore_connect.answers import load, store
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.requests import requests_for
from agentcore_connect.render.plan_files import render_plan
from agentcore_connect.skill.samples import example
from agentcore_connect.text.document import Document
from tests.plan.cases import project

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/support-AbCdEfGhIj"
CONSENT = (
    "service: mcp-server, endpoint: 'https://mcp.atlassian.com/v1/mcp', service_auth: oauth-authorization-code, "
    "oauth: {vendor: AtlassianOauth2, client_id: x, scopes: [a], return_url: 'https://a.example.com/done'}"
)


def planned(tmp_path: Path, connection: str, gateway: str = "", **options: Any) -> Plan:
    path = tmp_path / "answers.yaml"
    path.write_text(f"version: 1\n{gateway}\nconnections:\n  - {{name: T, {connection}}}\n", encoding="utf-8")
    return build(gather(load.load(path), **options))


@pytest.mark.parametrize(
    "connection",
    [CONSENT, CONSENT.replace("oauth-authorization-code", "oauth-token-exchange")],
    ids=["authorization code", "token exchange"],
)
def test_a_new_gateway_gets_the_inbound_auth_that_the_service_needs(tmp_path: Path, connection: str) -> None:
    with pytest.raises(ConnectError) as caught:
        planned(tmp_path, connection)
    missing = [one.hint.split("add ")[-1].split(" ")[0] for one in caught.value.problems if one.hint]
    assert missing[-2:] == ["gateway.discovery_url", "gateway.allowed_clients"]
    assert "gateway.inbound_auth was taken to be custom-jwt" in caught.value.problems[-1].message
    url = "https://idp.example.com/.well-known/openid-configuration"
    known = f"gateway: {{discovery_url: '{url}', allowed_clients: [c]}}"
    plan = planned(tmp_path, connection.replace("{vendor", f"{{discovery_url: '{url}', vendor"), known)
    assert (plan.connections[0]["path"], plan.connections[0]["steered"]) == ("A", False)
    [assumed] = [one for one in plan.assumed if one["key"] == "gateway.inbound_auth"]
    assert assumed["value"] == "custom-jwt"
    assert "acts for the user" in assumed["why"]


def test_a_gateway_that_exists_keeps_its_inbound_auth(tmp_path: Path) -> None:
    plan = planned(tmp_path, CONSENT, "gateway: {exists: true, id: g-abcdefghij, inbound_auth: aws-iam}")
    assert (plan.connections[0]["path"], plan.connections[0]["steered"]) == ("D", True)


def test_a_direct_call_demands_nothing_of_the_gateway(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"{CONSENT}, direct_reason: latency")
    assert "gateway.inbound_auth" not in [one["key"] for one in plan.assumed]


def test_the_interview_offers_the_default_that_follows(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    more = "direction: agent-calls-service"
    path.write_text(f"version: 1\nconnections:\n  - {{name: T, {more}, {CONSENT}}}\n", encoding="utf-8")
    asked = interview.state(gather(load.load(path)).case).asked
    assert asked is not None
    assert (asked.key, asked.default) == ("gateway.inbound_auth", "custom-jwt")
    assert "The default is custom-jwt" in asked.notes[-1]


def test_a_runtime_by_its_arn_goes_behind_the_gateway_by_that_arn(tmp_path: Path) -> None:
    fronted = f"direction: app-calls-agent, front: gateway, endpoint: '{ARN}', service_auth: iam"
    plan = planned(tmp_path, fronted, "gateway: {inbound_auth: aws-iam}")
    assert plan.connections[0]["mechanism"] == "cli+sdk"
    [c] = plan.context["connections"]
    body = next(one.body for one in requests_for(plan.context, c) if one.id == "target")
    assert body["targetConfiguration"] == {"http": {"agentcoreRuntime": {"arn": ARN, "qualifier": "DEFAULT"}}}
    assert "CONNECT_RUNTIME" not in str(plan.steps)


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [
        ("aws-mcp.us-east-1.api.aws", "aws-mcp", "us-east-1"),
        ("orders-gw-ab12cd34ef.gateway.bedrock-agentcore.us-west-2.amazonaws.com", "bedrock-agentcore", "us-west-2"),
        ("a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", "execute-api", "eu-central-1"),
        ("abcdefghijklmnop.lambda-url.eu-west-1.on.aws", "lambda", "eu-west-1"),
        ("abcdef.appsync-api.us-east-1.amazonaws.com", "appsync", "us-east-1"),
        ("search-x.es.us-east-1.amazonaws.com", "es", "us-east-1"),
    ],
)
def test_a_signature_is_for_the_service_that_the_host_is(tmp_path: Path, host: str, service: str, region: str) -> None:
    plan = planned(tmp_path, f"service: mcp-server, endpoint: 'https://{host}/mcp', service_auth: iam")
    [c] = plan.context["connections"]
    assert c["sigv4"] == {"service": service, "region": region}
    rules = {one["rule"] for one in plan.connections[0]["warnings"]}
    assert "sigv4-on-unknown-host" not in rules


def test_the_service_is_asked_for_where_no_host_tells(tmp_path: Path) -> None:
    own = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: iam"
    with pytest.raises(ConnectError, match=r"sigv4\.service is missing"):
        planned(tmp_path, own)
    plan = planned(tmp_path, f"{own}, sigv4: {{service: execute-api, region: eu-west-1}}")
    [c] = plan.context["connections"]
    assert c["sigv4"] == {"service": "execute-api", "region": "eu-west-1"}


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("https://bedrock-agentcore.us-east-1.amazonaws.com/mcp", "which names no runtime"),
        ("https://bedrock-agentcore.us-east-1.amazonaws.com", "which names no runtime"),
        ("https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/", "which names no runtime"),
    ],
)
def test_an_address_that_cannot_be_a_target_is_stopped_with_the_way_on(
    tmp_path: Path, endpoint: str, words: str
) -> None:
    with pytest.raises(ConnectError) as caught:
        planned(tmp_path, f"service: mcp-server, endpoint: '{endpoint}', service_auth: iam")
    assert words in caught.value.message
    assert "untime" in str(caught.value.expected)


@pytest.mark.parametrize(
    ("url", "claim"),
    [
        ("https://acme.okta.com/oauth2/default", "cid"),
        ("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", "azp"),
        ("https://sso.example.com/realms/main", "azp"),
        ("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab12Cd34E", None),
        ("https://idp.example.com", None),
        ("https://okta.com.example.com/oauth2", None),
    ],
)
def test_clients_are_warned_of_where_tokens_name_them_elsewhere(tmp_path: Path, url: str, claim: str | None) -> None:
    own = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none"
    gateway = f"inbound_auth: custom-jwt, discovery_url: '{url}/.well-known/openid-configuration'"
    plan = planned(tmp_path, own, f"gateway: {{{gateway}, allowed_clients: [app]}}")
    said = [one["text"] for one in plan.warnings if one["rule"] == "advice.client-in-other-claim"]
    assert [f"name: {claim}" in text for text in said] == ([True] if claim else [])
    plan = planned(tmp_path, own, f"gateway: {{{gateway}, custom_claims: [{{name: {claim or 'azp'}, value: app}}]}}")
    assert not any(one["rule"] == "advice.client-in-other-claim" for one in plan.warnings)


def test_claims_go_to_the_cli_and_the_api_in_one_form(tmp_path: Path) -> None:
    own = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none"
    claims = "[{name: cid, value: app}, {name: groups, type: string-array, operator: contains-any, value: [a, b]}]"
    url = "https://idp.example.com/.well-known/openid-configuration"
    gateway = f"gateway: {{inbound_auth: custom-jwt, discovery_url: '{url}', custom_claims: {claims}}}"
    argv = next(step["argv"] for step in planned(tmp_path, own, gateway).steps if step["id"] == "add-gateway")
    plan = planned(tmp_path, own, gateway, via="boto3")
    body = next(one.body for one in requests_for(plan.context, plan.context["connections"][0]) if one.id == "gateway")
    sent = body["authorizerConfiguration"]["customJWTAuthorizer"]["customClaims"]
    assert json.loads(argv[argv.index("--custom-claims") + 1]) == sent
    assert [one["authorizingClaimMatchValue"]["claimMatchValue"] for one in sent] == [
        {"matchValueString": "app"},
        {"matchValueStringList": ["a", "b"]},
    ]


GATEWAY_OF_PROJECT = {"name": "g", "protocolType": "MCP", "authorizerType": "AWS_IAM", "targets": []}


@pytest.mark.parametrize("via", ["cli", "boto3"])
@pytest.mark.parametrize("where", ["new", "of the project", "elsewhere"])
def test_policies_are_carried_out_once(tmp_path: Path, where: str, via: str) -> None:
    """By the CLI's commands for a gateway that they change, by the script for every other: never by both."""
    (tmp_path / "agentcore").mkdir()
    text = project(agentCoreGateways=[GATEWAY_OF_PROJECT] if where == "of the project" else [])
    (tmp_path / "agentcore" / "agentcore.json").write_text(text, encoding="utf-8")
    more = ", exists: true" if where == "elsewhere" else ""
    gateway = f"project: .\ngateway: {{name: g, inbound_auth: aws-iam{more}}}\npolicy: {{restrict: [T___a]}}"
    own = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none"
    plan = planned(tmp_path, own, gateway, via=via)
    steps = [step["id"] for step in plan.steps]
    by_script = via == "boto3" or where == "elsewhere"
    assert ("configure" in steps) is by_script
    assert any(step.startswith("policy-") for step in steps) is not by_script
    assert ("configure.py" in [one["path"] for one in plan.artifacts]) is by_script


VENDORS = [one["id"] for one in resources.load("oauth-vendors")["vendors"]]


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_interview_that_is_done_leads_to_files(tmp_path: Path, vendor: str) -> None:
    """Every vendor, grant and target type, by CLI and by boto3: no plan fails when its files are written."""
    for grant, service, via in product(
        ("client-credentials", "authorization-code", "token-exchange"), ("mcp-server", "openapi"), ("cli", "boto3")
    ):
        connection = {"service": service, "service_auth": f"oauth-{grant}", "oauth": {"vendor": vendor}}
        data = answered({"version": 1, "connections": [{"name": "Example", **connection}]}, via)
        gathered = gather(Document(data), via=via)
        render_plan(build(gathered), gathered, tmp_path / "connect")


def answered(data: dict[str, Any], via: str) -> dict[str, Any]:
    """The answers, with an example for each question that the interview asks."""
    for _ in range(40):
        asked = interview.state(gather(Document(data), via=via).case).asked
        if asked is None:
            return data
        data = store.put(data, asked.key, asked.default if asked.default is not None else example(asked.question))
    raise AssertionError("the interview does not end")


KEYED = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: api-key"


def test_the_place_of_a_key_is_asked_where_no_document_tells_it(tmp_path: Path) -> None:
    """x-api-key is assumed, and said to be; in the query there is no usual name to assume."""
    plan = planned(tmp_path, KEYED)
    assumed = {one["key"]: one["value"] for one in plan.assumed if "api_key" in one["key"]}
    assert assumed == {
        "connections.0.api_key.location": "header",
        "connections.0.api_key.parameter": "x-api-key",
    }
    with pytest.raises(ConnectError, match=r"api_key\.parameter is missing"):
        planned(tmp_path, f"{KEYED}, api_key: {{location: query}}")
    assert planned(tmp_path, f"{KEYED}, api_key: {{location: query, parameter: appid}}").assumed is not None


def test_an_interview_asks_for_the_place_of_a_key(tmp_path: Path) -> None:
    asked = []
    given = f"direction: agent-calls-service, direct_reason: none, {KEYED}"
    for more in ("", ", api_key: {location: query}", ", api_key: {parameter: appid}", ", api_key: {parameter: X-Key}"):
        path = tmp_path / "answers.yaml"
        path.write_text(f"version: 1\nconnections:\n  - {{name: T, {given}{more}}}\n", encoding="utf-8")
        open_question = interview.state(gather(load.load(path)).case).asked
        assert open_question is not None
        asked.append((open_question.question.id, open_question.default))
    assert asked == [
        ("api_key.parameter", "x-api-key"),
        ("api_key.parameter", None),
        ("api_key.location", "header"),
        ("gateway.inbound_auth", "aws-iam"),
    ]


@pytest.mark.parametrize("auth", ["none", "oauth-authorization-code"])
def test_a_server_whose_tools_change(tmp_path: Path, auth: str) -> None:
    """By the API, which alone can set the listing mode; not where each user consents, which the service refuses."""
    if auth == "none":
        plan = planned(tmp_path, f"{KEYED.replace('api-key', 'none')}, listing_mode: dynamic")
    else:
        url = "https://idp.example.com/.well-known/openid-configuration"
        gateway = f"gateway: {{inbound_auth: custom-jwt, discovery_url: '{url}', allowed_clients: [c]}}"
        plan = planned(tmp_path, f"{CONSENT}, listing_mode: dynamic", gateway)
    [target] = [one for one in requests_for(plan.context, plan.context["connections"][0]) if one.id == "target"]
    mode = target.body["targetConfiguration"]["mcp"]["mcpServer"].get("listingMode")
    said = [one["rule"] for one in plan.connections[0]["warnings"] if "listing" in one["rule"]]
    expected = ("DYNAMIC", ["advice.listing-dynamic"]) if auth == "none" else (None, ["advice.listing-dynamic-3lo"])
    assert (mode, said) == expected
    assert plan.connections[0]["mechanism"] == "cli+sdk"


@pytest.mark.parametrize("command", ["npx -y @azure/mcp@latest server start", "python -m my_server"])
def test_a_server_that_is_a_local_program_is_no_target(tmp_path: Path, command: str) -> None:
    """The rest of the plan goes on; the way on for this server is told. Nothing else takes a command for an address."""
    plan = planned(tmp_path, f"service: mcp-server, endpoint: '{command}'")
    assert (plan.connections[0]["path"], plan.connections[0]["redirect"]) == ("redirect", "stdio-server")
    [said] = [one["text"] for one in plan.connections[0]["warnings"] if one["rule"] == "stdio-needs-a-host"]
    assert "AgentCore Runtime" in said
    assert not any(command in str(one) for one in plan.steps)
    assert not any("endpoint" in key for key in plan.unused)
    for other in ("service: openapi, schema: 's3://b/a.json'", "service: mcp-server, direct_reason: latency"):
        with pytest.raises(ConnectError, match="a form that is not for this"):
            planned(tmp_path, f"{other}, endpoint: '{command}', service_auth: none")


TWO = (
    "version: 1\n{agent}gateway: {{inbound_auth: custom-jwt, discovery_url: "
    "'https://idp.example.com/.well-known/openid-configuration', allowed_clients: [kiro]}}\n"
    "connections:\n  - {{name: T, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none}}\n"
    "  - {{name: C, direction: client-calls-gateway, client: kiro}}\n"
)


@pytest.mark.parametrize(("agent", "has_agent"), [("", False), ("agent: {framework: strands}\n", True)])
def test_a_gateway_for_mcp_clients_alone_gets_no_code_for_an_agent(tmp_path: Path, agent: str, has_agent: bool) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(TWO.format(agent=agent), encoding="utf-8")
    plan = build(gather(load.load(path)))
    files = {one["path"] for one in plan.artifacts}
    asked = [one["name"] for step in plan.steps for one in step.get("inputs", ())]
    assert ("gateway_client.py" in files) is has_agent
    assert any("CLIENT_SECRET" in name for name in asked) is has_agent
    assert "mcp_client.md" in files
    state = [one for one in plan.assumed if one["key"] == "agent.state"]
    assert [one["value"] for one in state] == ["existing" if has_agent else "none"]


@pytest.mark.parametrize(
    ("auth", "said", "not_said"),
    [
        ("iam", "sign each call with SigV4", "bearer token of"),
        ("jwt-passthrough", "bearer token of", "SigV4 (InvokeAgentRuntime)"),
        (None, "SigV4 (IAM) or with a JWT", "sign each call"),
    ],
)
def test_an_app_is_told_the_way_in_that_was_given(tmp_path: Path, auth: str | None, said: str, not_said: str) -> None:
    own = f"direction: app-calls-agent, front: none, endpoint: '{ARN}'" + (f", service_auth: {auth}" if auth else "")
    plan = planned(tmp_path, own)
    text = " ".join(one["text"] for one in plan.connections[0]["why"])
    assert said in text
    assert not_said not in text
    assert not any("service_auth" in key for key in plan.unused)


@pytest.mark.parametrize(("duration", "said"), [("short", ""), ("long", "60"), ("async", "8 hours")])
def test_how_long_a_call_takes_decides_how_to_make_it(tmp_path: Path, duration: str, said: str) -> None:
    own = f"direction: app-calls-agent, front: none, endpoint: '{ARN}', service_auth: iam, duration: {duration}"
    warnings = [one for one in planned(tmp_path, own).connections[0]["warnings"] if "invoke-" in one["rule"]]
    assert [said in one["text"] for one in warnings] == ([True] if said else [])


NO_DOCUMENT = (
    "service: mcp-server, endpoint: 'https://acct.example.com/mcp', service_auth: {auth}, oauth: {{client_id: x, "
    "scopes: ['session:role:ANALYST'], return_url: 'https://a.example.com/done', token_endpoint: "
    "'https://acct.example.com/oauth/token-request', client_auth_method: client-secret-post{more}}}"
)
REST = ", issuer: 'https://acct.example.com', authorization_endpoint: 'https://acct.example.com/oauth/authorize'"
JWT = (
    "gateway: {inbound_auth: custom-jwt, discovery_url: 'https://idp.example.com/.well-known/openid-configuration', "
    "allowed_clients: [c]}"
)


@pytest.mark.parametrize("auth", ["oauth-authorization-code", "oauth-client-credentials"])
def test_no_discovery_document_is_no_dead_end(tmp_path: Path, auth: str) -> None:
    plan = planned(tmp_path, NO_DOCUMENT.format(auth=auth, more=REST), JWT)
    assert plan.connections[0]["mechanism"] == "cli+sdk"
    [provider] = [one for one in requests_for(plan.context, plan.context["connections"][0]) if one.id == "provider"]
    config = provider.body["oauth2ProviderConfigInput"]["customOauth2ProviderConfig"]
    assert config["oauthDiscovery"] == {
        "authorizationServerMetadata": {
            "issuer": "https://acct.example.com",
            "authorizationEndpoint": "https://acct.example.com/oauth/authorize",
            "tokenEndpoint": "https://acct.example.com/oauth/token-request",
            "responseTypes": ["code"],
        }
    }
    assert config["clientAuthenticationMethod"] == "CLIENT_SECRET_POST"
    with pytest.raises(ConnectError) as caught:
        planned(tmp_path, NO_DOCUMENT.format(auth=auth, more=""), JWT)
    assert {one.message.split(" ")[0] for one in caught.value.problems} == {
        "oauth.issuer",
        "oauth.authorization_endpoint",
    }


_OKTA = "https://acme.okta.com/oauth2/default/.well-known/openid-configuration"
_CLIENT_AT_RUNTIME = f"direction: client-calls-gateway, client: claude-code, endpoint: '{ARN}'"


@pytest.mark.parametrize(
    ("gateway", "says", "entry"),
    [
        ("", "mcp-proxy-for-aws", "stdio"),
        ("gateway: {inbound_auth: none, environment: development}", "a runtime is never open", "stdio"),
        (
            f"gateway: {{inbound_auth: custom-jwt, discovery_url: '{_OKTA}', allowed_clients: [app-1]}}",
            "name the client in cid",
            "http",
        ),
    ],
    ids=["signature", "nothing said", "Okta"],
)
def test_an_mcp_client_can_call_a_server_on_runtime_itself(tmp_path: Path, gateway: str, says: str, entry: str) -> None:
    plan = planned(tmp_path, _CLIENT_AT_RUNTIME, gateway)
    [connection] = plan.connections
    assert (connection["redirect"], connection["mechanism"], plan.gateway) == ("mcp-client", "none", {})
    assert plan.unused == []
    said = " ".join(one["text"] for key in ("why", "warnings", "notes") for one in connection[key]).lower()
    assert says.lower() in said
    assert "invocations?qualifier=default" in said
    assert "gateway-id" not in said
    _, files = render_plan(plan, gather(load.load(tmp_path / "answers.yaml")), tmp_path / "connect")
    text = files["mcp_client.md"][0]
    settings = json.loads(text.partition("```json")[2].partition("```")[0])["mcpServers"]["T"]
    url = f"https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/{ARN.replace(':', '%3A').replace('/', '%2F')}"
    assert settings["type"] == entry
    assert f"{url}/invocations?qualifier=DEFAULT" in (settings.get("url"), *settings.get("args", ()))
    assert "us-east-1" in settings.get("args", ["us-east-1"])
    assert "gateway" not in text.lower().replace("agentgateway", "")


def test_an_mcp_client_without_a_runtime_uses_the_gateway(tmp_path: Path) -> None:
    plan = planned(tmp_path, "direction: client-calls-gateway, client: claude-code")
    assert plan.gateway
