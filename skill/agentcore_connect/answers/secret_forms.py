"""Finds secrets in one text: by the forms that vendors give them, by the names they stand under, by randomness.

What a secret looks like is data: `knowledge/secret-patterns.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from agentcore_connect import resources
from agentcore_connect.answers import randomness, secret_words

Place = Literal["prose", "credential", "identifier", "address"]

RANDOM: Final = "a long random string"
WRITTEN_OUT: Final = "a secret written out as name and value"
# Expressions are compiled where they are used, since most answers need none of them.
_ADDRESSES: Final = r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>]+|arn:[a-z-]{2,20}:[A-Za-z0-9_+=,.@!:/*{}$-]+"
_CANDIDATE: Final = r"[A-Za-z0-9_+/.~-]{16,4000}={0,2}"
_ASSIGNED: Final = (
    r"(?<![A-Za-z0-9_])(?P<name>[A-Za-z_][A-Za-z0-9_-]{1,60})[\"']?"
    r"(?:[ \t]{0,3}(?:=>|:=|={1,3}|:)[ \t]{0,3}|[ \t](?:is|was)[ \t])[\"']?(?P<value>[^\s\"'<>,;]{8,400})"
)
_ENDING: Final = ".,;:!?)]}"
_LONG: Final = 16  # shorter pieces of text are no token of any vendor


class Found(NamedTuple):
    """A secret in a text: where it begins and ends, and what it looks like. Never what it is."""

    start: int
    end: int
    what: str


class _Form(NamedTuple):
    """A form that secrets have. Its expression is compiled only once a text holds one of its hints."""

    hints: Sequence[str]
    entry: Mapping[str, Any]

    def search(self, text: str) -> Iterator[Found]:
        proof = self.entry.get("proof")
        for match in re.finditer(self.entry.get("regex") or _regex(self.entry), text):
            if proof is None or _PROOFS[proof](match):
                yield Found(match.start(), match.end("value" if proof else 0), self.entry["what"])


def find(text: str, place: Place = "prose", name: str = "") -> Iterator[Found]:
    """Every secret in a text, in no particular order; finds may overlap.

    In: the text; the place it stands in; the name that it is given there (a key, a variable), if it has one.
    """
    yield from _by_form(text)
    yield from _in_addresses(text)
    if place == "address":
        return
    bare = _without_addresses(text)
    yield from _written_out(bare)
    if place == "credential" and not _is_address(text) and randomness.is_random(text, _random()):
        yield Found(0, len(text), RANDOM)
    elif place == "identifier":
        if _is_no_identifier(text):
            yield Found(0, len(text), RANDOM)
    else:
        yield from _by_the_words_around(bare, name)
    if name and is_secret_value(secret_words.named(name), bare.strip()):
        yield Found(0, len(text), WRITTEN_OUT)


def is_secret_value(said: secret_words.Said, value: str) -> bool:
    """Whether a value is the secret that its name announces, and not where one is kept or what one is called."""
    if said not in ("chosen", "issued") or not value or _is_address(value):
        return False
    if any(map(str.isspace, value)):
        return False
    if said == "chosen" and randomness.is_password(value):
        return True
    return randomness.is_random(value, _random(), "named")


def _by_form(text: str) -> Iterator[Found]:
    lowered = text.lower()
    long = [piece for piece in lowered.split() if len(piece) >= _LONG]
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
    """Whether a piece of text without blanks can be a token without a prefix: it has digits, and is no ARN."""
    return not piece.startswith("arn:") and any(map(str.isdigit, piece))


def _is_address(text: str) -> bool:
    """Whether a text says where something is: a URL, an ARN, a path."""
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


def _is_secret_parameter(name: str, value: str, rules: Mapping[str, Any]) -> bool:
    """Whether a parameter of a query holds a secret, by its name; a weak name wants a value that could be one."""
    weak, lowered = rules["weak"], name.lower()
    if lowered in weak["names"]:
        return len(value) >= weak["min_length"] and any(map(str.isdigit, value))
    return lowered in rules["names"] or secret_words.named(name) in ("chosen", "issued")


def _without_addresses(text: str) -> str:
    """The text with blanks for URLs and ARNs: they say where something is; the secrets in a URL are found apart."""
    if "://" not in text and "arn:" not in text:
        return text
    if _is_address(text) and not any(map(str.isspace, text)):
        return ""
    return re.sub(_ADDRESSES, lambda match: " " * len(match[0]), text)


def _written_out(text: str) -> Iterator[Found]:
    """Secrets after their names: `password: …`, `API_KEY=…`, `the password is …`."""
    lowered = text.lower()
    if not any(sign in lowered for sign in ("=", ":", " is ", " was ")) or not randomness.has_sign_or_digit(text):
        return
    if not any(hint in lowered for hint in resources.load("secret-patterns")["words"]["hints"]):
        return
    for match in re.finditer(_ASSIGNED, text):
        value = match["value"].rstrip(_ENDING)
        if is_secret_value(secret_words.named(match["name"]), value):
            yield Found(match.start(), match.start("value") + len(value), WRITTEN_OUT)


def _by_the_words_around(text: str, name: str) -> Iterator[Found]:
    """Random strings that the words around them call a secret, and those that are none of the usual identifiers."""
    if not any(len(piece) >= _LONG and _may_be_token(piece) for piece in text.split()):
        return
    for match in re.finditer(_CANDIDATE, text):
        value = match[0].rstrip(".")
        if not randomness.is_random(value, _random(), "named", shortest=_LONG):
            continue
        if secret_words.named(value.split("-")[0]) == "reference":  # sha384-…
            continue
        said = secret_words.said_around(text, match.start(), match.end())
        if said is None and name:
            said = secret_words.named(name)
        if said in ("chosen", "issued") or (said is None and _is_no_usual_identifier(value)):
            yield Found(match.start(), match.start() + len(value), RANDOM)


def _is_no_usual_identifier(value: str) -> bool:
    """Whether a random string that nothing names is longer than ids are, and of an alphabet that hashes do not have."""
    limits = _random()["unnamed"]
    if not limits["min_length"] <= len(value) <= limits["max_length"] or randomness.is_identifier_like(value):
        return False
    return randomness.has_both_cases_and_digits(value) and randomness.mean_chunk(value) < _mean_below()


def _is_no_identifier(value: str) -> bool:
    """Whether a client id has the length of a secret key that has no form of its own."""
    if len(value) not in _random()["identifier"]["lengths"] or randomness.is_identifier_like(value):
        return False
    return randomness.has_both_cases_and_digits(value) and randomness.mean_chunk(value) < _mean_below()


def _mean_below() -> float:
    return float(_random()["named"]["mean_chunk_below"])


def _random() -> Mapping[str, Any]:
    return resources.load("secret-patterns")["random"]  # type: ignore[no-any-return]


def _is_basic(match: re.Match[str]) -> bool:
    """Whether the text after "Basic" is what RFC 7617 says: a user name, a colon and a password in base64."""
    import base64  # rarely needed

    value = match["value"].rstrip("=")
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except ValueError:
        return False
    return ":" in decoded and decoded.isprintable()


def _is_issued(match: re.Match[str]) -> bool:
    """Whether the text after "Bearer" is a token: it has digits, and is no word with a number."""
    value = match["value"].rstrip(_ENDING)
    digits = sum(map(str.isdigit, value))
    return (digits > 1 and randomness.is_password(value)) or randomness.is_random(value, _random(), "named")


def _is_random(match: re.Match[str]) -> bool:
    return randomness.is_random(match["value"], _random())


_PROOFS: Final = {"basic": _is_basic, "issued": _is_issued, "random": _is_random}


class _Forms(NamedTuple):
    """The forms by the text they need, each under each of its hints: any, a long piece, a long piece with a digit."""

    anywhere: list[tuple[str, _Form]]
    prefixed: list[tuple[str, _Form]]
    tokens: list[tuple[str, _Form]]


@cache
def _forms() -> _Forms:
    data = resources.load("secret-patterns")
    prefixed = [_Form([prefix.lower() for prefix in one["prefixes"]], one) for one in data["tokens"]]
    found = _Forms([], [(hint, form) for form in prefixed for hint in form.hints], [])
    for one in data["values"]:
        form = _Form(one["hints"], one)
        kind = found.tokens if one.get("token") else found.anywhere
        kind += [(hint, form) for hint in form.hints]
    return found


def _regex(token: Mapping[str, Any]) -> str:
    """The expression of a token: one of the prefixes, then at least so many characters, with a digit where asked."""
    alphabet = resources.load("secret-patterns")["alphabets"][token["then"]]
    prefixes = "|".join(map(re.escape, token["prefixes"]))
    rest = alphabet.replace("0-9", "")
    digit = f"(?=[{rest}]{{0,80}}[0-9])" if token.get("digit") else ""
    return f"(?<![A-Za-z0-9])(?:{prefixes}){digit}[{alphabet}]{{{token['min']},}}"
