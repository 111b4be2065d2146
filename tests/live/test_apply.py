"""A plan carried out by its own script: shown first, refused where it was changed, asked before AWS."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentcore_connect.__main__ import main
from tests.live.helpers import written

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
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
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


@pytest.mark.parametrize("name", ["commands.sh", "configure.py"])
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


def _blank_line(text: str) -> str:
    at = text.index("\n\n") + 1
    return f'{text[:at]}  local relative=$(touch "$CALLS.pwned"; exit 0) || :{text[at:]}'


@pytest.mark.parametrize(
    "change",
    [
        _blank_line,
        lambda text: text.replace("\nset -euo", "\x0bset -euo"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\nset -euo", "\n# \u2028\nset -euo"),
    ],
)
def test_no_change_of_the_script_goes_unnoticed(tmp_path: Path, cli: Path, change: Callable[[str], str]) -> None:
    folder = written(tmp_path, IAM)
    script = folder / "commands.sh"
    script.write_bytes(change(script.read_text()).encode())
    assert main(["apply", str(folder), "--dry-run"]) == 2
    assert not Path(f"{cli}.pwned").exists()


def _as_link(path: Path) -> None:
    text = path.read_text()
    path.unlink()
    (path.parents[1] / "theirs").write_text(text)
    path.symlink_to(path.parents[1] / "theirs")


@pytest.mark.parametrize(
    "change",
    [
        _as_link,
        Path.unlink,
        lambda path: path.write_bytes(path.read_bytes() + b"# \xe9\n"),
        lambda path: path.write_text("permit(principal, action, resource);\n"),
    ],
)
@pytest.mark.parametrize("name", ["configure.py", "Shop_permit_find.cedar"])
def test_what_the_script_uses_must_be_the_plans(
    tmp_path: Path, cli: Path, name: str, change: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, f"{IAM}, description: Shop", "policy: {mode: enforce, restrict: [W___find]}\n")
    change(folder / name)
    assert main(["apply", str(folder), "--dry-run"]) == 2
    assert name in capsys.readouterr().err


def test_a_script_of_another_plan_is_not_run(tmp_path: Path, cli: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, f"{IAM}, description: Shop")
    copy = tmp_path / "AgentProject" / "connect" / "configure.py"
    copy.parent.mkdir(parents=True)
    (tmp_path / "AgentProject" / "agentcore").mkdir()
    (tmp_path / "AgentProject" / "agentcore" / "agentcore.json").write_text("{}")
    copy.write_text((folder / "configure.py").read_text())
    assert main(["apply", str(folder), "--dry-run", "--from", "configure-gateway"]) == 0
    data = copy.with_suffix(".json")
    data.write_text("{}")  # the program is the same for every plan; its requests are not
    assert main(["apply", str(folder), "--dry-run", "--from", "configure-gateway"]) == 2
    assert str(data) in capsys.readouterr().err
    data.unlink()
    copy.write_text("print('theirs')\n")
    assert main(["apply", str(folder), "--dry-run", "--from", "configure-gateway"]) == 2
    assert "--from place-files" in capsys.readouterr().err
    assert main(["apply", str(folder), "--dry-run", "--from", "place-files"]) == 0


def _half_done(tmp_path: Path) -> Path:
    """A plan for a project, of which the gateway was added since the plan was looked at."""
    project = tmp_path / "Shop" / "agentcore" / "agentcore.json"
    project.parent.mkdir(parents=True)
    empty = {"name": "Shop", "version": 1, "managedBy": "CDK", "agentCoreGateways": []}
    project.write_text(json.dumps(empty))
    folder = written(tmp_path, IAM, "project: Shop\n")
    assert main(["apply", str(folder), "--dry-run"]) == 0
    gateway = {"name": "Shop", "targets": [], "authorizerType": "AWS_IAM"}
    project.write_text(json.dumps({**empty, "agentCoreGateways": [gateway]}))
    return folder


def test_a_plan_half_carried_out_is_still_the_plan(
    tmp_path: Path, cli: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = _half_done(tmp_path)
    capfd.readouterr()
    assert main(["apply", str(folder), "--dry-run"]) == 0
    assert "add-gateway" in capfd.readouterr().out
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    assert main(["apply", str(folder), "--dry-run"]) == 2, "nobody vetted it there"


@pytest.mark.parametrize("name", ["commands.sh", "runtime.sh", "runtime.mjs", "plan.json", "answers.yaml"])
def test_what_was_vetted_is_these_very_files(tmp_path: Path, cli: Path, name: str) -> None:
    folder = _half_done(tmp_path)
    (folder / name).write_text((folder / name).read_text("utf-8") + "\n", encoding="utf-8")
    assert main(["apply", str(folder), "--dry-run"]) == 2


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": 1}', None])
def test_a_record_of_no_use_is_no_record(tmp_path: Path, cli: Path, text: str | None) -> None:
    folder = _half_done(tmp_path)
    record = tmp_path / "state" / "agentcore-connect" / "vetted.json"
    wrong = text if text is not None else record.read_text().replace('"steps"', '"step"')
    record.write_text(wrong)
    assert main(["apply", str(folder), "--dry-run"]) == 2


#: A CLI that has something to tidy up when it is interrupted, as a deploy has.
SLOW_CLI = """#!/bin/bash
[ "$1" = create ] || exit 0
trap 'sleep 1; echo tidied >> "$CALLS"; exit 130' INT
kill -INT 0
sleep 9
"""


def test_ctrl_c_lets_the_script_end_in_its_own_way(tmp_path: Path, cli: Path) -> None:
    folder = written(tmp_path, IAM)
    (tmp_path / "bin" / "agentcore").write_text(SLOW_CLI.replace("exit 0", "{ echo 0.30.0; exit 0; }"))
    argv = [sys.executable, "-m", "agentcore_connect", "apply", str(folder), "--local"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, start_new_session=True)
    assert (done.returncode, cli.read_text()) == (130, "tidied\n"), done.stderr
    assert "create-project" in done.stderr
    assert "Traceback" not in done.stderr
