"""Checks the project file that a plan produces against the shape known from the CLI's source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.kept import kept
from agentcore_connect.plan.promises import promises
from agentcore_connect.project import version2
from agentcore_connect.verify.commands import NAME, samples
from agentcore_connect.verify.report import Result, judged
from agentcore_connect.verify.written import Written

_CURE = "correct the answers, or the project file at the place named; `agentcore-connect inspect` shows what it holds"


def check_project_file(written: Written) -> Iterator[Result]:
    """The project file as it stands after the plan's commands and edits; nothing is run, and nothing is written."""
    words = load(version2.KNOWLEDGE)
    cli = load(f"commands-{written.fresh.surface}")["cli"]
    if cli["project_version"] != words["project_version"]:
        return
    operations = written.fresh.operations
    project = written.gathered.project
    before: dict[str, Any] = dict(project.raw) if project is not None and project.declared else {}
    if before and not version2.is_version2(before):
        return  # the plan says that this CLI does not take the project
    after = kept(promises(operations), {"": before}, samples(operations))[""]
    if not after:
        return
    old = {(one.at, one.text) for one in version2.read_file(before).faults} if before else set()
    faults = [one for one in version2.read_file(after).faults if (one.at, one.text) not in old]
    by = f"{words['file']} version {words['project_version']}, known by reading the CLI's source"
    problems = [f"{one.place}: {one.text} ({version2.told_by(one)})" for one in faults]
    yield judged(NAME, "project-file", by, problems, cure=_CURE)
