"""Notes which answers a plan read while its steps and requests were made, so that the others can be named as unused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Noted(dict[str, Any]):
    """A mapping that notes the dotted path of everything that is read from it and holds something.

    In: the values, where to note the paths, and the path of the mapping itself.
    """

    def __init__(self, values: Mapping[str, Any], seen: set[str], path: str = "") -> None:
        """Take the values; a mapping inside becomes one of these when it is read."""
        super().__init__(values)
        self.seen = seen
        self.path = path

    def __getitem__(self, key: str) -> Any:
        """The value, noted."""
        return self._noted(key, super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        """The value, noted; the default where there is none."""
        return self._noted(key, super().get(key, default))

    def _noted(self, key: str, value: Any) -> Any:
        path = f"{self.path}.{key}" if self.path else key
        if isinstance(value, Mapping):
            return value if isinstance(value, Noted) else Noted(value, self.seen, path)
        if value not in (None, "", []):
            self.seen.add(path)
        return value


def noted(ctx: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The render context with its gateway and connections noted. Out: the context, and the paths as they come."""
    seen: set[str] = set()
    found = dict(ctx)
    found["gateway"] = Noted(ctx["gateway"], seen, "gateway")
    found["connections"] = [Noted(c, seen, f"connections.{number}") for number, c in enumerate(ctx["connections"])]
    return found, seen
