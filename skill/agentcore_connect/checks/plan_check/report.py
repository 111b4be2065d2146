"""What a check came to: which file, which check, by what, and when it failed the tool's own words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["passed", "failed", "not-run"]


@dataclass(frozen=True, slots=True)
class Result:
    """One check of one artifact.

    ``by`` names the tool and its version. A check that was not run says why; a failed one the command, the tool's own
    words and what to do.
    """

    artifact: str
    check: str
    status: Status
    by: str
    why: str = ""
    command: str = ""
    said: str = ""
    next: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The result as plain data; what is empty is left out."""
        return {k: v for k, v in asdict(self).items() if v}
