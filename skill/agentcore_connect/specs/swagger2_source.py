"""A Swagger 2.0 document while it is converted: its parts, and the log of what changes."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.places import Place
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import JsonObject
from agentcore_connect.specs import swagger2_parts as parts
from agentcore_connect.specs.openapi_model import Document, as_list
from agentcore_connect.specs.swagger2_log import Log
from agentcore_connect.specs.swagger2_schemas import Schemas


@dataclass(frozen=True, slots=True)
class Source:
    """The document: its data, how its references lead, its schemas, and the new name of each part by section."""

    log: Log
    root: JsonObject
    document: Document
    schemas: Schemas
    names: Mapping[str, Mapping[str, str]]

    def all_media(self, key: str) -> list[str]:
        """The media types of the whole document. In: `consumes` or `produces`."""
        return self.media(self.root, key, ())

    def media(self, holder: JsonObject, key: str, at: Place) -> list[str]:
        """The media types of an operation, or those of the whole document."""
        given = holder[key] if isinstance(holder.get(key), list) else self.root.get(key)
        found = [one for one in as_list(given) if isinstance(one, str) and one]
        if "*/*" in found:
            self.log.note((*at, key), f"{key} */* is now {parts.JSON}", "media")
        return list(dict.fromkeys(parts.JSON if one == "*/*" else one for one in found))
