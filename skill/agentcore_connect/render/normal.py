"""The answers as they are written beside a plan: running them again gives the same bytes."""

from __future__ import annotations

import os
import re
from pathlib import Path

from agentcore_connect.advise.records import Read
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.values import Json, mappings

#: The functions that are named after a Python file.
_FUNCTIONS = re.compile(r"(?<=\.py):[^/\\]*$")
#: Keys that name files, in a connection.
_PATHS = {"tools": "tools_path", "schema": "schema_path"}


def normal_answers(gathered: Gathered, out: Path) -> dict[str, Json]:
    """The answers with paths that fit the folder they are written to; nothing that was not answered is added."""
    data: dict[str, Json] = {"version": 1, **{k: v for k, v in gathered.document.data.items() if v is not None}}
    if gathered.cli_version is not None:
        data["cli_version"] = gathered.cli_version
    if gathered.project is not None:
        data["project"] = os.path.relpath(gathered.project.root, out.resolve())
    connections = []
    for number, connection in enumerate(mappings(data.get("connections"))):
        read = gathered.case.read.get(number, Read())._asdict()
        changed = {k: v for k, v in connection.items() if v is not None}
        for key, found in _PATHS.items():
            given = changed.get(key)
            if read[found] is not None and isinstance(given, str):
                functions = _FUNCTIONS.search(given)
                changed[key] = os.path.relpath(read[found], out.resolve()) + (functions[0] if functions else "")
        connections.append(changed)
    data["connections"] = connections
    return data
