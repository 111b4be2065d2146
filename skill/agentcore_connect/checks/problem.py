"""A problem: place, message, and remedy."""

from __future__ import annotations

from typing import Literal

from agentcore_connect.core.record import dataclass

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a check found.

    `severity`: an error is refused by the service or the CLI; a warning works there and fails or weakens something
    else; a notice was put right on the way. `where`: a JSON path, or file:line. `code` is stable, for scripts.
    """

    severity: Severity
    code: str
    where: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """The whole, in one line."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f"; {self.hint}" if self.hint else "")
