"""Smithy models are counted, sized and held against what a gateway takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agentcore_connect.knowledge.resources import load
from agentcore_connect.specs.smithy import read_smithy, summary
from agentcore_connect.specs.spec_file import parse_spec
from tests.specs.smithy_cases import SERVICE, model, refused


def faults(data: Any) -> set[str]:
    return {one.id for one in summary(parse_spec(json.dumps(data), shown="model.json")).faults}


def test_a_model_that_is_taken() -> None:
    found = summary(parse_spec(json.dumps(model()), shown="model.json"))
    assert sorted(found.operations) == ["Get", "List", "Query"]
    assert (found.tool_count, found.services, found.version, found.faults) == (3, (SERVICE,), "2.0", ())


def test_each_fault() -> None:
    assert {name: faults(data) for name, data in refused().items()} == {name: {name} for name in refused()}
    assert set(refused()) == set(load("smithy-limits")["faults"])


def test_the_smithy_language_is_a_fault_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.smithy").write_text('$version: "2"\nnamespace a\nservice S { operations: [Get] }\n')
    assert [one.id for one in read_smithy("a.smithy", base=tmp_path).faults] == ["smithy-not-json"]
