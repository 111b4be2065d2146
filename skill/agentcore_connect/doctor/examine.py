"""Examines the machine for `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from agentcore_connect.clispec import choose, drift, extract, model
from agentcore_connect.clispec.compare import compare
from agentcore_connect.clispec.installed import on_path
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.doctor import machine
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.sandbox.scratch import Sandbox

State = Literal["ok", "note", "problem"]
_JOBS: Final = 2


@dataclass(frozen=True)
class Line:
    """One line of the report: part, subject, result, severity and advice."""

    part: str
    what: str
    found: str
    state: State
    remark: str | None = None
    hint: str | None = None


@dataclass
class Report:
    """Everything found. `differences` are the drifts by what was compared ("cli", "files", an environment's name)."""

    lines: list[Line] = field(default_factory=list)
    agentcores: list[machine.Agentcore] = field(default_factory=list)
    surface: choose.Surface | None = None
    differences: dict[str, list[drift.Drift]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Return whether there is no problem."""
        return all(line.state != "problem" for line in self.lines)

    def add(
        self, part: str, what: str, found: str, state: State = "ok", remark: str | None = None, hint: str | None = None
    ) -> None:
        """Add a line."""
        self.lines.append(Line(part, what, found, state, remark, hint))


def examine(folder: Path, *, full: bool = False, progress: Callable[[str], None] = lambda _: None) -> Report:
    """Examine the machine.

    In: a folder, of whose project the environments are looked at too; whether to compare every command of the CLI and
    run all probes; who is told what is going on. Out: the report. Nothing is installed or changed, no network is used,
    and programs run in a scratch place with a HOME of its own.
    """
    known = resources.load("doctor")
    report = Report()
    project_version, root, code = _project(folder, report)
    with Sandbox() as box:
        progress("looking for programs")
        cli = _cli(report, known["toolkit"], project_version, box)
        for about in known["programs"]:
            _program(report, about, box)
        if cli is not None and report.surface is not None:
            _cli_drift(report, cli, None if full else known["commands"], box, progress)
    progress("looking at Python environments")
    for environment in machine.environments(root, code):
        _environment(report, environment, known["packages"])
    if full and cli is not None and report.surface is not None and report.surface.known_by == "run":
        _full(report, cli, progress)
    return report


def _project(folder: Path, report: Report) -> tuple[int | None, Path | None, list[Path]]:
    from agentcore_connect.project.reader import read_project

    try:
        project = read_project(folder)
    except ConnectError as error:
        report.add("project", "project", str(error.where or folder), "problem", error.message, error.hint)
        return None, None, []
    if project is None:
        return None, None, []
    report.add("project", "project", f"{project.name} (version {project.version}) in {project.root}")
    return project.version, project.root, [project.root / one.code_location for one in project.runtimes]


def _cli(report: Report, toolkit: Entry, project_version: int | None, box: Sandbox) -> machine.Agentcore | None:
    """Tell the programs called agentcore; the npm CLI that would be used, if there is one."""
    found = [machine.identify(path, box, toolkit) for path in on_path("agentcore")]
    report.agentcores = found
    ours = next((one for one in found if one.kind == machine.NPM), None)
    for place, one in enumerate(found):
        first = place == 0
        shown = f"{one.path} ({_kind(one)})"
        if one.kind == machine.TOOLKIT:
            remark = "it comes first, so it is what runs" if first else "it comes later on the PATH and is not used"
            state: State = "problem" if first else "note"
            report.add("cli", "agentcore", shown, state, f"{toolkit['text']} Here {remark}.", one.cure)
        elif one.kind == machine.UNKNOWN:
            remark = f"this is not the AgentCore CLI; it says: {one.words or 'nothing'}"
            hint = "remove it, or put the folder of the CLI before it on the PATH"
            report.add("cli", "agentcore", shown, "problem" if first else "note", remark, hint)
        elif one.words:
            remark = f"it does not start: {one.words}"
            report.add("cli", "agentcore", shown, "problem", remark, "see Node.js below; or install the CLI again")
        elif one is ours:
            _version(report, one, shown, project_version)
        else:
            report.add("cli", "agentcore", shown, "note", "another one comes first on the PATH")
    if ours is None:
        surface = choose.choose(None, project_version)
        remark = "the AgentCore CLI is not installed; commands.sh needs it"
        report.add("cli", "AgentCore CLI", "none", "problem", remark, f"install it: {surface.install}")
    return ours if ours is not None and not ours.words else None


def _version(report: Report, cli: machine.Agentcore, shown: str, project_version: int | None) -> None:
    try:
        surface = choose.choose(cli.version, project_version)
    except ConnectError as error:
        report.add("cli", "agentcore", shown, "problem", error.message, error.hint)
        return
    report.surface = surface
    report.add("cli", "agentcore", shown, "note" if surface.notice else "ok", surface.notice)


def _program(report: Report, about: Entry, box: Sandbox) -> None:
    found = machine.program(about, box)
    needed = f"needed for {about['needed_for']}"
    if found.path is None:
        report.add("programs", about["id"], "none", "problem", needed, about["cure"])
        return
    shown = f"{found.version or 'version unknown'} ({found.path})"
    have = machine.numbers(found.version or "")
    if found.version is None:
        report.add("programs", about["id"], shown, "problem", f"it does not start; {needed}", about["cure"])
    elif "at_least" in about and have < machine.numbers(about["at_least"]):
        remark = f"{about['at_least']} or newer is {needed}"
        report.add("programs", about["id"], shown, "problem", remark, about["cure"])
    elif "better" in about and have < machine.numbers(about["better"]):
        report.add("programs", about["id"], shown, "note", about["text"], about["cure"])
    else:
        report.add("programs", about["id"], shown)


def _cli_drift(
    report: Report,
    cli: machine.Agentcore,
    commands: Sequence[str] | None,
    box: Sandbox,
    progress: Callable[[str], None],
) -> None:
    assert report.surface is not None  # noqa: S101 - the caller saw to it
    contract = model.load(report.surface.contract)
    try:
        for one in compare([str(cli.path)], report.surface, box, commands=commands, jobs=_JOBS, progress=progress):
            _tell(report, one.name, one.shown, one.found, contract)
    except ConnectError as error:
        report.add("knowledge", "CLI contract", str(cli.path), "problem", error.message, error.hint)


def _full(report: Report, cli: machine.Agentcore, progress: Callable[[str], None]) -> None:
    """Run every probe, as when the contract was made; differences are told by form, value and combination."""
    assert report.surface is not None  # noqa: S101 - the caller saw to it
    contract = model.load(report.surface.contract)
    progress("running every probe on the CLI; this takes many minutes")
    try:
        made = extract.extract([str(cli.path)], jobs=_JOBS)
    except ConnectError as error:
        report.add("knowledge", "behaviour", str(cli.path), "problem", error.message, error.hint)
        return
    combinations = contract.observed["combinations"]
    count = sum(len(row) for one in combinations for row in one["results"].values())
    found = drift.behaviour(contract.observed, made.get("observed", {}))
    shown = f"{len(contract.observed['forms'])} forms, {count} combinations"
    _tell(report, "behaviour", shown, found, contract)


def _tell(report: Report, name: str, shown: str, found: list[drift.Drift], contract: model.Contract) -> None:
    report.differences[name] = found
    what = {"cli": "CLI options", "files": "project files", "behaviour": "CLI behaviour"}[name]
    against = f"{shown}; contract of {contract.version}"
    _judge(report, what, against, found, "update agentcore-connect, or install the CLI version named above")


def _judge(report: Report, what: str, shown: str, found: list[drift.Drift], hint: str) -> None:
    breaking = [one for one in found if one.breaks]
    if not found:
        report.add("knowledge", what, shown, "ok", "no difference")
        return
    remark = f"{len(found)} difference(s), of which {len(breaking)} may break a plan"
    report.add("knowledge", what, shown, "problem" if breaking else "note", remark, hint if breaking else None)


def _environment(report: Report, environment: machine.Environment, packages: Sequence[Mapping[str, str]]) -> None:
    name = f"{environment.name} environment"
    report.add("python", name, f"Python {environment.python or 'unknown'} in {environment.folder}")
    for package in packages:
        version = environment.packages.get(package["name"])
        needed = None if version else f"needed for {package['needed_for']}"
        report.add("python", f"  {package['name']}", version or "none", "ok" if version else "note", needed)
    for framework, wanted in _frameworks().items():
        found = {one: environment.packages[one] for one in wanted if one in environment.packages}
        old = {one for one in found if machine.numbers(found[one]) < machine.numbers(wanted[one] or "0")}
        if found:
            shown = ", ".join(f"{one} {version}" for one, version in found.items())
            least = ", ".join(f"{one} {wanted[one]}" for one in sorted(old))
            remark = f"gateway_client.py for {framework} needs at least {least}" if old else None
            hint = f"pip install --upgrade {' '.join(sorted(old))}" if old else None
            report.add("python", f"  {framework}", shown, "problem" if old else "ok", remark, hint)
    if environment.botocore is not None:
        found_drift = drift.api(resources.load("api-contract"), environment.botocore)
        report.differences[environment.name] = found_drift
        version = environment.packages.get("botocore", "?")
        contract = resources.load("api-contract")
        operations = sum(len(one["operations"]) for one in contract["services"].values())
        shown = f"{operations} operations; botocore {version} here, {contract['botocore']} in the contract"
        hint = f"update it in {environment.folder}: pip install --upgrade boto3"
        _judge(report, f"AWS API, {name}", shown, found_drift, hint)


def _frameworks() -> dict[str, dict[str, str | None]]:
    """Framework -> its packages, each with the least version that the client for it was made for."""
    import re

    least: dict[str, str] = {}
    for kind in resources.manifests():
        manifest = resources.load_manifest(kind)
        for wanted in manifest.get("requires", {}).get("always", []) if manifest.get("kind") == "client" else []:
            found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?>=([0-9.]+)", wanted)
            if found:
                least[found[1].lower()] = found[2]
    frameworks = resources.load("project-format")["frameworks"]
    return {
        name: {package: least.get(package) for package in about["packages"]}
        for name, about in frameworks.items()
        if about["packages"] and name != "mcp"
    }


def _kind(one: machine.Agentcore) -> str:
    name = {machine.NPM: "AgentCore CLI", machine.TOOLKIT: "Python starter toolkit"}.get(one.kind, "unknown program")
    return f"{name} {one.version}" if one.version else name
