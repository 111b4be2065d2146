"""The steps of a trial, each with its time and, on failure, likely causes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from agentcore_connect.core.errors import ConnectError, plain
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.diagnose.match import diagnose
from agentcore_connect.knowledge.resources import load
from agentcore_connect.live import authorize
from agentcore_connect.live.find import Gateway
from agentcore_connect.live.token import refusals
from agentcore_connect.probe.mcp_auth import sign_in_of
from agentcore_connect.probe.mcp_probe import list_tools
from agentcore_connect.probe.mcp_wire import STATELESS, Reply, Wire
from agentcore_connect.secrets.search import redact
from agentcore_connect.specs.limits import limit

STEPS: Final = ("authorize", "initialize", "list-tools", "search", "call-tool")
SEARCH: Final = "x_amz_bedrock_agentcore_search"
_TIMEOUT, _CALL_TIMEOUT, _LOOK_UP_TIMEOUT = 30.0, 300.0, 5.0
_LONGEST, _LONGEST_NAME = 300, 80  # characters of what a server said, as they are shown
_INBOUND: Final = {"none": "none", "iam": "aws-iam"}
_CAUSES: Final = 2
#: What `diagnose` knows a gateway by; the one that is tried may answer at a name of its own.
_A_GATEWAY: Final = "https://example-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"


class Cause(NamedTuple):
    """A likely cause: the id of its `diagnose` entry, if any, and a text."""

    id: str | None
    text: str
    fix: str = ""


class Step(NamedTuple):
    """The result of a step. `status` is passed, failed or not-run; `seconds` is its duration."""

    name: str
    status: str
    said: str
    seconds: float = 0.0
    causes: tuple[Cause, ...] = ()


class _FailedError(Exception):
    """A step failed; the message and likely causes."""

    def __init__(self, said: str, causes: tuple[Cause, ...] = ()) -> None:
        super().__init__(said)
        self.causes = causes


class Trial:
    """One trial of a gateway.

    In: the gateway; the environment, for the token; what to call and with which arguments, None for no call; the time
    that tokens are judged by.
    """

    def __init__(
        self,
        gateway: Gateway,
        environment: Mapping[str, str],
        *,
        tool: str | None,
        arguments: JsonObject,
        now: datetime,
    ) -> None:
        """Store the arguments; `steps` sends the first request."""
        self.gateway = gateway
        self._environment = environment
        self._tool, self._arguments, self._now = tool, arguments, now
        self._wire = _wire(gateway)
        self._token: str | None = None
        self.tools: list[str] = []

    def steps(self) -> Iterator[Step]:
        """Yield each step when it is done; after a failure the rest is not run."""
        acts = (self._authorize, self._initialize, self._list, self._search, self._call)
        failed = None
        for name, act in zip(STEPS, acts, strict=True):
            step = Step(name, "not-run", f"{failed} failed") if failed else _timed(name, act)
            failed = failed or (name if step.status == "failed" else None)
            yield step
        self._wire.close(timeout=_TIMEOUT)

    def _authorize(self) -> str:
        inbound = self.gateway.inbound_auth or self._asked()
        if inbound == "none":
            return "the gateway asks for nothing"
        if inbound == "aws-iam":
            self._wire.authorize, said = authorize.signing(self.gateway, self._environment)
            return f"signed (SigV4) by {said}"
        variable = self.gateway.token_variable or "a variable named by --bearer-env"
        self._token = self._environment.get(variable, "").strip() or None
        if self._token is None:
            text = f"{variable} is not set, and the gateway wants a bearer token of its identity provider"
            raise _FailedError(text, (Cause(None, "Put a token there as the agent gets it."),))
        if not (self._token.isascii() and self._token.isprintable() and " " not in self._token):
            text = f"{variable} holds characters that no bearer token has, such as a blank or a line break"
            raise _FailedError(text, (Cause(None, "Put the token alone there, without 'Bearer'."),))
        self._wire.authorize = authorize.bearing(self._token)
        return f"the bearer token in {variable}"

    def _asked(self) -> str:
        """Determine the inbound auth from the answer to an unauthenticated request."""
        opened = _wire(self.gateway).initialize(timeout=_TIMEOUT)
        if opened.answer.status in (401, 403):
            found = sign_in_of(self.gateway.url, opened.answer, timeout=_LOOK_UP_TIMEOUT).service_auth
            return _INBOUND.get(found or "", "custom-jwt")
        if opened.answer.status != 400:  # as MCP without initialize answers
            self._refuse(opened)
        return "none"

    def _initialize(self) -> str:
        reply = self._wire.initialize(timeout=_TIMEOUT)
        if reply.result is None and reply.answer.status == 400:  # from MCP 2026-07-28 on there is no initialize
            self._wire.version = STATELESS
            return f"none: MCP {STATELESS}"
        self._refuse(reply)
        self._wire.notify("notifications/initialized", timeout=_TIMEOUT)
        session = "with" if self._wire.session else "without"
        return f"MCP {self._wire.version}, {session} a session"

    def _list(self) -> str:
        tools, last, complete = list_tools(self._wire, _TIMEOUT)
        if not complete:
            self._refuse(last)
            raise _FailedError("the listing does not end")
        self.tools = [str(one["name"]) for one in tools]
        if not self.tools:
            text = (
                "the gateway lists no tools: it has no targets that are READY, or a policy permits none to this caller"
            )
            raise _FailedError(text)
        names = ", ".join(self._shown(name, _LONGEST_NAME) for name in self.tools[:3])
        return f"{len(self.tools)} tools: {names}{', ...' if len(self.tools) > 3 else ''}"

    def _search(self) -> str | None:
        if SEARCH not in self.tools:
            return None
        found = self._answer(SEARCH, {"query": "What can these tools do?"}, _TIMEOUT).get("structuredContent")
        tools = found.get("tools") if isinstance(found, dict) else None
        if not isinstance(tools, list):
            raise _FailedError("the answer to the search holds no list of tools")
        return f"semantic search found {len(tools)} tools"

    def _call(self) -> str | None:
        if self._tool is None:
            return None
        if self._tool not in self.tools:
            near = [one for one in self.tools if one.endswith(f"___{self._tool}")]
            it_has = f"; it has {self._shown(near[0], _LONGEST_NAME)}" if near else ""
            raise _FailedError(f"the gateway has no tool {self._tool}{it_has}")
        text = self._shown(_texts(self._answer(self._tool, self._arguments, _CALL_TIMEOUT)))
        return f"{self._tool} answered: {text}" if text else f"{self._tool} answered"

    def _answer(self, tool: str, arguments: JsonObject, timeout: float) -> dict[str, Json]:
        self._wire.timeout = timeout
        reply = self._wire.request("tools/call", {"name": tool, "arguments": dict(arguments)}, timeout=timeout)
        self._refuse(reply)
        result = reply.result or {}
        if result.get("isError"):
            words = self._shown(_texts(result))
            raise _FailedError(
                f"the tool answered with an error: {words}", _causes(f"tools/call at {_A_GATEWAY}: {words}")
            )
        return result

    def _shown(self, text: str, longest: int = _LONGEST) -> str:
        """Shorten a server's message and remove secrets and control characters."""
        known = text.replace(self._token, "[the token]") if self._token else text
        return plain(" ".join(redact(known).split()))[:longest]

    def _refuse(self, reply: Reply) -> None:
        """Raise the failure that a reply without a result stands for."""
        if reply.result is not None:
            return
        status = reply.answer.status
        told = _text(reply.answer.body) if status >= 400 else ""
        words = self._shown(reply.error or told or reply.problem or "no answer")
        said = f"HTTP {status}: {words}" if status else words
        judged = self._token is not None and status in (401, 403)
        own = tuple(Cause(None, one) for one in refusals(self._token or "", self.gateway, self._now)) if judged else ()
        raise _FailedError(said, own or _causes(f"{_A_GATEWAY} answered {said}"))


