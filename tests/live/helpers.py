"""Gateways that answer in their own way, written plans and tokens, for the tests of this folder."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import write_plan
from tests.sim.gateway import GatewaySim
from tests.sim.http import Reply, Request

TOOL = "Target1___tool-00"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "iss": "https://idp.example.com",
    "aud": ["shop", "desk"],
    "client_id": "app",
    "scope": "openid orders.read",
    "exp": NOW.timestamp() + 60,
}


def token(**changes: Any) -> str:
    """A token with these claims changed; None leaves one out. Its signature is none."""
    claims = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{part}.c2ln"


def written(folder: Path, gateway: str, project: str = "") -> Path:
    """A plan for such a gateway, written."""
    answers = folder / "answers.yaml"
    answers.write_text(
        f"version: 1\n{project}agent: {{framework: mcp}}\ngateway: {{name: Shop, {gateway}}}\nconnections:\n"
        "  - {name: W, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none}\n"
    )
    gathered = gather(load.load(answers))
    write_plan(build(gathered), gathered, folder / "connect", force=False)
    return folder / "connect"


class Answering(GatewaySim):
    """A gateway that answers one method in its own way."""

    def __init__(self, method: str, reply: Reply, *, search: bool = False) -> None:
        super().__init__("none", search=search)
        self._wanted, self._given = method, reply

    def answer(self, request: Request) -> Reply:
        message = request.json() if request.method == "POST" else {}
        return self._given if message.get("method") == self._wanted else super().answer(request)


def result(value: Any) -> Reply:
    """The reply of a JSON-RPC method with this result."""
    return Reply(200, {"jsonrpc": "2.0", "id": None, "result": value})
