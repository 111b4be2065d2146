"""Where the server may read and write: below the folder it was started for, and into one folder of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agentcore_connect.answers import store
from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.questions import questions


@dataclass(frozen=True, slots=True)
class Bounds:
    """The folder that paths of a client stay in (absolute), and the one that plans are written to."""

    root: Path
    out: Path

    def inside(self, given: str, where: str) -> Path:
        """The path that a client gave, made absolute. Errors: ConnectError `outside` when it leaves the root."""
        path = (self.root / given).resolve()
        if not path.is_relative_to(self.root):
            raise ConnectError(
                "outside",
                "this path leads out of the folder that the server was started for",
                where=where,
                expected="a path below that folder",
                received=given[:200],
                hint="start the server with --root for another folder, or use the command line",
            )
        return path

    def check_answers(self, answers: JsonObject) -> None:
        """Refuse answers that name files elsewhere. Errors: ConnectError `outside`, or several."""
        problems = []
        for key, value in _paths(answers):
            try:
                self.inside(value, key)
            except ConnectError as error:
                problems.append(error)
        raise_all(problems)

    def target(self) -> Path:
        """The folder for plans. Errors: ConnectError `outside` when a link has made it lead elsewhere."""
        self.inside(str(self.out), "--out")
        return self.out


def _paths(answers: JsonObject) -> Iterator[tuple[str, str]]:
    """The answers to questions for a path, each with its key; addresses are none."""
    for question in questions().values():
        if question.type != "path":
            continue
        if question.scope == "connection":
            listed = answers.get("connections")
            keys = [f"connections.{n}.{question.id}" for n in range(len(listed) if isinstance(listed, list) else 0)]
        else:
            keys = [question.id]
        for key in keys:
            value = store.get(answers, key)
            if isinstance(value, str) and "://" not in value:
                yield key, value
