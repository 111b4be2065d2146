"""The syntax tree of both readers: values with their places."""

from __future__ import annotations

from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple

MAX_DEPTH = 64


class Node(NamedTuple):
    """One value with its place (both counted from 1).

    `value` is a plain scalar, a list of nodes or a list of (key, value) pairs of nodes; `raw` is the text of an
    unquoted scalar as it was written.
    """

    value: Any
    line: int
    column: int
    raw: str | None = None
    is_mapping: bool = False


def fault(path: str, line: int, column: int, problem: str, hint: str | None = None) -> ConnectError:
    """The error for text that cannot be read as `path` should be: the place and the parser's own words."""
    return ConnectError("malformed-file", problem, where=f"{path}:{line}:{column}", hint=hint)


def too_deep(path: str, line: int, column: int) -> ConnectError:
    """The error for values nested deeper than anything legitimate."""
    return fault(path, line, column, f"lists and mappings are nested more than {MAX_DEPTH} deep")
