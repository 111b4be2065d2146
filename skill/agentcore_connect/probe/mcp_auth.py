"""Determines the auth of an MCP server from its 401: challenge, RFC 9728 and authorization server metadata.

Sources: the MCP authorization specification; RFC 9728 (protected resource), RFC 8414 (authorization server), OpenID
Connect Discovery 1.0.
"""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Final
from urllib.parse import urlsplit

from agentcore_connect.core.http_fetch import Answer, fetch
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.probe.mcp_refusals import is_perhaps_the_path

_MAX_METADATA: Final = 256 * 1024
_PARAMETER = re.compile(r'([A-Za-z][A-Za-z0-9_-]{0,40})\s*=\s*(?:"((?:[^"\\]|\\.){0,2000})"|([^\s,"]{1,2000}))')
_SIGNED_HOSTS: Final = ("api-gateway", "lambda-url", "agentcore-runtime", "agentcore-gateway")
_DEFAULT_GRANTS: Final = ("authorization_code",)  # RFC 8414: what an absent list means


@dataclass(frozen=True, slots=True)
class SignIn:
    """The auth that the server requires. `service_auth` is a value of the answers file; ask the person unless `sure`.

    `discovery_url` is the authorization server's metadata; `registration` tells whether clients register themselves;
    `client_auth_method` is the form of the client's secret where the usual one is not taken.
    """

    service_auth: str | None
    sure: bool
    reason: str
    challenge: str = ""
    grants: tuple[str, ...] = ()
    authorization_server: str | None = None
    discovery_url: str | None = None
    scopes: tuple[str, ...] = ()
    registration: bool = False
    client_auth_method: str | None = None
    api_key: tuple[tuple[str, str], ...] = ()


def sign_in_of(url: str, refused: Answer, *, timeout: float) -> SignIn:
    """Determine the auth that a server requires after a 401 or 403.

    In: the endpoint, its refusal, the seconds that each further request may take.
    """
    challenge = refused.headers.get("www-authenticate", "")[:4000]
    if _wants_signature(url, refused, challenge):
        reason = "it answers as AWS does to a request that is not signed (SigV4)"
        if is_perhaps_the_path(url, refused):
            return SignIn(
                "iam", False, f"{reason}; API Gateway says the same of a path that it does not have", challenge
            )
        return SignIn("iam", True, reason, challenge)
    parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(challenge)}
    reader = _Reader(url, timeout)
    resource = reader.resource(parameters.get("resource_metadata"))
    servers = _texts(resource.get("authorization_servers")) if resource else ()
    # before RFC 9728 was asked for, an MCP server was its own authorization server
    for server in servers[:3] or (reader.origin,):
        found, place = reader.authorization_server(server)
        if found is not None:
            return _oauth(found, place, server, resource or {}, parameters, challenge)
    if servers:
        reason = f"it names {servers[0][:100]} as its authorization server, whose metadata cannot be read"
        return SignIn("oauth-authorization-code", False, reason, challenge, authorization_server=servers[0])
    return _key(refused, challenge)


def _wants_signature(url: str, refused: Answer, challenge: str) -> bool:
    words = refused.body[:2000].decode("utf-8", "replace").lower()
    kind = refused.headers.get("x-amzn-errortype", "").lower()
    if "missingauthenticationtoken" in kind or "missing authentication token" in words:
        return not challenge.lower().startswith("bearer")
    hosted = hints_from_endpoint(url).get("host") in _SIGNED_HOSTS
    return hosted and refused.status == 403 and not challenge and "accessdenied" in kind.replace(" ", "")


def _oauth(
    metadata: JsonObject,
    place: str,
    server: str,
    resource: JsonObject,
    parameters: dict[str, str],
    challenge: str,
) -> SignIn:
    given = _texts(metadata.get("grant_types_supported"))
    grants = given or _DEFAULT_GRANTS
    application, user = "client_credentials" in grants, "authorization_code" in grants
    scopes = tuple(parameters.get("scope", "").split()) or _texts(resource.get("scopes_supported"))
    auth: str | None = None
    if application and not user:
        auth, sure, reason = "oauth-client-credentials", True, "its authorization server grants to applications only"
    elif user and not application:
        auth, sure = "oauth-authorization-code", bool(given)
        reason = (
            "its authorization server grants to users only" if given else "its authorization server names no grants"
        )
    elif application and user:
        sure, reason = False, "its authorization server grants to applications (2LO) and to users (3LO)"
    else:
        sure, reason = False, "its authorization server offers no grant that a gateway can use"
    return SignIn(
        auth,
        sure,
        reason,
        challenge,
        grants,
        server,
        place,
        scopes[:50],
        isinstance(metadata.get("registration_endpoint"), str),
        secret_form(metadata),
    )


