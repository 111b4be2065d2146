"""Ways through the interview: for each, the answers by the key they are asked under, and what the plan comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/mytools-abcdefghij"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:orders"
DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
TOOLS = '[{"name": "get_order", "description": "Finds an order.", "inputSchema": {"type": "object"}}]\n'
OPENAPI = """\
{"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "servers": [{"url": "https://pets.example.com"}],
 "paths": {"/pets": {"get": {"operationId": "listPets", "description": "Lists pets.",
 "responses": {"200": {"description": "The pets."}}}}}}
"""


@dataclass(frozen=True)
class Route:
    """Answers by key without the connection's place, and the path and redirect of the plan."""

    answers: dict[str, Any]
    path: str
    redirect: str | None = None
    kind: str | None = None
    files: dict[str, str] = field(default_factory=dict)

    def prepare(self, folder: Path) -> Path:
        """A folder with the files that the answers name."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def document(self) -> dict[str, Any]:
        """The answers as they stand in a file."""
        from agentcore_connect.answers import store

        data: dict[str, Any] = {"version": 1}
        for key, value in self.answers.items():
            data = store.put(
                data, key if "." in key and not key.startswith(("oauth", "api_key")) else f"connections.0.{key}", value
            )
        return data


_SERVICE = {"direction": "agent-calls-service"}
_LAST = {"gateway.inbound_auth": "aws-iam", "agent.framework": "strands"}

ROUTES = {
    "A": Route(
        {
            **_SERVICE,
            "service": "mcp-server",
            "endpoint": "https://mcp.example.com/mcp",
            "service_auth": "none",
            **_LAST,
        },
        "A",
    ),
    "A-oauth": Route(
        {
            **_SERVICE,
            "service": "mcp-server",
            "endpoint": "https://mcp.example.com/mcp",
            "service_auth": "oauth-client-credentials",
            "oauth.discovery_url": DISCOVERY,
            "oauth.client_id": "my-client",
            "gateway.inbound_auth": "custom-jwt",
            "gateway.discovery_url": DISCOVERY,
            "gateway.allowed_clients": ["web", "mobile"],
            "agent.framework": "langgraph",
        },
        "A",
    ),
    "A-runtime": Route(
        {**_SERVICE, "service": "mcp-server", "endpoint": RUNTIME, "own_agent": False, "service_auth": "iam", **_LAST},
        "A",
    ),
    "B": Route(
        {**_SERVICE, "service": "lambda", "lambda_arn": FUNCTION, "tools": "tools.json", **_LAST},
        "B",
        files={"tools.json": TOOLS},
    ),
    "C-openapi": Route(
        {
            **_SERVICE,
            "service": "openapi",
            "service_auth": "api-key",
            "api_key.parameter": "x-api-key",
            "schema": "pets.json",
            **_LAST,
        },
        "C",
        files={"pets.json": OPENAPI},
    ),
    "C-api-gateway": Route(
        {
            **_SERVICE,
            "service": "api-gateway",
            "service_auth": "iam",
            "rest_api_id": "abc123defg",
            "stage": "prod",
            **_LAST,
        },
        "C",
    ),
    "D": Route(
        {
            **_SERVICE,
            "service": "other",
            "direct_reason": "streaming",
            "endpoint": "https://stream.example.com/v1",
            "service_auth": "api-key",
            "api_key.parameter": "x-api-key",
            "agent.framework": "strands",
        },
        "D",
    ),
    "invoke": Route({"direction": "app-calls-agent", "front": "none"}, "redirect", "invoke-agent-runtime"),
    "inverted": Route(
        {**_SERVICE, "service": "mcp-server", "endpoint": RUNTIME, "own_agent": True},
        "redirect",
        "invoke-agent-runtime",
    ),
    "a2a": Route(
        {
            "direction": "agent-calls-agent",
            "front": "none",
            "endpoint": "https://agent.example.com/a2a",
            "service_auth": "none",
        },
        "redirect",
        "a2a",
    ),
    "client": Route(
        {"direction": "client-calls-gateway", "client": "vscode", "gateway.inbound_auth": "aws-iam"},
        "redirect",
        "mcp-client",
    ),
}
