"""Names of files from outside, of every kind that a system refuses, at every door: a message, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LONG = "a" * 3000


def _fifo(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def _loop(folder: Path) -> str:
    (folder / "loop").symlink_to("loop")
    return str(folder / "loop")


def _shut(folder: Path) -> str:
    (folder / "shut").write_text("version: 1\n", encoding="utf-8")
    (folder / "shut").chmod(0)
    return str(folder / "shut")


def _below_a_file(folder: Path) -> str:
    (folder / "file").write_text("", encoding="utf-8")
    return str(folder / "file" / "below")


NAMES: dict[str, Callable[[Path], str]] = {
    "too long": lambda _: LONG,
    "a long way": lambda _: "/".join(["a" * 200] * 30),
    "a device without an end": lambda _: "/dev/zero",
    "a pipe that nobody writes to": _fifo,
    "a loop of links": _loop,
    "no permission": _shut,
    "below a file": _below_a_file,
    "a folder": str,
    "nothing": lambda _: "",
}
COMMANDS = {
    "plan": ["plan", "{}"],
    "plan --project": ["plan", "answers.yaml", "--project", "{}"],
    "plan --out": ["plan", "answers.yaml", "--out", "{}"],
    "next": ["next", "-a", "{}"],
    "tools": ["tools", "{}"],
    "tools -o": ["tools", "tools.json", "-o", "{}"],
    "inspect": ["inspect", "{}"],
    "check": ["check", "{}"],
    "doctor": ["doctor", "{}"],
    "skill --dir": ["skill", "install", "--dir", "{}", "--dry-run"],
}
#: Commands that write to the name: never run with a device, which a fault would replace by a file.
WRITERS = ("plan --out", "next", "tools -o", "skill --dir")
ANSWERS = """\
version: 1
agent: {framework: strands}
gateway: {name: g, inbound_auth: aws-iam}
connections:
  - {name: T, service: mcp-server, endpoint: "https://mcp.example.com/mcp", service_auth: none}
"""


def _run(folder: Path, argv: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "agentcore_connect", *argv]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30, check=False
    )


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_that_cannot_be_used_is_an_ordinary_message(tmp_path: Path, kind: str) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS, encoding="utf-8")
    (tmp_path / "tools.json").write_text(json.dumps([{"name": "a", "inputSchema": {"type": "object"}}]), "utf-8")
    name = NAMES[kind](tmp_path)
    for command, argv in COMMANDS.items():
        if kind == "a device without an end" and command in WRITERS:
            continue
        done = _run(tmp_path, [name if word == "{}" else word for word in argv])
        assert "Traceback" not in done.stderr, f"{command}: {done.stderr[-600:]}"
        assert done.returncode in (0, 1, 2, 3), command
        assert len(done.stderr) < 6000, command
        if kind in ("too long", "a long way", "a loop of links"):
            assert done.returncode == 2, f"{command}: {done.stdout[-300:]}"


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_text(json.dumps([{"name": "a", "inputSchema": {"type": "object"}}]), "utf-8")
    pipe = _fifo(tmp_path)
    for argv in (["tools", "tools.json", "-o", pipe], ["next", "-a", pipe]):
        assert _run(tmp_path, argv).returncode == 2
        assert Path(pipe).is_fifo()


@pytest.mark.parametrize("key", ["schema", "tools"])
@pytest.mark.parametrize(
    "name", [LONG, "a\\0b", "loop", "/dev/zero", "pipe"], ids=["long", "NUL", "loop", "device", "pipe"]
)
def test_a_name_in_the_answers_is_told_with_its_place(tmp_path: Path, key: str, name: str) -> None:
    _loop(tmp_path)
    _fifo(tmp_path)
    service = {"schema": "openapi", "tools": "lambda"}[key]
    text = f'version: 1\nconnections:\n  - {{name: T, service: {service}, {key}: "{name}"}}\n'
    (tmp_path / "answers.yaml").write_text(text, encoding="utf-8")
    for argv in (["plan", "answers.yaml"], ["next", "-a", "answers.yaml"]):
        done = _run(tmp_path, argv)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert f"connections.0.{key}" in done.stderr or name == "/dev/zero"  # which can be read, as far as it is read


def test_a_pipe_with_a_writer_is_read(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS, encoding="utf-8")
    command = f"{sys.executable} -m agentcore_connect plan <(sleep 0.3; cat answers.yaml)"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
