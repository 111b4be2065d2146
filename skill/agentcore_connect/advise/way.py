"""The way of a plan whose gateway the CLI cannot create: by the API."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from agentcore_connect.core.vias import VIAS
from agentcore_connect.engine.conditions import Predicate, compile_condition
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load

if TYPE_CHECKING:
    from agentcore_connect.advise.facts import Case

_CLI, _API, *_ = VIAS


def with_way(case: Case) -> Case:
    """Return the case, going by the API where the CLI cannot create its gateway; ``by_api`` then says why.

    A gateway that exists, here or elsewhere, is not created; a template creates any.
    """
    gateway = case.answers.get("gateway")
    if case.via not in (_CLI, _API) or not isinstance(gateway, dict) or gateway.get("exists"):
        return case
    facts = {"gateway": gateway, "surface": case.surface}
    why = next((text for text, holds in _needs() if holds(facts)), None)
    name = gateway.get("name") or questions()["gateway.name"].default
    if why is None or (case.project is not None and case.project.gateway(str(name)) is not None):
        return case
    return case._replace(via=_API, by_api=why)


@cache
def _needs() -> tuple[tuple[str, Predicate], ...]:
    return tuple(
        (one["text"], compile_condition(one["when"], patterns())) for one in load("auth-matrix")["gateway_by_api"]
    )
