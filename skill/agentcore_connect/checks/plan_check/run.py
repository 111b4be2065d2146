"""All checks of a written plan, one after the other, with what is going on told as it goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from agentcore_connect.checks.plan_check import commands, data, python
from agentcore_connect.checks.plan_check.report import Result
from agentcore_connect.checks.plan_check.written import Written, read_written
from agentcore_connect.checks.sandbox import Sandbox
from agentcore_connect.plan.artifacts import Artifact, artifacts

Tell = Callable[[str], None]


def check_plan(folder: Path, tell: Tell = lambda _text: None) -> list[Result]:
    """Run everything that can be run here on a written plan, never touching the project, AWS or the network.

    Args:
        folder: the plan's folder.
        tell: is called with what is being checked, for those who wait.

    Errors: ConnectError when the folder holds no plan.
    """
    written = read_written(folder)
    found = [*data.check_answers(written), *data.check_plan_file(written)]
    project = written.gathered.project
    operations = written.fresh.operations
    env = commands.samples(operations)
    if project is not None:
        env["CONNECT_PROJECT"] = "../project"  # from the plan's folder, beside which the sandbox has the copy
    with Sandbox(
        project.root if project is not None else None, secrets=commands.secrets(operations), env=env
    ) as sandbox:
        shutil.copytree(folder, sandbox.root / "connect")
        ctx = {**written.fresh.context, "script": {"steps": operations}}
        for artifact in artifacts(ctx):
            tell(artifact.path)
            found += _check(written, artifact, sandbox)
    return found


def _check(written: Written, artifact: Artifact, sandbox: Sandbox) -> Iterator[Result]:
    if written.text(artifact.path) is None:
        yield Result(
            artifact.path,
            "exists",
            "failed",
            "the plan",
            why="the plan names this file, and it is not there",
            next="write the plan anew: agentcore-connect plan answers.yaml --out DIR --force",
        )
        return
    wanted = artifact.checks
    if "python-compile" in wanted:
        yield from python.check_python(written, artifact.path, sandbox)
    if "request-model" in wanted and artifact.connection is not None:
        yield from python.check_requests(written, artifact.path, artifact.connection, sandbox)
    if "tool-schema" in wanted and artifact.connection is not None:
        yield from data.check_tool_schema(written, artifact.path, artifact.connection)
    if "json" in wanted:
        yield from data.check_json(written, artifact.path)
    if "cedar" in wanted:
        yield from data.check_cedar(written, artifact.path)
    if "cli-run" in wanted:
        yield from commands.check_text(written, sandbox)
        yield from commands.check_contract(written)
        yield from commands.check_run(written, sandbox)
