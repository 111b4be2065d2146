"""README leads with the result, keeps to its length, and shows a plan that its own answers give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentcore_connect import __main__

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def test_it_has_at_most_120_lines_and_leads_with_the_result() -> None:
    assert len(README.splitlines()) <= 120
    places = [README.index(text) for text in ("](docs/screens/", "```text", "make demo", "\n## Three doors")]
    assert places == sorted(places)


def test_its_plan_is_the_plan_of_its_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers, shown = (re.findall(rf"```{kind}\n(.*?)```", README, re.S)[0] for kind in ("yaml", "text"))
    (tmp_path / "answers.yaml").write_text(answers, "utf-8")
    assert __main__.main(["plan", str(tmp_path / "answers.yaml")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in shown.splitlines() if line not in said] == []
    assert len(shown.splitlines()) == 10
