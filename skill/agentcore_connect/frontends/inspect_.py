"""`agentcore-connect inspect`: what a project tells by itself, and what is wrong or risky in it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentcore_connect.errors import ConnectError, ExitCode
from agentcore_connect.outside import named

if TYPE_CHECKING:
    from agentcore_connect.findings.model import Finding, Scan
    from agentcore_connect.project.model import Gateway, Project, Target
    from agentcore_connect.readers.mcp_probe import Probe

_EPILOG = """\
examples:
  agentcore-connect inspect
  agentcore-connect inspect ~/projects/travel --json
  agentcore-connect inspect --probe https://mcp.example.com/mcp

Files are read, never executed. Only --probe uses the network.
exit codes: 0 nothing found, 1 findings, 2 bad input
"""


def add_parser(sub: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser: argparse.ArgumentParser = sub.add_parser(
        "inspect",
        help="what the project tells, and what is wrong in it",
        description="Read an AgentCore project, or any folder with code, API documents and\n"
        "templates. Prints the answers it gives, and each finding with its place,\n"
        "reason and fix.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dir", nargs="?", type=named, default=Path(), metavar="DIR", help="a folder, in a project or not"
    )
    parser.add_argument(
        "--probe",
        action="append",
        default=[],
        metavar="URL",
        help="ask this MCP server; `all`: every one in the project",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from agentcore_connect.project import read_project, undeclared_project

    if not args.dir.exists():
        raise ConnectError("unreadable-file", "there is no such folder", where=str(args.dir), hint="check the path")
    project = read_project(args.dir) or undeclared_project(args.dir)
    report = _report(project, args.probe)
    if not project.declared and report["repository"] is None and not args.probe:
        raise ConnectError(
            "no-project",
            "there is no AgentCore project here, and no code, API document or template to read",
            where=str(args.dir),
            expected="agentcore/agentcore.json",
            hint="run it in a project, or make one with `agentcore create`",
        )
    if args.json:
        sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_text(report)) + "\n")
    return ExitCode.FINDINGS if report["findings"] else ExitCode.DONE


def _report(project: Project, probes: list[str]) -> dict[str, Any]:
    """Everything that is told, as plain data: the JSON output, and what the text is made from."""
    from agentcore_connect.findings import Scan, inspect_project
    from agentcore_connect.project import answers_from_project

    scan = Scan(project)
    report: dict[str, Any] = {"project": None, "answers": {}, "findings": []}
    documents = _documents(project)
    if project.declared:
        report["project"] = _project(project, scan)
    else:
        report["repository"] = _repository(project, scan, documents)
    if project.declared or report["repository"]:
        findings: list[Finding] = inspect_project(project, scan)
        report["answers"] = answers_from_project(project, {})
        report["findings"] = [one.as_dict() for one in findings]
        report["documents"] = documents
    report["machine"] = _machine()
    if probes:
        report["probes"] = [one.as_dict() for one in _probe(project, probes)]
    return report


def _documents(project: Project) -> list[dict[str, Any]]:
    """The API documents that lie in the project, each in short."""
    from agentcore_connect.readers.openapi import read_openapi
    from agentcore_connect.readers.smithy import read_smithy
    from agentcore_connect.readers.spec_search import find_documents

    documents = []
    for name, kind in find_documents(project.root):
        entry: dict[str, Any] = {"path": name, "kind": kind, "tool_count": None, "sign_in": None, "faults": []}
        try:
            if kind == "smithy":
                model = read_smithy(name, base=project.root)
                entry |= {"tool_count": model.tool_count, "faults": [one.as_dict() for one in model.faults]}
            else:
                found = read_openapi(name, base=project.root)
                faults = [one.as_dict() for one in found.faults]
                entry |= {"tool_count": found.tool_count, "sign_in": found.demand.as_dict(), "faults": faults}
        except ConnectError as error:
            entry["problem"] = str(error)
        documents.append(entry)
    return documents


def _machine() -> dict[str, Any]:
    """Which AgentCore CLI is on the PATH, by its package's own word: it is not run."""
    from agentcore_connect.contract import machine

    commands = machine.on_path("agentcore")
    return {"agentcore": [{"path": str(one), "version": machine._npm_package(one)} for one in commands]}