def _wire(gateway: Gateway) -> Wire:
    """Connect to the gateway without following redirects."""
    return Wire(gateway.url, limit("mcp-payload-size"), _TIMEOUT, max_redirects=0)


def _timed(name: str, act: Callable[[], str | None]) -> Step:
    began = time.monotonic()
    try:
        said = act()
    except _FailedError as failure:
        return Step(name, "failed", str(failure), time.monotonic() - began, failure.causes)
    except ConnectError as error:
        cause = (Cause(None, error.hint),) if error.hint else ()
        return Step(name, "failed", error.message, time.monotonic() - began, cause)
    if said is None:
        return Step(name, "not-run", _WHY_NOT[name])
    return Step(name, "passed", said, time.monotonic() - began)


_WHY_NOT: Final = {
    "search": "the gateway has no semantic search",
    "call-tool": "name a tool with --tool, and what to give it with --arguments",
}


def _texts(result: JsonObject) -> str:
    """Return the texts in a tool's result."""
    content = result.get("content")
    blocks = content if isinstance(content, list) else []
    texts = (one.get("text") for one in blocks if isinstance(one, dict))
    return " ".join(one for one in texts if isinstance(one, str))


def _text(body: bytes) -> str:
    """Return the message in a body: JSON-RPC error, AWS error, or plain text."""
    text = body[:4000].decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    error = data.get("error", data) if isinstance(data, dict) else None
    message = error.get("message") or error.get("Message") if isinstance(error, dict) else None
    return message if isinstance(message, str) else " ".join(text.split())


def _causes(text: str) -> tuple[Cause, ...]:
    """Return the causes that `diagnose` is sure of."""
    known = load("errors")
    rows = known["errors"]
    found = diagnose(text, known)
    sure = [one for one in found.matches if one.by != "words"][:_CAUSES]
    details = tuple(Cause(None, redact(one)) for one in found.details)
    return (*details, *(Cause(one.id, rows[one.id]["title"], rows[one.id]["fix"]) for one in sure))
