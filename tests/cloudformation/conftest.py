"""A folder with the files that the answers name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cloudformation import stacks


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Specs and tools, written once."""
    found = tmp_path_factory.mktemp("stacks")
    stacks.write_files(found)
    return found
