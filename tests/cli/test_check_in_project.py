"""A plan written inside the project that it is for, which has a credential already, passes its own check."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

import agentcore_connect
from agentcore_connect.__main__ import main
from tests.plan.cases import project
from tests.skill.conftest import environment_python

DOCUMENT = {
    "openapi": "3.0.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "paths": {"/a": {"get": {"operationId": "getA", "summary": "x", "responses": {"200": {"description": "ok"}}}}},
}


@pytest.mark.parametrize("ending", ["json", "yaml"])
@pytest.mark.parametrize("kind", ["ApiKeyCredentialProvider", "OAuthCredentialProvider"])
def test_it_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ending: str, kind: str
) -> None:
    (tmp_path / "agentcore").mkdir()
    old = {"authorizerType": kind, "name": "Old"}
    (tmp_path / "agentcore" / "agentcore.json").write_text(project(credentials=[old]), encoding="utf-8")
    text = json.dumps(DOCUMENT) if ending == "json" else yaml.safe_dump(DOCUMENT)
    (tmp_path / f"api.{ending}").write_text(text, encoding="utf-8")
    (tmp_path / "answers.yaml").write_text(
        "version: 1\nproject: .\nagent: {framework: mcp}\ngateway: {name: G2, inbound_auth: aws-iam}\nconnections:\n"
        f"  - {{name: Prices, service: openapi, schema: api.{ending}, service_auth: api-key}}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "answers.yaml", "--out", "connect"]) == 0
    capsys.readouterr()
    status = main(["check", "connect", "--all"])
    said = capsys.readouterr().out
    assert status == 0, said
    assert "secrets-stay-secret" in said


AGENT = """\
from bedrock_agentcore.runtime import BedrockAgentCoreApp
from strands import Agent

app = BedrockAgentCoreApp()


@app.entrypoint
async def invoke(payload, context):
    agent = Agent(tools=[])
    return str(await agent.invoke_async(payload["prompt"]))


if __name__ == "__main__":
    app.run()
"""


def test_nothing_fails_where_neither_boto3_nor_the_agents_packages_are(tmp_path: Path) -> None:
    python = environment_python()
    (tmp_path / "agentcore").mkdir()
    code = "app/Desk"
    runtime = {
        "name": "Desk",
        "build": "CodeZip",
        "entrypoint": "main.py",
        "codeLocation": f"{code}/",
        "protocol": "HTTP",
    }
    (tmp_path / "agentcore" / "agentcore.json").write_text(project(runtimes=[runtime]), encoding="utf-8")
    (tmp_path / code).mkdir(parents=True)
    (tmp_path / code / "main.py").write_text(AGENT, encoding="utf-8")
    (tmp_path / code / "requirements.txt").write_text("strands-agents\n", encoding="utf-8")
    (tmp_path / "answers.yaml").write_text(
        "version: 1\nproject: .\nagent: {framework: strands, state: existing}\n"
        "gateway: {name: G2, inbound_auth: aws-iam}\nconnections:\n"
        "  - {name: Prices, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: api-key}\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(agentcore_connect.__file__).parents[1])}
    environment.pop("VIRTUAL_ENV", None)
    call = [str(python), "-P", "-m", "agentcore_connect"]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*call, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert run("plan", "answers.yaml", "--out", "connect").returncode == 0
    written = {path.name for path in (tmp_path / "connect").iterdir()}
    assert {"agent.patch", "configure.py"} <= written
    done = run("check", "connect", "--json")
    results = json.loads(done.stdout)["results"]
    assert [one for one in results if one["status"] == "failed"] == []
    missing = {one["artifact"] for one in results if one["status"] == "not-run" and "boto3" in one.get("why", "")}
    assert "configure.py" in missing
