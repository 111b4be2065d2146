"""The facts about a framework's agents, from the `agent` part of its client's manifest."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.knowledge.resources import Entry


class Taker(NamedTuple):
    """The tools argument of a call: keyword, and position if it may be positional."""

    keyword: str
    position: int | None


class Functions(NamedTuple):
    """The way in which an agent takes a plain function as a tool.

    ``taker``: the argument, None where it is that of the gateway's tools. ``wraps``: the call that makes a tool of the
    function, None where the function is taken as it is; ``origins``: the dotted names of what is called, the first of
    which is imported.
    """

    taker: Taker | None
    wraps: str | None
    origins: tuple[str, ...]


class Facts(NamedTuple):
    """The construction of an agent in a framework, and its tools expression.

    ``builds``: the dotted names of what builds an agent. ``parts``: those of what takes tools where an agent is put
    together from parts; a name that begins with a dot is a method. ``gives``: the expression of a list, made of
    ``imports``. ``opens``: the decorator that keeps the connection open while an entry point runs. ``is_lazy``: the
    list may be made while a module is loaded. ``is_sync``: an entry point need not be asynchronous. ``sync_runs``:
    methods of the agent that run it without a loop; ``sync_calls``: the same, whatever they are called on.
    ``functions``: how plain functions are taken.
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
    functions: Functions

    def without_connection(self) -> Facts:
        """The same for an agent that gets plain functions only: nothing has to be open while it runs."""
        return self._replace(opens=None, is_lazy=True, is_sync=True)


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
        functions=_functions(known.get("functions", {})),
    )


def _functions(told: Entry) -> Functions:
    taker = Taker(told["tools"], told.get("position")) if "tools" in told else None
    return Functions(taker, told.get("wraps"), tuple(told.get("origins", ())))


def _takers(told: Mapping[str, Entry]) -> dict[str, Taker]:
    return {name: Taker(one["tools"], one.get("position")) for name, one in told.items()}
