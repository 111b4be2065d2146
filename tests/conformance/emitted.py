"""Everything that plans emit: the whole space planned in this process, each distinct thing kept once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import Gathered, gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.engine.conditions import Predicate, compile_condition
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.resources import load as knowledge
from agentcore_connect.plan.artifacts import artifacts
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.program import program_requests
from agentcore_connect.render.plan_files import _with_places, render
from agentcore_connect.text.document import Document
from tests.cli_1x.steps import SURFACE, Steps, steps
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
    """What the whole space emits, each thing once; `plans` counts, `refused` says what was not planned and why.

    `steps` is about plans for the CLI 1.x, of which `plans_1x` were made; `by_hand` counts their steps for a person.
    """

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
    steps: dict[str, Steps] = field(default_factory=dict)
    plans_1x: int = 0
    by_hand: Counter[str] = field(default_factory=Counter)

    def add(self, other: Emitted) -> None:
        """Take over what was found after this; what is here already stays."""
        self.plans += other.plans
        self.situations += other.situations
        self.untrue += other.untrue
        self.missed += other.missed
        for code, whys in other.refused.items():
            self.refused.setdefault(code, []).extend(whys)
        for surface, names in other.operations.items():
            self.operations[surface] |= names
        self.plans_1x += other.plans_1x
        self.by_hand += other.by_hand
        self.steps |= _new(other.steps, self.steps)
        self.lines |= _new(other.lines, self.lines)
        self.bodies |= _new(other.bodies, self.bodies)
        self.files |= _new(other.files, self.files)

    def of_kind(self, *kinds: str) -> list[File]:
        """The files of these kinds."""
        return [one for one in self.files.values() if one.kind in kinds]

    def counts(self) -> dict[str, int]:
        """How many distinct files of each kind there are."""
        return dict(Counter(one.kind for one in self.files.values()))


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _new(found: Mapping[_Key, _Value], known: Mapping[_Key, _Value]) -> dict[_Key, _Value]:
    return {key: value for key, value in found.items() if key not in known}


def gathered(one: Situation, folder: Path) -> Gathered:
    """A situation's answers, checked and gathered as `plan` does it."""
    data = dict(one.data)
    if "project" in data:
        data["project"] = projects.of_surface(data["project"], one.surface)
    document = load.checked(Document(data, {}, str(folder / "answers.yaml")))
    return gather(document, cli_version=space.SURFACES[one.surface], via=one.via)


def furnish(folder: Path) -> None:
    """Put in place the files and projects that the space's answers name."""
    for name, text in space.FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "answers.yaml").write_text("", encoding="utf-8")
    projects.write(folder)


#: What a process is given at once: enough of them that none waits long for another.
_CHUNK = 500
_CORES = 2


class Part(NamedTuple):
    """What some situations emit, and how each of those with a way was decided."""

    found: Emitted
    decided: list[tuple[Mapping[str, Any], Situation]]


def emitted(folder: Path) -> Emitted:
    """Plan the whole space, in as many processes as `make test` has cores; the order of things is that of the space."""
    furnish(folder)
    found = Emitted(folder)
    done: set[str] = set()
    kinds: dict[str, tuple[Mapping[str, Any], Situation]] = {}
    with ProcessPoolExecutor(_CORES, mp_context=get_context("spawn")) as pool:
        for part in pool.map(_part, *_chunks(folder, space.plain(), done)):
            found.add(part.found)
            for decided, one in part.decided:
                kinds.setdefault(json.dumps(decided, default=str), (decided, one))
        for decided, one in list(kinds.values()):
            if decided["mechanism"] == "agent-code":  # no tree looks at the surface there, but the commands are its own
                kinds[f"{len(kinds)}"] = ({**decided, "surface": "1.x"}, replace(one, surface="1.x"))
        others = [(None, one) for one in (*space.wished(kinds.values()), *space.around())]
        for part in pool.map(_part, *_chunks(folder, others, done)):
            found.add(part.found)
        # no tree looks at the surface of the others, but their commands are those of 1.x
        every = (one for _, one in (*space.plain(), *others))
        twins = ((None, replace(one, surface=SURFACE)) for one in every if one.surface != SURFACE)
        for planned in pool.map(_twins, *_chunks(folder, twins, done)):
            found.add(planned)
    return found


_Case = tuple[Way | None, Situation]


def _chunks(folder: Path, cases: Iterable[_Case], done: set[str]) -> tuple[list[Path], list[list[_Case]]]:
    """The situations that were not there yet, in chunks, each with the folder that they are in."""
    left = []
    for way, one in cases:
        if one.key not in done:
            done.add(one.key)
            left.append((way, one))
    chunks = [left[start : start + _CHUNK] for start in range(0, len(left), _CHUNK)]
    return [folder] * len(chunks), chunks


def _part(folder: Path, cases: list[_Case]) -> Part:
    """Plan some situations. One with a way has to come out as the way says."""
    part = Part(Emitted(folder), [])
    for way, one in cases:
        plan = _take(part.found, one)
        if plan is None or way is None:
            continue
        c = plan.context["connections"][0]
        made = {key: c.get(key) for key in ("path", "target_type", "outbound_auth", "grant", "redirect")}
        if any(value != way.result.get(key) for key, value in made.items()):
            part.found.missed.append((way, made))
        part.decided.append((_decided(c, one), one))
    return part


def _twins(folder: Path, cases: list[_Case]) -> Emitted:
    """The steps of situations on the CLI 1.x, without a file. What is refused there is left out."""
    found = Emitted(folder)
    for _, one in cases:
        try:
            case = gathered(one, folder)
            _keep(found, one, build(case), case)
        except ConnectError:
            continue
    return found


def _keep(found: Emitted, one: Situation, plan: Plan, case: Gathered) -> None:
    """Keep what a plan for the CLI 1.x does, each thing once."""
    own = steps(one.why, plan.operations, case.project)
    found.plans_1x += 1
    found.by_hand.update(op.id for op in plan.operations if op.kind == "manual")
    found.steps.setdefault(own.key, own)


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


def _take(found: Emitted, one: Situation) -> Plan | None:
    found.situations += 1
    try:
        case = gathered(one, found.folder)
        plan = build(case)
    except ConnectError as error:
        found.refused.setdefault(error.code, []).append(one.why)
        return None
    found.plans += 1
    if one.surface == SURFACE:
        _keep(found, one, plan, case)
    for op in plan.operations:
        if op.argv:
            key = (one.surface, tuple(op.argv))
            found.lines.setdefault(key, Line(tuple(op.argv), op.id, op.needs_aws, one))
        found.operations[one.surface].add(op.id)
    found.untrue += [f"{one.why}: {rule}" for rule in said_and_not_so(plan)]
    ctx = _with_places(plan, case, found.folder / "connect")
    for request in program_requests(ctx) if ctx["configured"] else ():
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
