"""Cedar policies from what the answers say about who may use which tools."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.problem import Problem
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject, mapping, mappings, sequence
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.cedar_claims import caller_condition, claim_condition, is_known
from agentcore_connect.plan.cedar_condition import Condition, any_of
from agentcore_connect.plan.cedar_terms import Argument, argument_condition
from agentcore_connect.plan.policy_text import EVERY, Policy, Rule, policy_name, policy_of

Targets = Mapping[str, Sequence[JsonObject] | None]

_TYPO: Final = 0.85  # a name this near to a target's is meant to be it; others may be targets made elsewhere


@dataclass(frozen=True, slots=True)
class _Wish:
    """One entry of `policy.restrict`, checked as far as its own words go."""

    at: str
    effect: str
    tools: tuple[tuple[str, JsonObject | None], ...]
    entry: JsonObject


@dataclass(frozen=True, slots=True)
class Written:
    """The policies, the rules that they say, in the same order, and warnings about them.

    ``rest``: whether tools that no wish permits go on (`permit`) or not (`deny`).
    """

    policies: list[Policy]
    rules: list[Rule]
    warnings: list[Problem]
    rest: str


def write_policies(
    restrict: Sequence[Json],
    *,
    inbound_auth: str,
    targets: Targets,
    gateway_name: str = "",
    gateway_arn: str | None = None,
    permit_rest: bool = False,
    rest: str | None = None,
) -> Written:
    """The policies that the answers ask for.

    In: `policy.restrict`; the gateway's inbound auth, name and (where known) ARN; its targets by name with their tools'
    definitions, None for a target whose tools are not known here. `permit_rest`: the gateway has no policies yet, so
    wishes that only forbid get a permit for every tool: without one, the engine would deny them all. `rest`:
    `policy.rest`; with `permit`, each tool that no wish permits gets a permit, with `deny` none does.
    Out: policies with unique names, and warnings about them.
    Errors: ConnectError (or ManyErrors) `unknown-target`, `unknown-tool`, `unknown-argument`, `no-tools`,
    `claim-without-claims`, `values-without-claim`, `callers-without-iam`, `bad-condition`, `bad-operator`,
    `bad-value`, `policy-too-long`, each with its place in the answers.
    """
    problems: list[ConnectError] = []
    wished: list[Rule] = []
    warnings: list[Problem] = []
    places: list[str] = []
    for number, entry in enumerate(restrict):
        try:
            wish = _wish(entry, f"policy.restrict[{number}]", targets, warnings)
            rules = [Rule(wish.effect, tools, one) for tools, one in _parts(wish, inbound_auth, warnings)]
            wished += rules
            places += [wish.at] * len(rules)
        except ConnectError as error:
            problems.extend(error.problems)
    raise_all(problems)
    added = _rest(wished, targets, permit_rest=permit_rest, rest=rest)
    longest = load("limits")["limits"]["policy-statement-max"]["value"]
    named: dict[str, Rule] = {}
    for rule in (*added, *wished):
        named[policy_name(gateway_name, rule.effect, rule.tools, set(named))] = rule
    policies = [policy_of(rule, name, inbound_auth, gateway_arn) for name, rule in named.items()]
    own = zip(policies[len(added) :], places, strict=True)
    raise_all([_too_long(policy, at) for policy, at in own if len(policy.statement) > longest])
    for policy, rule, at in zip(policies[len(added) :], wished, places, strict=True):
        warnings.extend(_unconditional(policy, rule, at))
    if added:
        text = load("cedar")["rules"]["permits-added"]["text"]
        files = ", ".join(one.file for one in policies[: len(added)])
        warnings.append(Problem("warning", "permits-added", "policy.restrict", f"{text} Added: {files}."))
    elif rest == "permit":
        text = load("cedar")["rules"]["nothing-left-to-permit"]["text"]
        warnings.append(Problem("warning", "nothing-left-to-permit", "policy.rest", text))
    warnings.extend(_not_permitted([*added, *wished], targets))
    return Written(policies, [*added, *wished], warnings, "permit" if added else "deny")


def claims_named(restrict: Sequence[Json]) -> list[str]:
    """The claims that `policy.restrict` asks for, each once."""
    entries = [one for one in restrict if isinstance(one, Mapping)]
    parts = [part for one in entries for part in (one, *_listed(one.get("when") or []))]
    return list(dict.fromkeys(str(part["claim"]) for part in parts if part.get("claim")))


def _rest(rules: Sequence[Rule], targets: Targets, *, permit_rest: bool, rest: str | None) -> list[Rule]:
    """A permit for the tools of each target that go on, by their names or, where these are not known, by the group."""
    only_forbids = bool(rules) and all(one.effect == "forbid" for one in rules)
    shut = any(one.effect == "forbid" and EVERY in one.tools and not one.conditions for one in rules)
    if shut or rest == "deny" or not (rest == "permit" or (permit_rest and only_forbids)):
        return []
    separator = load("cedar")["separator"]
    permits = [one for one in rules if one.effect == "permit"]
    found: list[Rule] = []
    for target, tools in targets.items():
        names = [f"{target}{separator}{tool['name']}" for tool in tools or ()]
        left = tuple(one for one in names if not any(rule.covers(one) for rule in permits))
        mentioned = any(one.partition(separator)[0] in (target, EVERY) for rule in permits for one in rule.tools)
        if left:
            found.append(Rule("permit", left))
        elif not names and not mentioned:  # a permit for the whole target would open the tools that permits restrict
            found.append(Rule("permit", (target,)))
    return found


def _wish(entry: Json, at: str, targets: Targets, warnings: list[Problem]) -> _Wish:
    given: JsonObject = {"tools": [entry]} if isinstance(entry, str) else mapping(entry)
    named = given.get("tools")
    names = [named] if isinstance(named, str) else [str(one) for one in sequence(named)]
    if not names:
        raise ConnectError("no-tools", "no tool is named", where=f"{at}.tools", expected="a list of Target___tool")
    plain = isinstance(entry, str)
    problems: list[ConnectError] = []
    tools: list[tuple[str, JsonObject | None]] = []
    for number, name in enumerate(names):
        try:
            tools.append((name, _definition(name, at if plain else f"{at}.tools[{number}]", targets, warnings)))
        except ConnectError as error:
            problems.append(error)
    raise_all(problems)
    every = EVERY in names
    if every and len(names) > 1:
        raise ConnectError("bad-value", "`*` is every tool already", where=f"{at}.tools", expected="`*` alone")
    group = f"{load('cedar')['separator']}{EVERY}"
    defined = {name.removesuffix(group): tool for name, tool in tools}
    if len({group in name for name in names}) > 1:
        message = "a whole target and single tools are two entries"
        raise ConnectError("bad-value", message, where=f"{at}.tools", expected="one entry of `restrict` for each")
    return _Wish(at, str(given.get("effect") or "permit"), tuple(defined.items()), given)


def _definition(name: str, at: str, targets: Targets, warnings: list[Problem]) -> JsonObject | None:
    """The tool's definition; None where its target or the target's tools are not known."""
    separator = load("cedar")["separator"]
    target, _, tool = str(name).partition(separator)
    if name == EVERY:
        return None
    known = [f"{one}{separator}{t['name']}" for one, tools in targets.items() for t in tools or ()]
    close = difflib.get_close_matches(str(name), known, n=1) or difflib.get_close_matches(target, targets, 1, _TYPO)
    if not tool or (target not in targets and close):
        raise ConnectError(
            "unknown-target",
            f"{target!r} is not a target of this gateway" if tool else f"{name!r} names no tool of a target",
            where=at,
            expected=f"a target, three underscores and a tool; targets: {', '.join(targets) or 'none'}",
            received=str(name),
            hint=f"did you mean {close[0]!r}?" if close else None,
        )
    if target not in targets:
        text = load("cedar")["rules"]["unknown-target"]["text"]
        warnings.append(Problem("warning", "unknown-target", at, f"{name}: {text}"))
        return None
    tools = targets[target]
    if tools is None or tool == EVERY:
        return None
    for one in tools:
        if one["name"] == tool:
            return one
    names = [str(one["name"]) for one in tools]
    close = difflib.get_close_matches(tool, names, n=1)
    raise ConnectError(
        "unknown-tool",
        f"the target {target!r} has no tool {tool!r}",
        where=at,
        expected=f"one of {', '.join(names)}",
        hint=f"did you mean {target}{separator}{close[0]}?" if close else None,
    )


def _parts(
    wish: _Wish, inbound_auth: str, warnings: list[Problem]
) -> Iterable[tuple[tuple[str, ...], tuple[Condition, ...]]]:
    """The tools that can share a statement, with its conditions: an argument must have one type for all of them."""
    principal = load("cedar")["principals"][inbound_auth]
    callers = caller_condition(wish.entry.get("callers"), principal, wish.at)
    claim = claim_condition(wish.entry, principal, wish.at)
    first = tuple(one for one in (callers, claim) if one is not None)
    given = wish.entry.get("when") or []
    listed = isinstance(given, list)
    places = [(one, f"{wish.at}.when[{n}]" if listed else f"{wish.at}.when") for n, one in enumerate(_listed(given))]
    for one, at in places:
        _one_thing(one, at)
    warnings.extend(_claims_not_known([(wish.entry, wish.at), *places]))
    if not places:
        return [(tuple(name for name, _ in wish.tools), first)]
    groups: dict[tuple[tuple[str, str], ...], list[tuple[str, list[Argument | None]]]] = {}
    for name, tool in wish.tools:
        arguments = [_argument(one, at, name, tool, warnings) for one, at in places]
        kinds = tuple((one.kind, one.term) if one is not None else ("", "") for one in arguments)
        groups.setdefault(kinds, []).append((name, arguments))
    parts = []
    for members in groups.values():
        conditions = []
        for number, (one, at) in enumerate(places):
            arguments = [found[number] for _, found in members]
            known = [argument for argument in arguments if argument is not None]
            met = argument_condition(known, one, at) if known else claim_condition(one, principal, at)
            conditions += [met] if met is not None else []
        together = (any_of(tuple(conditions)),) if wish.entry.get("match") == "any" else tuple(conditions)
        parts.append((tuple(name for name, _ in members), (*first, *together)))
    return parts


def _claims_not_known(conditions: Iterable[tuple[JsonObject, str]]) -> Iterable[Problem]:
    """A warning for each claim whose kind neither its name nor the answers tell."""
    for one, at in conditions:
        claim = one.get("claim")
        if claim and one.get("values") and not one.get("claim_type") and not is_known(str(claim)):
            text = load("cedar")["rules"]["claim-taken-as-one-value"]["text"]
            yield Problem("warning", "claim-taken-as-one-value", f"{at}.claim", f"{claim}: {text}")


def _listed(given: Json) -> list[JsonObject]:
    return mappings(given if isinstance(given, list) else [given])


def _one_thing(when: JsonObject, at: str) -> None:
    """A condition is on an argument or on a claim, and has what its operator needs."""
    presence = load("cedar")["presence"]
    about_input = when.get("input") is not None
    if about_input == (when.get("claim") is not None):
        raise ConnectError(
            "bad-condition",
            "a condition is on one argument or on one claim",
            where=at,
            expected="`input`, `op` and `value`, or `claim` and `values`",
        )
    if about_input and when.get("op") is None:
        raise ConnectError("bad-condition", "this lacks its operator", where=f"{at}.op", expected="`op`, such as ==")
    if about_input and when["op"] not in presence and when.get("value") is None:
        raise ConnectError("bad-condition", f"{when['op']} lacks its value", where=f"{at}.value", expected="`value`")


def _argument(
    when: JsonObject, at: str, name: str, tool: JsonObject | None, warnings: list[Problem]
) -> Argument | None:
    """The argument that a condition is about; None for a condition on a claim."""
    if when.get("input") is None:
        return None
    cedar = load("cedar")
    if cedar["separator"] not in name:
        raise ConnectError(
            "bad-condition",
            "tools that are not named one by one have no arguments in common",
            where=f"{at}.input",
            expected="the names of the tools in `tools`",
            hint=cedar["rules"]["group-with-input"]["text"],
        )
    argument = Argument.of(tool, when, at, name)
    if tool is None and when["op"] not in cedar["presence"]:
        rule = cedar["rules"]["unknown-argument-type"]
        message = f"{name}: `{when['input']}` is taken to be of type {argument.kind}. {rule['text']}"
        warnings.append(Problem("warning", "unknown-argument-type", f"{at}.input", message))
    return argument


def _too_long(policy: Policy, at: str) -> ConnectError:
    return ConnectError(
        "policy-too-long",
        f"the policy {policy.name} has {len(policy.statement):,} characters",
        where=at,
        expected=load("cedar")["rules"]["statement-length"]["text"],
        hint="split its tools or its values into several entries: what one of several permits allows is allowed, "
        "what one of several forbids denies is denied",
    )


def _unconditional(policy: Policy, rule: Rule, at: str) -> Iterable[Problem]:
    code = f"unconditional-{policy.effect}"
    if not rule.conditions:
        yield Problem("warning", code, at, f"{policy.name}: {load('cedar')['rules'][code]['text']}")


def _not_permitted(rules: Sequence[Rule], targets: Targets) -> Iterable[Problem]:
    """A warning that names the known tools for which there is no permit."""
    separator = load("cedar")["separator"]
    every = [f"{target}{separator}{tool['name']}" for target, tools in targets.items() for tool in tools or ()]
    permits = [rule for rule in rules if rule.effect == "permit"]
    denied = [tool for tool in every if not any(rule.covers(tool) for rule in permits)]
    if rules and denied:
        shown = ", ".join(denied)
        text = load("cedar")["rules"]["denied-by-default"]["text"]
        yield Problem("warning", "denied-by-default", "policy.restrict", f"{text} Without a permit: {shown}")
