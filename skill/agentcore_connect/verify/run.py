"""Runs all checks of a written plan, file by file, and reports progress."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.artifacts import Artifact, artifacts
from agentcore_connect.plan.script import script_facts
from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.verify import (
    agent_patch,
    calls,
    clients,
    commands,
    data,
    facts,
    handlers,
    inside,
    interceptors,
    leaks,
    project_file,
    python,
    scripts,
    template,
    texts,
    typescript,
)
from agentcore_connect.verify.cli import Bench, check_cli
from agentcore_connect.verify.report import OWN, Result, judged, quoted
from agentcore_connect.verify.runners.prepare import prepare
from agentcore_connect.verify.stand_ins import shims
from agentcore_connect.verify.written import Written, read_written

Tell = Callable[[str], None]
#: A sandbox, and the folder of the stand-ins for its programs.
Scratch = tuple[Sandbox, Path]
_ANEW: Final = "write the plan anew: agentcore-connect plan answers.yaml --out DIR --force"
_MOST_FILES: Final = 500
# Nothing of a plan needs the network while it is checked; what asks for it all the same finds a closed door.
_CLOSED: Final = dict.fromkeys(
    ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"
)


def check_plan(
    folder: Path,
    tell: Tell = lambda _text: None,
    only: Collection[str] | None = None,
    *,
    run_changed: bool = False,
    is_confined: bool = False,
) -> list[Result]:
    """Run every check that this machine can run on a written plan, without touching the project, AWS or the network.

    What runs is the plan's own text, rendered from its answers. A file that was changed since is read only.

    Args:
        folder: the plan's folder.
        tell: is called with what is being checked, for those who wait.
        only: the names of the files to check; None for all.
        run_changed: run files that were changed as well, and the modules beside them.
        is_confined: this process cannot do harm, so the Python of the project's own environments may run.

    Out: the results, sorted by artifact. Errors: ConnectError when the folder holds no plan that can be read.
    """
    tell(f"{folder}: answers and plan")
    written = read_written(folder, run_changed=run_changed, is_confined=is_confined)
    found: list[Result] = []
    for name, check in (("answers.yaml", data.check_answers), ("plan.json", _check_plan), ("plan.md", _check_document)):
        if only is None or name in only:
            found += _guarded(name, lambda check=check: check(written))  # type: ignore[misc]
    documents = list(_guarded("plan.json", lambda: data.check_documents(written)))
    found += [one for one in documents if only is None or one.artifact in only]
    operations = written.fresh.operations
    project = written.gathered.project
    scripts = commands.script_samples(written.fresh)
    env = {**_CLOSED, **scripts, **commands.samples(operations), **_secrets(written)}
    if project is not None:
        env["CONNECT_PROJECT"] = "../project"  # from the plan's folder, beside which the sandbox has the copy
    with _scratch(written, env) as (sandbox, _), _scratch(written, env) as dry:
        bench = Bench(written, sandbox, tell)
        every = artifacts({**written.fresh.context, "script": script_facts(operations)})
        found += _check_all(bench, [one for one in every if only is None or one.path in only], dry)
    return sorted(found, key=lambda one: one.artifact)


@contextmanager
def _scratch(written: Written, env: Mapping[str, str]) -> Iterator[Scratch]:
    """Open a sandbox with the project and the plan's files, and the folder of its stand-ins."""
    project, operations = written.gathered.project, written.fresh.operations
    needs = list(commands.needs(operations))
    with tempfile.TemporaryDirectory(prefix="agentcore-connect-") as place:
        shims.write(Path(place), written.fresh.surface, operations, needs)
        with Sandbox(project.root if project is not None else None, path=[Path(place) / "real"], env=env) as sandbox:
            _lay_out(written, sandbox.root / "connect")
            if project is not None:
                prepare(sandbox.project, needs)
            yield sandbox, Path(place)


