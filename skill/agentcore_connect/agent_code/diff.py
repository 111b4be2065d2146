"""Unified diffs, as `git apply` and `patch -p1` take them from the project's root."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff
from typing import Final

from agentcore_connect.agent_code.source import Source

_NO_END: Final = "\\ No newline at end of file\n"


def changed(before: Source, after: Source) -> str:
    """The part of a patch that changes one file; empty where nothing changes."""
    return _diff(before.whole, after.whole, f"a/{before.name}", f"b/{after.name}")


def created(name: str, text: str) -> str:
    """The part of a patch that creates a file."""
    return _diff("", text, "/dev/null", f"b/{name}")


def _diff(before: str, after: str, old: str, new: str) -> str:
    old, new = (f"{one}\t" if " " in one else one for one in (old, new))  # the tab ends a name with blanks
    found = unified_diff(_lines(before), _lines(after), old, new, lineterm="\n")
    return "".join(one if one.endswith("\n") else f"{one}\n{_NO_END}" for one in found)


def _lines(text: str) -> Sequence[str]:
    parts = text.split("\n")
    return [*(f"{one}\n" for one in parts[:-1]), *([parts[-1]] if parts[-1] else [])]
