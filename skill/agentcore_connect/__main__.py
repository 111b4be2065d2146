"""The command line: finds the front end that was asked for and runs it; loads nothing else."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from importlib import import_module

from agentcore_connect import __version__
from agentcore_connect.cli import HelpFormatter
from agentcore_connect.core.errors import ConnectError, ExitCode

#: Each command, which is a module of `cli`, and what it does in a line.
COMMANDS = {
    "next": "print the next question of the interview as JSON",
    "plan": "print the plan for an answers file; --out writes it",
    "check": "check a written plan with the real tools",
    "apply": "carry out a written plan",
    "test": "try a deployed gateway as the agent uses it",
    "inspect": "what a project tells, and what is wrong in it",
    "diagnose": "causes and fixes for an error message or symptom",
    "explain": "a question, rule or limit: what, why, sources",
    "tools": "create or check the tool schema of a Lambda target",
    "tree": "print the decision tree",
    "skill": "install the skill for coding assistants",
    "doctor": "compare the installed tools with what is known",
    "serve": "the same engine as an MCP server",
}
KINDS = ("mcp", "lambda", "openapi", "api-gateway", "smithy", "credential")

#: Options of the program itself; any other one before a command is the wizard's.
_OVERVIEW = frozenset({"-h", "--help", "--version"})

#: More than `next` and `plan` make; beyond it the garbage collector does its work as ever.
_OBJECTS_OF_A_SHORT_CALL = 200_000

_EPILOG = """\
examples:
  agentcore-connect next mcp -a answers.yaml
  agentcore-connect plan answers.yaml --out connect

exit codes: 0 done, 1 a check failed or findings, 2 bad input,
3 answers missing, 130 interrupted
"""


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """Create the parser with the named commands."""
    parser = argparse.ArgumentParser(
        prog="agentcore-connect",
        description="Connect an agent on Amazon Bedrock AgentCore to MCP servers, Lambda functions\n"
        "and APIs. Without a command: the wizard, in a terminal.",
        epilog=_EPILOG,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"agentcore-connect {__version__}")
    # with its name given, argparse need not format a usage to find it, and load what that takes
    sub = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="agentcore-connect")
    for name in names:
        import_module(f"agentcore_connect.cli.{name}").add_parser(sub)
    return parser


def _short_help() -> argparse.ArgumentParser:
    """Create the parser for the overview, without loading any command."""
    parser = _parser(())
    sub = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for name, help_text in COMMANDS.items():
        sub.add_parser(name, help=help_text, add_help=False)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is what `ExitCode` says."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(words)
    except ConnectError as error:
        print(f"agentcore-connect: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            sys.stderr.close()
            return ExitCode.DONE
        from agentcore_connect.core.outside import unusable

        print(f"agentcore-connect: {unusable(str(error.filename or ''), error)}", file=sys.stderr)
        return ExitCode.BAD_INPUT
    except KeyboardInterrupt:
        print("agentcore-connect: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED


def program() -> int:
    """Run `main` as a process. Most calls end before garbage collection is worthwhile.

    A search at every few hundred new objects, and a last one at the end, is a seventh of a short call. What lives
    long, like `serve`, still has its garbage collected.
    """
    gc.set_threshold(_OBJECTS_OF_A_SHORT_CALL)
    status = main()
    gc.freeze()
    return status


def _run(words: list[str]) -> int:
    command = next((word for word in words if not word.startswith("-")), None)
    if command in COMMANDS:
        args = _parser([command]).parse_args(words)
        module = import_module(f"agentcore_connect.cli.{command}")
        status: int = module.run(args)
        return status
    if not words or command in KINDS or (words[0].startswith("-") and not _OVERVIEW & set(words)):
        from agentcore_connect.cli import start

        return start.run(words)
    _short_help().parse_args(words)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(program())