def _check_all(bench: Bench, every: Sequence[Artifact], dry: Scratch) -> list[Result]:
    """Check all files. The script, which takes longest and mostly waits, runs in parallel with the others."""

    def check(artifact: Artifact) -> list[Result]:
        bench.tell(artifact.path)
        return list(_guarded(artifact.path, lambda: _check(bench, artifact, dry)))

    script = [one for one in every if "cli-run" in one.checks]
    others = [one for one in every if "cli-run" not in one.checks]
    with ThreadPoolExecutor(1) as pool:
        beside = [pool.submit(check, one) for one in script]
        found = [result for one in others for result in check(one)]
        return [*found, *(result for one in beside for result in one.result())]


def _secrets(written: Written) -> Mapping[str, str]:
    declared = commands.declared_values(written)
    asked = {*commands.secrets(written.fresh.operations), *commands.script_secrets(written.fresh)}
    marked = leaks.markers(sorted({*asked, *(name for name, secret in declared.items() if secret)}))
    return {**dict.fromkeys(declared, "sample"), **{name: value for value, name in marked.items()}}


def _lay_out(written: Written, into: Path) -> None:
    """Write the files to run: the plan's own text, or the changed files of the folder."""
    into.mkdir()
    if not written.run_changed:
        for name, text in written.files.items():
            (into / name).write_text(text, encoding="utf-8")
        return
    for path in sorted(written.folder.iterdir())[:_MOST_FILES]:
        if not path.is_dir() and written.fault(path.name) is None:
            shutil.copy(path, into / path.name)


