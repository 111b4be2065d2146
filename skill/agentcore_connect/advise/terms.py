"""Literal types for the values of answers and decisions; `tools/check_knowledge.py` compares them with the knowledge.

What only the knowledge tells apart (frameworks, vendors, MCP clients) is plain text: a new one needs no Python.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

# ---- answers: the choices of questions.yaml ------------------------------------------------------------------------

Direction: TypeAlias = Literal["agent-calls-service", "app-calls-agent", "agent-calls-agent", "client-calls-gateway"]
Service: TypeAlias = Literal[
    "mcp-server",
    "lambda",
    "openapi",
    "api-gateway",
    "smithy",
    "knowledge-base",
    "web-search",
    "aws-service",
    "agent",
    "other",
]
Front: TypeAlias = Literal["none", "gateway"]
DirectReason: TypeAlias = Literal["none", "streaming", "latency", "vendor-sdk", "a2a", "aws-sdk", "blocker"]
Prefer: TypeAlias = Literal["gateway", "direct"]
CanFront: TypeAlias = Literal["openapi", "lambda", "api-gateway", "none"]
Host: TypeAlias = Literal[
    "external", "agentcore-runtime", "agentcore-gateway", "api-gateway", "lambda-url", "alb", "ec2"
]
Duration: TypeAlias = Literal["short", "long", "async"]
Network: TypeAlias = Literal["public", "vpc"]
ListingMode: TypeAlias = Literal["default", "dynamic"]
ServiceAuth: TypeAlias = Literal[
    "none",
    "api-key",
    "oauth-client-credentials",
    "oauth-authorization-code",
    "oauth-token-exchange",
    "iam",
    "caller-iam",
    "jwt-passthrough",
]
ClientAuthMethod: TypeAlias = Literal["client-secret-basic", "client-secret-post"]
KeyLocation: TypeAlias = Literal["header", "query"]
AgentState: TypeAlias = Literal["existing", "new", "none"]
Language: TypeAlias = Literal["python", "typescript", "java", "other"]
AgentHost: TypeAlias = Literal["runtime", "lambda", "ecs", "eks", "ec2", "laptop", "other"]
Environment: TypeAlias = Literal["development", "production"]
InboundAuth: TypeAlias = Literal["aws-iam", "custom-jwt", "none"]
ExceptionLevel: TypeAlias = Literal["none", "debug"]
Trigger: TypeAlias = Literal["eventbridge", "lambda", "step-functions", "api-gateway", "slack", "browser", "other"]
WafFailureMode: TypeAlias = Literal["close", "open"]
INBOUND: tuple[InboundAuth, ...] = get_args(InboundAuth)

# ---- decisions: the results of decision-tree.yaml ------------------------------------------------------------------

Path: TypeAlias = Literal["A", "B", "C", "D", "redirect"]
TargetType: TypeAlias = Literal[
    "mcp-server",
    "lambda-function-arn",
    "open-api-schema",
    "api-gateway",
    "smithy-model",
    "connector",
    "http-runtime",
    "passthrough",
]
Redirect: TypeAlias = Literal["invoke-agent-runtime", "gateway-fronts-runtime", "a2a", "mcp-client", "stdio-server"]
LeadsTo: TypeAlias = Literal["gateway", "agent", "none"]
OutboundAuth: TypeAlias = Literal["none", "api-key", "oauth", "iam", "caller-iam", "jwt-passthrough"]
Grant: TypeAlias = Literal["client-credentials", "authorization-code", "token-exchange"]
Mechanism: TypeAlias = Literal["cli", "cli+sdk", "agent-code", "none"]
Connector: TypeAlias = Literal["web-search", "bedrock-knowledge-bases"]
Needs: TypeAlias = Literal["nothing", "sigv4-verifier", "user-token", "caller-signature", "bearer"]

#: What an AgentCore project's agent is: code on Runtime, or a harness, which is configuration only.
AgentKind: TypeAlias = Literal["runtime", "harness", "unknown"]
