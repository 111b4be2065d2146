"""The decision space, proved: walked along the trees, every leaf of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from agentcore_connect.engine import space
from agentcore_connect.engine.space import Leaf, leaves
from agentcore_connect.engine.tree import Engine
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.resources import load

ROOTED = ("route", "inbound", "gateway-kind")
AFTER = {"gateway": "gateway-auth", "agent": "agent-auth"}
RESULTS = load("decision-tree")["results"]


def whole_space() -> Iterator[tuple[Leaf, Leaf | None]]:
    """Every way through the route and the tree that follows it."""
    engine, domains = base.engine(), base.domains()
    for route in leaves(engine, "route", domains):
        tree = AFTER.get(route.decision.result["leads_to"])
        if tree is None:
            yield route, None
            continue
        for auth in leaves(_Started(engine, route), tree, domains, route.facts):
            yield route, auth


class _Started(Engine):
    """The engine with a route's results standing at the start of each walk."""

    def __init__(self, engine: Engine, route: Leaf) -> None:
        self.__dict__.update(engine.__dict__)
        self._route = route.decision.result

    def decide(self, tree: str, facts: Any, start: Any = None) -> Any:
        return super().decide(tree, facts, start=start if start is not None else self._route)


SPACE = list(whole_space())


@pytest.mark.parametrize("tree", ROOTED)
def test_a_tree_is_sound(tree: str) -> None:
    assert space.faults(base.engine(), tree, base.domains()) == []


def test_every_combination_ends_in_exactly_one_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    for route, auth in SPACE:
        last = (auth or route).decision
        assert last.complete
        for name, value in {**route.decision.result, **last.result}.items():
            if name in RESULTS and value is not None:
                assert value in RESULTS[name], (name, value)
    outcomes = {space.outcome((auth or route).decision)[0] for route, auth in SPACE}
    inbound = sum(1 for _ in leaves(base.engine(), "inbound", base.domains()))
    kinds = sum(1 for _ in leaves(base.engine(), "gateway-kind", base.domains()))
    with capsys.disabled():
        print(
            f"\ndecision space: {len(SPACE)} ways through routes and sign-in, {inbound} through inbound auth, {kinds} "
            f"through kinds of gateway: {len(SPACE) * inbound * kinds} combinations, {len(outcomes)} distinct outcomes"
        )
    assert len(outcomes) > 50


def test_a_leaf_says_all_that_a_decision_must_say() -> None:
    for route, auth in SPACE:
        result = {**route.decision.result, **(auth.decision.result if auth else {})}
        assert result["path"] in RESULTS["path"]
        assert result["mechanism"] in RESULTS["mechanism"]
        if result.get("target_type"):
            assert result["outbound_auth"] in RESULTS["outbound_auth"]
            assert result["mechanism"] in ("cli", "cli+sdk")
        if result["path"] in "ABC":
            assert result.get("target_type")
        if result["path"] == "D":
            assert not result.get("target_type")
            assert result["mechanism"] == "agent-code"
        assert (result.get("outbound_auth") == "oauth") == (result.get("grant") is not None)


def test_every_steered_decision_says_why() -> None:
    rules = base.rules()
    for route, auth in SPACE:
        result = {**route.decision.result, **(auth.decision.result if auth else {})}
        if result.get("steered"):
            fired = (*route.decision.rules(), *(auth.decision.rules() if auth else ()))
            assert any(rules[r].kind == "warning" for r in fired), (route.facts, auth and auth.facts)


def test_what_was_steered_away_from_is_no_reason() -> None:
    """Of what services demand only the sign-in that is planned is told; the walk itself had others on its way."""
    demand = {row["service_auth"]: row["id"] for row in load("auth-matrix")["demands"]}
    steered = 0
    for _, auth in SPACE:
        if auth is None or auth.decision.result.get("leads_to") != "gateway":
            continue
        told = set(auth.decision.rules()) & set(demand.values())
        assert len(told) == 1, (auth.facts, told)
        looked_up = {one.rule for one in auth.decision.fired if one.row and one.by == "demands"}
        steered += len(looked_up) > 1
        assert told <= looked_up
    assert steered > 50


