"""Makes the environment in which the TypeScript clients are tested: `.venvs/node`, with `node_modules` in it.

    python tools/node_env.py           make it, unless it is there
    python tools/node_env.py --lock    resolve requirements/node/package.json to package-lock.json first

It holds exactly what `requirements/node/package-lock.json` pins, digests checked and no script of a package run. The
lock file names no registry. The environment is made again only when one of the two files changes. Needs npm.

Exit: 0 done, 1 it could not be made, 2 bad usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements" / "node"
ENVIRONMENT = ROOT / ".venvs" / "node"
STAMP = "made-from"
_FILES = ("package.json", "package-lock.json")
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NotMadeError(Exception):
    """What went wrong and what to do, in one sentence each."""


def modules() -> Path:
    """The folder of the packages, made or not."""
    return ENVIRONMENT / "node_modules"


def is_current() -> bool:
    """True when the environment holds what the lock file pins today."""
    stamp = ENVIRONMENT / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _digest()


def make() -> bool:
    """Make the environment. Out: False when it was there already. Errors: NotMadeError."""
    if is_current():
        return False
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    ENVIRONMENT.mkdir(parents=True)
    for name in _FILES:
        shutil.copy(PINS / name, ENVIRONMENT / name)
    _npm("ci", ENVIRONMENT)
    (ENVIRONMENT / STAMP).write_text(_digest(), encoding="utf-8")
    return True


def lock() -> None:
    """Resolve package.json to a lock file with digests and without addresses. Errors: NotMadeError."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(PINS / "package.json", place)
        _npm("install", Path(place), "--package-lock-only", "--omit-lockfile-registry-resolved")
        locked = json.loads(Path(place, "package-lock.json").read_text(encoding="utf-8"))
    for package in locked["packages"].values():
        package.pop("funding", None)
        if "resolved" in package:
            raise NotMadeError(
                "the lock file would name a registry: use an npm that knows omit-lockfile-registry-resolved"
            )
    (PINS / "package-lock.json").write_text(json.dumps(locked, indent=1) + "\n", encoding="utf-8")


def _digest() -> str:
    return hashlib.sha256(b"".join((PINS / name).read_bytes() for name in _FILES)).hexdigest()


def _npm(command: str, folder: Path, *options: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotMadeError("npm is not on the PATH: install Node.js 20 or newer")
    done = subprocess.run([npm, command, *_QUIET, *options], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMadeError(f"`npm {command}` failed:\n{done.stderr.strip()}")


def main(argv: list[str] | None = None) -> int:
    """Make the environment. Out: the exit code."""
    parser = argparse.ArgumentParser(description="Makes the environment of the TypeScript clients.")
    parser.add_argument("--lock", action="store_true", help="resolve package.json to today's releases first")
    options = parser.parse_args(argv)
    try:
        if options.lock:
            lock()
        print(f"node: {'made' if make() else 'already there'}", flush=True)
    except NotMadeError as problem:
        print(f"node: {problem}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
