"""The references: current, complete, small enough to be read one at a time, and reachable from SKILL.md."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from agentcore_connect.knowledge.resources import load
from agentcore_connect.skill import references
from agentcore_connect.skill.guides import GUIDES
from agentcore_connect.skill.samples import plan_for, values
from tests.skill.conftest import ROOT

FOLDER = ROOT / "skill" / "references"
FILES = sorted(FOLDER.glob("*.md"))


def test_they_are_current() -> None:
    """When this fails: `python tools/references.py`."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "references.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, f"run `python tools/references.py`\n{done.stdout}{done.stderr}"


def test_a_stale_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    tool = __import__("importlib").import_module("references")
    files = {"skill/references/index.md": "something else", "skill/references/new.md": "x"}
    found = tool.stale(files)
    assert {"skill/references/index.md", "skill/references/new.md", "skill/references/limits.md"} <= set(found)


def test_they_are_the_same_each_time() -> None:
    assert references.references() == references.references()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_one_at_a_time_is_not_much(path) -> None:  # type: ignore[no-untyped-def]
    text = path.read_text("utf-8")
    assert len(text) < 26_000, "about 6,500 tokens"
    assert not re.search(r"(?<!\$)\{[a-z_.]*\}|\{\{|\| None \|", text), "a place that was not filled in"


def test_the_index_names_every_file_and_the_skill_names_the_index() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(([a-z-]+\.md)\)", index))
    assert linked == {path.name for path in FILES} - {"index.md"}
    assert "skill/references/index.md" in (ROOT / "SKILL.md").read_text("utf-8")


def test_every_known_error_is_in_them() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    told = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("troubleshooting-*.md"))
    for name, row in load("errors")["errors"].items():
        assert f"- {name}, in troubleshooting-" in index
        assert f"## {name} {row['title']}" in told
        assert row["fix"] in told


def test_every_question_and_value_is_in_them() -> None:
    text = (FOLDER / "answers-file.md").read_text("utf-8")
    for question in load("questions")["questions"]:
        assert f"- `{question['id']}`: {question['text']}" in text
        for choice in question.get("choices", ()):
            assert f"  - `{choice['value']}`: " in text


def test_every_cell_of_the_matrix_is_in_them() -> None:
    lines = (FOLDER / "auth-matrix.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    columns = rows[0][1:]
    table = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows[2:]}
    for target, row in load("auth-matrix")["targets"].items():
        for sign_in in columns:
            assert ("API" in table[target][sign_in]) == bool(row.get(sign_in, {}).get("api")), (target, sign_in)


@pytest.mark.parametrize("service", values("service"))
def test_the_guides_say_what_the_engine_decides(service: str) -> None:
    decided = plan_for({"service": service})[0].connections[0]
    told = "\n".join((FOLDER / f"{name}.md").read_text("utf-8") for name in GUIDES)
    for reason in decided["why"]:
        assert f"- {reason['text']} [{reason['rule']}]" in told
