"""Every connection that the auth matrix allows at the API, with each option that changes a request."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import static_text
from agentcore_connect.plan.program import program

STATIC = (
    "configure",
    "configure-steps",
    "configure-consent",
    "configure-role",
    "configure-aws",
    "configure-values",
    "configure-record",
)

RUNTIME_ARN = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mytools-abcdefghij"
RUNTIME_URL = (
    "https://bedrock-agentcore.us-west-2.amazonaws.com/runtimes/"
    "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2Fmytools-abcdefghij/invocations?qualifier=DEFAULT"
)
RUNTIME_SHORT = (
    "https://bedrock-agentcore.us-west-2.amazonaws.com/runtimes/mytools-abcdefghij/invocations"
    "?qualifier=prod&accountId=123456789012"
)
OPENAPI = '{"openapi": "3.0.3",\n "info": {"title": "t", "version": "1"}, "paths": {}}\n'
TOOLS = [
    {
        "name": "find",
        "description": "It's quick \\ sure",
        "inputSchema": {
            "type": "object",
            "properties": {"items": {"type": "array", "items": {"type": "string"}}, "$runtime": {"type": "string"}},
            "required": ["items"],
        },
    }
]
CUSTOM_URL = "https://idp.example.com/.well-known/openid-configuration"
ENTRA_URL = (
    "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0/.well-known/openid-configuration"
)
OKTA_URL = "https://acme.okta.com/oauth2/default/.well-known/openid-configuration"


def context(via: str = "cli", **gateway: Any) -> dict[str, Any]:
    """A render context; its gateway is one that user grants can use."""
    return {
        "plan": {"via": via, "cli_version": "0.30.0", "surface": "0.30", "tool_version": "0.1.0"},
        "gateway": {
            "name": "gate",
            "aws_name": "Shop-gate",
            "region": "us-east-1",
            "id": None,
            "arn": None,
            "exists": False,
            "in_project": via == "cli",
            "cli_deploys": via == "cli",
            "protocol_type": "MCP",
            "semantic_search": True,
            "authorizer_type": "CUSTOM_JWT",
            "discovery_url": CUSTOM_URL,
            "allowed_audience": ["shop"],
            "allowed_clients": [],
            "allowed_scopes": [],
            "custom_claims": [],
            "settings": {},
            "settings_named": "",
            "caller_accounts": [],
            "domain": None,
            "web_acl": None,
            "interceptors": [],
            "private_endpoint": None,
            **gateway,
        },
    }


#: What a plan with policies has besides.
POLICY = {"policies": [{"name": "gate_permit"}], "engine": "ToolPolicies", "mode_api": "LOG_ONLY"}


def connection(**changes: Any) -> dict[str, Any]:
    """A connection's context; mappings among the changes are merged."""
    c: dict[str, Any] = {
        "name": "Shop-Tools",
        "ident": "shop_tools",
        "path": "A",
        "target_type": "mcp-server",
        "outbound_auth": "none",
        "grant": None,
        "mechanism": "cli+sdk",
        "redirect": None,
        "service": "mcp-server",
        "endpoint": "https://mcp.example.com/mcp",
        "host": "external",
        "network": "public",
        "user_identity": False,
        "forward_headers": [],
        "credential": {"name": None, "exists": False, "in_project": False, "kind": None},
        "oauth": {"vendor": None, "discovery_url": None, "client_id": None, "scopes": [], "return_url": None},
        "api_key": {"location": None, "parameter": None, "prefix": None},
        "sigv4": None,
        "lambda_arn": None,
        "tools": [],
        "tools_uri": None,
        "functions": {},
        "by_hand_text": "",
        "bucket_owner": None,
        "owner_account": None,
        "schema": None,
        "schema_text": None,
        "rest_api_id": None,
        "stage": None,
        "tool_filters": [],
        "several_filters": False,
        "knowledge_base_id": None,
        "tool_count": None,
        "client": None,
    }
    for key, value in changes.items():
        c[key] = {**c[key], **value} if isinstance(value, Mapping) and isinstance(c.get(key), Mapping) else value
    return c


