"""Keeps secrets out of the answers: finds them by name, by form and, in credential fields, by randomness.

What a secret looks like is data: `knowledge/secret-patterns.yaml`. No message repeats a value it found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from agentcore_connect import resources
from agentcore_connect.answers import secret_forms
from agentcore_connect.answers.document import Mark, where
from agentcore_connect.errors import ConnectError

CODE: Final = "secret-in-answers"
_HIDDEN: Final = "…"
_KEY_MARKS: Final = str.maketrans("", "", "-_. \t\n")


class _Rules(NamedTuple):
    keys: frozenset[str]
    credential_keys: frozenset[str]
    shortest_number: int
    fields: Mapping[str, list[list[str]]]
    advice: list[tuple[list[list[str]], str]]


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
    """The text with everything replaced that looks like a secret, for messages that must repeat it."""
    kept, at = [], 0
    for found in sorted(secret_forms.find(text)):
        if found.end > at:
            kept += [text[at : max(at, found.start)], "[removed]" if found.start >= at else ""]
            at = found.end
    return "".join([*kept, text[at:]])


def looks_like_secret(text: str, *, credential: bool = False, name: str = "") -> str | None:
    """What kind of secret a text looks like or holds, None where there is none.

    In: the text; `credential` where it stands in the place of a secret, so that a long random string is one too;
    the name that it is given (a variable, a key), which may say that it is one.
    """
    found = next(secret_forms.find(text, "credential" if credential else "prose", name), None)
    return found.what if found else None


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
        elif isinstance(value, str):
            found = next(secret_forms.find(value, self._place(parts), self._name(parts)), None)
            if found is not None:
                self._report(parts, f"the value looks like {found.what}")
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
        name = key.translate(_KEY_MARKS).lower()
        return name in self._rules.keys or (name in self._rules.credential_keys and self._is_in("credential", parents))

    def _form(self, text: str) -> str | None:
        found = next(secret_forms.find(text), None)
        return found.what if found else None

    def _place(self, parts: Sequence[str]) -> secret_forms.Place:
        if self._is_in("identifier", parts):
            return "identifier"
        if self._is_in("not_random", parts):
            return "address"
        return "credential" if self._is_in("credential", parts) else "prose"

    def _name(self, parts: Sequence[str]) -> str:
        """The developer's own name for a value; the answers' own keys hold no secrets."""
        return parts[-1] if parts and self._is_in("free_names", parts) else ""

    def _number(self, digits: str, parts: tuple[str, ...]) -> None:
        if self._place(parts) == "credential" and len(digits) >= self._rules.shortest_number:
            self._report(parts, "the value looks like a long random number")

    def _is_in(self, kind: str, parts: Sequence[str]) -> bool:
        return any(_fits(place, parts) for place in self._rules.fields[kind])

    def _report(self, parts: tuple[str, ...], message: str) -> None:
        if parts in self._places:
            return
        self._places.add(parts)
        shown = [_HIDDEN if self._form(part) else part for part in parts]
        place = where(self._path, self._marks, ".".join(parts)) if self._path else ".".join(parts)
        for hidden in (part for part, kept in zip(parts, shown, strict=True) if part != kept):
            place = place.replace(hidden, _HIDDEN)
        advice = next(text for places, text in self._rules.advice if any(_fits(one, parts) for one in places))
        exposed = resources.load("secret-patterns")["exposed"]
        self.found.append(ConnectError(CODE, message, where=place, hint=f"{advice}. {exposed}"))


@cache
def _rules() -> _Rules:
    data = resources.load("secret-patterns")
    return _Rules(
        keys=frozenset(data["keys"]["secret"]),
        credential_keys=frozenset(data["keys"]["secret_in_credential_fields"]),
        shortest_number=data["random"]["mixed"]["min_length"],
        fields={kind: _places(found) for kind, found in data["fields"].items()},
        advice=[(_places(one["at"]), one["text"]) for one in data["advice"]],
    )


def _places(patterns: Sequence[str]) -> list[list[str]]:
    return [pattern.split(".") for pattern in patterns]


def _fits(place: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether a place is that of a pattern: `*` stands for any part or any beginning of one, `**` for the rest."""
    if place[-1] == "**":
        place = place[:-1]
        if len(parts) < len(place) + (1 if place else 0):
            return False
    elif len(parts) != len(place):
        return False
    return all(
        part == wanted or (wanted.startswith("*") and part.endswith(wanted[1:]))
        for wanted, part in zip(place, parts, strict=False)
    )
