"""The pictures in docs/screens are what the wizard shows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _check(*words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(ROOT / "tools" / "wizard_screens.py"), "--check", *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=300)


def test_the_pictures_are_current() -> None:
    done = _check()
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_picture_of_something_else_is_told(tmp_path: Path) -> None:
    for name in ("question", "narrow"):
        shutil.copy(ROOT / "docs" / "screens" / f"{name}.svg", tmp_path)
    wrong = tmp_path / "question.svg"
    wrong.write_text(wrong.read_text("utf-8").replace("service", "server", 1), encoding="utf-8")
    done = _check("question", "narrow", "--screens", str(tmp_path))
    assert done.returncode == 1
    assert "shows: question;" in done.stderr
