"""`agentcore-connect check`: a written plan held against the real tools."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentcore_connect.errors import ExitCode
from agentcore_connect.outside import named

if TYPE_CHECKING:
    from agentcore_connect.checks.plan_check import Result


def add_parser(sub: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser: argparse.ArgumentParser = sub.add_parser(
        "check",
        help="run every check that can be run here on a written plan",
        description="Holds a written plan against the real tools, in a scratch copy of the project: the agentcore CLI, "
        "botocore's model, Python, Cedar, the schemas. Touches neither the project nor AWS nor the network.",
        epilog="example: agentcore-connect check connect\n"
        "exit codes: 0 all that was run passed, 1 a check failed, 2 bad input",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", type=named, metavar="DIR", help="the folder that plan --out has written")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    return check(args.dir, as_json=args.json)


def check(folder: Path, *, as_json: bool = False) -> int:
    """Check a written plan, print what came out, and give the exit status. Errors: ConnectError, as `check_plan`."""
    from agentcore_connect.checks.plan_check import check_plan

    results = check_plan(folder, _tell if sys.stderr.isatty() else lambda _text: None)
    failed = [r for r in results if r.status == "failed"]
    if as_json:
        print(json.dumps({"version": 1, "passed": not failed, "results": [r.as_dict() for r in results]}, indent=2))
    else:
        print("\n".join(_table(results)))
    return ExitCode.FINDINGS if failed else ExitCode.DONE


def _tell(name: str) -> None:
    print(f"checking {name} ...", file=sys.stderr)


def _table(results: Sequence[Result]) -> list[str]:
    """The results in columns as wide as needed; what failed or was not run says why below its line."""
    rows = [(r.artifact, r.check, r.status, r.by) for r in results]
    heads = ("artifact", "check", "result", "by")
    wide = [max(len(row[n]) for row in (*rows, heads)) for n in range(3)]
    lines = ["  ".join([*(heads[n].ljust(wide[n]) for n in range(3)), heads[3]])]
    for row, result in zip(rows, results, strict=True):
        lines.append("  ".join([*(row[n].ljust(wide[n]) for n in range(3)), row[3]]).rstrip())
        if result.status == "passed":
            continue
        for label, text in (
            ("why", result.why),
            ("command", result.command),
            ("it says", result.said),
            ("next", result.next),
        ):
            if text:
                body = text.replace("\n", "\n      ")
                lines.append(f"    {label}: {body}")
    counts = {status: sum(r.status == status for r in results) for status in ("passed", "failed", "not-run")}
    lines.append("")
    lines.append(f"{counts['passed']} passed, {counts['failed']} failed, {counts['not-run']} not run")
    return lines
