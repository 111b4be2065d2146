"""The layers: CONTRIBUTING lists what the linter enforces, nothing stands outside them, and a wrong import fails."""

from __future__ import annotations

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
    return [layer.replace("agentcore_connect.", "") for layer in layers]


def test_contributing_lists_the_layers_that_the_linter_enforces() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Layers")[2].partition("\n## ")[0]
    block = re.findall(r"```text\n(.*?)```", section, re.S)[0]
    listed = block.splitlines()
    wanted = [layer if len(layer) < 150 else "the rest of checks" for layer in _layers()]
    assert listed == wanted


def test_every_module_stands_in_a_layer() -> None:
    named = {name for layer in _layers() for name in re.split(r" [|:] ", layer)}
    modules = [path for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    modules += [path for path in (PACKAGE / "checks").iterdir() if path.suffix == ".py" or path.name == "plan_check"]
    found = {".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in modules}
    assert {name for name in found - named if not name.endswith("__init__")} == {"checks"}
    assert named <= found


@pytest.mark.parametrize(
    ("module", "wrong", "contract"),
    [
        ("engine/tree.py", "from agentcore_connect import triage", "Data flows one way"),
        ("frontends/tree_.py", "from agentcore_connect import decide", "Front ends hold no rules"),
        ("plan/argv.py", "import boto3", "The product calls no AWS SDK"),
        ("readers/limits.py", "from agentcore_connect.render import normal", "No package cycle"),
    ],
)
def test_a_wrong_import_fails(tmp_path: Path, module: str, wrong: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "agentcore_connect", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    changed = tmp_path / "agentcore_connect" / module
    text = changed.read_text("utf-8")
    changed.write_text(
        text.replace("from __future__ import annotations\n", f"from __future__ import annotations\n{wrong}\n")
    )
    assert changed.read_text("utf-8") != text
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [LINTER, "--no-cache"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.search(rf"^{contract} BROKEN", done.stdout, re.M), done.stdout
