"""Findings about tools: too many without search, names that models refuse, files that are missing or refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.findings.model import Finding, Scan, finding
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.model import Target
from agentcore_connect.project.source import is_file
from agentcore_connect.specs.spec_file import SpecFile, load_spec

if TYPE_CHECKING:
    from agentcore_connect.specs.openapi import Summary as OpenApiSummary
    from agentcore_connect.specs.smithy import SmithySummary

_SEPARATOR = "___"


@dataclass(frozen=True)
class TargetTools:
    """The tools in a target's file: count, and names with places; `problem` if unreadable."""

    count: int | None = None
    names: tuple[tuple[str, str], ...] = ()
    problem: ConnectError | None = None
    spec: SpecFile | None = None


def tools_of(scan: Scan, target: Target) -> TargetTools:
    """The tools of a target as its local file tells them; nothing for targets without one."""
    found = scan.file_of(target)
    if found is None:
        return TargetTools()
    path, shown, _ = found
    key = (shown, target.type)
    if key not in scan.tools:
        scan.tools[key] = _read(path, shown, target.type)
    return scan.tools[key]


def _read(path: Path, shown: str, kind: str | None) -> TargetTools:
    try:
        loaded = load_spec(path)
        spec = SpecFile(shown, loaded.data, loaded.text, loaded.format, loaded.nodes)
        if kind == "open-api-schema":
            return _openapi(spec)
        if kind == "smithy-model":
            from agentcore_connect.specs.smithy import summary as smithy_summary

            model = smithy_summary(spec)
            return TargetTools(model.tool_count, tuple((name, shown) for name in model.operations), spec=spec)
        return _definitions(spec)
    except ConnectError as error:
        return TargetTools(problem=error)


def _openapi(spec: SpecFile) -> TargetTools:
    from agentcore_connect.specs.openapi_model import Document

    document = Document(spec)
    named = [one for one in document.operations if one.operation_id]
    lines = spec.lines([(*one.at, "operationId") for one in named])
    names = tuple((str(one.operation_id), f"{spec.shown}:{lines[(*one.at, 'operationId')]}") for one in named)
    return TargetTools(len(document.operations), names, spec=spec)


def _definitions(spec: SpecFile) -> TargetTools:
    from agentcore_connect.specs.tool_sources import tools_from_data

    drafts = tools_from_data(spec)
    return TargetTools(len(drafts), tuple((one.name, one.where) for one in drafts if one.name), spec=spec)


def files(scan: Scan) -> Iterator[Finding]:
    """Tools files that are missing, wrapped in the old format, or hold what the service refuses."""
    for _, target in scan.targets:
        found = scan.file_of(target)
        if found is None:
            continue
        path, shown, key = found
        told = tools_of(scan, target)
        if not is_file(path):
            yield scan.at("tools-file-missing", f"target {target.name}: {shown}", *key)
        elif told.problem is not None:
            yield finding(
                "tools-file-missing", f"target {target.name}: {told.problem.message}", _place(told.problem, shown)
            )
        elif target.type == "lambda-function-arn" and told.spec is not None:
            yield from _lambda_file(target, told.spec)


def _place(problem: ConnectError, shown: str) -> str:
    line = re.search(r":(\d+)$", problem.where or "")
    return f"{shown}:{line[1]}" if line else f"{shown}:1"


def _lambda_file(target: Target, spec: SpecFile) -> Iterator[Finding]:
    from agentcore_connect.checks import tool_schema
    from agentcore_connect.core.places import parse_json_path
    from agentcore_connect.specs.tool_sources import is_old_format

    wrapper = is_old_format(spec)
    if wrapper or not isinstance(spec.data, list):
        what = f"the tools are inside {wrapper!r}" if wrapper else "it is not a list of tools"
        yield finding("tools-old-format", f"target {target.name}: {what}", spec.where(*([wrapper] if wrapper else [])))
        return
    problems = [one for one in tool_schema.check_tools(spec.data) if one.severity == "error"]
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        message = f"target {target.name}: {first.where}: {first.message}{more}"
        yield finding("tools-file-refused", message, spec.where(*parse_json_path(first.where)))


def documents(scan: Scan) -> Iterator[Finding]:
    """Find API documents that AWS does not support, one finding per kind of fault."""
    for _, target in scan.targets:
        spec = tools_of(scan, target).spec
        if spec is None or target.type not in ("open-api-schema", "smithy-model"):
            continue
        for fault in _summary(spec, target).faults:
            if fault.severity == "error":
                place = fault.places[0]
                times = f" ({fault.count} places)" if fault.count > 1 else ""
                note = f" [{place.note}]" if place.note else ""
                yield finding(
                    "target-document-refused", f"target {target.name}: {fault.text}{times}{note}", place.where
                )


def _summary(spec: SpecFile, target: Target) -> OpenApiSummary | SmithySummary:
    if target.type == "smithy-model":
        from agentcore_connect.specs import smithy

        return smithy.summary(spec)
    from agentcore_connect.specs import openapi

    return openapi.summary(spec, target_name=target.name)


def tool_names(scan: Scan) -> Iterator[Finding]:
    """Tool names that models refuse, with the target's name in front."""
    limits = load("limits")
    longest = limits["limits"]["model-tool-name-length"]["value"]
    for _, target in scan.targets:
        for name, place in tools_of(scan, target).names:
            full = f"{target.name}{_SEPARATOR}{name}"
            if len(full) > longest:
                yield finding(
                    "tool-name-too-long", f"{full[:120]}: {len(full)} characters, models take {longest}", place
                )
            elif not re.fullmatch(r"[A-Za-z0-9_-]+", name):
                message = f"{full[:120]}: models take letters, digits, _ and - only"
                yield finding("tool-name-too-long", message, place)


def many_tools(scan: Scan) -> Iterator[Finding]:
    """Gateways with many tools on which semantic search is off, or not set up for their protocol type."""
    most = load("limits")["limits"]["semantic-search-tools"]["value"]
    for gateway in scan.project.gateways:
        counts = [tools_of(scan, target).count for target in gateway.targets]
        total = sum(count for count in counts if count is not None)
        if total <= most:
            continue
        if not gateway.semantic_search:
            message = f"gateway {gateway.name}: {total} tools, and enableSemanticSearch is off"
            yield scan.at("many-tools-no-search", message, *gateway.at, "enableSemanticSearch")
        elif gateway.protocol_type != "MCP":
            message = f"gateway {gateway.name}: {total} tools, and search is not set up for protocol type None"
            yield scan.at("many-tools-no-search", message, *gateway.at, "protocolType")
