"""A plan carried out by its own script: shown first, refused where it was changed, asked before AWS."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from agentcore_connect.__main__ import main
from tests.live.test_find import written

IAM = "inbound_auth: aws-iam, region: us-east-1"
#: Stands in for the CLI: notes what it is told, and can fail at a command.
CLI = """#!/bin/sh
echo "$@" >> "$CALLS"
[ "$1" = --version ] && echo 0.30.0 && exit 0
[ "$1 $2" = "$FAILS" ] && exit 3
[ "$1" = create ] && mkdir -p AgentProject/agentcore && echo '{"name":"AgentProject","version":1,"agentCoreGateways":[]}' \
  > AgentProject/agentcore/agentcore.json
exit 0
"""


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the CLI on the PATH; what it was told is in the file."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "agentcore").write_text(CLI)
    (place / "agentcore").chmod(0o755)
    calls = tmp_path / "calls"
    calls.touch()
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(calls))
    monkeypatch.chdir(tmp_path)
    return calls


def test_a_dry_run_shows_the_steps_and_runs_none(tmp_path: Path, cli: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, IAM)
    assert main(["apply", str(folder), "--dry-run"]) == 0
    out = capfd.readouterr().out
    assert out.index("add-gateway") < out.index("deploy")
    assert "(calls AWS)" in out
    assert "add gateway" not in cli.read_text()


def test_without_aws_it_asks_nobody(tmp_path: Path, cli: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, IAM)
    main(["apply", str(folder), "--local"])
    told = cli.read_text()
    assert "create --name AgentProject" in told
    assert "deploy" not in told
    assert "deploy" not in capfd.readouterr().out.split("create-project")[0]


def test_with_aws_and_nobody_to_ask_it_does_nothing(
    tmp_path: Path, cli: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path, IAM)
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert main(["apply", str(folder)]) == 2
    assert "--yes" in capsys.readouterr().err
    assert cli.read_text() == ""


@pytest.mark.parametrize(("answer", "runs"), [("n\n", False), ("\n", False), ("y\n", True)])
def test_a_person_is_asked_before_aws(tmp_path: Path, cli: Path, answer: str, runs: bool) -> None:
    folder = written(tmp_path, IAM)
    outer, inner = pty.openpty()
    argv = [sys.executable, "-m", "agentcore_connect", "apply", str(folder)]
    with subprocess.Popen(argv, stdin=inner, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as program:
        os.close(inner)
        os.write(outer, answer.encode())
        assert program.stdout is not None
        said = program.stdout.read().decode()
    os.close(outer)
    assert "Carry them out? [y/N]" in said
    assert bool(cli.read_text()) is runs, said
    assert ("Nothing was done." in said) is not runs


def test_a_step_that_fails_is_exit_1(tmp_path: Path, cli: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path, IAM)
    monkeypatch.setenv("FAILS", "create --name")
    assert main(["apply", str(folder), "--local"]) == 1


@pytest.mark.parametrize(
    ("argv", "words"), [(["--from", "ship-it"], "no step ship-it"), (["--from", "ship-it", "--local"], "add-gateway")]
)
def test_an_unknown_step_is_named(
    tmp_path: Path, cli: Path, argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply", str(written(tmp_path, IAM)), *argv]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", ["commands.sh", "configure_gateway.py"])
def test_a_changed_script_is_refused(tmp_path: Path, cli: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, f"{IAM}, description: Shop")
    with (folder / name).open("a") as script:
        script.write("\n# mine\n")
    assert main(["apply", str(folder), "--local"]) == 2
    said = capsys.readouterr().err
    assert f"{name} was changed" in said
    assert "--run-changed" in said
    assert cli.read_text() == ""


def test_a_client_that_was_changed_is_no_matter(tmp_path: Path, cli: Path) -> None:
    folder = written(tmp_path, IAM)
    with (folder / "gateway_client.py").open("a") as client:
        client.write("\n# mine\n")
    assert main(["apply", str(folder), "--dry-run"]) == 0


def test_a_folder_without_a_plan_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", str(tmp_path)]) == 2
    assert "no plan.json here" in capsys.readouterr().err
