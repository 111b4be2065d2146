"""Finds installed programs named `agentcore`, other programs, Python environments and their packages."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from agentcore_connect.clispec import choose
from agentcore_connect.clispec.installed import npm_version, on_path
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.sandbox.scratch import Sandbox

NPM: Final = "npm"
TOOLKIT: Final = "toolkit"
UNKNOWN: Final = "unknown"
_ASK_SECONDS: Final = 30.0
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)+|\d+")


@dataclass(frozen=True)
class Agentcore:
    """A program called `agentcore`: its path, origin (`npm`, `toolkit`, `unknown`), version, and unexpected output."""

    path: Path
    kind: str
    version: str | None
    words: str = ""
    cure: str | None = None


@dataclass(frozen=True)
class Program:
    """Another program: its path and version; None where it is missing or prints no version."""

    id: str
    path: str | None
    version: str | None


@dataclass(frozen=True)
class Environment:
    """A Python environment: what it is to the person, its folder, Python's version, and package -> version."""

    name: str
    folder: Path
    python: str | None
    packages: Mapping[str, str] = field(default_factory=dict)
    site: Path | None = None

    @property
    def botocore(self) -> Path | None:
        """The folder of its botocore."""
        found = self.site / "botocore" if self.site else None
        return found if found and found.is_dir() else None


def identify(path: Path, box: Sandbox, toolkit: Entry) -> Agentcore:
    """Identify a program by its package, else by its `--version` in the sandbox."""
    package = npm_version(path)
    script = _script(path)
    if package is None and toolkit["module"] in script:
        return _toolkit(path, script, toolkit)
    ran = box.run([str(path), "--version"], cwd=box.root, timeout=_ASK_SECONDS)
    said = f"{ran.stdout}\n{ran.stderr}".strip()
    version = ran.stdout.strip()
    if ran.ok and choose.parse(version) is not None:
        return Agentcore(path, NPM, version)
    if package is not None:
        return Agentcore(path, NPM, package, words=_first(said) or "it says nothing to --version")
    if re.search(toolkit["says"], said):
        return _toolkit(path, script, toolkit)
    return Agentcore(path, UNKNOWN, None, words=_first(said))


def program(about: Entry, box: Sandbox) -> Program:
    """A program of `knowledge/doctor.yaml`, asked for its version."""
    places = on_path(about["argv"][0])
    if not places:
        return Program(about["id"], None, None)
    ran = box.run([str(places[0]), *about["argv"][1:]], cwd=box.root, timeout=_ASK_SECONDS)
    found = _NUMBERS.search(ran.stdout) if ran.ok else None
    return Program(about["id"], str(places[0]), found[0] if found else None)


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, to compare with; () when it has none."""
    found = _NUMBERS.match(version.lstrip("v"))
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def this_environment() -> Environment:
    """The environment that this program runs in."""
    site = Path(sysconfig.get_paths()["purelib"])
    version = ".".join(map(str, sys.version_info[:3]))
    return Environment("this program's", Path(sys.prefix), version, _packages(site), site)


def environments(root: Path | None, code: Sequence[Path]) -> list[Environment]:
    """This program's environment, the activated one, and those of a project (its root and its runtimes' code)."""
    found = [this_environment()]
    known = {found[0].folder.resolve()}
    active = os.environ.get("VIRTUAL_ENV")
    places = [("the activated", Path(active))] if active else []
    for folder in [root, *code] if root else []:
        if folder is not None:
            label = "the project's" if folder == root else f"{folder.name}'s"
            places += [(label, folder / name) for name in (".venv", "venv")]
    for name, folder in places:
        if (folder / "pyvenv.cfg").is_file() and folder.resolve() not in known:
            known.add(folder.resolve())
            found.append(_environment(name, folder))
    return found


def _environment(name: str, folder: Path) -> Environment:
    version = None
    with suppress(OSError, UnicodeDecodeError):
        lines = (folder / "pyvenv.cfg").read_text("utf-8").splitlines()
        told = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
        version = told.get("version_info") or told.get("version")
    sites = [*sorted(folder.glob("lib/python*/site-packages")), folder / "Lib" / "site-packages"]
    site = next((one for one in sites if one.is_dir()), None)
    return Environment(name, folder, version, _packages(site) if site else {}, site)


def _packages(site: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in sorted(site.glob("*.dist-info")):
        name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
        found[re.sub(r"[-_.]+", "-", name).lower()] = version
    return found


def _script(path: Path) -> str:
    with suppress(OSError), path.open("rb") as stream:
        return stream.read(4096).decode("utf-8", "replace")
    return ""


def _toolkit(path: Path, script: str, toolkit: Entry) -> Agentcore:
    shebang = re.match(r"#!\s*(\S+)", script)
    python = shebang[1] if shebang and "python" in shebang[1] else str(path.resolve().parent / "python")
    parts = path.resolve().parts
    cure = next(one for one in toolkit["cures"] if one.get("folder", parts[-1]) in parts)
    version = None
    for site in sorted(Path(python).parent.parent.glob("lib/python*/site-packages")):
        version = _packages(site).get(toolkit["package"], version)
    return Agentcore(path, TOOLKIT, version, cure=cure["command"].format(python=python))


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]
