"""Frames a prompt_toolkit application: settled answers above, keys below, erased at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Always
from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples, to_formatted_text
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, VerticalAlign, Window
from prompt_toolkit.layout.containers import AnyContainer
from prompt_toolkit.layout.layout import FocusableElement

from agentcore_connect.wizard.frame import Frame, frame
from agentcore_connect.wizard.pen import Pen
from agentcore_connect.wizard.reader import ESCAPE_SECONDS
from agentcore_connect.wizard.screen import Pairs, Screen
from agentcore_connect.wizard.terminal import Terminal, width_of


class Dressed:
    """A prompt_toolkit application in the wizard's frame."""

    def __init__(
        self,
        terminal: Terminal,
        screen: Screen,
        application: Application[Any],
        pointed: Callable[[], int],
        answer_rows: int,
    ) -> None:
        """Store the parts to draw.

        Args:
            terminal: what it is drawn on.
            screen: the question.
            application: the one that asks it.
            pointed: the index of the option that is pointed at.
            answer_rows: the lines that the answer takes, where it is typed.
        """
        self._terminal = terminal
        self._screen = screen
        self._application = application
        self._pointed = pointed
        self._answer_rows = answer_rows
        self._drawn: tuple[tuple[object, ...], Frame] | None = None
        self.problem = ""

    def forget_problem(self, buffer: Buffer) -> None:
        """Clear the message about the last answer when the text changes."""
        if buffer.text:
            self.problem = ""

    def run(self, body: list[AnyContainer], focus: FocusableElement, keys: KeyBindings) -> Any:
        """Run the application in its frame and erase it at the end."""
        application = self._application
        above = Window(FormattedTextControl(lambda: self._part("above")), dont_extend_height=True)
        below = Window(FormattedTextControl(lambda: self._part("below")), dont_extend_height=True)
        for window in application.layout.find_all_windows():
            window.dont_extend_height = Always()  # the keys stand below the answer, not at the foot of the terminal
        application.layout = Layout(HSplit([above, *body, below], align=VerticalAlign.TOP), focused_element=focus)
        application.key_bindings = merge_key_bindings([b for b in (application.key_bindings, keys) if b is not None])
        application.erase_when_done = True
        application.ttimeoutlen = application.timeoutlen = ESCAPE_SECONDS
        return application.run()

    def _frame(self) -> tuple[Pen, Frame]:
        size = self._application.output.get_size()
        pen = Pen(self._terminal, width_of(size.columns))
        state = (size, self._pointed(), self.problem)
        if self._drawn is None or self._drawn[0] != state:
            drawn = frame(pen, self._screen, size.rows, state[1], self.problem, self._keys(), self._answer_rows)
            self._drawn = (state, drawn)
        return pen, self._drawn[1]

    def _part(self, name: str) -> ANSI:
        pen, drawn = self._frame()
        return ANSI(pen.codes(getattr(drawn, name)).rstrip("\n"))

    def options(self) -> StyleAndTextTuples:
        """Return the options as prompt_toolkit fragments, with the cursor at the selected one."""
        pen, drawn = self._frame()
        fragments: StyleAndTextTuples = []
        for number, lines in enumerate(drawn.options):
            if number == self._pointed():
                fragments.append(("[SetCursorPosition]", ""))
            fragments += to_formatted_text(ANSI(pen.codes(lines)))
        if fragments and fragments[-1][1].endswith("\n"):
            fragments[-1] = (fragments[-1][0], fragments[-1][1][:-1])
        return fragments

    def _keys(self) -> Pairs:
        screen = self._screen
        keys = [("Enter", "accept")]
        if screen.kind == "choice":
            keys.append((self._terminal.symbols.keys, "move"))
        if screen.kind == "path":
            keys.append(("Tab", "complete"))
        if screen.kind == "list":
            keys.append(("Ctrl-J", "next line"))
        if screen.can_go_back:
            keys.append(("Esc", "back"))
        if screen.help is not None:
            keys.append(("?", "why") if screen.kind == "choice" else ("F1", "why"))
        return (*keys, ("Ctrl-C", "leave"))
