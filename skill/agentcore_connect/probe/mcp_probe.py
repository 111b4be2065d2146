"""Asks an MCP server for its tools and its auth. Call it only with the person's consent.

It speaks the protocol itself, so that no package is needed and every answer is bounded; it never calls a tool.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.probe.mcp_auth import SignIn, sign_in_of
from agentcore_connect.probe.mcp_refusals import (
    LEGACY,
    STREAMABLE,
    is_legacy,
    legacy_in_words,
    refused_host,
    version_note,
)
from agentcore_connect.probe.mcp_wire import STATELESS, Authorize, Reply, Wire
from agentcore_connect.specs.limits import limit
from agentcore_connect.specs.openapi_faults import TOOL_NAME

MAX_PAGES: Final = 100
_SEPARATOR: Final = "___"
#: How long a server of the older transport may take to say so.
_LISTEN: Final = 3.0


@dataclass(frozen=True)
class Probe:
    """The answers of a server.

    `status` is `listed` (its tools are known), `sign-in` (it wants its callers to sign in first) or `failed`, with
    `problem` in words. `transport` is `streamable-http`, `http+sse` (the older one) or unknown. `complete` is false
    when the listing was cut. `notes` are the faults of the tools and the version against what a gateway takes.
    """

    url: str
    status: str
    problem: str | None = None
    server: str | None = None
    protocol_version: str | None = None
    tools: tuple[dict[str, Json], ...] = field(default=(), repr=False)
    complete: bool = True
    sign_in: SignIn | None = None
    notes: tuple[str, ...] = ()
    transport: str | None = None

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The names of the tools listed."""
        return tuple(str(one["name"]) for one in self.tools)

    def as_dict(self) -> dict[str, Json]:
        """The probe as plain data for `--json` output."""
        found: dict[str, Json] = {
            "url": self.url,
            "status": self.status,
            "problem": self.problem,
            "server": self.server,
            "transport": self.transport,
            "protocol_version": self.protocol_version,
            "tool_count": len(self.tools) if self.status == "listed" else None,
            "tools": list(self.tool_names),
            "complete": self.complete,
            "notes": list(self.notes),
            "sign_in": None,
        }
        if self.sign_in is not None:
            found["sign_in"] = {
                "service_auth": self.sign_in.service_auth,
                "sure": self.sign_in.sure,
                "reason": self.sign_in.reason,
                "grants": list(self.sign_in.grants),
                "authorization_server": self.sign_in.authorization_server,
                "discovery_url": self.sign_in.discovery_url,
                "scopes": list(self.sign_in.scopes),
                "registration": self.sign_in.registration,
                "api_key": dict(self.sign_in.api_key),
            }
        return found


def probe(
    url: str,
    *,
    target_name: str | None = None,
    timeout: float = 30.0,
    request_timeout: float = 10.0,
    authorize: Authorize | None = None,
    max_redirects: int = 3,
) -> Probe:
    """Ask a server for its tools, all pages.

    In: the endpoint; the target's name, where known, for the length of tool names; the seconds for everything and
    for one request; what lets the requests in, where something has to; how many redirects are followed.
    Out: always an answer, whatever the server does.
    """
    clock = _Clock(timeout)
    wire = Wire(url, limit("mcp-payload-size"), request_timeout, authorize=authorize, max_redirects=max_redirects)
    opened = wire.initialize(timeout=clock.left())
    if host := refused_host(opened.answer):
        return Probe(url, "failed", host)
    if opened.answer.status in (401, 403):
        return _sign_in(url, opened, request_timeout)
    if opened.result is None and is_legacy(wire, opened.answer, timeout=min(clock.left(), _LISTEN)):
        return Probe(url, "failed", legacy_in_words(), transport=LEGACY)
    if opened.result is not None:
        wire.notify("notifications/initialized", timeout=clock.left())
    elif opened.problem and not opened.answer.status:
        return Probe(url, "failed", opened.problem)
    else:  # a server of 2026-07-28 knows no initialize
        wire.version, wire.session = STATELESS, None
    tools, last, complete = list_tools(wire, clock.left())
    if last.answer.status in (401, 403):
        return _sign_in(url, last, request_timeout)
    wire.close(timeout=clock.left())
    if last.result is None and not tools:
        return Probe(url, "failed", _why(opened, last))
    info = _mapping((opened.result or {}).get("serverInfo"))
    return Probe(
        url,
        "listed",
        problem=None if complete else (last.problem or last.error or "the listing does not end")[:300],
        server=str(info["name"])[:100] if isinstance(info.get("name"), str) else None,
        protocol_version=wire.version,
        tools=tuple(tools),
        complete=complete,
        sign_in=SignIn("none", True, "it lists its tools to anyone"),
        notes=tuple(filter(None, (version_note(wire.version), *_notes(tools, target_name)))),
        transport=STREAMABLE,
    )


