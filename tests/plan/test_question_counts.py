"""How many questions the commonest situations take: what a host, an ARN or a document tells is not asked."""

from __future__ import annotations

from typing import Any

import pytest

from agentcore_connect import interview
from agentcore_connect.answers import store
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.questions import kinds
from agentcore_connect.text.document import Document

IDP = "https://idp.example.com/.well-known/openid-configuration"
JWT = {"gateway.inbound_auth": "custom-jwt", "gateway.discovery_url": IDP, "gateway.allowed_clients": ["app"]}
THREE_LO = {"oauth.client_id": "client", "oauth.return_url": "https://app.example.com/done", **JWT}
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:orders"
RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/tools-AbCdEfGhIj"
TOOL = {"name": "t", "description": "Does it.", "inputSchema": {"type": "object", "properties": {}}}

#: By situation: the kind, what is answered where it is asked, and the most questions that it may take.
SITUATIONS: dict[str, tuple[str, dict[str, Any], int]] = {
    "open MCP server": ("mcp", {"endpoint": "https://mcp.example.com/mcp", "service_auth": "none"}, 4),
    "MCP server with a fixed token": (
        "mcp",
        {"endpoint": "https://mcp.example.com/mcp", "service_auth": "api-key", "api_key.parameter": "Authorization"},
        5,
    ),
    "MCP server with an application's token": (
        "mcp",
        {
            "endpoint": "https://mcp.example.com/mcp",
            "service_auth": "oauth-client-credentials",
            "oauth.discovery_url": IDP,
            "oauth.client_id": "client",
        },
        6,
    ),
    "MCP server on Runtime": ("mcp", {"endpoint": RUNTIME, "service_auth": "iam"}, 5),
    "GitHub's MCP server with a token": (
        "mcp",
        {"endpoint": "https://api.githubcopilot.com/mcp/", "service_auth": "api-key"},
        5,
    ),
    "Notion's MCP server for each user": (
        "mcp",
        {
            "endpoint": "https://mcp.notion.com/mcp",
            "service_auth": "oauth-authorization-code",
            "oauth.discovery_url": "https://mcp.notion.com/.well-known/oauth-authorization-server",
            **THREE_LO,
        },
        9,
    ),
    "Lambda function": ("lambda", {"lambda_arn": LAMBDA, "tools": [TOOL]}, 4),
    "OpenAPI document in S3 with a key": ("openapi", {"schema": "s3://bucket/api.json", "service_auth": "api-key"}, 5),
    "Salesforce for each user": (
        "openapi",
        {
            "schema": "s3://bucket/salesforce.json",
            "service_auth": "oauth-authorization-code",
            "oauth.discovery_url": "https://acme.my.salesforce.com/.well-known/openid-configuration",
            **THREE_LO,
        },
        9,
    ),
    "API Gateway with its role": ("api-gateway", {"rest_api_id": "abc123", "stage": "prod", "service_auth": "iam"}, 5),
}


def asked(kind: str, answers: dict[str, Any]) -> list[str]:
    """The keys that the interview asks for; what has no answer here takes its default, or any value."""
    data: dict[str, Any] = {"version": 1, "connections": [dict(kinds()[kind])]}
    found: list[str] = []
    while True:
        state = interview.state(gather(Document(data, {}, "answers")).case)
        if state.asked is None:
            return found
        own = state.asked.question.id
        assert own not in found
        found.append(own)
        value = answers.get(own, state.asked.default)
        data = store.put(data, state.asked.key, "x" if value is None else value)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_common_situation_takes_no_more_questions(situation: str) -> None:
    kind, answers, most = SITUATIONS[situation]
    keys = asked(kind, answers)
    assert len(keys) <= most, keys
    assert set(answers) & set(keys), "the answers have nothing to do with what is asked"
