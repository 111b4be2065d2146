"""`agentcore-connect explain`: any entry of the knowledge, with reason, versions and sources."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ExitCode

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands

FORMATS = ("text", "markdown", "json")


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "explain",
        help="the auth matrix, a question, a rule, a limit: what, why, with its sources",
        description="Says what is known about a topic, why, since which version, from which\n"
        "sources, and which reading wins where sources disagree. Ordinary words search\n"
        "all texts. Without a topic: lists the topics.",
        epilog="examples:\n  agentcore-connect explain auth-matrix\n  agentcore-connect explain mcp-server.api-key\n"
        "  agentcore-connect explain gateway-name --format json\n  agentcore-connect explain schema\n"
        "  agentcore-connect explain identity-provider okta\n  agentcore-connect explain api key\n\n"
        "exit codes: 0 done, 2 nothing found",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("topic", nargs="*", metavar="TOPIC", help="a topic, an id, or words to search for")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (default), markdown or json")


def run(args: argparse.Namespace) -> int:
    """Print the explanation. Errors: ConnectError `unknown-topic`, with the nearest names."""
    from agentcore_connect.app.explain import data, explain, lines

    content = explain(args.topic)
    if args.format == "json":
        print_json(data(content))
        return ExitCode.DONE
    write = _bold if args.format == "text" and _colour() else print
    for line in lines(content, markdown=args.format == "markdown"):
        write(line)
    return ExitCode.DONE


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _bold(line: str) -> None:
    from rich.console import Console
    from rich.text import Text

    printer: Callable[..., None] = Console(soft_wrap=True, highlight=False).print
    printer(Text(line, style="bold" if line and not line.startswith(" ") else ""))
