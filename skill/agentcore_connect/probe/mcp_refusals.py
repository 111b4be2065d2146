"""Interprets servers that list no tools: legacy transport, host check, wrong path."""

from __future__ import annotations

import re
from typing import Final

from agentcore_connect.core.http_fetch import Answer
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.knowledge.resources import load
from agentcore_connect.probe.mcp_wire import Wire

LEGACY: Final = "http+sse"
STREAMABLE: Final = "streamable-http"
_NO_POST: Final = (400, 404, 405, 406, 410, 415, 501)
#: A refusal that speaks of the host or origin of the request, or names the one that it takes.
_HOST_CHECK: Final = re.compile(
    rb"(?i)invalid (host|origin)|dns rebinding|\b(host|origin)\b[^\n]{0,100}\bnot (?:allowed|in )|\ballowed hosts\b"
    rb"|\ballowed (?:at|on|via) (?:https?://)?[a-z0-9.-]{1,100}:\d{2,5}\b"
)


def is_legacy(wire: Wire, refused: Answer, *, timeout: float) -> bool:
    """Return whether a server that refuses a POST speaks the transport of 2024-11-05: its stream names an endpoint.

    In: the connection, the answer to the POST, the seconds that the question may take.
    """
    if refused.status not in _NO_POST:
        return False
    answer = wire.listen(b"event: endpoint", timeout=timeout)
    kind = answer.headers.get("content-type", "")
    return answer.status == 200 and kind.startswith("text/event-stream") and b"event: endpoint" in answer.body


def legacy_in_words() -> str:
    """Return the message for the legacy transport."""
    return (
        "it speaks the older HTTP+SSE transport (MCP 2024-11-05), which a gateway does not speak; "
        "give its Streamable HTTP address, which mostly ends in /mcp, or update the server"
    )


def refused_host(refused: Answer) -> str | None:
    """Return the message for a server that refuses the request's host or origin."""
    if refused.status not in (400, 403, 421) or not _HOST_CHECK.search(refused.body[:2000]):
        return None
    return (
        f"it refuses the host name of this address (HTTP {refused.status}): a check against DNS rebinding; "
        "add the name to the hosts that the server allows"
    )


def is_perhaps_the_path(url: str, refused: Answer) -> bool:
    """Return whether the refusal can mean a wrong path: API Gateway answers it as it answers an unsigned request."""
    return "x-amz-apigw-id" in refused.headers or hints_from_endpoint(url).get("host") == "api-gateway"


def version_note(version: str | None) -> str | None:
    """Return how a gateway handles the server's protocol version; None if it supports it."""
    known = load("limits")["patterns"]["mcp-version"]
    if version is None or re.match(known["regex"], version):
        return None
    return f"it speaks MCP {version[:20]}; a gateway does not: it takes {known['meaning'].partition(': ')[2]}"
