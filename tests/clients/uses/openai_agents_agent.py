"""An agent of the OpenAI Agents SDK with a model that does as the test says."""

from __future__ import annotations

import json
from typing import Any

from agents import Agent, Model, ModelResponse, Runner, Usage
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText


class Scripted(Model):
    """Asks for one tool after the other, and notes what it was given."""

    def __init__(self, steps: list[tuple[str, str]]) -> None:
        self.steps = list(steps)
        self.bound: list[str] = []
        self.outcomes: list[str] = []

    async def get_response(self, *given: Any, **named: Any) -> ModelResponse:
        _, items, _, tools, *_ = [*given, *named.values()]
        self.bound = [tool.name for tool in tools]
        last = items[-1] if isinstance(items, list) else {}
        if last.get("type") == "function_call_output":
            self.outcomes.append(_said(last["output"]))
        output: Any = ResponseOutputMessage(
            id="1",
            role="assistant",
            status="completed",
            type="message",
            content=[ResponseOutputText(text="done", type="output_text", annotations=[])],
        )
        if self.steps:
            name, text = self.steps.pop(0)
            arguments = json.dumps({"text": text})
            output = ResponseFunctionToolCall(
                call_id=f"call-{len(self.steps)}", name=name, arguments=arguments, type="function_call"
            )
        return ModelResponse(output=[output], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


def _said(output: Any) -> str:
    if isinstance(output, list):
        return str(output[0]["text"])
    try:
        return str(json.loads(output)["text"])
    except (ValueError, KeyError, TypeError):
        return f"error: {output}"


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    model = Scripted(steps)
    async with client.gateway_servers() as servers:
        if query:
            await client.find_tools(servers, query)
        await Runner.run(Agent(name="Assistant", model=model, mcp_servers=servers), "Go.")
    return model.bound, model.outcomes
