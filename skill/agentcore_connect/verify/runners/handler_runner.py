"""Calls a Lambda handler as a gateway does: each tool, an unknown one, and one without its arguments.

    python handler_runner.py SCRIPT < CALLS

A program of its own; it imports nothing of agentcore_connect. CALLS is a JSON list of calls, each with the tool's full
`name` and the `event`. The author's own functions are stood in for: each answers with its name and what it was given.
Prints, as the last line of standard output, a JSON list of the answers; {"raised": text} for an error.
"""

from __future__ import annotations

import json
import runpy
import sys
import types
from typing import Any


class Yours(types.ModuleType):
    """A stand-in for the author's module, with any function."""

    def __getattr__(self, name: str) -> Any:
        """Return a function that records its call."""
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda event: {"ran": name, "event": event}


def main() -> None:
    """Make the calls."""
    sys.dont_write_bytecode = True
    script = runpy.run_path(sys.argv[1], run_name="lambda_handler")
    yours = script.get("YOURS")
    if isinstance(yours, str):
        sys.modules[yours] = Yours(yours)
    answers = []
    for call in json.load(sys.stdin):
        custom = {"bedrockAgentCoreToolName": call["name"]}
        context = types.SimpleNamespace(client_context=types.SimpleNamespace(custom=custom))
        try:
            answer = script["handler"](call["event"], context)
        except Exception as error:
            answer = {"raised": f"{type(error).__name__}: {error}"}
        answers.append(answer)
    print("\n" + json.dumps(answers, default=repr))  # noqa: T201 - that is what it is asked for


if __name__ == "__main__":
    main()
