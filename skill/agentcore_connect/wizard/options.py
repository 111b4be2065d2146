"""Parses ``agentcore-connect [KIND] ...`` and builds the command that resumes it."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from pathlib import Path

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.outside import named
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.vias import VIAS
from agentcore_connect.knowledge.questions import kinds

DEFAULT_FILE = "answers.yaml"
DEFAULT_OUT = "connect"
_PROGRAM = "agentcore-connect"


@dataclass(frozen=True, slots=True)
class Options:
    """The parsed command line; ``given`` holds the options to repeat when resuming, as typed."""

    kind: str | None
    file: Path
    out: Path
    project: Path | None
    cli_version: str | None
    plain: bool
    via: str = VIAS[0]
    given: tuple[str, ...] = ()

    def resume(self) -> str:
        """Return the command that resumes from the answers file."""
        return command([_PROGRAM, "-a", str(self.file), *self.given])


def parse(words: list[str]) -> Options:
    """Parse the words. Errors: SystemExit, after a message, for an unknown word."""
    names = list(kinds())
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Run the interview in a terminal: answer questions, review the plan, write it.",
        epilog="Keys: Enter accepts the default, Esc goes back, ? or F1 explains, Ctrl-C leaves.\n\n"
        "example:\n  agentcore-connect mcp -a answers.yaml",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("kind", nargs="?", choices=names, metavar="KIND", help=f"what to connect: {', '.join(names)}")
    parser.add_argument(
        "-a",
        "--answers",
        type=named,
        default=Path(DEFAULT_FILE),
        metavar="FILE",
        help="the answers file, saved after each question",
    )
    parser.add_argument("--plain", action="store_true", help="line by line, for screen readers and logs")
    parser.add_argument("--project", type=named, metavar="DIR", help="the AgentCore project")
    parser.add_argument(
        "--out", type=named, default=Path(DEFAULT_OUT), metavar="DIR", help=f"where the plan goes ({DEFAULT_OUT})"
    )
    parser.add_argument(
        "--via", choices=VIAS, default=VIAS[0], metavar="WAY", help=f"{', '.join(VIAS)}: what creates the gateway"
    )
    parser.add_argument("--cli-version", metavar="V", help="the version of the agentcore CLI to plan for")
    args = parser.parse_args(words)
    return Options(
        args.kind,
        args.answers,
        args.out,
        args.project,
        args.cli_version,
        args.plain,
        args.via,
        tuple(_repeated(args)),
    )


def _repeated(args: argparse.Namespace) -> list[str]:
    found = ["--plain"] if args.plain else []
    if args.project is not None:
        found += ["--project", str(args.project)]
    if args.out != Path(DEFAULT_OUT):
        found += ["--out", str(args.out)]
    if args.via != VIAS[0]:
        found += ["--via", args.via]
    if args.cli_version is not None:
        found += ["--cli-version", args.cli_version]
    return found


def command(argv: list[str]) -> str:
    """Return a command line for this system's shell."""
    return subprocess.list2cmdline(argv) if os.name == "nt" else shlex.join(argv)
