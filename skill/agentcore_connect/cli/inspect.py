"""`agentcore-connect inspect`: the answers that a project settles, and its findings."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ExitCode
from agentcore_connect.core.outside import named
from agentcore_connect.core.values import JsonObject, mappings

if TYPE_CHECKING:
    from agentcore_connect.app.inspect import Declared, Found, Report, Repository, Target
    from agentcore_connect.cli import Commands
    from agentcore_connect.findings.model import Finding
    from agentcore_connect.probe.mcp_probe import Probe

_EPILOG = """\
examples:
  agentcore-connect inspect
  agentcore-connect inspect ~/projects/travel --json
  agentcore-connect inspect --probe https://mcp.example.com/mcp

Files are read, never executed. Only --probe uses the network.
exit codes: 0 nothing found, 1 findings, 2 bad input
"""


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "inspect",
        help="what the project tells, and what is wrong in it",
        description="Read an AgentCore project, or any folder with code, API documents and\n"
        "templates. Prints the answers it gives, and each finding with its place,\n"
        "reason and fix.",
        epilog=_EPILOG,
        formatter_class=HelpFormatter,
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
    parser.add_argument("--sources", action="store_true", help="with --json, name the sources of each finding")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from agentcore_connect.app.inspect import inspect

    gc.disable()  # the trees of 500 files are millions of objects, and none of them is garbage
    try:
        report = inspect(args.dir, args.probe)
    finally:
        gc.enable()
    if args.json:
        print_json(report.as_dict(sources=args.sources))
    else:
        sys.stdout.write("\n".join(_text(report)) + "\n")
    return ExitCode.FINDINGS if report.findings else ExitCode.DONE


def _text(report: Report) -> list[str]:
    lines: list[str] = []
    repository, project = report.repository, report.project
    if project is not None or repository is not None:
        lines += _repository_lines(repository) if repository is not None else []
        lines += _project_lines(project) if project is not None else []
        lines += _machine_lines(report.machine)
        if report.answers:
            lines += ["", "Tells of the answers:" if repository else "Need not be asked:"]
            lines += [f"  {key}: {_plain(value)}" for key, value in report.answers.items()]
        lines += ["", *(line for one in report.documents for line in _document_lines(one))] if report.documents else []
        lines += ["", *_finding_lines(report.findings)]
        if repository is not None:
            lines += ["", "Not known from these files:", *(f"  {text}" for text in repository["unknown"])]
    for probe in report.probes:
        lines += ["", *_probe_lines(probe)] if lines else _probe_lines(probe)
    return lines


def _machine_lines(machine: JsonObject) -> list[str]:
    """Return a line for the CLI that a shell starts, and what it means for the project."""
    found = mappings(machine.get("agentcore"))[:1]
    lines = [f"AgentCore CLI {_plain(one.get('version') or 'of another kind')}: {_plain(one['path'])}" for one in found]
    said = machine.get("said")
    return lines + ([f"  note: {_plain(said)}"] if said else [])


def _repository_lines(found: Repository) -> list[str]:
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


def _target_lines(targets: Sequence[Target]) -> list[str]:
    lines = []
    for one in targets:
        count = f", {one['tool_count']} tools" if one["tool_count"] is not None else ""
        kind, outbound = one["type"] or "of another type", one["outbound_auth"] or "open until the deploy"
        lines.append(f"    target {_plain(one['name'])}: {kind}, outbound {outbound}{count}")
    return lines


def _project_lines(project: Declared) -> list[str]:
    made_of = ", ".join(word for word in (project["framework"], project["language"]) if word) or "no agent code found"
    lines = [
        f"Project {_plain(project['name'])} (version {project['version']}; {made_of}) in {_plain(project['root'])}"
    ]
    parts = {
        "runtimes": [one["name"] for one in project["runtimes"]],
        "harnesses": project["harnesses"],
        "credentials": [one["name"] for one in project["credentials"]],
        "policy engines": [one["name"] for one in project["policy_engines"]],
    }
    lines += [f"  {what}: {_plain(', '.join(names))}" for what, names in parts.items() if names]
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


def _document_lines(document: Found) -> list[str]:
    if document.problem:
        return [f"Document {_plain(document.path)}: {_plain(document.problem)}"]
    demand = document.demand
    wants = f", sign-in {demand.service_auth or 'open'}: {_plain(demand.reason)}" if demand is not None else ""
    lines = [f"Document {_plain(document.path)}: {document.kind}, {document.tool_count} tools{wants}"]
    for fault in document.faults:
        place = fault.places[0].where if fault.places else document.path
        times = f" ({fault.count} places)" if fault.count > 1 else ""
        lines.append(f"    {_plain(place)}: {fault.severity}: {fault.text}{times}")
    return lines


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return ["No findings."]
    lines = [f"{len(findings)} finding(s):"]
    for one in findings:
        doubt = "" if one.confidence == "certain" else ", likely"
        lines += [
            f"{_plain(one.where)}: {one.severity}{doubt}: {one.title} ({one.id})",
            f"    {_plain(one.message)}",
            f"    why: {one.why}",
            f"    fix: {one.fix}",
        ]
    lines.append("More about one of them: agentcore-connect explain ID")
    return lines


def _probe_lines(probe: Probe) -> list[str]:
    head = f"MCP server {_plain(probe.url)}"
    if probe.status == "failed":
        return [f"{head}: {_plain(probe.problem)}"]
    if probe.status == "sign-in" and probe.sign_in is not None:
        found = probe.sign_in
        lines = [
            f"{head}: wants its callers to sign in: {found.service_auth or 'open'}{'' if found.sure else ' (not sure)'}"
        ]
        lines.append(f"    {_plain(found.reason)}")
        parts = {"grants": list(found.grants), "scopes": list(found.scopes), "discovery url": found.discovery_url}
        return lines + [f"    {what}: {_plain(value)}" for what, value in parts.items() if value]
    end = "" if probe.complete else f", cut: {_plain(probe.problem)}"
    spoken = ", ".join(filter(None, (probe.transport, _plain(probe.protocol_version or ""))))
    lines = [f"{head}: {len(probe.tools)} tool(s), no sign-in, {spoken}{end}"]
    lines += [f"    {_plain(name)}" for name in probe.tool_names]
    return lines + [f"    note: {_plain(note)}" for note in probe.notes]


def _plain(value: object) -> str:
    """Return a value for the terminal: lists with commas, control characters escaped."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
