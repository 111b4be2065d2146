"""Everything that plans emit: the whole space planned in this process, each distinct thing kept once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from agentcore_connect.answers import load
from agentcore_connect.answers.document import Document
from agentcore_connect.engine.conditions import Predicate, compile_condition
from agentcore_connect.errors import ConnectError
from agentcore_connect.gather import Gathered, gather
from agentcore_connect.plan.artifacts import artifacts
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.policy_requests import policy_requests
from agentcore_connect.plan.requests import requests_for
from agentcore_connect.plan.settings_requests import settings_requests
from agentcore_connect.render.plan_files import _with_places, render
from agentcore_connect.resources import load as knowledge
from agentcore_connect.triage import patterns
from tests.conformance import projects, space
from tests.conformance.space import Situation, Way


@dataclass(frozen=True, slots=True)
class File:
    """One file that a plan has: its name and kind, its text, and where it came from."""

    path: str
    kind: str
    text: str
    situation: Situation
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One command line, with the operation and the situation that it came from."""

    argv: tuple[str, ...]
    operation: str
    needs_aws: bool
    situation: Situation


@dataclass(frozen=True, slots=True)
class Body:
    """One request of boto3."""

    service: str
    operation: str
    body: Mapping[str, Any]
    situation: Situation


@dataclass(slots=True)
class Emitted:
    """What the whole space emits, each thing once; `plans` counts, `refused` says what was not planned and why."""

    folder: Path
    plans: int = 0
    situations: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)
    untrue: list[str] = field(default_factory=list)
    missed: list[tuple[Way, Any]] = field(default_factory=list)
    lines: dict[tuple[str, tuple[str, ...]], Line] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    files: dict[tuple[str, str], File] = field(default_factory=dict)
    operations: dict[str, set[str]] = field(default_factory=lambda: {surface: set() for surface in space.SURFACES})

    def of_kind(self, *kinds: str) -> list[File]:
        """The files of these kinds."""
        return [one for one in self.files.values() if one.kind in kinds]

    def counts(self) -> dict[str, int]:
        """How many distinct files of each kind there are."""
        return dict(Counter(one.kind for one in self.files.values()))


def gathered(one: Situation, folder: Path) -> Gathered:
    """A situation's answers, checked and gathered as `plan` does it."""
    document = load.checked(Document(dict(one.data), {}, str(folder / "answers.yaml")))
    return gather(document, cli_version=space.SURFACES[one.surface], via=one.via)


def emitted(folder: Path) -> Emitted:
    """Plan the whole space."""
    for name, text in space.FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "answers.yaml").write_text("", encoding="utf-8")
    projects.write(folder)
    found = Emitted(folder)
    done: set[str] = set()
    kinds: dict[str, tuple[Mapping[str, Any], Situation]] = {}
    for way, one in space.plain():
        plan = _take(found, one, done)
        if plan is None:
            continue
        c = plan.context["connections"][0]
        if any(
            c.get(key) != way.result.get(key) for key in ("path", "target_type", "outbound_auth", "grant", "redirect")
        ):
            found.missed.append(
                (way, {k: c.get(k) for k in ("path", "target_type", "outbound_auth", "grant", "redirect")})
            )
        decided = _decided(c, one)
        kinds.setdefault(json.dumps(decided, default=str), (decided, one))
    for decided, one in list(kinds.values()):
        if decided["mechanism"] == "agent-code":  # no tree looks at the surface there, but the commands are its own
            kinds[f"{len(kinds)}"] = ({**decided, "surface": "1.x"}, replace(one, surface="1.x"))
    for one in (*space.wished(kinds.values()), *space.around()):
        _take(found, one, done)
    return found


_DECIDED = (
    "path",
    "target_type",
    "outbound_auth",
    "grant",
    "mechanism",
    "redirect",
    "leads_to",
    "steered",
    "front_missing",
    "connector",
)


def _decided(c: Mapping[str, Any], one: Situation) -> dict[str, Any]:
    """What tells a kind of connection from another; how a direct call is made hangs on the service and the reason."""
    more = ("service", "direct_reason") if c["path"] == "D" else ()
    form = (c["host"], c["network"]) if c["target_type"] in ("mcp-server", "open-api-schema", "passthrough") else None
    around = {
        "form": form,
        "inbound": one.data["gateway"]["inbound_auth"],
        "surface": one.surface,
        "signs": str(c["sigv4"]),
    }
    return {**{key: c.get(key) for key in (*_DECIDED, *more)}, **around}


def said_and_not_so(plan: Plan) -> list[str]:
    """The rules of a plan whose text says what the plan does, and is wrong."""
    around = {
        **plan.context,
        "steps": [op.id for op in plan.operations],
        "files": [one["path"] for one in plan.artifacts],
    }
    said = [(one["rule"], around) for one in (*plan.warnings, *plan.notes)]
    for own, c in zip(plan.connections, plan.context["connections"], strict=True):
        said += [(one["rule"], {**around, **c}) for one in (*own["warnings"], *own["why"], *own["notes"])]
    return [rule for rule, facts in said if rule in _claims() and not _claims()[rule](facts)]


@cache
def _claims() -> dict[str, Predicate]:
    return {
        one["id"]: compile_condition(one["holds"], patterns()) for one in knowledge("rules")["rules"] if "holds" in one
    }


def _take(found: Emitted, one: Situation, done: set[str]) -> Plan | None:
    if one.key in done:
        return None
    done.add(one.key)
    found.situations += 1
    try:
        case = gathered(one, found.folder)
        plan = build(case)
    except ConnectError as error:
        found.refused.setdefault(error.code, []).append(one.why)
        return None
    found.plans += 1
    for op in plan.operations:
        if op.argv:
            key = (one.surface, tuple(op.argv))
            found.lines.setdefault(key, Line(tuple(op.argv), op.id, op.needs_aws, one))
        found.operations[one.surface].add(op.id)
    found.untrue += [f"{one.why}: {rule}" for rule in said_and_not_so(plan)]
    ctx = _with_places(plan, case, found.folder / "connect")
    for c in ctx["connections"]:
        if "configure" in c:
            for request in requests_for(ctx, c):
                text = json.dumps(request.as_dict(), sort_keys=True)
                found.bodies.setdefault(text, Body(request.service, request.operation, request.body, one))
    policies = policy_requests(ctx, "${GATEWAY_ARN}") if (ctx["policy"] or {}).get("scripted") else []
    for request in [*policies, *settings_requests(ctx)]:
        text = json.dumps(request.as_dict(), sort_keys=True)
        found.bodies.setdefault(text, Body(request.service, request.operation, request.body, one))
    for artifact in artifacts(ctx):
        text = render(artifact, ctx)
        facts = {
            "framework": ctx["agent"]["framework"],
            "inbound": ctx["gateway"]["inbound_auth"],
            "c": artifact.connection,
        }
        found.files.setdefault((artifact.kind, text), File(artifact.path, artifact.kind, text, one, facts))
    return plan
