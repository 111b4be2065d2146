"""YAML text to nodes: the YAML 1.2 core scalars, from parser events, so that nothing is built before it is checked.

Source: YAML 1.2.2, section 10.3 (core schema). One deliberate difference: digits after a leading zero stay text,
because they are identifiers (an account number), not numbers.
"""

from __future__ import annotations

import math
import re
from typing import Any

from agentcore_connect.text import _plain
from agentcore_connect.text._nodes import MAX_DEPTH, Node, fault, too_deep

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_OTHER_BASE = re.compile(r"0(o[0-7]+|x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_LONGEST_NUMBER = 300  # the interpreter refuses far longer ones; nobody means a number by that many digits
_STRUCTURE_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}


def scalar(text: str) -> Any:
    """Return the value of an unquoted YAML scalar: None, a bool, an int, a finite float or the text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _OTHER_BASE.match(text):
        return int(text, 0)
    if _FLOAT.match(text) and math.isfinite(number := float(text)):
        return number
    return text


def compose(text: str, path: str) -> Node | None:
    """The single document in `text` as nodes; None when there is none (an empty file).

    Errors: ConnectError `malformed-file` with line, column and the parser's words.
    """
    plain = _plain.compose(text, scalar)
    if plain is not None:
        return plain
    return _by_library(text, path)


def _by_library(text: str, path: str) -> Node | None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(path).compose(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = error.problem or error.context or "not YAML"
        if error.context and error.problem:
            words = f"{error.problem}, {error.context}"
        if error.context_mark and mark and error.context_mark.line != mark.line:
            words += f" that starts on line {error.context_mark.line + 1}"
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        hint = "indent with spaces, YAML takes no tabs" if tab else "correct the YAML at that place"
        raise fault(path, line, column, f"not valid YAML: {words}", hint) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        words = f"not valid YAML: the character U+{ord(_char(error.character)):04X} is not allowed"
        raise fault(path, line, column, words, "remove that character") from None


def _char(found: Any) -> str:
    return chr(found) if isinstance(found, int) else str(found)[:1]


class _Composer:
    """Builds the tree from the events of one parse."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._open: list[tuple[Node, str | None, list[Node]]] = []

    def compose(self, events: Any) -> Node | None:
        import yaml

        documents = 0
        for event in events:
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise fault(self._path, line, column, "a second YAML document starts here", "keep only one")
            elif isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event, line, column), event.anchor)
            elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
                self._refuse_tag(event.tag, _STRUCTURE_TAGS, line, column)
                if len(self._open) >= MAX_DEPTH:
                    raise too_deep(self._path, line, column)
                node = Node([], line, column, is_mapping=isinstance(event, yaml.MappingStartEvent))
                self._open.append((node, event.anchor, []))
            elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                self._close()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(str(event.anchor), line, column)
        return self._root

    def _scalar(self, event: Any, line: int, column: int) -> Node:
        if event.tag is not None:
            self._refuse_tag(event.tag, _TEXT_TAGS, line, column)
            return Node(event.value, line, column)
        if event.implicit[0]:
            return Node(scalar(event.value), line, column, raw=event.value)
        return Node(event.value, line, column)

    def _alias(self, name: str, line: int, column: int) -> None:
        if name not in self._anchors:
            # The name is not repeated: what reads like an alias may be a password that was not quoted.
            problem = "this reads as an alias, and there is no anchor of that name before it"
            raise fault(self._path, line, column, problem, "put text that starts with * in quotes")
        self._add(self._anchors[name], None)

    def _close(self) -> None:
        node, anchor, items = self._open.pop()
        node.value.extend(zip(items[::2], items[1::2], strict=True) if node.is_mapping else items)
        self._add(node, anchor)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1][2].append(node)
        else:
            self._root = node

    def _refuse_tag(self, tag: str | None, allowed: set[str | None] | set[str], line: int, column: int) -> None:
        if tag not in allowed:
            hint = "remove the tag; text that starts with ! goes in quotes"
            raise fault(self._path, line, column, "this reads as a YAML tag, and tags are not accepted", hint)
