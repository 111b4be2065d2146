"""Every TypeScript file that can be emitted: compiled, and run against a gateway of several pages."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import node_env
import pytest

from tests.clients.node_runs import lay_out
from tests.conformance.emitted import Emitted, File
from tests.sim.gateway import GatewaySim
from tests.sim.identity import IdentitySim

VARIABLE = "AGENTCORE_GATEWAY_THEGATEWAY"
OPTIONS = {"target": "ES2022", "module": "NodeNext", "strict": True, "skipLibCheck": True, "types": ["node"]}

pytestmark = pytest.mark.envs


def typescript_files(everything: Emitted) -> list[File]:
    """Every distinct TypeScript file."""
    return [one for one in everything.files.values() if one.path.endswith(".ts")]


def test_every_file_compiles_and_lists_the_gateway(
    everything: Emitted, tmp_path: Path, count: Callable[..., None]
) -> None:
    if not node_env.is_current():
        problem = "no environment of Node.js: make it with `python tools/node_env.py`"
        pytest.fail(problem) if os.environ.get("CONNECT_REQUIRE_ENVS") == "1" else pytest.skip(problem)
    lay_out(tmp_path)
    options = {**OPTIONS, "outDir": "built", "rootDir": "."}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["n*/*.ts"]}))
    files = {f"n{number:03}": one for number, one in enumerate(typescript_files(everything))}
    for name, one in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / one.path).write_text(one.text, encoding="utf-8")
    compiler = str(tmp_path / "node_modules" / ".bin" / "tsc")
    done = subprocess.run([compiler, "-p", "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    for name, one in files.items():
        wrong = _run(tmp_path / "built" / name / "gateway_client.js", one)
        count("TypeScript clients", "run")
        count("TypeScript clients", "passed", not wrong)
        assert not wrong, f"{one.situation.why}: {wrong}"
    assert {one.facts["inbound"] for one in files.values()} == {"none", "aws-iam", "custom-jwt"}


def _run(program: Path, one: File) -> str | None:
    """What is wrong with a client that was compiled, run as a program."""
    identity = IdentitySim()
    search = "x_amz_bedrock_agentcore_search" in one.text
    with identity, GatewaySim(one.facts["inbound"], tokens=identity.tokens, keys=identity.keys, search=search) as sim:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(program.parent),
            f"{VARIABLE}_URL": sim.url,
            f"{VARIABLE}_TOKEN": identity.tokens.issue(),
            **identity.environment(),
        }
        argv = ["node", str(program)]
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120, check=False)
        listed = done.stdout.splitlines()
        if done.returncode or sorted(listed) != sorted(sim.names):
            return done.stderr or f"listed {len(listed)} of {len(sim.names)}"
    return None
