"""Looking an answer up: what is asked, what is taken of the answer, and what a hostile one cannot do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.http_fetch import Answer
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.probe import look_up as module
from agentcore_connect.probe import mcp_auth, mcp_wire
from agentcore_connect.probe.look_up import LookedUp, look_up
from tests.live.helpers import Answering
from tests.sim.gateway import GatewaySim
from tests.sim.http import Reply, Request

MCP = "https://mcp.example.com/mcp"
IDP = "https://idp.example.com"
WELL_KNOWN = "/.well-known/openid-configuration"
OPEN_ID = {
    "issuer": IDP,
    "authorization_endpoint": f"{IDP}/authorize",
    "token_endpoint": f"{IDP}/token",
    "grant_types_supported": ["authorization_code"],
}
Web = Mapping[str, Any]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Callable[[Web], list[str]]:
    """A web of pages by address: a mapping is JSON, a number a status, an Answer itself. Gives what is asked."""

    def serve(pages: Web) -> list[str]:
        asked: list[str] = []

        def fetch(url: str, *, allow: Callable[[str], bool] | None = None, **_: Any) -> Answer:
            if allow is not None and not allow(url):
                return Answer(url, problem="it leads to an address that may not be asked")
            asked.append(url)
            page = pages.get(url, 404)
            if isinstance(page, Answer):
                return page
            return Answer(url, page) if isinstance(page, int) else Answer(url, 200, body=json.dumps(page).encode())

        monkeypatch.setattr(mcp_auth, "fetch", fetch)
        monkeypatch.setattr(mcp_wire, "fetch", fetch)
        return asked

    return serve


def at_server(key: str = "service_auth", **known: Any) -> LookedUp:
    return look_up(questions()[key], {"service": "mcp-server", "endpoint": MCP, **known})


def guarded(**metadata: Any) -> dict[str, Any]:
    challenge = {"www-authenticate": f'Bearer resource_metadata="{MCP}/meta", scope="read"'}
    return {
        MCP: Answer(MCP, 401, challenge),
        f"{MCP}/meta": {"resource": MCP, "authorization_servers": [IDP]},
        f"{IDP}{WELL_KNOWN}": {**OPEN_ID, **metadata},
    }


def test_a_server_names_its_authorization_server(web: Callable[[Web], list[str]]) -> None:
    asked = web(guarded())
    found = at_server()
    assert found.answers == {
        "service_auth": "oauth-authorization-code",
        "oauth.discovery_url": f"{IDP}{WELL_KNOWN}",
        "oauth.scopes": ["read"],
    }
    assert found.source == f"{IDP}{WELL_KNOWN}"
    assert asked == [MCP, f"{MCP}/meta", f"{IDP}{WELL_KNOWN}"]


def test_the_form_of_the_secret_is_found(web: Callable[[Web], list[str]]) -> None:
    web(guarded(token_endpoint_auth_methods_supported=["client_secret_post", "none"]))
    assert at_server("oauth.discovery_url").answers["oauth.client_auth_method"] == "client-secret-post"
    web(guarded(token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"]))
    assert "oauth.client_auth_method" not in at_server().answers


def test_several_grants_leave_the_way_open(web: Callable[[Web], list[str]]) -> None:
    web(guarded(grant_types_supported=["authorization_code", "client_credentials"]))
    found = at_server()
    assert "service_auth" not in found.answers and "oauth.discovery_url" in found.answers
    assert any("Grants: authorization_code, client_credentials" in one for one in found.said)


@pytest.mark.parametrize("key", ["gateway.discovery_url", "oauth.discovery_url"])
def test_an_issuer_leads_to_its_document(web: Callable[[Web], list[str]], key: str) -> None:
    place = f"{IDP}/.well-known/oauth-authorization-server/tenant"
    web({place: {**OPEN_ID, "issuer": "https://else.example.com"}})
    found = look_up(questions()[key], {}, f"{IDP}/tenant")
    assert found.answers == ({key: place} if key.startswith("oauth") else {})  # a gateway takes the other form only
    assert any("another issuer: https://else.example.com" in one for one in found.said)
    web({f"{IDP}/tenant{WELL_KNOWN}": {**OPEN_ID, "issuer": f"{IDP}/tenant"}})
    found = look_up(questions()[key], {}, f"{IDP}/tenant")
    assert found.answers == {key: f"{IDP}/tenant{WELL_KNOWN}"}
    assert len(found.said) == 1


def test_no_document_is_said(web: Callable[[Web], list[str]]) -> None:
    web({f"{IDP}{WELL_KNOWN}": {"issuer": IDP}})
    found = look_up(questions()["gateway.discovery_url"], {}, IDP)
    assert (found.answers, found.source) == ({}, IDP)
    assert "No discovery document" in found.said[0]


@pytest.mark.parametrize(
    "address",
    [
        "http://idp.example.com",
        "ftp://idp.example.com",
        "https://user:pass@idp.example.com",
        "https://idp.example.com/?key=1",
        "https://idp.example.com/#x",
        "https://idp.example.com/a b",
        "https://",
        "https://[",
        "https://idp.example.com:0/",
        "npx -y server",
    ],
)
def test_other_addresses_are_not_asked(web: Callable[[Web], list[str]], address: str) -> None:
    asked = web({})
    with pytest.raises(ConnectError) as told:
        look_up(questions()["gateway.discovery_url"], {}, address)
    assert (told.value.code, asked) == ("bad-address", [])
    assert "pass" not in str(told.value).replace("password", "")


def test_what_cannot_be_looked_up_says_so() -> None:
    with pytest.raises(ConnectError, match="cannot be looked up"):
        look_up(questions()["oauth.client_id"], {})
    with pytest.raises(ConnectError, match="an address is needed"):
        look_up(questions()["oauth.discovery_url"], {"service": "openapi", "endpoint": MCP})


def test_a_server_cannot_point_at_this_network(web: Callable[[Web], list[str]]) -> None:
    for inner in ("https://169.254.169.254", "https://localhost", "http://idp.example.com", "https://10.0.0.1"):
        pages = {**guarded(), f"{MCP}/meta": {"authorization_servers": [inner]}}
        asked = web(pages)
        assert "oauth.discovery_url" not in at_server().answers
        assert not [one for one in asked if one.startswith(inner)]


def test_hostile_words_are_shown_plain_and_short(web: Callable[[Web], list[str]]) -> None:
    web(guarded(issuer="\x1b[2J" + "x" * 5000, grant_types_supported=["\x1b]0;mine\x07" * 50]))
    said = [*at_server().said, *look_up(questions()["gateway.discovery_url"], {}, IDP).said]
    assert all(len(one) <= 200 and one.isprintable() for one in said)


def test_an_answer_that_the_gate_refuses_is_left_out(web: Callable[[Web], list[str]]) -> None:
    pages = guarded()
    pages[MCP] = Answer(MCP, 401, {"www-authenticate": f'Bearer resource_metadata="{MCP}/meta", scope="{"s " * 120}"'})
    web(pages)
    found = at_server()
    assert len(found.answers.get("oauth.scopes", [])) <= 50


class Moved(GatewaySim):
    """A server whose documents have moved to another host."""

    def __init__(self, place: str) -> None:
        super().__init__("none")
        self._place = place

    def answer(self, request: Request) -> Reply:
        return Reply(302, None, {"Location": self._place})


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with GatewaySim("none") as other:
        with Answering("initialize", Reply(307, None, {"Location": other.url})) as sim:
            found = look_up(questions()["service_auth"], {}, sim.url)
        assert found.answers == {}
        assert other.requests == []
        with Moved(f"{other.url}{WELL_KNOWN}") as sim:
            look_up(questions()["gateway.discovery_url"], {}, sim.url)
            assert sim.requests
        assert other.requests == []


def test_a_real_server_on_this_machine_is_asked() -> None:
    with GatewaySim("none") as sim:
        found = look_up(questions()["service_auth"], {}, sim.url)
    assert found.answers["service_auth"] == "none" and found.answers["tool_count"] > 0
    assert found.source == sim.url


def test_the_seconds_are_bounded() -> None:
    assert module._SECONDS <= 30 and module._REQUEST_SECONDS <= 10
