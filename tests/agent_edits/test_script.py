"""The patch as commands.sh applies it: checked first, whole or not at all, and never twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.agent_edits.code import agent_code
from tests.agent_edits.patched import CODE, planned, project

BOTH = pytest.mark.parametrize("by", ["git", "patch"])


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A project inside a repository, two folders down, with its plan beside it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    root = project(
        tmp_path / "work" / "Shop", {"main.py": agent_code("langgraph", "entry-point").replace("\n", "\r\n")}
    )
    _, files = planned(root, "langgraph")
    (root / "connect").mkdir()
    for name, text in files.items():
        (root / "connect" / name).write_bytes(text.encode())
    return root


def run(root: Path, by: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The script's step, with the one program or the other on the PATH, and a stand-in for the CLI."""
    place = root.parent / f"bin-{by}"
    place.mkdir(exist_ok=True)
    for name in ("bash", "env", "dirname", "basename", "cat", "node", "tail", "tr", "head", by):
        found = shutil.which(name)
        if found and not (place / name).exists():
            (place / name).symlink_to(found)
    (place / "agentcore").write_text('#!/bin/sh\n[ "$1" = --version ] && echo 0.30.0\nexit 0\n')
    (place / "agentcore").chmod(0o755)
    argv = ["bash", str(root / "connect/commands.sh"), "--local", "--from", "connect-agent", *options]
    env = {**os.environ, "PATH": str(place)}
    return subprocess.run(argv, capture_output=True, text=True, check=False, env=env, cwd=root.parent)


@BOTH
def test_it_is_applied_once(by: str, written: Path) -> None:
    before = (written / CODE / "main.py").read_bytes()
    first = run(written, by)
    assert "applied agent.patch" in first.stderr, first.stderr
    after = (written / CODE / "main.py").read_bytes()
    assert b"*current_tools()" in after
    assert b"\n" not in after.replace(b"\r\n", b"")
    assert (written / CODE / "gateway_client.py").is_file()
    second = run(written, by)
    assert (second.returncode, "already there" in second.stderr) == (0, True), second.stderr
    assert (written / CODE / "main.py").read_bytes() == after != before
    assert not list(written.rglob("*.rej")) + list(written.rglob("*.orig"))


@BOTH
def test_changed_code_is_left_alone(by: str, written: Path) -> None:
    path = written / CODE / "main.py"
    path.write_bytes(path.read_bytes().replace(b"load_model(), tools", b"load_model(),  tools"))
    before = path.read_bytes()
    ended = run(written, by)
    assert ended.returncode == 1
    assert "not as they were when the plan was written" in ended.stderr
    assert path.read_bytes() == before
    assert not (written / CODE / "gateway_client.py").exists()
    assert not list(written.rglob("*.rej")) + list(written.rglob("*.orig"))


@BOTH
def test_a_client_of_someone_else_is_left_alone(by: str, written: Path) -> None:
    (written / CODE / "gateway_client.py").write_text("mine = 1\n")
    before = (written / CODE / "main.py").read_bytes()
    assert run(written, by).returncode == 1
    assert (written / CODE / "main.py").read_bytes() == before
    assert (written / CODE / "gateway_client.py").read_text() == "mine = 1\n"


def test_a_dry_run_changes_nothing(written: Path) -> None:
    before = (written / CODE / "main.py").read_bytes()
    assert "apply agent.patch" in run(written, "git", "--dry-run").stdout
    assert (written / CODE / "main.py").read_bytes() == before


def test_without_a_program_it_says_so(written: Path) -> None:
    ended = run(written, "none")
    assert ended.returncode == 1
    assert "neither git nor patch" in ended.stderr
