"""A written plan carried out: its own script, run as the plan has it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from agentcore_connect.checks.plan_check.written import Written, fault_of, read_written
from agentcore_connect.errors import ConnectError, ExitCode
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.script import project_of

SCRIPT = "commands.sh"
_RUNTIME = ("runtime.sh", "runtime.mjs")
_DATA = "plan.json"


class Step(NamedTuple):
    """A step of the plan: its name for `--from`, what it does, whether it calls AWS."""

    id: str
    title: str
    needs_aws: bool


class Work(NamedTuple):
    """What is to be carried out: the plan's folder and the steps, in their order."""

    folder: Path
    steps: tuple[Step, ...]


def work_of(folder: Path, environment: Mapping[str, str], *, local: bool, begin: str | None, run_changed: bool) -> Work:
    """The steps that would be carried out.

    In: the plan's folder; the environment, for where the project is; whether only steps without AWS are wanted; the
    step to begin with; whether files that were changed since the plan was written may be used.
    Errors: ConnectError for no plan, a plan without a script, a changed file, an unknown step, and a script in the
    project that is not the plan's.
    """
    written = read_written(folder)
    fault = fault_of(folder, SCRIPT) if SCRIPT in written.files else "it has no steps for a script"
    if fault:
        raise ConnectError(
            "nothing-to-apply",
            f"this plan cannot be carried out: {fault}",
            where=str(folder / SCRIPT),
            hint="plan.md says what there is to do",
        )
    operations = written.fresh.operations
    names = [op.id for op in operations]
    if begin is not None and begin not in names:
        raise ConnectError("unknown-step", f"there is no step {begin}", where="--from", expected=", ".join(names))
    left = operations[names.index(begin) :] if begin is not None else operations
    wanted = [op for op in left if not (local and op.needs_aws)]
    if not run_changed:
        _as_written(written)
        _as_placed(written, wanted, environment)
    return Work(folder, tuple(Step(op.id, op.title, op.needs_aws) for op in wanted))


def carry_out(work: Work, options: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the plan's script, which talks to the terminal by itself; its exit status.

    Ctrl-C reaches the script and what it runs as well: they end in their own way, and are waited for.
    Errors: ConnectError `no-bash`.
    """
    bash = shutil.which("bash", path=environment.get("PATH"))
    if bash is None:
        raise ConnectError("no-bash", "the script needs bash, which is not here", hint="on Windows use WSL or Git Bash")
    argv = [bash, str((work.folder / SCRIPT).absolute()), *options]
    is_interrupted = False
    with subprocess.Popen(argv, env=dict(environment)) as script:  # noqa: S603 - the plan's own script
        while True:
            try:
                status = script.wait()
                return ExitCode.INTERRUPTED if is_interrupted else status
            except KeyboardInterrupt:
                is_interrupted = True


def _as_written(written: Written) -> None:
    """Refuse files that are not what the answers lead to: those were vetted, and these were not."""
    operations = written.fresh.operations
    run = {Path(word).name for op in operations for word in op.argv or ()}
    placed = {source for op in operations for source, _ in op.files} | {op.patch for op in operations if op.patch}
    used = {*_RUNTIME, *run, *placed} & written.files.keys()
    for name in [SCRIPT, *sorted(used)]:
        if (fault := fault_of(written.folder, name)) is not None:
            raise _changed(written.folder / name, f"{name} cannot be used: {fault}")
        if changes := written.changes(name):
            why = f"{name} was changed since the plan was written: {'; '.join(changes[:3])}"
            raise _changed(written.folder / name, why)
    fresh = json.loads(written.files[_DATA])
    if different := [key for key in ("steps", "script") if written.plan.get(key) != fresh.get(key)]:
        why = f"{_DATA} was changed since the plan was written: {', '.join(different)}"
        raise _changed(written.folder / _DATA, why)


def _changed(path: Path, why: str) -> ConnectError:
    return ConnectError(
        "changed-script",
        why,
        where=str(path),
        hint="write the plan anew (plan --out DIR --force), or read the changes and add --run-changed",
    )


def _as_placed(written: Written, wanted: Sequence[Operation], environment: Mapping[str, str]) -> None:
    """Refuse to run a script of the project that another plan placed there, where no step brings this plan's own."""
    brought = {target for op in wanted for _, target in op.files}
    sources = {target: source for op in written.fresh.operations for source, target in op.files}
    run = {word for op in wanted for word in op.argv or ()}
    for target in sorted((run & sources.keys()) - brought):
        for root in _roots(written, environment):
            copy = root / target
            if copy.is_file() and copy.read_bytes() != written.files[sources[target]].encode():
                step = next(op.id for op in written.fresh.operations if target in {to for _, to in op.files})
                raise ConnectError(
                    "stale-script",
                    "the project's copy of this script is not the plan's",
                    where=str(copy),
                    hint=f"begin with the step that brings it: --from {step}",
                )


def _roots(written: Written, environment: Mapping[str, str]) -> list[Path]:
    """Where the script may find the project."""
    if told := environment.get("CONNECT_PROJECT"):
        return [Path(told)]
    if written.gathered.project is not None:
        return [written.gathered.project.root]
    beside = written.folder.absolute().parent
    made = [project_of(op) for op in written.fresh.operations if op.directory == "parent"]
    return [beside / name for name in made if name] or [beside]
