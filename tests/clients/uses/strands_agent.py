"""A Strands agent with a model that does as the test says."""

from __future__ import annotations

from typing import Any

from strands import Agent
from strands.models import Model


class Scripted(Model):
    """Asks for one tool after the other, and notes what it was given."""

    def __init__(self, steps: list[tuple[str, str]]) -> None:
        self.steps = list(steps)
        self.bound: list[str] = []
        self.outcomes: list[str] = []

    def update_config(self, **_: Any) -> None:
        pass

    def get_config(self) -> dict[str, Any]:
        return {}

    async def structured_output(self, *_: Any, **__: Any) -> Any:
        yield {}

    async def stream(self, messages: Any, tool_specs: Any = None, *_: Any, **__: Any) -> Any:
        yield {"messageStart": {"role": "assistant"}}
        if not tool_specs:  # the question for the intent, before a search
            async for event in _says("an intent"):
                yield event
            return
        self.bound = [spec["name"] for spec in tool_specs]
        for block in messages[-1]["content"]:
            if "toolResult" in block:
                text = block["toolResult"]["content"][0]["text"]
                self.outcomes.append(f"error: {text}" if block["toolResult"]["status"] == "error" else text)
        if not self.steps:
            async for event in _says("done"):
                yield event
            return
        name, text = self.steps.pop(0)
        yield {"contentBlockStart": {"start": {"toolUse": {"name": name, "toolUseId": f"use-{len(self.steps)}"}}}}
        yield {"contentBlockDelta": {"delta": {"toolUse": {"input": f'{{"text": "{text}"}}'}}}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "tool_use"}}


async def _says(text: str) -> Any:
    yield {"contentBlockStart": {"start": {}}}
    yield {"contentBlockDelta": {"delta": {"text": text}}}
    yield {"contentBlockStop": {}}
    yield {"messageStop": {"stopReason": "end_turn"}}


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    model = Scripted(steps)
    if query:
        with client.gateway_plugins() as plugins:
            await Agent(model=model, plugins=plugins, callback_handler=None).invoke_async(query)
    else:
        agent = Agent(model=model, tools=[*client.gateway_tools()], callback_handler=None)
        await agent.invoke_async("Go.")
        agent.cleanup()
    return model.bound, model.outcomes
