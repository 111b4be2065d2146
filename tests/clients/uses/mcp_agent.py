"""A program on the MCP SDK."""

from __future__ import annotations

from typing import Any


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    outcomes = []
    async with client.gateway_session() as session:
        tools = await (client.find_tools(session, query) if query else client.gateway_tools(session))
        for name, text in steps:
            try:
                result = await session.call_tool(name, {"text": text})
            except Exception as error:
                outcomes.append(f"error: {error}")
            else:
                outcomes.append(result.content[0].text)
    return [tool.name for tool in tools], outcomes
