"""Every template that the space has: judged by cfn-lint, by the program's own rules and by botocore's model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.checks.template_lint import lint
from agentcore_connect.checks.template_rules import check_template
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.stack import document
from agentcore_connect.project.cloudformation import template_data
from agentcore_connect.render.environment import environment
from agentcore_connect.render.plan_files import _with_places
from agentcore_connect.verify.template import against_model
from tests.conformance import space
from tests.conformance.emitted import furnish, gathered
from tests.conformance.space import Situation
from tests.share import share_of

Count = Callable[..., None]
#: What tells one kind of connection from another, where a template holds it.
DECIDED = ("path", "target_type", "outbound_auth", "grant", "connector", "steered", "front_missing")
ASKED = ("host", "network", "inbound", "gateway_here", "service", "direct_reason")


def situations() -> list[Situation]:
    """A situation for each kind of connection that a gateway can have, by a template; and every wish for each kind."""
    kinds: dict[str, tuple[Mapping[str, Any], Situation]] = {}
    for number, way in enumerate(space.ways()):
        if way.result.get("target_type"):
            data = space.document(way.facts, space.INBOUNDS[number % 3])
            decided = {key: way.result.get(key) for key in DECIDED}
            around = {**{key: way.facts.get(key) for key in ASKED}, "inbound": data["gateway"]["inbound_auth"]}
            one = Situation(data, via="cloudformation", why=f"way {number}")
            kinds.setdefault(
                json.dumps([decided, around]),
                ({**way.result, **around, "mechanism": "cli+sdk", "surface": "0.30"}, one),
            )
    every = [one for _, one in kinds.values()]
    every += [replace(one, via="cloudformation") for one in space.wished(kinds.values())]
    every += [replace(one, via="cloudformation") for one in space.around() if one.surface == "0.30"]
    return list({one.key: one for one in every}.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("templates")
    furnish(found)
    return found


def _text(plan: Plan, one: Situation, folder: Path) -> str:
    ctx = _with_places(plan, gathered(one, folder), folder / "connect")
    return environment().get_template("cloudformation/template.yaml.j2").render(ctx)


@pytest.mark.parametrize("part", range(6))
def test_every_template_is_right(part: int, folder: Path, count: Count) -> None:
    """In parts, so that workers share the work; a shortened run takes one situation in twelve."""
    texts: dict[str, str] = {}
    planned = 0
    for one in share_of(situations(), one_in=12)[part::6]:
        plan = build(gathered(one, folder))
        planned += 1
        if plan.context["stack"]:
            texts.setdefault(_text(plan, one, folder), one.why)
            large = any("--s3-bucket" in op.argv for op in plan.operations)
            assert large or len(_text(plan, one, folder).encode()) <= 51_200
            assert document(plan.context["stack"])["Resources"]
    problems = []
    for text, why in texts.items():
        data = template_data(text, shown="template.yaml")
        verdict = lint(text, "us-east-1")
        assert not verdict.not_run
        found = [*verdict.errors, *verdict.warnings, *map(str, check_template(data)), *against_model(data)]
        count("templates", "run")
        count("templates", "accepted", not found)
        problems += [f"{why}: {problem}" for problem in found]
    assert not problems, "\n".join(problems)[:4000]
    assert planned
    assert texts
