"""Carries out a written plan by running its script."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.live.vetted import Step, Vetted, digests, recall, remember
from agentcore_connect.plan.script import project_of
from agentcore_connect.verify.written import Written, fault_of, read_written

SCRIPT = "commands.sh"
_RUNTIME = ("runtime.sh", "runtime.mjs")
_DATA = "plan.json"


class Work(NamedTuple):
    """The plan's folder and its steps, in order."""

    folder: Path
    steps: tuple[Step, ...]


def work_of(folder: Path, environment: Mapping[str, str], *, local: bool, begin: str | None, run_changed: bool) -> Work:
    """Return the steps to carry out.

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
    plan = _plan(written) if run_changed else _vetted(written, environment)
    names = [step.id for step in plan.steps]
    if begin is not None and begin not in names:
        raise ConnectError("unknown-step", f"there is no step {begin}", where="--from", expected=", ".join(names))
    left = plan.steps[names.index(begin) :] if begin is not None else plan.steps
    wanted = tuple(step for step in left if not (local and step.needs_aws))
    if not run_changed:
        _as_placed(folder, plan, wanted, environment)
    return Work(folder, wanted)


def carry_out(work: Work, options: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the plan's script at the terminal and return its exit status.

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


def _vetted(written: Written, environment: Mapping[str, str]) -> Vetted:
    """Return the plan if its files match its answers, or did so at the first run.

    Errors: ConnectError `changed-script`.
    """
    try:
        _as_written(written)
    except ConnectError:
        known = recall(written.folder, environment)
        if known is None:
            raise
        return known
    plan = _plan(written)
    remember(written.folder, plan, environment)
    return plan


def _plan(written: Written) -> Vetted:
    """Return the steps of a plan made anew from the answers."""
    operations = written.fresh.operations
    steps = tuple(
        Step(op.id, op.title, op.needs_aws, tuple(to for _, to in op.files), tuple(op.argv or ())) for op in operations
    )
    placed = {target: source for op in operations for source, target in op.files}
    files = digests(written.folder, {SCRIPT, _DATA, "answers.yaml", *_used(written)} & _there(written.folder))
    return Vetted(steps, placed, tuple(_roots(written)), files)


def _there(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir() if one.is_file()}


def _used(written: Written) -> set[str]:
    """Return the plan files that the script uses."""
    operations = written.fresh.operations
    run = {Path(word).name for op in operations for word in op.argv or ()}
    placed = {source for op in operations for source, _ in op.files} | {op.patch for op in operations if op.patch}
    return {*_RUNTIME, *run, *placed} & written.files.keys()


def _as_written(written: Written) -> None:
    """Refuse files that differ from the plan for the answers, because they are unchecked."""
    for name in [SCRIPT, *sorted(_used(written))]:
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


def _as_placed(folder: Path, plan: Vetted, wanted: Sequence[Step], environment: Mapping[str, str]) -> None:
    """Refuse to run a script that another plan placed in the project."""
    brought = {target for step in wanted for target in step.brings}
    stems = tuple(str(Path(word).with_suffix("")) for step in wanted for word in step.runs if word in plan.placed)
    run = {target for target in plan.placed if target.startswith(stems)}  # a program's modules and data begin alike
    told = environment.get("CONNECT_PROJECT")
    for target in sorted(run - brought):
        for root in [Path(told)] if told else plan.roots:
            copy = root / target
            if copy.is_file() and copy.read_bytes() != (folder / plan.placed[target]).read_bytes():
                step = next(one.id for one in plan.steps if target in one.brings)
                raise ConnectError(
                    "stale-script",
                    "the project's copy of this script is not the plan's",
                    where=str(copy),
                    hint=f"begin with the step that brings it: --from {step}",
                )


def _roots(written: Written) -> list[Path]:
    """Return the folders in which the script looks for the project."""
    if written.gathered.project is not None:
        return [written.gathered.project.root.absolute()]
    beside = written.folder.absolute().parent
    made = [project_of(op) for op in written.fresh.operations if op.directory == "parent"]
    return [beside / name for name in made if name] or [beside]
