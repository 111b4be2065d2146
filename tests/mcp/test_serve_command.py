"""`agentcore-connect serve` where it cannot serve: the SDK is missing or old, the folder is not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agentcore_connect.__main__ import main
from tests.skill.conftest import ROOT, environment_python


def test_without_the_sdk_it_says_which_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("agentcore_connect.cli.serve.find_spec", lambda _name: None)
    assert main(["serve"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "pip install 'agentcore-connect[serve]'" in told.err


def test_an_sdk_that_is_too_old_is_said(tmp_path: Path) -> None:
    for name in ("mcp", "anyio"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'skill'}{os.pathsep}{tmp_path}"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "agentcore_connect", "serve"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "too old" in done.stderr
    assert "version 2.0 or later" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"), [(("--root", "nowhere"), "no such folder"), (("--out", "../x"), "leads out")]
)
def test_bad_folders_are_said(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "skill")}
    done = subprocess.run(
        [environment_python(), "-P", "-m", "agentcore_connect", "serve", *words],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert says in done.stderr


def test_it_ends_when_the_client_goes(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "skill")}
    done = subprocess.run(
        [environment_python(), "-P", "-m", "agentcore_connect", "serve"],
        env=environment,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_no_message_does_not_stop_it(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "skill")}
    ping = '{"jsonrpc": "2.0", "id": 7, "method": "ping"}'
    hello = (
        '{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",'
        ' "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}'
    )
    with subprocess.Popen(
        [environment_python(), "-P", "-m", "agentcore_connect", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(f"{hello}\nnot json\n[]\n{ping}\n")
        server.stdin.flush()
        # the end of its input is the end of the server, answered or not: so first the answer, then the end
        answered = any(json.loads(line).get("id") == 7 for line in server.stdout)
        _, said = server.communicate()
    assert answered
    assert server.returncode == 0, said
    assert "Traceback" not in said
