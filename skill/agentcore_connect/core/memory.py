"""Pauses Python's search for cycles in memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Read many files without the collector of cycles; it is on again at the end, if it was on before.

    A syntax tree is thousands of objects that stay: the collector would go through all of them again and again, which
    takes longer than to parse them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
