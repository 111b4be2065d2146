"""Selects the texts for the first screen of a plan, and the sections of the others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge import base
from agentcore_connect.plan.entries import Sentence
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.program import creates_role, script_inputs
from agentcore_connect.plan.role_rights import iam_statements

#: The end of a sentence: a full stop, question or exclamation mark before a capital letter, quote or backtick.
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z`'\"(])")
#: The section of texts that plan.md shows; the others stand in the full plan only (see `section` in rules.yaml).
_SHOWN = "use"
#: Kinds of steps that change the project's files.
_EDITS = ("command", "edit")


class Said(NamedTuple):
    """A text of the plan: its connections, first sentence, remainder, and rule."""

    about: str
    headline: str
    rest: str
    rule: str


class Secret(NamedTuple):
    """A secret that the plan's scripts ask for: what it is, and the environment variable that holds it."""

    ask: str
    env: str


class Brief(NamedTuple):
    """The short form of a plan.

    ``local``: some step edits the project without AWS. ``granted_by``: what gives the gateway's role its rights, or a
    part of them. ``left`` counts the texts that only the full plan has.
    """

    warnings: list[Said]
    secrets: list[Secret]
    reasons: list[Said]
    notes: list[Said]
    rights: list[JsonObject]
    local: bool
    granted_by: str | None
    open_checks: int
    passed_checks: int
    left: int


def brief(plan: Plan) -> Brief:
    """The short form of a plan. Every warning is in it, whole; reasons that were no choice and common notes are not."""
    warnings = [_said(c["name"], one) for c in plan.connections for one in c["warnings"]]
    warnings += [_said("", one) for one in plan.warnings]
    reasons = [(c["name"], one) for c in plan.connections for one in c["why"]]
    reasons += [("", one) for one in plan.gateway.get("why", ())]
    notes = [(c["name"], one) for c in plan.connections for one in c["notes"]] + [("", one) for one in plan.notes]
    shown = [[_said(about, one) for about, one in several if _is_shown(one)] for several in (reasons, notes)]
    checks = [check["status"] for artifact in plan.artifacts for check in artifact["checks"]]
    return Brief(
        warnings=_once(warnings),
        secrets=_secrets(plan),
        reasons=_once(shown[0]),
        notes=_once(shown[1]),
        rights=_rights(plan),
        local=any(step["kind"] in _EDITS and not step["needs_aws"] for step in plan.steps),
        granted_by=_granted_by(plan),
        open_checks=checks.count("not-run"),
        passed_checks=checks.count("passed"),
        left=len(reasons) + len(notes) - len(shown[0]) - len(shown[1]),
    )


def split_headline(text: str) -> tuple[str, str]:
    """The first sentence of a text, and the rest of it; the rest is empty where there is one sentence only."""
    headline, *rest = _SENTENCE.split(text, maxsplit=1)
    return headline, rest[0] if rest else ""


def _said(about: str, one: Sentence) -> Said:
    return Said(about, *split_headline(one["text"]), one["rule"])


def _is_shown(one: Sentence) -> bool:
    rule = base.rules().get(one["rule"])
    return rule is None or rule.section == _SHOWN


def _granted_by(plan: Plan) -> str | None:
    if plan.context["stack"]:
        return "template"
    if creates_role(plan.context):
        return "program"
    return "cli" if plan.context["gateway"]["cli_deploys"] else None


def _once(several: Iterable[Said]) -> list[Said]:
    """Texts that several connections share are said once, about all of them."""
    found: dict[tuple[str, str], Said] = {}
    for one in several:
        same = found.get((one.headline, one.rest))
        names = [name for name in (same.about if same else "", one.about) if name]
        found[(one.headline, one.rest)] = one._replace(about=", ".join(names))
    return list(found.values())


def _secrets(plan: Plan) -> list[Secret]:
    """Return the secrets that commands.sh and the boto3 program ask for, each once."""
    asked = [
        Secret(one["prompt"], one["name"])
        for step in plan.steps
        for one in step.get("inputs", ())
        if one["kind"] == "secret"
    ]
    asked += [Secret(one["ask"], one["env"]) for one in script_inputs(plan.context) if one["secret"]]
    return list({one.env: one for one in asked}.values())


def _rights(plan: Plan) -> list[JsonObject]:
    """Return the statements for the gateway's role, each once."""
    found: dict[str, JsonObject] = {}
    for c in plan.context["connections"]:
        for statement in iam_statements(plan.context, c) if c["target_type"] else ():
            found.setdefault(repr(statement), statement)
    return list(found.values())
