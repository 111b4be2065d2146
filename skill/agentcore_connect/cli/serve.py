"""`agentcore-connect serve`: the interview and the commands as an MCP server over standard input and output."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands

_EPILOG = """\
example, in the settings of an MCP client:
  {"command": "uvx",
   "args": ["--from", "agentcore-connect[serve]", "agentcore-connect", "serve"]}

Reads below --root only. Writes only plans, on request, to --out.
exit codes: 0 the client closed the connection, 2 bad input or no MCP SDK
"""


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "serve",
        help="the same engine as an MCP server",
        description="Serve inspect, next_question, plan, check, diagnose and explain as tools of an\n"
        "MCP server (stdio), and the auth matrix and decision tree as resources.",
        epilog=_EPILOG,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--root", type=named, default=Path(), metavar="DIR", help="the project (default: here)")
    parser.add_argument(
        "--out",
        type=named,
        default=Path("connect"),
        metavar="DIR",
        help="where plans go, below the root (default: connect)",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until the client disconnects. Errors: ConnectError `missing-extra`, `unreadable-file`, `outside`."""
    if find_spec("mcp") is None or find_spec("anyio") is None:
        raise ConnectError(
            "missing-extra",
            "the MCP server needs the official MCP SDK, which is not installed here",
            expected="the package mcp, version 2.0 or later",
            hint="install the extra: pip install 'agentcore-connect[serve]'; or start it from the skill's folder, "
            "`sh skill/run serve`, which brings it along",
        )
    root = args.root.expanduser()
    if not root.is_dir():
        raise ConnectError(
            "unreadable-file", "there is no such folder", where="--root", hint="give the project's folder"
        )
    root = root.resolve()
    from agentcore_connect.mcp.confine import Bounds

    bounds = Bounds(root, root / args.out)
    bounds.target()
    try:
        from agentcore_connect.mcp import server
    except ImportError as error:
        raise ConnectError(
            "missing-extra",
            "the MCP SDK that is installed here is too old",
            expected="the package mcp, version 2.0 or later",
            received=str(error),
            hint="update it: pip install --upgrade 'agentcore-connect[serve]'",
        ) from None
    os.chdir(root)  # what answers point to is relative to it
    server.run(bounds)
    return ExitCode.DONE
