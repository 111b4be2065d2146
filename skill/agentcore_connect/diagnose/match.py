"""Ranks the known errors for a text by its parts, quoted phrases, patterns and words. No I/O.

The text is taken apart first (see `messages`): an echoed command line, a stack frame or the wrapper of an exception is
no evidence. A phrase or form that other software uses too counts only with a sign of the subject beside it, or when it
is most of the text. The same text always gives the same answer: scores are sums in a fixed order, and ties keep the
order of the rows.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import mapping
from agentcore_connect.diagnose.facts import in_words, message_facts
from agentcore_connect.engine.conditions import holds
from agentcore_connect.knowledge.resources import Entry

if TYPE_CHECKING:
    from agentcore_connect.diagnose.beside import Beside

Rows = Mapping[str, Entry]

#: How much of a pasted log is looked at: its end, where the error stands.
LOOK_AT: Final = 1_000_000
#: What a match by the parts of a message scores: over every phrase, under phrases and over forms, under forms.
_SURE: Final = {"first": 2000.0, "usual": 950.0, "last": 400.0}
#: From this number of words on, a quoted phrase is the subject's own, unless the knowledge says that others use it; a
#: form without a sign of the subject needs as many.
_TELLS: Final = 3
#: The share of a text that a match without a sign of the subject must make up.
_MOST: Final = 0.6
#: What a word weighs by the field of a row it stands in.
_WEIGHTS: Final = {"keywords": 3.0, "title": 2.0, "phrases": 1.5, "causes": 1.0}
#: The least that words alone must say before a row counts as known, and not as merely near.
_ENOUGH: Final = 14.0
_ENOUGH_SHARE: Final = 0.25
#: From this weight on, a word is one that people use for the error; two of them are needed.
_TELLING: Final = 2.0


@dataclass(frozen=True)
class Match:
    """A matching error: its id, and the evidence: parts, phrase, form or words."""

    id: str
    by: str
    score: float


@dataclass(frozen=True)
class Diagnosis:
    """The errors that match a text, most likely first, the nearest others, and details in sentences."""

    matches: tuple[Match, ...]
    nearest: tuple[Match, ...]
    details: tuple[str, ...] = ()


def diagnose(text: str, known: Entry, limit: int = 3, beside: Beside | None = None) -> Diagnosis:
    """Rank the known errors for a text.

    In: any text (a message, a log, a sentence), the data of `knowledge/errors.yaml`, how many to return, and the
    project or plan that the text is about.
    Out: up to `limit` matches, and as many that are merely near. Errors: none.
    """
    rows: Rows = known["errors"]
    if text.strip().upper() in rows:
        return Diagnosis((Match(text.strip().upper(), "id", math.inf),), ())
    looked_at = text[-LOOK_AT:]
    log, facts = message_facts(looked_at, known, beside.around) if beside else message_facts(looked_at, known)
    plain = _plain(log.text)
    subject = _Subject(
        _plain(log.output), len(plain.split()), known["signs"], ours=bool(mapping(facts["aws"]).get("ours"))
    )
    families = [one for one in known["families"] if holds(one["when"], facts)]
    found = [Match(one["row"], "parts", _SURE[one["sure"]]) for one in families]
    shared = frozenset(map(_bare, known["elsewhere"]))
    found += [match for name, row in rows.items() if (match := _quoted(name, row, plain, subject, shared))]
    ranked = _causes_first(_best(sorted(found, key=lambda match: -match.score)), known["wrappers"])
    words = _Words(rows, frozenset(known["little_words"]))
    worded, near = words.rank(_COMMANDS.sub(" ", plain), {match.id for match in ranked}, subject)
    kept = (ranked or ([] if _is_taken_apart(facts, signed=bool(subject.groups)) else worded))[:limit]
    nearest = tuple(match for match in (*ranked, *worded, *near) if match not in kept)[:limit]
    details = in_words(facts, known, looked_at) if kept else []
    details += beside.in_words(log.text, mapping(facts["aws"])) if beside else []
    return Diagnosis(tuple(kept), nearest, tuple(details))


#: Parts of a message that people name in their own sentences too.
_ALSO_SAID: Final = ("mcp", "token", "role", "policy")


def _is_taken_apart(facts: Entry, *, signed: bool) -> bool:
    """Whether a text is a program's message, taken apart: where its parts mean no row, loose words mean none either.

    An answer over HTTP is one where nothing beside it is ``signed`` as the subject's.
    """
    aws = facts["aws"] or {}
    told = any(aws.get(part) for part in ("operation", "service", "action", "field"))
    said = told or f"{aws.get('code')}:" in facts["text"]
    named = any(facts[part] is not None for part in ("oauth", "rpc", "exception", "missing_command"))
    http = facts["http"]
    named = named or (http["status"] is not None and not http["spoken"] and not signed)
    return said or named or any(form for part, form in facts["part"].items() if part not in _ALSO_SAID)


def _best(ranked: Iterable[Match]) -> list[Match]:
    """Each row once, with its best score."""
    found: dict[str, Match] = {}
    for match in ranked:
        found.setdefault(match.id, match)
    return list(found.values())


def _causes_first(ranked: list[Match], wrappers: Sequence[str]) -> list[Match]:
    """A row that only tells where a call failed gives way to the first other of its group, which tells why."""
    if not ranked or ranked[0].id not in wrappers:
        return ranked
    cause = next((one for one in ranked[1:] if one.id[0] == ranked[0].id[0]), ranked[0])
    return [cause, *(one for one in ranked if one is not cause)]


class _Subject:
    """Decides whether a text is on a row's subject: it holds a sign of the row's group (its letter), or of all rows."""

    def __init__(self, output: str, words: int, signs: Mapping[str, str], *, ours: bool) -> None:
        self.words = words
        self.groups = {name for name, form in signs.items() if re.search(form, output, re.IGNORECASE)}
        self.groups |= {"all"} if ours else set()  # an error of one of AgentCore's operations

    def is_of(self, row: str) -> bool:
        """Return whether the text holds a sign for this row."""
        return "all" in self.groups or row[0] in self.groups

    def is_most(self, met: str) -> bool:
        """Return whether this piece is most of the text."""
        return len(met.split()) >= _MOST * self.words


def _quoted(name: str, row: Entry, plain: str, subject: _Subject, shared: frozenset[str]) -> Match | None:
    """A match by a phrase of the row, else by one of its forms; the longer the text that was met, the better."""
    bare = _bare(plain)
    phrases = [wanted for phrase in row.get("phrases", ()) if (wanted := _bare(phrase)) in bare]
    own = any(len(phrase.split()) >= _TELLS and phrase not in shared for phrase in phrases)
    if phrases and (own or subject.is_of(name) or any(map(subject.is_most, phrases))):
        return Match(name, "phrase", 1000.0 + max(map(len, phrases)))
    forms = [met.group(0) for form in row.get("regexes", ()) if (met := re.search(form, plain, re.IGNORECASE))]
    if forms and (subject.is_of(name) or any(subject.is_most(met) for met in forms if len(met.split()) >= _TELLS)):
        return Match(name, "form", 500.0 + min(max(map(len, forms)), 400))
    return None


#: Names of commands in a sentence; which command was run is no evidence of what went wrong.
_COMMANDS: Final = re.compile(r"\bagentcore (?:create|dev|deploy|invoke|status|run)\b", re.IGNORECASE)


def _plain(text: str) -> str:
    """The text on one line."""
    return re.sub(r"\s+", " ", text).strip()


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

    def rank(self, text: str, known: set[str], subject: _Subject) -> tuple[list[Match], list[Match]]:
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
            enough = telling > 1 and share >= _ENOUGH_SHARE and (subject.is_of(name) or share >= _MOST)
            scored.append((Match(name, "words", round(score, 6)), enough))
        scored.sort(key=lambda item: -item[0].score)
        least = max([_ENOUGH, *(0.5 * match.score for match, enough in scored[:1] if enough)])
        kept = [match for match, enough in scored if enough and match.score >= least]
        return kept, [match for match, _ in scored if match not in kept]

    def _of_row(self, row: Entry) -> dict[str, float]:
        """Each word of a row with the weight of the best field it stands in."""
        weights: dict[str, float] = {}
        for field, weight in _WEIGHTS.items():
            value = row.get(field, ())
            for word in self._of([value] if isinstance(value, str) else value):
                weights[word] = max(weight, weights.get(word, 0.0))
        return weights

    def _of(self, texts: Iterable[str]) -> list[str]:
        """The words of some texts, without endings; a name in camelCase or with strokes gives its parts as well."""
        found: dict[str, None] = {}
        for text in texts:
            for name in re.findall(r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", text):
                parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
                found |= dict.fromkeys((name.lower(), *(part.lower() for part in parts)))
        return list(dict.fromkeys(_stem(word) for word in found if len(word) > 1 and word not in self.little))


def _stem(word: str) -> str:
    """A word without the commonest endings, so that `denied`, `denies` and `deny` are one."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word
