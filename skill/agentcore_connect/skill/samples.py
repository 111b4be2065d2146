"""Runs an interview to its end with example answers, for the guides.

An answer is the question's default, or the example of the pattern that it has to match; nothing is known here of what a
question is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentcore_connect import interview
from agentcore_connect.answers import store
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.questions import Check, Question, questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.text.document import Document

_MOST = 40
_WORD = "example"


def plan_for(connection: Mapping[str, Any], **others: Mapping[str, Any]) -> tuple[Plan, list[str]]:
    """Plan a connection from these answers. Returns the plan and the ids of the other questions asked.

    In: answers of the connection; those of the gateway and the agent, by scope. Errors: ConnectError from the engine.
    """
    data: dict[str, Any] = {"version": 1, **others, "connections": [{"name": "Example", **connection}]}
    asked: list[str] = []
    while len(asked) < _MOST:
        gathered = gather(Document(data))
        question = interview.state(gathered.case).asked
        if question is None:
            return build(gathered), asked
        asked.append(question.question.id)
        answer = question.default if question.default is not None else example(question.question)
        data = store.put(data, question.key, answer)
    raise ConnectError("endless-interview", f"the questions do not end: {', '.join(asked[-5:])}")


def example(question: Question) -> Any:
    """Return an answer that passes the gate."""
    if question.type == "choice":
        return question.values[0]
    if question.type in ("boolean", "integer"):
        return False if question.type == "boolean" else 1
    if "list" in question.accepts:
        return [{"name": _WORD, "description": "An example.", "inputSchema": {"type": "object", "properties": {}}}]
    shown = next(_examples(question.check), _WORD)
    return [shown] if question.type == "list" else shown


def values(question: str) -> list[Any]:
    """Return the values of a choice."""
    return questions()[question].values


def _examples(check: Check) -> Iterator[str]:
    patterns = load("limits")["patterns"]
    for name in (check.pattern, check.path_or, check.each_pattern, *(check.any_pattern or ())):
        if name is not None:
            yield patterns[name]["example"]
