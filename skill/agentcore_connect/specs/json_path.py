"""JSON paths as the checks write them, back to keys and indexes."""

from __future__ import annotations

import json
import re

from agentcore_connect.project.source import JsonPath

_STEP = re.compile(r'\.([A-Za-z_]\w*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]', re.ASCII)


def parse_json_path(text: str) -> JsonPath:
    """The parts of a path such as `$[0].inputSchema.properties["a b"]`; what cannot be read ends it."""
    parts: list[str | int] = []
    at = 1 if text.startswith("$") else 0
    while match := _STEP.match(text, at):
        name, index, quoted = match.groups()
        parts.append(int(index) if index else str(json.loads(quoted)) if quoted else name)
        at = match.end()
    return tuple(parts)
