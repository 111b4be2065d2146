"""Reads the auth of an OpenAPI document as values of the answers file."""

from __future__ import annotations

from agentcore_connect.core.places import Place
from agentcore_connect.core.record import dataclass, field, replace
from agentcore_connect.core.values import Json, JsonObject, text, texts
from agentcore_connect.specs.openapi_model import Document, as_list, as_map

_SIGV4 = ("x-amazon-apigateway-authtype", "x-amazon-apigateway-authorizer")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to sign in. `service_auth` is the answers' word, None where no outbound authorization fits.

    `sure` is false where the document leaves it open: a bearer token may be a fixed key or an OAuth token. `scopes` are
    those that the operations require, in the order of the document.
    """

    name: str
    service_auth: str | None
    sure: bool
    at: Place
    kind: str
    api_key: dict[str, str] = field(default_factory=dict)
    oauth: JsonObject = field(default_factory=dict)
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """The auth that the service requires.

    `service_auth` is the best guess, None when the document offers several ways; only when `sure` need nobody be
    asked. `ways` are the schemes that would do, most used first, then in the order of the document, a header before the
    query. `together` are the schemes that have to be sent at once, of which a gateway target sends one;
    `open_operations` counts the operations that anyone may call.
    """

    service_auth: str | None
    sure: bool
    ways: tuple[Scheme, ...]
    open_operations: int
    reason: str
    together: tuple[Scheme, ...] = ()

    def as_dict(self) -> dict[str, Json]:
        """The demand as plain data."""
        ways = [
            {
                "scheme": one.name,
                "kind": one.kind,
                "service_auth": one.service_auth,
                "api_key": one.api_key,
                "oauth": one.oauth,
            }
            for one in self.ways
        ]
        return {"service_auth": self.service_auth, "sure": self.sure, "reason": self.reason, "ways": ways}


def demand_of(document: Document) -> Demand:
    """Return the auth that a document's operations require."""
    schemes = {
        name: _scheme(name, *document.resolve(raw, ("components", "securitySchemes", name)))
        for name, raw in as_map(as_map(document.root.get("components")).get("securitySchemes")).items()
    }
    used: dict[str, int] = {}
    joint: dict[str, None] = {}
    scopes: dict[str, dict[str, None]] = {}
    open_operations = silent = 0
    for operation in document.operations:
        security = operation.raw.get("security", document.root.get("security"))
        wanted = [one for one in as_list(security) if isinstance(one, dict)]
        silent += not isinstance(security, list)
        open_operations += not wanted or {} in wanted
        for name in dict.fromkeys(name for one in wanted for name in one):
            used[name] = used.get(name, 0) + 1
        for name, values in (pair for one in wanted for pair in one.items()):
            scopes.setdefault(name, {}).update(dict.fromkeys(texts(values)))
        if wanted and all(_several(one, schemes) for one in wanted):
            joint |= dict.fromkeys(wanted[0])
    schemes = {name: replace(one, scopes=tuple(scopes.get(name, ()))) for name, one in schemes.items()}
    order = {name: number for number, name in enumerate(schemes)}
    names = sorted((name for name in used if name in schemes), key=lambda name: (-used[name], order[name]))
    ways = tuple(sorted((schemes[name] for name in names), key=lambda one: one.api_key.get("location") == "query"))
    together = tuple(schemes[name] for name in sorted(joint, key=lambda one: order.get(one, 0)) if name in schemes)
    if together:
        said = ", ".join(f"{one.name} ({one.kind})" for one in together)
        return Demand(None, False, ways, open_operations, f"it needs {said} together", together)
    if used:
        return _judge(ways, open_operations, len(document.operations))
    if schemes:
        found, reason = tuple(schemes.values()), "it names security schemes, but no operation asks for one"
        return Demand(None, False, found, open_operations, reason)
    if document.operations and not silent:
        return Demand("none", True, (), open_operations, "it says of every operation that it needs none")
    return Demand("none", False, (), open_operations, "it does not speak of security")


