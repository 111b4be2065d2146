"""The promised state of the project's files, and its comparison with the files.

A command that is accepted proves little: a tool may take an option and drop it. So every operation says what a file
must hold afterwards, and which option is answerable for which part; `compare` names each difference and that option.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Protocol

from agentcore_connect.core.expressions import later
from agentcore_connect.core.record import dataclass, field, replace
from agentcore_connect.core.values import Json, JsonObject, mapping, mappings
from agentcore_connect.plan.entries import Place, PromisedEntry

_Key = tuple[object, ...]

_MARKER = later(r"\$\{[A-Z][A-Z0-9_]*\}")


class _Absent:
    """Nothing stands at a place."""


_ABSENT = _Absent()


@dataclass(frozen=True)
class Promised:
    """One object, or one value, that must stand in a file.

    `at`: the way to it, keys and, for a list's entry, what to know it by (`{"name": "x"}`). `value`: what must be
    there; `${NAME}` inside a text stands for a value known only at run time. `whole`: nothing else may be there, but
    for the keys in `free`. `flags`: option answerable for a part, by the part's dotted path. `by`: the operation.
    `file`: relative to the project; empty for the project's own file.
    """

    at: Place
    value: Json
    by: str = ""
    file: str = ""
    whole: bool = False
    free: tuple[str, ...] = ()
    flags: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> PromisedEntry:
        """The promise as plain data, for plan files and for the script that checks what is there already."""
        entry: PromisedEntry = {"at": list(self.at), "value": self.value}
        if self.file:
            entry = {"file": self.file, "at": list(self.at), "value": self.value}
        if self.whole:
            entry["whole"], entry["free"] = True, list(self.free)
        return entry


@dataclass(frozen=True)
class Promise:
    """The state when all operations are done: what the files say, and the names that the variables file holds."""

    entries: tuple[Promised, ...]
    variables: frozenset[str] = frozenset()

    @cached_property
    def by_place(self) -> dict[_Key, Promised]:
        """The entries by the place that they are about."""
        return {_key(entry.file, entry.at): entry for entry in self.entries}


class Promising(Protocol):
    """The parts of an operation that `promises` reads."""

    @property
    def promise(self) -> tuple[Promised, ...]:
        """The promises of this operation."""


def promises(operations: Iterable[Promising]) -> Promise:
    """Fold the promises of operations, in their order, into the state that they end in.

    A later promise about a part of an earlier object goes into that object, and overrides what was promised there.
    """
    entries: dict[_Key, Promised] = {}
    for operation in operations:
        for promised in operation.promise:
            holder = _holder(entries, promised)
            if holder is None:
                entries[_key(promised.file, promised.at)] = promised
            else:
                key, keys = holder
                entries[key] = _merged(entries[key], promised, keys)
    return Promise(tuple(entries.values()))


def in_the_end(promised: Iterable[Promised], promise: Promise) -> list[Promised]:
    """One operation's promises with the values that the whole plan leaves there."""
    entries = promise.by_place
    found = []
    for one in promised:
        holder = _holder(entries, one)
        found.append(one if holder is None else replace(one, value=find(entries[holder[0]].value, holder[1])))
    return found


def compare(
    promise: Promise,
    actual: JsonObject,
    *,
    files: Mapping[str, JsonObject] | None = None,
    variables: Collection[str] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> list[str]:
    """Every difference between a promise and the files, one sentence each; empty when the promise is kept.

    In: the parsed project file; other files by path, where a promise speaks of them (one that is not given counts as
    empty); the names in the variables file, where they are to be checked; run-time values that are known.
    """
    found: list[str] = []
    for promised in promise.entries:
        document = (files or {}).get(promised.file, {}) if promised.file else actual
        found += _differences_of(promised, document, inputs or {})
    missing = promise.variables.difference(promise.variables if variables is None else variables)
    return found + [f"{name}: promised in the variables file, not there" for name in sorted(missing)]


def find(document: Json, place: Place) -> Json:
    """Return the value at a place of a parsed file, or None."""
    value = _find(document, place)
    return None if isinstance(value, _Absent) else value


def spell(place: Place) -> str:
    """A place as text: `agentCoreGateways[MyGateway].targets[Weather].outboundAuth`."""
    text = ""
    for step in place:
        if isinstance(step, str):
            text += f".{step}" if text else step
        else:
            text += f"[{', '.join(str(value) for value in step.values())}]"
    return text


def _find(document: Json, place: Place) -> Json | _Absent:
    value: Json | _Absent = document
    for step in place:
        if isinstance(value, _Absent):
            return _ABSENT
        if isinstance(step, str):
            value = value[step] if isinstance(value, Mapping) and step in value else _ABSENT
        else:
            value = next((entry for entry in mappings(value) if _fits(entry, step)), _ABSENT)
    return value


def _fits(entry: JsonObject, step: JsonObject) -> bool:
    return all(entry.get(key) == value for key, value in step.items())


def _key(file: str, place: Place) -> _Key:
    return (file, *(step if isinstance(step, str) else tuple(sorted(step.items())) for step in place))


def _holder(entries: Mapping[_Key, Promised], promised: Promised) -> tuple[_Key, tuple[str, ...]] | None:
    """The entry whose object a promise is about, and the keys that lead from that object to it; None without one."""
    key = _key(promised.file, promised.at)
    for length in range(len(key), 0, -1):
        keys = promised.at[length - 1 :]
        entry = entries.get(key[:length])
        if entry is not None and (not keys or isinstance(entry.value, Mapping)):
            return key[:length], tuple(step for step in keys if isinstance(step, str))
        if length > 1 and not isinstance(promised.at[length - 2], str):
            return None  # an entry of a list is an object of its own
    return None


def _merged(earlier: Promised, later: Promised, keys: tuple[str, ...]) -> Promised:
    prefix = ".".join(keys)
    flags = {path: flag for path, flag in earlier.flags.items() if not prefix or not _below(path, prefix)}
    flags |= {".".join(filter(None, (prefix, path))): flag for path, flag in later.flags.items()}
    flags.setdefault(prefix, later.by)
    value = _with(earlier.value, keys, later.value)
    return replace(earlier, value=value, flags=flags, whole=earlier.whole or (later.whole and not keys))


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + ".")


