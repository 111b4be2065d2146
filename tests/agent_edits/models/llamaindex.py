"""A model for LlamaIndex that asks for one tool in each request."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata, MessageRole
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from model import asked

BOUND: list[str] = []
OUTCOMES: list[str] = []


class StandIn(FunctionCallingLLM):
    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_function_calling_model=True)

    def _prepare_chat_with_tools(self, tools: Any, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    async def astream_chat_with_tools(self, tools: Any, chat_history: Any = None, **_: Any) -> Any:
        BOUND[:] = [tool.metadata.name for tool in tools]
        last = chat_history[-1]
        given = last.role == MessageRole.TOOL
        if given:
            OUTCOMES.append(str(last.content))

        async def answer() -> Any:
            message = ChatMessage(role="assistant", content="done" if given else "")
            message.additional_kwargs["given"] = given
            yield ChatResponse(message=message, delta="done" if given else "")

        return answer()

    def get_tool_calls_from_response(self, response: Any, *_: Any, **__: Any) -> list[ToolSelection]:
        if response.message.additional_kwargs["given"]:
            return []
        name = next(one for one in BOUND if asked.TOOL in one)
        return [ToolSelection(tool_id="c", tool_name=name, tool_kwargs=asked.ARGUMENTS)]

    def chat(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    complete = stream_chat = stream_complete = achat = acomplete = astream_chat = astream_complete = chat


class _Told:
    bound, outcomes = BOUND, OUTCOMES


STAND_IN = _Told()


def load_model() -> StandIn:
    return StandIn()
