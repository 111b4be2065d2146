"""A front that answers by itself, so that the wizard's logic is tested without any terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agentcore_connect.wizard.loop import Sitting
from agentcore_connect.wizard.options import Options
from agentcore_connect.wizard.screen import Block, Screen
from agentcore_connect.wizard.terminal import Terminal

TERMINAL = Terminal(plain=True, unicode=False, colour=False)


def short(key: str) -> str:
    return ".".join(key.split(".")[2:]) if key.startswith("connections.") else key


class Scripted:
    """Answers from a mapping by key; ``turns`` come first: replies, or functions of the screen."""

    def __init__(self, answers: Mapping[str, Any], *turns: Any, end: Sequence[Any] = ("write",)) -> None:
        self.answers = dict(answers)
        self.turns = list(turns)
        self.end = list(end)
        self.screens: list[Screen] = []
        self.said: list[Block] = []

    @property
    def asked(self) -> list[str]:
        return [short(screen.key) for screen in self.screens if screen.key]

    def ask(self, screen: Screen) -> Any:
        self.screens.append(screen)
        if not screen.key:
            reply = self.end.pop(0)
            return reply(screen) if callable(reply) else reply
        if self.turns:
            turn = self.turns.pop(0)
            reply = turn(screen) if callable(turn) else turn
            if reply is not None:
                return reply
        value = self.answers[short(screen.key)]
        problem = screen.judge(value)
        assert problem is None, f"{screen.key}: {problem}"
        return value

    def say(self, blocks: Sequence[Block]) -> None:
        self.said += blocks

    def read(self, title: str, blocks: Sequence[Block]) -> None:
        self.said += [Block("title", title), *blocks]

    @property
    def text(self) -> str:
        return "\n".join(block.lead + block.text for block in self.said)


def sit(front: Any, folder: Path, kind: str | None = None, **how: Any) -> int:
    """One sitting in a folder, which has to be the working folder too where a path is relative."""
    options = Options(
        kind,
        how.pop("file", folder / "answers.yaml"),
        how.pop("out", folder / "connect"),
        how.pop("project", None),
        None,
        plain=False,
        via=how.pop("via", "cli"),
    )
    return Sitting(options, front, how.pop("terminal", TERMINAL)).run()
