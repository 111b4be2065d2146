"""A stand-in for an AgentCore gateway: MCP over streamable HTTP, with the inbound authorization of a real one.

In a test:

    with GatewaySim("aws-iam", tools=45, page=20) as gateway:
        run(URL=gateway.url, **gateway.keys.current.environment())

As a program (prints the variables that a client needs as one JSON object, then serves until it is ended):

    python -m tests.sim.gateway --auth custom-jwt --name MyGateway

The length of a page, and the bodies of refusals (a JSON-RPC error with 401, a message with 403), are assumptions:
those of the real service are not published.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from typing import Any

from tests.sim.http import LoopbackServer, Reply, Request
from tests.sim.identity import REGION, IdentitySim
from tests.sim.signing import Keys, fault
from tests.sim.tokens import Tokens

SEARCH = "x_amz_bedrock_agentcore_search"
AUTHS = ("none", "aws-iam", "custom-jwt")
_VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
_SERVICE = "bedrock-agentcore"


class GatewaySim(LoopbackServer):
    """A gateway with `tools` tools, listed `page` at a time, and with its search tool first where `search` is on.

    `calls` holds (tool name, arguments) in order; `listings` the number of `tools/list` requests that were let in.
    A call of a tool named in `silent` is never answered.
    """

    def __init__(
        self,
        auth: str = "none",
        *,
        tools: int = 45,
        page: int = 20,
        search: bool = False,
        tokens: Tokens | None = None,
        keys: Keys | None = None,
        region: str = REGION,
        silent: frozenset[str] = frozenset(),
        port: int = 0,
    ) -> None:
        super().__init__(port)
        if auth not in AUTHS:
            raise ValueError(f"auth is {auth!r}; it is one of {', '.join(AUTHS)}")
        self.auth = auth
        self.page = page
        self.tokens = tokens or Tokens()
        self.keys = keys or Keys()
        self.region = region
        self.silent = silent
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.listings = 0
        self.tools = [_tool(f"Target{number % 3 + 1}___tool-{number:02}") for number in range(tools)]
        self._found = self.tools[-3:]
        if search:
            self.tools.insert(0, _search_tool())

    @property
    def url(self) -> str:
        """Where the gateway speaks MCP."""
        return f"{self.origin}/mcp"

    @property
    def names(self) -> list[str]:
        """The names of all its tools, in the order in which it lists them."""
        return [tool["name"] for tool in self.tools]

    @property
    def found(self) -> list[str]:
        """The names that its search finds, whatever is asked."""
        return [tool["name"] for tool in self._found]

    def answer(self, request: Request) -> Reply:
        """An MCP message, when the caller may send one."""
        if request.path != "/mcp":
            return Reply(404, {"message": "Not Found"})
        refusal = self._refusal(request)
        if refusal:
            return refusal
        if request.method != "POST":
            return Reply(405, {"message": "Method Not Allowed"})
        message = request.json()
        if "id" not in message:
            return Reply(202)
        method = getattr(self, "_" + message["method"].replace("/", "_"), None)
        if method is None:
            problem = {"code": -32601, "message": f"Method not found: {message['method']}"}
            return Reply(200, {"jsonrpc": "2.0", "id": message["id"], "error": problem})
        return Reply(200, {"jsonrpc": "2.0", "id": message["id"], "result": method(message.get("params") or {})})

    def _refusal(self, request: Request) -> Reply | None:
        if self.auth == "custom-jwt":
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme == "Bearer" and self.tokens.accept(token):
                return None
            problem = {"code": -32001, "message": "Invalid Bearer token" if token else "Missing Bearer token"}
            metadata = f"{self.origin}/.well-known/oauth-protected-resource"
            challenge = {"WWW-Authenticate": f'Bearer resource_metadata="{metadata}"'}
            return Reply(401, {"jsonrpc": "2.0", "id": 0, "error": problem}, challenge)
        if self.auth == "aws-iam":
            problem_text = fault(request, self.origin, self.keys.of(request), _SERVICE, self.region)
            if problem_text:
                return Reply(403, {"message": problem_text})
            self.keys.used()
        return None

    def _initialize(self, params: dict[str, Any]) -> dict[str, Any]:
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if asked in _VERSIONS else _VERSIONS[0],
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": "gateway-sim", "version": "1"},
        }

    def _ping(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _tools_list(self, params: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.listings += 1
        start = int(params.get("cursor") or 0)
        end = start + self.page
        listed: dict[str, Any] = {"tools": self.tools[start:end]}
        if end < len(self.tools):
            listed["nextCursor"] = str(end)
        return listed

    def _tools_call(self, params: dict[str, Any]) -> dict[str, Any]:
        name, arguments = params["name"], params.get("arguments") or {}
        with self._lock:
            self.calls.append((name, arguments))
        if name in self.silent:
            self.stopping.wait()
        if name not in self.names:
            return {"isError": True, "content": [{"type": "text", "text": f"Unknown tool: {name}"}]}
        if name == SEARCH:
            found = {"tools": self._found}
            return {"content": [{"type": "text", "text": json.dumps(found)}], "structuredContent": found}
        return {"content": [{"type": "text", "text": f"{name} heard {arguments.get('text')}"}]}


def _tool(name: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    return {"name": name, "description": f"Repeats a text ({name}).", "inputSchema": schema}


def _search_tool() -> dict[str, Any]:
    schema = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
    return {"name": SEARCH, "description": "Finds the tools that fit a question.", "inputSchema": schema}


def main(argv: list[str] | None = None) -> int:
    """Serve until ended. Out: the exit code."""
    parser = argparse.ArgumentParser(description="A stand-in for an AgentCore gateway on 127.0.0.1.")
    parser.add_argument("--auth", choices=AUTHS, default="none")
    parser.add_argument("--name", default="MyGateway", help="of the gateway, for the names of the variables")
    parser.add_argument("--tools", type=int, default=45)
    parser.add_argument("--page", type=int, default=20)
    parser.add_argument("--search", action="store_true", help="offer the search tool")
    parser.add_argument("--token-uses", type=int, help="requests after which a token counts as expired")
    parser.add_argument("--key-uses", type=int, help="requests after which the AWS keys rotate")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(argv)
    tokens, keys = Tokens(uses=options.token_uses), Keys(uses=options.key_uses)
    simulated = GatewaySim(
        options.auth,
        tools=options.tools,
        page=options.page,
        search=options.search,
        tokens=tokens,
        keys=keys,
        port=options.port,
    )
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with simulated as gateway, IdentitySim(tokens, keys) as identity:
        variable = f"AGENTCORE_GATEWAY_{options.name.upper().replace('-', '_')}"
        print(
            json.dumps({f"{variable}_URL": gateway.url, f"{variable}_TOKEN": tokens.issue(), **identity.environment()})
        )
        sys.stdout.flush()
        try:
            ended.wait()
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
