"""A gateway on 127.0.0.1 for one run of a client: it requires the same auth as the real one and pages its tools.

Bodies of refusals and the length of a page are made up.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from agentcore_connect.verify.stand_ins.loopback import Loopback, Reply, Request

REGION: Final = "us-east-1"
ACCESS_KEY: Final = "PLANTEDACCESSKEY0001"
SECRET_KEY: Final = "planted-secret-key-of-a-dry-run"  # noqa: S105 - it opens nothing
TOKEN: Final = "planted-token-{number}-of-a-dry-run"  # noqa: S105 - it opens nothing
#: What programs run against a stand-in find: keys to sign with, and no proxy on the way.
ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_REGION": REGION,
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}
NAMES: Final = tuple(f"Target___tool_{number}" for number in range(5))

_PAGE: Final = 2
_USES: Final = 3  # requests that a token is good for, where a new one can be had
_ISSUED: Final = re.compile(re.escape(TOKEN).replace(re.escape("{number}"), "[0-9]+"))
_SIGNED: Final = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/[0-9]{{8}}/{REGION}/bedrock-agentcore/aws4_request, ?"
    r"SignedHeaders=[a-z0-9;-]*\bhost\b[a-z0-9;-]*, ?Signature=[0-9a-f]{64}"
)
_VERSIONS: Final = ("2025-11-25", "2025-06-18", "2025-03-26")


class Gateway(Loopback):
    """Serves inside `with`. In: the inbound auth; whether tokens expire after a few requests.

    `refused` says why requests were turned down, in order.
    """

    def __init__(self, inbound: str, *, tokens_end: bool = False) -> None:
        """Store the required auth; the server starts on entering."""
        super().__init__()
        self.inbound, self._tokens_end = inbound, tokens_end
        self.refused: list[str] = []
        self._used: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """The URL of its MCP endpoint."""
        return f"{self.origin}/mcp"

    def answer(self, request: Request) -> Reply:
        """Return status and body for a request."""
        with self.lock:
            status, why = self._refusal(request.headers.get("authorization", ""))
            if status:
                self.refused.append(why)
                return status, {"jsonrpc": "2.0", "id": 0, "error": {"code": -32001, "message": why}}
        return mcp_answer(request) if request.method == "POST" else (405, {"message": "Method Not Allowed"})

    def _refusal(self, authorization: str) -> tuple[int, str]:
        """Return the status and the reason of a refusal; status 0 for an accepted caller."""
        if self.inbound == "none":
            return (400, "it sends a credential to a gateway that asks for none") if authorization else (0, "")
        if self.inbound == "aws-iam":
            if _SIGNED.fullmatch(authorization):
                return 0, ""
            return 403, f"a request is not signed (SigV4) for the service bedrock-agentcore in {REGION}"
        scheme, _, token = authorization.partition(" ")
        if scheme != "Bearer" or not _ISSUED.fullmatch(token):
            return 401, "a request carries no bearer token that the client was given"
        if self._tokens_end and self._used[token] >= _USES:
            return 401, "a request carries a token that has ended"
        self._used[token] += 1
        return 0, ""


def mcp_answer(request: Request) -> Reply:
    """Return the reply of an MCP server with the tools NAMES."""
    message = request.json()
    if not isinstance(message, dict):
        return 400, {"message": "Bad Request"}
    if "id" not in message:
        return 202, None
    return 200, {"jsonrpc": "2.0", "id": message["id"], **_result(message)}


def _result(message: dict[str, object]) -> dict[str, object]:
    given = message.get("params")
    params: dict[str, object] = given if isinstance(given, dict) else {}
    match message.get("method"):
        case "initialize":
            asked = params.get("protocolVersion")
            return {
                "result": {
                    "protocolVersion": asked if asked in _VERSIONS else _VERSIONS[0],
                    "capabilities": {"tools": {"listChanged": False}},
                    "serverInfo": {"name": "stand-in", "version": "1"},
                }
            }
        case "ping":
            return {"result": {}}
        case "tools/list":
            return {"result": _page(params.get("cursor"))}
        case "tools/call":
            return {"result": {"content": [{"type": "text", "text": f"{params.get('name')} was called"}]}}
        case other:
            return {"error": {"code": -32601, "message": f"Method not found: {other}"}}


def _page(cursor: object) -> dict[str, object]:
    start = int(cursor) if isinstance(cursor, str) and cursor.isdecimal() else 0
    schema = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    shown = NAMES[start : start + _PAGE]
    page: dict[str, object] = {
        "tools": [{"name": one, "description": "A tool.", "inputSchema": schema} for one in shown]
    }
    if start + _PAGE < len(NAMES):
        page["nextCursor"] = str(start + _PAGE)
    return page
