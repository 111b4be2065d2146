"""A problem: place, message, and remedy; and the severities of every problem, fault and finding."""

from __future__ import annotations

from typing import Final, Literal

from agentcore_connect.core.record import dataclass

#: `error`: the service or the CLI refuses it. `warning`: it works there, and fails or weakens something else. `note`:
#: it was put right on the way, or is only worth knowing.
Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")


def severity(word: object) -> Severity:
    """Return a word of the knowledge as a severity. Errors: ValueError for any other word."""
    for one in SEVERITIES:
        if one == word:
            return one
    raise ValueError(f"{word!r} is no severity; they are {', '.join(SEVERITIES)}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a check found.

    `where`: a JSON path, or file:line. `code` is stable, for scripts.
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
