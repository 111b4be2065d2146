"""Reads a YAML or JSON mapping strictly and keeps the place of every key and value.

Scalars mean what YAML 1.2 says (`no`, `on` and dates are text), duplicate keys, tags and anything but one mapping are
refused, and size, depth and aliases are bounded.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from agentcore_connect.core import outside
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.text import _json, _yaml
from agentcore_connect.text._nodes import Node, fault

MAX_BYTES = 1 << 20
MAX_NODES = 100_000
STDIN_NAME = "<stdin>"

Format = Literal["yaml", "json"]
scalar = _yaml.scalar


class Mark(NamedTuple):
    """The place of a key and its value, counted from 1; `raw` is an unquoted value as written."""

    line: int
    column: int
    value_line: int
    value_column: int
    raw: str | None


class Document(NamedTuple):
    """A document: data, marks by dotted path ("connections.0.endpoint"), and the name to show."""

    data: dict[str, Any]
    marks: Mapping[str, Mark] = {}
    path: str = "<text>"

    def mark(self, dotted: str) -> Mark | None:
        """The mark of the path, or of the nearest part of it that is in the file; None when there are no marks."""
        while dotted not in self.marks and dotted:
            dotted = dotted.rpartition(".")[0]
        return self.marks.get(dotted)

    def where(self, dotted: str) -> str:
        """The place as messages show it, "file:line:key"; the line is that of the nearest part in the file."""
        return where(self.path, self.marks, dotted)


def where(path: str, marks: Mapping[str, Mark], dotted: str) -> str:
    """As `Document.where`, for those who carry the parts."""
    mark = Document({}, marks, path).mark(dotted)
    parts = [path, str(mark.line) if mark else "", dotted]
    return ":".join(part for part in parts if part)


def read(source: str | Path, *, max_bytes: int = MAX_BYTES, text_keys: bool = False) -> Document:
    """Read a file, or standard input for "-".

    In: `text_keys` accepts unquoted numbers and the like as keys and makes them text (OpenAPI's `200:`).
    Errors: ConnectError `unreadable-file` or what `parse` raises.
    """
    name = STDIN_NAME if source == "-" else str(source)
    text = read_text(source, max_bytes=max_bytes)
    return parse(text, name, format_=format_of(name), max_bytes=max_bytes, text_keys=text_keys)


def format_of(name: str) -> Format | None:
    """The format that a file's name tells; None where the text does."""
    return "json" if name.lower().endswith(".json") else None


def read_text(source: str | Path, *, max_bytes: int = MAX_BYTES) -> str:
    """The UTF-8 text of a file, or of standard input for "-", without a byte order mark.

    Errors: ConnectError `unreadable-file` (missing, a folder, no permission, not UTF-8) or `file-too-large`.
    """
    name = STDIN_NAME if source == "-" else str(source)
    try:
        if source == "-":
            if sys.stdin is None:
                raise OSError("it is closed")
            raw = sys.stdin.buffer.read(max_bytes + 1)
        else:
            raw = outside.read_bytes(Path(source), max_bytes)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConnectError(
            "unreadable-file", f"cannot be read: {reason}", where=name, hint="give the path of a YAML or JSON file"
        ) from None
    if len(raw) > max_bytes:
        raise _too_large(name, max_bytes)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConnectError(
            "unreadable-file", "is not UTF-8 text", where=f"{name}:{line}", hint="save the file as UTF-8"
        ) from None


def parse(
    text: str,
    path: str = "<text>",
    *,
    format_: Format | None = None,
    max_bytes: int = MAX_BYTES,
    text_keys: bool = False,
) -> Document:
    """Parse YAML or JSON; without `format_`, text that is valid JSON is JSON and the rest YAML.

    Out: the document; an empty text is an empty mapping.
    Errors: ConnectError `malformed-file` (place, parser's words), `duplicate-key`, `not-a-mapping`, `bad-key`,
    `file-too-large`.
    """
    node = compose(text, path, format_=format_, max_bytes=max_bytes)
    if node is None:
        return Document({}, {}, path)
    if not node.is_mapping:
        raise ConnectError(
            "not-a-mapping",
            "the file holds no mapping at its top level",
            where=f"{path}:{node.line}",
            expected="lines of the form key: value",
        )
    builder = _Builder(path, text_keys)
    data = builder.build(node, "")
    return Document(data, builder.marks, path)


def parse_any(text: str, path: str = "<text>", *, format_: Format | None = None) -> Any:
    """As `parse`, for text whose top level may be anything (a list of tools, a value on the command line)."""
    node = compose(text, path, format_=format_, max_bytes=MAX_BYTES)
    return None if node is None else _Builder(path, text_keys=False).build(node, "")


def compose(text: str, path: str, *, format_: Format | None, max_bytes: int) -> Node | None:
    """The nodes of YAML or JSON text, before keys are checked."""
    if len(text) > max_bytes or len(text.encode("utf-8", "replace")) > max_bytes:
        raise _too_large(path, max_bytes)
    text = text.removeprefix("\ufeff")
    lone = next((at for at, char in enumerate(text) if "\ud800" <= char <= "\udfff"), None)
    if lone is not None:
        raise fault(path, text.count("\n", 0, lone) + 1, 1, "is not Unicode text", "save the file as UTF-8")
    if format_ == "json":
        return _json.compose(text, path)
    if format_ == "yaml" or text.lstrip()[:1] not in ("{", "["):
        return _yaml.compose(text, path)
    try:
        return _json.compose(text, path)
    except ConnectError as error:
        try:
            return _yaml.compose(text, path)
        except ConnectError:
            if text.lstrip()[1:].lstrip()[:1] in ('"', "{"):
                raise error from None
            raise


def _too_large(name: str, max_bytes: int) -> ConnectError:
    return ConnectError("file-too-large", f"is larger than {max_bytes // 1024} KiB", where=name)


class _Builder:
    """Plain data from nodes, noting marks on the way."""

    def __init__(self, path: str, text_keys: bool) -> None:
        self.marks: dict[str, Mark] = {}
        self._path = path
        self._text_keys = text_keys
        self._built = 0

    def build(self, node: Node, dotted: str, key: Node | None = None) -> Any:
        self._built += 1
        if self._built > MAX_NODES:
            raise fault(self._path, node.line, node.column, f"more than {MAX_NODES} values, aliases counted")
        at = key or node
        self.marks.setdefault(dotted, Mark(at.line, at.column, node.line, node.column, node.raw))
        if node.is_mapping:
            return self._mapping(node, dotted)
        prefix = f"{dotted}." if dotted else ""
        if isinstance(node.value, list):
            return [self.build(item, f"{prefix}{index}") for index, item in enumerate(node.value)]
        if isinstance(node.value, str):
            self._check_text(node.value, node)
        return node.value

    def _mapping(self, node: Node, dotted: str) -> dict[str, Any]:
        data: dict[str, Any] = {}
        lines: dict[str, int] = {}
        prefix = f"{dotted}." if dotted else ""
        for key, value in node.value:
            name = self._key(key)
            if name in data:
                raise ConnectError(
                    "duplicate-key",
                    f"the key {name!r} is given twice; the first is on line {lines[name]}",
                    where=f"{self._path}:{key.line}:{prefix}{name}",
                    hint="keep one of them",
                )
            lines[name] = key.line
            data[name] = self.build(value, f"{prefix}{name}", key)
        return data

    def _key(self, key: Node) -> str:
        if isinstance(key.value, str):
            self._check_text(key.value, key)
            return key.value
        if self._text_keys and key.raw:
            return key.raw
        shown = f"the key {key.raw} is not text" if key.raw else "a key must be text"
        raise ConnectError(
            "bad-key", shown, where=f"{self._path}:{key.line}:{key.column}", hint="put the key in quotes"
        )

    def _check_text(self, text: str, node: Node) -> None:
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise fault(self._path, node.line, node.column, "half of a surrogate pair is not a character")
