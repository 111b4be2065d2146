"""Finds secrets in one text: by the forms that vendors give them and the places in URLs.

What a secret looks like is data: `knowledge/secret-patterns.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from agentcore_connect.knowledge import resources

# Expressions are compiled where they are used, since most answers need none of them.
_ADDRESSES: Final = r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>]+|arn:[a-z-]{2,20}:[A-Za-z0-9_+=,.@!:/*{}$-]+"
ENDING: Final = ".,;:!?)]}"
LONG: Final = 16  # shorter pieces of text are no token of any vendor


class Found:  # building a NamedTuple takes longer than most scans
    """A secret in a text: where it begins and ends, and what it looks like. Never what it is."""

    __slots__ = ("end", "start", "what")

    def __init__(self, start: int, end: int, what: str) -> None:  # noqa: D107
        self.start = start
        self.end = end
        self.what = what


class _Form:
    """A form that secrets have. Its expression is compiled only once a text holds one of its hints."""

    __slots__ = ("entry", "hints")

    def __init__(self, hints: Sequence[str], entry: Mapping[str, Any]) -> None:
        self.hints = hints
        self.entry = entry

    def search(self, text: str) -> Iterator[Found]:
        proof = self.entry.get("proof")
        for match in re.finditer(self.entry.get("regex") or _regex(self.entry), text):
            if proof is None or _PROOFS[proof](match):
                yield Found(match.start(), match.end("value" if proof else 0), self.entry["what"])


def find(text: str) -> Iterator[Found]:
    """Every secret in a text that has the form of one, in no particular order; finds may overlap."""
    yield from _by_form(text)
    yield from _in_addresses(text)


def _by_form(text: str) -> Iterator[Found]:
    lowered = text.lower()
    long = [piece for piece in lowered.split() if len(piece) >= LONG]
    forms = _forms()
    kinds = [
        forms.anywhere,
        forms.prefixed if long else [],
        forms.tokens if any(_may_be_token(piece) for piece in long) else [],
    ]
    for hint, form in (one for kind in kinds for one in kind if one[0] in lowered):
        if hint == next(one for one in form.hints if one in lowered):  # once a form, however many hints there are
            yield from form.search(text)


def _may_be_token(piece: str) -> bool:
    """Return whether a piece of text without blanks can be a token without a prefix: it has digits, and is no ARN."""
    return not piece.startswith("arn:") and any(map(str.isdigit, piece))


def has_token(text: str) -> bool:
    """Return whether a text has a long piece with a digit, as every secret without a form of its own has."""
    return any(len(piece) >= LONG and _may_be_token(piece) for piece in text.split())


def has_assignment(text: str) -> bool:
    """Return whether a text may give a secret after its name: a sign between them, and a word that such names have."""
    lowered = text.lower()
    return any(sign in lowered for sign in ("=", ":", " is ", " was ")) and any(
        hint in lowered for hint in resources.load("secret-patterns")["words"]["hints"]
    )


def is_address(text: str) -> bool:
    """Return whether a text says where something is: a URL, an ARN, a path."""
    return text[:1] == "/" or text[:4].lower() in ("arn:", "ssm:") or "://" in text[:24]


def _in_addresses(text: str) -> Iterator[Found]:
    if "://" not in text and "?" not in text:
        return
    rules = resources.load("secret-patterns")["urls"]
    if "@" in text:
        for match in re.finditer(rules["password"]["regex"], text):
            yield Found(match.start(), match.end(), rules["password"]["what"])
    if "=" in text:
        for match in re.finditer(rules["query"]["regex"], text):
            if _is_secret_parameter(match["name"], match["value"], rules):
                yield Found(match.start(), match.end(), rules["query"]["what"])


def without_addresses(text: str) -> str:
    """The text with blanks for URLs and ARNs: they say where something is; the secrets in a URL are found apart."""
    if "://" not in text and "arn:" not in text:
        return text
    if is_address(text) and not any(map(str.isspace, text)):
        return ""
    return re.sub(_ADDRESSES, lambda match: " " * len(match[0]), text)


def _is_secret_parameter(name: str, value: str, rules: Mapping[str, Any]) -> bool:
    """Return whether a query parameter holds a secret: by its name, or by a weak name and a value that could be one."""
    from agentcore_connect.secrets import words

    weak, lowered = rules["weak"], name.lower()
    if lowered in weak["names"]:
        return len(value) >= weak["min_length"] and any(map(str.isdigit, value))
    return lowered in rules["names"] or words.named(name) in ("chosen", "issued")


def _is_basic(match: re.Match[str]) -> bool:
    """Return whether the text after "Basic" is what RFC 7617 says: a user name, a colon and a password in base64."""
    import base64  # rarely needed

    value = match["value"].rstrip("=")
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except ValueError:
        return False
    return ":" in decoded and decoded.isprintable()


def _is_issued(match: re.Match[str]) -> bool:
    """Return whether the text after "Bearer" is a token: it has digits, and is no word with a number."""
    from agentcore_connect.secrets import randomness

    value = match["value"].rstrip(ENDING)
    digits = sum(map(str.isdigit, value))
    return (digits > 1 and randomness.is_password(value)) or randomness.is_random(value, random_rules(), "named")


def _is_random(match: re.Match[str]) -> bool:
    from agentcore_connect.secrets import randomness

    return randomness.is_random(match["value"], random_rules())


_PROOFS: Final[Mapping[str, Callable[[re.Match[str]], bool]]] = {
    "basic": _is_basic,
    "issued": _is_issued,
    "random": _is_random,
}


class _Forms:
    """The forms by the text they need, each under each of its hints: any, a long piece, a long piece with a digit."""

    __slots__ = ("anywhere", "prefixed", "tokens")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.anywhere: list[tuple[str, _Form]] = []
        self.prefixed: list[tuple[str, _Form]] = []
        self.tokens: list[tuple[str, _Form]] = []
        for one in data["tokens"]:
            form = _Form([prefix.lower() for prefix in one["prefixes"]], one)
            self.prefixed += [(hint, form) for hint in form.hints]
        for one in data["values"]:
            form = _Form(one["hints"], one)
            kind = self.tokens if one.get("token") else self.anywhere
            kind += [(hint, form) for hint in form.hints]


@cache
def _forms() -> _Forms:
    return _Forms(resources.load("secret-patterns"))


def _regex(token: Mapping[str, Any]) -> str:
    """The expression of a token: one of the prefixes, then at least so many characters, with a digit where asked."""
    alphabet = resources.load("secret-patterns")["alphabets"][token["then"]]
    prefixes = "|".join(map(re.escape, token["prefixes"]))
    rest = alphabet.replace("0-9", "")
    digit = f"(?=[{rest}]{{0,80}}[0-9])" if token.get("digit") else ""
    return f"(?<![A-Za-z0-9])(?:{prefixes}){digit}[{alphabet}]{{{token['min']},}}"


def random_rules() -> Mapping[str, Any]:
    """The section `random` of the knowledge."""
    return resources.load("secret-patterns")["random"]  # type: ignore[no-any-return]
