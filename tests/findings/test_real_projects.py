"""Projects that the real CLI made are read whole, and nothing false is said about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.answers import answers_from_project
from agentcore_connect.project.model import Project
from agentcore_connect.project.reader import read_project
from tests.findings.real_projects import Agentcore, add_gateways, add_targets

pytestmark = pytest.mark.realcli

NO_SETUP = ("--skip-git", "--skip-python-setup", "--skip-install")
FRAMEWORKS = {
    "strands": ("Strands", "Bedrock"),
    "langgraph": ("LangChain_LangGraph", "Bedrock"),
    "openai-agents": ("OpenAIAgents", "OpenAI"),
    "google-adk": ("GoogleADK", "Gemini"),
}
TARGETS = {
    "Plain": ("mcp-server", "none"),
    "Weather": ("mcp-server", "oauth"),
    "Forecast": ("lambda-function-arn", "iam"),
    "Pets": ("open-api-schema", "api-key"),
    "Rest": ("api-gateway", "iam"),
    "Tables": ("smithy-model", "iam"),
    "Search": ("connector", "iam"),
    "Front": ("http-runtime", "iam"),
    "Through": ("passthrough", "jwt-passthrough"),
}


def _read(root: Path) -> Project:
    project = read_project(root / "app")
    assert project is not None
    assert project.notices == ()
    assert [(one.id, one.where, one.message) for one in inspect_project(project)] == []
    return project


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_framework(framework: str, agentcore: Agentcore, tmp_path: Path) -> None:
    name, provider = FRAMEWORKS[framework]
    agent = ("--framework", name, "--model-provider", provider)
    agentcore(tmp_path, "create", "--name", "Base", *agent, "--memory", "none", "--language", "Python", *NO_SETUP)
    fresh = _read(tmp_path / "Base")
    assert answers_from_project(fresh, {}) == {"agent.framework": framework, "agent.state": "existing"}
    add_gateways(agentcore, tmp_path / "Base", agent)
    project = _read(tmp_path / "Base")
    assert project.framework == framework
    assert [one.name for one in project.runtimes] == ["Base", "After"]
    assert {one.name: one.inbound_auth for one in project.gateways} == {"iam-gw": "aws-iam", "jwt-gw": "custom-jwt"}
    jwt = answers_from_project(project, {"gateway": {"name": "jwt-gw"}})
    assert jwt["gateway.inbound_auth"] == "custom-jwt"
    assert jwt["gateway.allowed_clients"] == ["abc"]
    if framework != "strands":
        return
    add_targets(agentcore, tmp_path / "Base")
    project = _read(tmp_path / "Base")
    found = {target.name: (target.type, target.outbound_auth) for one in project.gateways for target in one.targets}
    assert found == TARGETS
    assert {one.name: (one.kind, one.managed) for one in project.credentials} == {
        "jwt-gw-oauth": ("oauth", True),
        "PetsKey": ("api-key", False),
        "WeatherOAuth": ("oauth", False),
    }
    engines = [(one.name, [policy.name for policy in one.policies]) for one in project.policy_engines]
    assert engines == [("Guard", ["forecast"])]
    assert "AGENTCORE_CREDENTIAL_PETSKEY" in project.env_names
    assert "not-a-real-one" not in repr(project)


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "Base", "--defaults"),
        ("--name", "Base", "--no-agent"),
        ("--name", "Base", "--protocol", "MCP"),
        ("--name", "Base", "--framework", "VercelAI", "--model-provider", "Bedrock", "--memory", "none"),
    ],
    ids=["harness", "empty", "mcp", "typescript"],
)
def test_other_kinds_of_project(words: tuple[str, ...], agentcore: Agentcore, tmp_path: Path) -> None:
    language = ("--language", "TypeScript") if "VercelAI" in words else ()
    agentcore(tmp_path, "create", *words, *language, *NO_SETUP)
    project = _read(tmp_path / "Base")
    assert project.framework == ("vercel-ai" if language else None)


def test_an_open_gateway_is_found_in_a_real_project(agentcore: Agentcore, tmp_path: Path) -> None:
    agentcore(tmp_path, "create", "--name", "Base", "--no-agent", *NO_SETUP)
    agentcore(tmp_path / "Base", "add", "gateway", "--name", "open")
    project = read_project(tmp_path / "Base")
    assert project is not None
    assert [one.id for one in inspect_project(project)] == ["gateway-no-inbound-auth"]
