"""`agentcore-connect check`: checks a written plan with the real tools."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands
    from agentcore_connect.verify.report import Result


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "check",
        help="run every check that can be run here on a written plan",
        description="Check a written plan with the real tools in a scratch copy of the project:\n"
        "the agentcore CLI, botocore's model, Python, Cedar, the schemas.\n"
        "Changes neither the project nor AWS.\n\n"
        "Only the plan's own text is run, rendered again from its answers. A file that\n"
        "was changed since is compared, compiled and read; --run-changed runs it too.\n"
        "On Linux, what runs has no network but 127.0.0.1, cannot see the home\n"
        "directory and can write to the scratch folder only. The last line says\n"
        "whether that was so.",
        epilog="example:\n  agentcore-connect check connect\n\n"
        "exit codes: 0 every check that ran passed, 1 a check failed, 2 bad input",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("dir", type=named, metavar="DIR", help="the folder that plan --out has written")
    parser.add_argument("--all", action="store_true", help="list the checks that passed as well")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--run-changed",
        action="store_true",
        help="also run files that were changed since they were written; read them first",
    )


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    return check(args.dir, as_json=args.json, everything=args.all, run_changed=args.run_changed)


def check(folder: Path, *, as_json: bool = False, everything: bool = False, run_changed: bool = False) -> int:
    """Check a written plan, print the results, and return the exit status.

    Errors: ConnectError, as `app.check.check`.
    """
    from agentcore_connect.app import check as app

    found = app.check(folder, _tell if sys.stderr.isatty() else None, run_changed=run_changed)
    if as_json:
        print_json(found.as_dict(everything=everything))
    else:
        told = textwrap.wrap(f"What ran was {found.confinement}.", 80)
        print("\n".join([*_table(found.results, everything=everything), *told]))
    return ExitCode.DONE if found.passed else ExitCode.FINDINGS


def _tell(name: str) -> None:
    print(f"checking {name} ...", file=sys.stderr)


_ORDER = {"failed": 0, "not-run": 1, "passed": 2}


def _table(results: Sequence[Result], *, everything: bool) -> list[str]:
    """Return failed checks, then checks not run, each with its reason; passed ones as a count, or all in columns."""
    ranked = sorted(results, key=lambda one: _ORDER[one.status])
    shown = [one for one in ranked if everything or one.status != "passed"]
    lines = []
    for one in shown:
        lines.append(f"{one.status:8} {one.artifact}  {one.check}  ({one.by})")
        if one.status != "passed":
            lines += _reasons(one)
    counts = {status: sum(r.status == status for r in results) for status in _ORDER}
    lines += ["", f"{counts['passed']} passed, {counts['failed']} failed, {counts['not-run']} not run"]
    if counts["passed"] and not everything:
        lines[-1] += "; --all lists those that passed"
    return lines if shown else lines[1:]


def _reasons(one: Result) -> list[str]:
    lines = []
    for label, text in (("why", one.why), ("command", one.command), ("it says", one.said), ("next", one.next)):
        if text:
            first, *rest = f"{label}: {text}".split("\n")
            lines += textwrap.wrap(first, 80, initial_indent="    ", subsequent_indent="      ", **_WHOLE_WORDS)
            for line in rest:
                lines += textwrap.wrap(line, 80, initial_indent="      ", subsequent_indent="      ", **_WHOLE_WORDS)
    return lines


_WHOLE_WORDS: Any = {"break_long_words": False, "break_on_hyphens": False}
