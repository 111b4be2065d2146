"""The real AgentCore CLI for whatever test needs it: installed once, by one test process while the others wait."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import agentcore_cli
import pytest

ROOT = Path(__file__).resolve().parents[1]


def cli_folder() -> Path:
    """The folder that the CLI's command is in. Skips the test where it cannot be had; where it must be, it fails."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "agentcore-cli.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return agentcore_cli.install()
        except agentcore_cli.InstallError as error:
            if os.environ.get("CI") or os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
                raise
            pytest.skip(str(error))
