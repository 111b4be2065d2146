"""Values in a request that only the running script has: `{"$runtime": name}` stands for each until it is known."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.values import Json, JsonObject

RUNTIME = "$runtime"
#: Beside the name: all items of the list go into the list around the marker.
SPLICE = "$splice"


def is_marker(body: JsonObject) -> bool:
    """Return whether this mapping stands for a run-time value (and is not, say, a tool's property of that odd name)."""
    return isinstance(body.get(RUNTIME), str) and body.keys() <= {RUNTIME, SPLICE}


def runtime_names(body: Json) -> list[str]:
    """The names of the run-time values in a body, each once, in the order of their first appearance."""
    if isinstance(body, Mapping):
        if is_marker(body):
            return [str(body[RUNTIME])]
        body = list(body.values())
    if not isinstance(body, list):
        return []
    return list(dict.fromkeys(name for part in body for name in runtime_names(part)))


def settle(body: Json, values: JsonObject) -> Json:
    """The body with its run-time values put in; a value that is None or absent takes its member with it."""
    if isinstance(body, Mapping):
        if is_marker(body):
            return values.get(str(body[RUNTIME]))
        settled = {key: settle(part, values) for key, part in body.items()}
        return {key: value for key, value in settled.items() if value is not None}
    if isinstance(body, list):
        items: list[Json] = []
        for part in body:
            value = settle(part, values)
            if isinstance(part, Mapping) and part.get(SPLICE):
                items.extend(value if isinstance(value, list) else [])
            elif value is not None:
                items.append(value)
        return items
    return body
