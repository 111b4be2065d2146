"""Contracts written as YAML: the same data always gives the same bytes, one fact a line where it fits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from agentcore_connect.core.values import Json, JsonObject, sequence

WIDTH: Final = 150
_PLAIN: Final = re.compile(r"(?:--?)?[A-Za-z_](?:[A-Za-z0-9_./+-]| (?=[A-Za-z0-9_.-]))*")
_NOT_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "none", "nan", "inf"})


def emit(data: JsonObject, header: Sequence[str] = ()) -> str:
    """The YAML text of plain data (mappings, lists, text, integers, truth values, null), with comment lines in front.

    A mapping or list stands on one line when it fits into 150 columns and is at least two levels down; keys keep
    their order.
    """
    lines = [*(f"# {line}" for line in header)]
    _block(data, 0, lines)
    return "\n".join(lines) + "\n"


def _block(data: Json, depth: int, lines: list[str]) -> None:
    margin = "  " * depth
    items = data.items() if isinstance(data, Mapping) else ((None, item) for item in sequence(data))
    for key, value in items:
        lead = f"{margin}{_scalar(key)}: " if key is not None else f"{margin}- "
        flow = _flow(value)
        nested = isinstance(value, (Mapping, list)) and len(value) > 0
        if not nested or ((depth > 0 or not isinstance(value, Mapping)) and len(lead) + len(flow) <= WIDTH):
            lines.append(f"{lead}{flow}")
        elif key is None:
            start = len(lines)
            _block(value, depth + 1, lines)
            lines[start] = f"{margin}- {lines[start].lstrip()}"
        else:
            lines.append(lead.rstrip())
            _block(value, depth + 1, lines)


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
