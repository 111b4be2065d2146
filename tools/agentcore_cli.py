"""Puts the real AgentCore CLI of one version into `.cache/agentcore-cli/<version>/`; prints its command's folder.

    python tools/agentcore_cli.py [VERSION]

The package is fetched with `npm pack` from whatever registry npm is set up for, its tarball is held against the digest
recorded in agentcore_cli.json, and nothing of it is run. The CLI's one import that only deploys need is answered by an
empty module, so no dependency is installed. What is there already is used again. Needs npm, node and, for
`agentcore create`, uv.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_suffix(".json")
SHIM = """#!/bin/sh
# The AgentCore CLI {version}, without its deploy dependencies; uv is looked for last at the place where it was found.
here=$(cd -- "$(dirname -- "$0")/.." && pwd)
PATH="$PATH:{uv}" exec node "$here/package/dist/cli/index.mjs" "$@"
"""


class InstallError(Exception):
    """The CLI cannot be had; the message says why and what to do."""


def install(version: str | None = None, cache: Path | None = None) -> Path:
    """Fetch, check and unpack the CLI, unless that was done before.

    In: a version (absent: the recorded default) and the folder to put it in (absent: `.cache/agentcore-cli`).
    Out: the folder that holds the `agentcore` command.
    Errors: InstallError.
    """
    record = json.loads(RECORD.read_text("utf-8"))
    version = version or record["default"]
    folder = (cache or ROOT / ".cache" / "agentcore-cli") / version
    if (folder / "bin" / "agentcore").is_file():
        return folder / "bin"
    expected = record["integrity"].get(version)
    if expected is None:
        known = ", ".join(record["integrity"])
        raise InstallError(f"no digest of version {version} is recorded in {RECORD.name}; recorded: {known}")
    for program in ("npm", "node"):
        if shutil.which(program) is None:
            raise InstallError(f"{program} is not on the PATH: install Node.js 20 or newer")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as made:
        _make(Path(made), record, version, expected)
        shutil.rmtree(folder, ignore_errors=True)
        Path(made, "cli").rename(folder)
    return folder / "bin"


def _make(place: Path, record: dict[str, Any], version: str, expected: str) -> None:
    tarball = _fetch(place, f"{record['package']}@{version}")
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != expected:
        raise InstallError(f"{tarball.name} is not the package that was recorded: {found}, expected {expected}")
    cli = place / "cli"
    cli.mkdir()
    with tarfile.open(tarball) as archive:
        archive.extractall(cli, filter="data")
    _stand_in(cli / "package" / "node_modules", record["needed_at_start"])
    command = cli / "bin" / "agentcore"
    command.parent.mkdir()
    command.write_text(SHIM.format(version=version, uv=_folder_of_uv()), "utf-8")
    command.chmod(0o755)


def _fetch(place: Path, package: str) -> Path:
    argv = ["npm", "pack", package, "--ignore-scripts", "--json", "--pack-destination", str(place)]
    env = os.environ | {"npm_config_update_notifier": "false"}
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=env, cwd=place)
    tarballs = list(place.glob("*.tgz"))
    if done.returncode != 0 or len(tarballs) != 1:
        said = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise InstallError(f"npm could not fetch {package} (exit {done.returncode}):\n{said}")
    return tarballs[0]


def _stand_in(modules: Path, needed: dict[str, Any]) -> None:
    """An empty module with the names that the CLI imports at start."""
    folder = modules / needed["package"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": needed["package"], "type": "module", "main": "index.js"}))
    lines = [f"export class {name} {{}}" for name in needed["names"]]
    (folder / "index.js").write_text("\n".join(lines) + "\n", "utf-8")


def _folder_of_uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    return str(Path(found).parent) if found else ""


def main(arguments: list[str]) -> int:
    """The command line: prints the folder, or what went wrong."""
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        sys.stdout.write(f"{install(arguments[0] if arguments else None)}\n")
    except InstallError as error:
        sys.stderr.write(f"agentcore_cli: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
