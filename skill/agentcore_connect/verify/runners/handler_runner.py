"""Calls a Lambda handler as a gateway does: each tool, an unknown one, and one without its arguments.

    python handler_runner.py SCRIPT < CALLS

A program of its own; it imports nothing of agentcore_connect. CALLS is JSON: a list `calls`, each with the tool's full
`name` and the `event`, and after them `functions`: for each tool with a function of the author's own, its module, name,
required and optional parameters. They are stood in for: each takes what it takes, and answers with what it was given.
Prints, as the last line of standard output, a JSON list of the answers; {"raised": text} for an error.
"""

from __future__ import annotations

import json
import runpy
import sys
import types
from collections.abc import Callable


class Yours(types.ModuleType):
    """A stand-in for the author's module, with any function."""

    def __getattr__(self, name: str) -> Callable[[object], dict[str, object]]:
        """Return a function that records its call."""
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda event: {"ran": name, "event": event}


def stand_in(one: dict[str, list[str]]) -> Callable[..., object]:
    """Return a function that is called like the author's: by the names of its parameters."""

    def function(*given: object, **named: object) -> object:
        required, known = set(one["required"]), {*one["required"], *one["optional"]}
        if given or required - set(named) or set(named) - known:
            raise TypeError(f"{one['function']}() takes {sorted(known)} by name, and got {len(given)}, {sorted(named)}")
        return {"ran": f"{one['module']}.{one['function']}", "event": named}

    async def later(*given: object, **named: object) -> object:
        return function(*given, **named)

    return later if one["is_async"] else function


def main() -> None:
    """Make the calls."""
    sys.dont_write_bytecode = True
    script = runpy.run_path(sys.argv[1], run_name="lambda_handler")
    yours = script.get("YOURS")
    if isinstance(yours, str):
        sys.modules[yours] = Yours(yours)
    asked = json.load(sys.stdin)
    for one in asked["functions"]:
        parts = one["module"].split(".")
        for number in range(1, len(parts) + 1):
            name = ".".join(parts[:number])
            sys.modules.setdefault(name, types.ModuleType(name))
        setattr(sys.modules[one["module"]], one["function"], stand_in(one))
    answers = []
    for call in asked["calls"]:
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
