"""Reads hints from a service's address: host, Region, vendor."""

from __future__ import annotations

from functools import cache
from typing import Final
from urllib.parse import urlsplit

from agentcore_connect.core.expressions import search
from agentcore_connect.core.values import Json, mapping
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import Entry, load

_LONGEST: Final = 4096


def hints_from_endpoint(url: str) -> dict[str, str]:
    """Return the hints in a URL or ARN.

    Out: any of `host` (the answers' word), `region`, `vendor` (the id of a well-known service), `vendor_name`;
    empty for what is no address. A host of AWS wins over a well-known service.
    """
    if not url or len(url) > _LONGEST:
        return {}
    found: dict[str, str] = {}
    host = next((word for word, pattern in _hosts() if search(pattern, url)), None)
    if host:
        found["host"] = host
    region = _read("region", url)
    if region:
        found["region"] = region
    vendor = None if host else vendor_of(url)
    if vendor:
        found |= {"host": "external", "vendor": vendor["id"], "vendor_name": vendor["name"]}
    return found


def answers_from_endpoint(url: str) -> dict[str, Json]:
    """The answers that stand in a URL, so that they need not be given once more.

    Out: an API's id and its stage, the service and the Region that a signature is for; `sigv4.service` is nested.
    """
    found: dict[str, Json] = {}
    for key in _readings() if len(url) <= _LONGEST else ():
        value = _read(key, url) if key in questions() else None
        if value:
            outer, _, inner = key.rpartition(".")
            found = {**found, outer: {**mapping(found.get(outer)), inner: value}} if outer else {**found, inner: value}
    return found


def vendor_of(url: str) -> Entry | None:
    """The well-known service that a URL belongs to, as `service-hints` describes it."""
    name = host_name(url)
    vendors = load("service-hints")["vendors"] if name is not None else ()
    return next((dict(one) for one in vendors if _has_host(one, str(name))), None)


def service_at(url: str) -> Entry | None:
    """Return the known service at a URL from `service-hints`, with its `host`."""
    name = host_name(url) if len(url) <= _LONGEST else None
    if name is None:
        return None
    path = urlsplit(url).path or "/"
    for one in load("service-hints")["services"]:
        if _has_host(one, name) and search(one.get("path", ""), path):
            return {**one, "host": name}
    return None


def answers_from_service(known: Entry, connection: Entry) -> dict[str, Json]:
    """The answers that a known service gives to what is open about its connection, by dotted key.

    In: the service, from `service_at`; the connection's answers so far. Out: the details of OAuth or of a key only once
    it is clear which of them is used.
    """
    found: dict[str, Json] = {}
    for key in ("service", "auth"):
        if len(known[key]) == 1:
            found["service_auth" if key == "auth" else key] = known[key][0]
    auth = str(connection.get("service_auth") or found.get("service_auth") or "")
    if auth in known["auth"] and not (connection.get("credential") or {}).get("exists"):
        details = _oauth_details(known, auth, connection.get("oauth") or {})
        found |= details if auth.startswith("oauth-") else {}
        found |= {f"api_key.{k}": v for k, v in known.get("api_key", {}).items()} if auth == "api-key" else {}
    return {key: value for key, value in found.items() if value not in (None, "", []) and connection.get(key) is None}


def _oauth_details(known: Entry, auth: str, given: Entry) -> dict[str, Json]:
    """The OAuth answers, with the host filled in; none where another identity provider was answered."""
    vendors = load("oauth-vendors")
    own = dict(known.get("oauth", {}))
    if auth.removeprefix("oauth-") not in vendors["infer_when"]["grant"]:
        own.pop("vendor", None)
    other = given.get("vendor") not in (None, own.get("vendor", vendors["default"]))
    if other or given.get("discovery_url") or given.get("token_endpoint"):
        return {}
    filled = {k: v.replace("{host}", known["host"]) if isinstance(v, str) else list(v) for k, v in own.items()}
    return {f"oauth.{key}": value for key, value in filled.items()}


def _has_host(entry: Entry, name: str) -> bool:
    """Return whether a host is one of an entry's; "*." stands for one or more labels."""
    return any(name.endswith(one[1:]) if one.startswith("*.") else name == one for one in entry["hosts"])


def host_name(url: str) -> str | None:
    """The host of an http or https URL in lower case; None for anything else."""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


@cache
def _hosts() -> tuple[tuple[str, str], ...]:
    patterns = load("limits")["patterns"]
    return tuple((one["host"], patterns[one["pattern"]]["regex"]) for one in load("derivations")["hosts"])


def _read(key: str, url: str) -> str | None:
    """The first match of the patterns by which a key is read off a URL."""
    return next((match[1] for pattern in _readings().get(key, ()) if (match := search(pattern, url))), None)


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """The patterns by key, in their order."""
    readings = [one for one in load("derivations")["readings"] if one["from"] == "endpoint"]
    keys = dict.fromkeys(one["key"] for one in readings)
    return {key: tuple(one["pattern"] for one in readings if one["key"] == key) for key in keys}
