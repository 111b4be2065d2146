"""An ADK agent in a runner, with a model that does as the test says."""

from __future__ import annotations

from typing import Any

from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types


class Scripted(BaseLlm):
    """Asks for one tool after the other, and notes what it was given."""

    steps: list[tuple[str, str]]
    bound: list[str] = []  # noqa: RUF012 - a pydantic field
    outcomes: list[str] = []  # noqa: RUF012

    async def generate_content_async(self, llm_request: Any, stream: bool = False) -> Any:
        declared = llm_request.config.tools or []
        self.bound = [function.name for tool in declared for function in tool.function_declarations]
        for part in llm_request.contents[-1].parts:
            if part.function_response:
                answer = part.function_response.response
                self.outcomes.append(f"error: {answer['error']}" if "error" in answer else answer["content"][0]["text"])
        part = types.Part(text="done")
        if self.steps:
            name, text = self.steps.pop(0)
            part = types.Part.from_function_call(name=name, args={"text": text})
        yield LlmResponse(content=types.Content(role="model", parts=[part]))


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    model = Scripted(model="scripted", steps=steps)
    async with client.gateway_session() as session:
        tools = await (client.find_tools(session, query) if query else client.gateway_tools(session))
        runner = InMemoryRunner(agent=LlmAgent(name="assistant", model=model, tools=tools), app_name="test")
        await runner.session_service.create_session(app_name="test", user_id="user", session_id="session")
        message = types.Content(role="user", parts=[types.Part(text="Go.")])
        async for _ in runner.run_async(user_id="user", session_id="session", new_message=message):
            pass
    return model.bound, model.outcomes
