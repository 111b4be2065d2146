"""What a token's claims tell of a refusal, before anybody looks at a log."""

from __future__ import annotations

from typing import Any

import pytest

from agentcore_connect.live.find import Gateway
from agentcore_connect.live.token import claims_of, refusals
from tests.live.helpers import NOW, token

GATEWAY = Gateway(
    "https://gateway.example.com/mcp",
    discovery_url="https://idp.example.com/.well-known/openid-configuration",
    allowed_audience=("shop",),
    allowed_clients=("app",),
    allowed_scopes=("orders.read", "orders.write"),
)


def said(text: str, gateway: Gateway = GATEWAY) -> list[str]:
    return list(refusals(text, gateway, NOW))


def test_a_good_token_is_not_refused() -> None:
    assert said(token()) == []
    assert said(token(iss="https://idp.example.com/")) == []
    assert said(token(aud=None, client_id=None, scope=None), Gateway(GATEWAY.url)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exp": NOW.timestamp()}, ["ended at 2026-11-28 12:00:00 UTC"]),
        ({"iss": "https://sts.windows.net/t/"}, ["sts.windows.net", "https://idp.example.com."]),
        ({"iss": None}, ["absent"]),
        ({"aud": "desk"}, ["(aud) is desk", "one of shop"]),
        ({"aud": None}, ["(aud) is absent"]),
        ({"client_id": "desk"}, ["client_id is desk", "clients app"]),
        ({"client_id": None, "azp": "app"}, ["azp is app", "looks at client_id only", "custom_claims"]),
        ({"client_id": None}, ["no claim names a client"]),
        ({"scope": "openid"}, ["scopes are openid", "orders.read, orders.write"]),
        ({"scope": None, "scp": ["mail"]}, ["scopes are mail"]),
    ],
)
def test_each_claim_that_does_not_fit_is_told(changes: dict[str, Any], words: list[str]) -> None:
    [only] = said(token(**changes))
    for word in words:
        assert word in only


@pytest.mark.parametrize("text", ["opaque", "a.b.c", "", "e30.W10.x", "a." + "[" * 100_000])
def test_what_is_no_jwt_is_said_to_be_none(text: str) -> None:
    assert claims_of(text) is None
    assert "not a JWT" in said(text)[0]


def test_the_token_is_never_repeated() -> None:
    text = token(exp=0, iss="x", aud="y", client_id="z", scope="w")
    assert text.split(".")[1] not in " ".join(said(text))
