"""Explains a topic, as data and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, NotRequired, TypeAlias, final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple, TypedDict
from agentcore_connect.core.values import JsonObject

if TYPE_CHECKING:
    from agentcore_connect.explain.index import Entry, Index
    from agentcore_connect.knowledge import resources


class Schema(NamedTuple):
    """The JSON Schema of the answers file."""

    content: JsonObject


class Topic(TypedDict):
    """A topic: what it is about, and how many entries it has."""

    topic: str
    about: str
    entries: int | None


@final
class Topics(TypedDict):
    """The topics there are."""

    topics: list[Topic]


class Row(TypedDict):
    """An entry in a line."""

    id: str
    says: str


class Grid(TypedDict):
    """A table: by row and column the layers in which something holds."""

    title: str
    columns: list[str]
    rows: dict[str, dict[str, list[str]]]


@final
class Listing(TypedDict):
    """Several entries: of a file (``topic``), or those that answer the words searched for."""

    entries: list[Row]
    topic: NotRequired[str]
    about: NotRequired[str]
    grids: NotRequired[list[Grid]]
    search: NotRequired[str]
    nearest: NotRequired[list[str]]


@final
class Whole(TypedDict):
    """One entry with its fields, and its sources spelt out."""

    id: str
    path: str
    says: str
    fields: JsonObject
    sources: list[JsonObject]
    see_also: list[str]
    cited_by: NotRequired[list[str]]


Part: TypeAlias = Topics | Listing | Whole
#: A listing, or one entry or several; or the JSON Schema of the answers.
Content: TypeAlias = Part | list[Whole] | Schema

_MOST_WHOLE = 9


def explain(words: Sequence[str]) -> Content:
    """Explain a topic by id or by search words; without words, list the topics.

    Errors: ConnectError `unknown-topic`, with the nearest names.
    """
    from agentcore_connect.explain.index import SCHEMA, index
    from agentcore_connect.knowledge import resources

    known = index()
    topic = _topic(known, words)
    if not topic:
        return _topics(known)
    if topic == SCHEMA:
        return Schema(resources.load_schema("answers"))
    if topic in known.files():
        return _file(known, topic)
    found = known.find(topic)
    is_word = len(found) == 1 and "." not in topic and found[0].id.lower() != topic.strip().lower()
    searched = _searched(known, topic, found) if is_word or not found else None
    if searched is not None:
        return searched
    return _several(known, found) if len(found) > _MOST_WHOLE else [_entry(known, one) for one in found]


def data(content: Content) -> object:
    """The result of `explain`, as JSON."""
    return content.content if isinstance(content, Schema) else content


def lines(content: Content, *, markdown: bool) -> list[str]:
    """Render the result of `explain` as text or Markdown; a JSON Schema stays JSON."""
    from agentcore_connect.app.explain_words import Words

    if isinstance(content, Schema):
        import json

        text = json.dumps(content.content, ensure_ascii=False, indent=2).splitlines()
        return ["```json", *text, "```"] if markdown else text
    words = Words(markdown=markdown)
    parts = content if isinstance(content, list) else [content]
    return [line for number, part in enumerate(parts) for line in ([""] if number else []) + words.of(part)]


def _topic(known: Index, words: Sequence[str]) -> str:
    """Return the entry id that the words spell with hyphens, or the words to search for."""
    name = "-".join(words).lower()
    return name if [one.id.lower() for one in known.entries].count(name) == 1 else " ".join(words)


def _unknown(known: Index, topic: str) -> ConnectError:
    near = known.nearest(topic)
    nearest = f"nearest names: {', '.join(near)}; " if near else ""
    return ConnectError(
        "unknown-topic",
        f"nothing here is called {topic!r}",
        expected="a topic, or the id of a question, rule, limit, pattern, error, correction, fact or source",
        hint=f"{nearest}`agentcore-connect explain` lists the topics",
    )


def _topics(known: Index) -> Topics:
    from agentcore_connect.knowledge import resources

    about = resources.load("explain")["files"]
    counts = {name: len(entries) for name, entries in known.files().items()}
    names = {**about, **counts}
    rows: list[Topic] = [{"topic": name, "about": about.get(name, ""), "entries": counts.get(name)} for name in names]
    return {"topics": [row for row in rows if row["entries"] or row["topic"] == "schema"]}


def _file(known: Index, name: str) -> Listing:
    from agentcore_connect.knowledge import resources

    words = resources.load("explain")
    found = _several(known, known.files()[name])
    grids = [_grid(name, one) for one in words["grids"] if one["file"] == name]
    about, entries = words["files"].get(name, ""), found["entries"]
    if grids:
        return {"topic": name, "about": about, "grids": grids, "entries": entries}
    return {"topic": name, "about": about, "entries": entries}


def _searched(known: Index, words: str, named: list[Entry]) -> Listing | None:
    """Return the best entries for these words; an entry whose key ends in them comes first.

    Out: None where no text holds any of the words and the entry of that name is all there is.
    Errors: ConnectError `unknown-topic` where there is none either.
    """
    from agentcore_connect.explain.search import search

    hits = search(known, words)
    if not hits and named:
        return None
    if not hits:
        raise _unknown(known, words)
    found = [*named, *(one for one in hits if one not in named)][: len(hits)]
    return {"search": words, "entries": _several(known, found)["entries"], "nearest": known.nearest(words)}


def _several(known: Index, entries: Iterable[Entry]) -> Listing:
    """List entries by id, or by path if the id is ambiguous."""
    names = Counter(entry.id for entry in known.entries)
    rows: list[Row] = [{"id": one.id if names[one.id] == 1 else one.path, "says": one.summary} for one in entries]
    return {"entries": rows}


def _grid(file: str, grid: resources.Entry) -> Grid:
    """Render a section of rows and columns as a table of the layers that allow each cell."""
    from agentcore_connect.knowledge import resources

    data = resources.load(file)
    section = data[grid["section"]]
    columns = list(dict.fromkeys(column for row in section.values() for column in row))
    rows = {}
    for name, row in section.items():
        cells = {column: [grid["name"]] if row.get(column, {}).get(grid["yes"]) else [] for column in columns}
        for layer in grid["also"]:
            place = reduce(lambda held, part: held[part], layer["section"], data)
            for column in place.get(name, ()):
                cells[column].append(layer["name"])
        rows[name] = cells
    return {"title": grid["title"], "columns": columns, "rows": rows}


def _entry(known: Index, entry: Entry) -> Whole:
    """Return an entry with its sources in full, and for a source the entries that cite it."""
    from agentcore_connect.knowledge import resources

    hidden = {*resources.load("explain")["hidden"], "sources", "related"}
    fields = {key: value for key, value in entry.data.items() if key not in hidden and value not in (None, [], {})}
    found: Whole = {
        "id": entry.id,
        "path": entry.path,
        "says": entry.prose,
        "fields": fields,
        "sources": [{"id": name, **known.source(name)} for name in entry.sources],
        "see_also": known.see_also(entry),
    }
    citing = [other.id for other in known.cited_by(entry.id)] if entry.file == "sources" else []
    if citing:
        found["cited_by"] = citing
    return found
