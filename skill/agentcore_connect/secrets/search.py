"""Keeps secrets out of the answers: finds them by name, by form and, in credential fields, by randomness.

What a secret looks like is data: `knowledge/secret-patterns.yaml`. No message repeats a value it found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce
from typing import Any, Final, Literal

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources
from agentcore_connect.secrets import forms
from agentcore_connect.secrets.forms import Found
from agentcore_connect.text.document import Mark, where

Place = Literal["prose", "credential", "identifier", "address"]

CODE: Final = "secret-in-answers"
_HIDDEN: Final = "…"
_KINDS: Final = ("identifier", "not_random", "credential", "free_names")  # where two name a place, the first counts
_REST: Final = "**"
_PLACES: Final[Mapping[str | None, Place]] = {
    "identifier": "identifier",
    "not_random": "address",
    "credential": "credential",
}
_KEY_MARKS: Final = str.maketrans("", "", "-_. \t\n")


class _Rules:
    """The rules of `knowledge/secret-patterns.yaml` that are about keys and places, ready to be asked."""

    __slots__ = ("advice", "below", "credential_keys", "exact", "keys", "shortest_number")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.keys = frozenset(data["keys"]["secret"])
        self.credential_keys = frozenset(data["keys"]["secret_in_credential_fields"])
        self.shortest_number: int = data["random"]["mixed"]["min_length"]
        self.advice = [([place.split(".") for place in one["at"]], one["text"]) for one in data["advice"]]
        self.exact: dict[str, str] = {}
        self.below: dict[str, str] = {}
        for kind in _KINDS:
            for place in data["fields"][kind]:
                if place.endswith(_REST):
                    self.below.setdefault(place.removesuffix(_REST), kind)
                else:
                    self.exact.setdefault(place, kind)

    def kind_of(self, place: str) -> str | None:
        """Return the kind of a field. In: its dotted name, with `*` for an index."""
        return self.exact.get(place) or self.kind_above(place)

    def kind_above(self, place: str) -> str | None:
        """Return the kind of the fields above a place."""
        return next((kind for lead, kind in self.below.items() if place.startswith(lead)), None)


def scan(data: object, marks: Mapping[str, Mark] | None = None, path: str = "", at: str = "") -> list[ConnectError]:
    """Look through answers, or through one value at a dotted key, for secrets.

    In: the data, the marks and the name of the file they came from, the dotted key of `data` within the answers
    ("connections.0.endpoint" for a value about to be set).
    Out: one ConnectError `secret-in-answers` a find, in order, with the place and the safe way. Never the value.
    """
    finder = _Finder(marks or {}, path)
    parts = tuple(at.split(".")) if at else ()
    place = reduce(_below, parts, "")
    if parts and not isinstance(data, Mapping):
        finder.look_at_key(parts[:-1], parts[-1], data, place)
    finder.look_at(data, parts, place)
    return finder.found


def redact(text: str) -> str:
    """The text with everything replaced that looks like a secret, for messages that must repeat it."""
    kept, at = [], 0
    for found in sorted(find(text), key=lambda found: (found.start, found.end)):
        if found.end > at:
            kept += [text[at : max(at, found.start)], "[removed]" if found.start >= at else ""]
            at = found.end
    return "".join([*kept, text[at:]])


def find(text: str, place: Place = "prose", name: str = "") -> Iterator[Found]:
    """Every secret in a text, in no particular order; finds may overlap.

    In: the text; the place it stands in; the name that it is given there (a key, a variable), if it has one.
    """
    if not name and len(text) < forms.LONG and text.isidentifier():
        return  # a short word: it has none of the signs that short secrets have
    yield from forms.find(text)
    if place == "address":
        return
    bare = forms.without_addresses(text)
    strict = place != "prose" and len(bare) >= forms.LONG and not forms.is_address(text)
    if name or strict or forms.has_token(bare) or forms.has_assignment(bare):
        from agentcore_connect.secrets import context  # most answers need it for none of their values

        yield from context.find(text, bare, place, name)


def looks_like_secret(text: str, *, credential: bool = False, name: str = "") -> str | None:
    """Return the kind of secret in a text, or None.

    In: the text; `credential` where it stands in the place of a secret, so that a long random string is one too;
    the name that it is given (a variable, a key), which may say that it is one.
    """
    found = next(find(text, "credential" if credential else "prose", name), None)
    return found.what if found else None


class _Finder:
    def __init__(self, marks: Mapping[str, Mark], path: str) -> None:
        self.found: list[ConnectError] = []
        self._marks = marks
        self._path = path
        self._rules = _rules()
        self._places: set[tuple[str, ...]] = set()

    def look_at(self, value: object, parts: tuple[str, ...], place: str) -> None:
        """Look at a value and all below it. In: the value, its place as parts and as the rules name it."""
        if isinstance(value, str):
            kind = self._rules.kind_of(place)
            name = parts[-1] if kind == "free_names" else ""  # the answers' own keys hold no secrets
            found = next(find(value, _PLACES.get(kind, "prose"), name), None)
            if found is not None:
                self._report(parts, f"the value looks like {found.what}")
        elif isinstance(value, Mapping):
            for key, item in value.items():
                text = str(key)
                inner = _below(place, text)
                self.look_at_key(parts, text, item, inner)
                self.look_at(item, (*parts, text), inner)
        elif isinstance(value, list | tuple):
            inner = _below(place, "0")
            for index, item in enumerate(value):
                self.look_at(item, (*parts, str(index)), inner)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(str(value), parts, place)

    def look_at_key(self, parents: tuple[str, ...], key: str, value: object, place: str) -> None:
        """Look at the name alone: what it says it holds, and whether it is a secret itself."""
        if what := self._form(key):
            self._report((*parents, key), f"a key looks like {what}")
        elif not isinstance(value, Mapping) and self._names_a_secret(key, place):
            self._report((*parents, key), "this key would hold a secret, and secrets do not go into the answers")

    def _names_a_secret(self, key: str, place: str) -> bool:
        name = key.translate(_KEY_MARKS).lower()
        if name in self._rules.keys:
            return self._rules.kind_of(place) != "free_names"
        return name in self._rules.credential_keys and self._rules.kind_above(place) == "credential"

    def _form(self, text: str) -> str | None:
        found = next(find(text), None)
        return found.what if found else None

    def _number(self, digits: str, parts: tuple[str, ...], place: str) -> None:
        if len(digits) >= self._rules.shortest_number and self._rules.kind_of(place) == "credential":
            self._report(parts, "the value looks like a long random number")

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


def _below(place: str, part: str) -> str:
    """The place of a part of what is at a place; each item of a list has the same."""
    part = "*" if part.isdigit() else part
    return f"{place}.{part}" if place else part


@cache
def _rules() -> _Rules:
    return _Rules(resources.load("secret-patterns"))


def _fits(place: Sequence[str], parts: Sequence[str]) -> bool:
    """Return whether a place fits a pattern: `*` matches any part or any beginning of one, `**` the rest."""
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
