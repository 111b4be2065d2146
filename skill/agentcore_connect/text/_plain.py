"""The YAML of ordinary answers files, read without the YAML library, which takes longer to load than a plan to make.

Plain means: block mappings and lists; on a line a scalar, or a flow mapping or list of scalars; comments; plain keys.
Whatever else stands in a text, and whatever is wrong in it, is left to the library: `compose` gives the nodes that
the library's events give, or None. The tests hold it to that on the YAML files of the tree and on thousands of others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from agentcore_connect.text._nodes import Node

_DEEPEST: Final = 12
_LONGEST: Final = 64 * 1024  # of a longer text, reading takes longer than loading the library
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}(?=:(?: |\Z))")
#: A quoted text without escapes; or a plain one in a block, or inside a flow collection.
_QUOTED: Final = re.compile(r""""([^"\\]*)"|'([^']*)'(?!')""")
_IN_BLOCK: Final = re.compile(r"[A-Za-z0-9_/.](?:[^\s:#]|:(?=[^\s:#])|(?<! )#| +(?=[^\s#:]))*")
_IN_FLOW: Final = re.compile(r"[A-Za-z0-9_/.](?:[^\s:#,\[\]{}]|:(?=[A-Za-z0-9/])| +(?=[A-Za-z0-9_/.(]))*")
_REST: Final = re.compile(r" *(?: #.*)?\Z")
_ALLOWED: Final = re.compile(r"[\n -~]*\Z")


class _Unusual(Exception):  # noqa: N818 - no fault of the text
    """Something that the library has to read."""


def compose(text: str, scalar: Callable[[str], object]) -> Node | None:
    """The nodes of a text, None where it has to be read by the library.

    In: the text; what gives the value of an unquoted scalar.
    """
    if len(text) > _LONGEST or not _ALLOWED.match(text):
        return None
    lines = [
        (number, len(line) - len(stripped), line)
        for number, line in enumerate(text.split("\n"), 1)
        if (stripped := line.lstrip(" ")) and not stripped.startswith("#")
    ]
    if not lines or any(line.startswith(("---", "...", "%")) for _, indent, line in lines if not indent):
        return None
    reader = _Reader(lines, scalar)
    try:
        root = reader.block(0, 0)
    except _Unusual:
        return None
    return root if reader.ended else None


class _Reader:
    """Walks the lines that hold something; `at` is the next one. A line: its number, its indent and its text."""

    def __init__(self, lines: list[tuple[int, int, str]], scalar: Callable[[str], object]) -> None:
        self._lines = lines
        self._scalar = scalar
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether all lines were read."""
        return self._at == len(self._lines)

    def _indent(self) -> int:
        """The indent of the next line; -1 at the end."""
        return -1 if self.ended else self._lines[self._at][1]

    def block(self, least: int, depth: int) -> Node:
        """The mapping or list that begins on the next line, indented by at least so much."""
        indent = self._indent()
        if indent < least or depth > _DEEPEST:
            raise _Unusual
        _, _, line = self._lines[self._at]
        return self._list(indent, depth) if line.startswith("- ", indent) else self._mapping(indent, depth)

    def _list(self, indent: int, depth: int) -> Node:
        node = Node([], self._lines[self._at][0], indent + 1)
        while self._indent() == indent:
            number, _, line = self._lines[self._at]
            if not line.startswith("- ", indent):
                break
            begin = indent + 2
            while line.startswith(" ", begin):
                begin += 1
            if _KEY.match(line, begin):
                self._lines[self._at] = (number, begin, line)
                node.value.append(self._mapping(begin, depth + 1))
            else:
                self._at += 1
                node.value.append(self._inline(number, line, begin, indent))
        return node

    def _mapping(self, indent: int, depth: int) -> Node:
        node = Node([], self._lines[self._at][0], indent + 1, is_mapping=True)
        while self._indent() == indent:
            number, _, line = self._lines[self._at]
            key = _KEY.match(line, indent)
            if key is None:
                raise _Unusual
            self._at += 1
            begin = key.end() + 1
            if _REST.match(line, begin):
                # a list may stand at the indent of its key
                same = self._indent() == indent and self._lines[self._at][2].startswith("- ", indent)
                value = self.block(indent if same else indent + 1, depth + 1)
            else:
                while line.startswith(" ", begin):
                    begin += 1
                value = self._inline(number, line, begin, indent)
            node.value.append((self._plain(key[0], number, indent), value))
        return node

    def _inline(self, number: int, line: str, begin: int, indent: int) -> Node:
        """The value that begins there and ends with the line; the next line must not go on with it."""
        if line.startswith(("{", "["), begin):
            node, end = self._flow(number, line, begin, 0)
        else:
            node, end = self._one(number, line, begin, _IN_BLOCK)
        if not _REST.match(line, end) or self._indent() > indent:
            raise _Unusual
        return node

    def _flow(self, number: int, line: str, begin: int, depth: int) -> tuple[Node, int]:
        """A flow mapping or list, and the place behind it."""
        is_mapping = line[begin] == "{"
        node = Node([], number, begin + 1, is_mapping=is_mapping)
        closing, at, first = "}" if is_mapping else "]", _past(line, begin + 1), True
        while not line.startswith(closing, at):
            if not first:
                if not line.startswith(",", at):
                    raise _Unusual
                at = _past(line, at + 1)
            first = False
            key = None
            if is_mapping:
                found = _KEY.match(line, at)
                if found is None:
                    raise _Unusual
                key, at = self._plain(found[0], number, at), _past(line, found.end() + 1)
            if line.startswith(("{", "["), at) and depth < _DEEPEST:
                value, at = self._flow(number, line, at, depth + 1)
            else:
                value, at = self._one(number, line, at, _IN_FLOW)
            node.value.append(value if key is None else (key, value))
            at = _past(line, at)
        return node, at + 1

    def _one(self, number: int, line: str, begin: int, plain: re.Pattern[str]) -> tuple[Node, int]:
        """A scalar, and the place behind it."""
        if quoted := _QUOTED.match(line, begin):
            value = quoted[1] if quoted[2] is None else quoted[2]
            return Node(value, number, begin + 1), quoted.end()
        found = plain.match(line, begin)
        if found is None:
            raise _Unusual
        return self._plain(found[0], number, begin), found.end()

    def _plain(self, text: str, number: int, begin: int) -> Node:
        return Node(self._scalar(text), number, begin + 1, raw=text)


def _past(line: str, at: int) -> int:
    """The place of the next character that is no space."""
    while line.startswith(" ", at):
        at += 1
    return at
