"""No answer is lost: each one changes the plan, or the plan lists it as not used.

An answer is taken out, and the plan made once more. If nothing that a reader sees has changed, and no default or
reading of another answer took the place of the same value, the plan must have said that it does not use it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.render.plan_files import render_plan
from tests.conformance import space
from tests.conformance.emitted import furnish, gathered
from tests.conformance.space import Situation
from tests.share import share_of

Key = tuple[str | int, ...]

#: Files that hold the answers or the whole plan, so that every answer changes them.
ECHOES = ("answers.yaml", "plan.json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files and projects that the space's answers name."""
    made = tmp_path_factory.mktemp("space")
    furnish(made)
    return made


def test_each_answer_counts_or_is_listed(folder: Path, count: Callable[..., None]) -> None:
    situations = [*(one for _, one in space.plain()), *space.around()]
    lost = []
    answers = 0
    for one in share_of(situations, one_in=360):
        for key in given(one.data):
            answers += 1
            if is_lost(one, key, folder):
                lost.append(f"{one.why}: {dotted(key)}")
    count("answers that count", "answers", answers)
    assert lost == []


def test_a_lost_answer_would_be_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that says of nothing that it is not used loses the function of a connection to an MCP server."""
    one = Situation(space.document(space.PUBLIC))
    key = ("connections", 0, "lambda_arn")
    assert not is_lost(one, key, folder)
    monkeypatch.setattr("agentcore_connect.plan.build.unused_keys", lambda *_: [])
    assert is_lost(one, key, folder)


def is_lost(one: Situation, key: Key, folder: Path) -> bool:
    """Whether a plan neither heeds an answer nor says so."""
    try:
        plan, seen = shown(one, folder)
        other, seen_without = shown(replace(one, data=without(one.data, key)), folder)
    except ConnectError:  # the plan cannot be made without it
        return False
    return seen == seen_without and dotted(key) not in plan.unused and not stands_by_itself(other, key, one.data)


def shown(one: Situation, folder: Path) -> tuple[Plan, str]:
    """A plan, and all that its reader sees of it."""
    case = gathered(one, folder)
    plan = build(case)
    _, files = render_plan(plan, case, folder / "connect")
    whole = plan.as_dict()
    seen = [
        {k: str(v) for k, v in files.items() if k not in ECHOES},
        *(whole[k] for k in ("steps", "warnings", "notes")),
    ]
    return plan, json.dumps(seen, sort_keys=True, default=str)


def stands_by_itself(plan: Plan, key: Key, data: Any) -> bool:
    """Whether a plan has the same value without the answer: a default, or a reading of another answer."""
    if dotted(key) in {one["key"] for one in plan.assumed}:
        return True
    return at(plan.context, key) == at(data, key)


def given(data: Any, key: Key = ()) -> Iterator[Key]:
    """The places of the answers; a list of anything but connections is one answer."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if (*key, name) != ("version",):
                yield from given(value, (*key, name))
    elif key == ("connections",):
        for number, value in enumerate(data):
            yield from given(value, (*key, number))
    elif data is not None:
        yield key


def at(data: Any, key: Key) -> Any:
    """What stands at a place; None where nothing does."""
    for part in key:
        if isinstance(data, Mapping):
            data = data.get(part)
        else:
            data = data[part] if isinstance(data, list) and isinstance(part, int) else None
    return data


def without(data: Any, key: Key) -> Any:
    """The data without what stands at a place."""
    part, *rest = key
    changed = dict(data) if isinstance(data, Mapping) else list(data)
    if rest:
        changed[part] = without(data[part], tuple(rest))
    else:
        del changed[part]
    return changed


def dotted(key: Key) -> str:
    """A place as the plan writes it."""
    return ".".join(map(str, key))
