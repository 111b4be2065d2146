"""A project with the real CLI at hand, and what was run in it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Ran:
    """One run of a program, and the CLI commands it made: each its words and its exit status."""

    returncode: int
    stdout: str
    stderr: str
    commands: list[tuple[list[str], int]] = field(default_factory=list)

    @property
    def said(self) -> str:
        return f"exit {self.returncode}\n{self.stdout}\n{self.stderr}"


class Project:
    """A copy of the empty project, with the CLI at hand."""

    def __init__(self, root: Path, env: Mapping[str, str]) -> None:
        self.root = root
        self.env = dict(env)
        self.file = root / "agentcore" / "agentcore.json"

    @property
    def json(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.file.read_text())
        return data

    @json.setter
    def json(self, data: Mapping[str, Any]) -> None:
        self.file.write_text(json.dumps(data, indent=2))

    def other(self, path: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.root / path).read_text())
        return data

    def run(self, *argv: str | Path, cwd: Path | None = None, **env: str) -> Ran:
        log = self.root.parent / f"{self.root.name}.log"
        log.unlink(missing_ok=True)
        done = subprocess.run(
            [str(word) for word in argv],
            cwd=cwd or self.root.parent,
            env={**self.env, "COMMAND_LOG": str(log), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        commands = []
        for entry in (log.read_text() if log.exists() else "").split("--end--\n")[:-1]:
            status, *words = entry.splitlines()
            commands.append((words, int(status)))
        return Ran(done.returncode, done.stdout, done.stderr, commands)
