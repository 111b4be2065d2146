"""The space, planned once for all tests of this folder, and the counts at the end.

CONNECT_SHARE=K/N runs every N-th batch and file only, beginning with the K-th; without it everything is run.
"""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.emitted import Emitted, emitted

_LINES = (
    ("space", "ways {ways}, situations {situations}, plans {plans}, refused {refused}"),
    ("commands", "{run} run, {accepted} accepted by the real CLI 0.30.0; {state} plans as promised"),
    ("contract", "{run} checked, {accepted} accepted by the contracts (0.30 and 1.x)"),
    ("bodies", "{run} checked, {accepted} valid by the model of botocore"),
    ("documents", "{run} checked, {accepted} valid (tools.json, API documents, policies, settings of MCP clients)"),
    ("texts", "{run} compiled and linted, {accepted} clean"),
    ("imports", "{run} imported with warnings as errors, {accepted} clean"),
    ("clients", "{run} run against the simulated gateway, {accepted} passed"),
    ("scripts", "{run} run against stand-ins, {accepted} passed"),
    ("shell", "{run} read back, {accepted} as planned"),
    ("secrets", "{run} scripts run with marked secrets, {accepted} kept them"),
)


def pytest_configure(config: pytest.Config) -> None:
    for text in (
        "conformance: holds everything that can be emitted against the real tools",
        "realcli: runs the real AgentCore CLI, offline",
        "envs: runs in the environments of the frameworks",
    ):
        config.addinivalue_line("markers", text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.conformance)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts: dict[str, dict[str, int]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "teardown":
                continue
            for name, value in getattr(report, "user_properties", ()):
                words = str(name).split()
                if words[0] == "conformance":
                    own = counts.setdefault(words[1], {})
                    own[words[2]] = own.get(words[2], 0) + int(value)
    if not counts:
        return
    terminalreporter.section("conformance")
    for name, text in _LINES:
        if name in counts:
            filled = {key: counts[name].get(key, 0) for key in _names(text)}
            terminalreporter.line(f"{name}: {text.format(**filled)}")


def _names(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


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


@pytest.fixture(scope="session")
def in_share() -> Callable[[int], bool]:
    """Whether the thing with this number is to be run; see CONNECT_SHARE."""
    first, _, of = os.environ.get("CONNECT_SHARE", "0/1").partition("/")
    number, total = int(first), int(of or 1)
    assert 0 <= number < total, "CONNECT_SHARE is K/N with 0 <= K < N"
    return lambda one: one % total == number
