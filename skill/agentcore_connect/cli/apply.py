"""`agentcore-connect apply`: shows the steps of a written plan and carries them out."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands
    from agentcore_connect.live.carry_out import Work


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "apply",
        help="carry out a written plan",
        description="Show the steps of a written plan and carry them out with its commands.sh:\n"
        "safe to run again, secrets without echo. Asks before it calls AWS.\n"
        "A file that was changed since the plan was written is refused.",
        epilog="example:\n  agentcore-connect apply connect --local\n\n"
        "exit codes: 0 done, 1 a step failed, 2 bad input, 130 interrupted or declined",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("dir", type=named, metavar="DIR", help="the folder that plan --out has written")
    parser.add_argument("--dry-run", action="store_true", help="print what would be run, run nothing")
    parser.add_argument("--local", action="store_true", help="only the steps that need no AWS")
    parser.add_argument("--from", dest="begin", metavar="STEP", help="begin with this step")
    parser.add_argument("--yes", action="store_true", help="do not ask before AWS is called")
    parser.add_argument("--run-changed", action="store_true", help="also use files that were changed")


def run(args: argparse.Namespace) -> int:
    """Run the command. Errors: ConnectError for bad input, or if there is no terminal to ask at."""
    from agentcore_connect.live.carry_out import carry_out, work_of

    work = work_of(args.dir, os.environ, local=args.local, begin=args.begin, run_changed=args.run_changed)
    for step in work.steps:
        print(f"  {step.id:24} {step.title}{' (calls AWS)' if step.needs_aws else ''}")
    sys.stdout.flush()
    if not (args.dry_run or args.yes or _agreed(work)):
        print("Nothing was done.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    options = [*(["--dry-run"] if args.dry_run else []), *(["--local"] if args.local else [])]
    options += ["--from", args.begin] if args.begin else []
    status = carry_out(work, options, os.environ)
    if status in (0, ExitCode.INTERRUPTED):
        return status
    return ExitCode.FINDINGS


def _agreed(work: Work) -> bool:
    """Ask for consent before the first step that calls AWS."""
    if not any(step.needs_aws for step in work.steps):
        return True
    if not sys.stdin.isatty():
        raise ConnectError(
            "nobody-to-ask",
            "steps of this plan call AWS, and there is no terminal to ask on",
            hint="add --yes, or --local for the steps that need no AWS",
        )
    print("These steps create or change things in AWS. Carry them out? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
