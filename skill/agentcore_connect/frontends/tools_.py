"""`agentcore-connect tools`: a Lambda target's tools.json from what describes the tools, or an existing one checked."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agentcore_connect.answers.store import save_atomic
from agentcore_connect.errors import ConnectError, ExitCode
from agentcore_connect.outside import named

if TYPE_CHECKING:
    from agentcore_connect.checks.problem import Problem
    from agentcore_connect.readers.openapi_model import Fault
    from agentcore_connect.readers.spec_file import SpecFile
    from agentcore_connect.readers.tool_draft import ToolDraft

_EPILOG = """\
FROM is a Python file (FILE.py for its marked tools, or FILE.py:one,two; read,
never run), a folder of Python files, an OpenAPI document, an MCP tools/list
result, a tools.json, a JSON Schema or the URL of an MCP server, which is asked.
Without FROM, a dialog asks for tools.

examples:
  agentcore-connect tools weather.py -o tools.json
  agentcore-connect tools --check tools.json
  agentcore-connect tools api.yaml --repair api.json

exit codes: 0 done, 1 a tool was left out, findings, or losses with --strict or
--check, 2 bad input
"""


def add_parser(sub: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser: argparse.ArgumentParser = sub.add_parser(
        "tools",
        help="a Lambda tool schema from code or documents",
        description="Create the tools.json of a Lambda target, reduced to what the service accepts,\nor check one.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sources", nargs="*", metavar="FROM", help="what describes the tools")
    parser.add_argument("-o", "--output", type=named, metavar="FILE", help="write here instead of standard output")
    parser.add_argument("--bearer-env", metavar="NAME", help="the variable with the token for an MCP server")
    parser.add_argument("--target", metavar="NAME", help="the target's name (counts in tool name length)")
    parser.add_argument("--strict", action="store_true", help="write nothing if anything would be lost")
    parser.add_argument("--check", action="store_true", help="only check; an OpenAPI document as a target")
    parser.add_argument("--repair", type=named, metavar="FILE", help="write an OpenAPI document's repaired copy here")
    parser.add_argument("--server", metavar="URL", help="with --repair: the https URL of the API")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the command; definitions or JSON go to standard output, everything else to standard error."""
    if args.repair is not None:
        return _repair(args)
    if args.check:
        return _check(args)
    drafts = _drafts(args)
    from agentcore_connect.checks import tool_schema

    tools, problems = tool_schema.reduce_tools([draft.as_definition() for draft in drafts])
    left_out = [str(one) for one in problems if one.severity == "error"]
    notes = [f"{draft.where}: {draft.name}: {note}" for draft in drafts for note in draft.notes]
    lost = [*notes, *(str(one) for one in problems if one.severity != "error")]
    found = tool_schema.check_tools(tools, target_name=args.target)
    findings = [str(one) for one in found]
    why = _why_not(args, left_out, lost, [one for one in found if one.code in _SIZES])
    refused = bool(why)
    text = json.dumps(tools, indent=2, ensure_ascii=False) + "\n"
    if args.output is not None and not refused:
        save_atomic(args.output, text)
    if args.json:
        data = {"tools": tools, "left_out": left_out, "losses": lost, "findings": findings, "written": None}
        if args.output is not None and not refused:
            data["written"] = str(args.output)
        _print_json(data)
    else:
        if args.output is None and not refused:
            sys.stdout.write(text)
        _tell(len(tools), {"left out": left_out, "finding": findings, "lost": lost}, args, why)
    return ExitCode.FINDINGS if left_out or findings or refused else ExitCode.DONE


_SIZES: Final = ("too-large", "too-many-tools", "no-tools")


def _why_not(args: argparse.Namespace, left_out: list[str], lost: list[str], over: list[Problem]) -> str:
    """Why nothing is written; empty where the tools are."""
    if over:
        return str(over[0])
    count = len(left_out) + len(lost)
    return f"--strict, and {count} thing(s) would be lost" if args.strict and count else ""


def _drafts(args: argparse.Namespace) -> list[ToolDraft]:
    if not args.sources:
        from agentcore_connect.frontends.tools_dialog import ask_tools

        return ask_tools()
    return [draft for source in args.sources for draft in _read(source, args.bearer_env)]


def _read(source: str, bearer_env: str | None) -> list[ToolDraft]:
    """The tools of a source: of a live server, where it is an address that names no document."""
    from agentcore_connect.readers.tool_sources import is_server, read_tools

    if not is_server(source):
        return read_tools(source)
    from agentcore_connect.live.authorize import bearing, token_in
    from agentcore_connect.readers.mcp_listing import tools_of_server

    return tools_of_server(source, bearing(token_in(bearer_env, os.environ)) if bearer_env else None)


