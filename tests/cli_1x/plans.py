"""Every plan of the decision space for the CLI 1.x, carried out by the model of its commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.build import build
from agentcore_connect.plan.kept import filled, put
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.promises import compare, promises
from agentcore_connect.project import version2
from agentcore_connect.verify.commands import samples
from tests.cli_1x.model.run import run
from tests.cli_1x.model.state import CONFIG, State
from tests.conformance import space
from tests.conformance.emitted import _decided, gathered
from tests.conformance.space import Situation

SURFACE = "1.x"


@dataclass
class Planned:
    """What is planned for one situation; `project` is the project file that it starts from."""

    situation: Situation
    plan: Plan
    project: dict[str, Any] | None
    files: dict[str, Any] = field(default_factory=dict)


def planned(folder: Path, part: int = 0, parts: int = 1) -> Iterator[Planned]:
    """The plans of the space for this surface, or a part of them by turns. Situations that are refused are left out."""
    kinds: dict[str, tuple[dict[str, Any], Situation]] = {}
    done: set[str] = set()
    for number, (_, one) in enumerate(space.plain()):
        found = _plan(folder, one, done) if number % parts == part else None
        if found is None:
            continue
        decided = _decided(found.plan.context["connections"][0], found.situation)
        kinds.setdefault(json.dumps(decided, default=str), (decided, found.situation))
        yield found
    others = [*space.wished(list(kinds.values())), *(one for n, one in enumerate(space.around()) if n % parts == part)]
    for one in others:
        found = _plan(folder, one, done)
        if found is not None:
            yield found


def _plan(folder: Path, one: Situation, done: set[str]) -> Planned | None:
    one = replace(one, surface=SURFACE)
    if one.key in done:
        return None
    done.add(one.key)
    try:
        case = gathered(one, folder)
        plan = build(case)
    except ConnectError:
        return None
    project = case.project
    files = {}
    for harness in project.harnesses if project else ():
        path = f"{harness.path}/harness.json"
        if project and (project.root / path).is_file():
            files[path] = json.loads((project.root / path).read_text(encoding="utf-8"))
    return Planned(one, plan, dict(project.raw) if project else None, files)


def steps(one: Planned) -> str:
    """What tells the steps of one plan from those of another."""
    told = [[op.id, op.argv, op.edit.as_dict() if op.edit else None, op.stdin, op.files] for op in one.plan.operations]
    return json.dumps([told, one.project], default=str, sort_keys=True)


def carry_out(one: Planned) -> tuple[State, list[str]]:
    """Run a plan's local commands and edits. Out: the project afterwards, and what went wrong."""
    operations = one.plan.operations
    known = {**samples(operations), **_secrets(operations)}
    state = State(one.project, dict(one.files))
    problems: list[str] = []
    for op in operations:
        for source, target in op.files:
            state.texts[target] = f"// {source}\npermit(principal, action, resource);"
        if op.edit:
            _edit(state, op, known)
        if op.argv[:1] == ("agentcore",):
            piped = None if op.stdin is None else "\n".join(words.fill(_listed(op.stdin), known))
            outcome = run(words.fill(op.argv, known), state, stdin=piped)
            state = outcome.state
            problems += [f"{op.id}: {outcome.refused}"] if outcome.refused else []
    return state, problems


def differences(one: Planned, state: State) -> list[str]:
    """Where the project afterwards is not what the plan promises, or not what the CLI takes."""
    operations = one.plan.operations
    known = {**samples(operations), **_secrets(operations)}
    found = [] if state.config is None else [f"{f.place}: {f.text}" for f in version2.read_file(state.config).faults]
    found += [f"{at}: dropped" for at in (version2.read_file(state.config).dropped if state.config else ())]
    for path, harness in state.files.items():
        found += [f"{path}: {f.place}: {f.text}" for f in version2.shapes().read("Harness", harness).faults]
    found += compare(promises(operations), state.config or {}, files=state.files, variables=state.env, inputs=known)
    return found


def _edit(state: State, op: Operation, known: dict[str, str]) -> None:
    assert op.edit is not None
    document: Any = state.config if op.edit.file == CONFIG else state.files.get(op.edit.file, {})
    for at, value in op.edit.changes:
        document = put(document, filled(at, known), filled(value, known))
    if op.edit.file == CONFIG:
        state.config = document
    else:
        state.files[op.edit.file] = document


def _secrets(operations: Sequence[Operation]) -> dict[str, str]:
    return {one.name: "sample-secret" for op in operations for one in op.inputs if one.kind == "secret"}


def _listed(stdin: str | tuple[str, ...]) -> list[str]:
    return [stdin] if isinstance(stdin, str) else list(stdin)