def _probe(project: Project, wanted: list[str]) -> list[Probe]:
    from agentcore_connect.readers.mcp_probe import probe

    targets: dict[str, str] = {}
    for gateway in project.gateways:
        targets |= {one.endpoint: one.name for one in gateway.targets if one.type == "mcp-server" and one.endpoint}
    urls = [url for one in wanted for url in (targets if one == "all" else [one])]
    return [probe(url, target_name=targets.get(url)) for url in dict.fromkeys(urls)]


def _repository(project: Project, scan: Scan, documents: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What a folder without a project file tells, and what it cannot tell; None where there is nothing to read."""
    from agentcore_connect.findings.handlers import handlers
    from agentcore_connect.project.code import mcp_client_files
    from agentcore_connect.readers.python_marks import marked
    from agentcore_connect.resources import load

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
    toolkit = found.toolkit
    return {
        "root": str(project.root),
        "framework": project.framework,
        "python_files": len(scan.code_files),
        "mcp_client_files": mcp_client_files(project.root, [""], project.sources),
        "tools": [
            {"name": one.name or one.function.name, "where": file.where(one.function)}
            for file in scan.code_files
            for one in marked(file.tree, file.parsed.nodes)
        ],
        "lambda_handlers": [file.where(one) for file in scan.code_files for one in handlers(file)],
        "toolkit": toolkit
        and {
            "path": toolkit.shown,
            "agents": [
                {"name": one.name, "entrypoint": one.entrypoint, "region": one.region} for one in toolkit.agents
            ],
            "problem": toolkit.problem,
        },
        "templates": list(found.templates),
        "gateways": [{**_gateway(scan, one), "where": _place(one.at)} for one in found.gateways],
        "targets": [{**_target(scan, one), "where": _place(one.at)} for one in found.loose],
        "unknown": [one["text"] for one in load("project-format")["unknown"] if signs[one["when"]]],
    }


def _place(at: tuple[str | int, ...]) -> str:
    return ":".join(map(str, at))


def _gateway(scan: Scan, gateway: Gateway) -> dict[str, Any]:
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


def _target(scan: Scan, target: Target) -> dict[str, Any]:
    from agentcore_connect.findings.tools import tools_of

    return {
        "name": target.name,
        "type": target.type,
        "endpoint": target.endpoint,
        "outbound_auth": target.outbound_auth,
        "credential": target.credential,
        "tool_count": tools_of(scan, target).count,
    }


def _project(project: Project, scan: Scan) -> dict[str, Any]:
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


def _text(report: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    repository = report.get("repository")
    if report["project"] is not None or repository:
        lines += _repository_lines(repository) if repository else _project_lines(report["project"])
        if report["answers"]:
            lines += ["", "Tells of the answers:" if repository else "Need not be asked:"]
            lines += [f"  {key}: {_plain(value)}" for key, value in report["answers"].items()]
        for one in report["documents"]:
            lines += ["", *_document_lines(one)] if one is report["documents"][0] else _document_lines(one)
        lines += ["", *_finding_lines(report["findings"])]
        if repository:
            lines += ["", "Not known from these files:", *(f"  {text}" for text in repository["unknown"])]
    for probe in report.get("probes", []):
        lines += ["", *_probe_lines(probe)] if lines else _probe_lines(probe)
    return lines


def _repository_lines(found: dict[str, Any]) -> list[str]:
    made_of = ", ".join(filter(None, [found["framework"], f"{found['python_files']} Python file(s)"]))
    lines = [f"No agentcore/agentcore.json; read as it stands: {_plain(found['root'])} ({made_of})"]
    toolkit = found["toolkit"]
    if toolkit:
        names = ", ".join(one["name"] for one in toolkit["agents"]) or toolkit["problem"] or "no agents"
        lines.append(f"  toolkit project {_plain(toolkit['path'])}: {_plain(names)}")
    if found["mcp_client_files"]:
        lines.append(f"  MCP client code: {_plain(found['mcp_client_files'])}")
    if found["tools"]:
        lines.append(f"  functions marked as tools: {_plain([one['name'] for one in found['tools']])}")
    if found["lambda_handlers"]:
        lines.append(f"  Lambda handlers: {_plain(found['lambda_handlers'])}")
    for gateway in found["gateways"]:
        inbound = gateway["inbound_auth"] or "open until the deploy"
        lines.append(f"  gateway {_plain(gateway['name'])}: inbound {inbound}, {_plain(gateway['where'])}")
        lines += _target_lines(gateway["targets"])
    return lines + _target_lines(found["targets"])


def _target_lines(targets: list[dict[str, Any]]) -> list[str]:
    lines = []
    for one in targets:
        count = f", {one['tool_count']} tools" if one["tool_count"] is not None else ""
        kind, outbound = one["type"] or "of another type", one["outbound_auth"] or "open until the deploy"
        lines.append(f"    target {_plain(one['name'])}: {kind}, outbound {outbound}{count}")
    return lines


def _project_lines(project: dict[str, Any]) -> list[str]:
    made_of = ", ".join(word for word in (project["framework"], project["language"]) if word) or "no agent code found"
    lines = [
        f"Project {_plain(project['name'])} (version {project['version']}; {made_of}) in {_plain(project['root'])}"
    ]
    for key in ("runtimes", "harnesses", "credentials", "policy_engines"):
        names = [one["name"] if isinstance(one, dict) else one for one in project[key]]
        if names:
            lines.append(f"  {key.replace('_', ' ')}: {_plain(', '.join(names))}")
    if project["mcp_client_files"]:
        lines.append(f"  MCP client code: {_plain(project['mcp_client_files'])}")
    for gateway in project["gateways"]:
        state = "deployed" if gateway["arn"] else "not deployed"
        lines.append(f"  gateway {_plain(gateway['name'])}: inbound {gateway['inbound_auth']}, {state}")
        lines += _target_lines(gateway["targets"])
    if project["templates"]:
        lines.append(f"  templates with gateways or targets: {_plain(project['templates'])}")
    lines += [f"  note: {_plain(one['where'])}: {_plain(one['message'])}; {one['hint']}" for one in project["notices"]]
    return lines


def _document_lines(document: dict[str, Any]) -> list[str]:
    if "problem" in document:
        return [f"Document {_plain(document['path'])}: {_plain(document['problem'])}"]
    sign_in = document["sign_in"]
    wants = f", sign-in {sign_in['service_auth'] or 'open'}: {_plain(sign_in['reason'])}" if sign_in else ""
    lines = [f"Document {_plain(document['path'])}: {document['kind']}, {document['tool_count']} tools{wants}"]
    for fault in document["faults"]:
        place = fault["places"][0]["where"] if fault["places"] else document["path"]
        times = f" ({fault['count']} places)" if fault["count"] > 1 else ""
        lines.append(f"    {_plain(place)}: {fault['severity']}: {fault['text']}{times}")
    return lines


def _finding_lines(findings: list[dict[str, Any]]) -> list[str]:
    if not findings:
        return ["No findings."]
    lines = [f"{len(findings)} finding(s):"]
    for one in findings:
        lines += [
            f"{_plain(one['where'])}: {one['severity']}{_doubt(one)}: {one['title']} ({one['id']})",
            f"    {_plain(one['message'])}",
            f"    why: {one['why']}",
            f"    fix: {one['fix']}",
        ]
    lines.append("More about one of them: agentcore-connect explain ID")
    return lines


def _doubt(one: dict[str, Any]) -> str:
    return "" if one["confidence"] == "certain" else ", likely"


def _probe_lines(probe: dict[str, Any]) -> list[str]:
    head = f"MCP server {_plain(probe['url'])}"
    if probe["status"] == "failed":
        return [f"{head}: {_plain(probe['problem'])}"]
    if probe["status"] == "sign-in":
        found = probe["sign_in"]
        sure = "" if found["sure"] else " (not sure)"
        lines = [f"{head}: wants its callers to sign in: {found['service_auth'] or 'open'}{sure}"]
        lines.append(f"    {_plain(found['reason'])}")
        for key in ("grants", "scopes", "discovery_url"):
            if found[key]:
                lines.append(f"    {key.replace('_', ' ')}: {_plain(found[key])}")
        return lines
    end = "" if probe["complete"] else f", cut: {_plain(probe['problem'])}"
    spoken = ", ".join(filter(None, (probe["transport"], _plain(probe["protocol_version"] or ""))))
    lines = [f"{head}: {probe['tool_count']} tool(s), no sign-in, {spoken}{end}"]
    lines += [f"    {_plain(name)}" for name in probe["tools"]]
    return lines + [f"    note: {_plain(note)}" for note in probe["notes"]]


def _plain(value: object) -> str:
    """A value for the terminal: lists with commas, control characters escaped."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
