"""The wizard with a moving cursor: questions with a frame, a way back, and a reason.

questionary asks for texts and paths; each question carries its prompt_toolkit application, which gets the frame and
the ways out. A choice is prompt_toolkit's alone (`choice.py`): questionary's list neither folds a reason nor goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import get_terminal_size

import questionary
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.filters import Condition, has_completions
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import CompleteStyle

from agentcore_connect.core.record import dataclass, replace
from agentcore_connect.wizard.choice import Io, Pointer, choice_application, choice_keys
from agentcore_connect.wizard.dressed import Dressed
from agentcore_connect.wizard.pen import Pen, console
from agentcore_connect.wizard.reader import Reader
from agentcore_connect.wizard.reason import reason
from agentcore_connect.wizard.screen import BACK, Back, Block, Option, Reply, Screen
from agentcore_connect.wizard.terminal import Terminal, width_of

_ANSWER_ROWS = 2
_MENU_ROWS = 6
_SECRET = "secret-in-answers"  # noqa: S105 - the code of an error


@dataclass(frozen=True, slots=True)
class _Why:
    """The reply that asks for the reason; the typed text or selection is restored afterwards."""

    at: Reply


class Prompts:
    """Questions with a moving cursor; see `screen.Front`."""

    def __init__(self, terminal: Terminal, stdin: Input | None = None, stdout: Output | None = None) -> None:
        """Store the terminal; tests pass their own input and output."""
        self.terminal = terminal
        self._io = Io(stdin, stdout)

    def ask(self, screen: Screen) -> Reply:
        """Ask a question and return the value or BACK. Errors: KeyboardInterrupt or EOFError if the person leaves."""
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
        """Print blocks that stay on the screen."""
        pen = Pen(self.terminal, width_of(get_terminal_size().columns))
        out = console(self.terminal, None, pen.width)
        for line in pen.blocks(blocks):
            out.print(line, soft_wrap=True)

    def read(self, title: str, blocks: Sequence[Block]) -> None:
        """Show a longer text on a separate screen."""
        Reader(self.terminal, title, blocks, self._io).run()

    def _choose(self, screen: Screen) -> Reply | _Why:
        nothing_open = all(option.unavailable is not None for option in screen.options)
        shown = replace(screen, options=(*screen.options, Option(BACK, "Go back"))) if nothing_open else screen
        pointer = Pointer(shown.options, screen.initial)
        window, application = choice_application(self._io)
        dressed = Dressed(self.terminal, shown, application, lambda: pointer.at, 0)
        window.content = FormattedTextControl(dressed.options, focusable=True)

        def accept(event: KeyPressEvent) -> None:
            value = shown.options[pointer.at].value
            problem = None if isinstance(value, Back) else shown.judge(value)
            if problem is None:
                event.app.exit(result=value)
            else:
                dressed.problem = str(problem)

        keys = choice_keys(pointer)
        keys.add("enter", eager=True)(accept)
        for key in ("escape", "left"):
            keys.add(key, eager=True)(_leaving(BACK, screen.can_go_back))
        for key in ("?", "f1"):
            keys.add(key, eager=True)(lambda event: event.app.exit(result=_Why(shown.options[pointer.at].value)))
        reply: Reply | _Why = dressed.run([window], window, keys)
        return reply

    def _type(self, screen: Screen) -> Reply | _Why:
        question = self._typed_question(screen)
        application = question.application
        buffer = application.layout.current_buffer
        assert buffer is not None  # noqa: S101 - questionary's text questions have one
        rows = _ANSWER_ROWS + (_MENU_ROWS if screen.kind == "path" else 0)
        dressed = Dressed(self.terminal, screen, application, lambda: 0, rows)
        buffer.on_text_changed += dressed.forget_problem

        def accept(event: KeyPressEvent) -> None:
            value, problem = screen.accept(buffer.text)
            if problem is None:  # whether the menu is open or not, since that can hang on how fast one types
                event.app.exit(result=value)
                return
            if buffer.complete_state is not None:
                buffer.complete_state = None
                return
            if _SECRET in [one.code for one in problem.problems]:
                buffer.reset()  # it is not to stay on the screen
            dressed.problem = str(problem)

        keys = _typing_keys(screen, buffer, accept)
        reply: Reply | _Why = dressed.run([application.layout.container], buffer, keys)
        return reply

    def _typed_question(self, screen: Screen) -> questionary.Question:
        initial = "" if screen.initial is None else str(screen.initial)
        mark = self.terminal.symbols.pointer
        if screen.kind != "path":
            return questionary.text("", default=initial, qmark=mark, input=self._io.input, output=self._io.output)
        folders = [str(folder) for folder in screen.folders if folder.is_dir()] or [str(Path.cwd())]
        return questionary.path(
            "",
            default=initial,
            qmark=mark,
            get_paths=lambda: folders,
            complete_style=CompleteStyle.COLUMN,
            reserve_space_for_menu=_MENU_ROWS,
            input=self._io.input,
            output=self._io.output,
        )


def _leaving(result: object, allowed: bool) -> Callable[[KeyPressEvent], None]:
    def leave(event: KeyPressEvent) -> None:
        if allowed:
            event.app.exit(result=result)

    return leave


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
    """Apply a single completion at once, because prompt_toolkit ignores Tab while it searches for completions."""
    if buffer.complete_state is not None:
        buffer.complete_next()
        return
    found = list(buffer.completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
    if len(found) == 1:
        buffer.apply_completion(found[0])
    elif found:
        buffer.start_completion(select_first=True)
