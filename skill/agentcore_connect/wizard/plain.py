"""The wizard without a moving cursor, for screen readers and logs: line by line, choices by number."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import TextIO

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.wizard.pen import Pen
from agentcore_connect.wizard.picture import sentence
from agentcore_connect.wizard.reason import reason
from agentcore_connect.wizard.screen import BACK, Back, Block, Head, Option, Reply, Screen
from agentcore_connect.wizard.terminal import Terminal, width_of

_BACK, _WHY = "<", "?"


class Plain:
    """Questions line by line; see `screen.Front`."""

    def __init__(self, terminal: Terminal, stdin: TextIO | None = None, stdout: TextIO | None = None) -> None:
        """Store the terminal and the streams."""
        self.terminal = terminal
        self._stdin = stdin or sys.stdin
        self._stdout = stdout or sys.stdout
        self._told: Head | None = None

    def ask(self, screen: Screen) -> Reply:
        """Ask a question and return the value or BACK. Errors: KeyboardInterrupt or EOFError if the person leaves."""
        self._tell(screen.head)
        self._put(screen)
        while True:
            line = self._line("> ")
            if line.strip() == _WHY and screen.help is not None:
                shown = screen.help()
                self.read(shown.title, reason(shown))
                self._put(screen)
            elif line.strip() == _BACK and screen.can_go_back:
                return BACK
            else:
                value, problem = _chosen(screen, line) if screen.kind == "choice" else self._typed(screen, line)
                if problem is None:
                    return value
                self.say([Block("problem", str(problem), "Not taken: ")])

    def say(self, blocks: Sequence[Block]) -> None:
        """Print blocks that stay on the screen."""
        pen = Pen(self.terminal, width_of(get_terminal_size().columns))
        self._stdout.write(pen.codes(pen.blocks(blocks)))
        self._stdout.flush()

    def read(self, title: str, blocks: Sequence[Block]) -> None:
        """Print a longer text."""
        self.say([Block("title", title), *blocks, Block("text")])

    def _line(self, prompt: str) -> str:
        self._stdout.write(prompt)
        self._stdout.flush()
        line = self._stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def _tell(self, head: Head) -> None:
        """Print only the changes since the last question."""
        before, self._told = self._told, head
        blocks = [Block("text", text) for text in head.notices]
        if head.known and (before is None or before.known != head.known):
            read = ", ".join(f"{key} {value}" for key, value in head.known)
            blocks.append(Block("text", f"Read, not asked: {read}."))
        if before is not None and before.verdict != head.verdict:
            blocks.append(
                Block("text", "So far: " + ", ".join(f"{name} {value}" for name, value in head.verdict) + ".")
            )
        if head.picture is not None and (before is None or before.picture != head.picture):
            blocks.append(Block("text", sentence(head.picture)))
        said = before.warnings if before is not None else ()
        blocks += [Block("warning", text, "Warning: ") for text in head.warnings if text not in said]
        self.say([Block("text"), *blocks])

    def _put(self, screen: Screen) -> None:
        place = screen.head.place
        blocks = [Block("text", place[:1].upper() + place[1:] + "."), Block("title", screen.text)]
        if screen.about:
            blocks.append(Block("text", screen.about))
        for number, option in enumerate(screen.options, 1):
            blocks.append(Block("text", _in_words(option, option.value == screen.initial), f"{number}. "))
        self.say([*blocks, Block("text", _how(screen))])

    def _typed(self, screen: Screen, line: str) -> tuple[Json, ConnectError | None]:
        if not line and screen.initial not in (None, ""):
            line = str(screen.initial)
        while screen.kind == "list" and line.rstrip().endswith(","):
            line += "\n" + self._line("> ")
        return screen.accept(line)


def _in_words(option: Option, default: bool) -> str:
    if option.unavailable is not None:
        return f"Not possible here: {option.label}. Because: {option.unavailable}"
    about = f": {option.help}" if option.help else ""
    return f"{option.label}{' (Enter takes this)' if default else ''}{about}"


def _how(screen: Screen) -> str:
    parts = ["Type a number."] if screen.kind == "choice" else []
    if screen.kind == "list":
        parts.append("Separate by commas; after a comma at the end the next line goes on.")
    if screen.kind != "choice" and screen.initial not in (None, ""):
        parts.append(f"Enter takes {screen.initial}.")
    if screen.help is not None:
        parts.append(f"{_WHY} says why.")
    if screen.can_go_back:
        parts.append(f"{_BACK} goes back.")
    return " ".join([*parts, "Ctrl-C leaves, answers are kept."])


def _chosen(screen: Screen, line: str) -> tuple[Reply, ConnectError | None]:
    """Return the option for a number, a value, or an empty reply with a default."""
    word = line.strip()
    open_ones = [option for option in screen.options if option.unavailable is None]
    found: Option | None = None
    if not word:
        found = next((option for option in open_ones if option.value == screen.initial), None)
    elif word.isdecimal() and 1 <= int(word) <= len(screen.options):
        found = screen.options[int(word) - 1]
    else:
        found = next((option for option in screen.options if str(option.value).lower() == word.lower()), None)
    if found is None:
        return None, ConnectError(
            "no-such-choice", "this is none of the choices", expected=f"a number from 1 to {len(screen.options)}"
        )
    if found.unavailable is not None:
        return None, ConnectError("choice-unavailable", found.unavailable)
    return found.value, None if isinstance(found.value, Back) else screen.judge(found.value)
