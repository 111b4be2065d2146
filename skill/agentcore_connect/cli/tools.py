"""`agentcore-connect tools`: creates or checks the tools.json of a Lambda target."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentcore_connect.answers.store import save_atomic
from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.app.tools import Definitions
    from agentcore_connect.cli import Commands
    from agentcore_connect.specs.tool_draft import ToolDraft

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


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "tools",
        help="a Lambda tool schema from code or documents",
        description="Create the tools.json of a Lambda target, reduced to what the service accepts,\nor check one.",
        epilog=_EPILOG,
        formatter_class=HelpFormatter,
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
    from agentcore_connect.app import tools as app

    made = app.define(_drafts(args), args.target)
    why = made.why_not(strict=args.strict)
    written = args.output is not None and not why
    if written:
        save_atomic(args.output, made.text)
    if args.json:
        data: dict[str, object] = {
            "tools": made.tools,
            "left_out": made.left_out,
            "losses": made.lost,
            "findings": made.findings,
        }
        _print_json({**data, "written": str(args.output) if written else None})
    else:
        if args.output is None and not why:
            sys.stdout.write(made.text)
        _tell(made, args, why)
    return ExitCode.FINDINGS if made.left_out or made.findings or why else ExitCode.DONE


def _drafts(args: argparse.Namespace) -> list[ToolDraft]:
    if not args.sources:
        from agentcore_connect.cli.tools_dialog import ask_tools

        return ask_tools()
    from agentcore_connect.app import tools as app

    return [draft for source in args.sources for draft in app.read(source, args.bearer_env)]


def _tell(made: Definitions, args: argparse.Namespace, why_not: str) -> None:
    """Return the report: left-out tools first, then problems, then lost details."""
    for word, texts in (("left out", made.left_out), ("finding", made.findings), ("lost", made.lost)):
        for text in texts:
            _say(f"{word}: {text}")
    if why_not:
        _say(f"nothing written: {why_not}")
    elif args.output is not None:
        _say(f"{args.output}: {len(made.tools)} tool(s)")
        if any(one.partition(":")[0].endswith(".py") for one in args.sources):
            _say("an answer `tools` that names the Python file itself gives a Lambda handler that calls its functions")


def _check(args: argparse.Namespace) -> int:
    """Check existing definitions, or a document as a target."""
    from agentcore_connect.app import tools as app

    if not args.sources:
        raise ConnectError("no-source", "nothing to check", expected="the file to check after --check")
    results = [app.check(source, args.target) for source in args.sources]
    found = [text for result in results for text in result["findings"]]
    if args.json:
        _print_json({"checked": results})
    else:
        for result in results:
            for text in result["findings"]:
                sys.stdout.write(f"{text}\n")
            _say(f"{result['source']}: {result['what']}, {len(result['findings'])} finding(s)")
    return ExitCode.FINDINGS if found else ExitCode.DONE


def _repair(args: argparse.Namespace) -> int:
    from agentcore_connect.app import tools as app

    if len(args.sources) != 1:
        raise ConnectError("no-source", "--repair takes one document", expected="one OpenAPI document before --repair")
    found = app.repair(args.sources[0], args.repair, server=args.server, target=args.target)
    if args.json:
        _print_json(found.as_dict())
    else:
        diff = found.made.diff()
        sys.stdout.write(f"{diff}\n" if diff else "")
        for text in found.remarks():
            _say(f"left: {text}")
        compact = "" if "\n" in found.made.text.rstrip() else " without indentation, for with it it is over 1 MB"
        done = f"{len(found.made.changes)} change(s), {len(found.left)} kind(s) of fault left"
        _say(f"{args.repair}: {found.made.size:,} bytes{compact}, {done}")
    return ExitCode.DONE if found.usable else ExitCode.FINDINGS


def _print_json(data: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