def answers_from_probe(found: Probe) -> dict[str, Json]:
    """Return the answers that a probe settles with certainty, by the connection's keys."""
    answers: dict[str, Json] = {}
    if found.status == "listed" and found.complete:
        answers["tool_count"] = len(found.tools)
    sign_in = found.sign_in
    if sign_in is None:
        return answers
    if sign_in.sure and sign_in.service_auth:
        answers["service_auth"] = sign_in.service_auth
    if sign_in.discovery_url:
        answers["oauth.discovery_url"] = sign_in.discovery_url
    if sign_in.client_auth_method:
        answers["oauth.client_auth_method"] = sign_in.client_auth_method
    if sign_in.scopes:
        answers["oauth.scopes"] = list(sign_in.scopes)
    answers.update({f"api_key.{key}": value for key, value in sign_in.api_key})
    return answers


class _Clock:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())


def list_tools(wire: Wire, seconds: float) -> tuple[list[dict[str, Json]], Reply, bool]:
    """All pages of the tools.

    In: an open connection, the seconds for all pages. Out: the tools, the last reply, whether the listing ended.
    """
    clock = _Clock(seconds)
    tools: list[dict[str, Json]] = []
    cursors: set[str] = set()
    params: dict[str, Json] = {}
    most = limit("tools-per-target") * 5
    while True:
        reply = wire.request("tools/list", params, timeout=clock.left())
        if reply.result is None:
            return tools, reply, False
        page = reply.result.get("tools")
        tools += [one for one in page if _is_tool(one)] if isinstance(page, list) else []
        cursor = reply.result.get("nextCursor")
        if not isinstance(cursor, str) or not cursor:
            return tools, reply, True
        if cursor in cursors or len(cursors) >= MAX_PAGES or len(tools) > most:
            return tools[:most], reply, False
        cursors.add(cursor)
        params = {"cursor": cursor}


def _is_tool(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("name"), str) and bool(one["name"])


def _sign_in(url: str, refused: Reply, timeout: float) -> Probe:
    return Probe(url, "sign-in", sign_in=sign_in_of(url, refused.answer, timeout=timeout))


def _why(opened: Reply, last: Reply) -> str:
    if opened.answer.status in (404, 405, 410) or opened.answer.headers.get("content-type", "").startswith("text/html"):
        return f"there is no MCP server at this address (HTTP {opened.answer.status}); is the path right, often /mcp?"
    return (opened.problem or opened.error or last.problem or last.error or "it gives no listing")[:300]


def _notes(tools: Sequence[JsonObject], target_name: str | None) -> list[str]:
    longest = limit("model-tool-name-length")
    prefix = len(target_name) + len(_SEPARATOR) if target_name else 0
    names = [str(one["name"]) for one in tools]
    notes = [
        f"{name[:80]}: {prefix + len(name)} characters with the target's name, models take {longest}"
        for name in names
        if prefix + len(name) > longest
    ]
    notes += [f"{name[:80]}: models take letters, digits, _ and - only" for name in names if not TOOL_NAME.match(name)]
    notes += [
        f"{name[:80]}: listed {names.count(name)} times"
        for name in dict.fromkeys(names[:2000])
        if names.count(name) > 1
    ]
    if len(tools) > limit("tools-per-target"):
        notes.append(f"{len(tools)} tools; a target takes {limit('tools-per-target')}")
    return notes[:200]


def _mapping(value: object) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
