"""The part that a run takes of what is long: CONNECT_SHARE=K/N takes every N-th thing, from the K-th; unset, all."""

from __future__ import annotations

import os


def in_share(number: int) -> bool:
    """Whether the thing with this number is to be run."""
    first, _, of = os.environ.get("CONNECT_SHARE", "0/1").partition("/")
    place, total = int(first), int(of or 1)
    assert 0 <= place < total, "CONNECT_SHARE is K/N with 0 <= K < N"
    return number % total == place
