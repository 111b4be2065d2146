"""An AutoGen assistant whose model client replays what the test says."""

from __future__ import annotations

import json
from typing import Any

from autogen_agentchat.agents import AssistantAgent
from autogen_core import FunctionCall
from autogen_core.models import CreateResult, ModelInfo, RequestUsage
from autogen_ext.models.replay import ReplayChatCompletionClient

_INFO = ModelInfo(vision=False, function_calling=True, json_output=False, family="unknown", structured_output=False)


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    outcomes = []
    async with client.gateway_session() as session:
        tools = await (client.find_tools(session, query) if query else client.gateway_tools(session))
        for name, text in steps:
            call = FunctionCall(id="1", name=name, arguments=json.dumps({"text": text}))
            usage = RequestUsage(prompt_tokens=0, completion_tokens=0)
            asks = CreateResult(finish_reason="function_calls", content=[call], usage=usage, cached=False)
            model = ReplayChatCompletionClient([asks], model_info=_INFO)
            agent = AssistantAgent("assistant", model, tools=tools)
            answer = await agent.run(task="Go.")
            executed = next(message for message in answer.messages if message.type == "ToolCallExecutionEvent")
            said = executed.content[0].content
            outcomes.append(f"error: {said}" if executed.content[0].is_error else json.loads(said)[0]["text"])
    return [tool.name for tool in tools], outcomes
