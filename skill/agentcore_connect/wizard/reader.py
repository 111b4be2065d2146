"""A pager for longer texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from rich.text import Text

from agentcore_connect.wizard.choice import Io
from agentcore_connect.wizard.pen import Pen
from agentcore_connect.wizard.screen import Block
from agentcore_connect.wizard.terminal import Terminal, width_of

#: Long enough for an arrow key to arrive in two pieces over a slow line, short enough for Esc to feel immediate.
ESCAPE_SECONDS = 0.1
_FRAME_ROWS = 3


class Reader:
    """A pager: arrow keys scroll; Esc, Enter, q or ? leave."""

    def __init__(self, terminal: Terminal, title: str, blocks: Sequence[Block], io: Io) -> None:
        """Store the blocks to show."""
        self._terminal, self._title, self._blocks, self._io = terminal, title, blocks, io
        self._top = 0

    def run(self) -> None:
        """Show the text until the person leaves."""
        keys = KeyBindings()
        for key in ("escape", "enter", "q", "?", "f1", "left"):
            keys.add(key, eager=True)(lambda event: event.app.exit())
        for key, lines in (("down", 1), ("up", -1), ("pagedown", 10), ("pageup", -10), (" ", 10)):
            keys.add(key, eager=True)(self._scroll(lines))

        @keys.add("c-c", eager=True)
        def _stop(event: KeyPressEvent) -> None:
            event.app.exit(exception=KeyboardInterrupt)

        window = Window(FormattedTextControl(self._text, focusable=True, show_cursor=False))
        application: Application[None] = Application(
            Layout(window), key_bindings=keys, full_screen=True, input=self._io.input, output=self._io.output
        )
        application.ttimeoutlen = application.timeoutlen = ESCAPE_SECONDS
        self._application = application
        application.run()

    def _scroll(self, lines: int) -> Callable[[KeyPressEvent], None]:
        def scroll(_event: KeyPressEvent) -> None:
            self._top += lines

        return scroll

    def _text(self) -> ANSI:
        size = self._application.output.get_size()
        pen = Pen(self._terminal, width_of(size.columns))
        lines = [part for line in pen.blocks(self._blocks) for part in _chopped(line, pen.width)]
        room = max(1, size.rows - _FRAME_ROWS)
        self._top = max(0, min(self._top, len(lines) - room))
        more = f"lines {self._top + 1}-{min(self._top + room, len(lines))} of {len(lines)}"
        foot = f"{self._terminal.symbols.keys} scroll, Esc returns" + (f"   {more}" if len(lines) > room else "")
        shown = lines[self._top : self._top + room]
        padding = [pen.text("")] * (room - len(shown))
        return ANSI(pen.codes([pen.text(self._title, "bold"), *shown, *padding, pen.text(foot, "dim")]).rstrip("\n"))


def _chopped(line: Text, width: int) -> list[Text]:
    """Split an unfolded line into pieces that fit, so that all of it is visible."""
    return list(line.divide(range(width, len(line), width))) if line.cell_len > width else [line]
