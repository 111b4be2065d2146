"""The plan: one object from which the preview, the script, the JSON, the documents and the checks are all made."""

from __future__ import annotations

from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import JsonObject
from agentcore_connect.plan.entries import (
    ArtifactEntry,
    Assumed,
    PlannedConnection,
    PlannedGateway,
    PromisesEntry,
    Sentence,
    StepEntry,
)
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.records import RenderContext, SearchContext


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan: the steps and the reasons.

    ``agent`` says in one line what happens to the agent, ``chosen`` why the plan speaks this surface of the CLI.
    ``context`` is what templates see; it stays out of the JSON. ``script`` is what runtime.mjs reads beside the steps.
    """

    cli_version: str
    surface: str
    known_by: str
    chosen_by: str
    chosen: str
    gateway: PlannedGateway
    semantic_search: SearchContext
    connections: list[PlannedConnection]
    steps: list[StepEntry]
    artifacts: list[ArtifactEntry]
    promises: PromisesEntry
    warnings: list[Sentence]
    notes: list[Sentence]
    assumed: list[Assumed]
    unused: list[str]
    summary: str
    agent: str | None
    answers: JsonObject
    context: RenderContext = field(repr=False)
    operations: list[Operation] = field(default_factory=list, repr=False)
    script: JsonObject = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, object]:
        """The plan as plain data: ``plan --format json`` and ``plan.json``."""
        return {
            "version": 1,
            "cli_version": self.cli_version,
            "surface": {
                "id": self.surface,
                "known_by": self.known_by,
                "chosen_by": self.chosen_by,
                "chosen": self.chosen,
            },
            "via": self.context["plan"]["via"],
            "summary": self.summary,
            "agent": self.agent,
            "gateway": dict(self.gateway),
            "semantic_search": dict(self.semantic_search),
            "connections": self.connections,
            "warnings": self.warnings,
            "steps": self.steps,
            "script": dict(self.script),
            "artifacts": self.artifacts,
            "promises": dict(self.promises),
            "notes": [one["text"] for one in self.notes],
            "assumed": self.assumed,
            "unused": self.unused,
        }
