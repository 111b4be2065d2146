"""Where a secret goes: from the person to the credential provider, past command lines, files and the screen.

A real `agentcore deploy` runs against a stand-in for AWS on 127.0.0.1, as far as the credential providers; what comes
after them (CloudFormation) is out of reach here, so the deploy itself ends with an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.commands import command_cases as cases
from tests.realcli.control_plane import ACCOUNT, ControlPlane
from tests.realcli.real_project import Project

SECRETS = {
    "AGENTCORE_CREDENTIAL_KEY": "planted-api-key-1f2e",
    "AGENTCORE_CREDENTIAL_CLIENT_CLIENT_SECRET": "planted-secret-3d4c",
    "AGENTCORE_CREDENTIAL_TOOL_GATEWAY_OAUTH_CLIENT_SECRET": "planted-secret-5b6a",
}


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    made = ControlPlane()
    yield made
    made.close()


@pytest.fixture
def env(plane: ControlPlane, tmp_path: Path, cli_env: dict[str, str]) -> dict[str, str]:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("npm", "npx", "cdk"):  # the CDK project is not built here
        (tools / name).write_text("#!/bin/sh\nexit 0\n")
        (tools / name).chmod(0o755)
    return {
        "PATH": f"{cli_env['PATH'].split(':', 1)[0]}:{tools}:{cli_env['PATH']}",
        "AWS_ENDPOINT_URL": plane.url,
        "AWS_ACCESS_KEY_ID": "stand-in",
        "AWS_SECRET_ACCESS_KEY": "stand-in",
        "AWS_REGION": "us-east-1",
        "NODE_NO_WARNINGS": "1",
    }


def secret_plan(project: Project) -> Path:
    targets = [c for c in cases.mcp_targets() if c["name"] in ("mcp-oauth", "api-key")]
    return cases.write(project.root / "connect", cases.context(targets, "custom-jwt"))


def files_with(folder: Path, *texts: str) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and any(text.encode() in path.read_bytes() for text in texts)
    ]


def test_secrets_reach_the_providers_and_nothing_else(
    project: Project, plane: ControlPlane, env: dict[str, str]
) -> None:
    """From the environment of the script, on every way that a bystander could look at."""
    script = secret_plan(project)
    ran = project.run("bash", "-x", script, **env, **SECRETS)
    assert plane.sent("CreateApiKeyCredentialProvider") == [
        {"name": "Key", "apiKey": SECRETS["AGENTCORE_CREDENTIAL_KEY"]}
    ]
    made = {body["name"]: body for body in plane.sent("CreateOauth2CredentialProvider")}
    for name, variable in (("Client", "CLIENT"), ("tool-gateway-oauth", "TOOL_GATEWAY_OAUTH")):
        config = made[name]["oauth2ProviderConfigInput"]["customOauth2ProviderConfig"]
        assert config["clientSecret"] == SECRETS[f"AGENTCORE_CREDENTIAL_{variable}_CLIENT_SECRET"]
    assert made["Client"]["oauth2ProviderConfigInput"]["customOauth2ProviderConfig"]["clientId"] == "client-1"
    assert (
        made["tool-gateway-oauth"]["oauth2ProviderConfigInput"]["customOauth2ProviderConfig"]["clientId"] == "agent-1"
    )
    assert json.loads((project.root / "agentcore" / "aws-targets.json").read_text()) == [
        {"name": "default", "account": ACCOUNT, "region": "us-east-1"}
    ]
    argv = [word for words, _ in ran.commands for word in words]
    assert "deploy" in argv
    assert not set(SECRETS.values()) & set(argv)
    assert not any(secret in ran.stdout + ran.stderr for secret in SECRETS.values())
    assert files_with(project.root.parent, *SECRETS.values()) == []
    assert files_with(Path(project.env["HOME"]), *SECRETS.values()) == []
    assert (project.root / "agentcore" / ".env.local").read_text() == ""


def test_secrets_are_asked_for_without_echo(project: Project, plane: ControlPlane, env: dict[str, str]) -> None:
    script = secret_plan(project)
    terminal = pexpect.spawn(
        "bash",
        [str(script), "--from", "validate"],
        env=project.env | env | {"TERM": "dumb"},
        cwd=str(project.root),
        timeout=120,
        encoding="utf-8",
    )
    project_ready(project)
    asked = []
    while terminal.expect([r"\((AGENTCORE_CREDENTIAL_\w+)\), not shown: ", pexpect.EOF]) == 0:
        name = terminal.match.group(1)
        asked.append(name)
        terminal.sendline(SECRETS[name])
        terminal.expect(r"\r\n")
        assert not any(secret in (terminal.before or "") for secret in SECRETS.values())
    assert sorted(asked) == sorted(SECRETS)
    assert not any(secret in (terminal.before or "") for secret in SECRETS.values())
    assert plane.providers["Key"]["apiKey"] == SECRETS["AGENTCORE_CREDENTIAL_KEY"]
    terminal.close()


def project_ready(project: Project) -> None:
    """What the steps before `validate` leave."""
    targets = [c for c in cases.mcp_targets() if c["name"] in ("mcp-oauth", "api-key")]
    state = project.json
    for op in cases.plan(cases.context(targets, "custom-jwt")):
        for promised in op.promise:
            if promised.at[0] == "credentials":
                state["credentials"].append(promised.value)
    state["agentCoreGateways"] = [
        {"name": "tool-gateway", "protocolType": "MCP", "authorizerType": "NONE", "targets": []}
    ]
    project.json = state


def test_a_deploy_is_given_all_values_or_none(project: Project, plane: ControlPlane, env: dict[str, str]) -> None:
    """With some values only, the CLI drops the providers of the others from its state: so the rest is asked for too."""
    state = project.json
    state["credentials"] = [{"authorizerType": "ApiKeyCredentialProvider", "name": "Old"}]
    project.json = state
    targets = [c for c in cases.mcp_targets() if c["name"] == "api-key"]
    script = cases.write(project.root / "connect", cases.context(targets))
    missing = project.run("bash", script, **env, AGENTCORE_CREDENTIAL_KEY="planted-api-key-1f2e")
    assert missing.returncode == 1
    assert "AGENTCORE_CREDENTIAL_OLD is missing" in missing.stderr
    assert plane.providers == {}
    project.run("bash", script, **env, AGENTCORE_CREDENTIAL_KEY="planted-api-key-1f2e", AGENTCORE_CREDENTIAL_OLD="o")
    assert sorted(plane.providers) == ["Key", "Old"]


def test_the_cli_forgets_providers_whose_values_it_is_not_given(project: Project, env: dict[str, str]) -> None:
    """Why all values are asked for: this is the CLI by itself."""
    state = project.json
    state["credentials"] = [{"authorizerType": "ApiKeyCredentialProvider", "name": name} for name in ("One", "Two")]
    state["agentCoreGateways"] = [{"name": "g", "protocolType": "MCP", "authorizerType": "NONE", "targets": []}]
    project.json = state
    deploy = ("agentcore", "deploy", "--yes")
    one, two = {"AGENTCORE_CREDENTIAL_ONE": "1"}, {"AGENTCORE_CREDENTIAL_TWO": "2"}
    kept = []
    for given in (one | two, {}, one):
        project.run(*deploy, cwd=project.root, **env, **given)
        deployed = project.other("agentcore/.cli/deployed-state.json")
        kept.append(sorted(deployed["targets"]["default"]["resources"]["credentials"]))
    assert kept == [["One", "Two"], ["One", "Two"], ["One"]]


def test_nothing_is_asked_for_without_aws(project: Project) -> None:
    script = secret_plan(project)
    ran = project.run("bash", script, "--local")
    assert ran.returncode == 0, ran.said
    assert "AGENTCORE_CREDENTIAL" not in ran.stderr
