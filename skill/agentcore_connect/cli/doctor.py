"""`agentcore-connect doctor`: compares the installed tools with the knowledge."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ExitCode
from agentcore_connect.core.outside import named
from agentcore_connect.core.values import JsonObject

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands
    from agentcore_connect.doctor.examine import Line, Report

_EPILOG = """\
examples:
  agentcore-connect doctor
  agentcore-connect doctor ~/projects/travel --json
  agentcore-connect doctor --full

Programs run in a scratch folder with their own HOME. Nothing is installed or
changed, and the network is not used.
exit codes: 0 no problems, 1 problems found, 2 bad input
"""
_PARTS = {
    "project": "Project",
    "cli": "AgentCore CLI",
    "programs": "Programs",
    "python": "Python",
    "knowledge": "Knowledge against what is installed",
}
_MARKS = {"ok": "ok", "note": "note", "problem": "PROBLEM"}
_COLOURS = {"ok": "green", "note": "yellow", "problem": "red"}


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "doctor",
        help="which CLI, Node, boto3 and frameworks are here, and whether the knowledge still fits",
        description="Compare the agentcore CLI, Node, uv and the Python packages of this machine\n"
        "with what this program knows, and report every difference.",
        epilog=_EPILOG,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("dir", nargs="?", type=named, default=Path(), metavar="DIR", help="a folder in the project")
    parser.add_argument("--full", action="store_true", help="compare every CLI command and run all probes (minutes)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from agentcore_connect.core.errors import ConnectError
    from agentcore_connect.doctor.examine import examine

    if not args.dir.is_dir():
        raise ConnectError("unreadable-file", "there is no such folder", where=str(args.dir), hint="check the path")
    report = examine(args.dir, full=args.full, progress=_progress)
    _progress("")
    if args.json:
        print_json(_data(report))
    elif sys.stdout.isatty():
        _rich(report)
    else:
        sys.stdout.write("\n".join(_text(report)) + "\n")
    return ExitCode.DONE if report.ok else ExitCode.FINDINGS


def _progress(what: str) -> None:
    """Print a progress line that the next one overwrites, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{what}..." if what else "\r\x1b[2K")
        sys.stderr.flush()


def _data(report: Report) -> JsonObject:
    surface = report.surface
    return {
        "ok": report.ok,
        "agentcore": [{"path": str(one.path), "kind": one.kind, "version": one.version} for one in report.agentcores],
        "surface": surface and {"id": surface.id, "version": surface.version, "known_by": surface.known_by},
        "lines": [
            {
                "part": line.part,
                "what": line.what.strip(),
                "found": line.found,
                "state": line.state,
                "remark": line.remark,
                "hint": line.hint,
            }
            for line in report.lines
        ],
        "differences": {
            name: [
                {"kind": one.kind, "where": one.where, "was": one.was, "now": one.now, "breaks": one.breaks}
                for one in found
            ]
            for name, found in report.differences.items()
        },
    }


def _by_part(report: Report) -> dict[str, list[Line]]:
    return {part: [line for line in report.lines if line.part == part] for part in _PARTS}


def _text(report: Report) -> list[str]:
    lines: list[str] = []
    for part, found in _by_part(report).items():
        if found:
            lines += [_PARTS[part], *(text for line in found for text in _told(line)), ""]
    lines += _differences(report)
    return [*lines, _verdict(report)]


def _told(line: Line) -> list[str]:
    lines = [f"  {_MARKS[line.state]:<8}{_plain(line.what)}: {_plain(line.found)}"]
    lines += [f"          {_plain(line.remark)}"] if line.remark else []
    return lines + ([f"          next: {_plain(line.hint)}"] if line.hint else [])


def _differences(report: Report) -> list[str]:
    lines: list[str] = []
    for name, found in report.differences.items():
        shown = [one for one in found if one.breaks or not one.where.endswith("(wording)")]
        wording = len(found) - len(shown)
        if found:
            lines.append(f"Differences: {name}")
            lines += [f"  {'! ' if one.breaks else '  '}{_plain(str(one))}" for one in shown]
            lines += [f"    and {wording} description(s) with other words"] if wording else []
            lines.append("")
    return lines


def _verdict(report: Report) -> str:
    problems = sum(line.state == "problem" for line in report.lines)
    return "Nothing is wrong." if not problems else f"{problems} problem(s)."


def _rich(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    for part, found in _by_part(report).items():
        if not found:
            continue
        table = Table(title=_PARTS[part], title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
        for line in found:
            about = Text(_plain(line.found))
            if line.remark:
                about.append(f"\n{_plain(line.remark)}", style="dim")
            if line.hint:
                about.append(f"\nnext: {_plain(line.hint)}", style="bold")
            table.add_row(Text(_MARKS[line.state], style=_COLOURS[line.state]), Text(_plain(line.what)), about)
        console.print(table)
        console.print()
    for text in _differences(report):
        console.print(Text(text))
    console.print(Text(_verdict(report), style="green" if report.ok else "red"))


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
