"""Plans for mutants, made once in a session and copied for each; and the count of what was planted and caught."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import client_envs
import node_env
import pytest

from tests.mutants import plans
from tests.mutants.mutant import CLI, NODE
from tests.real_cli import cli_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Iterator[Callable[[str, str], None]]:
    """Counts for the summary: the kind, planted or caught."""
    found: dict[str, int] = {}

    def add(kind: str, what: str) -> None:
        found[f"{kind} {what}"] = found.get(f"{kind} {what}", 0) + 1

    yield add
    for name, number in found.items():
        record_property(f"mutants {name}", number)


@pytest.fixture(scope="session")
def correct(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with a correct plan in `connect`, by the plan's name. It is not to be changed."""
    made: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("plan")
            plans.write(name, made[name])
        return made[name]

    return of


@pytest.fixture
def copied(correct: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a correct plan: its `connect`."""

    def of(name: str) -> Path:
        return Path(shutil.copytree(correct(name), tmp_path / "work")) / "connect"

    return of


@pytest.fixture
def with_tools(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put what a mutant needs where `check` finds it, and nothing else: the real CLI, a framework's environment."""

    def given(needs: str) -> None:
        beside = Path(sys.executable).parent  # shellcheck is there
        others = [one for one in os.environ["PATH"].split(os.pathsep) if not (Path(one) / "agentcore").exists()]
        own = [str(cli_folder())] if needs == CLI else []
        monkeypatch.setenv("PATH", os.pathsep.join([*own, str(beside), *others]))
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)
        monkeypatch.delenv("NODE_PATH", raising=False)
        if needs == NODE:
            if not node_env.is_current():
                _lacking("no environment of Node.js, or an old one: make it with `python tools/node_env.py`")
            monkeypatch.setenv("NODE_PATH", str(node_env.modules()))
        elif needs not in ("", CLI):
            if not client_envs.is_current(needs):
                _lacking(f"no environment {needs}, or an old one: make it with `python tools/client_envs.py {needs}`")
            monkeypatch.setenv("VIRTUAL_ENV", str(client_envs.ENVIRONMENTS / needs))

    return given


def _lacking(problem: str) -> None:
    if os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
        pytest.fail(problem)
    pytest.skip(problem)
