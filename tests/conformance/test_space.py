"""The enumeration itself: every way is planned and leads where the engine's walk leads; nothing is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from agentcore_connect.engine.tree import Engine
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.plan.build import build
from tests.conformance import space
from tests.conformance.emitted import Emitted, gathered, said_and_not_so

Count = Callable[..., None]


def test_every_way_is_planned_and_leads_where_the_walk_leads(everything: Emitted, count: Count) -> None:
    assert everything.missed == []
    assert everything.refused == {}
    assert everything.plans == everything.situations >= len(space.ways())
    for name, number in (
        ("ways", len(space.ways())),
        ("situations", everything.situations),
        ("plans", everything.plans),
        ("refused", sum(map(len, everything.refused.values()))),
    ):
        count("space", name, number)


def test_what_a_plan_says_that_it_does_it_does(everything: Emitted) -> None:
    assert sorted(set(everything.untrue)) == []


def test_an_untrue_sentence_would_be_noticed(everything: Emitted) -> None:
    one = space.Situation(space.document({**space.PUBLIC, "service": "other", "can_front": "none"}))
    plan = build(gathered(one, everything.folder))
    assert said_and_not_so(plan) == []
    plan.context["connections"][0]["target_type"] = "open-api-schema"
    assert said_and_not_so(plan) == ["wrap-before-direct"]


def test_the_ways_are_all_that_the_walk_finds() -> None:
    """Every value of every variable that the trees look at, and every result that they can give, is on some way."""
    results: dict[str, set[Any]] = {}
    facts: dict[str, set[Any]] = {}
    for way in space.ways():
        for into, given in ((results, way.result), (facts, way.facts)):
            for key, value in given.items():
                into.setdefault(key, set()).add(value)
    tree = resources.load("decision-tree")
    for name, values in tree["results"].items():
        assert set(values) <= results[name], name
    for name in ("service_auth", "direct_reason", "service", "direction", "host", "can_front"):
        assert {choice.value for choice in questions()[name].choices} == facts[name]


#: Made from the code of an agent, which the space has none of: tests/agent_edits plans each framework and shape.
_OF_CODE = {"agent-patch"}


def test_every_kind_of_file_is_there(everything: Emitted) -> None:
    kinds = {kind for kind in resources.manifests() if "artifact" in resources.load_manifest(kind)} - _OF_CODE
    whole = {kind for kind in kinds if resources.load_manifest(kind).get("of") == "whole-plan"}
    clients = {kind for kind in kinds if resources.load_manifest(kind).get("kind") in ("client", "client-typescript")}
    assert {resources.load_manifest(kind)["framework"] for kind in clients} == set(space.frameworks())
    assert set(everything.counts()) == kinds - whole
    for kind in clients:
        assert {one.facts["inbound"] for one in everything.of_kind(kind)} == set(space.INBOUNDS)


def test_every_operation_is_there(everything: Emitted) -> None:
    """An operation of a surface that no plan has would never be run."""
    for surface in space.SURFACES:
        for entry in resources.load(f"commands-{surface}")["operations"]:
            start = entry["id"].split("{")[0]
            assert any(name.startswith(start) for name in everything.operations[surface]), f"{surface}: {entry['id']}"


def test_every_option_is_there(everything: Emitted) -> None:
    """An option of a surface that no plan uses would never be run."""
    for surface in space.SURFACES:
        used = {word for (of, argv) in everything.lines for word in argv if of == surface}
        entries = resources.load(f"commands-{surface}")["operations"]
        flags = {option["flag"] for entry in entries for option in entry.get("options", [])}
        assert sorted(flags - used) == []


def test_every_request_is_there(everything: Emitted) -> None:
    operations = {body.operation for body in everything.bodies.values()}
    wanted = set(_operations(resources.load("request-bodies")))
    assert operations == wanted


def _operations(document: Any) -> Iterable[str]:
    for entry in document["requests"]:
        if isinstance(entry["operation"], str):
            yield entry["operation"]
    for provider in document["providers"].values():
        yield provider["create"]
    for part in ("policies", "callers", "web_acl", "role"):
        yield from (one["operation"] for one in document[part].values() if isinstance(one, dict) and "operation" in one)


def test_a_way_that_is_left_out_would_be_noticed(everything: Emitted) -> None:
    """The walk is the engine's own: a branch more in the tree is a way more here."""
    assert isinstance(space._Started(space.base.engine(), {}), Engine)
    ways = {tuple(sorted(way.facts.items())) for way in space.ways()}
    assert len(ways) == len(space.ways()) > 2000
