"""`agentcore-connect tree`: the decision tree as text, as a Mermaid picture, or as data."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.errors import ExitCode

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "tree",
        help="the decision tree as a picture",
        description="Print the decision tree: which question leads where.",
        epilog="example:\n  agentcore-connect tree route --format mermaid\n\nexit codes: 0 done, 2 bad input",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--format", choices=("text", "mermaid", "json"), default="text", help="default: text")
    parser.add_argument("tree", nargs="?", metavar="TREE", help="one tree only (route, gateway-auth, inbound, ...)")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from agentcore_connect.app.tree import tree

    print(tree(args.tree, args.format))
    return ExitCode.DONE
