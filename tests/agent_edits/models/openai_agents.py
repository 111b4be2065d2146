"""A model for the OpenAI Agents SDK that asks for one tool in each request."""

from __future__ import annotations

import json
from typing import Any

from agents import Model, ModelResponse, Usage
from model import asked
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText


class StandIn(Model):
    def __init__(self) -> None:
        self.bound: list[str] = []
        self.outcomes: list[str] = []

    async def get_response(self, *given: Any, **named: Any) -> ModelResponse:
        _, items, _, tools, *_ = [*given, *named.values()]
        self.bound = [tool.name for tool in tools]
        last = items[-1] if isinstance(items, list) else {}
        output: Any
        if last.get("type") == "function_call_output":
            said = last["output"]
            self.outcomes.append(said[0]["text"] if isinstance(said, list) else str(said))
            text = ResponseOutputText(text="done", type="output_text", annotations=[])
            output = ResponseOutputMessage(id="1", role="assistant", status="completed", type="message", content=[text])
        else:
            name = next(one for one in self.bound if asked.TOOL in one)
            output = ResponseFunctionToolCall(
                call_id="c", name=name, arguments=json.dumps(asked.ARGUMENTS), type="function_call"
            )
        return ModelResponse(output=[output], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


STAND_IN = StandIn()


def load_model() -> StandIn:
    return STAND_IN
