"""What this tool writes for a project gives no finding when it is put into the project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import read_project
from tests.findings.planted import PYPROJECT, clean

FRAMEWORKS = [
    "strands",
    "langgraph",
    "openai-agents",
    "google-adk",
    "crewai",
    "autogen",
    "llamaindex",
    "pydantic-ai",
    "mcp",
]
JWT = {
    "name": "tools",
    "environment": "production",
    "inbound_auth": "custom-jwt",
    "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
    "allowed_clients": ["abc"],
}
CALL = {"direction": "agent-calls-service", "direct_reason": "none"}
CONNECTIONS = [
    {**CALL, "name": "Mail", "service": "mcp-server", "endpoint": "https://mail.example.com/mcp", "service_auth": "api-key", "credential": {"name": "MailKey", "exists": False}},
    {**CALL, "name": "Notes", "service": "mcp-server", "endpoint": "https://notes.example.com/mcp", "service_auth": "oauth-authorization-code", "credential": {"name": "Notes", "exists": False}, "oauth": {"discovery_url": "https://idp.example.com/.well-known/openid-configuration", "client_id": "abc", "scopes": ["read"], "return_url": "https://app.example.com/cb"}},
    {**CALL, "name": "Stream", "service": "other", "direct_reason": "streaming", "endpoint": "https://api.stream.example.com/v1", "service_auth": "api-key", "credential": {"name": "StreamKey", "exists": True}},
    {**CALL, "name": "Bucket", "service": "aws-service", "direct_reason": "aws-sdk", "endpoint": "https://s3.us-east-1.amazonaws.com", "service_auth": "iam"},
]  # fmt: skip


@pytest.mark.parametrize("inbound", ["aws-iam", "custom-jwt"])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_written_for_a_project(framework: str, inbound: str, tmp_path: Path) -> None:
    files = clean()
    if framework != "autogen":  # which cannot be imported with mcp 2, and that is a finding
        files.others[PYPROJECT] = files.others[PYPROJECT].replace("mcp ~= 1.24.0", "mcp >= 2.1")
    files.others = {name: text for name, text in files.others.items() if "mcp_client" not in name}
    root = files.write(tmp_path / "project")
    gateway = (
        JWT if inbound == "custom-jwt" else {"name": "tools", "environment": "production", "inbound_auth": "aws-iam"}
    )
    connections = [one for one in CONNECTIONS if inbound == "custom-jwt" or one["name"] != "Notes"]
    answers = {
        "version": 1,
        "agent": {"framework": framework, "state": "existing"},
        "gateway": gateway,
        "connections": connections,
    }
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    assert main(["plan", str(tmp_path / "answers.json"), "--out", str(tmp_path / "connect")]) == 0
    written = sorted(path for path in (tmp_path / "connect").iterdir() if path.suffix == ".py")
    assert {"gateway_client.py", "direct_stream.py"} <= {path.name for path in written}
    for path in written:
        shutil.copy(path, root / "app" / "Travel")
    project = read_project(root)
    assert project is not None
    assert [(one.id, one.where, one.message) for one in inspect_project(project)] == []
