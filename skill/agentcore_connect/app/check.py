"""Checks a written plan with the real tools: all results, and how the run was confined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.core.record import NamedTuple

if TYPE_CHECKING:
    from agentcore_connect.verify.report import Result


class Checked(NamedTuple):
    """The results of a check. ``confinement`` describes what the run could not reach."""

    results: tuple[Result, ...]
    confinement: str

    @property
    def passed(self) -> bool:
        """Return whether no check failed."""
        return all(one.status != "failed" for one in self.results)

    def counts(self) -> dict[str, int]:
        """Return the number of results of each status."""
        return {status: sum(one.status == status for one in self.results) for status in ("passed", "failed", "not-run")}

    def as_dict(self, *, everything: bool = False) -> dict[str, object]:
        """Return the results as ``check --json`` prints them; those that passed only on request."""
        said = {"version": 1, "passed": self.passed, "counts": self.counts(), "confinement": self.confinement}
        shown = [one.as_dict() for one in self.results if everything or one.status != "passed"]
        return {**said, "results": shown}


def check(folder: Path, tell: Callable[[str], None] | None = None, *, run_changed: bool = False) -> Checked:
    """Check a written plan in a scratch copy of its project, without AWS or the network.

    Args:
        folder: what ``plan --out`` has written.
        tell: takes the name of each check as it begins.
        run_changed: also run files that were changed since they were written.

    Errors: ConnectError `no-plan`, and what reading the plan raises.
    """
    from agentcore_connect.verify.confined import check_confined

    results, confinement = check_confined(folder, tell or (lambda _name: None), run_changed=run_changed)
    return Checked(tuple(results), confinement)
