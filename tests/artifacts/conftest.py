"""A folder to run emitted programs in; skipped where the environment for it was not made.

CONNECT_REQUIRE_ENVS=1 makes a missing environment a failure, so that a build server cannot pass by testing nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.artifacts.artifact_runs import Folder, missing


def _folder(environment: str, path: Path) -> Folder:
    problem = missing(environment)
    if problem and os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)
    return Folder(path, environment)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder whose programs run with the newest mcp package, boto3 and bedrock-agentcore."""
    return _folder("mcp", tmp_path)


@pytest.fixture(params=["mcp", "mcp-mcp1"])
def folder_of_either_mcp(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """The same for both lines of the mcp package."""
    return _folder(request.param, tmp_path)
