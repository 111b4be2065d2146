"""Edits YAML text to new data and leaves unchanged lines as they are.

The places of the nodes, as PyYAML's composer gives them, become the places of the changes. The result is read again:
a text that does not say what it should is never handed out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.text.document import parse
from agentcore_connect.text.emit import ORDER, dump

_BYTE_ORDER_MARK: Final = "\ufeff"
_COMMENT: Final = r"(?:^|(?<=\s))#[^\r\n]*"


class _Change(NamedTuple):
    """A piece of the text, from one index to another, and what stands there instead."""

    start: int
    end: int
    text: str


def edited(text: str, data: JsonObject) -> str:
    """The text with as few changes as make it say the data; comments, order, quotes and line ends stay.

    A text that cannot be changed in place (an alias that stands for several values, say) is written anew, below its
    comments. Out: the text; reading it gives the data.
    """
    import yaml

    if text.startswith(_BYTE_ORDER_MARK):
        return _BYTE_ORDER_MARK + edited(text.removeprefix(_BYTE_ORDER_MARK), data)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        before = parse(text, format_="yaml").data
        root = yaml.compose(text, Loader=loader)
        if isinstance(root, yaml.MappingNode) and (before or not root.flow_style):
            ending = "\r\n" if "\r\n" in text else "\n"
            changed = text
            for change in sorted(_Places(text).of_mapping(root, before, data, ""), reverse=True):
                changed = changed[: change.start] + change.text.replace("\n", ending) + changed[change.end :]
            if parse(changed, format_="yaml").data == data:
                return changed
    except (yaml.YAMLError, ConnectError, _CannotError):
        pass
    return "".join(f"{comment}\n" for comment in _comments(text)) + dump(data)


class _CannotError(Exception):
    """A change that has no place in the text as it is."""


def _comments(text: str) -> list[str]:
    """The comments of a text, in order: what stands after a `#` between two tokens."""
    import yaml

    found, at = [], 0
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            found += re.findall(_COMMENT, text[at : token.start_mark.index])
            at = max(at, token.end_mark.index)
        found += re.findall(_COMMENT, text[at:])
    return found


class _Places:
    """Finds the changes of one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of_mapping(self, node: Any, before: JsonObject, after: JsonObject, place: str) -> Iterator[_Change]:
        """The changes that make a mapping say other data."""
        pairs = [(key.value, key, value) for key, value in node.value]
        if {name for name, _, _ in pairs} != set(before) or len(pairs) != len(before):
            raise _CannotError
        gone = [n for n, (name, _, _) in enumerate(pairs) if name not in after]
        added = {name: value for name, value in after.items() if name not in before}
        if len(gone) == len(pairs):
            raise _CannotError
        for number in gone:
            yield self._without(
                node, [(key.start_mark.index, self._end(value)) for _, key, value in pairs], number, gone
            )
        for name, key, value in pairs:
            if name in after and before[name] != after[name]:
                inner = f"{place}.{name}" if place else name
                yield from self._of_value(node, key, value, before[name], after[name], inner)
        yield from self._with(node, [name for name, _, _ in pairs], added, place)

    def _of_value(self, parent: Any, key: Any, node: Any, before: Json, after: Json, place: str) -> Iterator[_Change]:
        if isinstance(before, Mapping) and isinstance(after, Mapping) and before and after:
            yield from self.of_mapping(node, before, after, place)
            return
        if isinstance(before, list) and isinstance(after, list) and before and after:
            changes = self._of_list(node, before, after, place)
            if changes is not None:
                yield from changes
                return
        yield self._replaced(parent, key, node, after, place)

    def _of_list(self, node: Any, before: Sequence[Json], after: Sequence[Json], place: str) -> list[_Change] | None:
        """The changes of a list to which items were added, of which some went, or some changed in place; else None."""
        inner = f"{place}.*"
        shared = len(before) if before == after[: len(before)] else 0
        if shared:
            return [self._appended(node, after[shared:], place)]
        if len(after) >= len(before) and all(map(_is_alike, before, after)):
            changes: list[_Change] = []
            for item, one, other in zip(node.value, before, after, strict=False):
                if one != other and isinstance(one, Mapping) and isinstance(other, Mapping):
                    changes += self.of_mapping(item, one, other, inner)
                elif one != other or type(one) is not type(other):
                    changes.append(_Change(item.start_mark.index, self._end(item), _scalar(other)))
            return [*changes, *([self._appended(node, after[len(before) :], place)] if after[len(before) :] else [])]
        gone = _left_out(before, after)
        if gone is None:
            return None
        spans = [(self._dash(node, item), self._end(item)) for item in node.value]
        return [self._without(node, spans, number, gone) for number in gone]

    # ---- what stands where ---------------------------------------------------------------------------------------

    def _dash(self, parent: Any, item: Any) -> int:
        """Return the place of the hyphen before a block list item, or of a flow list item."""
        start = int(item.start_mark.index)
        return start if parent.flow_style else self._text.rfind("-", 0, start)

    def _end(self, node: Any) -> int:
        """Return the end of a value. A block collection's own end mark lies after the comments below it."""
        if isinstance(node.value, list) and not node.flow_style:
            last = node.value[-1] if node.value else node
            return self._end(last[1] if isinstance(last, tuple) else last) if node.value else node.start_mark.index
        end = int(node.end_mark.index)
        while end > node.start_mark.index and self._text[end - 1] in "\r\n ":  # a block scalar ends on the next line
            end -= 1
        return end

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        """The end of the line, its line break included."""
        found = self._text.find("\n", index)
        return len(self._text) if found < 0 else found + 1

    # ---- the changes ---------------------------------------------------------------------------------------------

    def _without(self, parent: Any, spans: list[tuple[int, int]], number: int, gone: list[int]) -> _Change:
        """An entry or item taken out: its lines, or its part of the line where it shares one."""
        start, end = spans[number]
        if parent.flow_style:
            if number + 1 < len(spans):
                return _Change(start, spans[number + 1][0], "")
            kept = [n for n in range(number) if n not in gone]
            if not kept:
                raise _CannotError
            return _Change(spans[kept[-1]][1], end, "")
        lead = self._text[self._line_start(start) : start]
        if not lead.strip():
            return _Change(self._line_start(start), self._line_end(end), "")
        if number + 1 >= len(spans):  # the only one behind a hyphen
            raise _CannotError
        return _Change(start, spans[number + 1][0], "")

    def _with(self, node: Any, names: list[str], added: JsonObject, place: str) -> Iterator[_Change]:
        """Entries added, each behind the entry that it usually follows, else at the end."""
        order = _order_below(place)
        rank = {name: number for number, name in enumerate(order.get("", ()))}
        groups: dict[int, dict[str, Json]] = {}
        for name, value in added.items():
            before = [n for n, one in enumerate(names) if rank.get(one, len(rank)) < rank.get(name, -1)]
            groups.setdefault(before[-1] if before else len(names) - 1, {})[name] = value
        for number, group in groups.items():
            end = self._end(node.value[number][1])
            if node.flow_style:
                yield _Change(end, end, "".join(f", {one}" for one in _flow_entries(group)))
            else:
                column = node.value[0][0].start_mark.column
                yield self._lines_after(end, _indented(dump(group, order), column))

    def _appended(self, node: Any, items: Sequence[Json], place: str) -> _Change:
        """Items added at the end of a list."""
        end = self._end(node.value[-1])
        if node.flow_style:
            return _Change(end, end, "".join(f", {_flow(one)}" for one in items))
        above, _, name = place.rpartition(".")
        text = dump({name: items}, _order_below(above))
        lines = [line[2:] for line in text.splitlines()[1:]]
        return self._lines_after(end, _indented("\n".join(lines) + "\n", node.start_mark.column))

    def _lines_after(self, end: int, lines: str) -> _Change:
        """Whole lines after the one in which something ends."""
        at = self._line_end(end)
        is_last = at == len(self._text) and not self._text.endswith("\n")
        return _Change(at, at, f"\n{lines}" if is_last else lines)

    def _replaced(self, parent: Any, key: Any, node: Any, value: Json, place: str) -> _Change:
        """One value in the place of another: on its line where it fits there, else on lines of its own."""
        start, end = node.start_mark.index, self._end(node)
        stays_in_line = isinstance(node.value, list) and node.flow_style and isinstance(value, list | Mapping)
        if parent.flow_style or stays_in_line:
            return _Change(start, end, _flow(value))
        lines = dump({key.value: value}, _order_below(place.rpartition(".")[0]))
        if lines.count("\n") == 1 and not _is_nested(node):
            text = lines.rstrip("\n").partition(": ")[2]
            gap = "" if self._text[start - 1 : start] in (" ", "\n") else " "
            return _Change(start, max(start, end), f"{gap}{text}")
        end = max(end, key.end_mark.index + 1)
        kept = "".join(f"{comment}\n" for comment in _comments(self._text[key.start_mark.index : end]))
        indented = _indented(kept + lines, key.start_mark.column).rstrip("\n").lstrip(" ")
        return _Change(key.start_mark.index, end, indented)


