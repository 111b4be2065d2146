"""The same answers give the same bytes, whatever Python's hash seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conformance import projects, space
from tests.conformance.digests import situations
from tests.share import share_of

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ("0", "1", "2")


def test_three_seeds_give_the_same_bytes(tmp_path: Path, count: Callable[..., None]) -> None:
    for name, text in space.FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "answers.yaml").write_text("", encoding="utf-8")
    projects.write(tmp_path)
    numbers = share_of(range(len(situations())), one_in=34)
    first, *others = [digests(tmp_path, numbers, seed) for seed in SEEDS]
    count("hash seeds", "files", len(first))
    assert len(first) > len(numbers)
    for other in others:
        assert [(a, b) for a, b in zip(first, other, strict=True) if a != b] == []


def test_three_seeds_give_the_same_examples(tmp_path: Path) -> None:
    for answers in sorted((ROOT / "examples").glob("*/answers.yaml")):
        plans = []
        for seed in SEEDS:
            out = tmp_path / f"{answers.parent.name}-{seed}"
            argv = [sys.executable, "-m", "agentcore_connect", "plan", str(answers), "--out", str(out)]
            env = {**os.environ, "PYTHONHASHSEED": seed}
            done = subprocess.run([*argv, "--format", "json"], env=env, capture_output=True, text=True, check=True)
            files = {str(f.relative_to(out)): f.read_bytes() for f in sorted(out.rglob("*")) if f.is_file()}
            assert files
            plans.append((done.stdout.replace(str(out), "OUT"), files))
        assert plans[1:] == plans[:1] * 2, answers


def digests(folder: Path, numbers: list[int], seed: str) -> list[str]:
    """The digests of all files, by a Python with that seed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.digests", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        input=json.dumps(numbers),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()
