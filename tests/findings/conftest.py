"""Projects made by the real CLI, one for each framework, with gateways, targets and an agent added afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import agentcore_cli  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "realcli: runs the real AgentCore CLI, offline")


Agentcore = Callable[..., None]


@pytest.fixture(scope="session")
def agentcore(tmp_path_factory: pytest.TempPathFactory) -> Agentcore:
    """Run the real CLI in a folder; anything but success fails the test."""
    try:
        folder = agentcore_cli.install()
    except agentcore_cli.InstallError as error:
        if os.environ.get("CI") or os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
            raise
        pytest.skip(str(error))
    home = tmp_path_factory.mktemp("home")
    (home / ".agentcore").mkdir()
    (home / ".agentcore" / "update-check.json").write_text('{"lastCheck":8640000000000000,"latestVersion":"0.0.0"}')
    env = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "HOME": str(home),
        "PYENV_ROOT": os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")),
        "LANG": "C.UTF-8",
        "AGENTCORE_TELEMETRY_DISABLED": "1",
        "AGENTCORE_DISABLE_KEYCHAIN": "1",
        "AGENTCORE_SKIP_INSTALL": "1",
        "NO_COLOR": "1",
    }

    def run(cwd: Path, *words: str) -> None:
        done = subprocess.run(
            ["agentcore", *words, "--json"], cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    return run
