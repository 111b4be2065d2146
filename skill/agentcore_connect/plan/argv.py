"""Converts command lines to text and back, so that plan, script and checks share one argv.

A word may hold values that are only known when the command runs. In an argv such a value is written `${NAME}`, and the
operation lists NAME among its inputs; text that merely looks alike is an ordinary word and stays quoted.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence

_MARKER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_IN_DOUBLE_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "`": "\\`"})


def markers(word: str) -> list[str]:
    """The names of the run-time values that a word may hold, in order, each as often as it occurs."""
    return _MARKER.findall(word)


def quote(word: str, inputs: Collection[str] = ()) -> str:
    """One word as POSIX shell text: literal, but for the `${NAME}` of these inputs, which the shell fills in."""
    if not any(name in inputs for name in markers(word)):
        return shlex.quote(word)
    parts: list[str] = []
    at = 0
    for match in _MARKER.finditer(word):
        if match[1] in inputs:
            parts += [word[at : match.start()].translate(_IN_DOUBLE_QUOTES), match[0]]
            at = match.end()
    parts.append(word[at:].translate(_IN_DOUBLE_QUOTES))
    return '"' + "".join(parts) + '"'


def shell_line(argv: Sequence[str], inputs: Collection[str] = ()) -> str:
    """The command line, on one line, such that `parse_line` gives the argv back."""
    return " ".join(quote(word, inputs) for word in argv)


def parse_line(line: str) -> list[str]:
    """The argv of a command line as `shell_line` writes it; run-time values come back as `${NAME}`."""
    return shlex.split(line)


def fill(argv: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The argv with these run-time values in place; the others stay as they are."""
    return [_MARKER.sub(lambda match: values.get(match[1], match[0]), word) for word in argv]
