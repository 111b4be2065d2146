"""Measures how random a text is, and whether it looks like a chosen password.

The thresholds are data: `random` in `knowledge/secret-patterns.yaml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

# Expressions are compiled where they are used: most answers are too short for any of them.
_CHUNK: Final = r"[0-9]+|[A-Z]?[a-z]+|[A-Z]+"
_UUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"
_HEX: Final = r"[0-9a-fA-F]+(?:-[0-9a-fA-F]+)*\Z"
_SIGNS: Final = frozenset("!@#$%^&*?+~")
_JOINTS: Final = frozenset("-_/.:\\")
_SHORTEST_PASSWORD: Final = 8
_LONGEST_PASSWORD: Final = 128


def is_random(text: str, rules: Mapping[str, Any], kind: str = "mixed", shortest: int = 0) -> bool:
    """Return whether a text is random by one of the rules: a UUID, hexadecimal, mixed, dense.

    In: the text; the section `random`; which rule for mixed text, `mixed` or `named`; the length that counts, where it
    is not that of the rule.
    """
    mixed = {**rules["mixed"], **rules[kind]}
    if len(text) < (shortest or mixed["min_length"]):
        return False
    if rules["uuid"] and re.match(_UUID, text):
        return True
    return (
        any(re.fullmatch(r"[0-9a-fA-F]+", part) and _is_mixed(part) for part in _parts(text, rules["hex"]))
        or any(
            _is_mixed(part) and mean_chunk(part) < mixed["mean_chunk_below"] for part in _parts(text, mixed, shortest)
        )
        or any(_bits(part) >= one["bits_per_character"] for one in rules["dense"] for part in _parts(text, one))
    )


def is_identifier_like(text: str) -> bool:
    """Return whether a text is a UUID or hexadecimal, as hashes and ids are."""
    return re.match(_HEX, text) is not None


def has_both_cases_and_digits(text: str) -> bool:
    """Return whether there are digits, and letters in both cases."""
    return any(map(str.isdigit, text)) and any(map(str.islower, text)) and any(map(str.isupper, text))


def has_sign_or_digit(text: str) -> bool:
    """Return whether a text has what every password and every token has: a digit or a sign."""
    return any(map(str.isdigit, text)) or not _SIGNS.isdisjoint(text)


def mean_chunk(text: str) -> float:
    """The mean length of runs of digits, runs of capitals and words: below 3 in random text, above 4 in names."""
    return len(text) / max(1, len(re.findall(_CHUNK, text)))


def is_password(text: str) -> bool:
    """Return whether a text is what people choose as a password, and no name, path, sentence or placeholder.

    Letters with a digit or a sign; where words are joined as in names, also capitals among the small letters.
    """
    if not _SHORTEST_PASSWORD <= len(text) <= _LONGEST_PASSWORD or any(map(str.isspace, text)):
        return False
    if not any(map(str.isalpha, text)) or text[0] in "{<$%[()|]}":
        return False
    if not _SIGNS.isdisjoint(text[:-1]):
        return True
    if not any(map(str.isdigit, text)):
        return False
    return _JOINTS.isdisjoint(text) or has_both_cases_and_digits(text)


def _parts(text: str, rule: Mapping[str, Any], shortest: int = 0) -> list[str]:
    return [part for part in re.findall(rule["parts"], text) if len(part) >= (shortest or rule["min_length"])]


def _is_mixed(part: str) -> bool:
    """Return whether there are both digits and letters."""
    return any(char.isdigit() for char in part) and any(char.isalpha() for char in part)


def _bits(text: str) -> float:
    """Shannon's entropy of the characters, in bits each."""
    import math  # rarely needed

    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())
