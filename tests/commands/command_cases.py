"""Render contexts for the commands' tests: one connection of every kind, and the plans made of them."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agentcore_connect.knowledge.resources import load, static_text
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.operations import operations
from agentcore_connect.plan.program import is_configured
from agentcore_connect.plan.script import script, script_data
from agentcore_connect.render.environment import environment

DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
TOOLS = '[{"name": "find", "description": "Find a page", "inputSchema": {"type": "object", "properties": {}}}]\n'
OPENAPI = '{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}\n'
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/demo-abcdefghij"

NONE: dict[str, Any] = {
    "path": "A",
    "outbound_auth": None,
    "grant": None,
    "mechanism": "cli",
    "redirect": None,
    "client_at_runtime": False,
    "endpoint_region": None,
    "service": None,
    "endpoint": None,
    "sigv4": None,
    "lambda_arn": None,
    "schema": None,
    "schema_cli": None,
    "schema_artifact": None,
    "bucket_owner": None,
    "owner_account": None,
    "schema_file": None,
    "rest_api_id": None,
    "stage": None,
    "tool_filters": [],
    "several_filters": False,
    "knowledge_base_id": None,
    "tools": [],
    "run_time": [],
    "in_project": False,
    "credential": {"name": None, "exists": False, "in_project": False, "kind": None},
    "provider": None,
    "oauth": {"vendor": None, "discovery_url": None, "client_id": None, "scopes": [], "return_url": None},
    "api_key": {"location": None, "parameter": None, "prefix": None},
}


def connection(name: str, target_type: str | None, **more: Any) -> dict[str, Any]:
    """A connection's context."""
    return {**NONE, "name": name, "ident": name.lower().replace("-", "_"), "target_type": target_type, **more}


def key(name: str = "Key", **more: Any) -> dict[str, Any]:
    """What a connection with an API key has beside its target."""
    credential = {"name": name, "exists": False, "in_project": False, "kind": "api-key", **more}
    return {"outbound_auth": "api-key", "credential": credential}


def client(name: str = "Client", scopes: Sequence[str] = ("read", "write"), **more: Any) -> dict[str, Any]:
    """What a connection with OAuth client credentials has beside its target."""
    return {
        "outbound_auth": "oauth",
        "grant": "client-credentials",
        "credential": {"name": name, "exists": False, "in_project": False, "kind": "oauth", **more},
        "oauth": {
            "vendor": "CustomOauth2",
            "discovery_url": "https://login.example.com/.well-known/openid-configuration",
            "client_id": "client-1",
            "scopes": list(scopes),
            "return_url": None,
        },
    }


def mcp_targets() -> list[dict[str, Any]]:
    """Every target type of an MCP gateway with every sign-in that the CLI can set."""
    endpoint = {"endpoint": "https://mcp.example.com/mcp"}
    filters = [{"path": "/pets/*", "methods": ["GET", "POST"]}, {"path": "/owners", "methods": ["GET"]}]
    stage = {"rest_api_id": "abc123", "stage": "prod"}
    lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:tools"
    return [
        connection("mcp-open", "mcp-server", outbound_auth="none", **endpoint),
        connection("mcp-oauth", "mcp-server", **endpoint, **client()),
        connection("mcp-bare", "mcp-server", **endpoint, **client("Bare", ())),
        connection("api-key", "open-api-schema", schema="specs/api.json", **key()),
        connection(
            "api-oauth", "open-api-schema", schema="x.yaml", schema_artifact="api-oauth.schema.json", **client()
        ),
        connection("api-s3", "open-api-schema", schema="s3://bucket/api.yaml", **key()),
        connection(
            "api-theirs", "open-api-schema", schema="s3://theirs/api.yaml", bucket_owner="210987654321", **key()
        ),
        connection("stage-open", "api-gateway", outbound_auth="none", **stage),
        connection("stage-iam", "api-gateway", outbound_auth="iam", tool_filters=filters[:1], **stage),
        connection("stage-key", "api-gateway", tool_filters=filters, several_filters=True, **stage, **key()),
        connection("function", "lambda-function-arn", outbound_auth="iam", lambda_arn=lambda_arn),
        connection(
            "model", "smithy-model", outbound_auth="iam", schema="specs/model.json", schema_cli="specs/model.json"
        ),
        connection(
            "model-s3",
            "smithy-model",
            outbound_auth="iam",
            schema="s3://bucket/model.json",
            bucket_owner="210987654321",
        ),
        connection("web", "connector", outbound_auth="iam", service="web-search"),
        connection("kb", "connector", outbound_auth="iam", service="knowledge-base", knowledge_base_id="AB12CD34EF"),
    ]


def http_targets() -> list[dict[str, Any]]:
    """Every target type of a gateway without protocol type, with every sign-in that the CLI can set."""
    endpoint = {"endpoint": "https://agent.example.com/a2a"}
    signed = {"outbound_auth": "iam", "sigv4": {"service": "bedrock-agentcore", "region": "us-west-2"}}
    return [
        connection("front", "http-runtime", outbound_auth="iam", redirect="gateway-fronts-runtime"),
        connection("front-oauth", "http-runtime", redirect="gateway-fronts-runtime", **client()),
        connection("pass-iam", "passthrough", redirect="a2a", **endpoint, **signed),
        connection("pass-oauth", "passthrough", redirect="a2a", **endpoint, **client()),
        connection("pass-jwt", "passthrough", outbound_auth="jwt-passthrough", **endpoint),
    ]


