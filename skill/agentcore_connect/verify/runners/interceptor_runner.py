"""Calls an interceptor's handler as a gateway does, with stand-ins for the author's rules.

    python interceptor_runner.py SCRIPT < CALLS

A program of its own; it imports nothing of agentcore_connect. CALLS is a JSON list of calls, each with its `event` and
the `rule` that the stand-in keeps to: "change", "refuse" or "fail". Prints, as the last line of standard output, a JSON
list of the answers; {"raised": text} for an error.
"""

from __future__ import annotations

import json
import runpy
import sys
import types
from typing import Any

MARK = "agentcore-connect"


def rules(kind: str, refused: Any) -> types.ModuleType:
    """A stand-in for the author's module; all its rules behave alike."""

    def rule(what: Any, *more: Any) -> Any:
        if kind == "refuse":
            raise refused("not allowed")
        if kind == "fail":
            raise KeyError("a fault of the author")
        changed = {**what, MARK: True}
        return changed if len(more) > 1 else (changed, {"X-Mark": MARK})

    module = types.ModuleType("rules")
    module.on_request = module.on_response = rule  # type: ignore[attr-defined]
    return module


def main() -> None:
    """Make the calls."""
    sys.dont_write_bytecode = True
    script = runpy.run_path(sys.argv[1], run_name="interceptor_handler")
    answers = []
    for call in json.load(sys.stdin):
        sys.modules[str(script.get("YOURS"))] = rules(call["rule"], script.get("Refused", RuntimeError))
        try:
            answer = script["handler"](call["event"], None)
        except Exception as error:
            answer = {"raised": f"{type(error).__name__}: {error}"}
        answers.append(answer)
    print("\n" + json.dumps(answers, default=repr))  # noqa: T201 - that is what it is asked for


if __name__ == "__main__":
    main()
