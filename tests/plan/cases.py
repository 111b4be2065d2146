"""Situations to plan for, and the shortest way to a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import Gathered, gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.text.document import parse

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:orders"
RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/tools_Server-abcdefghij"
DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
TOOLS = "[{name: get_order, description: Read one order, inputSchema: {type: object, properties: {id: {type: string}}, required: [id]}}]"
OAUTH = f"oauth: {{discovery_url: {DISCOVERY}, client_id: app}}"
JWT = f"gateway: {{inbound_auth: custom-jwt, discovery_url: {DISCOVERY}, allowed_clients: [app]}}"

IAM = "gateway: {inbound_auth: aws-iam}"


@dataclass(frozen=True, slots=True)
class Situation:
    """Answers, what the first connection's decision must be, words the plan must say, and files beside the answers."""

    answers: str
    expected: Mapping[str, Any]
    says: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def gathered(situation: Situation, folder: Path, **options: Any) -> Gathered:
    """The answers read and everything gathered that they point to."""
    for name, content in situation.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    path = folder / "answers.yaml"
    path.write_text(situation.answers, encoding="utf-8")
    return gather(load.checked(parse(situation.answers, str(path))), **options)


def built(situation: Situation, folder: Path, **options: Any) -> Plan:
    """The plan for a situation."""
    return build(gathered(situation, folder, **options))


def _one(connection: str, gateway: str = "") -> str:
    return f"version: 1\n{gateway}\nconnections:\n  - {{name: Orders, {connection}}}\n"


def project(**parts: Any) -> str:
    """The text of an agentcore.json with these parts."""
    base = {
        "name": "Shop",
        "version": 1,
        "managedBy": "CDK",
        "runtimes": [],
        "credentials": [],
        "agentCoreGateways": [],
    }
    return json.dumps({**base, **parts})


SPEC = json.dumps(
    {
        "openapi": "3.0.3",
        "info": {"title": "Orders", "version": "1"},
        "servers": [{"url": "https://orders.example.com"}],
        "paths": {"/o": {"get": {"operationId": "listOrders", "responses": {"200": {"description": "ok"}}}}},
    }
)
MCP = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp'"
API = "service: openapi, schema: api.json"
WITH_SPEC = {"api.json": SPEC}

