"""A plan for the CLI 1.x, carried out by the model of its commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentcore_connect.plan import argv as words
from agentcore_connect.plan.kept import filled, put
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.promises import compare, promises
from agentcore_connect.project import version2
from agentcore_connect.verify.commands import samples
from tests.cli_1x.model.run import run
from tests.cli_1x.model.state import CONFIG, State
from tests.cli_1x.steps import Steps


def carry_out(one: Steps) -> tuple[State, list[str]]:
    """Run a plan's local commands and edits. Out: the project afterwards, and what went wrong."""
    known = _known(one.operations)
    state = State(dict(one.project) if one.project is not None else None, dict(one.files))
    problems: list[str] = []
    for op in one.operations:
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


def differences(one: Steps, state: State) -> list[str]:
    """Where the project afterwards is not what the plan promises, or not what the CLI takes."""
    found: list[str] = []
    if state.config is not None:
        reading = version2.read_file(state.config)
        found += [f"{f.place}: {f.text}" for f in reading.faults] + [f"{at}: dropped" for at in reading.dropped]
    for path, harness in state.files.items():
        found += [f"{path}: {f.place}: {f.text}" for f in version2.shapes().read("Harness", harness).faults]
    promised, known = promises(one.operations), _known(one.operations)
    return found + compare(promised, state.config or {}, files=state.files, variables=state.env, inputs=known)


def _edit(state: State, op: Operation, known: dict[str, str]) -> None:
    assert op.edit is not None
    document: Any = state.config if op.edit.file == CONFIG else state.files.get(op.edit.file, {})
    for at, value in op.edit.changes:
        document = put(document, filled(at, known), filled(value, known))
    if op.edit.file == CONFIG:
        state.config = document
    else:
        state.files[op.edit.file] = document


def _known(operations: Sequence[Operation]) -> dict[str, str]:
    """A value for everything that a run of these steps asks for."""
    secrets = {one.name: "sample-secret" for op in operations for one in op.inputs if one.kind == "secret"}
    return {**samples(operations), **secrets}


def _listed(stdin: str | tuple[str, ...]) -> list[str]:
    return [stdin] if isinstance(stdin, str) else list(stdin)
