"""Calls an interceptor's handler as the gateway does, with rules that change, refuse and fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from agentcore_connect.core.values import Json, JsonObject, mapping
from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.verify.python import PYTHON, missing_module
from agentcore_connect.verify.report import Result, judged
from agentcore_connect.verify.runners import interceptor_runner
from agentcore_connect.verify.runners.interceptor_runner import MARK

_CHECK: Final = "interceptor-run"
_BY: Final = f"{PYTHON}, the gateway stood in for"
_CURE: Final = "write the plan anew; your own rules go into the functions that the handler calls"
_TOKEN: Final = "caller-token-of-the-check"  # noqa: S105 - what must not be shown
_MESSAGE: Final[JsonObject] = {
    "jsonrpc": "2.0",
    "id": 7,
    "method": "tools/call",
    "params": {"name": "Target___tool", "arguments": {}},
}
_ANSWER: Final[JsonObject] = {"jsonrpc": "2.0", "id": 7, "result": {"content": []}}
_CALLS: Final = [(point, rule) for point in ("request", "response") for rule in ("change", "refuse", "fail")]


def check_interceptor(name: str, sandbox: Sandbox) -> Iterator[Result]:
    """Call the handler for requests and answers, with a rule that changes, one that refuses and one that fails."""
    script = sandbox.root / "connect" / name
    ran = sandbox.run(
        [sys.executable, "-P", interceptor_runner.__file__, str(script)],
        cwd=script.parent,
        stdin=json.dumps([{"event": _event(point), "rule": rule} for point, rule in _CALLS]),
    )
    missing = missing_module(ran.stderr)
    if ran.exit_code is None or missing:
        why = f"it needs the module {missing}" if missing else ran.said.splitlines()[-1]
        yield Result(name, _CHECK, "not-run", _BY, why, next="run check where the function's packages are")
        return
    said, _, last = ran.stdout.rstrip("\n").rpartition("\n")
    try:
        answers = json.loads(last)
    except (ValueError, RecursionError):
        answers = []
    problems = list(_problems(answers)) if ran.ok and answers else ["it cannot be called"]
    if _TOKEN in said + ran.stderr:
        problems.append("it prints the caller's token, which the function's logs then hold")
    yield judged(name, _CHECK, _BY, problems, cure=_CURE, said="" if ran.ok else ran.stderr)


def _event(point: str) -> dict[str, Json]:
    """Return the gateway's event before or after the call."""
    request: JsonObject = {
        "path": "/mcp",
        "httpMethod": "POST",
        "headers": {"Authorization": f"Bearer {_TOKEN}"},
        "body": _MESSAGE,
    }
    mcp: dict[str, Json] = {"rawGatewayRequest": {"body": json.dumps(_MESSAGE)}, "gatewayRequest": request}
    if point == "response":
        mcp["gatewayResponse"] = {"statusCode": 202, "headers": {}, "body": _ANSWER}
    return {"interceptorInputVersion": "1.0", "mcp": mcp}


def _problems(answers: Sequence[Json]) -> Iterator[str]:
    for (point, rule), answer in zip(_CALLS, answers, strict=False):
        words = json.dumps(answer, default=repr)[:200]
        if rule == "fail":
            if not isinstance(answer, dict) or "raised" not in answer:
                yield f"a rule that fails lets the {point} through: {words}"
        elif not isinstance(answer, dict) or answer.get("interceptorOutputVersion") != "1.0" or "mcp" not in answer:
            yield f"the answer to a {point} is not interceptorOutputVersion 1.0 with mcp: {words}"
        elif answer["mcp"] != _wanted(point, rule, answer["mcp"]):
            did = "changed" if rule == "change" else "refused"
            yield f"a {point} that a rule {did} is not answered as the gateway expects it: {words}"


def _wanted(point: str, rule: str, answer: Json) -> dict[str, Json]:
    """Return the expected `mcp` part; code and message of a refusal are the handler's own."""
    if rule == "refuse":
        body = mapping(mapping(mapping(answer).get("transformedGatewayResponse")).get("body"))
        error = mapping(body.get("error"))
        fits = isinstance(error.get("code"), int) and error.get("message") == "not allowed"
        refused: JsonObject = {"jsonrpc": "2.0", "id": 7, "error": error if fits else {}}
        return {"transformedGatewayResponse": {"statusCode": 200, "body": refused}}
    if point == "request":
        return {"transformedGatewayRequest": {"body": {**_MESSAGE, MARK: True}, "headers": {"X-Mark": MARK}}}
    return {"transformedGatewayResponse": {"statusCode": 202, "body": {**_ANSWER, MARK: True}}}