def secret_form(metadata: JsonObject) -> str | None:
    """Return the client auth method if the metadata supports only the request body, else None."""
    methods = _texts(metadata.get("token_endpoint_auth_methods_supported"))
    in_body = "client_secret_post" in methods and "client_secret_basic" not in methods
    return "client-secret-post" if in_body else None


def issuer_metadata(address: str, *, timeout: float) -> tuple[dict[str, Json] | None, str]:
    """The metadata of an identity provider, and where it was found.

    In: its issuer, or the address of the document itself. Out: None where no document is there.
    """
    reader = _Reader(address, timeout)
    if "/.well-known/" in urlsplit(address).path:
        return reader.document(address), address
    return reader.authorization_server(address)


def _key(refused: Answer, challenge: str) -> SignIn:
    """A server without OAuth metadata: a key, most likely, and the challenge says where it goes."""
    scheme = challenge.partition(" ")[0].lower()
    header = {"bearer": "Bearer ", "basic": "Basic ", "apikey": "", "api-key": ""}.get(scheme)
    if header is None:
        other = "; a firewall or a list of networks can be behind it too" if refused.status == 403 else ""
        reason = f"it answers {refused.status} and does not say how to sign in{other}"
        return SignIn("api-key", False, reason, challenge)
    key = (("location", "header"), ("parameter", "Authorization"), *((("prefix", header),) if header else ()))
    return SignIn(
        "api-key",
        False,
        f"it asks for {challenge.partition(' ')[0]} and offers no OAuth metadata",
        challenge,
        api_key=key,
    )


class _Reader:
    """Fetches metadata: small answers, few redirects, and nothing on this network on behalf of a server elsewhere."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._path = parts.path.rstrip("/")
        self._host = parts.hostname
        self._timeout = timeout

    def resource(self, named: str | None) -> dict[str, Json] | None:
        """The protected resource's metadata: where the challenge says, else at its well-known places."""
        well_known = f"{self.origin}/.well-known/oauth-protected-resource"
        places = [named] if named else [f"{well_known}{self._path}", well_known]
        return next((found for place in dict.fromkeys(places) if (found := self._json(place)) is not None), None)

    def authorization_server(self, server: str) -> tuple[dict[str, Json] | None, str]:
        """The metadata of an authorization server, and where it was found."""
        try:
            parts = urlsplit(server)
        except ValueError:
            return None, server
        origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        places = [
            f"{origin}{path}/.well-known/openid-configuration",
            f"{origin}/.well-known/oauth-authorization-server{path}",
            f"{origin}/.well-known/openid-configuration{path}",
        ]
        for place in dict.fromkeys(places):
            found = self.document(place)
            if found is not None:
                return found, place
        return None, server

    def document(self, place: str) -> dict[str, Json] | None:
        """The metadata of an authorization server at one place; None for anything else."""
        found = self._json(place)
        named = found is not None and ("token_endpoint" in found or "authorization_endpoint" in found)
        return found if named else None

    def _json(self, place: str) -> dict[str, Json] | None:
        origin = urlsplit(place)[:2]
        answer = fetch(
            place,
            headers={"Accept": "application/json"},
            timeout=self._timeout,
            max_bytes=_MAX_METADATA,
            allow=lambda url: urlsplit(url)[:2] == origin and self._allowed(url),  # no redirect to another host
        )
        if answer.problem or answer.status != 200 or not answer.complete:
            return None
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def _allowed(self, place: str) -> bool:
        try:
            parts = urlsplit(place)
        except ValueError:
            return False
        if parts.hostname == self._host:
            return True
        if is_private(self._host):
            return is_private(parts.hostname)
        return parts.scheme == "https" and not is_private(parts.hostname)


def is_private(host: str | None) -> bool:
    """Return whether a host is this machine or on a private network, as far as its name tells."""
    if host is None or host == "localhost" or host.endswith((".localhost", ".internal", ".local")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str) and len(one) <= 2000) if isinstance(value, list) else ()
