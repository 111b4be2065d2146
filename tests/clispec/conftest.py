"""The real CLI for the tests that need it, and contracts at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentcore_connect.clispec import model

ROOT = Path(__file__).resolve().parents[2]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "realcli: runs the real AgentCore CLI, offline")


@pytest.fixture(scope="session")
def shipped() -> model.Contract:
    return model.load("cli-contract-0.30.0")


@pytest.fixture(scope="session")
def real_cli() -> Path:
    """The command of AgentCore CLI 0.30.0: AGENTCORE_CLI_BIN, or what tools/agentcore_cli.py made."""
    given = os.environ.get("AGENTCORE_CLI_BIN")
    path = Path(given) if given else ROOT / ".cache" / "agentcore-cli" / "0.30.0" / "bin" / "agentcore"
    if not path.is_file():
        message = "no AgentCore CLI: run `python tools/agentcore_cli.py`, or set AGENTCORE_CLI_BIN"
        if given or os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