def _tell(count: int, report: dict[str, list[str]], args: argparse.Namespace, why_not: str) -> None:
    """The report, what weighs most first: tools that are not there, what is wrong with the others, what they lost."""
    for word, texts in report.items():
        for text in texts:
            _say(f"{word}: {text}")
    if why_not:
        _say(f"nothing written: {why_not}")
    elif args.output is not None:
        _say(f"{args.output}: {count} tool(s)")


def _check(args: argparse.Namespace) -> int:
    """Check what is there as it is: definitions against what the service takes, a document as a target."""
    if not args.sources:
        raise ConnectError("no-source", "nothing to check", expected="the file to check after --check")
    results = [_checked(source, args.target) for source in args.sources]
    found = [text for result in results for text in result["findings"]]
    if args.json:
        _print_json({"checked": results})
    else:
        for result in results:
            for text in result["findings"]:
                sys.stdout.write(f"{text}\n")
            _say(f"{result['source']}: {result['what']}, {len(result['findings'])} finding(s)")
    return ExitCode.FINDINGS if found else ExitCode.DONE


def _is_harmless(problem: Problem) -> bool:
    return problem.severity != "error"


def _checked(source: str, target: str | None) -> dict[str, Any]:
    from agentcore_connect.checks import tool_schema
    from agentcore_connect.readers import tool_sources
    from agentcore_connect.readers.spec_file import load_spec

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
    from agentcore_connect.readers.json_path import parse_json_path

    problems = tool_schema.check_tools(spec.data, target_name=target)
    around = next((parse_json_path(one.where) for one in problems if one.code == "wrapped-list"), ())
    places = [parse_json_path(one.where) for one in problems]
    places = [(*around, *at) if at and isinstance(at[0], int) else at for at in places]
    lines = spec.lines(places)
    findings = [f"{source}:{lines[at]}: {one}" for at, one in zip(places, problems, strict=True)]
    return {"source": source, "what": f"{len(tool_schema.unwrap(spec.data)[0])} tool(s)", "findings": findings}


def _checked_document(spec: SpecFile, source: str, target: str | None) -> dict[str, Any]:
    from agentcore_connect.readers.openapi import summary
    from agentcore_connect.readers.openapi_validate import validate

    found = summary(spec, target_name=target)
    findings = []
    for fault in found.faults:
        place = fault.places[0].where if fault.places else source
        times = f" ({fault.count} places)" if fault.count > 1 else ""
        findings.append(f"{place}: {fault.severity}: {fault.text}{times}{_notes(fault)} {fault.remedy}")
    validation = validate(found.converted.spec if found.converted else spec)
    findings += [f"{one.where}: error: {one.message} (at {one.pointer or 'the top'})" for one in validation.violations]
    by = f", validated by {validation.by}" if not validation.not_run else f", not validated: {validation.not_run}"
    name = "Swagger" if found.converted else "OpenAPI"
    what = f"{name} {found.version}, {found.tool_count} operation(s){by}"
    return {"source": source, "what": what, "findings": findings, "summary": found.as_dict()}


def _notes(fault: Fault) -> str:
    notes = "; ".join(one.note for one in fault.places[:3] if one.note)
    return f" [{notes}]" if notes else ""


def _repair(args: argparse.Namespace) -> int:
    from agentcore_connect.readers.openapi import summary
    from agentcore_connect.readers.openapi_repair import repair
    from agentcore_connect.readers.spec_file import load_spec, parse_spec

    if len(args.sources) != 1:
        raise ConnectError("no-source", "--repair takes one document", expected="one OpenAPI document before --repair")
    if args.server is not None and not args.server.startswith("https://"):
        raise ConnectError("bad-value", "is not the URL of an API", where="--server", expected="an https URL")
    source = args.sources[0]
    if "://" not in source and args.repair.resolve() == Path(source).resolve():
        raise ConnectError(
            "bad-value", "is the original, which is never changed", where="--repair", expected="another file"
        )
    found = repair(load_spec(source), server=args.server, target_name=args.target)
    left = summary(parse_spec(found.text, shown=str(args.repair)), target_name=args.target)
    save_atomic(args.repair, found.text)
    if args.json:
        changes = [{"fault": one.fault, "pointer": one.pointer, "what": one.what} for one in found.changes]
        faults = [one.as_dict() for one in left.faults]
        _print_json({"written": str(args.repair), "size": found.size, "changes": changes, "left": faults})
    else:
        diff = found.diff()
        sys.stdout.write(f"{diff}\n" if diff else "")
        for fault in left.faults:
            place = fault.places[0].where if fault.places else str(args.repair)
            _say(f"left: {place}: {fault.text}{_notes(fault)} {fault.remedy}")
        compact = "" if "\n" in found.text.rstrip() else " without indentation, for with it it is over 1 MB"
        done = f"{len(found.changes)} change(s), {len(left.faults)} kind(s) of fault left"
        _say(f"{args.repair}: {found.size:,} bytes{compact}, {done}")
    return ExitCode.FINDINGS if any(one.severity == "error" for one in left.faults) else ExitCode.DONE


def _print_json(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
