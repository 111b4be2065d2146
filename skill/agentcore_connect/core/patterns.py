"""Regular expressions of AWS's service models, which are written for Java."""

from __future__ import annotations

import re
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache

#: A Unicode category, as Java writes it; an escaped character; or a bracket that begins or ends a class.
_PIECE = re.compile(r"\\p\{(?P<category>[A-Z][a-z]?)\}|\\.|(?P<bracket>[\[\]])")


@cache
def python_pattern(pattern: str) -> re.Pattern[str] | None:
    r"""Convert a Java pattern of the model to Python; None if Python cannot compile it.

    Categories such as `\p{L}`, which Python does not know, become ranges of characters.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile("".join(_pieces(pattern)))
    except re.error:
        return None


def _pieces(pattern: str) -> Iterator[str]:
    """Yield a pattern in pieces, with each category as ranges; outside of a class they become a class."""
    place, in_class = 0, False
    for piece in _PIECE.finditer(pattern):
        yield pattern[place : piece.start()]
        place = piece.end()
        if piece["bracket"] is not None:
            in_class = piece["bracket"] == "["
        ranges = _ranges(piece["category"]) if piece["category"] else piece.group()
        yield f"[{ranges}]" if piece["category"] and not in_class else ranges
    yield pattern[place:]


@cache
def _ranges(category: str) -> str:
    """Return the characters of a Unicode category, or of all that begin with its letter, as ranges of a class."""
    found: list[list[int]] = []
    for number in range(sys.maxunicode + 1):
        if unicodedata.category(chr(number)).startswith(category):
            if found and found[-1][1] == number - 1:
                found[-1][1] = number
            else:
                found.append([number, number])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)
