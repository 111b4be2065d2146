"""Renders `explain` as plain text or Markdown; field names come from `knowledge/explain.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from agentcore_connect.core.values import Json, JsonObject, mapping, text
from agentcore_connect.knowledge import resources

if TYPE_CHECKING:
    from agentcore_connect.app.explain import Grid, Listing, Part, Topic, Whole


class Words:
    """Renders the data of `explain` as lines of text or Markdown."""

    def __init__(self, *, markdown: bool) -> None:
        """Store the format and load the field names."""
        self.markdown = markdown
        self.words = resources.load("explain")

    def of(self, part: Part) -> list[str]:
        """Return the lines of one part: the topics, the entries of a file, or an entry."""
        if "topics" in part:
            return self._topics(part["topics"])
        if "entries" in part:
            return self._listing(part)
        return self._entry(part)

    def _topics(self, topics: Iterable[Topic]) -> list[str]:
        rows = [(row["topic"], str(row["entries"] or ""), row["about"]) for row in topics]
        lead = "A topic is one of these, or the id of anything that one of them lists."
        return [lead, "", *self._rows(rows)]

    def _listing(self, part: Listing) -> list[str]:
        lines: list[str] = []
        if "topic" in part:
            about = f": {part['about']}" if part["about"] else ""
            lines = [self._head(f"{part['topic']}{about}"), ""]
        if "search" in part:
            lines = [self._head(f"No entry has the id {part['search']!r}. These texts match best:"), ""]
        for grid in part.get("grids", ()):
            lines += [*self._grid(grid), ""]
        lines += self._rows([(row["id"], row["says"]) for row in part["entries"]])
        if part.get("nearest"):
            lines += ["", *self._pair("names like it", ", ".join(part["nearest"]))]
        return lines

    def _rows(self, rows: Sequence[tuple[str, ...]]) -> list[str]:
        if self.markdown:
            return [f"- `{name}` {_escape(' '.join(rest)).strip()}" for name, *rest in rows]
        widths = (
            [min(max((len(row[n]) for row in rows), default=0), 40) for n in range(len(rows[0]) - 1)] if rows else []
        )
        return ["  " + "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]) for row in rows]

    def _grid(self, grid: Grid) -> list[str]:
        if self.markdown:
            head = ["", *grid["columns"]]
            body = [
                [name, *(", ".join(cells[c]) or "–" for c in grid["columns"])] for name, cells in grid["rows"].items()
            ]
            rows = [head, ["---"] * len(head), *body]
            return [f"**{grid['title']}**", "", *("| " + " | ".join(row) + " |" for row in rows)]
        lines = [f"{grid['title']}:"]
        for name, cells in grid["rows"].items():
            lines.append(f"  {name}")
            width = max(len(column) for column in grid["columns"])
            lines += [f"    {c.ljust(width)}  {', '.join(cells[c]) or 'no'}" for c in grid["columns"]]
        return lines

    def _entry(self, part: Whole) -> list[str]:
        lines = [self._head(f"{part['id']}  ({part['path']})" if not self.markdown else part["id"])]
        if part["says"]:
            lines += [f"  {part['says']}" if not self.markdown else _escape(part["says"]), ""]
        for key, value in self._ordered(part):
            lines += self._field(self.words["labels"].get(key, key.replace("_", " ")), key, value)
        if part["sources"]:
            lines += self._list("sources", [self._source(one) for one in part["sources"]])
        for label, ids in (("see also", part["see_also"]), ("cited by", part.get("cited_by"))):
            if ids:
                lines += self._pair(label, ", ".join(ids))
        return lines

    def _ordered(self, part: Whole) -> list[tuple[str, Json]]:
        """Return the fields in the order of the labels, without the one already shown."""
        fields = {key: value for key, value in part["fields"].items() if value != part["says"]}
        known = [key for key in self.words["labels"] if key in fields]
        return [(key, fields[key]) for key in [*known, *(key for key in fields if key not in known)]]

    def _field(self, label: str, key: str, value: Json) -> list[str]:
        if key in ("sure", "confidence"):
            return self._pair(label, self.words["sure"].get(value, value))
        if isinstance(value, list) and any(isinstance(item, Mapping) or len(str(item)) > 30 for item in value):
            return self._list(label, [_item(item) for item in value])
        return self._pair(label, _flow(value))

    def _source(self, source: JsonObject) -> str:
        known = self.words["known_by"].get(source.get("by"), source.get("by", ""))
        versions = ", ".join(f"{name} {version}" for name, version in mapping(source.get("versions")).items())
        how = "; ".join(filter(None, [f"{known} {source.get('date', '')}", versions, text(source.get("note"))]))
        url = f"\n{source['url']}" if "url" in source else ""
        return f"{source['id']}: {source.get('title', '')} ({how}){url}"

    def _head(self, text: str) -> str:
        return f"## {text}" if self.markdown else text

    def _pair(self, label: str, value: str) -> list[str]:
        if self.markdown:
            return [f"- **{label}**: {_escape(value)}"]
        return [f"  {label}: {value}"]

    def _list(self, label: str, items: Iterable[str]) -> list[str]:
        if self.markdown:
            return [f"- **{label}**:", *(f"  - {_escape(item)}" for item in (one.replace("\n", " ") for one in items))]
        return [f"  {label}:", *(f"    - {item}".replace("\n", "\n      ") for item in items)]


def _item(value: object) -> str:
    """Render a list item in one line: value and label of a choice, fields of anything else."""
    if isinstance(value, Mapping) and {"value", "label"} <= set(value):
        more = f" ({value['help']})" if value.get("help") else ""
        return f"{value['value']}: {value['label']}{more}"
    if isinstance(value, Mapping) and {"says", "wins"} <= set(value):
        return f"{value['says']}. Which reading wins: {value['wins']}"
    return _flow(value)


def _flow(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_flow(inner) if not isinstance(inner, Mapping) else f"({_flow(inner)})" for inner in value)
    return "none" if value is None else re.sub(r"\s+", " ", str(value)).strip()


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)
