"""Situations of the kind that people report, each with the decision that is right for it, and the whole way there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import store
from agentcore_connect.render.prose import markdown, text
from agentcore_connect.text.document import parse
from tests.plan.cases import SITUATIONS, Situation, built


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_decision_is_right(name: str, tmp_path: Path) -> None:
    situation: Situation = SITUATIONS[name]
    plan = built(situation, tmp_path).as_dict()
    connection = plan["connections"][0]
    for key, expected in situation.expected.items():
        assert connection[key] == expected, (name, key, connection[key])
    said = json.dumps(plan, ensure_ascii=False)
    for words in situation.says:
        assert words in said, (name, words)


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_order_of_answers_is_indifferent(name: str, tmp_path: Path) -> None:
    situation = SITUATIONS[name]
    document = parse(situation.answers, "answers.yaml")
    turned = store.dump(_turned(document.data), {})
    assert built(situation, tmp_path).as_dict() == built(Situation(turned, {}, (), situation.files), tmp_path).as_dict()


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _turned(v) for k, v in reversed(value.items())}
    return value


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_reason_has_its_source(name: str, tmp_path: Path) -> None:
    plan = built(SITUATIONS[name], tmp_path).as_dict()
    for connection in plan["connections"]:
        assert connection["why"]
        for reason in (*connection["why"], *connection["notes"]):
            assert reason["sources"], reason["rule"]


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_people_read_says_what_the_data_says(name: str, tmp_path: Path) -> None:
    plan = built(SITUATIONS[name], tmp_path)
    for shown in (markdown(plan), text(plan)):
        for connection in plan.connections:
            assert connection["name"] in shown.replace("\\", "")
        for step in plan.steps:
            if step["argv"]:
                assert step["line"] in shown
