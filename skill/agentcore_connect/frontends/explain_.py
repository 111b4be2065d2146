"""`agentcore-connect explain`: anything the knowledge says, with why, since when and from which sources."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from agentcore_connect.errors import ConnectError, ExitCode

if TYPE_CHECKING:
    from agentcore_connect.explain import Entry, Index

FORMATS = ("text", "markdown", "json")


def add_parser(sub: Any) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser: argparse.ArgumentParser = sub.add_parser(
        "explain",
        help="the auth matrix, a question, a rule, a limit: what, why, with its sources",
        description="Says what is known about a topic, why, since which version, from which\n"
        "sources, and which reading wins where sources disagree. Ordinary words search\n"
        "all texts. Without a topic: lists the topics.",
        epilog="examples:\n  agentcore-connect explain auth-matrix\n  agentcore-connect explain mcp-server.api-key\n"
        "  agentcore-connect explain gateway-name --format json\n  agentcore-connect explain schema\n"
        "  agentcore-connect explain identity-provider okta\n  agentcore-connect explain api key\n\n"
        "exit codes: 0 done, 2 nothing found",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("topic", nargs="*", metavar="TOPIC", help="a topic, an id, or words to search for")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (default), markdown or json")


def run(args: argparse.Namespace) -> int:
    """Print what was asked for. Errors: ConnectError `unknown-topic`, with the nearest names."""
    from agentcore_connect import resources
    from agentcore_connect.explain import SCHEMA, index

    known = index()
    topic = _topic(known, args.topic)
    if not topic:
        _show(_topics(known), args.format)
    elif topic == SCHEMA:
        text = json.dumps(resources.load_schema("answers"), ensure_ascii=False, indent=2)
        print(f"```json\n{text}\n```" if args.format == "markdown" else text)
    elif topic in known.files():
        _show(_file(known, topic), args.format)
    else:
        found = known.find(topic)
        is_word = len(found) == 1 and "." not in topic and found[0].id.lower() != topic.strip().lower()
        searched = _searched(known, topic, found) if is_word or not found else None
        if searched is not None:
            _show(searched, args.format)
        else:
            _show(_several(known, found) if len(found) > 9 else [_entry(known, one) for one in found], args.format)
    return ExitCode.DONE


def _topic(known: Index, words: list[str]) -> str:
    """The words as one topic: the id of one entry that they spell with hyphens, else the words to search for."""
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


# -------------------------------------------------------------------- what is said, as data


def _topics(known: Index) -> dict[str, Any]:
    from agentcore_connect import resources

    about = resources.load("explain")["files"]
    counts = {name: len(entries) for name, entries in known.files().items()}
    rows = [{"topic": name, "about": about.get(name, ""), "entries": counts.get(name)} for name in {**about, **counts}]
    return {"topics": [row for row in rows if row["entries"] or row["topic"] == "schema"]}


def _file(known: Index, name: str) -> dict[str, Any]:
    from agentcore_connect import resources

    words = resources.load("explain")
    found = _several(known, known.files()[name])
    grids = [_grid(name, one) for one in words["grids"] if one["file"] == name]
    return {"topic": name, "about": words["files"].get(name, ""), **({"grids": grids} if grids else {}), **found}


def _searched(known: Index, words: str, named: list[Entry]) -> dict[str, Any] | None:
    """The entries that answer these words best, after one whose key ends in them.

    Out: None where no text holds any of the words and the entry of that name is all there is.
    Errors: ConnectError `unknown-topic` where there is none either.
    """
    from agentcore_connect.explain_search import search

    hits = search(known, words)
    if not hits and named:
        return None
    if not hits:
        raise _unknown(known, words)
    found = [*named, *(one for one in hits if one not in named)][: len(hits)]
    return {"search": words, **_several(known, found), "nearest": known.nearest(words)}


def _several(known: Index, entries: Iterable[Entry]) -> dict[str, Any]:
    """Each entry in a line, under its id, or under its path where the id is not its alone."""
    names = Counter(entry.id for entry in known.entries)
    rows = [{"id": one.id if names[one.id] == 1 else one.path, "says": one.summary} for one in entries]
    return {"entries": rows}


def _grid(file: str, grid: Mapping[str, Any]) -> dict[str, Any]:
    """A section of rows and columns as a table: in each cell the layers in which it holds."""
    from agentcore_connect import resources

    data = resources.load(file)
    section: Mapping[str, Mapping[str, Any]] = data[grid["section"]]
    columns = list(dict.fromkeys(column for row in section.values() for column in row))
    rows = {}
    for name, row in section.items():
        cells = {column: [grid["name"]] if row.get(column, {}).get(grid["yes"]) else [] for column in columns}
        for layer in grid["also"]:
            place: Any = data
            for part in layer["section"]:
                place = place[part]
            for column in place.get(name, ()):
                cells[column].append(layer["name"])
        rows[name] = cells
    return {"title": grid["title"], "columns": columns, "rows": rows}


def _entry(known: Index, entry: Entry) -> dict[str, Any]:
    """An entry with its sources spelt out; a source also says who cites it."""
    from agentcore_connect import resources

    hidden = {*resources.load("explain")["hidden"], "sources", "related"}
    fields = {key: value for key, value in entry.data.items() if key not in hidden and value not in (None, [], {})}
    found: dict[str, Any] = {"id": entry.id, "path": entry.path, "says": entry.prose, "fields": fields}
    found["sources"] = [{"id": name, **known.source(name)} for name in entry.sources]
    found["see_also"] = known.see_also(entry)
    citing = [other.id for other in known.cited_by(entry.id)] if entry.file == "sources" else []
    return {**found, "cited_by": citing} if citing else found


# -------------------------------------------------------------------- and in words


def _show(content: dict[str, Any] | list[dict[str, Any]], kind: str) -> None:
    """Print content as JSON, or in words; headings are bold where a terminal shows them."""
    if kind == "json":
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return
    from agentcore_connect.frontends.explain_words import Words

    words = Words(markdown=kind == "markdown")
    parts = content if isinstance(content, list) else [content]
    lines = [line for number, part in enumerate(parts) for line in ([""] if number else []) + words.of(part)]
    write = _bold if kind == "text" and _colour() else print
    for line in lines:
        write(line)


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _bold(line: str) -> None:
    from rich.console import Console
    from rich.text import Text

    printer: Callable[..., None] = Console(soft_wrap=True, highlight=False).print
    printer(Text(line, style="bold" if line and not line.startswith(" ") else ""))