def _several(requirement: JsonObject, schemes: dict[str, Scheme]) -> bool:
    """Return whether a requirement takes several credentials at once; one token serves several OAuth schemes."""
    known = [schemes[name] for name in requirement if name in schemes]
    return len(known) > 1 and not all(one.kind.startswith("OAuth") for one in known)


def _judge(ways: tuple[Scheme, ...], open_operations: int, total: int) -> Demand:
    if not ways:
        return Demand(None, False, (), open_operations, "it asks for security schemes that it does not define")
    if any(one.kind.startswith("OAuth") and one.service_auth for one in ways):  # its other flows add nothing
        ways = tuple(one for one in ways if one.service_auth or not one.kind.startswith("OAuth"))
    if len({one.service_auth for one in ways}) > 1:
        return Demand(None, False, ways, open_operations, "it offers several ways to sign in")
    first = ways[0]
    if open_operations == total:
        reason = "every operation may also be called without signing in"
        return Demand(first.service_auth, False, ways, open_operations, reason)
    reason = f"its scheme {first.name} ({first.kind})"
    if not all(one.sure for one in ways):
        return Demand(first.service_auth, False, ways, open_operations, f"{reason} leaves open how the token is got")
    return Demand(first.service_auth, first.service_auth is not None, ways, open_operations, reason)


def _scheme(name: str, raw: object, at: Place) -> Scheme:
    scheme = as_map(raw)
    kind = str(scheme.get("type"))[:40]
    if kind == "apiKey":
        return _api_key(name, scheme, at)
    if kind == "http":
        return _http(name, scheme, at)
    if kind == "oauth2":
        return _oauth(name, as_map(scheme.get("flows")), at)
    if kind == "openIdConnect":
        url = scheme.get("openIdConnectUrl")
        oauth = {"discovery_url": url} if isinstance(url, str) else {}
        return Scheme(name, "oauth-client-credentials", False, at, kind, oauth=oauth)
    return Scheme(name, None, kind == "mutualTLS", at, kind)


def _api_key(name: str, scheme: JsonObject, at: Place) -> Scheme:
    if any("sigv4" in (text(scheme.get(key)) or "").lower() for key in _SIGV4):
        return Scheme(name, "iam", True, at, "AWS Signature V4")
    where, parameter = scheme.get("in"), str(scheme.get("name") or "")
    if where not in ("header", "query") or not parameter:
        return Scheme(name, None, False, at, f"API key in a {str(where)[:20]}")
    return Scheme(
        name, "api-key", True, at, f"API key in {where} {parameter}", {"location": str(where), "parameter": parameter}
    )


def _http(name: str, scheme: JsonObject, at: Place) -> Scheme:
    word = str(scheme.get("scheme")).lower()
    key = {"location": "header", "parameter": "Authorization"}
    if word == "bearer":
        return Scheme(name, "api-key", False, at, "bearer token", {**key, "prefix": "Bearer "})
    if word == "basic":
        return Scheme(name, "api-key", False, at, "HTTP basic", {**key, "prefix": "Basic "})
    return Scheme(name, None, False, at, f"HTTP {word[:20]}")


def _oauth(name: str, flows: JsonObject, at: Place) -> Scheme:
    """A scheme by its flows: both kinds of grant leave the choice to the developer, other flows fit no target."""
    application = "clientCredentials" in flows
    user = "authorizationCode" if "authorizationCode" in flows else None
    auth = "oauth-client-credentials" if application else "oauth-authorization-code" if user else None
    flow = as_map(flows.get("clientCredentials" if application else user or ""))
    oauth: dict[str, Json] = {"scopes": sorted(str(scope) for scope in as_map(flow.get("scopes")))}
    for key, word in (("tokenUrl", "token_url"), ("authorizationUrl", "authorization_url")):
        if isinstance(flow.get(key), str):
            oauth[word] = flow[key]
    sure = application != bool(user)
    return Scheme(name, auth, sure, at, f"OAuth 2.0 {', '.join(sorted(map(str, flows)))[:60]}", oauth=oauth)
