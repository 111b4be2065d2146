"""Tools as LlamaIndex's agents call them."""

from __future__ import annotations

from typing import Any


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    outcomes = []
    async with client.gateway_session() as session:
        tools = await (client.find_tools(session, query) if query else client.gateway_tools(session))
        bound = {tool.metadata.name: tool for tool in tools}
        for name, text in steps:
            try:
                output = await bound[name].acall(text=text)
            except Exception as error:
                outcomes.append(f"error: {error}")
            else:
                outcomes.append(output.raw_output.content[0].text)
    return list(bound), outcomes
