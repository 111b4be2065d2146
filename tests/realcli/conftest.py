"""The real AgentCore CLI for tests: installed once, an empty project made once and copied for each plan."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real_cli import cli_folder
from tests.realcli.real_project import Project

ROOT = Path(__file__).resolve().parents[2]

LOGGING = """#!/bin/sh
# Runs the real command and notes what it was given and how it ended.
"{real}" "$@"
status=$?
{{ printf '%s\\n' "$status"; for word in "$@"; do printf '%s\\n' "$word"; done; printf -- '--end--\\n'; }} >>"$COMMAND_LOG"
exit $status
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "realcli: runs the real AgentCore CLI, offline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.realcli)


@pytest.fixture(scope="session")
def cli_bin() -> Path:
    return cli_folder()


@pytest.fixture(scope="session")
def cli_env(cli_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    shims = tmp_path_factory.mktemp("shims")
    (home / ".agentcore").mkdir()
    # else the CLI asks the package registry once a day for a newer version
    (home / ".agentcore" / "update-check.json").write_text('{"lastCheck":8640000000000000,"latestVersion":"0.0.0"}')
    shim = shims / "agentcore"
    shim.write_text(LOGGING.format(real=cli_bin / "agentcore"))
    shim.chmod(0o755)
    return {
        "PATH": f"{shims}:{os.environ['PATH']}",
        "HOME": str(home),
        "PYENV_ROOT": os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")),
        "LANG": "C.UTF-8",
        "COMMAND_LOG": os.devnull,
        "AGENTCORE_TELEMETRY_DISABLED": "1",
        "AGENTCORE_DISABLE_KEYCHAIN": "1",
        "AGENTCORE_SKIP_INSTALL": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
        "NO_COLOR": "1",
    }


@pytest.fixture(scope="session")
def template(cli_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project with one runtime that nothing runs, and the spec files that the cases name."""
    folder = tmp_path_factory.mktemp("template")
    argv = [
        "agentcore",
        "create",
        "--name",
        "Demo",
        "--no-agent",
        "--skip-git",
        "--skip-python-setup",
        "--skip-install",
    ]
    subprocess.run(argv, cwd=folder, env=cli_env, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    root = folder / "Demo"
    project = Project(root, cli_env)
    runtime = {"name": "Worker", "build": "CodeZip", "entrypoint": "main.py", "codeLocation": "app/Worker/"}
    project.json = project.json | {"runtimes": [runtime | {"runtimeVersion": "PYTHON_3_13", "networkMode": "PUBLIC"}]}
    (root / "specs").mkdir()
    for name in ("api.json", "model.json"):
        (root / "specs" / name).write_text("{}")
    return root


@pytest.fixture
def make_project(template: Path, cli_env: dict[str, str], tmp_path: Path) -> Callable[[str], Project]:
    def make(name: str = "Demo") -> Project:
        root = tmp_path / name
        shutil.copytree(template, root)
        return Project(root, cli_env)

    return make


@pytest.fixture
def project(make_project: Callable[[str], Project]) -> Project:
    return make_project("Demo")


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Iterator[Callable[[str, int], None]]:
    found: dict[str, int] = {}

    def add(name: str, number: int) -> None:
        found[name] = found.get(name, 0) + number

    yield add
    for name, number in found.items():
        record_property(f"realcli {name}", number)
