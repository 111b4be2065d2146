"""`agentcore-connect skill install|uninstall`: installs or removes the skill for coding assistants."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.errors import ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands
    from agentcore_connect.skill.install import Result

_EPILOG = """\
examples:
  agentcore-connect skill install
  agentcore-connect skill install --assistant claude-code
  agentcore-connect skill uninstall --dry-run

Replaces and removes only what `skill install` wrote.
exit codes: 0 done or already done, 2 bad input, or a folder that
`skill install` did not write (nothing is changed)
"""
_SAID = {
    "installed": "installed",
    "updated": "updated",
    "unchanged": "already there",
    "removed": "removed",
    "absent": "nothing there",
    "foreign": "left alone: `skill install` did not put it there",
    "kept": "removed, but for files that were changed since",
}


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "skill",
        help="put the skill where coding assistants look",
        description="Install the skill `connect` where coding assistants look for skills, or\nremove it.",
        epilog=_EPILOG,
        formatter_class=HelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="install|uninstall", required=True)
    install = actions.add_parser(
        "install",
        help="install or update it",
        epilog="example: agentcore-connect skill install --assistant claude-code",
    )
    uninstall = actions.add_parser(
        "uninstall", help="remove it", epilog="example: agentcore-connect skill uninstall --dry-run"
    )
    how = install.add_mutually_exclusive_group()
    how.add_argument("--copy", action="store_true", help="a copy (the default)")
    how.add_argument("--link", action="store_true", help="a symbolic link to this checkout")
    for one in (install, uninstall):
        one.add_argument(
            "--assistant",
            action="append",
            default=[],
            metavar="NAME",
            help="claude-code, codex, cursor, kiro, github-copilot, gemini-cli, or agents for the folder they share; "
            "repeatable (default: those that are here)",
        )
        one.add_argument("--dir", type=named, metavar="DIR", help="this skills folder instead")
        one.add_argument(
            "--scope",
            choices=("user", "project"),
            default="user",
            help="below the home folder (default), or below the current folder",
        )
        one.add_argument("--force", action="store_true", help="also files that were changed since")
        one.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        one.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the command. Errors: ConnectError for an unknown assistant or a folder of another program."""
    from agentcore_connect.skill import install

    wanted = install.targets(args.assistant, args.dir, args.scope, everywhere=args.action == "uninstall")
    if args.action == "install":
        results = install.install(wanted, link=args.link, force=args.force, dry_run=args.dry_run)
    else:
        results = install.uninstall(wanted, force=args.force, dry_run=args.dry_run)
    if args.json:
        whole = {"version": 1, "dry_run": args.dry_run, "results": [one.as_dict() for one in results]}
        sys.stdout.write(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(results, dry_run=args.dry_run, install=args.action == "install")) + "\n")
    return ExitCode.DONE


def _lines(results: list[Result], *, dry_run: bool, install: bool) -> list[str]:
    shown = [one for one in results if install or one.status != "absent"]
    lines = ["This would be done:"] if dry_run else []
    for one in shown:
        lines.append(f"{one.target.path}: {_SAID[one.status]}" + (f" ({one.how})" if one.how else ""))
        lines += [f"    kept: {name}" for name in one.kept]
        if install:
            lines += [f"    {assistant.name}: {assistant.start}" for assistant in one.target.assistants]
    return lines if shown else [*lines, "The skill is not installed in any of these folders."]
