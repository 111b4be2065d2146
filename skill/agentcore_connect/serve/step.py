"""One step of the interview over answers that the client keeps: pure, and through the same gate as every front end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agentcore_connect import interview
from agentcore_connect.answers import document, gate, load, store
from agentcore_connect.answers.document import Document
from agentcore_connect.errors import ConnectError
from agentcore_connect.gather import Gathered, gather
from agentcore_connect.interview import Asked
from agentcore_connect.plan.build import build
from agentcore_connect.questions import Question, kinds, questions
from agentcore_connect.serve.confine import Bounds

NAME = "answers"


@dataclass(slots=True)
class Interview:
    """The answers so far and where they stand. Errors of every method: ConnectError for what cannot be used."""

    bounds: Bounds
    data: dict[str, Any]
    cli_version: str | None = None
    _read: Gathered | None = field(default=None, repr=False)

    def begin(self, kind: str | None, project: str | None) -> None:
        """Take what the call itself answers, and check the whole."""
        if kind is not None:
            listed = [dict(one) for one in self.data.get("connections") or [{}]]
            listed[-1] = {**kinds()[kind], **{k: v for k, v in listed[-1].items() if v is not None}}
            self.data = {**self.data, "connections": listed}
        if project is not None and self.data.get("project") is None:
            self.data = {**self.data, "project": project}
        self._take(self.data)

    def gathered(self) -> Gathered:
        """The answers with what they point to."""
        if self._read is None:
            self._read = gather(Document(self.data, {}, NAME), cli_version=self.cli_version)
        return self._read

    def asked(self) -> Asked | None:
        """The next question; None when there is none."""
        return interview.state(self.gathered().case).asked

    def forget(self, key: str) -> None:
        """Take an answer back."""
        self._take(store.forget(self.data, load.full_key(key, self.data, self._current())))

    def answer(self, key: str, value: Any) -> None:
        """Record an answer; nothing is recorded when it is refused."""
        full = load.full_key(key, self.data, self._current())
        question = load.question_of(full)
        if question is None:
            raise gate.unknown_key(key, key, list(questions()))
        value = _cast(question, value)
        answered = store.put(self.data, full, value)
        load.refuse_secrets(Document(answered, {}, NAME))  # first, since the other messages show what was received
        asked = self.asked()
        problem = (
            interview.refusal(asked, value)
            if asked is not None and asked.key == full
            else gate.check_value(question, value)
        )
        if problem is not None:
            raise problem
        load.checked(Document(answered, {}, NAME))
        before = self.data, self._read
        try:
            self._take(answered)
            self.gathered()
        except ConnectError:
            self.data, self._read = before
            raise

    def position(self) -> dict[str, Any]:
        """The next question or done, as `next` prints it, and the answers to give back with the next call."""
        case = self.gathered().case
        state = interview.state(case)
        found: dict[str, Any]
        if state.asked is not None:
            found = state.asked.as_dict()
        else:
            plan = build(self.gathered())
            found = {
                "status": "done",
                "summary": plan.summary,
                "notes": [warning["text"] for one in plan.connections for warning in one["warnings"]],
            }
        unused = interview.unused(case, state.verdicts)
        return {**found, "answers": self.data, "inferred": self._inferred(), "unused": unused}

    def _inferred(self) -> dict[str, Any]:
        case = self.gathered().case
        found = dict(case.inferred)
        for number, read in case.read.items():
            for key, value in read.get("answers", {}).items():
                if key not in case.connections[number]:
                    found[f"connections.{number}.{key}"] = value
        return found

    def _current(self) -> int:
        """The index of the connection that is being asked about."""
        asked = self.asked()
        if asked is not None and asked.scope.startswith("connections."):
            return int(asked.scope.split(".")[1])
        return max(0, len(self.data.get("connections") or []) - 1)

    def _take(self, data: Mapping[str, Any]) -> None:
        self.bounds.check_answers(data)
        self.data = load.checked(Document(dict(data), {}, NAME)).data
        self._read = None


def _cast(question: Question, value: Any) -> Any:
    """A value that came as text, as the type of its question."""
    if not isinstance(value, str):
        return value
    typed = document.scalar(value) if question.type in ("integer", "boolean") else value
    return gate.cast(question, typed, value)
