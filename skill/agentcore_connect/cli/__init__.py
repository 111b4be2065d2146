"""The command line: one module per command, without rules."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction
    from typing import TypeAlias

    #: What a command adds its parser to.
    Commands: TypeAlias = _SubParsersAction[ArgumentParser]


class HelpFormatter(RawDescriptionHelpFormatter):
    """Keeps the lines of a description as they are.

    argparse creates a formatter for each option that is added, and loads shutil and the compression modules to learn
    the width; this one asks the terminal itself.
    """

    def __init__(self, prog: str) -> None:
        """In: the program's name as the usage shows it."""
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal as `shutil.get_terminal_size` finds it."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80 if sys.__stdout__ else 80
    except (OSError, ValueError):
        return 80
