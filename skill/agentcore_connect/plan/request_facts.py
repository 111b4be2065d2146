"""The facts for request templates: the answers and derived values, such as ARNs from URLs and the OAuth vendor.

Pure functions of the render context and one of its connections; the facts of AWS are in knowledge/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import JsonObject, mapping, text
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.runtime_address import endpoint_url, partition, runtime_address
from agentcore_connect.plan.reads import Noted
from agentcore_connect.plan.templates import Facts, extract, holds

Context = Mapping[str, Any]
_IN_A_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")


def facts_for(ctx: Facts, c: Facts) -> dict[str, object]:
    """Return the facts for templates and conditions: the connection's keys, `plan`, `gateway`, and derived values.

    In: the render context, of which `plan`, `gateway` and `policy` count, and a connection; an empty one for requests
    about the gateway alone. `idp` is the vendor that the answers name or the discovery URL shows; `vendor` the one
    that is sent.
    """
    unknown = resources.load("iam-statements")["unknown"]
    gateway = mapping(ctx.get("gateway"))
    arn = text(gateway.get("arn"))
    region = text(gateway.get("region")) or _arn_part(arn, 3)
    facts: dict[str, object] = {
        **c,
        "plan": ctx.get("plan") or {},
        "gateway": gateway,
        "policy": ctx.get("policy") or {},
        "region": region or unknown,
        "account": _arn_part(arn, 4) or unknown,
        "partition": _arn_part(arn, 1) or partition(region or ""),
    }
    endpoint = text(lookup(facts, "endpoint")) or ""
    runtime = runtime_address(endpoint)
    values: dict[str, str | None] = {
        "runtime_arn": runtime and runtime.arn,
        "runtime_qualifier": runtime and runtime.qualifier,
        "runtime_region": runtime and runtime.region,
        "endpoint_url": endpoint_url(endpoint) or None,
    }
    facts["values"] = values
    for name, value in resources.load("request-bodies")["values"].items():
        values[name] = extract(value["rules"], lookup(facts, value["from"]), facts)
    facts["idp"], facts["vendor"] = _vendor(facts)
    return Noted(facts, c.seen, c.path) if isinstance(c, Noted) else facts


def _vendor(facts: Facts) -> tuple[JsonObject, JsonObject]:
    """The vendor behind the answers, and the one that is sent, with the members that its discovery URL shows."""
    vendors = resources.load("oauth-vendors")
    known: dict[str, JsonObject] = {vendor["id"]: vendor for vendor in vendors["vendors"]}
    default = known[vendors["default"]]
    url, named = text(lookup(facts, "oauth.discovery_url")), text(lookup(facts, "oauth.vendor"))
    if named and named not in known:
        raise ConnectError(
            "unknown-vendor",
            f"there is no OAuth vendor called {named}",
            expected=", ".join(known),
            hint="correct oauth.vendor, or leave it out and give oauth.discovery_url",
        )
    found = infer_vendor(url)
    named_special = named if named != default["id"] else None
    idp = known[named_special or found or vendors["default"]]
    sent = known[named] if named else idp if holds(vendors["infer_when"], facts) else default
    discovery = mapping(sent.get("discovery"))
    fields = _discovered(discovery, url)
    exchanges = holds(vendors["exchange_when"], facts)
    endpoints_known = fields or lookup(facts, "oauth.token_endpoint")
    if (discovery.get("needed") and not endpoints_known) or (exchanges and not lookup(sent, "exchange.built_in")):
        sent, fields = default, {}
    return idp, {**sent, "fields": fields}


def _discovered(discovery: JsonObject, url: str | None) -> dict[str, str]:
    pattern = text(discovery.get("pattern"))
    if not pattern:
        return {}
    found = {
        name: extract([{"pattern": pattern, "give": give}], url, {})
        for name, give in mapping(discovery.get("fields")).items()
    }
    return {name: value for name, value in found.items() if value is not None}


def infer_vendor(discovery_url: str | None) -> str | None:
    """The vendor whose host the discovery URL is on, as the API spells it; None when it is nobody's in particular."""
    try:
        host = urlsplit(discovery_url or "").hostname
    except ValueError:  # brackets that hold no IPv6 address, say
        host = None
    if not host:
        return None
    for vendor in resources.load("oauth-vendors")["vendors"]:
        if any(_is_at(host, pattern) for pattern in vendor.get("hosts", ())):
            return str(vendor["id"])
    return None


def _arn_part(arn: str | None, position: int) -> str | None:
    parts = (arn or "").split(":")
    return (parts[position] or None) if len(parts) > position else None


def _is_at(host: str, pattern: str) -> bool:
    """Whether a host is the pattern's; "*" stands for any part of a name."""
    before, star, after = pattern.partition("*")
    if not star:
        return host == pattern
    part = host[len(before) : len(host) - len(after)]
    return bool(part) and host == before + part + after and set(part) <= _IN_A_HOST
