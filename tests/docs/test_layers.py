"""The layers: CONTRIBUTING lists what the linter enforces, nothing stands outside them, and a wrong import fails."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "skill" / "agentcore_connect"
LINTER = Path(sys.executable).parent / "lint-imports"


def _layers() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    return list(layers)


def test_contributing_lists_the_layers_that_the_linter_enforces() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Layers")[2].partition("\n## ")[0]
    block = re.findall(r"```text\n(.*?)```", section, re.S)[0]
    listed = block.splitlines()
    assert listed == _layers()


def test_every_package_says_what_it_is_for() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Layers")[0]
    named = {name for layer in _layers() for name in layer.split(" | ")} - {"__main__"}
    assert {name for name in named if f"`{name}/`" not in section} == set()
    for name in named:
        said = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text("utf-8"))) or ""
        assert said.partition("\n")[0].endswith("."), name


@pytest.mark.parametrize(
    ("module", "wrong", "contract"),
    [
        (
            "engine/tree.py",
            "from agentcore_connect.knowledge import base",
            "The engine imports nothing that names a service",
        ),
        ("cli/tree.py", "from agentcore_connect.advise import decide", "Front ends hold no rules"),
        ("plan/argv.py", "import boto3", "The product calls no AWS SDK"),
        ("specs/limits.py", "from agentcore_connect.render import normal", "Data flows one way"),
        ("stray.py", "", "Data flows one way"),
    ],
)
def test_a_wrong_import_fails(tmp_path: Path, module: str, wrong: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "agentcore_connect", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    changed = tmp_path / "agentcore_connect" / module
    text = changed.read_text("utf-8") if changed.is_file() else "from __future__ import annotations\n"
    head = "from __future__ import annotations\n"
    assert head in text
    changed.write_text(text.replace(head, f"{head}{wrong}\n"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [LINTER, "--no-cache"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.search(rf"^{contract} BROKEN", done.stdout, re.M), done.stdout
