"""A choice from a list: the pointer, its keys, and the application that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.output import Output

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.wizard.screen import Option

_DIGITS = 10
_DOWN, _UP = ("down", "c-n", "j"), ("up", "c-p", "k")


class Io(NamedTuple):
    """The input and output of prompts: the terminal, or those of a test."""

    input: Input | None
    output: Output | None


class Pointer:
    """The index of the selected option, which is always an available one."""

    def __init__(self, options: Sequence[Option], initial: object) -> None:
        """Select the option with the initial value, else the first available one. At least one must be available."""
        self.open = [number for number, option in enumerate(options) if option.unavailable is None]
        self.at = next((number for number in self.open if options[number].value == initial), self.open[0])

    def move(self, step: int) -> None:
        """Move to the next available option; after the last comes the first."""
        self.at = self.open[(self.open.index(self.at) + step) % len(self.open)]


def choice_application(io: Io) -> tuple[Window, Application[object]]:
    """Create an empty window for the options and its application. Ctrl-C raises KeyboardInterrupt."""
    keys = KeyBindings()
    for key in ("c-c", "c-q"):
        keys.add(key, eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt, style="class:aborting"))
    window = Window()
    return window, Application(layout=Layout(window), key_bindings=keys, input=io.input, output=io.output)


def choice_keys(pointer: Pointer) -> KeyBindings:
    """Bind the keys that move the pointer: arrows, Home, End, and the digits of available options."""
    keys = KeyBindings()
    for names, step in ((_DOWN, 1), (_UP, -1)):
        for key in names:
            keys.add(key, eager=True)(_moving(pointer, step))
    targets = {"home": pointer.open[0], "end": pointer.open[-1]}
    targets |= {str((number + 1) % _DIGITS): number for number in pointer.open if number < _DIGITS}
    for key, number in targets.items():
        keys.add(key, eager=True)(_pointing(pointer, number))
    return keys


def _moving(pointer: Pointer, step: int) -> Callable[[KeyPressEvent], None]:
    return lambda _event: pointer.move(step)


def _pointing(pointer: Pointer, number: int) -> Callable[[KeyPressEvent], None]:
    def point(_event: KeyPressEvent) -> None:
        pointer.at = number

    return point
