"""An index of all knowledge entries, built from the files without code for each file.

An entry is any mapping that says something in words and stands below a section: an item of a list with an `id`, or the
value of a key. How fields are called, and which of them are prose, is data too: `knowledge/explain.yaml`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache

from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject, sequence, texts
from agentcore_connect.knowledge import resources

#: The topic that is no entry: the JSON Schema of the answers file.
SCHEMA = "schema"


@dataclass(frozen=True)
class Entry:
    """A knowledge entry: id, file, dotted path, and fields."""

    id: str
    file: str
    path: str
    data: JsonObject

    def __hash__(self) -> int:
        """The hash of its place; the data cannot be hashed."""
        return hash((self.file, self.path, self.id))

    @property
    def sources(self) -> list[str]:
        """The ids of its sources, in the order given."""
        return texts(self.data.get("sources"))

    @property
    def related(self) -> list[str]:
        """The ids it points at."""
        return texts(self.data.get("related"))

    @property
    def is_name(self) -> bool:
        """Return whether the entry is only a name."""
        return not any(_says(self.data, key) for key in resources.load("explain")["prose"])

    @property
    def prose(self) -> str:
        """The text of its first prose field."""
        words = resources.load("explain")
        return next((str(self.data[key]) for key in (*words["prose"], *words["named"]) if _says(self.data, key)), "")

    @property
    def summary(self) -> str:
        """The first sentence of the entry's text."""
        text = re.sub(r"\s+", " ", self.prose).strip()
        return re.split(r"(?<=[.!?]) (?=[A-Z])", text, maxsplit=1)[0]


@dataclass(frozen=True)
class Index:
    """All entries, in the order of the files and within them."""

    entries: tuple[Entry, ...]

    def files(self) -> dict[str, list[Entry]]:
        """The entries by file; the files that have a description come first, in its order."""
        found: dict[str, list[Entry]] = {name: [] for name in resources.load("explain")["files"]}
        for entry in self.entries:
            found.setdefault(entry.file, []).append(entry)
        return {name: entries for name, entries in found.items() if entries}

    def find(self, topic: str) -> list[Entry]:
        """The entries a topic means: by id, by the end of their path, or all below a path; letter case is ignored.

        What says no more than a name comes with the entries that are about it.
        """
        wanted = topic.strip().lower()
        tests = (
            lambda entry: entry.id.lower() == wanted,
            lambda entry: f".{entry.path.lower()}".endswith(f".{wanted}"),
            lambda entry: entry.path.lower().startswith(f"{wanted}."),
        )
        found = next((found for test in tests if (found := [e for e in self.entries if test(e)])), [])
        names = {entry.id for entry in found if entry.is_name}
        return [*found, *(e for e in self.entries if names & set(e.related) and e not in found)]

    def nearest(self, topic: str, number: int = 6) -> list[str]:
        """Names like the topic: those that hold its words, then those spelt alike."""
        wanted = topic.strip().lower()
        names = list(dict.fromkeys([SCHEMA, *self.files(), *(entry.id for entry in self.entries)]))
        words = [word for word in re.split(r"[^a-z0-9]+", wanted) if len(word) > 2]
        holding = [name for name in names if words and all(word in name.lower() for word in words)]
        alike = difflib.get_close_matches(wanted, [name.lower() for name in names], n=number, cutoff=0.6)
        spelt = [name for close in alike for name in names if name.lower() == close]
        return list(dict.fromkeys([*sorted(holding, key=len), *spelt]))[:number]

    def cited_by(self, source: str) -> list[Entry]:
        """The entries that name this source."""
        return [entry for entry in self.entries if source in entry.sources]

    def see_also(self, entry: Entry) -> list[str]:
        """The ids it points at, and those that point at it."""
        back = [other.id for other in self.entries if entry.id in other.related]
        return list(dict.fromkeys([*entry.related, *back]))

    def source(self, name: str) -> JsonObject:
        """The fields of a source; empty for one that is not listed."""
        found: JsonObject = resources.load("sources")["sources"].get(name, {})
        return found


@cache
def index() -> Index:
    """The index of the knowledge files and of the renderers' manifests.

    Errors: ConnectError from the loader, naming the file that is damaged.
    """
    entries: list[Entry] = []
    for name in sorted(path.stem for path in resources.knowledge_dir().glob("*.yaml")):
        if name != "explain":
            entries += _entries(name, resources.load(name))
    for kind in resources.manifests():
        entries += _entries(f"renderers/{kind}", resources.load_manifest(kind))
    return Index(tuple(entries))


def _entries(file: str, data: JsonObject) -> Iterator[Entry]:
    for section, value in data.items():
        if isinstance(value, Mapping | list):
            yield from _below(file, (str(section),), value)


def _below(file: str, path: tuple[str, ...], node: Json) -> Iterator[Entry]:
    """The entries in a section; an entry is not looked into."""
    for key, value in _children(node):
        here = (*path, key)
        if isinstance(value, Mapping) and _is_entry(value):
            yield Entry(str(value.get("id", key)), file, ".".join((file, *here)), value)
        elif isinstance(value, Mapping | list):
            yield from _below(file, here, value)


def _children(node: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(node, Mapping):
        yield from ((str(key), value) for key, value in node.items())
    else:
        for number, item in enumerate(sequence(node)):
            name = item.get("id", item.get("name", number)) if isinstance(item, Mapping) else number
            yield str(name), item


def _is_entry(value: JsonObject) -> bool:
    words = resources.load("explain")
    if any(_says(value, key) for key in words["prose"]):
        return True
    return ("id" in value or "sources" in value) and any(_says(value, key) for key in words["named"])


def _says(value: JsonObject, key: str) -> bool:
    said = value.get(key)
    return isinstance(said, str) and bool(said)
