"""Plain data to YAML text: one text for one value, and read back as the same value by YAML 1.1 and 1.2 readers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from agentcore_connect.core.expressions import later
from agentcore_connect.text._yaml import scalar

#: The order of keys in the answers file, by place ("*" is any list index). Keys not named follow as given.
ORDER: Final[Mapping[str, Sequence[str]]] = {
    "": ("version", "project", "cli_version", "agent", "gateway", "connections", "policy", "unknown"),
    "agent": ("framework", "language", "state", "host"),
    "gateway": (
        *("name", "exists", "id", "arn", "region", "environment", "inbound_auth"),
        *("identity_provider", "discovery_url"),
        *("private_endpoint", "allowed_audience", "allowed_clients", "allowed_scopes", "custom_claims"),
        *(
            "description",
            "instructions",
            "streaming",
            "session_timeout",
            "protocol_versions",
            "exception_level",
            "kms_key",
        ),
        *("caller_accounts", "domain", "alternate_domains", "web_acl", "waf_failure_mode", "interceptors"),
    ),
    "connections.*": (
        *("name", "direction", "service", "can_front", "direct_reason", "blocker", "front", "client", "prefer"),
        *(
            "endpoint",
            "runtime",
            "network",
            "listing_mode",
            "user_identity",
            "forward_headers",
            "host",
            "own_agent",
            "service_auth",
        ),
        *("credential", "oauth", "api_key", "sigv4", "lambda_arn", "tools", "schema", "bucket_owner"),
        *("aws_service", "owner_account", "api_domain", "rest_api_id", "stage", "stage_variables", "tool_filters"),
        *("knowledge_base_id", "tool_count"),
    ),
    "gateway.private_endpoint": ("vpc", "subnets", "security_groups", "resource_configuration"),
    "gateway.interceptors.*": ("on", "lambda_arn", "pass_headers"),
    "connections.*.runtime": ("arn", "qualifier"),
    "connections.*.credential": ("name", "exists"),
    "connections.*.oauth": (
        *("vendor", "discovery_url", "issuer", "authorization_endpoint", "token_endpoint", "client_auth_method"),
        "custom_parameters",
        *("client_id", "scopes", "return_url"),
    ),
    "connections.*.api_key": ("location", "parameter", "prefix"),
    "connections.*.tools.*": ("name", "description", "inputSchema", "outputSchema"),
    "connections.*.tool_filters.*": ("path", "methods"),
    "policy": ("mode", "rest", "restrict"),
    "policy.restrict.*": ("effect", "tools", "callers", "claim", "claim_type", "values", "match", "when"),
    "policy.restrict.*.when": ("input", "op", "value", "claim", "claim_type", "values"),
    "policy.restrict.*.when.*": ("input", "op", "value", "claim", "claim_type", "values"),
}

_PLAIN = later(r"(?:[A-Za-z_/]|\.{1,2}(?:/|\Z))(?:[A-Za-z0-9_./:@+=*$-]| (?=[A-Za-z0-9_./@]))*\Z")
_YAML_11_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_LONGEST_SIMPLE_KEY = 1000  # YAML readers give up on longer ones
_CONTAINERS = (Mapping, list, tuple)


def dump(data: Mapping[str, object], order: Mapping[str, Sequence[str]] = ORDER) -> str:
    """The YAML text of plain data (mappings, lists, text, numbers, booleans, None), ending with a newline.

    Errors: TypeError for anything else, which is a mistake of the caller.
    """
    return "\n".join(_lines(dict(data), "", order)) + "\n"


def _lines(value: object, place: str, order: Mapping[str, Sequence[str]]) -> list[str]:
    """The lines of a value, without indentation for the first level."""
    if isinstance(value, Mapping) and value:
        lines = []
        for key in _sorted_keys(value, order.get(place, ())):
            inner = _lines(value[key], f"{place}.{key}" if place else key, order)
            lines += _entry(_text(key), inner, nested=bool(value[key]) and isinstance(value[key], _CONTAINERS))
        return lines
    if isinstance(value, list | tuple) and value:
        lines = []
        for item in value:
            first, *rest = _lines(item, f"{place}.*", order)
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        return lines
    return [_scalar(value)]


def _entry(key: str, inner: list[str], *, nested: bool) -> list[str]:
    *before, opening = [f"? {key}", ":"] if len(key) > _LONGEST_SIMPLE_KEY else [f"{key}:"]
    if nested:
        return [*before, opening, *(f"  {line}" for line in inner)]
    return [*before, f"{opening} {inner[0]}"]


def _sorted_keys(value: Mapping[str, object], known: Sequence[str]) -> list[str]:
    return [*(key for key in known if key in value), *(key for key in value if key not in known)]


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    raise TypeError(f"cannot be written to YAML: {type(value).__name__}")


def _text(text: str) -> str:
    """The text bare where no reader can take it for anything else, in double quotes otherwise."""
    bare = _PLAIN.match(text) and not text.endswith(":") and ": " not in text
    if bare and text.lower() not in _YAML_11_WORDS and scalar(text) == text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
