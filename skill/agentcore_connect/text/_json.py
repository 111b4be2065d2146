"""JSON text to nodes. A reader of its own, because the standard one tells neither positions nor duplicate keys."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # in the library, not in its type stubs
from typing import Any, NoReturn

from agentcore_connect.core.expressions import later
from agentcore_connect.text._nodes import MAX_DEPTH, Node, fault, too_deep

_SPACE = later(r"[ \t\n\r]*")
_NUMBER = later(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 300


def compose(text: str, path: str) -> Node:
    """The JSON value in `text` as nodes.

    Errors: ConnectError `malformed-file` with line, column and what was expected.
    """
    reader = _Reader(text, path)
    node, end = reader.value(reader.skip(0), 0)
    end = reader.skip(end)
    if end != len(text):
        reader.fail("nothing more was expected after the closing bracket", end)
    return node


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def skip(self, at: int) -> int:
        """The place of the next character that is not white space."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def fail(self, problem: str, at: int) -> NoReturn:
        raise fault(self._path, *self.place(at), f"not valid JSON: {problem}", "correct the JSON at that place")

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        char = self._text[at : at + 1]
        if char in ("{", "["):
            if depth >= MAX_DEPTH:
                raise too_deep(self._path, *self.place(at))
            return self._mapping(at, depth) if char == "{" else self._list(at, depth)
        if char == '"':
            return self._string(at)
        for word, meaning in _WORDS.items():
            if self._text.startswith(word, at):
                return Node(meaning, *self.place(at), raw=word), at + len(word)
        return self._number(at)

    def _mapping(self, at: int, depth: int) -> tuple[Node, int]:
        pairs: list[tuple[Node, Node]] = []
        node = Node(pairs, *self.place(at), is_mapping=True)
        at = self.skip(at + 1)
        while self._text[at : at + 1] != "}":
            if pairs:
                at = self._expect(",", at, 'a comma or "}" was expected')
            if self._text[at : at + 1] != '"':
                self.fail("a key in double quotes was expected", at)
            key, at = self._string(at)
            at = self._expect(":", self.skip(at), "a colon was expected after the key")
            value, at = self.value(at, depth + 1)
            pairs.append((key, value))
            at = self.skip(at)
        return node, at + 1

    def _list(self, at: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        node = Node(items, *self.place(at))
        at = self.skip(at + 1)
        while self._text[at : at + 1] != "]":
            if items:
                at = self._expect(",", at, 'a comma or "]" was expected')
            value, at = self.value(at, depth + 1)
            items.append(value)
            at = self.skip(at)
        return node, at + 1

    def _expect(self, char: str, at: int, problem: str) -> int:
        if self._text[at : at + 1] != char:
            self.fail(problem, at)
        return self.skip(at + 1)

    def _string(self, at: int) -> tuple[Node, int]:
        try:
            value, end = scanstring(self._text, at + 1)
        except JSONDecodeError as error:
            self.fail(error.msg[0].lower() + error.msg[1:].removesuffix(" at"), error.pos)
        return Node(value, *self.place(at)), end

    def _number(self, at: int) -> tuple[Node, int]:
        found = _NUMBER.match(self._text, at)
        if not found:
            self.fail("a value was expected", at)
        raw = found.group()
        value: Any = None
        if len(raw) <= _LONGEST_NUMBER:
            value = float(raw) if found.group(2) or found.group(3) else int(raw)
        if value is None or not math.isfinite(value):
            self.fail("this number is too large", at)
        return Node(value, *self.place(at), raw=raw), found.end()
