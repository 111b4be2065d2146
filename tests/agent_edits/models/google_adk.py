"""A model for ADK that asks for one tool in each request, and notes what it was given."""

from __future__ import annotations

from typing import Any

from google.adk.models import BaseLlm, LlmResponse
from google.genai import types
from model import asked


class StandIn(BaseLlm):
    bound: list[str] = []  # noqa: RUF012 - a pydantic field
    outcomes: list[str] = []  # noqa: RUF012

    async def generate_content_async(self, llm_request: Any, stream: bool = False) -> Any:
        declared = llm_request.config.tools or []
        BOUND[:] = [function.name for tool in declared for function in tool.function_declarations]
        given = [part.function_response for part in llm_request.contents[-1].parts if part.function_response]
        OUTCOMES.extend(str(one.response) for one in given)
        part = types.Part(text="done")
        if not given:
            name = next(one for one in BOUND if asked.TOOL in one)
            part = types.Part.from_function_call(name=name, args=asked.ARGUMENTS)
        yield LlmResponse(content=types.Content(role="model", parts=[part]))


BOUND: list[str] = []
OUTCOMES: list[str] = []


class _Told:
    bound, outcomes = BOUND, OUTCOMES


STAND_IN = _Told()


def load_model() -> StandIn:
    return StandIn(model="stand-in")
