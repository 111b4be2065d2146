"""Twelve mistakes in one small project: each is found, at its line, and none hides another."""

from __future__ import annotations

import json
from pathlib import Path

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import read_project

CODE = '''\
import os

import requests
from bedrock_agentcore.identity.auth import requires_access_token, requires_api_key
from bedrock_agentcore_starter_toolkit.operations.gateway import GatewayClient
from mcp.client.streamable_http import streamablehttp_client
from strands import Agent, tool
from strands.tools.mcp import MCPClient

DB_PASSWORD = "Sup3r-@@-99"
SECRET_NAME = "shop/crm/m2m-credentials"


@tool
@requires_api_key(provider_name="crm")
def look_up(customer_id: str, api_key: str) -> str:
    """Look a customer up."""
    return requests.get("https://crm.example.com/c", headers={"X-Api-Key": api_key}).text


@requires_access_token(provider_name="x", scopes=[], auth_flow="AUTHORIZATION_CODE")
def of_user(access_token: str): ...


@requires_api_key("crm")
def key(api_key: str): ...


GatewayClient(region_name="us-east-1").setup_gateway()
gateway = MCPClient(
    lambda: streamablehttp_client(
        os.environ.get("SHOP_GATEWAY_URL"),
        headers={"Authorization": "Bearer " + os.environ["TOKEN"]},
    )
)
with gateway:
    Agent(tools=gateway.list_tools_sync())("hi")
'''.replace("@@", "Secret")
HANDLER = '''\
def lambda_handler(event, context):
    """A target of an AgentCore gateway."""
    return {"find": 1}[event["tool_name"]]
'''
TOOLS_URL = "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/Shop_tools-abcdefghij/invocations?accountId=1"
CONFIG = {
    "name": "Shop",
    "version": 1,
    "runtimes": [
        {"name": "agent", "entrypoint": "main.py", "codeLocation": "app/", "protocol": "HTTP"},
        {"name": "tools", "entrypoint": "main.py", "codeLocation": "tools/", "protocol": "MCP"},
    ],
    "agentCoreGateways": [
        {
            "name": "g",
            "authorizerType": "AWS_IAM",
            "targets": [{"name": "T", "targetType": "mcpServer", "endpoint": TOOLS_URL}],
        }
    ],
    "unassignedTargets": [{"name": "Lost", "targetType": "mcpServer", "endpoint": "https://mcp.example.com/mcp"}],
}


def test_every_mistake_is_found(tmp_path: Path) -> None:
    files = {
        "agentcore/agentcore.json": json.dumps(CONFIG, indent=1),
        "app/main.py": CODE,
        "app/requirements.txt": "mcp>=1.19\nstrands-agents\nbedrock-agentcore\n",
        "functions/find.py": HANDLER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = read_project(tmp_path)
    assert project is not None
    lines = {name: text.splitlines() for name, text in files.items()}
    told = []
    for one in inspect_project(project):
        name, _, line = one.where.rpartition(":")
        told.append((one.id, one.severity, lines[name][int(line) - 1].strip()))
    assert told == [
        ("mcp-target-no-auth", "error", f'"endpoint": "{TOOLS_URL}"'),
        ("identity-decorator-on-tool", "error", '@requires_api_key(provider_name="crm")'),
        (
            "identity-auth-flow",
            "error",
            '@requires_access_token(provider_name="x", scopes=[], auth_flow="AUTHORIZATION_CODE")',
        ),
        ("identity-decorator-arguments", "error", '@requires_api_key("crm")'),
        ("toolkit-call-gone", "error", 'GatewayClient(region_name="us-east-1").setup_gateway()'),
        ("target-unassigned", "warning", "{"),
        ("secret-in-code", "warning", f'DB_PASSWORD = "Sup3r-{"Secret"}-99"'),
        ("client-import-gone", "warning", "from mcp.client.streamable_http import streamablehttp_client"),
        ("tools-one-page", "warning", 'Agent(tools=gateway.list_tools_sync())("hi")'),
        ("gateway-client-at-import", "warning", "with gateway:"),
        ("token-fetched-once", "warning", 'headers={"Authorization": "Bearer " + os.environ["TOKEN"]},'),
        ("lambda-name-from-event", "warning", 'return {"find": 1}[event["tool_name"]]'),
    ]