def test_no_row_of_the_matrix_is_idle() -> None:
    seen = [auth for _, auth in SPACE if auth is not None]
    for table in ("targets", "demands", "cli"):
        assert space.unused_rows(base.engine(), table, seen) == []


def test_no_node_of_the_sign_in_is_idle() -> None:
    for tree in ("gateway-auth", "agent-auth"):
        seen = [auth for route, auth in SPACE if auth is not None and AFTER[route.decision.result["leads_to"]] == tree]
        assert space.unreached(base.engine(), tree, seen) == []


def test_every_question_of_the_sign_in_matters() -> None:
    engine, domains = base.engine(), base.domains()
    starts = {tuple(sorted(r.decision.result.items(), key=str)): r for r, a in SPACE if a is not None}
    for route in starts.values():
        tree = AFTER[route.decision.result["leads_to"]]
        idle = space.idle_questions(_Started(engine, route), tree, domains)
        # which commands the CLI has is read off it, not asked, and two surfaces may come to the same
        assert [one for one in idle if ": surface is asked" not in one] == []


def test_the_cli_never_gets_what_the_api_refuses() -> None:
    matrix = load("auth-matrix")
    for layer in matrix["cli"].values():
        for target, kinds in layer["can"].items():
            for kind in kinds:
                assert matrix["targets"][target][kind]["api"], (target, kind)


def test_the_matrix_leads_to_an_allowed_cell_from_everywhere() -> None:
    matrix = load("auth-matrix")["targets"]
    for target, kinds in matrix.items():
        for kind in kinds:
            seen, at = set(), (target, kind)
            while "use" in (cell := matrix[at[0]][at[1]]):
                assert at not in seen, f"{at} goes in a circle"
                seen.add(at)
                at = (cell["use"].get("target_type", at[0]), cell["use"].get("service_auth", at[1]))
            assert cell["api"]


def test_rules_that_are_cited_exist_and_those_that_exist_are_cited() -> None:
    cited = {r for route, auth in SPACE for leaf in (route, auth) if leaf for r in leaf.decision.rules()}
    for tree in ("inbound", "gateway-kind"):
        for leaf in leaves(base.engine(), tree, base.domains()):
            cited |= set(leaf.decision.rules())
    known = base.rules()
    assert {r for r in cited if r not in known} == set()
    silent = {r for r, rule in known.items() if rule.applies is None} - cited
    uncited = {r for r in silent if not r.startswith(("cli.", "api-only."))}
    assert uncited == set()


def test_variables_of_the_trees_have_a_domain_that_is_asked_or_derived() -> None:
    asked = {q.get("variable", q["id"]) for q in load("questions")["questions"]}
    derived = set(load("decision-tree")["variables"])
    set_by_walk = {"needs", "cli_can", "target_type"}
    for tree in load("decision-tree")["trees"].values():
        for node in tree["nodes"].values():
            if "test" in node:
                assert node["test"] in asked | derived | set_by_walk


def test_a_result_never_hides_an_answer() -> None:
    """Results and derived facts lie over the answers; one of the same name would be taken for the answer."""
    answers = {q["id"] for q in load("questions")["questions"]}
    derived = {d["name"] for d in load("derivations")["derivations"]}
    assert (set(RESULTS) | derived) & answers == set()


def test_two_rules_never_contradict_each_other() -> None:
    """No decision fires both a rule that opens a way and one that closes the same way."""
    opposites = (
        ("user-token-arrives", "no-user-token-at-gateway"),
        ("caller-signature-arrives", "no-caller-signature"),
        ("bearer-arrives", "no-bearer-at-gateway"),
        ("host-verifies-sigv4", "host-cannot-verify-sigv4"),
        ("cli-sets-it", "api-sets-it"),
        ("inverted-flow", "runtime-hosts-mcp"),
    )
    for route, auth in SPACE:
        fired = {*route.decision.rules(), *(auth.decision.rules() if auth else ())}
        for one, other in opposites:
            assert not {one, other} <= fired


