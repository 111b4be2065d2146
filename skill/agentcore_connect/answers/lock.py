"""A lock for changing an answers file, held from reading to saving."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError

try:
    import fcntl
except ModuleNotFoundError:  # Windows: files are still replaced whole, but two writers are not kept apart
    fcntl = None  # type: ignore[assignment]

_PATIENCE: Final = 10.0
_EVERY: Final = 0.02


@contextmanager
def locked(path: Path, patience: float = _PATIENCE) -> Iterator[None]:
    """Lock the answers file.

    The lock is on the file's folder, so that nothing is left beside the file, and it ends with the process that holds
    it, however that ends.

    In: the answers file, which need not exist; how long to wait, in seconds.
    Errors: ConnectError `answers-busy` when another process holds it for longer than that.
    """
    folder = next((one for one in path.absolute().parents if one.is_dir()), None)
    descriptor = _opened(folder) if folder is not None and fcntl is not None else None
    if descriptor is None:  # saving will say what is wrong with the place
        yield
        return
    try:
        _wait(descriptor, path, patience)
        yield
    finally:
        os.close(descriptor)


def _opened(folder: Path) -> int | None:
    try:
        return os.open(folder, os.O_RDONLY)
    except OSError:
        return None


def _wait(descriptor: int, path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise ConnectError(
                    "answers-busy",
                    f"another process is changing an answers file in this folder, for {patience:g} s now",
                    where=str(path),
                    hint="nothing was recorded; run the command again when the other one is done",
                ) from None
            time.sleep(_EVERY)
        except OSError:  # a file system without locks
            return
