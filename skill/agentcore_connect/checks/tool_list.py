"""The list of tools in a document, and how places in it are named."""

from __future__ import annotations

import json
from collections.abc import Mapping

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.problem import Problem
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import load


def unwrap(document: object) -> tuple[list[Json], list[Problem]]:
    """The list of tools in a document, bare or in one of the known wrappers, or one tool by itself.

    Out: the list, and a notice when something was around it.
    Errors: ConnectError `tool-schema-shape` for anything else.
    """
    if isinstance(document, list):
        return document, []
    for wrapper in load("tool-schema")["wrappers"]:
        inner = document
        for key in wrapper["keys"]:
            inner = inner.get(key) if isinstance(inner, Mapping) else None
        if isinstance(inner, list):
            path = "".join(f".{key}" for key in wrapper["keys"])
            message = f"the list was taken out of {wrapper['text']}: the CLI wants the bare list"
            return inner, [Problem("note", "wrapped-list", f"${path}", message)]
    if isinstance(document, Mapping) and "name" in document:
        return [document], [Problem("note", "single-tool", "$", "one tool was put into a list: the CLI wants a list")]
    raise ConnectError(
        "tool-schema-shape",
        "this is not a list of tools",
        where="$",
        expected='a JSON array of {"name", "description", "inputSchema"}',
        received=f"a JSON {shown(document)}",
        hint="`agentcore-connect tools` makes one from an MCP tools/list, an OpenAPI document or Python functions",
    )


def shown(value: object) -> str:
    """Return the JSON type of a value."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    kinds = {str: "text", int: "number", float: "number", list: "list"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), "object")
