"""`agentcore-connect [KIND]`: starts the wizard at a terminal, else names the other commands."""

from __future__ import annotations

import sys
from importlib import import_module

from agentcore_connect.core.errors import ExitCode
from agentcore_connect.knowledge.questions import kinds

_DOORS = """\
agentcore-connect: the interview needs a terminal, and there is none here. Two other doors lead to the same plan:
  agentcore-connect next{kind} -a answers.yaml       one question a call, as JSON; answer with --answer KEY=VALUE
  agentcore-connect plan answers.yaml --out connect  the plan for an answers file, and its files
"""


def has_terminal() -> bool:
    """Return whether the wizard can run: input and output are terminals that can move the cursor."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # a stream that is closed or absent
        return False


def run(words: list[str]) -> int:
    """Run the wizard, or without a terminal name the other commands and return 2. Help needs no terminal."""
    if has_terminal() or {"-h", "--help"} & set(words):
        status: int = import_module("agentcore_connect.wizard").main(words)
        return status
    kind = next((f" {word}" for word in words if word in kinds()), "")
    print(_DOORS.format(kind=kind), end="", file=sys.stderr)
    return ExitCode.BAD_INPUT
