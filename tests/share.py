"""The part that a run takes of what is long: CONNECT_SHARE=K/N takes every N-th thing, from the K-th; unset, all.

`make test` always takes the same part, so a commit passes or fails by what it holds, not by the day.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

_One = TypeVar("_One")


def in_share(number: int) -> bool:
    """Whether the thing with this number is to be run."""
    place, total = _share()
    return number % total == place


def share_of(items: Sequence[_One], *, one_in: int) -> list[_One]:
    """All items when the run takes everything, else one in `one_in` of them, and at least one."""
    place, total = _share()
    if total == 1:
        return list(items)
    step = min(one_in, len(items))
    return list(items[place % step :: step])


def _share() -> tuple[int, int]:
    first, _, of = os.environ.get("CONNECT_SHARE", "0/1").partition("/")
    place, total = int(first), int(of or 1)
    assert 0 <= place < total, "CONNECT_SHARE is K/N with 0 <= K < N"
    return place, total
