"""The numbers of `limits.yaml` in whole units: bytes, characters or things."""

from __future__ import annotations

from typing import Final

from agentcore_connect.knowledge.resources import load

_UNITS: Final = {"KB": 1024, "MB": 1024 * 1024}


def limit(name: str) -> int:
    """The value of a limit; sizes in bytes. In: its id in `limits.yaml`."""
    found = load("limits")["limits"][name]
    return int(found["value"] * _UNITS.get(found["unit"], 1))
