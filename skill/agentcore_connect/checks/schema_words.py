"""Keywords of JSON Schema said in words, for descriptions."""

from __future__ import annotations

import json
import re

from agentcore_connect.knowledge.resources import load


def sentence(keyword: str, value: object) -> str:
    """Return a keyword and its value as words for a model; empty if there are none."""
    words: str | None = load("tool-schema")["in_words"].get(keyword)
    if words is None or value is None or value == []:
        return ""
    if "{}" not in words:
        return words if value is True else ""
    return words.replace("{}", _said(value))


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_one(one) for one in value if one is not None)
    return _one(value)


def _one(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[\w.:/@+%-]+", value):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # nobody means a value that is nested a thousand deep
        return "…"
