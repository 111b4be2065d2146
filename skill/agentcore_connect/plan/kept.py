"""A project's files as they stand once a plan's promises are kept: for checks that run no tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.entries import Place
from agentcore_connect.plan.promises import Promise


def kept(promise: Promise, documents: Mapping[str, Json], inputs: Mapping[str, str]) -> JsonObject:
    """The documents with everything in them that is promised.

    In: what the operations promise together; the parsed files by path, the project's own under the empty name (one
    that is missing counts as empty); run-time values that are known. Nothing that is given is changed.
    """
    made = {name: json.loads(json.dumps(document)) for name, document in documents.items()}
    for one in promise.entries:
        made[one.file] = put(made.get(one.file, {}), one.at, filled(one.value, inputs))
    return made


def put(document: Json, at: Place, value: Json) -> Json:
    """A document with a value at a place: objects are merged, an entry that a list does not have is added."""
    if not at:
        return merged(document, value)
    step, rest = at[0], at[1:]
    if isinstance(step, str):
        held = dict(document) if isinstance(document, Mapping) else {}
        held[step] = put(held.get(step), rest, value)
        return held
    entries = list(document) if isinstance(document, list) else []
    for index, entry in enumerate(entries):
        if isinstance(entry, Mapping) and all(entry.get(key) == wanted for key, wanted in step.items()):
            entries[index] = put(entry, rest, value)
            return entries
    return [*entries, put(dict(step), rest, value)]


def merged(old: Json, new: Json) -> Json:
    """Two values as one: of two objects every key, else the new value."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


def filled(value: Json, inputs: Mapping[str, str]) -> Json:
    """A promised value with the run-time values that are known in it."""
    if isinstance(value, str):
        return words.fill([value], inputs)[0]
    if isinstance(value, Mapping):
        return {key: filled(one, inputs) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [filled(one, inputs) for one in value]
    return value
