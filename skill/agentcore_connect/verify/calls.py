"""Runs files that call a service, an agent or a runtime against a stand-in, and checks their auth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.leaks import found_in
from agentcore_connect.verify.python import lacking, run_where_it_can
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.runners import call_runner
from agentcore_connect.verify.stand_ins import gateway
from agentcore_connect.verify.stand_ins.loopback import Loopback, Reply, Request
from agentcore_connect.verify.written import Context, Written

_CHECK: Final = "call-run"
_CURE: Final = "write the plan anew, or mend the call: it signs in as planned, and with nothing else"
_TOKEN: Final = "planted-token-of-a-dry-run"  # noqa: S105 - these open nothing
_KEY: Final = "planted-key-of-a-dry-run"
_SIGNED: Final = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={gateway.ACCESS_KEY}/[0-9]{{8}}/[a-z0-9-]+/[a-z0-9-]+/aws4_request, ?"
    r"SignedHeaders=[a-z0-9;-]*\bhost\b[a-z0-9;-]*, ?Signature=[0-9a-f]{64}"
)
_CARD: Final = {
    "name": "peer",
    "supportedInterfaces": [{"url": "x", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}],
}
#: What is wrong with how a request signs in, None where it is right.
Fault = Callable[[Request], str | None]


class _Service(Loopback):
    """Answers agent cards, A2A messages and MCP, anything else with {"ok": true}, and records wrong requests."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault, self.faults, self.asked = fault, list[str](), 0

    def answer(self, request: Request) -> Reply:
        fault = self.fault(request)
        with self.lock:
            self.asked += 1
            if fault:
                self.faults.append(fault)
        if fault:
            return 401, {"message": fault}
        if urlsplit(request.path).path.endswith("/.well-known/agent-card.json"):
            return 200, _CARD
        message = request.json()
        if isinstance(message, dict) and message.get("method") == "SendMessage":
            return 200, {"id": message["id"], "result": {"message": {"parts": [{"text": "ok"}]}}}
        if isinstance(message, dict) and "jsonrpc" in message:
            return gateway.mcp_answer(request)
        return (405, None) if request.method == "GET" and "event-stream" in _accepted(request) else (200, {"ok": True})


def _accepted(request: Request) -> str:
    """The Accept header of a GET that opens an MCP stream."""
    return request.headers.get("accept", "") if "mcp-protocol-version" in request.headers else ""


def check_calls(written: Written, name: str, c: Context, sandbox: Sandbox) -> Iterator[Result]:
    """Run the file once for each kind of auth that it supports."""
    ctx = written.fresh.context
    for sign_in in sign_ins(ctx, c):
        with _Service(lambda request, kind=sign_in: fault_of_request(request, kind, c)) as served:  # type: ignore[misc]
            env = {
                **gateway.ENVIRONMENT,
                "AWS_ENDPOINT_URL": served.origin,
                "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": served.origin,
                "AGENT_GATEWAY_URL": served.origin,
                f"AGENTCORE_GATEWAY_{ctx['gateway']['env']}_URL": served.origin,
                **({"AGENT_BEARER_TOKEN": _TOKEN} if sign_in == "bearer" else {}),
            }
            task = {"origin": served.origin, "token": _TOKEN, "key": _KEY, "tools": gateway.NAMES}
            words = [call_runner.__file__, str(sandbox.root / "connect" / name)]
            label, ran = run_where_it_can(written, sandbox, words, env, stdin=json.dumps(task))
        if ran is None:
            yield lacking(name, _CHECK, label)
            return
        yield from _judged(name, f"{label}, the service stood in for", ran, served, sandbox)


def _judged(name: str, by: str, ran: Ran, served: _Service, sandbox: Sandbox) -> Iterator[Result]:
    try:
        done = json.loads(ran.stdout.splitlines()[-1])
    except (ValueError, IndexError, RecursionError):
        why = ran.said.splitlines()[-1:] or ["it ended before it was done"]
        yield Result(name, _CHECK, "not-run", by, why[0], next="run check again")
        return
    if done["called"] is None and done["error"] is None:
        return  # it makes a client and leaves the calls to its owner
    problems = list(dict.fromkeys(served.faults))
    if done["error"] and not problems:
        problems = ["using it fails although the service accepts everything"]
    elif not served.asked:
        problems = [f"{done['called']} sends nothing"]
    elif done["called"] == "list_tools" and sorted(done["given"]) != sorted(gateway.NAMES):
        problems.append(f"it lists {len(done['given'])} of the {len(gateway.NAMES)} tools of a server's 3 pages")
    elif not problems and done["given"] in (None, ""):
        problems = [f"{done['called']} gives nothing although the service answers"]
    yield judged(name, _CHECK, by, problems, cure=_CURE, command=f"python {name}", said=done["error"] or "")
    marked = {_TOKEN: "the token", _KEY: "the key", gateway.SECRET_KEY: "AWS_SECRET_ACCESS_KEY"}
    said = "\n".join(ran.stdout.splitlines()[:-1])
    texts = [("standard output", said), ("standard error", ran.stderr)]
    leaks = list(found_in(marked, texts, (sandbox.root / "connect", sandbox.home, sandbox.root / "tmp")))
    cure = "take the secret out of what is printed, logged or written"
    yield judged(name, "secrets-stay-secret", OWN, leaks, cure=cure, command=f"python {name}")


def sign_ins(ctx: Context, c: Context) -> list[str]:
    """Return the kinds of auth of a file: none, key, bearer, signed."""
    inbound = {"none": "none", "aws-iam": "signed", "custom-jwt": "bearer"}[ctx["gateway"]["inbound_auth"]]
    if c["redirect"] == "invoke-agent-runtime":
        return ["bearer", "signed"]
    if c["redirect"] == "gateway-fronts-runtime" or (c["redirect"] == "a2a" and c["target_type"]):
        return [inbound]
    if c["service"] == "lambda":
        return ["signed"]  # that is how a function is invoked, whatever it was said to want
    own = {"none": "none", None: "none", "api-key": "key", "iam": "signed", "caller-iam": "signed"}
    return [own.get(c["outbound_auth"], "bearer")]


def fault_of_request(request: Request, sign_in: str, c: Context) -> str | None:
    """Return the fault in the auth of a request."""
    authorization = request.headers.get("authorization", "")
    query = parse_qs(urlsplit(request.path).query)
    if sign_in == "signed":
        return None if _SIGNED.fullmatch(authorization) else "a request is not signed (SigV4)"
    if sign_in == "bearer":
        return None if authorization == f"Bearer {_TOKEN}" else "a request does not carry the bearer token"
    if sign_in == "key":
        place = c["api_key"]
        value = f"{place['prefix'] or ''}{_KEY}"
        if place["location"] == "query":
            sent, where = query.get(place["parameter"] or "api_key", [""])[0], "query parameter"
        else:
            sent, where = request.headers.get((place["parameter"] or "x-api-key").lower(), ""), "header"
        return None if sent == value else f"a request does not carry the key in the planned {where}"
    everything = f"{request.path} {' '.join(request.headers.values())}"
    sends = authorization or any(one in everything for one in (_TOKEN, _KEY))
    return "a request carries a credential, and the service asks for none" if sends else None
