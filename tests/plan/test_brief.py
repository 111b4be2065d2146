"""plan.md is short and loses nothing: what to decide and to run comes first, the full plan holds every text."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from agentcore_connect.core.record import replace
from agentcore_connect.plan.brief import brief, split_headline
from agentcore_connect.plan.model import Plan
from agentcore_connect.render.environment import markdown_prose
from agentcore_connect.render.prose import markdown, text
from tests.plan.cases import SITUATIONS, built

FIRST_COMMAND = 25  # lines of plan.md
TERMINAL = 40  # lines in a terminal, for one connection
MEDIAN_WORDS, MOST_WORDS = 500, 900


def planned(name: str, tmp_path: Path) -> Plan:
    return built(SITUATIONS[name], tmp_path)


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_warning_comes_whole_and_before_the_steps(name: str, tmp_path: Path) -> None:
    plan = planned(name, tmp_path)
    top = markdown(plan).partition("\n## Steps")[0].replace("**", "")
    for warning in (*(one for c in plan.connections for one in c["warnings"]), *plan.warnings):
        for part in split_headline(warning["text"]):
            assert markdown_prose(part) in top
            assert part in text(plan)


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_to_run_comes_first(name: str, tmp_path: Path) -> None:
    plan = planned(name, tmp_path)
    lines = markdown(plan).splitlines()
    if any(one["path"] == "commands.sh" for one in plan.artifacts):
        assert lines.index("```bash") < FIRST_COMMAND
        assert lines[lines.index("```bash") + 1].startswith("bash commands.sh")
    if len(plan.connections) == 1:
        assert len(text(plan).splitlines()) <= TERMINAL


def test_the_short_plan_is_short(tmp_path: Path) -> None:
    words = []
    for number, name in enumerate(SITUATIONS):
        folder = tmp_path / str(number)
        folder.mkdir()
        words.append(len(markdown(planned(name, folder)).split()))
    assert statistics.median(words) <= MEDIAN_WORDS
    assert max(words) <= MOST_WORDS


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_full_plan_holds_every_text(name: str, tmp_path: Path) -> None:
    plan = planned(name, tmp_path)
    groups = [one for c in plan.connections for kind in ("why", "warnings", "notes") for one in c[kind]]
    groups += [*plan.warnings, *plan.notes, *plan.gateway.get("why", ())]
    whole = markdown(plan, full=True)
    assert [one["rule"] for one in groups if markdown_prose(one["text"]) not in whole] == []
    assert [one["rule"] for one in groups if one["text"] not in text(plan, full=True)] == []


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_the_short_plan_leaves_out_is_counted(name: str, tmp_path: Path) -> None:
    plan = planned(name, tmp_path)
    reasons = [one for c in plan.connections for one in c["why"]] + list(plan.gateway.get("why", ()))
    notes = [one for c in plan.connections for one in c["notes"]] + plan.notes
    shown = {one.rule for one in (*brief(plan).reasons, *brief(plan).notes)}
    assert brief(plan).left == len([one for one in (*reasons, *notes) if one["rule"] not in shown])
    assert f"{brief(plan).left} more reasons and notes" in markdown(plan) or not brief(plan).left


def test_a_text_that_two_connections_share_is_said_once(tmp_path: Path) -> None:
    plan = planned(next(iter(SITUATIONS)), tmp_path)
    first = plan.connections[0]
    first = {**first, "warnings": [{"rule": "x", "text": "Mind this. And that.", "sources": []}]}
    shared = replace(plan, connections=[first, {**first, "name": "Other"}])
    assert [one.about for one in brief(shared).warnings if one.rule == "x"] == [f"{first['name']}, Other"]


@pytest.mark.parametrize(
    ("whole", "headline", "rest"),
    [
        ("One sentence only", "One sentence only", ""),
        ("First. Second one. Third.", "First.", "Second one. Third."),
        ("Use v1.2 of it. `agentcore deploy` follows.", "Use v1.2 of it.", "`agentcore deploy` follows."),
        ("Is it so? (It is.)", "Is it so?", "(It is.)"),
        ("For 0.30. of the CLI", "For 0.30. of the CLI", ""),
    ],
)
def test_the_first_sentence(whole: str, headline: str, rest: str) -> None:
    assert split_headline(whole) == (headline, rest)
