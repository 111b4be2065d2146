"""Which tests need more than Python: marked by their folder, so that `make quick` can leave them out."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import summaries
from tests.share import in_share

MARKS = {
    "realcli": "runs the real AgentCore CLI, offline",
    "envs": "runs in environments of their own (tools/client_envs.py), or runs emitted programs",
    "terminal": "drives a real pseudo-terminal",
    "conformance": "runs the whole decision space through the real tools",
    "part": "long, of which a shortened run takes its part (tests/share.py)",
}
BY_FOLDER = {
    "realcli": "realcli",
    "clients": "envs",
    "artifacts": "envs",
    "configure": "envs",
    "conformance": "conformance",
    "wizard": "terminal",
    "contract": "realcli",
    "findings": "realcli",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    top = Path(__file__).parent
    long = [item for item in items if item.get_closest_marker("part")]
    if left := {item for number, item in enumerate(long) if not in_share(number)}:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
    for item in items:
        folder = Path(item.path).relative_to(top).parts[0]
        if folder in BY_FOLDER:
            item.add_marker(BY_FOLDER[folder])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Here, because the process that gathers what its workers report reads no other conftest."""
    for title, lines in summaries.sections(one for reports in terminalreporter.stats.values() for one in reports):
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> Iterator[None]:
    """A shell that starts the tests in the background makes them deaf to interrupts, which some of them are about."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
