"""Recognizes harmless values that look like secrets: public addresses, encoded words, unsigned tokens, samples."""

from __future__ import annotations

import base64
import json
import re
from typing import Final

#: Addresses on public ledgers: 20 bytes in hexadecimal, or 32 bytes in base58. A private key has twice the length, or
#: a name that says what it is.
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}|[1-9A-HJ-NP-Za-km-z]{32,44}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{8,4000}={0,2}")
_SAMPLE: Final = re.compile(
    r"(?i)(?:my|test|fake|some|valid|invalid|access|bearer)?[-_.]?(?:token|key|secret|jwt)[-_]?\d{0,6}"
)
#: What counts up: digits, then letters; a sample has at least so many characters, most of which follow the one before.
_SEQUENCE: Final = "01234567890abcdefghijklmnopqrstuvwxyz 1234567890"
_BODY: Final = re.compile(r"[^A-Za-z0-9]")
_SHORTEST: Final = 10
_COUNTED: Final = 0.8
#: The shortest signature of a JSON Web Token (HS256) has 43 characters.
_SIGNATURE: Final = 40
_LOOPBACK: Final = re.compile(r"(?i)@(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?![\w.-])")


def is_public_address(text: str) -> bool:
    """Return whether a text is the address of an account or a contract on a public ledger."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def repeats(text: str) -> bool:
    """Return whether a text is one short piece over and over, as nothing random is."""
    return any(
        all(text[at] == text[at % length] for at in range(length, len(text))) for length in range(1, len(text) // 3 + 1)
    )


def counts_up(text: str) -> bool:
    """Whether the end of a text counts through digits or the alphabet, as samples of keys do: `1234567890abcdef`."""
    body = _BODY.split(text.strip("\"' "))[-1].lower()
    steps = [body[at : at + 2] in _SEQUENCE for at in range(len(body) - 1)]
    return len(body) >= _SHORTEST and sum(steps) >= _COUNTED * len(steps)


def is_encoded_text(text: str) -> bool:
    """Return whether a text is base64 of a sentence or of JSON: what can be read is not random."""
    if not _BASE64.fullmatch(text):
        return False
    bare = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        decoded = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except ValueError:
        return False
    if not decoded.isprintable():
        return False
    return len(decoded.split()) > 1 or _is_json(decoded)


def is_unsigned(token: str) -> bool:
    """Return whether a JSON Web Token has no signature that an issuer could have made."""
    parts = token.split(".")
    return len(parts) == 3 and len(parts[2]) < _SIGNATURE


def is_sample(value: str) -> bool:
    """Return whether a text stands for a token by its own words: `token123`, `my-secret-key`."""
    return _SAMPLE.fullmatch(value) is not None


def is_of_this_machine(text: str, end: int) -> bool:
    """Return whether a URL with a password is one of this machine. In: the text, where the password's `@` ends."""
    return _LOOPBACK.match(text, end - 1) is not None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False
