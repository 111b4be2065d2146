"""How many questions are left in five typical situations, before and after reading. The counts are part of the README's
claims, so a change of either number is a decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from tests.findings.planted import clean
from tests.specs.openapi_cases import CLEAN

SPEC = {
    **CLEAN,
    "security": [{"key": []}],
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}}},
}
COMMON = {
    "agent.framework": "strands",
    "agent.state": "existing",
    "gateway.name": "tools",
    "gateway.environment": "production",
    "gateway.inbound_auth": "aws-iam",
    "direction": "agent-calls-service",
    "direct_reason": "none",
    "can_front": "none",
    "network": "public",
    "user_identity": "false",
    "own_agent": "false",
    "prefer": "gateway",
    "project": "",
    "name": "Orders",
    "policy.mode": "log-only",
    "gateway.region": "us-east-1",
}
SITUATIONS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "an API with a key": (
        {"service": "openapi", "schema": "s3://bucket/api.json", "endpoint": "https://pets.example.com", "host": "external", "service_auth": "api-key", "api_key.parameter": "x-api-key", "credential.name": "PetsKey", "credential.exists": "false"},
        {"schema": "api.json"},
    ),
    "an MCP server with OAuth": (
        {"service": "mcp-server", "endpoint": "https://mcp.example.com/mcp", "host": "external", "service_auth": "oauth-client-credentials", "credential.name": "WeatherOAuth", "credential.exists": "false", "oauth.discovery_url": "https://idp.example.com/.well-known/openid-configuration", "oauth.client_id": "abc"},
        {},
    ),
    "an MCP server on AgentCore Runtime": (
        {"service": "mcp-server", "endpoint": "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/Travel_Hotels-abcdefghij", "host": "agentcore-runtime", "service_auth": "iam"},
        {},
    ),
    "a Lambda function": (
        {"service": "lambda", "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:forecast", "tools": "tools.json", "service_auth": "iam"},
        {},
    ),
    "a REST API on API Gateway": (
        {"service": "api-gateway", "rest_api_id": "abc123defg", "stage": "prod", "service_auth": "iam", "endpoint": "https://abc123defg.execute-api.us-east-1.amazonaws.com/prod", "host": "api-gateway"},
        {},
    ),
}  # fmt: skip


def interview(capsys: pytest.CaptureFixture[str], folder: Path, answers: dict[str, str], *words: str) -> list[str]:
    """The ids of the questions asked until there are none left; whoever has a document names it at once."""
    asked: list[str] = []
    file = folder / "answers.yaml"
    extra = ["--answer", f"schema={answers['schema']}"] if "schema" in answers else []
    while True:
        main(["next", "-a", str(file), *words, *extra])
        step: dict[str, Any] = json.loads(capsys.readouterr().out)
        if step["status"] == "done":
            return asked
        assert step["status"] == "question", step
        key = step["id"]
        assert key in answers, f"{key}: {step['text']} (asked so far: {asked})"
        asked.append(key)
        assert len(asked) < 40
        extra = ["--answer", f"{step['key']}={answers[key]}"]


EXPECTED = {
    "an API with a key": (6, 2),
    "an MCP server with OAuth": (8, 6),
    "an MCP server on AgentCore Runtime": (7, 5),
    "a Lambda function": (6, 4),
    "a REST API on API Gateway": (7, 5),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_questions_left(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known, read = SITUATIONS[name]
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
    tools = clean().others["tools.json"]
    (tmp_path / "before" / "tools.json").write_text(tools)
    before = interview(capsys, tmp_path / "before", {**COMMON, **known})
    root = clean().write(tmp_path / "after")
    (root / "api.json").write_text(json.dumps(SPEC))
    after = interview(capsys, root, {**COMMON, **known, **read}, "--project", str(root))
    most_before, most_after = EXPECTED[name]
    assert len(before) == most_before
    assert len(after) <= most_after
    assert set(after) < set(before)
