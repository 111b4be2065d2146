"""Cedar policies from what the answers say about who may use which tools."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from agentcore_connect.checks.problem import Problem
from agentcore_connect.errors import ConnectError, raise_all
from agentcore_connect.plan.cedar_claims import claim_condition
from agentcore_connect.plan.cedar_condition import quoted
from agentcore_connect.plan.cedar_terms import Argument, argument_condition
from agentcore_connect.resources import load

Targets = Mapping[str, Sequence[Mapping[str, Any]] | None]

_NAME_LENGTH: Final = "policy-name-length"
_TYPO: Final = 0.85  # a name this near to a target's is meant to be it; others may be targets made elsewhere


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its name and file, one Cedar statement, and the mode to add it with.

    `arn_known` is false while the statement has `${GATEWAY_ARN}` in place of the gateway's ARN.
    """

    name: str
    file: str
    statement: str
    effect: str
    tools: tuple[str, ...]
    validation_mode: str
    arn_known: bool

    def as_dict(self) -> dict[str, Any]:
        """The policy as plain data, for templates."""
        return {**asdict(self), "tools": list(self.tools)}


@dataclass(frozen=True, slots=True)
class _Wish:
    """One entry of `policy.restrict`, checked as far as its own words go."""

    at: str
    effect: str
    tools: tuple[tuple[str, Mapping[str, Any] | None], ...]
    entry: Mapping[str, Any]


def write_policies(
    restrict: Sequence[Any],
    *,
    inbound_auth: str,
    targets: Targets,
    gateway_name: str = "",
    gateway_arn: str | None = None,
    permit_rest: bool = False,
) -> tuple[list[Policy], list[Problem]]:
    """The policies that the answers ask for.

    In: `policy.restrict`; the gateway's inbound auth, name and (where known) ARN; its targets by name with their tools'
    definitions, None for a target whose tools are not known here. `permit_rest`: the gateway has no policies yet, so
    wishes that only forbid get a permit for every tool: without one, the engine would deny them all.
    Out: policies with unique names, and warnings about them.
    Errors: ConnectError (or ManyErrors) `unknown-target`, `unknown-tool`, `unknown-argument`, `no-tools`,
    `claim-without-claims`, `values-without-claim`, `bad-operator`, `bad-value`, each with its place in the answers.
    """
    problems: list[ConnectError] = []
    found: list[Policy] = []
    warnings: list[Problem] = []
    for number, entry in enumerate(restrict):
        try:
            wish = _wish(entry, f"policy.restrict[{number}]", targets, warnings)
            for tools, conditions in _parts(wish, inbound_auth, warnings):
                name = _unique(_name(gateway_name, wish.effect, tools), {one.name for one in found})
                found.append(_policy(name, wish, tools, conditions, inbound_auth, gateway_arn))
                warnings.extend(_unconditional(found[-1], conditions, wish.at))
        except ConnectError as error:
            problems.extend(error.problems)
    raise_all(problems)
    if permit_rest and found and all(one.effect == "forbid" for one in found):
        rest = _permits(found, targets, inbound_auth, gateway_name, gateway_arn)
        text = load("cedar")["rules"]["permits-added"]["text"]
        warnings.append(Problem("warning", "permits-added", "policy.restrict", f"{text} {_names(rest)}"))
        return [*rest, *found], warnings
    warnings.extend(_not_permitted(found, targets))
    return found, warnings


def _permits(
    forbids: Sequence[Policy], targets: Targets, inbound_auth: str, gateway_name: str, gateway_arn: str | None
) -> list[Policy]:
    """A permit for all tools of each target, by their names or, where these are not known, by the target's group."""
    found: list[Policy] = []
    separator = load("cedar")["separator"]
    for target, tools in targets.items():
        names = tuple(f"{target}{separator}{tool['name']}" for tool in tools or ()) or (target,)
        taken = {one.name for one in (*forbids, *found)}
        name = _unique(_name(gateway_name, "permit", (f"{target}{separator}{target}_tools",)), taken)
        wish = _Wish("policy.restrict", "permit", (), {})
        found.append(_policy(name, wish, names, (), inbound_auth, gateway_arn))
    return found


def _names(policies: Iterable[Policy]) -> str:
    return f"Added: {', '.join(one.file for one in policies)}."


def _wish(entry: Any, at: str, targets: Targets, warnings: list[Problem]) -> _Wish:
    given: dict[str, Any] = {"tools": [entry]} if isinstance(entry, str) else dict(entry)
    named = given.get("tools") or []
    names = [named] if isinstance(named, str) else list(named)
    if not names:
        raise ConnectError("no-tools", "no tool is named", where=f"{at}.tools", expected="a list of Target___tool")
    plain = isinstance(entry, str)
    problems: list[ConnectError] = []
    tools: list[tuple[str, Mapping[str, Any] | None]] = []
    for number, name in enumerate(names):
        try:
            tools.append((name, _definition(name, at if plain else f"{at}.tools[{number}]", targets, warnings)))
        except ConnectError as error:
            problems.append(error)
    raise_all(problems)
    return _Wish(at, given.get("effect") or "permit", tuple(dict(tools).items()), given)


