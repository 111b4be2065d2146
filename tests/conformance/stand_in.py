"""A service on 127.0.0.1 that answers as whatever a direct call, an A2A client or a caller of an agent may talk to."""

from __future__ import annotations

from dataclasses import replace

from tests.sim.gateway import GatewaySim
from tests.sim.http import LoopbackServer, Reply, Request

_CARD = {
    "name": "orders",
    "supportedInterfaces": [{"url": "x", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}],
}


class AnyService(LoopbackServer):
    """Answers an agent's card, an A2A message, and anything else with {"ok": true}."""

    def answer(self, request: Request) -> Reply:
        """The reply to a request."""
        if request.path.partition("?")[0].endswith("/.well-known/agent-card.json"):
            return Reply(200, _CARD)
        message = request.json() if request.body else None
        if isinstance(message, dict) and message.get("method") == "SendMessage":
            return Reply(200, {"id": message["id"], "result": {"message": {"parts": [{"text": "ok"}]}}})
        return Reply(200, {"ok": True})


class AnyServer(GatewaySim):
    """An MCP server that takes a key in its query."""

    def answer(self, request: Request) -> Reply:
        """As the gateway, whatever the query says."""
        return super().answer(replace(request, path=request.path.partition("?")[0]))
