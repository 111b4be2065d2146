"""What a front of the wizard is given to show, and what it gives back: plain data, the same for both fronts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.wizard.picture import Picture

Pairs = tuple[tuple[str, str], ...]


class Back:
    """The reply of someone who wants the question before."""


BACK = Back()
#: What a person answers to a question.
Reply: TypeAlias = Json | Back


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen; ``unavailable`` is the reason where it cannot."""

    value: Reply
    label: str
    help: str = ""
    unavailable: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a question: where we are, what is settled, what it is coming to, what was read, warnings."""

    place: str
    crumbs: Pairs = ()
    verdict: Pairs = ()
    picture: Picture | None = None
    known: Pairs = ()
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """The reason of a question: why it is asked, what each choice leads to, and where that is known from."""

    title: str
    why: str
    about: str
    leads: Pairs
    sources: Pairs


@dataclass(frozen=True, slots=True)
class Screen:
    """One question as it is put.

    ``kind`` is choice, text, path or list; ``key`` is where the answer goes. ``options`` are those of a choice.
    ``initial`` is the option's value, or the text, that Enter takes; ``earlier`` says that it is the person's own.
    ``read`` turns text into a value and raises ConnectError, ``judge`` says why a value cannot be taken. ``folders``
    are where paths are completed from.
    """

    kind: str
    text: str
    about: str
    head: Head
    options: tuple[Option, ...] = ()
    initial: Reply = None
    earlier: bool = False
    read: Callable[[str], Json] = str
    judge: Callable[[Json], ConnectError | None] = lambda _value: None
    help: Callable[[], Help] | None = None
    can_go_back: bool = True
    folders: tuple[Path, ...] = field(default=())
    key: str = ""

    def accept(self, text: str) -> tuple[Json, ConnectError | None]:
        """What was typed as a value, with the reason why it cannot be taken; blanks around it may be a slip."""
        problem: ConnectError | None = None
        for candidate in dict.fromkeys((text, text.strip())):
            try:
                value = self.read(candidate)
            except ConnectError as error:
                problem = problem or error
                continue
            refused = self.judge(value)
            if refused is None:
                return value, None
            problem = problem or refused
        return None, problem


class Front(Protocol):
    """A way to talk to a person: with a moving cursor, or line by line."""

    def ask(self, screen: Screen) -> Reply:
        """Put a question; the value, or BACK. Errors: KeyboardInterrupt or EOFError for someone who leaves."""

    def say(self, blocks: Sequence[Block]) -> None:
        """Print something that stays."""

    def read(self, title: str, blocks: Sequence[Block]) -> None:
        """Show something longer, to be read and left."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something to print. ``kind``: title, text, faint, warning, problem, good, item, command, drawing, crossed, diff.

    The last four are printed as they stand, line by line; everything else is folded at the width.
    ``lead`` stands before the first line of the text.
    """

    kind: str
    text: str = ""
    lead: str = ""
