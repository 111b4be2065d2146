"""Calls a Lambda handler as the gateway does, with stand-ins for the author's functions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agentcore_connect.core.values import Json, JsonObject, mapping, sequence
from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.verify.python import PYTHON, missing_module
from agentcore_connect.verify.report import Result, judged
from agentcore_connect.verify.runners import handler_runner
from agentcore_connect.verify.written import Context

_CHECK: Final = "handler-run"
_BY: Final = f"{PYTHON}, the gateway stood in for"
_CURE: Final = "write the plan anew; your own code goes into the functions that the handler calls"
_SAMPLES: Final[JsonObject] = {"string": "sample", "integer": 1, "number": 1.5, "boolean": True}


def check_handler(name: str, connection: Context, sandbox: Sandbox) -> Iterator[Result]:
    """Call each tool by its full name, then an unknown tool, and one without its arguments.

    A tool that was made from a function is called once more, with its required arguments only.
    """
    tools, target, functions = connection["tools"], connection["name"], connection["functions"]
    calls: list[JsonObject] = [
        {"name": f"{target}___{one['name']}", "event": sample(one["inputSchema"])} for one in tools
    ]
    calls += [
        {"name": f"{target}___{one['name']}", "event": _least(one["inputSchema"])}
        for one in tools
        if one["name"] in functions and _least(one["inputSchema"]) != sample(one["inputSchema"])
    ]
    strict = [one["name"] for one in tools if one["inputSchema"].get("required")][:1]
    wrong = [f"{target}___no-such-tool", *(f"{target}___{one}" for one in strict)]
    script = sandbox.root / "connect" / name
    ran = sandbox.run(
        [sys.executable, "-P", handler_runner.__file__, str(script)],
        cwd=script.parent,
        stdin=json.dumps(
            {
                "calls": [*calls, *({"name": one, "event": {}} for one in wrong)],
                "functions": list(functions.values()),
            }
        ),
    )
    missing = missing_module(ran.stderr)
    if ran.exit_code is None or missing:
        why = f"it needs the module {missing}" if missing else ran.said.splitlines()[-1]
        yield Result(name, _CHECK, "not-run", _BY, why, next="run check where the function's packages are")
        return
    try:
        answers = json.loads(ran.stdout.splitlines()[-1])
    except (ValueError, IndexError, RecursionError):
        answers = []
    problems = list(_problems(calls, wrong, answers)) if ran.ok and answers else ["it cannot be called"]
    yield judged(name, _CHECK, _BY, problems, cure=_CURE, said="" if ran.ok else ran.stderr)


def sample(schema: object) -> Json:
    """Return a value that fits a tool's schema."""
    if not isinstance(schema, Mapping):
        return "sample"
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(one) for name, one in mapping(schema.get("properties")).items()}
    return [sample(schema.get("items"))] if kind == "array" else _SAMPLES.get(str(kind), "sample")


def _least(schema: JsonObject) -> Json:
    """The arguments that a tool cannot do without."""
    required, whole = sequence(schema.get("required")), mapping(sample(schema))
    return {name: value for name, value in whole.items() if name in required}


def _problems(calls: list[JsonObject], wrong: list[str], answers: Sequence[Json]) -> Iterator[str]:
    ran: dict[object, Json] = {}
    for call, answer in zip(calls, answers, strict=False):
        if not isinstance(answer, dict) or "ran" not in answer or answer.get("event") != call["event"]:
            yield f"a call of {call['name']} does not reach its function with its arguments: {_told(answer)}"
        elif ran.get(answer["ran"], call["name"]) != call["name"]:
            yield f"{call['name']} and {ran[answer['ran']]} run the same function"
        else:
            ran[answer["ran"]] = call["name"]
    for name, answer in zip(wrong, answers[len(calls) :], strict=False):
        if not isinstance(answer, dict) or not answer.get("error"):
            what = "which does not exist" if name.endswith("no-such-tool") else "without its arguments"
            yield f"a call of {name}, {what}, is not answered with an error: {_told(answer)}"


def _told(answer: object) -> str:
    return json.dumps(answer, default=repr)[:200]
