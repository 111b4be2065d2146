"""A real pseudo-terminal with a screen model: what a person would see, and keys as they would press them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pyte

SKILL = Path(__file__).resolve().parents[2] / "skill"
#: How long a screen may take at most; nothing waits for time, only for what is shown.
PATIENCE = 20.0

ENTER, ESC, CTRL_C, CTRL_D = "\r", "\x1b", "\x03", "\x04"
UP, DOWN, LEFT, RIGHT, F1 = "\x1b[A", "\x1b[B", "\x1b[D", "\x1b[C", "\x1bOP"
CLEAR_LINE = "\x05\x15"  # to the end, then delete all before


class Driver:
    """One program in a pseudo-terminal, with the keys that were pressed counted."""

    def __init__(
        self,
        argv: list[str],
        cwd: Path,
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str | None] | None = None,
    ) -> None:
        environ = {
            k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "LC_ALL", "COLUMNS", "LINES")
        }
        environ |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PROMPT_TOOLKIT_NO_CPR": "1"}
        for key, value in (environment or {}).items():
            if value is None:
                environ.pop(key, None)
            else:
                environ[key] = value
        self.raw = ""
        self.keys = 0
        self.screen = pyte.HistoryScreen(columns, rows, history=5000, ratio=0.5)
        self._stream = pyte.Stream(self.screen)
        self.process = pexpect.spawn(
            argv[0], argv[1:], cwd=str(cwd), env=environ, dimensions=(rows, columns), encoding="utf-8", timeout=PATIENCE
        )

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip()

    @property
    def history(self) -> str:
        """What scrolled away, and what is on the screen."""
        above = ["".join(row[n].data for n in range(self.screen.columns)).rstrip() for row in self.screen.history.top]
        return "\n".join([*above, *self.lines])

    def wait(self, *texts: str, until: Callable[[], bool] | None = None) -> str:
        """Read until every text is on the screen (blanks and line breaks count alike), and return the screen."""

        def there() -> bool:
            flat = " ".join(self.text.split())
            return all(" ".join(text.split()) in flat for text in texts) and (until is None or until())

        while not there():
            try:
                self._feed(self.process.read_nonblocking(65536, timeout=PATIENCE))
            except pexpect.TIMEOUT:
                raise AssertionError(f"waited in vain for {texts}; the screen is\n{self.text}") from None
            except pexpect.EOF:
                if there():
                    break
                raise AssertionError(f"the program ended without {texts}; the screen is\n{self.text}") from None
        return self.text

    def _feed(self, data: str) -> None:
        self.raw += data
        self._stream.feed(data)

    def press(self, *keys: str) -> Driver:
        """Press keys; a text counts as many presses as it has characters."""
        for key in keys:
            self.keys += 1 if key.startswith("\x1b") else len(key)
            self.process.send(key)
        return self

    def end(self) -> int:
        """Read to the end and return the exit status."""
        try:
            while True:
                self._feed(self.process.read_nonblocking(65536, timeout=PATIENCE))
        except pexpect.EOF:
            pass
        except pexpect.TIMEOUT:
            raise AssertionError(f"the program does not end; the screen is\n{self.text}") from None
        self.process.close()
        return self.process.exitstatus if self.process.exitstatus is not None else 128 + self.process.signalstatus

    def close(self) -> None:
        self.process.close(force=True)


def wizard(words: list[str], cwd: Path, **how: object) -> Driver:
    """The wizard itself in a pseudo-terminal."""
    extra = {"PYTHONPATH": str(SKILL), **dict(how.pop("environment", None) or {})}  # type: ignore[call-overload]
    argv = [sys.executable, "-m", "agentcore_connect", *words]
    return Driver(argv, cwd, environment=extra, **how)  # type: ignore[arg-type]
