"""Which known errors a text speaks of: quoted phrases first, then forms of text, then the words people use. No I/O.

The same text always gives the same answer: scores are sums in a fixed order, and ties keep the order of the rows.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Rows = Mapping[str, Mapping[str, Any]]

#: How much of a pasted log is looked at: its end, where the error stands.
LOOK_AT: Final = 200_000
#: What a word weighs by the field of a row it stands in.
_WEIGHTS: Final = {"keywords": 3.0, "title": 2.0, "phrases": 1.5, "causes": 1.0}
#: The least that words alone must say before a row counts as known, and not as merely near.
_ENOUGH: Final = 14.0
_ENOUGH_SHARE: Final = 0.25
#: From this weight on, a word is one that people use for the error; two of them are needed.
_TELLING: Final = 2.0


@dataclass(frozen=True)
class Match:
    """One known error that a text speaks of: its id, and by what it was known: phrase, form or words."""

    id: str
    by: str
    score: float


@dataclass(frozen=True)
class Diagnosis:
    """What a text speaks of, most likely first; and what comes nearest, for when nothing is known."""

    matches: tuple[Match, ...]
    nearest: tuple[Match, ...]


def diagnose(text: str, known: Mapping[str, Any], limit: int = 3) -> Diagnosis:
    """Rank the known errors for a text.

    In: any text (a message, a log, a sentence), the data of `knowledge/errors.yaml`, how many to return.
    Out: up to `limit` matches, and as many that are merely near. Errors: none.
    """
    rows: Rows = known["errors"]
    plain = _plain(text[-LOOK_AT:])
    if plain.strip().upper() in rows:
        return Diagnosis((Match(plain.strip().upper(), "id", math.inf),), ())
    quoted = [match for name, row in rows.items() if (match := _quoted(name, row, plain))]
    ranked = sorted(quoted, key=lambda match: -match.score)
    words = _Words(rows, frozenset(known["little_words"]))
    worded, near = words.rank(plain, {match.id for match in ranked})
    found = (ranked or worded)[:limit]
    return Diagnosis(tuple(found), tuple(match for match in (*ranked, *worded, *near) if match not in found)[:limit])


def _quoted(name: str, row: Mapping[str, Any], plain: str) -> Match | None:
    """A match by a phrase of the row, else by one of its forms; the longer the text that was met, the better."""
    bare = _bare(plain)
    phrases = [len(wanted) for phrase in row.get("phrases", ()) if (wanted := _bare(phrase)) in bare]
    if phrases:
        return Match(name, "phrase", 1000.0 + max(phrases))
    forms = [len(met.group(0)) for form in row.get("regexes", ()) if (met := re.search(form, plain, re.IGNORECASE))]
    return Match(name, "form", 500.0 + min(max(forms), 400)) if forms else None


def _plain(text: str) -> str:
    """The text without colour codes and on one line."""
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text))


def _bare(text: str) -> str:
    """The text in small letters without quotation marks and the strokes that escape them."""
    return re.sub(r"[\"'`‘’“”\\]", "", re.sub(r"\s+", " ", text)).lower()


class _Words:
    """The words of all rows, each with what it weighs in a row and how rare it is among them."""

    def __init__(self, rows: Rows, little: frozenset[str]) -> None:
        self.little = little
        self.weights = {name: self._of_row(row) for name, row in rows.items()}
        seen = Counter(word for row in self.weights.values() for word in row)
        self.rarity = {word: math.log(1 + len(rows) / number) for word, number in seen.items()}

    def rank(self, text: str, known: set[str]) -> tuple[list[Match], list[Match]]:
        """The rows that share enough words with the text, and the others that share any; not those known already."""
        unheard_of = math.log(1 + len(self.weights))
        said = {word: self.rarity.get(word, unheard_of) for word in sorted(self._of([text]))}
        total = sum(said.values())
        scored = []
        for name, row in self.weights.items():
            shared = [word for word in said if word in row]
            if name in known or not shared:
                continue
            share = sum(said[word] for word in shared) / total
            score = sum(said[word] * row[word] for word in shared) * (0.5 + share)
            telling = sum(row[word] >= _TELLING for word in shared)
            scored.append((Match(name, "words", round(score, 6)), telling > 1 and share >= _ENOUGH_SHARE))
        scored.sort(key=lambda item: -item[0].score)
        least = max([_ENOUGH, *(0.5 * match.score for match, enough in scored[:1] if enough)])
        kept = [match for match, enough in scored if enough and match.score >= least]
        return kept, [match for match, _ in scored if match not in kept]

    def _of_row(self, row: Mapping[str, Any]) -> dict[str, float]:
        """Each word of a row with the weight of the best field it stands in."""
        weights: dict[str, float] = {}
        for field, weight in _WEIGHTS.items():
            value = row.get(field, ())
            for word in self._of([value] if isinstance(value, str) else value):
                weights[word] = max(weight, weights.get(word, 0.0))
        return weights

    def _of(self, texts: Iterable[str]) -> set[str]:
        """The words of some texts, without endings; a name in camelCase or with strokes gives its parts as well."""
        found = set()
        for text in texts:
            for name in re.findall(r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", text):
                parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
                found |= {name.lower(), *(part.lower() for part in parts)}
        return {_stem(word) for word in found if len(word) > 1 and word not in self.little}


def _stem(word: str) -> str:
    """A word without the commonest endings, so that `denied`, `denies` and `deny` are one."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word
