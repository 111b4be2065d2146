"""Strips a pasted log of noise: colours, time stamps, stack frames, echoed commands, wrappers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentcore_connect.core.record import NamedTuple

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
#: What a logger puts before a message: time stamps, dates, levels, process names in brackets.
_DECORATION = re.compile(
    r"^[\s|>+*]*"
    r"(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]?(?:\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?\]?\s*[|:-]?\s*)*"
    r"(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\]?\s*[|:-]?\s+)?"
)
_FRAME = re.compile(
    r"^[\s|]*(?:at (?:async )?(?:[\w.$<>]{1,200}|\S{1,200}:\d+|[\w.$<> ]{1,200}\(.*\))"
    r'|File "[^"]*", line \d+.*|\S+\.(?:py|js|ts|mjs):\d+.*|-+> ?\d+ .*|\d+ {2,}.*|[~^]+)$'
)
#: A prompt with a command behind it, as people copy it from a terminal; `#` and a share in % are none by themselves.
_COMMAND = re.compile(
    r"^(?!\s*[\d.]+ ?%)\s*(?:\([\w.-]+\)\s*)?(?:[\w.@~/:\\-]+(?:\s[\w~/.-]+)?\s?)?"
    r"(?:[$%❯➜]|(?<=[\w~:/])\s?#)\s+(\S.*)$"
)
_EXCEPTION = re.compile(
    r"^[\s|]*((?:[A-Za-z_][\w$]*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Fault|Timeout|Group))"
    r"(?:: ?(.*))?$"
)
_ERROR = re.compile(
    r"error|exception|traceback|fail|denied|refused|invalid|not found|cannot|can't|unable|missing|unauthori|forbidden"
    r"|timed? ?out|exceeded|\b[45]\d\d\b",
    re.I,
)
#: How many characters are kept of a long log: of the first lines that speak of an error, of its end, of one line.
_HEAD, _TAIL, _LINE = 16_000, 32_000, 8_000
_WRAPPERS = re.compile(r"(?:Base)?ExceptionGroup$|unhandled errors in a TaskGroup", re.I)


class Raised(NamedTuple):
    """An exception in a traceback: its dotted type, and what it says."""

    type: str
    says: str


class Log(NamedTuple):
    """A log taken apart.

    ``lines`` are the lines that say something, ``output`` all lines but the echoed ``commands``, ``raised`` the
    exceptions in the order of time (the innermost cause of a chain first), without wrappers. ``wrapped`` tells that a
    wrapper (an exception group) hides its cause: none of the exceptions in it is shown.
    """

    lines: tuple[str, ...]
    output: str
    commands: tuple[str, ...]
    raised: tuple[Raised, ...]
    wrapped: bool

    @property
    def text(self) -> str:
        """The lines joined into one."""
        return re.sub(r"\s+", " ", " ".join(self.lines)).strip()


def take_apart(text: str) -> Log:
    """Split a pasted text. In: any text. Out: its parts; a text of one line that is a command stays evidence.

    Of a long log it keeps the first lines that speak of an error, where the cause stands, and the end.
    """
    plain = _COLOUR.sub("", text)
    raw = _telling([_cut(line) for line in plain.splitlines() if line.strip()])
    commands = [found[1].strip() for line in raw if (found := _COMMAND.match(line))]
    said = [line for line in raw if not _COMMAND.match(line)] or raw
    lines = [_DECORATION.sub("", line, count=1).strip() for line in said if not _FRAME.match(line)]
    raised = [Raised(found[1], (found[2] or "").strip()) for line in said if (found := _EXCEPTION.match(line))]
    inner = [one for one in raised if not _is_wrapper(one)]
    wrapper = any(_WRAPPERS.search(line) for line in said)
    if wrapper and inner:
        lines = [line for line in lines if not _WRAPPERS.search(line)]
    return Log(tuple(filter(None, lines)), "\n".join(said), tuple(commands), tuple(inner), wrapper and not inner)


def _telling(lines: list[str]) -> list[str]:
    if sum(map(len, lines)) <= _HEAD + _TAIL:
        return lines
    tail = _within(reversed(lines), _TAIL)[::-1]
    before = lines[: len(lines) - len(tail)]
    head = _within(dict.fromkeys(line for line in before if _ERROR.search(line)), _HEAD)
    return [*head, *tail]


def _within(lines: Iterable[str], size: int) -> list[str]:
    """The first of these lines that together have this size at most, but one at least."""
    found: list[str] = []
    for line in lines:
        size -= len(line)
        if found and size < 0:
            break
        found.append(line)
    return found


def _cut(line: str) -> str:
    """A line without its middle, where it is very long."""
    return line if len(line) <= _LINE else f"{line[: _LINE // 2]} {line[-_LINE // 2 :]}"


def _is_wrapper(one: Raised) -> bool:
    return bool(_WRAPPERS.search(one.type) or _WRAPPERS.search(one.says))
