"""What a well-known host tells: the table holds together, its answers are used and listed, and given ones go before."""

from __future__ import annotations

from typing import Any

import pytest

from agentcore_connect.answers.gate import check_value
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.explain.index import index
from agentcore_connect.interview import view
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.endpoint_hints import answers_from_service, service_at, vendor_of
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.text.document import Document

SERVICES: dict[str, dict[str, Any]] = {one["id"]: one for one in resources.load("service-hints")["services"]}
JWT = {
    "inbound_auth": "custom-jwt",
    "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
    "allowed_clients": ["app"],
}
NOTION = "https://mcp.notion.com/mcp"


def planned(gateway: dict[str, Any] | None = None, /, **connection: Any) -> Plan:
    data = {"version": 1, "agent": {"framework": "strands"}, "gateway": gateway or {}, "connections": [connection]}
    return build(gather(Document(data, {}, "answers")))


def inferred(**connection: Any) -> dict[str, Any]:
    case = gather(Document({"version": 1, "connections": [connection]}, {}, "answers")).case
    return {key.removeprefix("connections.0."): value for key, value in view.inferred(case).items()}


def address(service: dict[str, Any]) -> str:
    host = service["hosts"][0].replace("*", "acme")
    path = {"google-mcp": "/mcp", "salesforce-mcp": "/platform/mcp/v1/x", "snowflake-mcp": "/api/v2/mcp-servers/X"}
    return str(service.get("endpoint") or f"https://{host}{path.get(service['id'], '/v1')}")


@pytest.mark.parametrize("name", SERVICES)
def test_an_entry_is_found_by_its_address_and_answers_pass_the_gate(name: str) -> None:
    service = SERVICES[name]
    known = service_at(address(service))
    assert known is not None and known["id"] == name
    vendor = vendor_of(address(service))
    assert vendor is not None and [vendor["id"]] == service["related"]
    for auth in service["auth"]:
        answers = answers_from_service(known, {"service_auth": auth})
        assert "{host}" not in str(answers)
        for key, value in answers.items():
            assert check_value(questions()[key], value) is None, (key, value)
        ways = {key.split(".")[0] for key in answers if "." in key}
        assert ways <= {"oauth" if auth.startswith("oauth-") else "api_key"}
        if auth == "api-key" and "api_key" in service:
            assert "api_key.parameter" in answers
    assert set(service.get("asks", {})) <= set(questions())
    assert not set(service.get("asks", {})) & {f"oauth.{key}" for key in service.get("oauth", {})}


@pytest.mark.parametrize(
    "name", [n for n, one in SERVICES.items() if one["auth"][0].startswith("oauth-") and one.get("oauth")]
)
def test_its_plan_asks_for_no_discovery_url(name: str) -> None:
    service = SERVICES[name]
    if name == "microsoft-graph-api":  # the tenant is in no host
        with pytest.raises(ConnectError, match=r"oauth\.discovery_url is missing"):
            planned(JWT, service="openapi", schema="s3://b/a.json", endpoint=address(service), **_user(service))
        return
    kind = service["service"][0]
    own = {"schema": "s3://bucket/api.json"} if kind == "openapi" else {}
    plan = planned(JWT, service=kind, endpoint=address(service), **own, **_user(service))
    told = {one["key"] for one in plan.assumed if one.get("sources") == service["sources"]}
    assert {f"connections.0.oauth.{key}" for key in service["oauth"] if key != "vendor"} <= told
    note = next(n for n in plan.connections[0]["notes"] if n["rule"] == "advice.service-known")
    assert service["text"] in note["text"] and set(service["sources"]) <= set(note["sources"])


def _user(service: dict[str, Any]) -> dict[str, Any]:
    auth = "oauth-authorization-code" if "oauth-authorization-code" in service["auth"] else service["auth"][0]
    if service["id"] == "microsoft-graph-api":
        auth = "oauth-token-exchange"
        return {"service_auth": auth, "oauth": {"client_id": "c", "vendor": "CustomOauth2"}}
    return {"service_auth": auth, "oauth": {"client_id": "c", "return_url": "https://app.example.com/done"}}


def test_an_open_server_needs_nothing() -> None:
    plan = planned(service="mcp-server", endpoint="https://learn.microsoft.com/api/mcp")
    assert plan.connections[0]["outbound_auth"] == "none"
    assert any(one["key"] == "connections.0.service_auth" and one["sources"] for one in plan.assumed)


def test_a_server_whose_clients_register_themselves_says_how() -> None:
    user = {"service": "mcp-server", "oauth": {"client_id": "c", "return_url": "https://app.example.com/done"}}
    rules = {one["rule"] for one in planned(JWT, endpoint=NOTION, **user).connections[0]["warnings"]}
    assert "advice.client-registration" in rules
    rules = {
        one["rule"] for one in planned(JWT, endpoint="https://mcp.slack.com/mcp", **user).connections[0]["warnings"]
    }
    assert "advice.client-registration" not in rules


@pytest.mark.parametrize(
    "more",
    [
        {"oauth": {"discovery_url": "https://idp.example.com/.well-known/openid-configuration"}},
        {"oauth": {"token_endpoint": "https://idp.example.com/token"}},
        {"oauth": {"vendor": "NotionOauth2"}},
        {"credential": {"exists": True}},
        {"service_auth": "api-key"},
    ],
)
def test_what_is_answered_goes_before(more: dict[str, Any]) -> None:
    assert not [key for key in inferred(endpoint=NOTION, **more) if key.startswith(("oauth.", "api_key."))]


@pytest.mark.parametrize(
    "connection",
    [
        {"endpoint": "https://mcp.notion.com.example.com/mcp"},
        {"endpoint": "https://example.com/mcp.notion.com"},
        {"endpoint": "https://notslack.com/mcp"},
        {"endpoint": "https://zendesk.com"},
        {"endpoint": NOTION, "service": "openapi"},
        {"endpoint": NOTION, "direction": "client-calls-gateway"},
        {"endpoint": "https://learn.microsoft.com/en-us/azure"},
    ],
)
def test_other_addresses_tell_nothing(connection: dict[str, Any]) -> None:
    assert "service_auth" not in inferred(**connection) and not inferred(**connection).get("oauth.discovery_url")


def test_a_host_with_several_ways_leaves_the_way_open() -> None:
    assert "service_auth" not in inferred(endpoint="https://api.githubcopilot.com/mcp/")
    assert (
        inferred(endpoint="https://api.githubcopilot.com/mcp/", service_auth="api-key")["api_key.prefix"] == "Bearer "
    )


def test_an_application_gets_no_vendor() -> None:
    graph = {"endpoint": "https://graph.microsoft.com/v1.0", "service": "openapi"}
    assert "oauth.vendor" not in inferred(**graph, service_auth="oauth-client-credentials")
    assert inferred(**graph, service_auth="oauth-token-exchange")["oauth.vendor"] == "MicrosoftOauth2"


@pytest.mark.parametrize("vendor", sorted({one["related"][0] for one in SERVICES.values()}))
def test_explain_finds_a_vendor_with_its_services(vendor: str) -> None:
    found = {entry.id for entry in index().find(vendor)}
    assert {name for name, one in SERVICES.items() if one["related"] == [vendor]} <= found


def test_who_registers_is_said_wherever_there_is_a_client_or_a_key() -> None:
    assert [name for name, one in SERVICES.items() if ("registration" in one) == (one["auth"] == ["none"])] == []
