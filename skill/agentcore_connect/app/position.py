"""The position of an interview: the question, the questions before it, and the number left."""

from __future__ import annotations

from agentcore_connect import interview
from agentcore_connect.advise.facts import Case
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.interview import view
from agentcore_connect.interview.walk import Asked, State


class Position(NamedTuple):
    """The position of an interview. ``asked`` is None when done; ``is_wanted`` if the person chose the question."""

    gathered: Gathered
    state: State
    asked: Asked | None
    is_wanted: bool = False

    @property
    def case(self) -> Case:
        """The answers in force and the files that were read."""
        return self.gathered.case

    @property
    def connection(self) -> int:
        """The index of the connection in question, or of the last one."""
        scope = self.asked.scope if self.asked is not None else ""
        if scope.startswith("connections."):
            return int(scope.split(".")[1])
        return max(0, len(self.state.verdicts) - 1)

    def trail(self) -> tuple[str, ...]:
        """The keys of the earlier questions, in order."""
        return tuple(view.trail(self.case))

    def progress(self) -> interview.Progress:
        """The number of answers, and the maximum number of questions left."""
        return interview.progress(self.case, self.state)

    def ahead(self) -> tuple[Asked, ...]:
        """The further questions that can be answered together with the present one."""
        return () if self.is_wanted else interview.ahead(self.case, self.state)
