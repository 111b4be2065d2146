"""Each finding, planted once in a clean project, is found at the right line, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.reader import read_project
from tests.findings.planted import PLANTS, Plant, clean


def _findings(root: Path) -> list[tuple[str, str]]:
    project = read_project(root)
    assert project is not None
    return [(one.id, one.where) for one in inspect_project(project)]


def test_the_clean_project_has_no_findings(tmp_path: Path) -> None:
    assert _findings(clean().write(tmp_path)) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.finding}{'-' if plant.label else ''}{plant.label}")
def test_planted(plant: Plant, tmp_path: Path) -> None:
    files = clean()
    plant.change(files)
    root = files.write(tmp_path)
    text = (root / plant.file).read_text(encoding="utf-8")
    line = text[: text.index(plant.line_of)].count("\n") + 1
    where = plant.file if plant.finding == "project-older-file" else f"{plant.file}:{line}"
    assert _findings(root) == [(plant.finding, where)]


def test_every_finding_is_planted() -> None:
    assert {plant.finding for plant in PLANTS} == set(load("findings")["findings"])


def test_no_finding_repeats_a_secret(tmp_path: Path) -> None:
    for number, plant in enumerate(plant for plant in PLANTS if plant.finding.startswith("secret")):
        files = clean()
        plant.change(files)
        project = read_project(files.write(tmp_path / str(number)))
        assert project is not None
        shown = "\n".join(str(one.as_dict()) for one in inspect_project(project))
        assert "a1B2c3D4" not in shown
        assert "q8Zr2Lm9" not in shown
