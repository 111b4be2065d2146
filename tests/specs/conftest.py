"""The real CLI for the readers' tests; see tests/findings/real_projects.py."""

from __future__ import annotations

import pytest

from tests.findings.real_projects import Agentcore, real_cli


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "realcli: runs the real AgentCore CLI, offline")


@pytest.fixture(scope="session")
def agentcore(tmp_path_factory: pytest.TempPathFactory) -> Agentcore:
    """Run the real CLI in a folder; anything but success fails the test."""
    return real_cli(tmp_path_factory)