def test_order_of_answers_is_indifferent() -> None:
    engine = base.engine()
    for route, _ in SPACE[:: max(1, len(SPACE) // 400)]:
        assert not space.order_matters(engine, "route", route)


# ---- each kind of fault is found, and only it --------------------------------------------------------------------


def _tree(nodes: dict[str, Any], root: str = "a", tables: dict[str, Any] | None = None) -> Engine:
    return Engine({"trees": {"t": {"root": root, "nodes": nodes}}, "tables": tables or {}})


SOUND = {
    "a": {"test": "x", "branches": [{"is": 1, "to": "b"}, {"is": 2, "to": "c"}]},
    "b": {"set": {"r": "one"}},
    "c": {"set": {"r": "two"}},
}
BROKEN = {
    "leads to": {**SOUND, "b": {"set": {"r": "one"}, "to": "nowhere"}},
    "a -> b -> a": {**SOUND, "b": {"set": {"r": "one"}, "to": "a"}},
    "two branches": {**SOUND, "a": {"test": "x", "branches": [{"is": [1, 2], "to": "b"}, {"is": 2, "to": "c"}]}},
    "no branch for": {**SOUND, "a": {"test": "x", "branches": [{"is": 1, "to": "b"}]}},
    "node c is never reached": {**SOUND, "a": {"test": "x", "branches": [{"is": 1, "to": "b"}, {"is": 2}]}},
    "is never taken": {**SOUND, "a": {"test": "x", "branches": [*SOUND["a"]["branches"], {"is": 3, "to": "c"}]}},
    "leads to the same": {**SOUND, "c": {"set": {"r": "one"}}},
}


def test_a_sound_tree_has_no_faults() -> None:
    assert space.faults(_tree(SOUND), "t", {"x": [1, 2]}) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_is_found_and_only_it(fault: str) -> None:
    found = space.faults(_tree(BROKEN[fault]), "t", {"x": [1, 2]})
    assert len(found) == 1, found
    assert fault in found[0]


def test_an_idle_row_is_found() -> None:
    nodes = {"a": {"lookup": "m"}}
    rows = [{"id": "m.1", "at": [1], "set": {"r": 1}}, {"id": "m.9", "at": [9], "set": {"r": 9}}]
    engine = _tree(nodes, tables={"m": {"by": ["x"], "rows": rows}})
    assert space.faults(engine, "t", {"x": [1]}, ("m",)) == ["m: row m.9 is never used"]


def test_rows_that_go_in_a_circle_are_found() -> None:
    rows = [{"id": "m.1", "at": [1], "use": {"x": 2}}, {"id": "m.2", "at": [2], "use": {"x": 1}}]
    engine = _tree({"a": {"lookup": "m"}}, tables={"m": {"by": ["x"], "rows": rows}})
    assert "circle" in space.faults(engine, "t", {"x": [1, 2]})[0]


def test_product_of_all_answers_agrees_with_the_walk() -> None:
    """A brute-force product over the route's variables reaches no outcome that the walk does not know."""
    engine, domains = base.engine(), base.domains()
    names = ["direction", "service", "front", "direct_reason", "prefer", "can_front", "network"]
    names += ["api_elsewhere", "api_by_domain", "model_taken"]
    fixed = {
        "blocker_stated": True,
        "web_search_offered": True,
        "runtime_hosted": False,
        "own_agent": False,
        "local_program": False,
        "client_at_runtime": False,
    }
    known = {space.outcome(route.decision) for route, _ in SPACE}
    for values in product(*(domains[n] for n in names)):
        decision = engine.decide("route", {**fixed, **dict(zip(names, values, strict=True))})
        assert space.outcome(decision) in known