def gateway(inbound: str, **more: Any) -> dict[str, Any]:
    """A gateway's context."""
    words = {"none": "NONE", "aws-iam": "AWS_IAM", "custom-jwt": "CUSTOM_JWT"}
    jwt = inbound == "custom-jwt"
    return {
        "name": "tool-gateway",
        "inbound_auth": inbound,
        "authorizer_type": words[inbound],
        "discovery_url": DISCOVERY if jwt else None,
        "allowed_audience": ["api://default", "other"] if jwt else [],
        "allowed_clients": ["agent-1"] if jwt else [],
        "allowed_scopes": ["tools.read", "tools.write"] if jwt else [],
        "custom_claims": [],
        "settings": {},
        "settings_named": "",
        "caller_accounts": [],
        "domain": None,
        "web_acl": None,
        "interceptors": [],
        "private_endpoint": None,
        **dict.fromkeys(("token_vendor", "client_claim", "client_claim_note")),
        "token_provider": "tool-gateway-oauth" if jwt else None,
        "environment": "development" if inbound == "none" else "production",
        "region": None,
        "id": None,
        "arn": None,
        "exists": False,
        "in_project": False,
        "semantic_search": True,
        "protocol_type": "MCP",
        **more,
    }


def context(
    connections: list[dict[str, Any]], inbound: str = "aws-iam", *, known: bool = True, via: str = "cli", **more: Any
) -> dict[str, Any]:
    """A whole render context."""
    own = gateway(inbound, **more.pop("gateway", {}))
    own.setdefault("managed", via == "cli" and not own["exists"])
    made = {
        "plan": {"surface": "0.30", "via": via, "tool_version": "0.1.0", "project_relpath": ".." if known else None},
        "project": {"name": "Demo" if known else None, "known": known, "harness": None},
        "agent": {"framework": "strands", "state": "existing", "kind": "runtime", "name": "Worker"},
        "gateway": own,
        "connections": connections,
        "policy": None,
        "policies": [],
        **more,
    }
    return {**made, "configured": is_configured(made)}


def plan(ctx: Mapping[str, Any], surface: str = "0.30") -> list[Operation]:
    """The operations of a context."""
    return operations(ctx, load(f"commands-{surface}"))


def render(ctx: Mapping[str, Any], surface: str = "0.30", ops: Sequence[Operation] | None = None) -> str:
    """The script of a context."""
    made = script(plan(ctx, surface) if ops is None else ops, load(f"commands-{surface}"))
    return environment().get_template("commands/commands.sh.j2").render({**ctx, "script": made})


def write(folder: Path, ctx: Mapping[str, Any], ops: Sequence[Operation] | None = None, surface: str = "0.30") -> Path:
    """A written plan, as far as the script needs it; returns the script."""
    folder.mkdir(parents=True, exist_ok=True)
    for c in ctx["connections"]:
        (folder / f"{c['name']}.tools.json").write_text(TOOLS)
        if c["schema_artifact"]:
            (folder / c["schema_artifact"]).write_text(OPENAPI)
    for name in (
        "configure.py",
        "configure_steps.py",
        "configure_aws.py",
        "configure_record.py",
        "configure_role.py",
        "configure_consent.py",
        "configure_values.py",
        "configure.json",
    ):
        (folder / name).write_text("print('configured')\n")
    for policy in ctx["policies"]:
        (folder / policy["file"]).write_text(
            'permit(principal, action, resource == AgentCore::Gateway::"${GATEWAY_ARN}");\n'
        )
    own = plan(ctx, surface) if ops is None else list(ops)
    data = {"steps": [op.as_dict() for op in own], "script": script_data(own, load(f"commands-{surface}"))}
    (folder / "plan.json").write_text(json.dumps(data))
    (folder / "runtime.sh").write_text(static_text("runtime-shell", "runtime.sh"))
    (folder / "runtime.mjs").write_text(static_text("runtime-json", "runtime.mjs"))
    path = folder / "commands.sh"
    path.write_text(render(ctx, surface, own))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def json_text(value: Any) -> str:
    """A value as JSON."""
    return json.dumps(value)


def find_in(text: str, places: Sequence[Sequence[Any]], folder: Path) -> str:
    """What runtime.mjs finds at these places of a JSON text, with a plan written into the folder."""
    (folder / "runtime.mjs").write_text(static_text("runtime-json", "runtime.mjs"))
    found = [list(place) for place in places]
    (folder / "plan.json").write_text(json.dumps({"steps": [{"id": "one", "inputs": [{"name": "X", "find": found}]}]}))
    argv = ["node", str(folder / "runtime.mjs"), "find", "X"]
    return subprocess.run(argv, input=text, capture_output=True, text=True, check=False).stdout.strip()


def policy(name: str) -> dict[str, Any]:
    """A policy as the context of a plan has it."""
    return {"name": name, "file": f"{name}.cedar", "effect": "permit", "tools": ["Orders___get_order"]}
