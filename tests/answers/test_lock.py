"""Writers of one answers file at once: no answer is lost, and whoever cannot get in says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentcore_connect.answers.lock import locked
from agentcore_connect.app.answers_file import AnswersFile
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text import document

WRITERS = 50
BEGIN = "version: 1\nconnections:\n"
# One process records many answers with many calls of `next`, as separate processes would, but for the start of Python.
CALLS = """
import contextlib, io, sys
from agentcore_connect.__main__ import main
status = 0
for number in sys.argv[2:]:
    with contextlib.redirect_stdout(io.StringIO()):
        status |= main(["next", "-a", sys.argv[1], "--answer", f"connections.{number}.name=Name{number}"])
sys.exit(status)
"""


def _start(path: Path, *numbers: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CALLS, str(path), *map(str, numbers)])


def test_fifty_writers_lose_nothing(tmp_path: Path) -> None:
    """Ten processes at a time, each records five answers of its own; some others are killed in the middle."""
    path = tmp_path / "answers.yaml"
    path.write_text(BEGIN + "  - {service: mcp-server}\n" * WRITERS, encoding="utf-8")
    running = [_start(path, *range(first, WRITERS, 10)) for first in range(10)]
    killed = [_start(path, *range(WRITERS)) for _ in range(2)]
    for one in killed:
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(0.4)
        os.kill(one.pid, signal.SIGKILL)
        one.wait()
    assert [one.wait(120) for one in running] == [0] * len(running)
    names = [one["name"] for one in document.read(path).data["connections"]]
    assert names == [f"Name{number}" for number in range(WRITERS)]
    assert sorted(one.name for one in tmp_path.iterdir() if not one.name.endswith(".tmp")) == ["answers.yaml"]


def test_whoever_cannot_get_in_says_so(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    with locked(path), pytest.raises(ConnectError) as caught, locked(path, patience=0.05):
        pass
    assert caught.value.code == "answers-busy"
    assert "run the command again" in str(caught.value)
    with locked(path, patience=0.05):
        pass


def test_a_file_whose_folder_is_still_to_be_made_is_locked_too(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "answers.yaml"
    with locked(path), pytest.raises(ConnectError), locked(path, patience=0.05):
        pass


def test_the_wizard_overwrites_nothing_that_it_has_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("version: 1\n", encoding="utf-8")
    file = AnswersFile(path)
    data = dict(file.read().data)
    file.save(data)
    changed = path.read_text("utf-8") + "agent: {framework: strands}\n"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(ConnectError) as caught:
        file.save({**data, "agent": {"framework": "langgraph"}})
    assert caught.value.code == "answers-changed"
    assert path.read_text("utf-8") == changed
