"""Checks agent.patch: applies it to a copy of its files and analyses the result."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from agentcore_connect.agent_code.facts import facts_of
from agentcore_connect.agent_code.patch import faults_of
from agentcore_connect.agent_code.source import Source, Unsure, read_source
from agentcore_connect.checks.python_source import check_source
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.written import Written, bare

CHECK: Final = "patch-applies"
_NAMED: Final = re.compile(r"^(?:---|\+\+\+) (?:[ab]/)?([^\t\r\n]+)", re.M)
_CURE: Final = (
    "write the plan anew, so that the patch fits the agent's code as it stands: plan answers.yaml --out DIR --force"
)


def check_patch(written: Written, name: str, sandbox: Sandbox) -> Iterator[Result]:
    """Check that the patch applies, yields valid Python, adds the tools to the agent and removes none.

    In: the plan, the patch's file, the place for the copy. The project is not touched.
    """
    project, edit = written.gathered.project, written.fresh.context["agent_edit"]
    facts = facts_of(edit["manifest"])
    if project is None or facts is None:  # a plan has a patch only with both
        return
    text, root = written.raw(name), project.root.resolve()
    place = sandbox.root / "agent"
    place.mkdir()
    named = [one for one in dict.fromkeys(_NAMED.findall(text)) if one != "/dev/null"]
    outside = [one for one in named if PurePosixPath(one).is_absolute() or ".." in PurePosixPath(one).parts]
    if outside:
        yield judged(
            name, CHECK, OWN, [f"it changes {one}, which is outside the project" for one in outside], cure=_CURE
        )
        return
    before = list(_copied(root, place, named))
    (sandbox.root / name).write_bytes(text.encode())
    by, ran = _applied(sandbox, name, place)
    if ran is None:
        yield Result(
            name, CHECK, "not-run", by, "neither git nor patch is installed", next="install git, and run check again"
        )
        return
    problems = [] if ran.ok else ["it does not apply to the agent's code as it stands"]
    yield judged(name, CHECK, by, problems, cure=_CURE, command=" ".join(ran.argv), said=ran.said if problems else "")
    if not problems:
        yield from _judged_code(written, name, place, before, named)


def _copied(root: Path, place: Path, named: Sequence[str]) -> Iterator[Source]:
    """Copy the project's files that the patch changes."""
    for one in named:
        path = root / one
        if not path.is_file():
            continue
        try:
            source = read_source(root, path)
        except Unsure:
            continue
        made = place / one
        made.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, made)
        if one.endswith(".py"):
            yield source


def _applied(sandbox: Sandbox, name: str, place: Path) -> tuple[str, Ran | None]:
    """Apply the patch with git, else with patch. Returns the program and its result."""
    path = f"../{name}"
    ran = sandbox.run(["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", path], cwd=place)
    if ran.exit_code != 127:
        return "git", ran
    argv = ["patch", "-p1", "--binary", "--force", "--fuzz=0", f"--input={path}"]
    ran = sandbox.run(argv, cwd=place)
    return "patch", None if ran.exit_code == 127 else ran


def _judged_code(
    written: Written, name: str, place: Path, before: Sequence[Source], named: Sequence[str]
) -> Iterator[Result]:
    edit = written.fresh.context["agent_edit"]
    facts = facts_of(edit["manifest"])
    python = [one for one in named if one.endswith(".py") and (place / one).is_file()]
    problems = [fault for one in python for fault in check_source(_text(place / one), one)]
    yield judged(name, "patched-code-compiles", "Python", problems, cure=_CURE)
    if problems or facts is None:
        return
    after = [Source(one.name, _text(place / one.name)) for one in before]
    faults = faults_of(before, after, facts, edit["gifts"])
    for one in edit["created"]:
        made, wanted = place / one["path"], written.files.get(one["artifact"], "")
        if not made.is_file() or bare(_text(made)) != bare(wanted):
            faults.append(f"it does not create the {one['artifact']} of this plan where the import finds it")
    yield judged(name, "agent-gets-tools", OWN, faults, cure=_CURE)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "replace")
