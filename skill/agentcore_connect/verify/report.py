"""The result of a check: file, check, tool, and the tool's message on failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from agentcore_connect import __version__
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json
from agentcore_connect.secrets.search import redact

Status = Literal["passed", "failed", "not-run"]

OWN: Final = f"agentcore-connect {__version__}"
_LONGEST: Final = 1200
_MANY: Final = 8


class Result(NamedTuple):
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

    def as_dict(self) -> dict[str, Json]:
        """Return the result as data, without empty fields."""
        return {k: v for k, v in self._asdict().items() if v}


def judged(
    artifact: str, check: str, by: str, problems: Iterable[object], *, cure: str = "", command: str = "", said: str = ""
) -> Result:
    """Return a passed result, or a failed one with all problems."""
    texts = list(dict.fromkeys(map(str, problems)))
    if not texts:
        return Result(artifact, check, "passed", by)
    return Result(artifact, check, "failed", by, listed(texts), command, quoted(said), cure)


def listed(texts: Sequence[str]) -> str:
    """Join problems into one text, a line each, shortened if there are many."""
    more = [f"... and {len(texts) - _MANY} more"] if len(texts) > _MANY else []
    return "\n".join(text[:_LONGEST] for text in (*texts[:_MANY], *more))


def quoted(text: str, ended: str = "") -> str:
    """Return the end of a program's output, without secrets."""
    words = redact(f"{text.strip()}\n{ended}".strip())
    return words if len(words) <= _LONGEST else "... " + words[-_LONGEST:]
