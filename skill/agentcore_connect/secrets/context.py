"""Finds secrets that have no form of their own: by the names they stand under, the words around them, randomness.

What a secret looks like is data: `knowledge/secret-patterns.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.secrets import randomness, words
from agentcore_connect.secrets.forms import (
    ENDING,
    LONG,
    Found,
    has_assignment,
    has_token,
    is_address,
    random_rules,
)

RANDOM: Final = "a long random string"
WRITTEN_OUT: Final = "a secret written out as name and value"
_CANDIDATE: Final = r"[A-Za-z0-9_+/.~-]{16,4000}={0,2}"
_ASSIGNED: Final = (
    r"(?<![A-Za-z0-9_])(?P<name>[A-Za-z_][A-Za-z0-9_-]{1,60})[\"']?"
    r"(?:[ \t]{0,3}(?:=>|:=|={1,3}|:)[ \t]{0,3}|[ \t](?:is|was)[ \t])[\"']?(?P<value>[^\s\"'<>,;]{8,400})"
)


def find(text: str, bare: str, place: str, name: str) -> Iterator[Found]:
    """Yield secrets that only their context identifies.

    In: the text; the same with blanks for addresses; the place it stands in; its name there, if it has one.
    """
    yield from _written_out(bare)
    if place == "credential" and not is_address(text) and randomness.is_random(text, random_rules()):
        yield Found(0, len(text), RANDOM)
    elif place == "identifier":
        if _is_no_identifier(text):
            yield Found(0, len(text), RANDOM)
    else:
        yield from _by_the_words_around(bare, name)
    if name and is_secret_value(words.named(name), bare.strip()):
        yield Found(0, len(text), WRITTEN_OUT)


def is_secret_value(said: words.Said, value: str) -> bool:
    """Return whether a value is the secret that its name announces, and not where one is kept or what one is called."""
    if said not in ("chosen", "issued") or not value or is_address(value):
        return False
    if any(map(str.isspace, value)):
        return False
    if said == "chosen" and randomness.is_password(value):
        return True
    return randomness.is_random(value, random_rules(), "named")


def _written_out(text: str) -> Iterator[Found]:
    """Secrets after their names: `password: …`, `API_KEY=…`, `the password is …`."""
    if not has_assignment(text) or not randomness.has_sign_or_digit(text):
        return
    for match in re.finditer(_ASSIGNED, text):
        value = match["value"].rstrip(ENDING)
        if is_secret_value(words.named(match["name"]), value):
            yield Found(match.start(), match.start("value") + len(value), WRITTEN_OUT)


def _by_the_words_around(text: str, name: str) -> Iterator[Found]:
    """Random strings that the words around them call a secret, and those that are none of the usual identifiers."""
    if not has_token(text):
        return
    for match in re.finditer(_CANDIDATE, text):
        value = match[0].rstrip(".")
        if not randomness.is_random(value, random_rules(), "named", shortest=LONG):
            continue
        if words.named(value.split("-")[0]) == "reference":  # sha384-…
            continue
        said = words.said_around(text, match.start(), match.end())
        if said is None and name:
            said = words.named(name)
        if said in ("chosen", "issued") or (said is None and _is_no_usual_identifier(value)):
            yield Found(match.start(), match.start() + len(value), RANDOM)


def _is_no_usual_identifier(value: str) -> bool:
    """Return whether an unnamed random string is longer than ids are, and of an alphabet that hashes do not have."""
    limits = random_rules()["unnamed"]
    if not limits["min_length"] <= len(value) <= limits["max_length"] or randomness.is_identifier_like(value):
        return False
    return randomness.has_both_cases_and_digits(value) and randomness.mean_chunk(value) < _mean_below()


def _is_no_identifier(value: str) -> bool:
    """Return whether a client id has the length of a secret key that has no form of its own."""
    if len(value) not in random_rules()["identifier"]["lengths"] or randomness.is_identifier_like(value):
        return False
    return randomness.has_both_cases_and_digits(value) and randomness.mean_chunk(value) < _mean_below()


def _mean_below() -> float:
    return float(random_rules()["named"]["mean_chunk_below"])
