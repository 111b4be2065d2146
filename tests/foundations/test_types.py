"""How often each package gives up on types: the number of `Any` in it may go down, never up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import agentcore_connect

PACKAGE = Path(agentcore_connect.__file__).parent
#: The most that a package may have; a package that is not named has none. Lower a line when it has fewer.
MOST = {
    "checks": 1,
    "cli": 5,
    "engine": 10,
    "knowledge": 7,
    "mcp": 4,
    "plan": 49,
    "render": 8,
    "secrets": 11,
    "skill": 6,
    "specs": 2,
    "text": 31,
    "verify": 43,
    "wizard": 3,
}


def found(folder: Path) -> int:
    return sum(len(re.findall(r"\bAny\b", path.read_text("utf-8"))) for path in folder.rglob("*.py"))


def packages() -> list[str]:
    return sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file())


@pytest.mark.parametrize("name", packages())
def test_a_package_has_no_more_than_it_had(name: str) -> None:
    assert found(PACKAGE / name) <= MOST.get(name, 0)


def test_every_line_is_about_a_package_and_the_count_counts(tmp_path: Path) -> None:
    assert MOST.keys() <= set(packages())
    (tmp_path / "one.py").write_text("from typing import Any\n\nx: Any = 1\nAnything = 2\n", "utf-8")
    assert found(tmp_path) == 2