def whole(ctx: Mapping[str, Any], *connections: Mapping[str, Any]) -> dict[str, Any]:
    """The render context with its connections."""
    return {"policy": None, "policies": [], **ctx, "connections": list(connections)}


def files(ctx: Mapping[str, Any], *connections: Mapping[str, Any]) -> dict[str, str]:
    """The program for these connections, with its data, by the names of its files."""
    static = {f"{one.replace('-', '_')}.py": static_text(one, f"{one.replace('-', '_')}.py") for one in STATIC}
    return {**static, "configure.json": json.dumps(program(whole(ctx, *connections)), indent=2) + "\n"}


_TARGETS: dict[str, list[dict[str, Any]]] = {
    "mcp-server": [
        {"service": "mcp-server"},
        {"service": "mcp-server", "tools": TOOLS},
        {"service": "mcp-server", "listing_mode": "dynamic"},
        {"service": "mcp-server", "endpoint": RUNTIME_ARN, "host": "agentcore-runtime"},
        {"service": "mcp-server", "endpoint": RUNTIME_URL, "host": "agentcore-runtime"},
    ],
    "open-api-schema": [
        {"service": "openapi", "schema": "specs/api.json", "schema_text": OPENAPI * 9},
        {"service": "openapi", "schema": "s3://bucket/api.json", "bucket_owner": "123456789012"},
        {"service": "other", "at_run_time": ["schema"]},
    ],
    "smithy-model": [
        {"service": "smithy", "schema": "model.json", "schema_text": "{}"},
        {"service": "smithy", "schema": "s3://bucket/model.json"},
    ],
    "lambda-function-arn": [
        {"service": "lambda", "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f:live", "tools": TOOLS},
        {
            "service": "lambda",
            "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "tools_uri": "s3://bucket/tools.json",
            "bucket_owner": "123456789012",
        },
        {"service": "other", "at_run_time": ["lambda_arn"], "tools": TOOLS},
    ],
    "api-gateway": [
        {"service": "api-gateway", "rest_api_id": "a1b2c3", "stage": "prod"},
        {
            "service": "api-gateway",
            "rest_api_id": "a1b2c3",
            "stage": "prod",
            "tool_filters": [{"path": "/pets/*", "methods": ["GET", "POST"]}, {"path": "/x", "methods": ["PUT"]}],
        },
        {"service": "other", "at_run_time": ["rest_api_id", "stage"]},
    ],
    "connector": [{"service": "web-search"}, {"service": "knowledge-base", "knowledge_base_id": "AB12CD34EF"}],
    "http-runtime": [
        {"service": "agent", "endpoint": RUNTIME_ARN, "host": "agentcore-runtime"},
        {"service": "agent", "endpoint": RUNTIME_SHORT, "host": "agentcore-runtime"},
        {"service": "agent", "endpoint": RUNTIME_URL, "host": "agentcore-runtime"},
    ],
    "passthrough": [
        {"service": "other", "endpoint": "https://api.example.com/v1"},
        {"service": "agent", "redirect": "a2a", "endpoint": RUNTIME_URL, "host": "agentcore-runtime"},
        {"service": "mcp-server"},
    ],
}


def _signers(target: str) -> list[dict[str, Any]]:
    if target not in resources.load("auth-matrix")["signing_service_named"]:
        return [{}]
    return [
        {"sigv4": {"service": "bedrock-agentcore", "region": "us-west-2"}, "host": "agentcore-runtime"},
        {"sigv4": {"service": "execute-api", "region": None}, "host": "api-gateway"},
        {"sigv4": {"service": "lambda", "region": "us-east-1"}, "host": "lambda-url"},
        {"sigv4": {"service": "bedrock-agentcore", "region": None}, "host": "agentcore-gateway"},
        {"sigv4": {"service": "appsync", "region": "us-east-1"}, "host": "external"},
    ]


_CREDENTIALS = [
    {"credential": {"name": "my-Cred_1", "exists": exists, "in_project": project, **own}}
    for exists, project, own in [
        (False, False, {}),
        (True, False, {}),
        (False, True, {}),
    ]
]


def _keys() -> Iterator[dict[str, Any]]:
    for credential, location, parameter, prefix in itertools.product(
        _CREDENTIALS, ["header", "query", None], ["X-Key", None], ["Bearer ", None]
    ):
        yield {**credential, "api_key": {"location": location, "parameter": parameter, "prefix": prefix}}


