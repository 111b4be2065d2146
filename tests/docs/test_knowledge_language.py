"""Every example of docs/knowledge-language.md, run by the code that reads the knowledge."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.advise.decide import derive
from agentcore_connect.engine.conditions import ConditionError, compile_condition, holds
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.endpoint_hints import answers_from_endpoint
from agentcore_connect.plan import markers, operations, templates
from agentcore_connect.text import document

PAGE = Path(__file__).resolve().parents[2] / "docs" / "knowledge-language.md"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)


def _examples() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for block in BLOCK.findall(PAGE.read_text("utf-8")):
        for kind, examples in document.parse(block, path="docs/knowledge-language.md").data.items():
            found.setdefault(kind, []).extend(examples)
    return found


def _condition(one: Any) -> None:
    assert holds(one["when"], one["facts"], base.patterns()) is one["holds"]


def _wrong(one: Any) -> None:
    with pytest.raises(ConditionError):
        compile_condition(one)


def _template(one: Any) -> None:
    assert templates.fill(one["template"], one["facts"], one.get("parts")) == one["gives"]


def _missing(one: Any) -> None:
    with pytest.raises(templates.MissingAnswer) as caught:
        templates.fill(one["template"], one["facts"])
    assert caught.value.args == (one["names"],)


def _sentence(one: Any) -> None:
    assert templates.say(one["text"], one["facts"]) == one["gives"]


def _operations(one: Any) -> None:
    found = operations.operations(one["facts"], {"operations": one["operations"]}, {"facts": {}})
    assert [list(step.argv) for step in found] == one["gives"]


def _derivation(one: Any) -> None:
    found = derive(one["phase"], one["facts"], asking=one.get("asking", False))
    assert found[one["name"]] is one["gives"]


def _reading(one: Any) -> None:
    assert answers_from_endpoint(one["endpoint"]) == one["gives"]


def _settled(one: Any) -> None:
    assert markers.settle(one["body"], one["values"]) == one["gives"]


RUN = {
    "conditions": _condition,
    "wrong_conditions": _wrong,
    "templates": _template,
    "missing": _missing,
    "sentences": _sentence,
    "forms": _template,
    "operations": _operations,
    "derivations": _derivation,
    "readings": _reading,
    "settled": _settled,
}
EXAMPLES = _examples()


def test_every_kind_of_example_is_run() -> None:
    assert EXAMPLES.keys() == RUN.keys()


@pytest.mark.parametrize(
    ("kind", "example"),
    [pytest.param(kind, one, id=f"{kind}-{n}") for kind, all_ in EXAMPLES.items() for n, one in enumerate(all_)],
)
def test_example(kind: str, example: Any) -> None:
    RUN[kind](example)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ([key for form in templates.FORMS for key in sorted(form)], "a form"),
        ([*templates.FILTERS, *templates.ABSENT], "a filter"),
        (("all", "any", "not", "eq", "in", "contains", "present", "matches", "gt", "ge", "lt", "le"), "a test"),
    ],
)
def test_everything_that_the_language_knows_is_on_the_page(words: Any, language: str) -> None:
    page = PAGE.read_text("utf-8")
    assert [word for word in words if word not in re.findall(r"\$?\b[a-z]+\b", page)] == [], language
