"""The pinned releases that the environments are made of: digests, and no address to fetch them from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

PINS = Path(__file__).resolve().parents[2] / "requirements"
FILES = sorted(path for path in PINS.rglob("*") if path.suffix in (".txt", ".json", ".in", ".toml"))
ADDRESS = re.compile(r"[a-z+]+://|--(extra-)?index-url|\"(resolved|_resolved|publishConfig)\"", re.I)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PINS).as_posix())
def test_no_file_of_pins_names_a_registry(path: Path) -> None:
    found = ADDRESS.search(path.read_text(encoding="utf-8"))
    assert found is None, found


@pytest.mark.parametrize(
    "line", ['"resolved": "a-1.0.0.tgz"', "--index-url x", "a @ https://files.example.com/a.whl", "git+ssh://x/a"]
)
def test_an_address_would_be_noticed(line: str) -> None:
    assert ADDRESS.search(line) is not None


def test_every_package_of_node_has_its_digest() -> None:
    packages = json.loads((PINS / "node" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = {name: one for name, one in packages.items() if name}
    assert named
    assert [name for name, one in named.items() if not one.get("integrity", "").startswith("sha512-")] == []
