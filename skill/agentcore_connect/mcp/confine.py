"""Confines the server: it reads below its root folder and writes into one folder of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agentcore_connect.answers import store
from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.questions import questions


@dataclass(frozen=True, slots=True)
class Bounds:
    """The root folder of a client's paths (absolute), and the folder for plans."""

    root: Path
    out: Path

    def inside(self, given: str, where: str) -> Path:
        """Return a client's path as an absolute path. Errors: ConnectError `outside` if it leaves the root."""
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
        """Refuse answers that name files outside the root. Errors: ConnectError `outside`, or several."""
        problems = []
        for key, value in _paths(answers):
            try:
                self.inside(value, key)
            except ConnectError as error:
                problems.append(error)
        raise_all(problems)

    def target(self) -> Path:
        """The folder for plans. Errors: ConnectError `outside` if a link leads out of the root."""
        self.inside(str(self.out), "--out")
        return self.out


def _paths(answers: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield the answers that are paths, with their keys; URLs are no paths."""
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
