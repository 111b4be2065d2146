"""The tools of a Lambda target from what describes them, and documents as targets: made, checked, repaired."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, NotRequired, TypedDict

from agentcore_connect.answers.store import save_atomic
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import JsonObject

if TYPE_CHECKING:
    from agentcore_connect.checks.problem import Problem
    from agentcore_connect.specs import openapi_repair
    from agentcore_connect.specs.openapi_model import Fault
    from agentcore_connect.specs.spec_file import SpecFile
    from agentcore_connect.specs.tool_draft import ToolDraft

_SIZES: Final = ("too-large", "too-many-tools", "no-tools")


class Definitions(NamedTuple):
    """Tools as the service takes them, and what is to be said of them in words.

    ``left_out`` names tools that are not there, ``lost`` what the others lost, ``too_large`` why they cannot be a
    target's tools at all.
    """

    tools: Sequence[JsonObject]
    left_out: tuple[str, ...]
    lost: tuple[str, ...]
    findings: tuple[str, ...]
    too_large: str = ""

    @property
    def text(self) -> str:
        """The content of tools.json."""
        return json.dumps(self.tools, indent=2, ensure_ascii=False) + "\n"

    def why_not(self, *, strict: bool = False) -> str:
        """Why they are not to be written; empty where they are. ``strict`` takes no loss."""
        count = len(self.left_out) + len(self.lost)
        return self.too_large or (f"--strict, and {count} thing(s) would be lost" if strict and count else "")


def read(source: str, bearer_env: str | None = None) -> list[ToolDraft]:
    """The tools that a source describes; of a live server, where it is an address that names no document.

    Args:
        source: a file, a folder or an address.
        bearer_env: the name of the variable with the token for a server.

    Errors: ConnectError.
    """
    from agentcore_connect.specs.tool_sources import is_server, read_tools

    if not is_server(source):
        return read_tools(source)
    from agentcore_connect.live.authorize import bearing, token_in
    from agentcore_connect.probe.mcp_listing import tools_of_server

    return tools_of_server(source, bearing(token_in(bearer_env, os.environ)) if bearer_env else None)


def described(name: str, text: str, schema: JsonObject) -> ToolDraft:
    """A tool that a person described: its name, what it does, and the JSON Schema of its input."""
    from agentcore_connect.specs.tool_draft import ToolDraft

    return ToolDraft(name, text, dict(schema))


def define(drafts: Iterable[ToolDraft], target: str | None = None) -> Definitions:
    """Reduce what was read to what the service takes, and check it.

    Args:
        drafts: the tools as their sources describe them.
        target: the name of the target, which counts in the length of tool names.
    """
    from agentcore_connect.checks import tool_schema

    drafts = list(drafts)
    tools, problems = tool_schema.reduce_tools([draft.as_definition() for draft in drafts])
    notes = [f"{draft.where}: {draft.name}: {note}" for draft in drafts for note in draft.notes]
    found = tool_schema.check_tools(tools, target_name=target)
    return Definitions(
        tools,
        tuple(str(one) for one in problems if one.severity == "error"),
        (*notes, *(str(one) for one in problems if one.severity != "error")),
        tuple(map(str, found)),
        next((str(one) for one in found if one.code in _SIZES), ""),
    )


class Checked(TypedDict):
    """What was checked, what it is, the findings in words; for a document its summary."""

    source: str
    what: str
    findings: list[str]
    summary: NotRequired[JsonObject]


class Repaired(NamedTuple):
    """A repaired copy of an OpenAPI document and the faults that are left in it."""

    path: Path
    made: openapi_repair.Repair
    left: tuple[Fault, ...]

    @property
    def usable(self) -> bool:
        """Whether no fault is left that the service refuses."""
        return all(one.severity != "error" for one in self.left)

    def remarks(self) -> list[str]:
        """The faults that are left, each with its place."""
        return [f"{_place(one, str(self.path))}: {one.text}{_notes(one)} {one.remedy}" for one in self.left]

    def as_dict(self) -> JsonObject:
        """The repair as ``tools --repair --json`` prints it."""
        changes = [{"fault": one.fault, "pointer": one.pointer, "what": one.what} for one in self.made.changes]
        faults = [one.as_dict() for one in self.left]
        return {"written": str(self.path), "size": self.made.size, "changes": changes, "left": faults}


def repair(source: str, path: Path, *, server: str | None = None, target: str | None = None) -> Repaired:
    """Write a copy of an OpenAPI document that a target takes; the original stays as it is.

    Args:
        source: the document.
        path: where the copy goes.
        server: the https URL of the API, where the document has none.
        target: the name of the target, which counts in the length of tool names.

    Errors: ConnectError.
    """
    from agentcore_connect.specs import openapi_repair
    from agentcore_connect.specs.openapi import summary
    from agentcore_connect.specs.spec_file import load_spec, parse_spec

    if server is not None and not server.startswith("https://"):
        raise ConnectError("bad-value", "is not the URL of an API", where="--server", expected="an https URL")
    if "://" not in source and path.resolve() == Path(source).resolve():
        raise ConnectError(
            "bad-value", "is the original, which is never changed", where="--repair", expected="another file"
        )
    made = openapi_repair.repair(load_spec(source), server=server, target_name=target)
    left = summary(parse_spec(made.text, shown=str(path)), target_name=target)
    save_atomic(path, made.text)
    return Repaired(path, made, tuple(left.faults))


def _place(fault: Fault, file: str) -> str:
    return fault.places[0].where if fault.places else file


def _is_harmless(problem: Problem) -> bool:
    return problem.severity != "error"


def check(source: str, target: str | None = None) -> Checked:
    """Hold definitions to what the service takes, or a document to what a target takes.

    Args:
        source: a file of tool definitions, Python code or an API document.
        target: the name of the target, which counts in the length of tool names.

    Out: the source, what it is, the findings in words, and for a document its summary. Errors: ConnectError.
    """
    from agentcore_connect.checks import tool_schema
    from agentcore_connect.specs import tool_sources
    from agentcore_connect.specs.spec_file import load_spec

    if ".py" in (source[-3:], source.partition(":")[0][-3:]):
        drafts = tool_sources.read_tools(source)
        tools, losses = tool_schema.reduce_tools([draft.as_definition() for draft in drafts])
        findings = [f"{draft.where}: {draft.name}: {note}" for draft in drafts for note in draft.notes]
        problems = sorted((*losses, *tool_schema.check_tools(tools, target_name=target)), key=_is_harmless)
        errors = [f"{source}: {one}" for one in problems if not _is_harmless(one)]
        findings = [*errors, *findings, *(f"{source}: {one}" for one in problems if _is_harmless(one))]
        return {"source": source, "what": f"{len(tools)} tool(s)", "findings": findings}
    spec = load_spec(source)
    if isinstance(spec.data, dict) and ("openapi" in spec.data or "swagger" in spec.data):
        return _checked_document(spec, source, target)
    from agentcore_connect.core.places import parse_json_path

    problems = tool_schema.check_tools(spec.data, target_name=target)
    around = next((parse_json_path(one.where) for one in problems if one.code == "wrapped-list"), ())
    places = [parse_json_path(one.where) for one in problems]
    places = [(*around, *at) if at and isinstance(at[0], int) else at for at in places]
    lines = spec.lines(places)
    findings = [f"{source}:{lines[at]}: {one}" for at, one in zip(places, problems, strict=True)]
    return {"source": source, "what": f"{len(tool_schema.unwrap(spec.data)[0])} tool(s)", "findings": findings}


def _checked_document(spec: SpecFile, source: str, target: str | None) -> Checked:
    from agentcore_connect.specs.openapi import summary
    from agentcore_connect.specs.openapi_validate import validate

    found = summary(spec, target_name=target)
    findings = []
    for fault in found.faults:
        times = f" ({fault.count} places)" if fault.count > 1 else ""
        findings.append(f"{_place(fault, source)}: {fault.severity}: {fault.text}{times}{_notes(fault)} {fault.remedy}")
    validation = validate(found.converted.spec if found.converted else spec)
    findings += [f"{one.where}: error: {one.message} (at {one.pointer or 'the top'})" for one in validation.violations]
    by = f", validated by {validation.by}" if not validation.not_run else f", not validated: {validation.not_run}"
    name = "Swagger" if found.converted else "OpenAPI"
    what = f"{name} {found.version}, {found.tool_count} operation(s){by}"
    return {"source": source, "what": what, "findings": findings, "summary": found.as_dict()}


def _notes(fault: Fault) -> str:
    notes = "; ".join(one.note for one in fault.places[:3] if one.note)
    return f" [{notes}]" if notes else ""
