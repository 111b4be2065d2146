"""A plan written inside the project that it is for, which has a credential already, passes its own check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.plan.cases import project

from agentcore_connect.__main__ import main

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