def _is_nested(node: Any) -> bool:
    return isinstance(node.value, list) and not node.flow_style


def _is_alike(one: Json, other: Json) -> bool:
    """Return whether one list item can be changed into another in place: the same, two mappings, two scalars."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return bool(one and other)
    return bool(one == other) or (not isinstance(one, Mapping | list) and not isinstance(other, Mapping | list))


def _left_out(before: Sequence[Json], after: Sequence[Json]) -> list[int] | None:
    """The places of the items that are missing, where the others stand in the same order; None where they do not."""
    gone, rest = [], list(after)
    for number, one in enumerate(before):
        if rest and rest[0] == one:
            rest.pop(0)
        else:
            gone.append(number)
    return gone if not rest and after else None


def _order_below(place: str) -> dict[str, Sequence[str]]:
    """The order of keys for a part of the file, by the places below it."""
    lead = ".".join("*" if part.isdigit() else part for part in place.split(".")) if place else ""
    if not lead:
        return dict(ORDER)
    return {
        key[len(lead) :].lstrip("."): names for key, names in ORDER.items() if key == lead or key.startswith(f"{lead}.")
    }


def _indented(text: str, column: int) -> str:
    return "".join(f"{' ' * column}{line}\n" if line else "\n" for line in text.splitlines())


def _flow_entries(data: Mapping[str, object]) -> list[str]:
    return [f"{_scalar(key)}: {_flow(value)}" for key, value in data.items()]


def _flow(value: object) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(_flow_entries(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """A scalar as `dump` writes it, in quotes where a bracket or comma around it would change its meaning."""
    return dump({"x": value}).removeprefix("x: ").rstrip("\n")
