"""Inspects a project or a folder: the answers it settles, and its findings, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.memory import without_collector
from agentcore_connect.core.record import NamedTuple, TypedDict
from agentcore_connect.core.values import Json, JsonObject, without_empty

if TYPE_CHECKING:
    from agentcore_connect.findings.model import Finding, Scan
    from agentcore_connect.probe.mcp_probe import Probe
    from agentcore_connect.project import model, toolkit
    from agentcore_connect.project.model import Project
    from agentcore_connect.specs.openapi_model import Fault
    from agentcore_connect.specs.openapi_security import Demand


class Target(TypedDict):
    """A target, by itself or of a gateway."""

    name: str
    type: str | None
    endpoint: str | None
    outbound_auth: str | None
    credential: str | None
    tool_count: int | None


class Placed(Target):
    """A target in a template that has no gateway there."""

    where: str


class Gateway(TypedDict):
    """A gateway as the files have it, and where it was deployed."""

    name: str
    inbound_auth: str | None
    protocol_type: str | None
    semantic_search: bool
    policy_engine: str | None
    policy_mode: str | None
    id: str | None
    arn: str | None
    url: str | None
    targets: list[Target]
    where: NotRequired[str]


class ToolkitAgent(TypedDict):
    """An agent in the configuration of the older toolkit."""

    name: str
    entrypoint: str | None
    region: str | None


class Toolkit(TypedDict):
    """The configuration of the older toolkit."""

    path: str
    agents: list[ToolkitAgent]
    problem: str | None


class Repository(TypedDict):
    """A folder without a project file."""

    root: str
    framework: str | None
    python_files: int
    mcp_client_files: list[str]
    tools: list[dict[str, str]]
    lambda_handlers: list[str]
    toolkit: Toolkit | None
    templates: list[str]
    gateways: list[Gateway]
    targets: list[Placed]
    unknown: list[str]


class Named(TypedDict):
    """Something of the project with a name; what else is said of it."""

    name: str
    protocol: NotRequired[str | None]
    kind: NotRequired[str | None]
    managed: NotRequired[bool]
    policies: NotRequired[list[str]]
    account: NotRequired[str | None]
    region: NotRequired[str | None]


class Declared(TypedDict):
    """A project by its file."""

    name: str
    root: str
    version: int | str | None
    framework: str | None
    language: str | None
    mcp_client_files: list[str]
    runtimes: list[Named]
    harnesses: list[str]
    gateways: list[Gateway]
    templates: list[str]
    credentials: list[Named]
    policy_engines: list[Named]
    env_names: list[str]
    aws_targets: list[Named]
    notices: list[dict[str, str | None]]


class Found(NamedTuple):
    """An API document that lies in the folder; ``problem`` says why it could not be read."""

    path: str
    kind: str
    tool_count: int | None = None
    demand: Demand | None = None
    faults: tuple[Fault, ...] = ()
    problem: str = ""

    def as_dict(self) -> JsonObject:
        """The document as ``inspect --json`` prints it."""
        sign_in = self.demand.as_dict() if self.demand is not None else None
        faults = [one.as_dict() for one in self.faults]
        found = {"path": self.path, "kind": self.kind, "tool_count": self.tool_count, "sign_in": sign_in}
        return {**found, "faults": faults, **({"problem": self.problem} if self.problem else {})}


class Report(NamedTuple):
    """The result of `inspect`. ``repository`` is set for a folder without a project file, ``probes`` on request."""

    project: Declared | None
    repository: Repository | None
    answers: JsonObject
    findings: tuple[Finding, ...]
    documents: tuple[Found, ...]
    machine: JsonObject
    probes: tuple[Probe, ...] = ()

    def as_dict(self, *, sources: bool = False) -> dict[str, object]:
        """Return the report as ``inspect --json`` prints it: three members always, the others if they hold something.

        Args:
            sources: whether each finding names its sources.
        """
        found: dict[str, object] = {
            "project": self.project,
            "answers": self.answers,
            "findings": [one.as_dict(sources=sources) for one in self.findings],
        }
        more = {
            "repository": self.repository,
            "documents": [one.as_dict() for one in self.documents],
            "machine": self.machine,
            "probes": [one.as_dict() for one in self.probes],
        }
        filled = {key: without_empty(value) for key, value in (found | more).items()}
        return {key: value for key, value in filled.items() if key in found or value}


def inspect(folder: Path, probes: Sequence[str] = ()) -> Report:
    """Inspect a folder without running anything in it.

    Args:
        folder: in a project, or any folder with code, API documents or templates.
        probes: addresses of MCP servers to ask; `all` for those of the project. Only these use the network.

    Errors: ConnectError `unreadable-file`; `no-project` where there is nothing to read.
    """
    if not folder.exists():
        raise ConnectError("unreadable-file", "there is no such folder", where=str(folder), hint="check the path")
    with without_collector():
        return _inspect(folder, probes)


def _inspect(folder: Path, probes: Sequence[str]) -> Report:
    from agentcore_connect.findings import Scan, inspect_project
    from agentcore_connect.project.answers import answers_from_project
    from agentcore_connect.project.reader import read_project, undeclared_project

    project = read_project(folder) or undeclared_project(folder)
    scan = Scan(project)
    documents = tuple(_documents(project))
    declared = _project(project, scan) if project.declared else None
    repository = None if project.declared else _repository(project, scan, documents)
    if declared is None and repository is None and not probes:
        raise ConnectError(
            "no-project",
            "there is no AgentCore project here, and no code, API document or template to read",
            where=str(folder),
            expected="agentcore/agentcore.json",
            hint="run it in a project, or make one with `agentcore create`",
        )
    is_read = declared is not None or repository is not None
    machine, recorded = _machine(project.version if declared is not None else None)
    return Report(
        declared,
        repository,
        {**(answers_from_project(project, {}) if is_read else {}), **recorded},
        tuple(inspect_project(project, scan)) if is_read else (),
        documents if is_read else (),
        machine,
        tuple(_probe(project, probes)),
    )


def _documents(project: Project) -> Iterator[Found]:
    """Summarize the API documents in the project."""
    from agentcore_connect.specs.openapi import read_openapi
    from agentcore_connect.specs.smithy import read_smithy
    from agentcore_connect.specs.spec_search import find_documents

    for name, kind in find_documents(project.root):
        try:
            if kind == "smithy":
                model = read_smithy(name, base=project.root)
                yield Found(name, kind, model.tool_count, None, tuple(model.faults))
            else:
                found = read_openapi(name, base=project.root)
                yield Found(name, kind, found.tool_count, found.demand, tuple(found.faults))
        except ConnectError as error:
            yield Found(name, kind, problem=str(error))


def _machine(project_version: int | None) -> tuple[JsonObject, dict[str, Json]]:
    """Read which AgentCore CLI is on the PATH, without running it.

    Out: every `agentcore`, with what the one in use means for the project; and the answer that a plan for it needs.
    """
    from agentcore_connect.clispec.choose import choose
    from agentcore_connect.clispec.installed import installed

    found = installed()
    machine: dict[str, Json] = {"agentcore": [{"path": str(one.path), "version": one.version} for one in found]}
    if not found or found[0].version is None:
        return machine, {}
    try:
        notice = choose(found[0].version, project_version).mismatch
    except ConnectError as error:
        return {**machine, "said": str(error)}, {}
    return {**machine, **({"said": notice} if notice else {})}, {"cli_version": found[0].version}


def _probe(project: Project, wanted: Sequence[str]) -> list[Probe]:
    from agentcore_connect.probe.mcp_probe import probe

    targets: dict[str, str] = {}
    for gateway in project.gateways:
        targets |= {one.endpoint: one.name for one in gateway.targets if one.type == "mcp-server" and one.endpoint}
    urls = [url for one in wanted for url in (targets if one == "all" else [one])]
    return [probe(url, target_name=targets.get(url)) for url in dict.fromkeys(urls)]


def _repository(project: Project, scan: Scan, documents: Sequence[Found]) -> Repository | None:
    """Inspect a folder without a project file; None if it holds nothing to read."""
    from agentcore_connect.findings.handlers import handlers
    from agentcore_connect.knowledge.resources import load
    from agentcore_connect.project.code import mcp_client_files
    from agentcore_connect.specs.python_marks import marked

    found = scan.repository
    if found.empty and not found.cdk and not documents and not scan.code_files:
        return None
    signs = {
        "always": True,
        "toolkit": found.toolkit is not None,
        "cdk": found.cdk and not any("cdk.out/" in one for one in found.templates),
        "templates": bool(found.templates),
        "no-python": not scan.code_files,
    }
    return {
        "root": str(project.root),
        "framework": project.framework,
        "python_files": len(scan.code_files),
        "mcp_client_files": mcp_client_files(project.root, [""], project.sources),
        "tools": [
            {"name": one.name or one.function.name, "where": file.where(one.function)}
            for file in scan.code_files
            for one in marked(file.parsed)
        ],
        "lambda_handlers": [file.where(one) for file in scan.code_files for one in handlers(file)],
        "toolkit": _toolkit(found.toolkit) if found.toolkit is not None else None,
        "templates": list(found.templates),
        "gateways": [{**_gateway(scan, one), "where": _place(one.at)} for one in found.gateways],
        "targets": [{**_target(scan, one), "where": _place(one.at)} for one in found.loose],
        "unknown": [one["text"] for one in load("project-format")["unknown"] if signs[one["when"]]],
    }


def _toolkit(found: toolkit.Toolkit) -> Toolkit:
    agents: list[ToolkitAgent] = [
        {"name": one.name, "entrypoint": one.entrypoint, "region": one.region} for one in found.agents
    ]
    return {"path": found.shown, "agents": agents, "problem": found.problem}


def _place(at: tuple[str | int, ...]) -> str:
    return ":".join(map(str, at))


def _gateway(scan: Scan, gateway: model.Gateway) -> Gateway:
    return {
        "name": gateway.name,
        "inbound_auth": gateway.inbound_auth,
        "protocol_type": gateway.protocol_type,
        "semantic_search": gateway.semantic_search,
        "policy_engine": gateway.policy_engine,
        "policy_mode": gateway.policy_mode,
        "id": gateway.deployed.id if gateway.deployed else None,
        "arn": gateway.deployed.arn if gateway.deployed else None,
        "url": gateway.deployed.url if gateway.deployed else None,
        "targets": [_target(scan, target) for target in gateway.targets],
    }


def _target(scan: Scan, target: model.Target) -> Target:
    from agentcore_connect.findings.tools import tools_of

    return {
        "name": target.name,
        "type": target.type,
        "endpoint": target.endpoint,
        "outbound_auth": target.outbound_auth,
        "credential": target.credential,
        "tool_count": tools_of(scan, target).count,
    }


def _project(project: Project, scan: Scan) -> Declared:
    from agentcore_connect.project.code import mcp_client_files

    return {
        "name": project.name,
        "root": str(project.root),
        "version": project.version,
        "framework": project.framework,
        "language": project.language,
        "mcp_client_files": mcp_client_files(
            project.root, [one.code_location for one in project.runtimes], project.sources
        ),
        "runtimes": [{"name": one.name, "protocol": one.protocol} for one in project.runtimes],
        "harnesses": [one.name for one in project.harnesses],
        "gateways": [_gateway(scan, one) for one in project.gateways],
        "templates": list(scan.repository.templates),
        "credentials": [{"name": one.name, "kind": one.kind, "managed": one.managed} for one in project.credentials],
        "policy_engines": [
            {"name": one.name, "policies": [policy.name for policy in one.policies]} for one in project.policy_engines
        ],
        "env_names": list(project.env_names),
        "aws_targets": [
            {"name": one.name, "account": one.account, "region": one.region} for one in project.aws_targets
        ],
        "notices": [
            {"code": one.code, "message": one.message, "where": one.where, "hint": one.hint} for one in project.notices
        ],
    }
