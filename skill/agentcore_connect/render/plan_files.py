"""Rendering a plan's files and writing them, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

from agentcore_connect import __version__
from agentcore_connect.answers import store
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import replace
from agentcore_connect.knowledge.resources import load, static_text
from agentcore_connect.plan.artifacts import Artifact, artifacts
from agentcore_connect.plan.entries import ArtifactEntry, CheckResult
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.program import program, script_inputs
from agentcore_connect.plan.records import RenderContext
from agentcore_connect.plan.script import script
from agentcore_connect.render.environment import environment
from agentcore_connect.render.normal import normal_answers
from agentcore_connect.render.prose import markdown

Content = tuple[str, int]
_DEFAULT_MODE = "0644"


def write_plan(plan: Plan, gathered: Gathered, out: Path, *, force: bool) -> tuple[Plan, list[str]]:
    """Render, check and write the files of a plan.

    Returns:
        The plan with the checks that were made, and the paths written.

    Errors: ConnectError when a file that is there differs, or the folder cannot be written; nothing is half-written.
    """
    from agentcore_connect.render.writer import write_folder

    plan, files = render_plan(plan, gathered, out)
    write_folder(out, files, force)
    return plan, sorted(files)


def render_plan(plan: Plan, gathered: Gathered, out: Path) -> tuple[Plan, dict[str, Content]]:
    """Render every file of a plan.

    Errors: ConnectError `artifact-failed` when a rendered file fails a built-in check: nothing unsound is handed out.
    """
    from agentcore_connect.render.checks import check_artifact

    ctx = _with_places(plan, gathered, out)
    files: dict[str, Content] = {}
    checked: list[ArtifactEntry] = []
    for artifact in artifacts(ctx):
        text = render(artifact, ctx)
        results = check_artifact(artifact, text, ctx)
        failed = [r for r in results if r["status"] == "failed"]
        if failed:
            raise ConnectError(
                "artifact-failed",
                f"{artifact.path} failed the check {failed[0]['check']}: {failed[0].get('why')}",
                where=artifact.path,
                hint="this is a fault of agentcore-connect, or of a file named in the answers; nothing was written",
            )
        checked.append(ArtifactEntry(path=artifact.path, kind=artifact.kind, checks=results))
        files[artifact.path] = (text, int(str(artifact.manifest.get("mode", _DEFAULT_MODE)), 8))
    done = _finish(plan, checked)
    mode = int(_DEFAULT_MODE, 8)
    files["answers.yaml"] = (store.dump(normal_answers(gathered, out)), mode)
    files["plan.json"] = (json.dumps(done.as_dict(), ensure_ascii=False, indent=2) + "\n", mode)
    files["plan.md"] = (markdown(done), mode)
    return done, files


def render(artifact: Artifact, ctx: RenderContext) -> str:
    """Render one file."""
    manifest = artifact.manifest
    folder = str(manifest.get("folder", artifact.kind))
    if "static" in manifest:
        return static_text(folder, str(manifest["static"]))
    names: dict[str, object] = {**ctx, "manifest": manifest}
    if artifact.connection is not None:
        names["c"] = artifact.connection
    if artifact.policy is not None:
        names["policy"] = artifact.policy
    return environment().get_template(f"{folder}/{manifest['template']}").render(names)


def _with_places(plan: Plan, gathered: Gathered, out: Path) -> RenderContext:
    """The context with what only templates need: the steps, and where the project is seen from the plan's folder."""
    import os

    ctx = plan.context.copy()
    project = gathered.project
    relative = os.path.relpath(project.root, out.resolve()) if project is not None else None
    ctx["plan"] = {**ctx["plan"], "project_relpath": relative}
    asks = {}
    if ctx["configured"]:
        ctx["program"] = program(ctx)
        asks["configure.py"] = script_inputs(ctx)
    ctx["script"] = script(plan.operations, load(f"commands-{plan.surface}"), asks)
    return ctx


def _finish(plan: Plan, checked: list[ArtifactEntry]) -> Plan:
    by = f"agentcore-connect {__version__}"
    fixed = [
        ArtifactEntry(path="plan.md", kind="document", checks=[]),
        ArtifactEntry(path="plan.json", kind="plan", checks=[CheckResult(check="json", status="passed", by=by)]),
        ArtifactEntry(
            path="answers.yaml", kind="answers", checks=[CheckResult(check="answers-gate", status="passed", by=by)]
        ),
    ]
    return replace(plan, artifacts=[*fixed, *checked])
