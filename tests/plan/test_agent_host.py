"""Where the agent runs: who sets its variables, which role calls the gateway, who says for which user it acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan

SERVER = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none"
DIRECT = "service: other, endpoint: 'https://x.example.com', direct_reason: vendor-sdk"
CONSENT = (
    f"{DIRECT}, service_auth: oauth-authorization-code, oauth: {{vendor: GithubOauth2, client_id: x, scopes: [a], "
    "return_url: 'https://a.example.com/done'}"
)
OFF = [one for one in questions()["agent.host"].values if one != "runtime"]


def planned(folder: Path, host: str, connection: str, inbound: str = "aws-iam", **options: Any) -> Plan:
    path = folder / "answers.yaml"
    jwt = ", discovery_url: 'https://idp.example.com/.well-known/openid-configuration', allowed_clients: [c]"
    gateway = f"gateway: {{inbound_auth: {inbound}{jwt if inbound == 'custom-jwt' else ''}}}"
    agent = f"agent: {{framework: mcp, host: {host}}}"
    path.write_text(f"version: 1\n{agent}\n{gateway}\nconnections:\n  - {{name: T, {connection}}}\n", encoding="utf-8")
    return build(gather(load.load(path), **options))


def said(plan: Plan) -> str:
    own = [one for c in plan.connections for one in [*c["warnings"], *c["notes"]]]
    return " ".join(one["text"] for one in [*plan.warnings, *plan.notes, *own])


@pytest.mark.parametrize("via", ["cli", "boto3"])
@pytest.mark.parametrize("host", OFF)
def test_outside_runtime_the_url_is_set_by_hand(tmp_path: Path, host: str, via: str) -> None:
    text = said(planned(tmp_path, host, SERVER, via=via))
    assert "No deploy reaches the agent where it runs. Set AGENTCORE_GATEWAY_AGENTGATEWAY_URL" in text
    assert "needs bedrock-agentcore:InvokeGateway on the gateway." in text
    assert "on Runtime with environmentVariables" not in text
    assert "on Runtime by the deploy" not in text


@pytest.mark.parametrize("host", OFF)
def test_outside_runtime_a_jwt_gateway_needs_a_token_from_the_agent(tmp_path: Path, host: str) -> None:
    assert "The agent needs a bearer token" in said(planned(tmp_path, host, SERVER, "custom-jwt", via="boto3"))


@pytest.mark.parametrize("host", OFF)
def test_outside_runtime_the_agent_names_the_user(tmp_path: Path, host: str) -> None:
    text = said(planned(tmp_path, host, CONSENT))
    assert "GetWorkloadAccessTokenForUserId" in text
    assert "CompleteResourceTokenAuth" in text
    assert "a JWT authorizer on the runtime" not in text
    assert "BedrockAgentCoreApp" not in text


def test_on_runtime_nothing_is_different(tmp_path: Path) -> None:
    text = said(planned(tmp_path, "runtime", CONSENT))
    assert "a JWT authorizer on the runtime" in text
    assert "No workload access token reaches" not in text
    assert "No deploy reaches" not in said(planned(tmp_path, "runtime", SERVER))
