"""The facts about a framework's agents, from the `agent` part of its client's manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from agentcore_connect.knowledge.resources import Entry


class Taker(NamedTuple):
    """The tools argument of a call: keyword, and position if it may be positional."""

    keyword: str
    position: int | None


class Facts(NamedTuple):
    """The construction of an agent in a framework, and its tools expression.

    ``builds``: the dotted names of what builds an agent. ``parts``: those of what takes tools where an agent is put
    together from parts; a name that begins with a dot is a method. ``gives``: the expression of a list, made of
    ``imports``. ``opens``: the decorator that keeps the connection open while an entry point runs. ``is_lazy``: the
    list may be made while a module is loaded. ``is_sync``: an entry point need not be asynchronous. ``sync_runs``:
    methods of the agent that run it without a loop; ``sync_calls``: the same, whatever they are called on.
    """

    builds: Mapping[str, Taker]
    parts: Mapping[str, Taker]
    gives: str
    imports: tuple[str, ...]
    opens: str | None
    is_lazy: bool
    is_sync: bool
    sync_runs: frozenset[str]
    sync_calls: frozenset[str]


def facts_of(manifest: Entry) -> Facts | None:
    """The facts of a client's manifest; None where its framework's agents are not edited."""
    known = manifest.get("agent")
    if known is None:
        return None
    return Facts(
        builds=_takers(known["builds"]),
        parts=_takers(known.get("parts", {})),
        gives=known["gives"],
        imports=tuple(known["imports"]),
        opens=known.get("opens"),
        is_lazy=bool(known.get("lazy")),
        is_sync=known.get("opens") is None or bool(known.get("sync")),
        sync_runs=frozenset(known.get("sync_runs", ())),
        sync_calls=frozenset(known.get("sync_calls", ())),
    )


def _takers(told: Mapping[str, Entry]) -> dict[str, Taker]:
    return {name: Taker(one["tools"], one.get("position")) for name, one in told.items()}
