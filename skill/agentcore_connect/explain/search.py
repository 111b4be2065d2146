"""Finds entries of the knowledge by ordinary words, ranked by SQLite's full-text search (BM25)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from agentcore_connect.knowledge import resources

if TYPE_CHECKING:
    from agentcore_connect.explain.index import Entry, Index

#: How much a match counts, by where the word stands: the id, the title and keywords, the prose, everything else.
_WEIGHTS = (6.0, 8.0, 3.0, 1.0)


def search(known: Index, words: str, number: int = 5) -> list[Entry]:
    """The entries that answer these words best, the best one first.

    Args:
        known: the index of the knowledge.
        words: ordinary words, such as "api key" or "GatewayClient". Letter case and word endings are ignored.
        number: how many entries to give at most.

    Returns:
        Entries that hold all the words; where none does, entries that hold any of them; else an empty list.
    """
    wanted = _words(words)
    if not wanted:
        return []
    database = sqlite3.connect(":memory:")
    try:
        _fill(database, known)
        every = " AND ".join(f'"{word}"*' for word in wanted)
        some = " OR ".join(f'"{word}"' for word in wanted if len(word) > 2)
        return _ranked(database, known, every, number) or (_ranked(database, known, some, number) if some else [])
    finally:
        database.close()


def _ranked(database: sqlite3.Connection, known: Index, query: str, number: int) -> list[Entry]:
    weights = ", ".join(map(str, _WEIGHTS))
    rows = database.execute(
        f"SELECT rowid FROM entries WHERE entries MATCH ? ORDER BY bm25(entries, {weights}) * factor, rowid LIMIT ?",  # noqa: S608 - the numbers above
        (query, number),
    )
    return [known.entries[row - 1] for (row,) in rows]


def _fill(database: sqlite3.Connection, known: Index) -> None:
    columns = "id, titles, prose, rest, factor UNINDEXED, tokenize='porter unicode61'"
    database.execute(f"CREATE VIRTUAL TABLE entries USING fts5({columns})")
    rows = ((number, *_columns(entry), _factor(entry)) for number, entry in enumerate(known.entries, 1))
    database.executemany("INSERT INTO entries(rowid, id, titles, prose, rest, factor) VALUES (?, ?, ?, ?, ?, ?)", rows)


def _factor(entry: Entry) -> float:
    """Return the weight of a file's entries: answers before lists of names."""
    factors: Mapping[str, float] = resources.load("explain")["search"]
    return factors.get(entry.file, 1.0)


def _columns(entry: Entry) -> tuple[str, str, str, str]:
    titles = [entry.data.get(key) for key in ("title", "keywords", "topic")]
    said = entry.prose
    rest = " ".join(_texts({key: value for key, value in entry.data.items() if key not in {"sources", "related"}}))
    return (_apart(entry.id), _apart(" ".join(_texts(titles))), _apart(said), _apart(rest))


def _texts(node: object) -> Iterator[str]:
    """Every text below a node, keys of mappings included."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _texts(value)
    elif node is not None:
        yield str(node)


def _apart(text: str) -> str:
    """The text with the parts of compound names (camelCase) beside the names themselves."""
    parts = re.findall(r"\b\w*[a-z][A-Z]\w*\b", text)
    return " ".join([text, *(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", part) for part in parts)])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("_", " "))
