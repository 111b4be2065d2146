"""Runs inside the environment of a framework: a patched agent, called as AgentCore Runtime calls it.

Arguments: the folder of the agent's code, how many requests to send. Prints one line of JSON: the names of the tools
that the model was shown, the answers of the tools it asked for, and what each request gave.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
from typing import Any


async def request(app: Any) -> str:
    """Send one request to the application, over ASGI."""
    body = json.dumps({"prompt": "Go."}).encode()
    headers = [(b"content-type", b"application/json"), (b"x-amzn-bedrock-agentcore-runtime-session-id", b"s" * 40)]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http"}
    scope |= {
        "path": "/invocations",
        "raw_path": b"/invocations",
        "query_string": b"",
        "headers": headers,
        "root_path": "",
    }
    parts: list[bytes] = []
    told = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if told.is_set():
            await asyncio.sleep(3600)
        told.set()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return b"".join(parts).decode()


def main(folder: str, count: str) -> None:
    """Import the agent and send it requests."""
    sys.path.insert(0, folder)
    from model.load import STAND_IN

    agent = importlib.import_module("main")

    async def all_requests() -> list[str]:
        return [await request(agent.app) for _ in range(int(count))]

    answers = asyncio.run(all_requests())
    gc.collect()
    print()
    print(json.dumps({"names": STAND_IN.bound, "outcomes": STAND_IN.outcomes, "answers": answers}))


if __name__ == "__main__":
    main(*sys.argv[1:])
