"""The data that both versions of the wizard show and return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.wizard.picture import Picture

Pairs = tuple[tuple[str, str], ...]


class Back:
    """The reply that goes back one question."""


BACK = Back()
#: What a person answers to a question.
Reply: TypeAlias = Json | Back


@dataclass(frozen=True, slots=True)
class Option:
    """One option; ``unavailable`` is the reason if it cannot be chosen."""

    value: Reply
    label: str
    help: str = ""
    unavailable: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a question: position, settled answers, verdict so far, values read, warnings."""

    place: str
    crumbs: Pairs = ()
    verdict: Pairs = ()
    picture: Picture | None = None
    known: Pairs = ()
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """The reason of a question: why it is asked, the effect of each choice, and the sources."""

    title: str
    why: str
    about: str
    leads: Pairs
    sources: Pairs


@dataclass(frozen=True, slots=True)
class Screen:
    """One question as shown.

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
        """Return typed text as a value and the error if it is refused; surrounding blanks are removed if that helps."""
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
    """The interface to a person: with a moving cursor, or line by line."""

    def ask(self, screen: Screen) -> Reply:
        """Ask a question and return the value or BACK. Errors: KeyboardInterrupt or EOFError if the person leaves."""

    def say(self, blocks: Sequence[Block]) -> None:
        """Print blocks that stay on the screen."""

    def read(self, title: str, blocks: Sequence[Block]) -> None:
        """Show a longer text."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something to print. ``kind``: title, text, faint, warning, problem, good, item, command, drawing, crossed, diff.

    The last four are printed as they stand, line by line; everything else is folded at the width.
    ``lead`` stands before the first line of the text.
    """

    kind: str
    text: str = ""
    lead: str = ""
