"""The error that this program shows to a person, and its exit codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

_SHORTEST_SECRET: Final = 8
_reading: Final[list[bool]] = []


class ExitCode(IntEnum):
    """The exit statuses of all commands."""

    DONE = 0
    FINDINGS = 1
    BAD_INPUT = 2
    ANSWERS_MISSING = 3
    INTERRUPTED = 130


class ConnectError(Exception):
    """An error that a person can correct; `str(error)` is the complete message.

    In: `code` (kebab-case, stable: tests and scripts match on it), `message` (what is wrong, one sentence),
    `where` ("file:line:key", or as much of it as is known), `expected` (what it should be), `received` (what was
    there), `hint` (what to do next), `exit_code`. What looks like a secret in any part but the hint, which is this
    program's own, is replaced before it is stored: a key, a place or a line of a file may turn out to hold one.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        received: str | None = None,
        hint: str | None = None,
        exit_code: int = ExitCode.BAD_INPUT,
    ) -> None:
        """Store the redacted parts."""
        message = _without_secrets(message)
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.where = where and _without_secrets(where)
        self.expected = expected and _without_secrets(expected)
        self.received = received and _without_secrets(received)
        self.hint = hint
        self.exit_code = int(exit_code)

    @property
    def problems(self) -> list[ConnectError]:
        """The problems in this error; a plain error is its own only problem."""
        return [self]

    def as_dict(self) -> dict[str, object]:
        """Return the error as data for `--json`, without absent parts."""
        parts: dict[str, object] = {"code": self.code, "message": self.message}
        for name in ("where", "expected", "received", "hint"):
            value = getattr(self, name)
            if value is not None:
                parts[name] = value
        return parts

    def __str__(self) -> str:
        """Return the rendered message."""
        return render(self)


class ManyErrors(ConnectError):  # noqa: N818 - the name says that it carries several
    """Several problems found in one pass, shown together.

    In: the problems (at least one; nested ones are flattened), optionally `code` and a heading. The exit code is
    the highest of theirs below 130, unless given.
    """

    def __init__(
        self,
        problems: Iterable[ConnectError],
        *,
        code: str = "several-problems",
        message: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        """Flatten and store the problems. Errors: ValueError when there are none."""
        flat = [single for problem in problems for single in problem.problems]
        if not flat:
            raise ValueError("ManyErrors needs at least one problem")
        if exit_code is None:
            exit_code = max(problem.exit_code for problem in flat)
        heading = message or ("1 problem" if len(flat) == 1 else f"{len(flat)} problems")
        super().__init__(code, heading, exit_code=exit_code)
        self._problems = flat

    @property
    def problems(self) -> list[ConnectError]:
        """The problems, in the order in which they were found."""
        return list(self._problems)

    def as_dict(self) -> dict[str, object]:
        """The heading and each problem as plain data."""
        return {"code": self.code, "message": self.message, "problems": [one.as_dict() for one in self._problems]}


def raise_all(problems: Sequence[ConnectError]) -> None:
    """Raise the collected problems: a single one as it is, several as `ManyErrors`."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ManyErrors(problems)


def render(error: ConnectError) -> str:
    """Render a message: the place and the problem, then the expected value and the next step.

    Out: plain text without colour or a closing newline. Control characters in any part are shown escaped, so a
    hostile file cannot write to the terminal through an error message.
    """
    if isinstance(error, ManyErrors):
        lines = [f"{plain(error.message)}:"]
        for problem in error.problems:
            first, *rest = render(problem).split("\n")
            lines.append(f"- {first}")
            lines.extend(f"  {line}" for line in rest)
        return "\n".join(lines)
    head = plain(error.message)
    if error.where:
        head = f"{plain(error.where)}: {head}"
    lines = [head]
    for label, text in (("expected", error.expected), ("received", error.received), ("next", error.hint)):
        if text:
            body = plain(text).replace("\n", "\n    ")
            lines.append(f"  {label}: {body}")
    return "\n".join(lines)


def _without_secrets(text: str) -> str:
    """Redact a text. A short text cannot hold a secret and is returned at once."""
    if len(text) < _SHORTEST_SECRET or _reading:
        return text
    from agentcore_connect import secrets

    _reading.append(True)  # the list itself may be what is broken, and its error comes through here
    try:
        return secrets.redact(text)
    except ConnectError:
        return text
    finally:
        _reading.pop()


def plain(text: str) -> str:
    """Escape all control characters except line breaks."""
    return "".join(
        char if char == "\n" or char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