SITUATIONS: dict[str, Situation] = {
    "public MCP server": Situation(
        _one(f"{MCP}, service_auth: none"),
        {"path": "A", "target_type": "mcp-server", "outbound_auth": "none", "mechanism": "cli", "steered": False},
    ),
    "MCP server with an API key": Situation(
        _one(f"{MCP}, service_auth: api-key"),
        {"path": "A", "outbound_auth": "api-key", "mechanism": "cli+sdk"},
        ("put the key into a Lambda target",),
    ),
    "MCP server with client credentials": Situation(
        _one(f"{MCP}, service_auth: oauth-client-credentials, {OAUTH}"),
        {"path": "A", "outbound_auth": "oauth", "grant": "client-credentials", "mechanism": "cli"},
    ),
    "MCP server as the user, by consent": Situation(
        _one(
            f"{MCP}, service_auth: oauth-authorization-code, oauth: {{discovery_url: {DISCOVERY}, client_id: a, "
            "return_url: 'https://app.example.com/back'}",
            JWT,
        ),
        {"path": "A", "grant": "authorization-code", "mechanism": "cli+sdk"},
        ("CREATE_PENDING_AUTH", "not through CLI flags"),
    ),
    "MCP server as the user, on a gateway that never sees the user": Situation(
        _one(f"{MCP}, service_auth: oauth-token-exchange, {OAUTH}", IAM),
        {"path": "D", "target_type": None, "grant": "token-exchange", "mechanism": "agent-code", "steered": True},
        ("second gateway with CUSTOM_JWT", "never receives the user's token"),
    ),
    "MCP server that wants the caller's token": Situation(
        _one(f"{MCP}, service_auth: jwt-passthrough, {OAUTH}", JWT),
        {"path": "A", "grant": "token-exchange", "mechanism": "cli+sdk", "steered": True},
        ("HTTP targets only",),
    ),
    "MCP server on Runtime with IAM, by its ARN": Situation(
        _one(f"service: mcp-server, endpoint: '{RUNTIME}', own_agent: false, service_auth: iam"),
        {"path": "A", "target_type": "mcp-server", "outbound_auth": "iam", "mechanism": "cli+sdk"},
        ("arn%3Aaws%3Abedrock-agentcore", "InvokeAgentRuntime"),
    ),
    "the agent's own runtime": Situation(
        _one(f"service: mcp-server, endpoint: '{RUNTIME}', own_agent: true"),
        {"path": "redirect", "redirect": "invoke-agent-runtime", "target_type": None},
        ("Stop",),
    ),
    "MCP server behind a load balancer with IAM": Situation(
        _one("service: mcp-server, endpoint: 'https://mcp.example.com/mcp', host: alb, service_auth: iam"),
        {"path": "A", "outbound_auth": "oauth", "grant": "client-credentials", "steered": True, "mechanism": "cli"},
        ("does not verify SigV4",),
    ),
    "MCP server on EC2, seen from its address": Situation(
        _one(
            "service: mcp-server, service_auth: iam, "
            "endpoint: 'https://ec2-1-2-3-4.us-west-2.compute.amazonaws.com/mcp'"
        ),
        {"path": "A", "outbound_auth": "oauth", "steered": True},
    ),
    "Lambda": Situation(
        _one(f"service: lambda, lambda_arn: '{LAMBDA}', tools: {TOOLS}"),
        {"path": "B", "target_type": "lambda-function-arn", "outbound_auth": "iam", "mechanism": "cli"},
        ("lambda:InvokeFunction",),
    ),
    "Lambda with a key for what it calls": Situation(
        _one(f"service: lambda, lambda_arn: '{LAMBDA}', tools: {TOOLS}, service_auth: api-key"),
        {"path": "B", "outbound_auth": "iam", "mechanism": "cli"},
        ("takes no credential of its own",),
    ),
    "OpenAPI with a key in the CLI's place": Situation(
        _one(f"{API}, service_auth: api-key"),
        {"path": "C", "target_type": "open-api-schema", "outbound_auth": "api-key", "mechanism": "cli"},
        files=WITH_SPEC,
    ),
    "OpenAPI with a key in another place": Situation(
        _one(f"{API}, service_auth: api-key, api_key: {{parameter: Authorization, prefix: 'Bearer '}}"),
        {"path": "C", "outbound_auth": "api-key", "mechanism": "cli+sdk"},
        ("always sends an API key in the header x-api-key",),
        WITH_SPEC,
    ),
    "OpenAPI without sign-in": Situation(
        _one(f"{API}, service_auth: none"),
        {"path": "C", "outbound_auth": "none", "mechanism": "cli+sdk"},
        (),
        WITH_SPEC,
    ),
    "OpenAPI with a provider made elsewhere": Situation(
        _one(f"{API}, service_auth: api-key, credential: {{name: Theirs, exists: true}}"),
        {"path": "C", "outbound_auth": "api-key", "mechanism": "cli+sdk"},
        ("providerArn", "GetResourceApiKey"),
        WITH_SPEC,
    ),
    "API Gateway with its role": Situation(
        _one("service: api-gateway, rest_api_id: abcdefghij, stage: prod, service_auth: iam"),
        {"path": "C", "target_type": "api-gateway", "outbound_auth": "iam", "mechanism": "cli"},
        ('"--stage", "prod"',),
    ),
    "API Gateway that wants OAuth": Situation(
        _one(
            f"service: api-gateway, rest_api_id: abcdefghij, stage: prod, service_auth: oauth-client-credentials, {OAUTH}"
        ),
        {"path": "C", "target_type": "open-api-schema", "outbound_auth": "oauth", "steered": True},
        ("export the stage as OpenAPI",),
    ),
    "private API Gateway": Situation(
        _one("service: api-gateway, rest_api_id: abcdefghij, stage: prod, network: vpc, service_auth: iam"),
        {"path": "C", "target_type": "open-api-schema", "mechanism": "cli+sdk"},
        ("privateEndpoint",),
    ),
    "Smithy": Situation(
        _one("service: smithy, schema: 's3://models/dynamodb.json'"),
        {"path": "C", "target_type": "smithy-model", "outbound_auth": "iam", "mechanism": "cli"},
    ),
    "knowledge base": Situation(
        _one("service: knowledge-base, knowledge_base_id: AB12CD34EF"),
        {"path": "C", "target_type": "connector", "outbound_auth": "iam", "mechanism": "cli"},
    ),
    "web search where it is offered": Situation(
        _one("service: web-search", "gateway: {region: eu-west-1}"),
        {"path": "C", "target_type": "connector", "mechanism": "cli"},
    ),
    "web search where it is not": Situation(
        _one("service: web-search", "gateway: {region: eu-central-1}"),
        {"path": "B", "target_type": "lambda-function-arn", "outbound_auth": "iam"},
        ("not offered in this Region",),
    ),
    "AWS service": Situation(
        _one("service: aws-service"), {"path": "D", "target_type": None, "mechanism": "agent-code"}, ("execution role",)
    ),
    "something with nothing in front": Situation(
        _one("service: other, service_auth: none"),
        {"path": "B", "target_type": "lambda-function-arn", "steered": True},
        ("wrap", "OpenAPI document"),
    ),
    "something that FastAPI can front": Situation(
        _one("service: other, can_front: openapi, service_auth: api-key"),
        {"path": "C", "target_type": "open-api-schema", "steered": False},
        ("/openapi.json",),
    ),
    "insisting on a direct call without a reason": Situation(
        _one(f"{MCP}, service_auth: none, prefer: direct"),
        {"path": "A", "steered": True},
        ("none of its good reasons is given",),
    ),
    "a WebSocket": Situation(
        _one("service: other, direct_reason: streaming, endpoint: 'https://feed.example.com', service_auth: api-key"),
        {"path": "D", "outbound_auth": "api-key", "mechanism": "agent-code", "steered": False},
        ("private helper",),
    ),
    "a blocker in words": Situation(
        _one(f"{MCP}, service_auth: none, direct_reason: blocker, blocker: the server wants mutual TLS"),
        {"path": "D", "mechanism": "agent-code", "steered": False},
    ),
    "a blocker without words": Situation(
        _one(f"{MCP}, service_auth: none, direct_reason: blocker"), {"path": "A", "steered": True}, ("said in words",)
    ),
    "an app calls the agent": Situation(
        _one(f"direction: app-calls-agent, endpoint: '{RUNTIME}'"),
        {"path": "redirect", "redirect": "invoke-agent-runtime", "target_type": None},
        ("Missing Authentication Token",),
    ),
    "an app calls the agent, and policy is wanted in front": Situation(
        _one(f"direction: app-calls-agent, front: gateway, endpoint: '{RUNTIME}', service_auth: iam"),
        {
            "path": "redirect",
            "redirect": "gateway-fronts-runtime",
            "target_type": "http-runtime",
            "mechanism": "cli+sdk",
        },
    ),
    "an agent calls an agent": Situation(
        _one(f"direction: agent-calls-agent, endpoint: '{RUNTIME}', service_auth: oauth-client-credentials, {OAUTH}"),
        {"path": "redirect", "redirect": "a2a", "target_type": None, "mechanism": "agent-code"},
        ("either SigV4 or JWT",),
    ),
    "an agent calls an agent, and policy is wanted between": Situation(
        _one(
            "direction: agent-calls-agent, front: gateway, endpoint: 'https://agent.example.com', service_auth: iam, sigv4: {service: execute-api}"
        ),
        {"path": "redirect", "redirect": "a2a", "target_type": "passthrough", "mechanism": "cli"},
    ),
    "an IDE is to use the gateway": Situation(
        _one("direction: client-calls-gateway"),
        {"path": "redirect", "redirect": "mcp-client", "target_type": None},
        ("mcp-proxy-for-aws", "InvokeGateway"),
    ),
    "a service in a VPC": Situation(
        _one(f"{MCP}, service_auth: none, network: vpc"), {"path": "A", "mechanism": "cli+sdk"}, ("privateEndpoint",)
    ),
    "headers that must get through": Situation(
        _one(f"{MCP}, service_auth: none, forward_headers: [X-Tenant]"),
        {"path": "A", "mechanism": "cli+sdk"},
        ("allowedRequestHeaders", "X-Tenant"),
    ),
    "a gateway made elsewhere": Situation(
        _one(f"{MCP}, service_auth: none", "gateway: {exists: true, id: other-gw-abcdefghij, region: us-east-1}"),
        {"path": "A", "mechanism": "cli+sdk"},
        ("import gateway",),
    ),
    "more than twenty tools": Situation(
        _one(f"{MCP}, service_auth: none, tool_count: 21"),
        {"path": "A"},
        ("x_amz_bedrock_agentcore_search", '"recommended": true'),
    ),
    "exactly twenty tools": Situation(
        _one(f"{MCP}, service_auth: none, tool_count: 20"), {"path": "A"}, ('"recommended": false',)
    ),
    "a tool name that is too long": Situation(
        _one(
            f"service: lambda, lambda_arn: '{LAMBDA}', tools: [{{name: {'a' * 60}, description: x, inputSchema: {{type: object}}}}]"
        ),
        {"path": "B"},
        ("64 characters", "Shorten the target name"),
    ),
    "a scope that is too long": Situation(
        _one(
            f"{API}, service_auth: oauth-client-credentials, oauth: {{discovery_url: {DISCOVERY}, client_id: a, scopes: ['https://x.example.com/{'s' * 60}']}}"
        ),
        {"path": "C"},
        ("64 characters at most",),
        WITH_SPEC,
    ),
    "a function in another Region": Situation(
        _one(f"service: lambda, lambda_arn: '{LAMBDA}', tools: {TOOLS}", "gateway: {region: eu-west-1}"),
        {"path": "B"},
        ("same Region",),
    ),
    "Cognito with an audience": Situation(
        _one(
            f"{MCP}, service_auth: none",
            "gateway: {inbound_auth: custom-jwt, allowed_audience: [x], discovery_url: "
            "'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc/.well-known/openid-configuration'}",
        ),
        {"path": "A"},
        ("carry client_id and no aud",),
    ),
    "a service that only speaks WebSocket": Situation(
        _one(
            "service: other, direct_reason: streaming, endpoint: 'wss://stream.example.com/v1', service_auth: api-key"
        ),
        {"path": "D", "outbound_auth": "api-key", "mechanism": "agent-code"},
        ("wss://stream.example.com/v1 is not called over HTTP", "enableResponseStreaming"),
    ),
    "a database behind a function": Situation(
        _one(
            "service: other, can_front: lambda, endpoint: 'postgresql://db.internal.example.com:5432/app', network: vpc"
        ),
        {"path": "B", "outbound_auth": "iam", "mechanism": "cli"},
        ("A function inside a VPC needs nothing extra",),
    ),
    "an API Gateway stage, by its URL": Situation(
        _one(
            "service: api-gateway, endpoint: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod', service_auth: iam"
        ),
        {"path": "C", "target_type": "api-gateway", "outbound_auth": "iam", "mechanism": "cli"},
        ("--rest-api-id a1b2c3d4e5", "--stage prod", "{proxy+}", "Cognito or Lambda authorizer"),
    ),
    "an API's id as documents shorten it": Situation(
        _one("service: api-gateway, rest_api_id: abc123, stage: prod, service_auth: iam"),
        {"path": "C", "target_type": "api-gateway", "mechanism": "cli"},
    ),
    "a private API": Situation(
        _one("service: api-gateway, rest_api_id: a1b2c3d4e5, stage: prod, network: vpc, service_auth: iam"),
        {"path": "C", "target_type": "open-api-schema", "mechanism": "cli+sdk"},
        ("privateEndpoint.managedVpcResource.routingDomain", "certificateConfigurations"),
    ),
    "an identity provider with authorization server metadata only": Situation(
        _one(
            f"{MCP}, service_auth: oauth-client-credentials, "
            "oauth: {discovery_url: 'https://idp.example.com/.well-known/oauth-authorization-server', client_id: a}"
        ),
        {"path": "A", "grant": "client-credentials", "mechanism": "cli"},
        ("Error parsing ClientCredentials response",),
    ),
    "MCP server on Runtime with a JWT authorizer": Situation(
        _one(f"service: mcp-server, endpoint: '{RUNTIME}', service_auth: oauth-client-credentials, {OAUTH}"),
        {"path": "A", "grant": "client-credentials", "mechanism": "cli"},
        ("allowedClients (Cognito) or allowedAudience", "it is tools/call that shows"),
    ),
    "MCP server on Runtime with IAM, set up by other tools": Situation(
        _one(f"service: mcp-server, endpoint: '{RUNTIME}', service_auth: iam"),
        {"path": "A", "outbound_auth": "iam", "mechanism": "cli+sdk"},
        ("IamCredentialProvider is required", "CREATING status", "AWS::BedrockAgentCore::GatewayTarget"),
    ),
    "an MCP server of the older transport": Situation(
        _one("service: mcp-server, endpoint: 'https://mcp.example.com/sse', service_auth: none"),
        {"path": "A"},
        ("older HTTP+SSE transport",),
    ),
    "a function that wants the caller's identity": Situation(
        _one(f"service: lambda, lambda_arn: '{LAMBDA}', tools: {TOOLS}, service_auth: caller-iam"),
        {"path": "B", "outbound_auth": "iam", "mechanism": "cli"},
        ("CALLER_IAM_CREDENTIALS and JWT_PASSTHROUGH are for HTTP targets only", "unknown tool"),
    ),
    "a knowledge base with a vector store of one's own": Situation(
        _one("service: knowledge-base, knowledge_base_id: AB12CD34EF"),
        {"path": "C", "target_type": "connector", "outbound_auth": "iam", "mechanism": "cli"},
        ("managed knowledge bases (type MANAGED) only", "AgenticRetrieveStream"),
    ),
    "a key in agent code under another server": Situation(
        _one("service: other, direct_reason: vendor-sdk, service_auth: api-key"),
        {"path": "D", "outbound_auth": "api-key", "mechanism": "agent-code"},
        ("BedrockAgentCoreApp", "copy_context", "GetResourceApiKey", ".agentcore.json"),
    ),
    "an app that names the user and passes headers on": Situation(
        _one(f"direction: app-calls-agent, endpoint: '{RUNTIME}', user_identity: true, forward_headers: [X-Tenant-Id]"),
        {"path": "redirect", "redirect": "invoke-agent-runtime"},
        (
            "requestHeaderAllowlist names (here X-Tenant-Id)",
            "InvokeAgentRuntimeForUser",
            "/ws, with SigV4",
            "30 seconds",
        ),
    ),
    "the caller's token passed to an agent behind the gateway": Situation(
        _one(f"direction: app-calls-agent, front: gateway, endpoint: '{RUNTIME}', service_auth: jwt-passthrough", JWT),
        {"path": "redirect", "redirect": "gateway-fronts-runtime", "outbound_auth": "jwt-passthrough"},
        ("names Authorization; else it is checked and stripped", "not supported for gateways with MCP protocol type"),
    ),
    "an MCP client at a gateway that is open": Situation(
        _one("direction: client-calls-gateway, client: claude-desktop", "gateway: {inbound_auth: none}"),
        {"path": "redirect", "redirect": "mcp-client"},
        ("Authorizer type cannot be updated", "amazonaws.com/mcp", "claude_desktop_config.json"),
    ),
    "a target for a gateway made elsewhere that is open": Situation(
        _one(f"{MCP}, service_auth: none", "gateway: {exists: true, id: tools-abcdefghij, inbound_auth: none}"),
        {"path": "A", "mechanism": "cli+sdk"},
        ("Authorizer type cannot be updated",),
    ),
    "a policy for callers with claims": Situation(
        _one(f"service: lambda, lambda_arn: '{LAMBDA}', tools: {TOOLS}", JWT)
        + "policy: {restrict: [{tools: [Orders___get_order], claim: role, values: [admin]}]}\n",
        {"path": "B"},
        (
            "principal is AgentCore::OAuthUser",
            "hasTag before",
            "none of the user's claims",
            "permit Orders___get_order",
        ),
    ),
    "a policy for callers with an AWS identity": Situation(
        _one(f"service: lambda, lambda_arn: '{LAMBDA}', tools: {TOOLS}") + "policy: {restrict: [Orders___get_order]}\n",
        {"path": "B"},
        ("principal is AgentCore::IamEntity", "permit Orders___get_order"),
    ),
    "MCP server on Runtime taken for an open one": Situation(
        _one(f"service: mcp-server, endpoint: '{RUNTIME}', service_auth: none"),
        {"path": "A", "outbound_auth": "iam", "mechanism": "cli+sdk", "steered": True},
        ("never open and takes no API key",),
    ),
    "an agent fronted by a gateway of the other kind": Situation(
        _one(
            f"direction: app-calls-agent, front: gateway, endpoint: '{RUNTIME}', service_auth: iam",
            "gateway: {name: g}",
        )
        + "project: .\n",
        {"path": "redirect", "redirect": "gateway-fronts-runtime", "target_type": "http-runtime"},
        ("Give another gateway.name", "InvokeAgentRuntime on the runtime and on its endpoint"),
        {
            "agentcore/agentcore.json": project(
                agentCoreGateways=[{"name": "g", "protocolType": "MCP", "authorizerType": "AWS_IAM", "targets": []}]
            )
        },
    ),
    "an app in a VPC": Situation(
        _one(f"direction: app-calls-agent, endpoint: '{RUNTIME}', network: vpc"),
        {"path": "redirect", "redirect": "invoke-agent-runtime"},
        ("Read timeout on endpoint URL", "com.amazonaws.REGION.bedrock-agentcore.gateway"),
    ),
    "MCP server on Runtime, by the ARN of one of its endpoints": Situation(
        _one(f"service: mcp-server, endpoint: '{RUNTIME}/runtime-endpoint/prod', service_auth: iam"),
        {"path": "A", "outbound_auth": "iam", "mechanism": "cli+sdk"},
        ("runtime%2Ftools_Server-abcdefghij/invocations?qualifier=prod",),
    ),
    "a header that no target passes on": Situation(
        _one(f"{MCP}, service_auth: none, forward_headers: [Authorization]"),
        {"path": "A", "outbound_auth": "none", "mechanism": "cli"},
        ("Authorization cannot be passed on, so the plan leaves it out",),
    ),
    "a header that is passed on beside one that is not": Situation(
        _one(f"{MCP}, service_auth: none, forward_headers: [X-Tenant-Id, x-amzn-trace]"),
        {"path": "A", "mechanism": "cli+sdk"},
        ("The headers X-Tenant-Id are passed on", "x-amzn-trace cannot be passed on"),
    ),
    "a private MCP server behind a load balancer, with IAM": Situation(
        _one(
            "service: mcp-server, endpoint: 'https://mcp.corp.example.com/mcp', host: alb, network: vpc, service_auth: iam"
        ),
        {"path": "A", "outbound_auth": "oauth", "grant": "client-credentials", "mechanism": "cli+sdk", "steered": True},
        ("does not verify SigV4", "com.amazonaws.REGION.bedrock-agentcore.gateway"),
    ),
    "MCP server that wants the caller's token, nothing else known": Situation(
        _one(f"{MCP}, service_auth: jwt-passthrough", JWT),
        {"path": "A", "grant": "token-exchange", "mechanism": "cli+sdk", "steered": True},
        ("HTTP targets only",),
    ),
    "MCP server that wants the caller's token, on a gateway that has none": Situation(
        _one(f"{MCP}, service_auth: jwt-passthrough", IAM),
        {"path": "D", "target_type": None, "grant": "token-exchange", "mechanism": "agent-code", "steered": True},
        ("never receives the user's token",),
    ),
}
