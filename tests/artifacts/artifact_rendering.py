"""Renders one kind of artifact by itself, with a context like the one a plan makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentcore_connect.knowledge import resources
from agentcore_connect.render.environment import environment

PLAN = {"cli_version": "0.30.0", "surface": "0.30", "via": "cli", "tool_version": "0.1.0"}
GATEWAY = {
    "name": "MyGateway",
    "aws_name": "Shop-MyGateway",
    "env": "MYGATEWAY",
    "inbound_auth": "aws-iam",
    "authorizer_type": "AWS_IAM",
    "domain": None,
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
    "client_at_runtime": False,
    "endpoint_region": None,
    "service": "other",
    "direct_reason": "none",
    "endpoint": "https://api.example.com/v1",
    "host": "external",
    "network": "public",
    "user_identity": False,
    "forward_headers": [],
    "credential": {"name": None, "exists": False, "in_project": True, "kind": None, "env": None},
    "oauth": {"vendor": None, "discovery_url": None, "client_id": None, "scopes": [], "return_url": None},
    "api_key": {"location": None, "parameter": None, "prefix": None},
    "sigv4": None,
    "lambda_arn": None,
    "tools": [],
    "functions": {},
    "by_hand_text": "",
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
