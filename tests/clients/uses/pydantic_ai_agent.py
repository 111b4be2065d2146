"""A Pydantic AI agent with a model that does as the test says."""

from __future__ import annotations

from typing import Any

from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    left, bound, outcomes = list(steps), [], []

    def model(messages: Any, info: Any) -> ModelResponse:
        bound[:] = [tool.name for tool in info.function_tools]
        for part in messages[-1].parts:
            if isinstance(part, RetryPromptPart) or getattr(part, "outcome", "success") != "success":
                outcomes.append(f"error: {part.content}")
            elif isinstance(part, ToolReturnPart):
                outcomes.append(part.content)
        if not left:
            return ModelResponse(parts=[TextPart("done")])
        name, text = left.pop(0)
        return ModelResponse(parts=[ToolCallPart(name, {"text": text})])

    async with client.gateway_toolsets() as toolsets:
        chosen = await client.find_tools(toolsets, query) if query else toolsets
        await Agent(FunctionModel(model), toolsets=chosen, retries=3).run("Go.")
    return bound, outcomes
