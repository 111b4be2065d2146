"""The tests themselves: what several of them need stands in a module of its own, not in one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_no_test_module_imports_another() -> None:
    found = [f"{file.relative_to(TESTS)}: {name}" for file in sorted(TESTS.rglob("*.py")) for name in _imported(file)]
    assert found == []


def test_an_import_of_a_test_module_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "test_one.py"
    file.write_text("from tests.live.test_find import written\nfrom tests.live import test_token\nimport test_trial\n")
    assert list(_imported(file)) == ["tests.live.test_find", "tests.live.test_token", "test_trial"]


def _imported(file: Path) -> Iterator[str]:
    """The test modules that a file imports, with those that it names behind `from … import`."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        else:
            continue
        yield from (name for name in names if name.rpartition(".")[2].startswith("test_"))
