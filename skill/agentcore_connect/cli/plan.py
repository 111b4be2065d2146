"""`agentcore-connect plan`: prints the plan for an answers file; --out writes its files."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ExitCode
from agentcore_connect.core.outside import named
from agentcore_connect.core.vias import VIAS

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands

FORMATS = ("text", "markdown", "json")


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "plan",
        help="the plan for an answers file; with --out also its files",
        description="Print the plan for an answers file. --out DIR also writes its files.",
        epilog="example:\n  agentcore-connect plan answers.yaml --out connect\n\n"
        "exit codes: 0 done, 2 bad input, 3 answers missing (each is named)",
        formatter_class=HelpFormatter,
    )
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the answers file; - or absent: standard input"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="override an answer; repeatable"
    )
    parser.add_argument("--project", type=named, metavar="DIR", help="the AgentCore project; overrides the file's own")
    parser.add_argument("--out", type=named, metavar="DIR", help="write the plan's files to DIR")
    parser.add_argument("--force", action="store_true", help="overwrite files that differ")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print the plan (default: text)")
    parser.add_argument("--full", action="store_true", help="print every reason and note, not only the essentials")
    parser.add_argument(
        "--via",
        choices=VIAS,
        default=VIAS[0],
        help="the CLI where it can (default), boto3 scripts, or one CloudFormation template",
    )
    parser.add_argument("--cli-version", metavar="V", help="the version of the agentcore CLI to plan for")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from agentcore_connect.answers import load
    from agentcore_connect.app import plan as app

    source = args.file if args.file == "-" else named(args.file)
    if isinstance(source, Path) and not source.exists():
        raise load.missing_file(source)
    made = app.plan(load.load(source, args.set), project=args.project, cli_version=args.cli_version, via=args.via)
    if args.out is not None:
        made = app.write(made, args.out, force=args.force)
        print(f"agentcore-connect: {len(made.written)} files written to {args.out}", file=sys.stderr)
        print(f"next: agentcore-connect check {shlex.quote(str(args.out))}", file=sys.stderr)
    if args.format == "json":
        print_json(made.plan.as_dict())
    else:
        print(app.said(made, markdown=args.format == "markdown", full=args.full), end="")
        if args.out is None:
            print("next: add --out connect to write the files", file=sys.stderr)
    return ExitCode.DONE
