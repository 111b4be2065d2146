"""The wizard: the interview in a terminal. Like ``next``, it holds no rules."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from agentcore_connect.core.errors import ConnectError, ExitCode

if TYPE_CHECKING:
    from agentcore_connect.wizard.options import Options
    from agentcore_connect.wizard.screen import Front
    from agentcore_connect.wizard.terminal import Terminal

__all__ = ["main"]


def main(words: list[str]) -> int:
    """Run the wizard with command-line words and return an `ExitCode`.

    To be called where standard input and output are terminals: only then are the libraries that ask loaded.
    """
    from agentcore_connect.wizard import options, terminal

    chosen = options.parse(words)
    seen = terminal.look(os.environ, sys.stdout.encoding, plain=chosen.plain, windows=os.name == "nt")
    try:
        from agentcore_connect.wizard.loop import Sitting

        return Sitting(chosen, _front(seen), seen).run()
    except (KeyboardInterrupt, EOFError):
        _left(chosen)
        return ExitCode.INTERRUPTED
    except ConnectError as error:
        sys.stderr.write(f"agentcore-connect: {error}\n")
        return error.exit_code


def _front(seen: Terminal) -> Front:
    if seen.plain:
        from agentcore_connect.wizard.plain import Plain

        return Plain(seen)
    from agentcore_connect.wizard.prompts import Prompts

    return Prompts(seen)


def _left(chosen: Options) -> None:
    """Tell the person where the answers are and how to resume."""
    kept = f"interrupted; every answer is in {chosen.file}. To go on:\n  {chosen.resume()}"
    text = kept if chosen.file.exists() else "interrupted; nothing was written"
    sys.stderr.write(f"\nagentcore-connect: {text}\n")