def _definition(name: str, at: str, targets: Targets, warnings: list[Problem]) -> Mapping[str, Any] | None:
    """The tool's definition; None where its target or the target's tools are not known."""
    separator = load("cedar")["separator"]
    target, _, tool = str(name).partition(separator)
    known = [f"{one}{separator}{t['name']}" for one, tools in targets.items() for t in tools or ()]
    close = difflib.get_close_matches(str(name), known, n=1) or difflib.get_close_matches(target, targets, 1, _TYPO)
    if not tool or (target not in targets and close):
        raise ConnectError(
            "unknown-target",
            f"{target!r} is no target of this gateway" if tool else f"{name!r} names no tool of a target",
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
    if tools is None:
        return None
    for one in tools:
        if one["name"] == tool:
            return one
    close = difflib.get_close_matches(tool, [one["name"] for one in tools], n=1)
    raise ConnectError(
        "unknown-tool",
        f"the target {target!r} has no tool {tool!r}",
        where=at,
        expected=f"one of {', '.join(one['name'] for one in tools)}",
        hint=f"did you mean {target}{separator}{close[0]}?" if close else None,
    )


def _parts(
    wish: _Wish, inbound_auth: str, warnings: list[Problem]
) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The tools that can share a statement, with its conditions: an argument must have one type for all of them."""
    claim = claim_condition(wish.entry, load("cedar")["principals"][inbound_auth], wish.at)
    claims = claim.terms if claim is not None else ()
    when = wish.entry.get("when")
    if not when:
        return [(tuple(name for name, _ in wish.tools), claims)]
    groups: dict[str, list[tuple[str, Argument]]] = {}
    for name, tool in wish.tools:
        argument = Argument.of(tool, when, f"{wish.at}.when", name)
        groups.setdefault(argument.kind, []).append((name, argument))
        if tool is None:
            rule = load("cedar")["rules"]["unknown-argument-type"]
            message = f"{name}: `{when['input']}` is taken to be of type {argument.kind}. {rule['text']}"
            warnings.append(Problem("warning", "unknown-argument-type", f"{wish.at}.when.input", message))
    parts = []
    for members in groups.values():
        condition = argument_condition([one for _, one in members], when, f"{wish.at}.when")
        parts.append((tuple(name for name, _ in members), (*claims, *condition)))
    return parts


def _policy(
    name: str,
    wish: _Wish,
    tools: tuple[str, ...],
    conditions: tuple[str, ...],
    inbound_auth: str,
    gateway_arn: str | None,
) -> Policy:
    cedar = load("cedar")
    actions = [cedar["action"].format(action=quoted(tool)) for tool in tools]
    alone = "==" if cedar["separator"] in tools[0] else "in"  # a target's name stands for the group of its tools
    action = (
        f"action {alone} {actions[0]}" if len(actions) == 1 else "action in [\n    " + ",\n    ".join(actions) + "\n  ]"
    )
    resource = cedar["resource"].format(gateway=quoted(gateway_arn or cedar["arn_variable"]))
    scope = f"  {cedar['principals'][inbound_auth]['scope']},\n  {action},\n  resource == {resource}"
    when = "\nwhen {\n  " + " &&\n  ".join(conditions) + "\n}" if conditions else ""
    mode = cedar["validation_modes"]["conditional" if conditions else "unconditional"]
    statement = f"{wish.effect}(\n{scope}\n){when};\n"
    return Policy(name, f"{name}.cedar", statement, wish.effect, tools, mode, gateway_arn is not None)


def _unconditional(policy: Policy, conditions: tuple[str, ...], at: str) -> Iterable[Problem]:
    code = f"unconditional-{policy.effect}"
    if not conditions:
        yield Problem("warning", code, at, f"{policy.name}: {load('cedar')['rules'][code]['text']}")


def _not_permitted(policies: Sequence[Policy], targets: Targets) -> Iterable[Problem]:
    """A warning that names the known tools for which there is no permit."""
    separator = load("cedar")["separator"]
    every = [f"{target}{separator}{tool['name']}" for target, tools in targets.items() for tool in tools or ()]
    permitted = {tool for policy in policies if policy.effect == "permit" for tool in policy.tools}
    denied = [tool for tool in every if tool not in permitted]
    if policies and denied:
        shown = ", ".join(denied)
        text = load("cedar")["rules"]["denied-by-default"]["text"]
        yield Problem("warning", "denied-by-default", "policy.restrict", f"{text} Without a permit: {shown}")


def _name(gateway_name: str, effect: str, tools: tuple[str, ...]) -> str:
    """A name from the gateway, the effect and the tool: names are unique in an account, so the gateway's is in it."""
    tool = tools[0].partition(load("cedar")["separator"])[2]
    more = f"_and_{len(tools) - 1}" if len(tools) > 1 else ""
    text = re.sub(r"[^A-Za-z0-9]+", "_", f"{gateway_name}_{effect}_{tool}{more}", flags=re.ASCII).strip("_")
    return text if text[:1].isalpha() else f"p_{text}"


def _unique(name: str, taken: set[str]) -> str:
    longest = load("limits")["limits"][_NAME_LENGTH]["value"]
    if len(name) > longest:
        name = f"{name[: longest - 7]}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    for number in range(2, len(taken) + 3):
        if name not in taken:
            break
        name = f"{re.sub(r'_no[0-9]+$', '', name)[: longest - 6]}_no{number}"
    return name
