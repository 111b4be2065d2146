"""The text of one Cedar policy: its comment in words, its statement, its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from agentcore_connect.core.record import dataclass
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.cedar_condition import Call, Condition, quoted
from agentcore_connect.plan.records import PolicyContext

#: Stands for every tool, alone or after a target's name.
EVERY: Final = "*"

_NAME_LENGTH: Final = "policy-name-length"
_SHOWN: Final = 6  # tools that a comment names; the rest are counted


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its name and file, one Cedar statement, and the mode to add it with.

    The statement begins with its comment. A name in ``tools`` without the separator is a target, `*` stands for every
    tool. `arn_known` is false while the statement has `${GATEWAY_ARN}` in place of the gateway's ARN.
    """

    name: str
    file: str
    statement: str
    effect: str
    tools: tuple[str, ...]
    validation_mode: str
    arn_known: bool

    def as_dict(self) -> PolicyContext:
        """The policy as plain data, for templates."""
        return PolicyContext(
            name=self.name,
            file=self.file,
            statement=self.statement,
            effect=self.effect,
            tools=list(self.tools),
            validation_mode=self.validation_mode,
            arn_known=self.arn_known,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """The content of a policy, before it is rendered."""

    effect: str
    tools: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()

    def covers(self, tool: str) -> bool:
        """Return whether the rule is about a tool, by its name, its target or as one of all."""
        target = tool.partition(load("cedar")["separator"])[0]
        return any(one in (tool, target, EVERY) for one in self.tools)

    def applies(self, call: Call) -> bool:
        """Return whether the rule counts for a call."""
        return self.covers(call.tool) and all(one.holds(call) for one in self.conditions)


def policy_of(rule: Rule, name: str, inbound_auth: str, gateway_arn: str | None) -> Policy:
    """The policy that says what a rule says."""
    cedar = load("cedar")
    terms = [term for one in rule.conditions for term in one.terms]
    when = "\nwhen {\n  " + " &&\n  ".join(terms) + "\n}" if terms else ""
    mode = cedar["validation_modes"]["conditional" if terms else "unconditional"]
    statement = f"{_comment(rule)}{rule.effect}(\n{_scope(rule, inbound_auth, gateway_arn)}\n){when};\n"
    return Policy(name, f"{name}.cedar", statement, rule.effect, rule.tools, mode, gateway_arn is not None)


def _scope(rule: Rule, inbound_auth: str, gateway_arn: str | None) -> str:
    cedar = load("cedar")
    principal = cedar["principals"][inbound_auth]["scope"]
    if EVERY in rule.tools:
        # what stops everything stops every kind of caller: the engine may have other gateways
        stops_all = rule.effect == "forbid" and not rule.conditions
        return f"  {'principal' if stops_all else principal},\n  action,\n  resource is {cedar['resource_type']}"
    actions = [cedar["action"].format(action=quoted(tool)) for tool in rule.tools]
    alone = "==" if cedar["separator"] in rule.tools[0] else "in"  # a target's name stands for the group of its tools
    action = (
        f"action {alone} {actions[0]}" if len(actions) == 1 else "action in [\n    " + ",\n    ".join(actions) + "\n  ]"
    )
    resource = cedar["resource"].format(gateway=quoted(gateway_arn or cedar["arn_variable"]))
    return f"  {principal},\n  {action},\n  resource == {resource}"


def _comment(rule: Rule) -> str:
    """The rule in English, as Cedar comments; what the answers say is escaped, so that it stays in its line."""
    verb = {"permit": "Permits", "forbid": "Forbids"}[rule.effect]
    if not rule.conditions:
        return f"// {verb} {_tools(rule.tools)} to every caller.\n"
    lines = [f"// {verb} {_tools(rule.tools)} where all of this holds:", *(f"- {one.words}" for one in rule.conditions)]
    if len(rule.conditions) == 1:
        lines = [f"// {verb} {_tools(rule.tools)} where {rule.conditions[0].words}."]
    return "\n// ".join("".join(c if c.isprintable() else " " for c in line) for line in lines) + "\n"


def _tools(tools: Sequence[str]) -> str:
    if EVERY in tools:
        return "every tool"
    separator = load("cedar")["separator"]
    shown = [one if separator in one else f"every tool of {one}" for one in tools[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(tools) - _SHOWN} more" if len(tools) > _SHOWN else "")


def policy_name(gateway_name: str, effect: str, tools: tuple[str, ...], taken: set[str]) -> str:
    """A name from the gateway, the effect and the tool: names are unique in an account, so the gateway's is in it."""
    target, separator, tool = tools[0].partition(load("cedar")["separator"])
    first = tool if separator else "every_tool" if target == EVERY else f"{target}_tools"
    more = f"_and_{len(tools) - 1}" if len(tools) > 1 else ""
    text = re.sub(r"[^A-Za-z0-9]+", "_", f"{gateway_name}_{effect}_{first}{more}", flags=re.ASCII).strip("_")
    return _unique(text if text[:1].isalpha() else f"p_{text}", taken)


def _unique(name: str, taken: set[str]) -> str:
    longest = load("limits")["limits"][_NAME_LENGTH]["value"]
    if len(name) > longest:
        name = f"{name[: longest - 7]}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    for number in range(2, len(taken) + 3):
        if name not in taken:
            break
        name = f"{re.sub(r'_no[0-9]+$', '', name)[: longest - 6]}_no{number}"
    return name
