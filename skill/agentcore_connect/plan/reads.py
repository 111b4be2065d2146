"""Notes which answers a plan read while its steps and requests were made, so that the others can be named as unused."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.plan.records import RenderContext


class Noted(dict[str, object]):
    """A mapping that notes the dotted path of everything that is read from it and holds something.

    In: the values, where to note the paths, and the path of the mapping itself.
    """

    def __init__(self, values: Mapping[str, object], seen: set[str], path: str = "") -> None:
        """Take the values; a mapping inside becomes one of these when it is read."""
        super().__init__(values)
        self.seen = seen
        self.path = path

    def __getitem__(self, key: str) -> object:
        """The value, noted."""
        return self._noted(key, super().__getitem__(key))

    def get(self, key: str, default: object = None) -> object:
        """The value, noted; the default where there is none."""
        return self._noted(key, super().get(key, default))

    def _noted(self, key: str, value: object) -> object:
        path = f"{self.path}.{key}" if self.path else key
        if isinstance(value, Mapping):
            return value if isinstance(value, Noted) else Noted(value, self.seen, path)
        if value not in (None, "", []):
            self.seen.add(path)
        return value


class Watched(NamedTuple):
    """The render context with its gateway and connections noted; ``seen`` are the paths as they come."""

    facts: dict[str, object]
    connections: list[Noted]
    seen: set[str]


def watched(ctx: RenderContext) -> Watched:
    """The render context, ready for its reads to be noted."""
    seen: set[str] = set()
    connections = [Noted(c, seen, f"connections.{number}") for number, c in enumerate(ctx["connections"])]
    gateway = Noted(ctx["gateway"], seen, "gateway")
    return Watched({**ctx, "gateway": gateway, "connections": connections}, connections, seen)
