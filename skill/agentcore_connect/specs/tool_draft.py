"""A tool as some source describes it, before it is reduced to what a Lambda target takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ToolDraft:
    """One tool with full JSON Schemas. `where` is its place in the source, `notes` what reading could not tell."""

    name: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None
    where: str = ""
    notes: tuple[str, ...] = field(default=())

    def as_definition(self) -> dict[str, Any]:
        """The tool in the shape of a tools.json entry."""
        found: dict[str, Any] = {"name": self.name, "description": self.description, "inputSchema": self.input_schema}
        if self.output_schema is not None:
            found["outputSchema"] = self.output_schema
        return found
