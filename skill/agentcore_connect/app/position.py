"""Where an interview stands: what is asked, what was asked before, and how much is left."""

from __future__ import annotations

from typing import NamedTuple

from agentcore_connect import interview
from agentcore_connect.advise.facts import Case
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.interview import view
from agentcore_connect.interview.walk import Asked, State


class Position(NamedTuple):
    """Where the interview stands. ``asked`` is None when it is done; ``is_wanted`` where a person chose to be asked."""

    gathered: Gathered
    state: State
    asked: Asked | None
    is_wanted: bool = False

    @property
    def case(self) -> Case:
        """The answers in force with what was read."""
        return self.gathered.case

    @property
    def connection(self) -> int:
        """The index of the connection that is asked about; of the last one when nothing is."""
        scope = self.asked.scope if self.asked is not None else ""
        if scope.startswith("connections."):
            return int(scope.split(".")[1])
        return max(0, len(self.state.verdicts) - 1)

    def trail(self) -> tuple[str, ...]:
        """The keys that were asked for before, in order."""
        return tuple(view.trail(self.case))

    def progress(self) -> interview.Progress:
        """How many answers there are, and how many questions at most are left."""
        return interview.progress(self.case, self.state)