def _clients(grant: str) -> Iterator[dict[str, Any]]:
    vendors = [vendor["id"] for vendor in resources.load("oauth-vendors")["vendors"]]
    urls = [CUSTOM_URL, ENTRA_URL, OKTA_URL]
    for vendor, url in itertools.product([None, *vendors], urls):
        oauth = {
            "vendor": vendor,
            "discovery_url": url,
            "client_id": "client-1",
            "scopes": ["a.read", "offline_access"],
        }
        yield {**_CREDENTIALS[0], "grant": grant, "oauth": {**oauth, "return_url": "https://app.example.com/cb"}}
    for credential, scopes, client_id in itertools.product(_CREDENTIALS, [[], ["x" * 64]], [None, "client-1"]):
        oauth = {"discovery_url": CUSTOM_URL, "client_id": client_id, "scopes": scopes, "return_url": "myapp:/cb"}
        yield {**credential, "grant": grant, "oauth": oauth}
    later = {"client_id": "client-1", "return_url": "https://app.example.com/cb"}
    yield {**_CREDENTIALS[0], "grant": grant, "oauth": later, "at_run_time": ["oauth.discovery_url"]}
    endpoints = {"issuer": "https://i", "authorization_endpoint": "https://i/a", "token_endpoint": "https://i/t"}
    for vendor in [None, *vendors]:
        oauth = {**endpoints, "vendor": vendor, "return_url": "https://app.example.com/cb"}
        yield {**_CREDENTIALS[0], "grant": grant, "oauth": oauth}


def _sign_ins(target: str, auth: str) -> Iterator[dict[str, Any]]:
    grant = auth.removeprefix("oauth-") if auth.startswith("oauth-") else None
    match auth:
        case "iam":
            yield from _signers(target)
        case "api-key":
            yield from _keys()
        case _ if grant is not None:
            yield from _clients(grant)
        case _:
            yield {}


def connections() -> Iterator[dict[str, Any]]:
    """The cross product; the sign-in's options meet the target's first form, its other forms meet the first sign-in."""
    for target, table in resources.load("auth-matrix")["targets"].items():
        for auth, cell in table.items():
            if not cell["api"]:
                continue
            outbound = "oauth" if auth.startswith("oauth-") else auth
            forms, sign_ins = _TARGETS[target], list(_sign_ins(target, auth))
            pairs = [(forms[0], one) for one in sign_ins] + [(form, sign_ins[0]) for form in forms[1:]]
            for form, sign_in in pairs:
                yield connection(target_type=target, outbound_auth=outbound, **{**form, **sign_in})
            for network, headers in [("vpc", []), ("public", ["X-Tenant", "X-Trace"]), ("vpc", ["X-Tenant"])]:
                options = {"network": network, "forward_headers": headers}
                yield connection(target_type=target, outbound_auth=outbound, **{**forms[0], **sign_ins[0], **options})


def gateways() -> Iterator[dict[str, Any]]:
    """Contexts whose plan makes the gateway with boto3, with each option of the gateway."""
    for protocol, search in [("MCP", True), ("MCP", False), ("None", False)]:
        for authorizer in ["NONE", "AWS_IAM", "CUSTOM_JWT"]:
            yield context("boto3", protocol_type=protocol, semantic_search=search, authorizer_type=authorizer)
    limits = {"allowed_audience": [], "allowed_clients": ["c"], "allowed_scopes": ["s"]}
    yield context("boto3", **limits)


#: Policies that the program creates, as the plan's context has them.
SCRIPTED = {
    "scripted": True,
    "engine": "ToolPolicies",
    "mode_api": "ENFORCE",
    "policies": [{"name": "permit_find"}, {"name": "forbid_drop"}],
}
POLICIES = [
    {
        "name": name,
        "file": f"{name}.cedar",
        "statement": 'permit(principal, action, resource == AgentCore::Gateway::"${GATEWAY_ARN}");',
        "validation_mode": "FAIL_ON_ANY_FINDINGS",
    }
    for name in ("permit_find", "forbid_drop")
]
