"""Keeps secrets out of the answers: finds them by name, by form and, in credential fields, by randomness.

What a secret looks like is data: `knowledge/secret-patterns.yaml`. No message repeats a value it found.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from agentcore_connect import resources
from agentcore_connect.answers.document import Mark, where
from agentcore_connect.errors import ConnectError

CODE: Final = "secret-in-answers"
_HIDDEN: Final = "…"
_CHUNK = re.compile(r"[0-9]+|[A-Z]?[a-z]+|[A-Z]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_ADDRESS = re.compile(r"(?i)(arn:|[a-z][a-z0-9+.-]{1,20}://)")
_KEY_MARKS = re.compile(r"[-_\s.]")


class _Form(NamedTuple):
    """A form that secrets have. Its expression is compiled only once a text holds one of its hints."""

    regex: str
    what: str
    hints: tuple[str, ...]

    def search(self, text: str) -> re.Match[str] | None:
        lowered = text.lower()
        return re.search(self.regex, text) if any(hint in lowered for hint in self.hints) else None

    def sub(self, by: str, text: str) -> str:
        return re.sub(self.regex, by, text)


class _Rules(NamedTuple):
    values: list[_Form]
    urls: list[_Form]
    keys: frozenset[str]
    credential_keys: frozenset[str]
    random: Mapping[str, Any]
    fields: Mapping[str, list[re.Pattern[str]]]
    advice: list[tuple[list[re.Pattern[str]], str]]


def scan(data: Any, marks: Mapping[str, Mark] | None = None, path: str = "", at: str = "") -> list[ConnectError]:
    """Look through answers, or through one value at a dotted key, for secrets.

    In: the data, the marks and the name of the file they came from, the dotted key of `data` within the answers
    ("connections.0.endpoint" for a value about to be set).
    Out: one ConnectError `secret-in-answers` a find, in order, with the place and the safe way. Never the value.
    """
    finder = _Finder(marks or {}, path)
    parts = tuple(at.split(".")) if at else ()
    if parts and not isinstance(data, Mapping):
        finder.look_at_key(parts[:-1], parts[-1], data)
    finder.look_at(data, parts)
    return finder.found


def redact(text: str) -> str:
    """The text with everything replaced that has the form of a secret, for messages that must repeat it."""
    rules = _rules()
    for form in (*rules.values, *rules.urls):
        text = form.sub("[removed]", text)
    return text


def looks_like_secret(text: str, *, credential: bool = False) -> str | None:
    """What kind of secret a text has the form of, None where it has none.

    In: the text; `credential` where it stands in the place of a secret, so that a long random string is one too.
    """
    rules = _rules()
    found = next((form.what for form in (*rules.values, *rules.urls) if form.search(text)), None)
    return found or ("a long random string" if credential and _is_random(text, rules.random) else None)


class _Finder:
    def __init__(self, marks: Mapping[str, Mark], path: str) -> None:
        self.found: list[ConnectError] = []
        self._marks = marks
        self._path = path
        self._rules = _rules()
        self._places: set[tuple[str, ...]] = set()

    def look_at(self, value: Any, parts: tuple[str, ...]) -> None:
        """Look at a value and all below it."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                self.look_at_key(parts, str(key), item)
                self.look_at(item, (*parts, str(key)))
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                self.look_at(item, (*parts, str(index)))
        elif isinstance(value, str) and (what := self._form(value) or self._randomness(value, parts)):
            self._report(parts, f"the value looks like {what}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(str(value), parts)

    def look_at_key(self, parents: tuple[str, ...], key: str, value: Any) -> None:
        """Look at the name alone: what it says it holds, and whether it is a secret itself."""
        if what := self._form(key):
            self._report((*parents, key), f"a key looks like {what}")
        elif isinstance(value, Mapping) or self._is_in("free_names", (*parents, key)):
            return
        elif self._names_a_secret(parents, key):
            self._report((*parents, key), "this key would hold a secret, and secrets do not go into the answers")

    def _names_a_secret(self, parents: tuple[str, ...], key: str) -> bool:
        name = _KEY_MARKS.sub("", key).lower()
        return name in self._rules.keys or (name in self._rules.credential_keys and self._is_in("credential", parents))

    def _form(self, text: str) -> str | None:
        forms = [*self._rules.values, *(self._rules.urls if "://" in text or "?" in text else ())]
        return next((form.what for form in forms if form.search(text)), None)

    def _randomness(self, text: str, parts: tuple[str, ...]) -> str | None:
        if not self._is_in("credential", parts) or self._is_in("not_random", parts) or _ADDRESS.match(text):
            return None
        return "a long random string" if _is_random(text, self._rules.random) else None

    def _number(self, digits: str, parts: tuple[str, ...]) -> None:
        strict = self._is_in("credential", parts) and not self._is_in("not_random", parts)
        if strict and len(digits) >= self._rules.random["mixed"]["min_length"]:
            self._report(parts, "the value looks like a long random number")

    def _is_in(self, kind: str, parts: Sequence[str]) -> bool:
        place = ".".join(parts)
        return any(pattern.match(place) for pattern in self._rules.fields[kind])

    def _report(self, parts: tuple[str, ...], message: str) -> None:
        if parts in self._places:
            return
        self._places.add(parts)
        shown = [_HIDDEN if self._form(part) else part for part in parts]
        place = where(self._path, self._marks, ".".join(parts)) if self._path else ".".join(parts)
        for hidden in (part for part, kept in zip(parts, shown, strict=True) if part != kept):
            place = place.replace(hidden, _HIDDEN)
        dotted = ".".join(parts)
        advice = next(text for places, text in self._rules.advice if any(one.match(dotted) for one in places))
        exposed = resources.load("secret-patterns")["exposed"]
        self.found.append(ConnectError(CODE, message, where=place, hint=f"{advice}. {exposed}"))


def _is_random(text: str, rules: Mapping[str, Any]) -> bool:
    if rules["uuid"] and _UUID.match(text):
        return True
    return (
        any(re.fullmatch(r"[0-9a-fA-F]+", part) and _is_mixed(part) for part in _parts(text, rules["hex"]))
        or any(
            _is_mixed(part) and len(part) / len(_CHUNK.findall(part)) < rules["mixed"]["mean_chunk_below"]
            for part in _parts(text, rules["mixed"])
        )
        or any(_bits(part) >= one["bits_per_character"] for one in rules["dense"] for part in _parts(text, one))
    )


def _parts(text: str, rule: Mapping[str, Any]) -> list[str]:
    return [part for part in re.findall(rule["parts"], text) if len(part) >= rule["min_length"]]


def _is_mixed(part: str) -> bool:
    """Whether there are both digits and letters."""
    return any(char.isdigit() for char in part) and any(char.isalpha() for char in part)


def _bits(text: str) -> float:
    """Shannon's entropy of the characters, in bits each."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


@cache
def _rules() -> _Rules:
    data = resources.load("secret-patterns")
    return _Rules(
        values=[_Form(one["regex"], one["what"], tuple(one["hints"])) for one in data["values"]],
        urls=[_Form(one["regex"], one["what"], tuple(one["hints"])) for one in data["urls"]],
        keys=frozenset(data["keys"]["secret"]),
        credential_keys=frozenset(data["keys"]["secret_in_credential_fields"]),
        random=data["random"],
        fields={kind: _places(found) for kind, found in data["fields"].items()},
        advice=[(_places(one["at"]), one["text"]) for one in data["advice"]],
    )


def _places(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    return [re.compile("".join(_place(pattern)) + r"\Z") for pattern in patterns]


def _place(pattern: str) -> Iterator[str]:
    for number, part in enumerate(pattern.split(".")):
        if number:
            yield r"\."
        yield ".*" if part == "**" else re.escape(part).replace(r"\*", "[^.]*")
