"""Compares the claims of a bearer token with a gateway's settings; signatures are not checked."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.live.find import Gateway

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_CLIENT_CLAIMS: Final = ("client_id", "cid", "azp", "appid")


def claims_of(token: str) -> dict[str, Json] | None:
    """Return the claims of a JWT, or None for another token."""
    try:
        part = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def refusals(token: str, gateway: Gateway, now: datetime) -> Iterator[str]:
    """Return the reasons why the gateway would refuse a token, by its claims; never the token."""
    claims = claims_of(token)
    if claims is None:
        yield (
            "The token is not a JWT: a gateway with CUSTOM_JWT reads no opaque tokens. Some providers give a JWT only "
            "when the request names an audience."
        )
        return
    end = claims.get("exp")
    if isinstance(end, int | float) and end <= now.timestamp():
        yield f"The token ended{_at(end)}. Fetch a new one."
    issuer = str(claims.get("iss", ""))
    wanted = (gateway.discovery_url or "").removesuffix(_WELL_KNOWN)
    if wanted and issuer.rstrip("/") != wanted.rstrip("/"):
        yield f"The token's issuer (iss) is {issuer or 'absent'}, and the gateway's discovery URL is of {wanted}."
    yield from _audience(claims, gateway)
    yield from _client(claims, gateway)
    scopes = _words(claims.get("scope") or claims.get("scp"))
    if gateway.allowed_scopes and not set(scopes) & set(gateway.allowed_scopes):
        wanted_scopes = _listed(gateway.allowed_scopes)
        yield f"The token's scopes are {_listed(scopes)}, and the gateway wants one of {wanted_scopes}."


def _at(seconds: float) -> str:
    try:
        return f" at {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, OSError, ValueError):  # before the year 1
        return ""


def _audience(claims: JsonObject, gateway: Gateway) -> Iterator[str]:
    audience = _words(claims.get("aud"))
    if gateway.allowed_audience and not set(audience) & set(gateway.allowed_audience):
        wanted = _listed(gateway.allowed_audience)
        yield f"The token's audience (aud) is {_listed(audience)}, and the gateway wants one of {wanted}."


def _client(claims: JsonObject, gateway: Gateway) -> Iterator[str]:
    if not gateway.allowed_clients or claims.get("client_id") in gateway.allowed_clients:
        return
    named = next((name for name in _CLIENT_CLAIMS if isinstance(claims.get(name), str)), None)
    told = f"{named} is {claims[named]}" if named else "no claim names a client"
    more = "" if named in (None, "client_id") else ", and a gateway looks at client_id only: use custom_claims"
    yield f"In the token {told}{more}. The gateway accepts the clients {_listed(gateway.allowed_clients)}."


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [str(one) for one in value] if isinstance(value, list) else []


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(words) or "absent"
