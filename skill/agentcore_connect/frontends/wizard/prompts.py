"""The front with a moving cursor: questionary's questions, with a way back, a reason, and a frame around them.

questionary asks, and its question objects carry the prompt_toolkit application. This is the one module that reaches
into it: the application's layout gets the frame, its key bindings get the ways out, and what its list shows is drawn
here, because questionary neither folds a long reason nor goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.filters import Always, Condition, has_completions
from prompt_toolkit.formatted_text import ANSI, to_formatted_text
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, VerticalAlign, Window
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import CompleteStyle
from questionary.prompts.common import InquirerControl

from agentcore_connect.frontends.wizard.frame import Frame, frame
from agentcore_connect.frontends.wizard.pen import Pen, console
from agentcore_connect.frontends.wizard.reader import ESCAPE_SECONDS, Reader
from agentcore_connect.frontends.wizard.reason import reason
from agentcore_connect.frontends.wizard.screen import BACK, Block, Option, Pairs, Screen
from agentcore_connect.frontends.wizard.terminal import Terminal, width_of

_ANSWER_ROWS = 2
_MENU_ROWS = 6
_DIGITS = 10
_SECRET = "secret-in-answers"  # noqa: S105 - the code of an error


@dataclass(frozen=True, slots=True)
class _Why:
    """The reply of someone who asks for the reason; what was typed or pointed at is taken up again afterwards."""

    at: Any


class Prompts:
    """Questions with a moving cursor; see `screen.Front`."""

    def __init__(self, terminal: Terminal, stdin: Input | None = None, stdout: Output | None = None) -> None:
        """Keep the terminal; tests bring an input and an output of their own."""
        self.terminal = terminal
        self._io: dict[str, Any] = {k: v for k, v in (("input", stdin), ("output", stdout)) if v is not None}

    def ask(self, screen: Screen) -> Any:
        """Put a question; the value, or BACK. Errors: KeyboardInterrupt or EOFError for someone who leaves."""
        while True:
            ask = self._choose if screen.kind == "choice" else self._type
            reply = ask(screen)
            if not isinstance(reply, _Why):
                return reply
            if screen.help is not None:
                shown = screen.help()
                self.read(shown.title, reason(shown))
            screen = replace(screen, initial=reply.at)

    def say(self, blocks: Sequence[Block]) -> None:
        """Print something that stays."""
        pen = Pen(self.terminal, width_of(get_terminal_size().columns))
        out = console(self.terminal, None, pen.width)
        for line in pen.blocks(blocks):
            out.print(line, soft_wrap=True)

    def read(self, title: str, blocks: Sequence[Block]) -> None:
        """Show something longer on a screen of its own, until it is left."""
        Reader(self.terminal, title, blocks, self._io).run()

    def _choose(self, screen: Screen) -> Any:
        nothing_open = all(option.unavailable is not None for option in screen.options)
        shown = replace(screen, options=(*screen.options, Option(BACK, "Go back"))) if nothing_open else screen
        digits = len(shown.options) <= _DIGITS
        choices = [
            questionary.Choice(
                option.label,
                value=number,
                disabled=option.unavailable,
                shortcut_key=str((number + 1) % _DIGITS) if digits else False,
            )
            for number, option in enumerate(shown.options)
        ]
        at_hand = [c for c, o in zip(choices, shown.options, strict=True) if o.value == screen.initial]
        initial = next((choice for choice in at_hand if not choice.disabled), None)
        question = questionary.select("", choices, default=initial, use_shortcuts=digits, **self._io)
        window = next(
            w for w in question.application.layout.find_all_windows() if isinstance(w.content, InquirerControl)
        )
        control = window.content
        assert isinstance(control, InquirerControl)  # noqa: S101 - it was looked for by its type
        dressed = _Dressed(self.terminal, shown, question.application, lambda: control.pointed_at, 0)
        control.text = dressed.options

        def accept(event: KeyPressEvent) -> None:
            value = shown.options[control.pointed_at].value
            problem = None if value is BACK else shown.judge(value)
            if problem is None:
                event.app.exit(result=value)
            else:
                dressed.problem = str(problem)

        keys = KeyBindings()
        keys.add("enter", eager=True)(accept)
        for key in ("escape", "left"):
            keys.add(key, eager=True)(_leaving(BACK, screen.can_go_back))
        for key in ("?", "f1"):
            keys.add(key, eager=True)(
                lambda event: event.app.exit(result=_Why(shown.options[control.pointed_at].value))
            )
        for key in ("home", "end"):
            keys.add(key, eager=True)(_jump(control, last=key == "end"))
        return dressed.run([window], window, keys)

    def _type(self, screen: Screen) -> Any:
        question = self._typed_question(screen)
        application = question.application
        buffer = application.layout.current_buffer
        assert buffer is not None  # noqa: S101 - questionary's text questions have one
        rows = _ANSWER_ROWS + (_MENU_ROWS if screen.kind == "path" else 0)
        dressed = _Dressed(self.terminal, screen, application, lambda: 0, rows)
        buffer.on_text_changed += dressed.forget_problem

        def accept(event: KeyPressEvent) -> None:
            if buffer.complete_state is not None:
                buffer.complete_state = None
                return
            value, problem = screen.accept(buffer.text)
            if problem is None:
                event.app.exit(result=value)
                return
            if _SECRET in [one.code for one in problem.problems]:
                buffer.reset()  # it is not to stay on the screen
            dressed.problem = str(problem)

        keys = _typing_keys(screen, buffer, accept)
        return dressed.run([application.layout.container], buffer, keys)

    def _typed_question(self, screen: Screen) -> questionary.Question:
        initial = "" if screen.initial is None else str(screen.initial)
        mark = self.terminal.symbols.pointer
        if screen.kind != "path":
            return questionary.text("", default=initial, qmark=mark, **self._io)
        folders = [str(folder) for folder in screen.folders if folder.is_dir()] or [str(Path.cwd())]
        return questionary.path(
            "",
            default=initial,
            qmark=mark,
            get_paths=lambda: folders,
            complete_style=CompleteStyle.COLUMN,
            reserve_space_for_menu=_MENU_ROWS,
            **self._io,
        )


def _leaving(result: Any, allowed: bool) -> Callable[[KeyPressEvent], None]:
    def leave(event: KeyPressEvent) -> None:
        if allowed:
            event.app.exit(result=result)

    return leave


def _jump(control: InquirerControl, *, last: bool) -> Callable[[KeyPressEvent], None]:
    def jump(_event: KeyPressEvent) -> None:
        numbers = [n for n, choice in enumerate(control.choices) if not choice.disabled]
        control.pointed_at = numbers[-1 if last else 0]

    return jump


def _typing_keys(screen: Screen, buffer: Buffer, accept: Callable[[KeyPressEvent], None]) -> KeyBindings:
    keys = KeyBindings()
    keys.add("enter", eager=True)(accept)

    @keys.add("escape")
    def _escape(event: KeyPressEvent) -> None:
        if buffer.complete_state is not None:
            buffer.cancel_completion()
        elif screen.can_go_back:
            event.app.exit(result=BACK)

    at_start = Condition(lambda: buffer.cursor_position == 0) & ~has_completions
    keys.add("left", filter=at_start, eager=True)(_leaving(BACK, screen.can_go_back))
    empty = Condition(lambda: not buffer.text)
    keys.add("?", filter=empty, eager=True)(lambda event: event.app.exit(result=_Why(buffer.text)))
    keys.add("f1", eager=True)(lambda event: event.app.exit(result=_Why(buffer.text)))
    if screen.kind == "path":
        keys.add("tab", eager=True)(lambda _event: _complete(buffer))
    if screen.kind == "list":
        keys.add("c-j", eager=True)(lambda _event: buffer.insert_text("\n"))
    return keys


def _complete(buffer: Buffer) -> None:
    """Take the only completion at once: prompt_toolkit drops a Tab that comes while it still looks for completions."""
    if buffer.complete_state is not None:
        buffer.complete_next()
        return
    found = list(buffer.completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
    if len(found) == 1:
        buffer.apply_completion(found[0])
    elif found:
        buffer.start_completion(select_first=True)


class _Dressed:
    """One application of questionary's in its frame."""

    def __init__(
        self,
        terminal: Terminal,
        screen: Screen,
        application: Application[Any],
        pointed: Callable[[], int],
        answer_rows: int,
    ) -> None:
        self._terminal = terminal
        self._screen = screen
        self._application = application
        self._pointed = pointed
        self._answer_rows = answer_rows
        self._drawn: tuple[Any, Frame] | None = None
        self.problem = ""

    def forget_problem(self, buffer: Buffer) -> None:
        """What was said about the last answer no longer holds once it is changed."""
        if buffer.text:
            self.problem = ""

    def run(self, body: list[Any], focus: Any, keys: KeyBindings) -> Any:
        """Run the application in its frame, and leave no trace of it on the screen."""
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

    def options(self) -> Any:
        """The options as prompt_toolkit's fragments, with the cursor at the one that is pointed at."""
        pen, drawn = self._frame()
        fragments: list[Any] = []
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
