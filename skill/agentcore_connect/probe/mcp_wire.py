"""JSON-RPC over MCP's streamable HTTP transport: a request out, its answer back as JSON or as an event stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeGuard

from agentcore_connect.core.http_fetch import Answer, fetch
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json, JsonObject

STATELESS: Final = "2026-07-28"  # from here on there is no initialize; version and client travel with every request
NEGOTIATED: Final = "2025-11-25"
_META: Final = "io.modelcontextprotocol"
_CLIENT: Final = {"name": "agentcore-connect", "version": "0"}
_LONGEST: Final = 4000  # characters of an error; what shows it cuts it further
_ACCEPT: Final = "application/json, text/event-stream"
#: Gives the headers that let a request in, from its method, URL, body and other headers.
Authorize = Callable[[str, str, bytes, Mapping[str, str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a request: `result`, protocol `error` or `problem`, and the HTTP answer."""

    answer: Answer
    result: dict[str, Json] | None = None
    error: str | None = None
    problem: str | None = None


@dataclass
class Wire:
    """A connection to one endpoint: the session, where there is one, and the protocol version to speak.

    `max_bytes` bounds each answer, `timeout` (seconds) each request. `authorize` lets each request in; to another host
    that the server redirects to, its headers are not sent, but the message is: `max_redirects` 0 keeps it here.
    """

    url: str
    max_bytes: int
    timeout: float
    version: str = NEGOTIATED
    session: str | None = None
    sent: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    authorize: Authorize | None = None
    max_redirects: int = 3

    def request(self, method: str, params: JsonObject | None = None, *, timeout: float) -> Reply:
        """Send a request and wait for its own answer. Never raises for what the server does."""
        self.sent += 1
        number = self.sent
        sent: dict[str, Json] = dict(params or {})
        body: dict[str, Json] = {"jsonrpc": "2.0", "id": number, "method": method, "params": sent}
        headers = self._headers(method)
        if self.version == STATELESS:
            sent["_meta"] = {
                f"{_META}/protocolVersion": STATELESS,
                f"{_META}/clientInfo": _CLIENT,
                f"{_META}/clientCapabilities": {},
            }
        stream = _Stream(number)
        return _reply(self._send("POST", body, headers, timeout, stream.feed), number, stream)

    def notify(self, method: str, *, timeout: float) -> None:
        """Send a notification; whatever comes back is ignored."""
        self._send("POST", {"jsonrpc": "2.0", "method": method}, self._headers(method), timeout)

    def listen(self, wanted: bytes, *, timeout: float) -> Answer:
        """Open the stream of the older transport; ends once it says what is wanted, or the time is up."""
        seen = bytearray()

        def enough(piece: bytes) -> bool:
            seen.extend(piece)
            return wanted in seen

        return self._send("GET", None, {"Accept": "text/event-stream", **self.headers}, timeout, enough)

    def close(self, *, timeout: float) -> None:
        """End the session, if there is one."""
        if self.session:
            self._send("DELETE", None, self._headers(""), timeout)

    def initialize(self, *, timeout: float) -> Reply:
        """Open a session as clients before 2026-07-28 do."""
        params: JsonObject = {"protocolVersion": NEGOTIATED, "capabilities": {}, "clientInfo": _CLIENT}
        reply = self.request("initialize", params, timeout=timeout)
        if reply.result is not None:
            session = reply.answer.headers.get("mcp-session-id", "")
            self.session = session if 0 < len(session) <= 1024 and session.isascii() and session.isprintable() else None
            version = reply.result.get("protocolVersion")
            self.version = version if _is_version(version) else NEGOTIATED
        return reply

    def _send(
        self,
        http_method: str,
        message: JsonObject | None,
        headers: Mapping[str, str],
        timeout: float,
        stop: Callable[[bytes], bool] | None = None,
    ) -> Answer:
        body = None if message is None else json.dumps(message).encode()
        allowed = self.authorize(http_method, self.url, body or b"", headers) if self.authorize else {}
        return fetch(
            self.url,
            method=http_method,
            body=body,
            headers={**headers, **allowed},
            timeout=min(timeout, self.timeout),
            max_bytes=self.max_bytes,
            max_redirects=self.max_redirects,
            stop=stop,
        )

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": _ACCEPT, **self.headers}
        if self.sent > 1 or self.version == STATELESS:
            headers["MCP-Protocol-Version"] = self.version
        if self.version == STATELESS and method:
            headers["Mcp-Method"] = method
        if self.session:
            headers["Mcp-Session-Id"] = self.session
        return headers


def _is_version(told: object) -> TypeGuard[str]:
    """Return whether a header can hold what a server says that its version is."""
    return isinstance(told, str) and 0 < len(told) <= 20 and told.isascii() and told.isprintable()


def _reply(answer: Answer, number: int, stream: _Stream) -> Reply:
    if answer.problem:
        return Reply(answer, problem=answer.problem)
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        message = stream.found
        if message is None and not answer.complete:
            return Reply(answer, problem="its event stream holds no answer within the limits")
    else:
        if not answer.complete:
            return Reply(answer, problem="its answer is larger than the gateway takes")
        message = _message(answer.body, number)
    if message is None:
        return Reply(answer, problem=f"its answer (HTTP {answer.status}) is not MCP")
    result = message.get("result")
    if isinstance(result, dict):
        return Reply(answer, result=result)
    error = message.get("error")
    words = error.get("message") if isinstance(error, dict) else None
    return Reply(answer, error=str(words or "an error without words")[:_LONGEST])


def _message(text: bytes, number: int) -> dict[str, Json] | None:
    """The JSON-RPC answer to request `number`, or one without an id (an error before the id was read)."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for one in data if isinstance(data, list) else [data]:
        if (
            isinstance(one, dict)
            and ("result" in one or "error" in one)
            and one.get("id") in (number, str(number), None)
        ):
            return one
    return None


class _Stream:
    """Picks the answer out of an event stream, piece by piece."""

    def __init__(self, number: int) -> None:
        self.found: dict[str, Json] | None = None
        self._number = number
        self._line = bytearray()
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> bool:
        """Take a piece; true once the answer is there."""
        *lines, rest = piece.split(b"\n")
        for line in lines:
            self._line += line
            self._take(bytes(self._line).rstrip(b"\r"))
            self._line.clear()
            if self.found is not None:
                return True
        self._line += rest
        return False

    def _take(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._data.append(line[5:].lstrip(b" "))
        elif not line and self._data:
            self.found = _message(b"\n".join(self._data), self._number)
            self._data.clear()
