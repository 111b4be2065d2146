"""A tool as some source describes it, before it is reduced to what a Lambda target takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json, JsonObject

if TYPE_CHECKING:
    from agentcore_connect.specs.python_origin import Origin


@dataclass(frozen=True)
class ToolDraft:
    """One tool with full JSON Schemas.

    `where` is its place in the source, `notes` what reading could not tell, `origin` the function behind it, where it
    was read from one.
    """

    name: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject | None = None
    where: str = ""
    notes: tuple[str, ...] = field(default=())
    origin: Origin | None = None

    def as_definition(self) -> dict[str, Json]:
        """The tool in the shape of a tools.json entry."""
        found: dict[str, Json] = {"name": self.name, "description": self.description, "inputSchema": self.input_schema}
        if self.output_schema is not None:
            found["outputSchema"] = self.output_schema
        return found
