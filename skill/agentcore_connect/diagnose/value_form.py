"""Explains why a value does not match a pattern of the API's model, without showing the value."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from agentcore_connect.core.patterns import python_pattern

#: The pieces of a pattern: a class, an escape, the head of a group, a quantifier, any other sign.
_PIECES = re.compile(
    r"(?P<some>\[\^?\]?(?:\\.|[^\]\\])*\]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\p\{\w+\}|\\[\s\S]|\.)"
    r"|(?P<mark>\(\?(?:[:=!]|<[=!])|\{[\d,]+\}|[()|?*+^$])|(?P<itself>[\s\S])"
)
#: The longest value that is held against a pattern.
_LONGEST = 2500


def same_pattern(said: str, pattern: str) -> bool:
    """Return whether a message gives this pattern, which the model has without its ends; other words may follow it."""
    plain = pattern.removeprefix("^").removesuffix("$")
    rest = said.removeprefix("^")
    return rest.startswith(plain) and re.match(r"\$?(?:[\s;,)\]\"'.]|$)", rest[len(plain) :]) is not None


def pattern_lacks(value: str, pattern: str) -> str:
    """Explain why a value does not match, in a sentence; empty if uncertain.

    In: the value, which is not shown; the model's pattern. Letters and digits are counted, other signs are named.
    """
    compiled = python_pattern(pattern)
    if compiled is None or len(value) > _LONGEST or compiled.fullmatch(value):
        return ""
    if not value:
        return "The given value is empty."
    pieces = _pieces(pattern)
    wrong = [char for char in value if not any(piece.fullmatch(char) for piece in pieces)] if pieces else []
    if wrong:
        return f"Not allowed in it: {', '.join(_told(wrong))}."
    for words, sign, rest in (("begin", value[0], value[1:]), ("end", value[-1], value[:-1])):
        if not sign.isalnum() and compiled.fullmatch(rest):
            return f"The given value may not {words} with {_kind(sign)}."
    double = re.sub(r"([^A-Za-z0-9])\1+", r"\1", value)
    if double != value and compiled.fullmatch(double):
        repeated = sorted({met[1] for met in re.finditer(r"([^A-Za-z0-9])\1", value)})
        return f"Two of these may not follow each other: {', '.join(map(_kind, repeated))}."
    met = compiled.match(value)
    if met and met.end():
        return f"Its first {met.end()} of {len(value)} characters would fit alone."
    return _stops(value, pattern)


@cache
def _pieces(pattern: str) -> tuple[re.Pattern[str], ...]:
    """Every piece of a pattern that stands for a character; none where one of them cannot be read."""
    found = []
    for met in _PIECES.finditer(pattern):
        if met["mark"]:
            continue
        piece = python_pattern(met["some"] or re.escape(met["itself"]))
        if piece is None:
            return ()
        found.append(piece)
    return tuple(found)


def _stops(value: str, pattern: str) -> str:
    """Up to where a value has the form: no value that goes on like this one can fit what follows."""
    ends = _ends(pattern)
    fits = [end for end in ends if (part := python_pattern(pattern[:end])) and part.match(value)]
    if not ends or (fits and fits[-1] == len(pattern)):
        return ""
    if not fits:
        return f"It must begin with `{pattern[: ends[0]]}`."
    return f"It has this form up to `{pattern[: fits[-1]]}`, and `{pattern[fits[-1] :]}` must follow."


@cache
def _ends(pattern: str) -> tuple[int, ...]:
    """Return the end of each part of a pattern; literal words are one part. None for a choice of whole patterns."""
    depth = 0
    parts: list[tuple[int, bool]] = []
    for met in _PIECES.finditer(pattern):
        mark = met["mark"] or ""
        if mark == "|" and not depth:
            return ()
        depth += mark.startswith("(") - (mark == ")")
        if parts and mark and mark[0] in "?*+{":
            parts[-1] = (met.end(), False)
        elif depth == 0:
            plain = bool(met["itself"]) and met["itself"].isalnum()
            if parts and plain and parts[-1][1]:
                parts.pop()
            parts.append((met.end(), plain))
    return tuple(end for end, _ in parts)


def _told(chars: list[str]) -> list[str]:
    """Each kind of character with its number."""
    return [f"{number} x {name}" for name, number in Counter(map(_kind, chars)).items()]


def _kind(char: str) -> str:
    if char == " ":
        return "a space"
    if not char.isascii():
        return "a character outside ASCII"
    if char.isdigit():
        return "a digit"
    if char.isalpha():
        return "a capital letter" if char.isupper() else "a small letter"
    return f"`{char}`" if char.isprintable() else "a control character"
