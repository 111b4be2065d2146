"""`check` holds what a 1.x plan makes of the project file against the file's shape, with no CLI here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import write_plan
from agentcore_connect.text.document import Document
from agentcore_connect.verify.project_file import check_project_file
from agentcore_connect.verify.report import Result
from agentcore_connect.verify.written import read_written
from tests.cli_1x.files import SOUND

ANSWERS: dict[str, Any] = {
    "version": 1,
    "agent": {"framework": "mcp"},
    "gateway": {"name": "Desk", "inbound_auth": "aws-iam", "region": "us-east-1"},
    "connections": [
        {
            "name": "Orders",
            "direction": "agent-calls-service",
            "service": "mcp-server",
            "host": "external",
            "endpoint": "https://mcp.example.com/mcp",
            "service_auth": "oauth-client-credentials",
            "credential": {"name": "Orders-client"},
            "oauth": {"discovery_url": "https://idp.example.com/.well-known/openid-configuration", "client_id": "a"},
        }
    ],
}


def results(folder: Path, change: dict[str, Any], project: dict[str, Any] | None = None) -> list[Result]:
    if project is not None:
        (folder / "agentcore").mkdir()
        (folder / "agentcore" / "agentcore.json").write_text(json.dumps(project), encoding="utf-8")
        change = {**change, "project": "."}
    (folder / "answers.yaml").write_text("", encoding="utf-8")
    document = load.checked(Document({**ANSWERS, **change}, {}, str(folder / "answers.yaml")))
    case = gather(document, cli_version="1.0.0")
    write_plan(build(case), case, folder / "connect", force=False)
    return list(check_project_file(read_written(folder / "connect")))


def test_a_plan_that_makes_a_sound_file_passes(tmp_path: Path) -> None:
    (one,) = results(tmp_path, {})
    assert (one.status, one.check) == ("passed", "project-file")
    assert "reading" in one.by


def test_a_plan_that_makes_a_file_the_cli_refuses_fails_with_the_place(tmp_path: Path) -> None:
    connection = {**ANSWERS["connections"][0], "credential": {"name": "ab"}}
    (one,) = results(tmp_path, {"connections": [connection]})
    assert one.status == "failed"
    assert "credentials[0].name: must have at least 3 characters" in one.why
    assert "src/projectSchemas/credential.ts at 792e9f75" in one.why


def test_what_was_wrong_before_is_not_the_plans(tmp_path: Path) -> None:
    project = {**SOUND, "harnesses": [{"name": "9", "path": "app/9"}]}
    (one,) = results(tmp_path, {}, project)
    assert one.status == "passed"


@pytest.mark.parametrize("version", [1, 7])
def test_a_project_of_another_version_is_not_judged(tmp_path: Path, version: int) -> None:
    assert results(tmp_path, {}, {"name": "Shop", "version": version}) == []
