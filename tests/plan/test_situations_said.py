"""The shared situations: each plan says what has to be said, and nothing of what must not be."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import store
from agentcore_connect.answers.load import checked
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.text.document import read

HERE = Path(__file__).resolve()
SITUATIONS = Path(os.environ.get("CONNECT_SITUATIONS", HERE.parents[3] / "shared" / "cases" / "situations"))
ANSWERS = sorted((SITUATIONS / "answers").glob("s*.yaml"))
SAID: dict[str, Any] = read(HERE.with_name("situations_said.yaml")).data


@cache
def lines(path: Path) -> tuple[str, ...]:
    """Every text of a plan: warnings, reasons, notes, steps and their commands."""
    answers = read(path)
    for key, value in SAID[path.stem].get("also", {}).items():
        answers = answers._replace(data=store.put(answers.data, key, value))
    plan = build(gather(checked(answers))).as_dict()
    return tuple(_texts(json.loads(json.dumps({k: v for k, v in plan.items() if k != "answers"}))))


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        whole = [" ".join(node)] if node and all(isinstance(one, str) for one in node) else []
        return whole + [text for value in node for text in _texts(value)]
    return [node] if isinstance(node, str) else []


def found(path: Path, pattern: str) -> bool:
    parts = [re.compile(part.strip(), re.IGNORECASE) for part in pattern.split(" & ")]
    return any(all(part.search(line) for part in parts) for line in lines(path))


@pytest.mark.skipif(not ANSWERS, reason="the shared situations are not beside this checkout")
def test_every_situation_has_its_patterns() -> None:
    assert {path.stem for path in ANSWERS} == set(SAID)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_a_plan_says_what_must_be_said(path: Path) -> None:
    wanted = SAID[path.stem]
    missed = [group for group in wanted["said"] if not any(found(path, pattern) for pattern in group)]
    assert missed == []
    assert [pattern for pattern in wanted["never"] if found(path, pattern)] == []


@pytest.mark.parametrize("path", ANSWERS[:1], ids=lambda path: path.stem)
def test_a_pattern_can_fail(path: Path) -> None:
    assert not found(path, "no plan says this")
    assert not found(path, "Cognito & no plan says this")
