"""The plan: one object from which the preview, the script, the JSON, the documents and the checks are all made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and why.

    ``agent`` says in one line what happens to the agent. ``context`` is what templates see; it stays out of the JSON.
    ``script`` is what runtime.mjs reads beside the steps.
    """

    cli_version: str
    surface: str
    known_by: str
    gateway: Mapping[str, Any]
    semantic_search: Mapping[str, Any]
    connections: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    artifacts: list[dict[str, Any]]
    promises: Mapping[str, Any]
    warnings: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    assumed: list[dict[str, Any]]
    unused: list[str]
    summary: str
    agent: str | None
    answers: Mapping[str, Any]
    context: Mapping[str, Any] = field(repr=False)
    operations: list[Any] = field(default_factory=list, repr=False)
    script: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain data: ``plan --format json`` and ``plan.json``."""
        return {
            "version": 1,
            "cli_version": self.cli_version,
            "surface": {"id": self.surface, "known_by": self.known_by},
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
