"""Draws with rich: styled lines, folded to a width, as terminal codes or printed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from agentcore_connect.wizard.screen import Block
from agentcore_connect.wizard.terminal import Terminal

#: How each kind of block looks. Nothing is said by colour alone.
STYLES = {
    "title": "bold",
    "text": "",
    "faint": "dim",
    "warning": "yellow",
    "problem": "bold red",
    "good": "green",
    "command": "bold",
    "drawing": "cyan",
    "crossed": "red",
    "item": "",
    "diff": "",
}
_AS_IT_STANDS = ("command", "drawing", "crossed", "diff")
_OPTION = r"(?<=\s)--?[A-Za-z][\w-]*"
_VARIABLE = r"\$\{?\w+\}?"
_DIFF = {"+": "green", "-": "red", "@": "cyan"}


class Pen:
    """Draws for one terminal at one width."""

    def __init__(self, terminal: Terminal, width: int) -> None:
        """Store the terminal's abilities."""
        self.terminal = terminal
        self.width = width
        self._console = console(terminal, io.StringIO(), width)

    def text(self, text: str, style: str = "") -> Text:
        """Return the text in a style; brackets and braces are literal."""
        return Text(self.terminal.spell(text), style=style)

    def fold(self, text: Text, lead: str = "", lead_style: str = "", width: int | None = None) -> list[Text]:
        """Fold the text into lines, with a lead before the first and blanks before the others."""
        room = max(8, (width or self.width) - len(lead))
        lines = list(text.wrap(self._console, room)) if text.plain else [Text()]
        first = self.text(lead, lead_style)
        found = []
        for number, line in enumerate(lines):
            line.rstrip()
            found.append(Text.assemble(first if number == 0 else " " * len(lead), line))
        return found

    def codes(self, lines: Iterable[Text]) -> str:
        """Return the lines as terminal codes."""
        with self._console.capture() as capture:
            for line in lines:
                self._console.print(line, soft_wrap=True)
        return capture.get()

    def block(self, block: Block) -> list[Text]:
        """Return the lines of one block."""
        style = STYLES[block.kind]
        if block.kind in _AS_IT_STANDS:
            return [
                Text.assemble(self.text(block.lead), self._exact(block.kind, line, style))
                for line in block.text.split("\n")
            ]
        return [
            line
            for number, part in enumerate(block.text.split("\n"))
            for line in self.fold(self.text(part, style), block.lead if number == 0 else " " * len(block.lead), style)
        ]

    def _exact(self, kind: str, line: str, style: str) -> Text:
        """Return an unfolded line that people can copy as it is."""
        shown = self.text(line, style)
        if kind == "command":
            shown.highlight_regex(_OPTION, "not bold cyan")
            shown.highlight_regex(_VARIABLE, "not bold magenta")
        elif kind == "diff":
            shown.stylize(_DIFF.get(line[:1], "dim"))
        return shown

    def blocks(self, blocks: Sequence[Block]) -> list[Text]:
        """Return the lines of several blocks."""
        return [line for block in blocks for line in self.block(block)]


def console(terminal: Terminal, file: io.TextIOBase | None, width: int) -> Console:
    """Create a rich console that reads no markup in texts, with or without colour."""
    return Console(
        file=file,  # type: ignore[arg-type]
        width=width,
        force_terminal=not terminal.plain,
        color_system=None if terminal.plain else "standard",
        no_color=not terminal.colour,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False if file is not None else None,
    )
