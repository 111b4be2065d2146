"""Judges names and surrounding words: a secret, or only its name, id or location.

The words are data: `words` in `knowledge/secret-patterns.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Literal

from agentcore_connect.knowledge import resources

Said = Literal["chosen", "issued", "reference"] | None
_WORD: Final = r"OAuth|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
_SENTENCE_END: Final = r"[.;!?](?=\s|$)|\n"


class _Words:
    """The words of `knowledge/secret-patterns.yaml`."""

    __slots__ = ("between", "chosen", "ends", "harmless_before", "issued", "references", "vendors")

    def __init__(self, data: Mapping[str, Sequence[str]]) -> None:
        self.chosen = frozenset(data["chosen"])
        self.issued = frozenset(data["issued"])
        self.vendors = frozenset(data["vendors"])
        self.ends = tuple(data["ends"])
        self.references = frozenset(data["references"])
        self.between = frozenset(data["between"])
        self.harmless_before = frozenset(data["harmless_before"])


def words_of(name: str) -> list[str]:
    """The words of a name or a text in lower case: `DB_PASSWORD`, `dbPassword` and `db-password` have the same two."""
    joined: list[str] = []
    for word in re.findall(_WORD, name):
        if joined and word.isdigit() and joined[-1].isalpha() and f"{joined[-1]}{word}" in _words().references:
            joined[-1] += word  # sha256 is one word
        else:
            joined.append(word.lower())
    return joined


def named(name: str) -> Said:
    """Classify a name: a chosen secret, an issued secret, or a reference to one."""
    return _last_said(words_of(name))


def said_around(text: str, start: int, end: int) -> Said:
    """Classify `text[start:end]` by the words of its sentence, first those before it, then those after."""
    reach = resources.load("secret-patterns")["random"]["context"]
    before = re.split(_SENTENCE_END, text[max(0, start - reach["before"]) : start])[-1]
    words = words_of(before)[-reach["words"] :]
    if words and words[-1] in _words().vendors:
        return "issued"
    said = _last_said(words)
    if said is not None:
        return said
    after = re.split(_SENTENCE_END, text[end : end + reach["after"]])[0]
    return _first_said(words_of(after)[: reach["words"]])


def _last_said(words: Sequence[str]) -> Said:
    for number in range(len(words) - 1, -1, -1):
        if (said := _said(words, number)) is not None:
            return said
    return None


def _first_said(words: Sequence[str]) -> Said:
    """A secret that is named after a value, or a reference right after it: "… is an id", not "… on each request"."""
    known, led = _words(), True
    for number, word in enumerate(words):
        said = _said(words, number)
        if said in ("chosen", "issued"):
            return "reference" if any(one in known.references for one in words[number + 1 : number + 2]) else said
        if said == "reference" and led:
            return said
        led = led and word in known.between
    return None


def _said(words: Sequence[str], number: int) -> Said:
    word, known = words[number], _words()
    if word in known.references:
        return "reference"
    if word in known.chosen:
        return "chosen"
    if word in known.issued:
        return "reference" if number and words[number - 1] in known.harmless_before else "issued"
    return _by_its_end(word, known)


def _by_its_end(word: str, known: _Words) -> Said:
    """Classify a compound word such as `dbpassword` or `apikey`."""
    end = next((one for one in known.ends if word.endswith(one)), None)
    if end is None:
        return None
    return "chosen" if end in known.chosen else "issued"


@cache
def _words() -> _Words:
    return _Words(resources.load("secret-patterns")["words"])
