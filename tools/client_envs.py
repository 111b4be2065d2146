"""Makes the environments in which the gateway clients are tested: one per framework, in `.venvs/<name>`.

    python tools/client_envs.py                     every environment that requirements/ describes
    python tools/client_envs.py strands mcp         only these
    python tools/client_envs.py --list              what there is
    python tools/client_envs.py --share             print the environments that `make test` uses
    python tools/client_envs.py --lock strands      resolve requirements/client-strands.in to today's releases

An environment holds exactly what `requirements/client-<name>.txt` pins, hashes checked. It is made again only when that
file or the Python version changes. A name that ends in `-mcp1` is the same framework on mcp 1.x.

Exit: 0 done, 1 an environment could not be made, 2 bad usage.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
ENVIRONMENTS = ROOT / ".venvs"
STAMP = "made-from"
FIRST = ("langgraph", "mcp", "mcp-mcp1", "strands")
SHARE = (*FIRST, "openai-agents")
LOCK_OPTIONS = [
    *("--quiet", "--upgrade", "--generate-hashes", "--universal", "--python-version=3.11"),
    *("--no-header", "--no-emit-index-url", "--no-annotate"),  # what would name this machine or a registry
]


class NotMadeError(Exception):
    """What went wrong and what to do, in one sentence each."""


def names() -> list[str]:
    """Every environment that requirements/ describes."""
    return sorted(file.stem.removeprefix("client-") for file in REQUIREMENTS.glob("client-*.in"))


def share() -> list[str]:
    """The environments that `make test` uses, always the same ones; `make test-all` uses all."""
    return sorted(SHARE)


def python_of(name: str) -> Path:
    """The interpreter of an environment, made or not."""
    folder = ENVIRONMENTS / name
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_current(name: str) -> bool:
    """True when the environment holds what its requirements pin today."""
    stamp = ENVIRONMENTS / name / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _digest(name) and python_of(name).exists()


def make(name: str) -> bool:
    """Make one environment. Out: False when it was there already. Errors: NotMadeError."""
    if is_current(name):
        return False
    pins, folder = _pins(name), ENVIRONMENTS / name
    _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
    _uv("pip", "install", "--quiet", "--python", str(python_of(name)), "--require-hashes", "-r", str(pins))
    (folder / STAMP).write_text(_digest(name), encoding="utf-8")
    return True


def lock(name: str) -> None:
    """Resolve the `.in` file of one environment to a `.txt` with hashes. Errors: NotMadeError."""
    pins = REQUIREMENTS / f"client-{name}.txt"
    _uv("pip", "compile", *LOCK_OPTIONS, str(pins.with_suffix(".in")), "--output-file", str(pins))
    if re.search(r"https?://", pins.read_text(encoding="utf-8")):
        pins.unlink()
        raise NotMadeError(f"{pins.name} would name a host: resolve without links to files or other indexes")


def main(argv: list[str] | None = None) -> int:
    """Make what is asked for. Out: the exit code."""
    parser = argparse.ArgumentParser(description="Makes the environments of the gateway clients.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all when absent")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--share", action="store_true", help="print the environments that `make test` uses, and stop")
    parser.add_argument("--lock", action="store_true", help="resolve the requirements to today's releases first")
    options = parser.parse_args(argv)
    known = names()
    if options.list:
        print("\n".join(known))
        return 0
    if options.share:
        print(" ".join(share()))
        return 0
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"no requirements/client-{unknown[0]}.in; there are: {', '.join(known)}")
    failed = [name for name in options.names or known if not _do(name, options.lock)]
    return 1 if failed else 0


def _do(name: str, lock_first: bool) -> bool:
    try:
        if lock_first:
            lock(name)
        print(f"{name}: {'made' if make(name) else 'already there'}", flush=True)
    except NotMadeError as problem:
        print(f"{name}: {problem}", file=sys.stderr, flush=True)
        return False
    return True


def _pins(name: str) -> Path:
    pins = REQUIREMENTS / f"client-{name}.txt"
    if not pins.is_file():
        raise NotMadeError(f"{pins.name} is missing: make it with --lock {name}")
    return pins


def _digest(name: str) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    return hashlib.sha256(_pins(name).read_bytes() + version.encode()).hexdigest()


def _uv(*arguments: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise NotMadeError("uv is not on the PATH: install it (`pip install uv`)")
    done = subprocess.run([uv, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMadeError(f"`uv {' '.join(arguments[:2])}` failed:\n{done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
