"""A model client for AutoGen that asks for one tool in each request."""

from __future__ import annotations

import json
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import CreateResult, ModelInfo, RequestUsage
from autogen_ext.models.replay import ReplayChatCompletionClient
from model import asked

_INFO = ModelInfo(vision=False, function_calling=True, json_output=False, family="unknown", structured_output=False)
_USAGE = RequestUsage(prompt_tokens=0, completion_tokens=0)


class StandIn(ReplayChatCompletionClient):
    def __init__(self) -> None:
        super().__init__([], model_info=_INFO)
        self.bound: list[str] = []

    async def create(self, messages: Any, *, tools: Any = (), **_: Any) -> CreateResult:
        self.bound = [tool["name"] if isinstance(tool, dict) else tool.name for tool in tools]
        name = next(one for one in self.bound if asked.TOOL in one)
        call = FunctionCall(id="c", name=name, arguments=json.dumps(asked.ARGUMENTS))
        return CreateResult(finish_reason="function_calls", content=[call], usage=_USAGE, cached=False)


class _Told:
    """What an assistant answers with is what the tool said."""

    outcomes: list[str] = []  # noqa: RUF012

    @property
    def bound(self) -> list[str]:
        return MODEL.bound


MODEL = StandIn()
STAND_IN = _Told()


def load_model() -> StandIn:
    return MODEL
