"""The command line: one module per command, without rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction
    from typing import TypeAlias

    #: What a command adds its parser to.
    Commands: TypeAlias = _SubParsersAction[ArgumentParser]
