"""A chat model for LangChain that asks for one tool in each request, and notes what it was given."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from model import asked


class StandIn(BaseChatModel):
    bound: list[str] = []  # noqa: RUF012 - a pydantic field
    outcomes: list[str] = []  # noqa: RUF012

    @property
    def _llm_type(self) -> str:
        return "stand-in"

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        self.bound[:] = [one.name for one in tools]
        return self

    def _generate(self, messages: Any, *_: Any, **__: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            said = last.content if isinstance(last.content, str) else last.content[0]["text"]
            self.outcomes.append(said)
            message = AIMessage("done")
        else:
            name = next(one for one in self.bound if asked.TOOL in one)
            call = {"name": name, "args": asked.ARGUMENTS, "id": f"u{len(messages)}", "type": "tool_call"}
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])


STAND_IN = StandIn()


def load_model() -> StandIn:
    return STAND_IN