def _with(value: Json, keys: tuple[str, ...], new: Json) -> Json:
    base = dict(mapping(value))
    if not keys:
        return base | dict(new) if isinstance(new, Mapping) else new
    base[keys[0]] = _with(base.get(keys[0]), keys[1:], new) if len(keys) > 1 else new
    return base


def _differences_of(promised: Promised, document: Json, inputs: Mapping[str, str]) -> list[str]:
    place = spell(promised.at)
    actual = _find(document, promised.at)
    if isinstance(actual, _Absent):
        return [f"{place}: promised by {promised.by or 'the plan'}, not there"]
    return _differences(promised, promised.value, actual, (), place, inputs)


def _differences(
    promised: Promised, value: Json, actual: Json, path: tuple[str, ...], place: str, inputs: Mapping[str, str]
) -> list[str]:
    here = ".".join(filter(None, (place, *path)))
    within = f"{here}." if here else ""
    if isinstance(value, Mapping) and isinstance(actual, Mapping):
        found: list[str] = []
        for key, wanted in value.items():
            if key in actual:
                found += _differences(promised, wanted, actual[key], (*path, key), place, inputs)
            else:
                found.append(f"{within}{key}: promised {_show(wanted)}, not there{_answerable(promised, (*path, key))}")
        if promised.whole:
            extra = [key for key in actual if key not in value and (path or key not in promised.free)]
            found += [
                f"{within}{key}: the file has {_show(actual[key])}, and nothing of the kind was promised"
                for key in extra
            ]
        return found
    if _equal(value, actual, inputs):
        return []
    return [f"{here}: promised {_show(value)}, it says {_show(actual)}{_answerable(promised, path)}"]


def _equal(value: Json, actual: Json, inputs: Mapping[str, str]) -> bool:
    if isinstance(value, str) and isinstance(actual, str) and _MARKER.search(value):
        pattern, at = "", 0
        for match in _MARKER.finditer(value):
            known = inputs.get(match[0][2:-1])
            pattern += re.escape(value[at : match.start()]) + (".+" if known is None else re.escape(known))
            at = match.end()
        return re.fullmatch(pattern + re.escape(value[at:]), actual, re.DOTALL) is not None
    if isinstance(value, list) and isinstance(actual, list):
        return len(value) == len(actual) and all(_equal(*pair, inputs) for pair in zip(value, actual, strict=True))
    if isinstance(value, Mapping) and isinstance(actual, Mapping):
        return value.keys() == actual.keys() and all(_equal(value[key], actual[key], inputs) for key in value)
    return type(value) is type(actual) and bool(value == actual)


def _answerable(promised: Promised, path: tuple[str, ...]) -> str:
    """Return the option responsible for this part, or for the nearest part around it."""
    for length in range(len(path), -1, -1):
        flag = promised.flags.get(".".join(path[:length]))
        if flag:
            return f" ({flag} had no effect)" if flag.startswith("--") else f" ({flag})"
    inner = [flag for part, flag in promised.flags.items() if _below(part, ".".join(path))]
    if inner:
        return f" ({', '.join(dict.fromkeys(inner))} had no effect)"
    return f" ({promised.by})" if promised.by else ""


def _show(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
