"""One file of an agent as it stands, byte for byte, with edits that leave every other byte alone."""

from __future__ import annotations

import io
import re
import token
import tokenize
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

from agentcore_connect.core.record import NamedTuple, dataclass
from agentcore_connect.project.code import MAX_CODE_BYTES, Parsed, parse_text

_BOM: Final = "\ufeff"
_CODING: Final = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
#: Names that every tool that applies patches reads alike.
_PLAIN_NAME: Final = re.compile(r"[\w./@+ -]+", re.ASCII)


class Unsure(Exception):  # noqa: N818 - no fault: the place for an edit is not certain
    """The reason why the code cannot be edited safely; the text names the line."""


class Edit(NamedTuple):
    """A part of the text, from `start` up to `end`, and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Source:
    """A text file of the project: `name` is its path from the project's root; `text` is without a byte order mark."""

    name: str
    text: str
    has_bom: bool = False

    @cached_property
    def newline(self) -> str:
        """The end of its lines."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return _split(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line, and of the end of the text."""
        found = [0]
        for line in self.lines:
            found.append(found[-1] + len(line))
        return found

    @cached_property
    def parsed(self) -> Parsed | None:
        """The syntax tree; None where it is not Python."""
        tree = parse_text(self.text.replace("\r\n", "\n"))
        return None if tree is None else Parsed(tree)

    @cached_property
    def inside_texts(self) -> frozenset[int]:
        """The numbers of the lines that begin within a string: their indentation is a part of it."""
        found: set[int] = set()
        opened: list[int] = []
        starts, ends = (getattr(token, name, None) for name in ("FSTRING_START", "FSTRING_END"))
        for one in tokenize.generate_tokens(io.StringIO(self.text.replace("\r\n", "\n")).readline):
            if one.type == token.STRING:
                found.update(range(one.start[0] + 1, one.end[0] + 1))
            elif starts is not None and one.type == starts:
                opened.append(one.start[0])
            elif ends is not None and one.type == ends:
                found.update(range(opened.pop() + 1, one.end[0] + 1))
        return frozenset(found)

    def at(self, line: int, column: int) -> int:
        """The offset of a place of the syntax tree: the line from 1, the column in bytes of UTF-8."""
        text = self.lines[line - 1]
        return self.starts[line - 1] + len(text.encode()[:column].decode())

    def line_of(self, offset: int) -> int:
        """The number of the line that holds an offset."""
        return self.text.count("\n", 0, offset) + 1

    def place(self, line: int) -> str:
        """A line as people are told it."""
        return f"{self.name}:{line}"

    def edited(self, edits: Iterable[Edit]) -> Source:
        """The file with all edits made. Edits that start at one place stand in the order in which they are given."""
        parts: list[str] = []
        at = 0
        for edit in sorted(edits, key=lambda one: one.start):
            if edit.start < at:
                raise Unsure(f"two changes meet in {self.place(self.line_of(edit.start))}")
            parts += [self.text[at : edit.start], edit.text]
            at = edit.end
        return Source(self.name, "".join([*parts, self.text[at:]]), self.has_bom)

    @property
    def whole(self) -> str:
        """The text as the file has it, with its byte order mark."""
        return _BOM + self.text if self.has_bom else self.text


def read_source(root: Path, path: Path) -> Source:
    """Read a file of the project for editing.

    Errors: Unsure for links, for what is no plain text in UTF-8, for mixed line ends and for names that patches
    cannot carry.
    """
    inner = path.relative_to(root)
    name = inner.as_posix()
    if any((root / one).is_symlink() for one in (inner, *inner.parents) if one.parts):
        raise Unsure(f"{name} is reached by a link, and a patch does not follow links")
    if not _PLAIN_NAME.fullmatch(name):
        raise Unsure(f"the name {name!r} is not allowed in a patch")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unsure(f"{name} cannot be read: {error.strerror}") from None
    if len(content) > MAX_CODE_BYTES:
        raise Unsure(f"{name} is larger than {MAX_CODE_BYTES // 1024} KB")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unsure(f"{name} is no text in UTF-8") from None
    if "\0" in text:
        raise Unsure(f"{name} is no text")
    if len(re.findall(r"(?<!\r)\n|\r(?!\n)", text)) and "\r" in text:
        raise Unsure(f"{name} mixes two kinds of line ends")
    has_bom = text.startswith(_BOM)
    return Source(name, text.removeprefix(_BOM), has_bom)


def declared_encoding(source: Source) -> str | None:
    """The encoding that a Python file names in its first two lines, in lower case; None where it names none."""
    for line in source.lines[:2]:
        if match := _CODING.match(line):
            return match[1].lower().replace("_", "-")
    return None


def _split(text: str) -> list[str]:
    """The lines as patches count them: by line feeds only."""
    parts = text.split("\n")
    return [*(f"{one}\n" for one in parts[:-1]), *([parts[-1]] if parts[-1] else [])]
