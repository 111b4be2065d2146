"""The real tools: the CLI as tools/agentcore_cli.py puts it there, the frameworks as tools/client_envs.py does."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import client_envs
import pytest

from tests.real_cli import cli_folder

ROOT = Path(__file__).resolve().parents[2]

_NOTE = """#!/bin/sh
# Runs the real command, and notes how it ended and what it was given.
{real} "$@"
status=$?
printf '%s\\0' "$status" "$#" "$@" >>{log}
exit $status
"""


@dataclass(frozen=True, slots=True)
class RealCli:
    """A folder for the PATH with the real CLI in it, and the calls that were made of it."""

    folder: Path
    log: Path

    def calls(self) -> list[tuple[int, list[str]]]:
        """Exit status and words of each call since the last time that this was asked."""
        parts = self.log.read_bytes().decode().split("\0")[:-1] if self.log.exists() else []
        self.log.write_bytes(b"")
        found = []
        while parts:
            status, number = int(parts.pop(0)), int(parts.pop(0))
            found.append((status, parts[:number]))
            del parts[:number]
        return found


def real_cli(folder: Path) -> RealCli:
    """The CLI of the recorded version, with its calls noted; skipped where it cannot be had, but never in CI."""
    bin_folder = cli_folder()
    log = folder / "calls"
    shim = folder / "agentcore"
    shim.write_text(_NOTE.format(real=shlex.quote(str(bin_folder / "agentcore")), log=shlex.quote(str(log))))
    shim.chmod(0o755)
    return RealCli(folder, log)


def environments() -> list[str]:
    """The environments of this run: those that CONNECT_ENVS names, all when it names none."""
    return os.environ.get("CONNECT_ENVS", "").split() or client_envs.names()


def python_of(environment: str) -> Path:
    """The interpreter of a framework's environment; skipped where it was not made, failed where it has to be there."""
    if not client_envs.is_current(environment):
        problem = f"no environment {environment}: make it with `python tools/client_envs.py {environment}`"
        if os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
            pytest.fail(problem)
        pytest.skip(problem)
    return client_envs.python_of(environment)
