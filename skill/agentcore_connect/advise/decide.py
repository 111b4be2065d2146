"""Decides one connection: its route, its auth, the parts that only the API can do, and the advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from agentcore_connect.advise.records import Decision, Facts
from agentcore_connect.core.record import NamedTuple
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
    """The decision for one connection.

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
    """A decision as variables by name; see ``Verdict``."""

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
    """Compute the derived facts of a phase.

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
    """Decide one connection; with ``asking``, stop at a question that has no answer yet."""
    end = walk(facts._asdict(), asking=asking)
    return Verdict(facts, record(Decision, end.result), end.known, end.rules, end.used, end.pending, end.tree)


def walk(facts: Mapping[str, object], *, asking: bool) -> Walk:
    """Decide from variables by name; dotted names reach nested records. See ``decide``."""
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
    """Keep the wishes that apply to the auth finally chosen; a rule may have changed it."""
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
    """Return the reasons for the path that a rule overruled. The rule's warning says why."""
    if auth is None or auth.result.get("path") == route.result.get("path"):
        return set()
    cells = [one.rule for one in auth.fired if one.row and one.by == "targets"]
    return {rule for rule in (*route.rules(), *cells) if base.rules()[rule].kind == "why"}


def advise(scope: str, facts: Mapping[str, object]) -> list[str]:
    """Return the ids of the rules of a scope whose conditions these facts meet."""
    return [rule.id for rule in base.advice(scope) if rule.applies is not None and rule.applies(facts)]


def unspoken(scope: str, facts: Mapping[str, object], keys: Iterable[str]) -> list[str]:
    """Return the answers that no rule depends on."""
    named = list(keys)
    said = advise(scope, facts) if named else []
    return [key for key in named if key not in facts or advise(scope, {**facts, key: None}) == said]
