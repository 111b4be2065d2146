"""The CLI on the PATH: found without being run, recorded by the interview, and held against plan and project."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.app.inspect import inspect
from agentcore_connect.app.session import Session
from agentcore_connect.clispec.installed import differs, in_use
from agentcore_connect.knowledge import resources
from agentcore_connect.text.document import Document

Install = Callable[[str | None], Path]
ANSWERS = """version: 1
gateway: {name: Main, inbound_auth: aws-iam}
connections:
  - {name: Orders, direction: agent-calls-service, service: mcp-server, endpoint: "https://mcp.example.com/mcp",
     service_auth: none}
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a program called agentcore first on the PATH, as npm does; running it leaves a trace and fails."""
    before = os.environ["PATH"]

    def put(version: str | None) -> Path:
        package = tmp_path / f"npm-{version}" / "@aws" / "agentcore"
        package.mkdir(parents=True)
        if version is not None:
            (package / "package.json").write_text(json.dumps({"name": "@aws/agentcore", "version": version}))
        program = package / "agentcore"
        program.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\nexit 1\n")
        program.chmod(0o755)
        folder = tmp_path / f"bin-{version}"
        folder.mkdir()
        (folder / "agentcore").symlink_to(program)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{before}")
        return folder

    yield put  # type: ignore[misc]
    assert not (tmp_path / "was-run").exists(), "the CLI was run only to learn its version"


def project(folder: Path, version: int) -> Path:
    (folder / "agentcore").mkdir(parents=True)
    data = {"name": "Demo", "version": version, "agentCoreGateways": [], "credentials": []}
    (folder / "agentcore" / "agentcore.json").write_text(json.dumps(data))
    return folder


def step_of(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["next", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_next_records_the_installed_cli_and_plan_takes_it(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("1.0.1")
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS)
    assert "cli" not in step_of(capsys, "-a", str(path))
    assert 'cli_version: "1.0.1"' in path.read_text() or "cli_version: 1.0.1" in path.read_text()
    monkeypatch.setenv("PATH", "/nonexistent")  # plan looks nowhere
    assert main(["plan", str(path), "--format", "json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["surface"]["id"] == "1.x" and plan["surface"]["chosen_by"] == "cli"
    assert "1.0.1" in plan["surface"]["chosen"]


def test_nothing_is_recorded_twice_and_a_different_cli_is_said(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install("1.0.1")
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS + "cli_version: 0.30.0\n")
    said = step_of(capsys, "-a", str(path))["cli"]
    assert "1.0.1 is installed" in said and "--cli-version 1.0.1" in said and "npx @aws/agentcore@0.30.0" in said
    assert "0.30.0" in path.read_text() and "1.0.1" not in path.read_text()


def test_a_cli_that_no_plan_can_be_made_for_is_said_and_not_recorded(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install("0.20.0")
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS)
    assert "npm install -g @aws/agentcore@0" in step_of(capsys, "-a", str(path))["cli"]
    assert "cli_version" not in path.read_text()


def test_the_option_comes_before_what_is_installed(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install("1.0.1")
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS)
    step_of(capsys, "-a", str(path), "--cli-version", "0.30.0")
    assert "0.30.0" in path.read_text()


def test_a_program_of_another_kind_is_no_cli(install: Install) -> None:
    install(None)
    assert in_use() is None
    made = Session(Document({"version": 1}, {}, "answers"))
    assert made.note_cli() is None and "cli_version" not in made.data


@pytest.mark.parametrize(
    ("version", "file", "says"),
    [("1.0.0", 1, "agentcore migrate"), ("0.30.0", 2, "belongs to the 1.x"), ("1.0.0", 2, None), ("0.30.0", 1, None)],
)
def test_inspect_tells_the_cli_and_what_it_means_for_the_project(
    install: Install, tmp_path: Path, version: str, file: int, says: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    install(version)
    place = project(tmp_path / "Demo", file)
    found = inspect(place)
    assert found.answers["cli_version"] == version
    assert (says in str(found.machine["said"])) if says else "said" not in found.machine
    main(["inspect", str(place)])
    assert f"AgentCore CLI {version}: " in capsys.readouterr().out


def test_a_plan_says_which_cli_it_is_for_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS)
    out = tmp_path / "connect"
    assert main(["plan", str(path), "--out", str(out)]) == 0
    line = next(one for one in (out / "plan.md").read_text().splitlines() if one.startswith("For the `agentcore` CLI"))
    for surface in resources.load("cli-versions")["surfaces"].values():
        assert surface["npx"] in line
    assert "--cli-version 1.0.0" in line
    project(tmp_path / "Demo", 2)
    path.write_text(ANSWERS + "project: Demo\n")
    capsys.readouterr()
    assert main(["plan", str(path), "--format", "json"]) == 0
    surface = json.loads(capsys.readouterr().out)["surface"]
    assert (surface["id"], surface["chosen_by"]) == ("1.x", "project") and "version 2" in surface["chosen"]


def test_the_answers_beside_a_plan_make_the_same_plan_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS)
    first, again = tmp_path / "first", tmp_path / "again"
    assert main(["plan", str(path), "--cli-version", "1.0.0", "--out", str(first)]) == 0
    assert main(["plan", str(first / "answers.yaml"), "--out", str(again)]) == 0
    for one in first.iterdir():
        assert (again / one.name).read_text() == one.read_text(), one.name


def test_a_version_in_the_answers_that_is_none_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS + "cli_version: newest\n")
    assert main(["plan", str(path)]) == 2
    said = capsys.readouterr().err
    assert "answers.yaml:6" in said and "'newest' is not a version of the AgentCore CLI" in said


def test_what_is_installed_and_what_is_recorded() -> None:
    assert differs("1.0.1", "1.0.0") is None and differs("0.30.1", None) is None
    assert differs("0.30.0", "1.x") and differs("0.3.0", None)


def test_a_plan_for_1_x_says_that_dev_knows_no_gateway(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS + "agent: {framework: strands}\n")

    def said(version: str) -> tuple[str, str]:
        assert main(["plan", str(path), "--cli-version", version, "--format", "json"]) == 0
        plan = json.loads(capsys.readouterr().out)
        return " ".join(one["text"] for one in plan["warnings"]), " ".join(plan["notes"])

    warnings, notes = said("1.0.0")
    assert "AGENTCORE_GATEWAY_MAIN_URL=URL into agentcore/.env.local before you run `agentcore dev`" in warnings
    assert "from the deployed state" not in warnings + notes
    warnings, notes = said("0.30.0")
    assert "before you run `agentcore dev`" not in warnings and "from the deployed state" in notes
