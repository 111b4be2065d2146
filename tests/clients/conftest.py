"""Each test of a client runs in every environment of requirements/client-*.in, made by `tools/client_envs.py`.

Where an environment is missing its tests are skipped, or fail when CONNECT_REQUIRE_ENVS=1, so that a build server
cannot pass by having nothing to test with. CONNECT_ENVS names the environments of this run (`client_envs.py --share`
prints a share); the others are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import client_runs


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "shared: of code that all clients have in common; run for the frameworks that are held perfect"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that names `environment` in every one."""
    if "environment" in metafunc.fixturenames:
        shared = metafunc.definition.get_closest_marker("shared") is not None
        chosen = os.environ.get("CONNECT_ENVS", "").split() or client_runs.environments()
        known = [name for name in client_runs.environments() if name in chosen]
        names = [name for name in known if not shared or client_runs.is_first(name)]
        metafunc.parametrize("environment", names)


@pytest.fixture
def client(environment: str, tmp_path: Path) -> Iterator[client_runs.Client]:
    """The client of the environment that the test is run for; `start` it."""
    problem = client_runs.missing(environment)
    if problem and os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)
    made = client_runs.Client(environment, tmp_path)
    yield made
    made.stop()
