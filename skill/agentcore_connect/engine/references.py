"""Names in a document that must stand elsewhere in it, and names that must not come out alike. Tables say which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agentcore_connect.engine.shapes import Fault, Path, Spec

Table = Spec


def unresolved(document: Mapping[str, object], references: list[Table]) -> Iterator[Fault]:
    """Every name that leads nowhere.

    In: the document, and for each kind of name the way `from` it stands at (`*` is each entry of a list) and the list
    `to` whose entries bear it. With `by` and `key` it is a key of that entry instead, which the sibling `by` names.
    `but`: what a name need not stand anywhere for.
    """
    for one in references:
        for at, value, holder in _found(document, tuple(one["from"]), (), {}):
            if not isinstance(value, str) or re.search(one.get("but", r"(?!)"), value):
                continue
            entries = [entry for entry in _list(document, one["to"]) if isinstance(entry, Mapping)]
            if "by" in one:
                named = [entry for entry in entries if entry.get("name") == holder.get(one["by"])]
                known = {key for entry in named for key in entry.get(one["key"]) or {}}
                if not named:  # that is a fault of its own
                    continue
            else:
                known = {entry.get("name") for entry in entries}
            if value not in known:
                yield Fault(at, f"there is no {one['what']} {value} in {'.'.join(one['to'])}", str(one["what"]))


def variable_of(entry: Mapping[str, object], table: Table) -> str | None:
    """The environment variable that an entry's value stands in; None where it has none."""
    own = table["of"].get(entry.get(table["by"]))
    name = entry.get("name")
    if own is None or not isinstance(name, str) or entry.get(own["unless"]) is not None:
        return None
    return str(table["prefix"]) + name.replace("-", "_").upper() + str(own["suffix"])


def colliding(document: Mapping[str, object], table: Table) -> Iterator[Fault]:
    """Every entry whose variable is another's already."""
    owners: dict[str, str] = {}
    for index, entry in enumerate(_list(document, [table["list"]])):
        if not isinstance(entry, Mapping) or (variable := variable_of(entry, table)) is None:
            continue
        if variable in owners and owners[variable] != entry["name"]:
            text = f"{entry['name']} and {owners[variable]} share the variable {variable}"
            yield Fault((table["list"], index, "name"), text, str(table["list"]))
        owners.setdefault(variable, str(entry["name"]))


def _found(
    value: object, way: tuple[str, ...], at: Path, holder: Mapping[str, object]
) -> Iterator[tuple[Path, object, Mapping[str, object]]]:
    if not way:
        yield at, value, holder
    elif way[0] == "*":
        for index, one in enumerate(value if isinstance(value, list) else ()):
            yield from _found(one, way[1:], (*at, index), holder)
    elif isinstance(value, Mapping) and way[0] in value:
        yield from _found(value[way[0]], way[1:], (*at, way[0]), value)


def _list(document: Mapping[str, object], way: list[str]) -> list[object]:
    value: object = document
    for step in way:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, list) else []
