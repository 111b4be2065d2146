"""A model for CrewAI that asks for one tool in each request, and notes what it was given."""

from __future__ import annotations

import json
from typing import Any

from crewai import BaseLLM
from model import asked
from pydantic import Field


class StandIn(BaseLLM):
    bound: list[str] = Field(default_factory=list)
    outcomes: list[str] = Field(default_factory=list)

    def supports_function_calling(self) -> bool:
        return True

    def call(self, messages: Any, tools: Any = None, *_: Any, **__: Any) -> Any:
        self.bound[:] = [one["function"]["name"] for one in tools or []] or self.bound
        given = [one["content"] for one in messages if isinstance(one, dict) and one.get("role") == "tool"]
        if given:
            self.outcomes.append(str(given[-1]))
            return "done: " + str(given[-1])
        # CrewAI gives the gateway's tools names of its own
        wanted = asked.TOOL if asked.TOOL != "___" else "target"
        name = next((one for one in self.bound if wanted in one), "none")
        arguments = json.dumps(asked.ARGUMENTS)
        return [{"id": "c", "type": "function", "function": {"name": name, "arguments": arguments}}]


STAND_IN = StandIn(model="stand-in")


def load_model() -> StandIn:
    return STAND_IN
