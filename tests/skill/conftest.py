"""What the tests of the skill share: environments, a wheel, homes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def fake_uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `uv` that makes environments of the libraries of this very Python, without a network."""
    folder = tmp_path_factory.mktemp("uv")
    uv = folder / "uv"
    uv.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        f'venv) shift 4; mkdir -p "$1/bin" && printf \'#!/bin/sh\\nexec "{sys.executable}" "$@"\\n\' >"$1/bin/python" &&'
        ' chmod +x "$1/bin/python" ;;\n'
        f'pip) printf "%s\\n" "$*" >>"{folder}/calls" ;;\n'
        "*) exit 9 ;;\n"
        "esac\n"
    )
    uv.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, fake_uv: Path) -> Path:
    """A cache folder of the runner in which the environment is there already."""
    import subprocess

    home = tmp_path_factory.mktemp("cache")
    environment = {**os.environ, "AGENTCORE_CONNECT_HOME": str(home), "PATH": f"{fake_uv}:/usr/bin:/bin"}
    subprocess.run(["sh", ROOT / "skill" / "run", "--version"], env=environment, check=True, capture_output=True)
    return home


def environment_python() -> Path:
    """The Python of the environment with the reference validator and the MCP SDK (requirements/skill-tests.txt)."""
    name = "skill-tests"
    python = ROOT / ".venvs" / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists():
        return python
    problem = (
        f"there is no environment .venvs/{name}; make it: uv venv .venvs/{name} && "
        f"uv pip install --python .venvs/{name} --require-hashes -r requirements/{name}.txt"
    )
    if os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
        pytest.fail(problem)
    pytest.skip(problem)
