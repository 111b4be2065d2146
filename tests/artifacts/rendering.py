"""Renders one kind of artifact by itself, with a context like the one a plan makes."""

from __future__ import annotations

import json
import keyword
import pprint
import re
import shlex
from collections.abc import Mapping
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from agentcore_connect import resources

PLAN = {"cli_version": "0.30.0", "surface": "0.30", "via": "cli", "tool_version": "0.1.0"}
GATEWAY = {
    "name": "MyGateway",
    "aws_name": "Shop-MyGateway",
    "env": "MYGATEWAY",
    "inbound_auth": "aws-iam",
    "authorizer_type": "AWS_IAM",
    "discovery_url": None,
    "allowed_audience": [],
    "allowed_clients": [],
    "allowed_scopes": [],
    "environment": "production",
    "region": "us-east-1",
    "id": None,
    "arn": None,
    "exists": False,
    "in_project": True,
    "semantic_search": False,
    "protocol_type": "MCP",
    "token_provider": None,
}
CONNECTION = {
    "name": "Weather",
    "ident": "weather",
    "path": "D",
    "target_type": None,
    "outbound_auth": "none",
    "grant": None,
    "mechanism": "agent-code",
    "redirect": None,
    "service": "other",
    "direct_reason": "none",
    "endpoint": "https://api.example.com/v1",
    "host": "external",
    "network": "public",
    "user_identity": False,
    "forward_headers": [],
    "credential": {"name": None, "exists": False, "in_project": True, "kind": None},
    "oauth": {"vendor": None, "discovery_url": None, "client_id": None, "scopes": [], "return_url": None},
    "api_key": {"location": None, "parameter": None, "prefix": None},
    "sigv4": None,
    "lambda_arn": None,
    "tools": [],
    "tools_file": None,
    "schema": None,
    "schema_text": None,
    "rest_api_id": None,
    "stage": None,
    "tool_filters": [],
    "knowledge_base_id": None,
    "tool_count": None,
    "client": None,
}


def ident(name: str) -> str:
    """A Python identifier from any name."""
    text = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not text or text[0].isdigit():
        text = f"_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def py(value: Any) -> str:
    """A Python literal, with double quotes where that is the same text."""
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)
        return quoted if quoted.isprintable() else ascii(value)
    if isinstance(value, list):
        return "[" + ", ".join(py(item) for item in value) + "]"
    return pprint.pformat(value, sort_dicts=False)


def environment() -> SandboxedEnvironment:
    """Jinja as the plan writer sets it up."""
    env = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(resources.renderers_dir()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is written is code
    )
    env.filters.update(py=py, sh=shlex.quote, ident=ident)
    env.filters["json"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    env.filters["cedar"] = lambda value: json.dumps(value)
    env.filters["md"] = lambda value: re.sub(r"([\\`*_\[\]<>|])", r"\\\1", str(value))
    return env


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the changes; mappings are merged."""
    out = dict(base)
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping)
        out[key] = merged(out[key], value) if both else value
    return out


def render(kind: str, gateway: Mapping[str, Any] | None = None, **connection: Any) -> str:
    """The text of one artifact for one connection."""
    manifest = resources.load_manifest(kind)
    context = {
        "plan": PLAN,
        "manifest": manifest,
        "project": {"name": "Shop", "known": True, "path": "."},
        "agent": {"framework": "strands", "state": "existing", "kind": "runtime", "name": "shop"},
        "gateway": merged(GATEWAY, gateway or {}),
        "c": merged(CONNECTION, connection),
    }
    context["connections"] = [context["c"]]
    return environment().get_template(f"{kind}/{manifest['template']}").render(context)
