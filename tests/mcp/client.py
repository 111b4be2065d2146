"""The official client, run in an environment of its own: does what each line of standard input tells, prints what came back.

In, one JSON object a line: `root`, the folder of the server; `command`, with which a server is started for real, over
standard input and output, else the server is in this process; `mode` (auto, legacy); `forms`: null for a client without
forms, or what is done with each form in turn, the last for all that follow: {"accept": VALUE}, {"decline": true}, {"cancel":
true}, {"accept_by_key": {QUESTION TEXT: VALUE}}, {"bare": true} for an accepted form without content; `calls`: {"tool",
"arguments", "state" (forged)}, {"resource"}, {"list"}.
Out, one line each: `results`, one for each call, the `forms` that were shown, and the `protocol`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from mcp import types

Shown = list[dict[str, Any]]


def forms(plan: list[dict[str, Any]] | None, shown: Shown) -> Any:
    """The callback that plays the person."""
    if plan is None:
        return None

    async def fill(_context: Any, params: Any) -> Any:
        shown.append({"message": params.message, "schema": params.requested_schema})
        step = plan[min(len(shown), len(plan)) - 1]
        field = params.requested_schema["properties"]["answer"]
        if "accept_by_key" in step:
            value = step["accept_by_key"].get(field["title"], field.get("default"))
            if value is None:
                raise AssertionError(f"nothing to answer to {field['title']}")
            return types.ElicitResult(action="accept", content={"answer": value})
        if "accept" in step:
            return types.ElicitResult(action="accept", content={"answer": step["accept"]})
        if "bare" in step:
            return types.ElicitResult(action="accept", content={})
        return types.ElicitResult(action=next(iter(step)))

    return fill


async def one(client: Client, call: dict[str, Any]) -> dict[str, Any]:
    """One call's result as plain data; an error of the protocol as its code and message."""
    try:
        if "state" in call:  # what no client of good faith sends
            result = await client.session.call_tool(
                call["tool"], call["arguments"], request_state=call["state"], allow_input_required=True
            )
        elif "tool" in call:
            result = await client.call_tool(call["tool"], call.get("arguments"))
        elif "resource" in call:
            result = await client.read_resource(call["resource"])
        else:
            result = await getattr(client, f"list_{call['list']}")()
    except MCPError as error:
        return {"error": {"code": error.code, "message": error.message}}
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


def server(told: dict[str, Any]) -> Any:
    """The server: a process of its own, or one in this process that stands where that would."""
    if told.get("command"):
        program, *words = told["command"]
        return stdio_client(StdioServerParameters(command=program, args=words, cwd=told["root"], env=told["env"]))
    from agentcore_connect.mcp.confine import Bounds
    from agentcore_connect.mcp.server import build

    os.chdir(told["root"])
    root = Path(told["root"]).resolve()
    return build(Bounds(root, root / "connect"))


async def talk(told: dict[str, Any]) -> dict[str, Any]:
    """Connect, call, tell."""
    shown: Shown = []
    client = Client(server(told), mode=told["mode"], elicitation_callback=forms(told["forms"], shown))
    async with client:
        results = [await one(client, call) for call in told["calls"]]
        protocol = str(client.protocol_version)
    return {"results": results, "forms": shown, "protocol": protocol}


for line in sys.stdin:
    sys.stdout.write(json.dumps(asyncio.run(talk(json.loads(line)))) + "\n")
    sys.stdout.flush()
