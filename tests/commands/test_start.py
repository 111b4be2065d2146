"""commands.sh looks at its tools and asks for its values before the first step changes anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from agentcore_connect.__main__ import main

ANSWERS = """\
version: 1
agent: {framework: strands}
gateway: {name: Tools, inbound_auth: aws-iam, region: us-east-1}
connections:
  - name: Api
    service: mcp-server
    endpoint: https://mcp.example.com/mcp
    service_auth: oauth-client-credentials
    oauth: {client_id: app, discovery_url: "https://idp.example.com/.well-known/openid-configuration", scopes: [read]}
"""
NEEDED = ("bash", "dirname", "basename", "cat", "tail", "tr", "grep", "mkdir", "env")


def tools(folder: Path, **stubs: str) -> str:
    """A PATH with what every system has, and these programs besides."""
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    for name, text in stubs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    assert main(["plan", str(tmp_path / "answers.yaml"), "--out", str(tmp_path / "connect")]) == 0
    return tmp_path / "connect"


def run(written: Path, path: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": path, "HOME": os.environ.get("HOME", "/"), **env}
    command = [shutil.which("bash") or "bash", str(written / "commands.sh"), *words]
    return subprocess.run(command, env=known, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("stubs", "says"),
    [
        ({}, "the agentcore CLI is not installed: npm install -g @aws/agentcore@0.30.0"),
        ({"agentcore": "echo 0.30.0"}, "Node.js is not on the PATH"),
        ({"agentcore": "exit 2", "node": "exit 0"}, "the older Python toolkit (bedrock-agentcore-starter-toolkit)"),
        ({"agentcore": "echo 1.0.2", "node": "exit 0"}, "the installed one is 1.0.2, whose commands differ"),
    ],
    ids=["no CLI", "no Node", "the toolkit", "1.x"],
)
def test_the_cli_that_is_there(written: Path, tmp_path: Path, stubs: dict[str, str], says: str) -> None:
    done = run(written, tools(tmp_path / "bin", **stubs))
    assert done.returncode == 1
    assert says in done.stderr
    assert ("toolkit" in done.stderr) == ("toolkit" in says)


@pytest.mark.parametrize(("made_for", "installed"), [("0.30.0", "1.0.2"), ("1.0.0", "0.30.0")])
def test_another_cli_is_told_with_both_ways_before_anything_is_done(
    tmp_path: Path, made_for: str, installed: str
) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    out, calls = tmp_path / "a plan", tmp_path / "calls"
    assert main(["plan", str(tmp_path / "answers.yaml"), "--cli-version", made_for, "--out", str(out)]) == 0
    path = tools(tmp_path / "bin", agentcore=f'echo "$@" >>{calls}; echo {installed}', node="exit 0")
    done = run(out, path)
    assert done.returncode == 1 and calls.read_text() == "--version\n"
    plan = str(out).replace(" ", "\\ ")
    assert f"npx --package @aws/agentcore@{made_for} -- bash {plan}/commands.sh" in done.stderr
    assert f"agentcore-connect plan {plan}/answers.yaml --cli-version {installed} --out {plan} --force" in done.stderr
    assert "migrate" not in done.stderr  # there is no project yet
    (tmp_path / "Demo" / "agentcore").mkdir(parents=True)
    (tmp_path / "Demo" / "agentcore" / "agentcore.json").write_text('{"name": "Demo", "version": 1}')
    there = run(out, path, CONNECT_PROJECT=str(tmp_path / "Demo"))
    assert ("agentcore migrate" in there.stderr) == (made_for == "0.30.0")
    assert ("no way back" in there.stderr) == (made_for == "1.0.0")


@pytest.mark.skipif(shutil.which("node") is None, reason="the script reads JSON with Node.js")
@pytest.mark.parametrize(
    ("found", "taken"), [('"version": 2', False), ('"version": 1', True), ('"name": "Demo"', True)]
)
def test_a_project_that_was_converted_since_is_not_touched(
    written: Path, tmp_path: Path, found: str, taken: bool
) -> None:
    (tmp_path / "Demo" / "agentcore").mkdir(parents=True)
    (tmp_path / "Demo" / "agentcore" / "agentcore.json").write_text("{" + found + "}")
    path = tools(tmp_path / "bin", agentcore="echo 0.30.0", node=f'exec {shutil.which("node")} "$@"')
    done = run(written, path, CONNECT_PROJECT=str(tmp_path / "Demo"))
    assert ("is of version 2, and this plan is for AgentCore CLI 0.30" in done.stderr) == (not taken)
    assert ("[1/" in done.stderr) == taken or "is missing" in done.stderr


def test_a_missing_secret_stops_before_the_first_step(written: Path, tmp_path: Path) -> None:
    path = tools(tmp_path / "bin", agentcore=f'echo 0.30.0; echo "$@" >>{tmp_path}/calls', node="exit 1")
    done = run(written, path)
    assert done.returncode == 1
    assert "AGENTCORE_CREDENTIAL_APICREDENTIAL_CLIENT_SECRET is missing" in done.stderr
    assert (tmp_path / "calls").read_text().split() == ["--version"]
    local = run(written, path, "--local")
    assert "is missing" not in local.stderr


def test_a_plan_by_boto3_asks_for_python_and_not_for_the_cli(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS)
    out = tmp_path / "connect"
    assert main(["plan", str(tmp_path / "answers.yaml"), "--via", "boto3", "--out", str(out)]) == 0
    path = tools(tmp_path / "bin", node="exit 0")
    assert "python3 is not on the PATH" in run(out, path).stderr
    (tmp_path / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "python3").chmod(0o755)
    assert "python3 has no boto3: python3 -m pip install boto3" in run(out, path).stderr
    (tmp_path / "bin" / "python3").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\n')
    done = run(out, path)
    assert "CLIENT_SECRET is missing" in done.stderr
    assert "AGENTCORE_GATEWAY_ROLE_ARN" not in done.stderr
    assert (tmp_path / "calls").read_text() == "-c import boto3\n"
