"""A written plan carried out: its own script, run as the plan has it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from agentcore_connect.checks.plan_check.written import Written, fault_of, read_written
from agentcore_connect.errors import ConnectError

SCRIPT = "commands.sh"


class Step(NamedTuple):
    """A step of the plan: its name for `--from`, what it does, whether it calls AWS."""

    id: str
    title: str
    needs_aws: bool


class Work(NamedTuple):
    """What is to be carried out: the plan's folder and the steps, in their order."""

    folder: Path
    steps: tuple[Step, ...]


def work_of(folder: Path, *, local: bool, begin: str | None, run_changed: bool) -> Work:
    """The steps that would be carried out.

    In: the plan's folder; whether only steps without AWS are wanted; the step to begin with; whether scripts that were
    changed since the plan was written may run.
    Errors: ConnectError for no plan, a plan without a script, a changed script, an unknown step.
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
    if not run_changed:
        _as_written(written)
    steps = [Step(op.id, op.title, op.needs_aws) for op in written.fresh.operations]
    names = [step.id for step in steps]
    if begin is not None and begin not in names:
        raise ConnectError("unknown-step", f"there is no step {begin}", where="--from", expected=", ".join(names))
    left = steps[names.index(begin) :] if begin is not None else steps
    return Work(folder, tuple(step for step in left if not (local and step.needs_aws)))


def carry_out(work: Work, options: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the plan's script, which talks to the terminal by itself; its exit status.

    Errors: ConnectError `no-bash`.
    """
    bash = shutil.which("bash", path=environment.get("PATH"))
    if bash is None:
        raise ConnectError("no-bash", "the script needs bash, which is not here", hint="on Windows use WSL or Git Bash")
    argv = [bash, str(work.folder / SCRIPT), *options]
    return subprocess.run(argv, env=dict(environment), check=False).returncode  # noqa: S603 - the plan's own script


def _as_written(written: Written) -> None:
    """Refuse scripts that are not what the answers lead to: those were vetted, and these were not."""
    named = {Path(word).name for op in written.fresh.operations for word in op.argv or ()}
    for name in [SCRIPT, *sorted(named & written.files.keys())]:
        if fault_of(written.folder, name) is None and (changes := written.changes(name)):
            raise ConnectError(
                "changed-script",
                f"{name} was changed since the plan was written: {'; '.join(changes[:3])}",
                where=str(written.folder / name),
                hint="write the plan anew (plan --out DIR --force), or read the changes and add --run-changed",
            )
