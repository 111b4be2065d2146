"""From the facts of one connection to its decision: the route, the sign-in, what only the API can do, the advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from agentcore_connect.advise.records import Decision, Facts
from agentcore_connect.core.values import record, text
from agentcore_connect.engine.conditions import Predicate, compile_condition
from agentcore_connect.engine.tree import End
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.resources import load

#: The trees that follow the route, by the stage that the route leads to.
_AFTER_ROUTE = {"gateway": "gateway-auth", "agent": "agent-auth"}
#: What every decision says, so that conditions can name it.
_UNDECIDED = Decision()._asdict()


class Verdict(NamedTuple):
    """What was decided for one connection.

    ``known`` is what conditions and texts name: the facts, what follows from them, the decision; ``pending`` the
    variable that has to be known first, ``tree`` where it was looked at; ``used`` the variables that had a part in it.
    """

    facts: Facts
    decision: Decision
    known: Mapping[str, object]
    rules: tuple[str, ...]
    used: Mapping[str, object]
    pending: str | None
    tree: str


class Walk(NamedTuple):
    """A decision by the names of its variables; see ``Verdict``."""

    known: Mapping[str, object]
    result: Mapping[str, object]
    rules: tuple[str, ...]
    used: Mapping[str, object]
    pending: str | None = None
    tree: str = ""


@cache
def _derivations(phase: str) -> tuple[tuple[str, Predicate, Predicate | None], ...]:
    return tuple(
        (
            entry["name"],
            compile_condition(entry["is"], base.patterns()),
            compile_condition(entry["unknown"], base.patterns()) if "unknown" in entry else None,
        )
        for entry in load("derivations")["derivations"]
        if entry["phase"] == phase
    )


def derive(phase: str, facts: Mapping[str, object], *, asking: bool) -> dict[str, bool | None]:
    """Work out what follows from the facts in a phase.

    Args:
        phase: answers, route or decision.
        facts: the facts so far.
        asking: an interview is under way, so what cannot be told yet stays None instead of false.
    """
    found: dict[str, bool | None] = {}
    for name, holds, unknown in _derivations(phase):
        if asking and unknown is not None and unknown(facts):
            found[name] = None
        else:
            found[name] = holds(facts)
    return found


def decide(facts: Facts, *, asking: bool = False) -> Verdict:
    """Decide one connection; ``asking`` leaves open what an interview has yet to ask."""
    end = walk(facts._asdict(), asking=asking)
    return Verdict(facts, record(Decision, end.result), end.known, end.rules, end.used, end.pending, end.tree)


def walk(facts: Mapping[str, object], *, asking: bool) -> Walk:
    """Decide by the names of variables, nested records reached by dotted ones; see ``decide``."""
    known: dict[str, object] = {**_UNDECIDED, **facts}
    known.update(derive("answers", known, asking=asking))
    engine = base.engine()
    route = engine.decide("route", known)
    if route.pending is not None:
        return _open(known, route, "route", {})
    known.update(route.result)
    tree = _AFTER_ROUTE.get(text(route.result["leads_to"]) or "")
    if tree is None:
        return _closed(known, route, None, [], asking=asking)
    known.update(derive("route", known, asking=asking))
    wishes = [rule for rule, holds in base.api_only() if holds(known)]
    known["api_only"] = bool(wishes)
    auth = engine.decide(tree, known, start=route.result)
    if auth.pending is not None:
        return _open(known, auth, tree, route.tested, before=route.rules())
    wishes = _still_wished({**known, **auth.result}, auth)
    if bool(wishes) is not known["api_only"]:  # the walk was steered to another sign-in, with other wishes
        auth = engine.decide(tree, {**known, "api_only": bool(wishes)}, start=route.result)
    known.update(auth.result)
    return _closed(known, route, auth, wishes, asking=asking)


def _still_wished(known: Mapping[str, object], auth: End) -> list[str]:
    """The wishes that the sign-in finally decided upon still has, in case the walk was steered to another."""
    if auth.result.get("leads_to") != "gateway":
        return []
    return [rule for rule, holds in base.api_only() if holds(known)]


def _open(
    known: Mapping[str, object], end: End, tree: str, used: Mapping[str, object], before: Iterable[str] = ()
) -> Walk:
    rules = tuple(dict.fromkeys((*before, *end.rules())))
    return Walk(known, end.result, rules, {**used, **end.tested}, end.pending, tree)


def _closed(known: dict[str, object], route: End, auth: End | None, wishes: list[str], *, asking: bool) -> Walk:
    result = {**route.result, **(auth.result if auth else {})}
    known.update(derive("decision", known, asking=asking))
    fired = (*route.rules(), *(auth.rules() if auth else ()), *wishes)
    left = _reasons_of_the_way_left(route, auth)
    rules = tuple(rule for rule in dict.fromkeys(fired) if rule not in left)
    used = {**route.tested, **(auth.tested if auth else {})}
    return Walk(known, result, rules, used)


def _reasons_of_the_way_left(route: End, auth: End | None) -> set[str]:
    """The reasons for a path and a target type that the walk was steered away from; its warnings say why it was."""
    if auth is None or auth.result.get("path") == route.result.get("path"):
        return set()
    cells = [one.rule for one in auth.fired if one.row and one.by == "targets"]
    return {rule for rule in (*route.rules(), *cells) if base.rules()[rule].kind == "why"}


def advise(scope: str, facts: Mapping[str, object]) -> list[str]:
    """The ids of the rules of a scope that speak up by themselves about these facts."""
    return [rule.id for rule in base.advice(scope) if rule.applies is not None and rule.applies(facts)]


def unspoken(scope: str, facts: Mapping[str, object], keys: Iterable[str]) -> list[str]:
    """The answers among some without which the rules would say the same."""
    named = list(keys)
    said = advise(scope, facts) if named else []
    return [key for key in named if key not in facts or advise(scope, {**facts, key: None}) == said]