def _guarded(artifact: str, check: Callable[[], Iterable[Result]]) -> Iterator[Result]:
    """Yield the results of a check. A check that raises an error counts as failed; the others continue."""
    results = iter(check())
    while True:
        try:
            yield next(results)
        except StopIteration:
            return
        except (ConnectError, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            why = error.message if isinstance(error, ConnectError) else f"{type(error).__name__}: {quoted(str(error))}"
            cure = f"{_ANEW}; if it stays, report it with this text"
            yield Result(artifact, "check", "failed", OWN, f"the check broke over this file: {why}", next=cure)
            return


def _readable(written: Written, name: str) -> Iterator[Result]:
    fault = written.fault(name)
    if fault:
        yield Result(name, "exists", "failed", "the plan", fault, next=_ANEW)
    else:
        yield Result(name, "exists", "passed", "the plan")


def _check_plan(written: Written) -> Iterator[Result]:
    yield from data.check_plan_file(written)
    yield _no_secret(written, "plan.json")


def _check_document(written: Written) -> Iterator[Result]:
    yield from _readable(written, "plan.md")
    if not written.fault("plan.md"):
        yield texts.check_says_the_plan(written, "plan.md")
        yield _no_secret(written, "plan.md")


def _no_secret(written: Written, name: str) -> Result:
    """Check that the file holds no secret."""
    problems = inside.secrets_inside(written.text(name), written.files.get(name, ""), name)
    cure = "take it out, and have it revoked if it was a real one; commands.sh asks for secrets when it runs"
    return judged(name, "no-secret-inside", OWN, problems, cure=cure)


def _check(bench: Bench, artifact: Artifact, dry: Scratch) -> Iterator[Result]:
    written, name = bench.written, artifact.path
    if written.fault(name):
        yield from _readable(written, name)
        return
    wanted = artifact.checks
    yield _no_secret(written, name)
    yield from _check_shell(bench, artifact, dry)
    if "python-compile" in wanted:
        yield _as_written(written, name)
        yield from _check_code(bench, artifact)
    if agent_patch.CHECK in wanted:
        yield _as_written(written, name)
        yield from agent_patch.check_patch(written, name, bench.sandbox)
    if "typescript" in wanted:
        yield _as_written(written, name)
        yield from typescript.check_typescript(written, name, artifact.manifest, bench.sandbox)
    if "tool-schema" in wanted and artifact.connection is not None:
        yield from data.check_tool_schema(written, name, artifact.connection)
    elif "json" in wanted:
        yield from data.check_json(written, name, artifact.connection)
    if "program-requests" in wanted:
        yield from scripts.check_program(written, bench.sandbox)
    yield from _check_policies(written, artifact)
    if "cfn-lint" in wanted:
        yield from template.check_stack(written, name)
    if "settings" in wanted:
        yield from texts.check_settings(written, name)
        yield texts.check_says_the_plan(written, name)
    if not wanted:
        yield _as_written(written, name)


def _check_shell(bench: Bench, artifact: Artifact, dry: Scratch) -> Iterator[Result]:
    """Check the script or one of its static files, and run the script: the dry run has a sandbox of its own."""
    written, name, wanted = bench.written, artifact.path, artifact.checks
    if "bash-syntax" in wanted:
        yield from commands.check_shell(written, name, bench.sandbox)
    if "as-planned" in wanted:
        yield commands.check_unchanged(written, name)
    if "cli-run" in wanted:
        yield commands.check_lines(written)
        yield commands.check_contract(written)
        yield from project_file.check_project_file(written)
    if "python-compile" in wanted:
        return  # what is said of code follows
    if not written.runs(name) and not {"as-planned", "cli-run"}.isdisjoint(wanted):
        yield _as_written(written, name)
    elif "cli-run" in wanted:
        with ThreadPoolExecutor(2) as pool:
            leaked = pool.submit(lambda: list(leaks.check_leaks(written, *dry)))
            ran = pool.submit(lambda: list(check_cli(bench)))
            yield from leaked.result()
            yield from ran.result()


def _check_policies(written: Written, artifact: Artifact) -> Iterator[Result]:
    """Check a policy, and the decisions of all policies on the plan's example calls."""
    if "cedar" in artifact.checks and artifact.policy is not None:
        yield from data.check_cedar(written, artifact.path, artifact.policy)
    if "policy-decisions" in artifact.checks:
        yield from data.check_decisions(written, artifact.path)


def _check_code(bench: Bench, artifact: Artifact) -> Iterator[Result]:
    """Check a Python file: its text, its import, and a run if there is one for its kind."""
    written, name, wanted = bench.written, artifact.path, artifact.checks
    found = list(python.check_python(written, name, bench.sandbox, run_later="as-planned" in wanted))
    yield from found
    if any(one.check == "python-compile" and one.status == "failed" for one in found):
        return
    text = written.text(name)
    planned = written.files.get(name, text)
    if "policy-decisions" not in wanted:  # whoever keeps the calls for policies adds to them
        changed = facts.changed_constants(text, planned, name)
        cure = "make the change in the answers and write the plan anew, so that both stay in step"
        yield judged(name, "facts-as-planned", OWN, changed, cure=cure)
    if "secret-parameters" in wanted:
        cure = "fetch it inside the call: frameworks show a function's parameters to the model"
        yield judged(name, "secret-parameters", OWN, facts.secret_parameters(text, planned, name), cure=cure)
    if not written.runs(name) or any(one.check == "python-import" and one.status == "failed" for one in found):
        return
    if "gateway-run" in wanted:
        yield from clients.check_client(written, name, bench.sandbox)
    if "call-run" in wanted and artifact.connection is not None:
        yield from calls.check_calls(written, name, artifact.connection, bench.sandbox)
    if "interceptor-run" in wanted:
        yield from interceptors.check_interceptor(name, bench.sandbox)
    if "handler-run" in wanted and artifact.connection is not None:
        yield from handlers.check_handler(name, artifact.connection, bench.sandbox)


def _as_written(written: Written, name: str) -> Result:
    """Report whether a file was changed since it was written; only the written text was checked."""
    changes = written.changes(name)
    if not changes:
        return Result(name, "as-written", "passed", OWN)
    why = f"it was changed since it was written: {'; '.join(changes[:5])}"
    if written.run_changed:
        return Result(name, "as-written", "not-run", OWN, f"{why}. The changed text was run.")
    cure = "read the changes; if you trust them, run them as well: agentcore-connect check DIR --run-changed"
    return Result(name, "as-written", "not-run", OWN, f"{why}. It was read, not run.", next=cure)
