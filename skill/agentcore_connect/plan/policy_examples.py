"""Example calls for a gateway's policies: for each policy calls that it is about, and calls that miss it by little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from agentcore_connect.core.record import replace
from agentcore_connect.core.values import mapping
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.cedar_condition import Call, arrived, first_of
from agentcore_connect.plan.cedar_terms import sample
from agentcore_connect.plan.policy_text import Policy, Rule

Targets = Mapping[str, Sequence[Mapping[str, object]] | None]

_CALLER: Final = "arn:aws:sts::123456789012:assumed-role/Caller"


def policy_examples(
    policies: Sequence[Policy], rules: Sequence[Rule], targets: Targets, inbound_auth: str
) -> list[dict[str, object]]:
    """Example calls with the decision for each, as plain data.

    In: the policies and, in the same order, the rules that they say; the gateway's targets; its inbound auth.
    Out: for each example `tool`, `target`, `caller` (in words), `principal` and `tags` and `id` (as Cedar sees the
    caller), `arguments` (plain), `input` (as Cedar sees them), `decision` (allow or deny), `because` (the policies that
    decide it, none where no policy permits the call). A tool that is not known here has no example.
    """
    tools = _tools(targets, rules)
    found: dict[str, dict[str, object]] = {}
    for call in _calls(rules, tools, inbound_auth):
        data = _example(call, policies, rules, inbound_auth)
        found.setdefault(repr((data["tool"], data["caller"], data["input"])), data)
    return list(found.values())


def decide(rules: Sequence[Rule], call: Call) -> tuple[bool, list[int]]:
    """Return whether a call is allowed, and the places of the rules that decide it: a forbid overrules permits."""
    applying = [number for number, rule in enumerate(rules) if rule.applies(call)]
    forbids = [number for number in applying if rules[number].effect == "forbid"]
    return (bool(applying) and not forbids, forbids or applying)


def _tools(targets: Targets, rules: Sequence[Rule]) -> dict[str, Mapping[str, object]]:
    """The tools that calls can be made of: those of the targets, and those that a policy names."""
    separator = load("cedar")["separator"]
    found: dict[str, Mapping[str, object]] = {
        f"{target}{separator}{tool['name']}": mapping(tool.get("inputSchema"))
        for target, tools in targets.items()
        for tool in tools or ()
    }
    named = (one for rule in rules for one in rule.tools if separator in one)
    return {**{name: {"type": "object"} for name in named}, **found}


def _calls(rules: Sequence[Rule], tools: Mapping[str, Mapping[str, object]], inbound_auth: str) -> Iterator[Call]:
    who = Call("", caller=_CALLER if inbound_auth == "aws-iam" else "")
    for rule in rules:
        tool = next((name for name in tools if rule.covers(name)), None)
        if tool is None:
            continue
        met = replace(who, tool=tool, input=sample({"type": "object", **tools[tool]}))
        for one in rule.conditions:
            met = first_of(one.fits)(met)
        yield met
        for one in rule.conditions:
            for change in (*one.fits[1:], *one.misses):
                yield change(met)
    permits = [rule for rule in rules if rule.effect == "permit"]
    for name, schema in tools.items():
        if not any(rule.covers(name) for rule in permits):
            yield replace(who, tool=name, input=sample({"type": "object", **schema}))


def _example(call: Call, policies: Sequence[Policy], rules: Sequence[Rule], inbound_auth: str) -> dict[str, object]:
    cedar = load("cedar")
    allowed, by = decide(rules, call)
    kind = cedar["principals"][inbound_auth]["type"] or cedar["anonymous_type"]
    return {
        "tool": call.tool,
        "target": call.tool.partition(cedar["separator"])[0],
        "caller": _caller(call, inbound_auth),
        "principal": kind,
        "id": call.caller or "example-user",
        "tags": {name: arrived(value) for name, value in call.claims.items()},
        "arguments": _plain(call.input),
        "input": _cedar(call.input),
        "decision": "allow" if allowed else "deny",
        "because": [policies[number].name for number in by],
    }


def _caller(call: Call, inbound_auth: str) -> str:
    if inbound_auth == "aws-iam":
        return call.caller
    if inbound_auth == "none":
        return "anyone"
    claims = (f"{name} = {arrived(value)}" for name, value in call.claims.items())
    return f"a token with {', '.join(claims)}" if call.claims else "a token without these claims"


def _plain(value: object) -> object:
    """Arguments as a call has them in JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def _cedar(value: object) -> object:
    """Arguments as Cedar reads them from JSON: a number that the tool declares as such is a decimal."""
    if isinstance(value, Mapping):
        return {key: _cedar(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cedar(one) for one in value]
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return {"__extn": {"fn": "decimal", "arg": text if "." in text else f"{text}.0"}}
    return value
