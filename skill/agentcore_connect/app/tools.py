"""Makes and checks the tool schema of a Lambda target; checks and repairs API documents."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NotRequired

from agentcore_connect.answers.store import save_atomic
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple, TypedDict
from agentcore_connect.core.values import JsonObject

if TYPE_CHECKING:
    from agentcore_connect.core.problem import Problem
    from agentcore_connect.specs import openapi_repair
    from agentcore_connect.specs.openapi_model import Fault
    from agentcore_connect.specs.spec_file import SpecFile
    from agentcore_connect.specs.tool_draft import ToolDraft

_SIZES: Final = ("too-large", "too-many-tools", "no-tools")


class Definitions(NamedTuple):
    """Tools in the service's form, with remarks.

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
        """Return the content of tools.json."""
        return json.dumps(self.tools, indent=2, ensure_ascii=False) + "\n"

    def why_not(self, *, strict: bool = False) -> str:
        """Return the reasons not to write the tools; empty if there are none. ``strict`` accepts no loss."""
        count = len(self.left_out) + len(self.lost)
        return self.too_large or (f"--strict, and {count} thing(s) would be lost" if strict and count else "")


def read(source: str, bearer_env: str | None = None) -> list[ToolDraft]:
    """Read tools from a source: a file, a folder, a document, or a live server's address.

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
    """Build a tool from a person's description: name, purpose, and JSON Schema of the input."""
    from agentcore_connect.specs.tool_draft import ToolDraft

    return ToolDraft(name, text, dict(schema))


def define(drafts: Iterable[ToolDraft], target: str | None = None) -> Definitions:
    """Reduce tools to the form that the service accepts, and check them.

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
    """The result of a check: file, kind, findings, and for a document its summary."""

    source: str
    what: str
    findings: list[str]
    summary: NotRequired[JsonObject]


class Repaired(NamedTuple):
    """A repaired copy of an OpenAPI document, and its remaining faults."""

    path: Path
    made: openapi_repair.Repair
    left: tuple[Fault, ...]

    @property
    def usable(self) -> bool:
        """Return whether no remaining fault makes the service refuse the document."""
        return all(one.severity != "error" for one in self.left)

    def remarks(self) -> list[str]:
        """The remaining faults, each with its place."""
        return [f"{_place(one, str(self.path))}: {one.text}{_notes(one)} {one.remedy}" for one in self.left]

    def as_dict(self) -> JsonObject:
        """Return the repair as ``tools --repair --json`` prints it."""
        changes = [{"fault": one.fault, "pointer": one.pointer, "what": one.what} for one in self.made.changes]
        faults = [one.as_dict() for one in self.left]
        return {"written": str(self.path), "size": self.made.size, "changes": changes, "left": faults}


def repair(source: str, path: Path, *, server: str | None = None, target: str | None = None) -> Repaired:
    """Write a repaired copy of an OpenAPI document; the original is unchanged.

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
    """Check tool definitions, or a document, against the limits of their target.

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
