"""The space, planned once for all tests of this folder, and the counts at the end."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator

import pytest

from tests.conformance.emitted import Emitted, emitted


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Iterator[Callable[[str, str, int], None]]:
    """Counts for the summary: what, run or accepted, how many."""
    found: dict[str, int] = {}

    def add(what: str, kind: str, number: int = 1) -> None:
        found[f"{what} {kind}"] = found.get(f"{what} {kind}", 0) + number

    yield add
    for name, number in found.items():
        record_property(f"conformance {name}", number)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Emitted:
    """The whole space; workers that run beside each other plan it once and share it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if "PYTEST_XDIST_WORKER" not in os.environ else own.parent
    stored = shared / "space.pickle"
    with (shared / "space.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stored.exists():
            folder = shared / "space"
            folder.mkdir()
            stored.write_bytes(pickle.dumps(emitted(folder)))
        found: Emitted = pickle.loads(stored.read_bytes())
    return found
