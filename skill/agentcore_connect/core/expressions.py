"""Regular expressions that are compiled when a text needs them.

Compiling one takes as long as a hundred searches with it, and most of what a short call holds is never met by a text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def later(pattern: str, flags: int = 0) -> re.Pattern[str]:
        """As `re.compile`, which is called on first use."""

else:

    class later:  # noqa: N801 - used as a function
        """As `re.compile`, which is called on first use."""

        def __init__(self, pattern, flags=0):
            """In: what `re.compile` takes."""
            self._given = pattern, flags

        def __getattr__(self, name):
            """Compile it, and keep what was asked for."""
            found = getattr(re.compile(*self._given), name)
            setattr(self, name, found)
            return found


def search(pattern: str, text: str) -> re.Match[str] | None:
    """As `re.search`; a pattern is not compiled for a text that lacks a part of every match."""
    return re.search(pattern, text) if literal(pattern) in text else None


@cache
def literal(pattern: str) -> str:
    """The longest text that stands in whatever the pattern matches; empty where the pattern does not tell."""
    found, run, at = "", "", 0
    if re.match(r"\(\?[aiLmsux]", pattern):
        return ""
    while at < len(pattern):
        char, size = pattern[at], 1
        if char == "|":  # between groups, so that nothing is needed
            return ""
        if char == "\\":
            char, size = pattern[at + 1 : at + 2], 2
            plain = not char.isalnum()
        elif char in "([":
            size = _end(pattern, at) - at
            plain = False
        else:
            plain = char not in "^$.*+?{"
            size = pattern.index("}", at) + 1 - at if char == "{" else 1
        if plain:
            run += char
        else:
            if char == "{" or (size == 1 and char in "*?"):  # the character before it need not be there
                run = run[:-1]
            found, run = max(found, run, key=len), ""
        at += size
    return max(found, run, key=len)


def _end(pattern: str, at: int) -> int:
    """The place behind the group or set that begins there."""
    if pattern[at] == "[":
        at += 2 if pattern[at + 1] != "^" else 3  # a bracket that comes first is one of the set
        while pattern[at] != "]":
            at += 2 if pattern[at] == "\\" else 1
        return at + 1
    at += 1
    while pattern[at] != ")":
        at = _end(pattern, at) if pattern[at] in "([" else at + (2 if pattern[at] == "\\" else 1)
    return at + 1
