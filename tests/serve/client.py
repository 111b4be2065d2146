"""The official client, run in an environment of its own: does what it is told on standard input, prints what came back.

In, as JSON: `command` and `cwd` of the server; `mode` (auto, legacy); `forms`: null for a client without forms, or what is
done with each form in turn, the last for all that follow: {"accept": VALUE}, {"decline": true}, {"cancel": true},
{"accept_by_key": {QUESTION TEXT: VALUE}}, {"bare": true} for an accepted form without content; `calls`: {"tool",
"arguments"}, {"resource"}, {"list"}.
Out: `results`, one for each call, and the `forms` that were shown.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from mcp import types
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

shown: list[dict[str, Any]] = []


def forms(plan: list[dict[str, Any]] | None) -> Any:
    """The callback that plays the person."""
    if plan is None:
        return None

    async def fill(_context: Any, params: Any) -> Any:
        shown.append({"message": params.message, "schema": params.requested_schema})
        step = plan[min(len(shown), len(plan)) - 1]
        field = params.requested_schema["properties"]["answer"]
        if "accept_by_key" in step:
            known = step["accept_by_key"]
            value = known.get(field["title"], field.get("default"))
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
        if "tool" in call:
            result = await client.call_tool(call["tool"], call.get("arguments"))
        elif "resource" in call:
            result = await client.read_resource(call["resource"])
        else:
            result = await getattr(client, f"list_{call['list']}")()
    except MCPError as error:
        return {"error": {"code": error.code, "message": error.message}}
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


async def main() -> None:
    """Connect, call, print."""
    told = json.load(sys.stdin)
    server = StdioServerParameters(
        command=told["command"][0], args=told["command"][1:], cwd=told["cwd"], env=told.get("env")
    )
    client = Client(stdio_client(server), mode=told["mode"], elicitation_callback=forms(told["forms"]))
    async with client:
        results = [await one(client, call) for call in told["calls"]]
        protocol = str(client.protocol_version)
    print(json.dumps({"results": results, "forms": shown, "protocol": protocol}))


asyncio.run(main())
