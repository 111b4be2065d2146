"""A written plan held against the real tools: every result, and how what ran was confined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agentcore_connect.verify.report import Result


class Checked(NamedTuple):
    """The results of a check. ``confinement`` says in words what could not be reached by what ran."""

    results: tuple[Result, ...]
    confinement: str

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(one.status != "failed" for one in self.results)

    def as_dict(self) -> dict[str, object]:
        """The results as ``check --json`` prints them."""
        said = {"version": 1, "passed": self.passed, "confinement": self.confinement}
        return {**said, "results": [one.as_dict() for one in self.results]}


def check(folder: Path, tell: Callable[[str], None] | None = None, *, run_changed: bool = False) -> Checked:
    """Check a written plan in a scratch copy of its project; neither AWS nor the network is called.

    Args:
        folder: what ``plan --out`` has written.
        tell: takes the name of each check as it begins.
        run_changed: also run files that were changed since they were written.

    Errors: ConnectError `no-plan`, and what reading the plan raises.
    """
    from agentcore_connect.verify.confined import check_confined

    results, confinement = check_confined(folder, tell or (lambda _name: None), run_changed=run_changed)
    return Checked(tuple(results), confinement)
