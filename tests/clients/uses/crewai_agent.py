"""Tools as CrewAI's agents run them. CrewAI renames them; their descriptions still hold the name."""

from __future__ import annotations

import asyncio
import re
from typing import Any


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    return await asyncio.to_thread(_run, client, steps, query)  # a crew is started outside of an event loop


def _run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    outcomes = []
    with client.gateway_tools(query) if query else client.gateway_tools() as tools:
        bound = {re.findall(r"\((\w+___[\w-]+)\)", tool.description)[0]: tool for tool in tools}
        for name, text in steps:
            try:
                outcomes.append(bound[name].run(text=text))
            except Exception as error:
                outcomes.append(f"error: {error}")
    return list(bound), outcomes
