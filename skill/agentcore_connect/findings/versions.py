"""Determines the package versions of an agent: installed, locked, or allowed by its pins."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.code import requirements
from agentcore_connect.project.source import is_file, read_text

Range = tuple[tuple[int, ...] | None, tuple[int, ...] | None]  # from (inclusive), until (exclusive); None is open

_CLAUSE: Final = re.compile(r"(~=|==|>=|<=|!=|<|>)\s*v?(\d+(?:\.\d+)*)")
_LOCKS: Final = ("uv.lock", "poetry.lock", "pdm.lock")
_LOCKED: Final = re.compile(
    r'^\[\[package\]\]\r?\nname = "(?P<name>[^"\n]+)"\r?\nversion = "(?P<version>[^"\n]+)"', re.M
)
_OPEN: Final = re.compile(r"(?:>=|>|!=)\s*v?\d+(?:\.\d+)*(?:\.\*)?")
_UNKNOWN: Final[Range] = (None, None)
_LOCK_BYTES: Final = 16 * 1024 * 1024


def version_range(folder: Path, root: Path, package: str) -> Range:
    """The versions a package may have in an agent's environment.

    In: the agent's code folder, the project's root, the package's normalised name. Out: one version as a range of
    itself when it is locked or installed, the range of all that a lock file holds for different extras, else what the
    pins leave open.
    """
    fixed = _fixed(folder, root, package)
    if fixed:
        return fixed
    spec = requirements(folder, root).get(package)
    return _from_pins(spec) if spec is not None else _UNKNOWN


def open_from(folder: Path, root: Path, package: str, since: str) -> bool:
    """Return whether the requirements let pip install a version of the package from `since` on.

    Not so where it is locked or installed, where an upper bound keeps it below, or another requirement does.
    """
    if _fixed(folder, root, package):
        return False
    asked = requirements(folder, root)
    spec = asked.get(package)
    if spec is None or "===" in spec or not all(_OPEN.fullmatch(one.strip()) for one in spec.split(",") if one.strip()):
        return False
    held = load("findings")["signs"]["held_below"]
    if any(one["package"] == package and one["below"] == since and set(one["by"]) & set(asked) for one in held):
        return False
    low, high = _from_pins(spec)
    return high is None and (low is None or low < parse(since))


def in_words(package: str, found: Range) -> str:
    """A range of versions as words: `mcp 2.1`, `mcp from 2.0`, `mcp below 1.24`."""
    low, high = (".".join(map(str, end)) if end else "" for end in found)
    if found[0] is not None and found[1] == (*found[0], 0):
        return f"{package} {low}"
    return f"{package} {f'from {low} ' if low else ''}{f'below {high}' if high else ''}".strip()


def surely(found: Range, *, since: str | None, until: str | None) -> bool:
    """Return whether every version in the range is at or after `since` and before `until`."""
    low, high = found
    if since is not None and (low is None or low < parse(since)):
        return False
    return until is None or (high is not None and high <= parse(until))


def parse(text: str) -> tuple[int, ...]:
    """The numbers of a version: `1.24.0` is (1, 24, 0)."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text)[:4])


def _trimmed(version: tuple[int, ...]) -> tuple[int, ...]:
    while len(version) > 1 and version[-1] == 0:
        version = version[:-1]
    return version


def _fixed(folder: Path, root: Path, package: str) -> Range | None:
    """The versions that the nearest lock file or environment at or above a folder holds; None without one.

    A requirements.txt without a pyproject.toml beside it is a project of its own: what is locked above it is another's.
    """
    for here in (folder, *folder.parents):
        locks = (_locked(here / name, package) for name in _LOCKS)
        found = next(filter(None, locks), None) or _installed(here / ".venv", package)
        alone = is_file(here / "requirements.txt") and not is_file(here / "pyproject.toml")
        if found or alone or here == root:
            return found
    return None


def _locked(path: Path, package: str) -> Range | None:
    if not is_file(path):
        return None
    stat = path.stat()
    found = list(filter(None, map(parse, _versions(path, stat.st_mtime_ns, stat.st_size).get(package, ()))))
    return (min(found), (*max(found), 0)) if found else None


@lru_cache(maxsize=64)
def _versions(path: Path, _mtime: int, _size: int) -> dict[str, list[str]]:
    """Package -> versions of a lock file, several where extras exclude each other.

    The files of uv, Poetry and PDM give both on the first lines of each package. They are read by their lines, since
    the whole of one is hundreds of kilobytes of hashes.
    """
    try:
        text = read_text(path, max_bytes=_LOCK_BYTES)
    except ConnectError:
        return {}
    versions: dict[str, list[str]] = {}
    for found in _LOCKED.finditer(text):
        versions.setdefault(found["name"], []).append(found["version"])
    return versions


def _installed(environment: Path, package: str) -> Range | None:
    if not environment.is_dir():
        return None
    wheel = package.replace("-", "_")
    patterns = (f"lib/python3*/site-packages/{wheel}-*.dist-info", f"Lib/site-packages/{wheel}-*.dist-info")
    for pattern in patterns:
        for found in sorted(environment.glob(pattern)):
            version = parse(found.name.removesuffix(".dist-info").rpartition("-")[2])
            if version:
                return version, (*version, 0)
    return None


def _from_pins(spec: str) -> Range:
    low: tuple[int, ...] | None = None
    high: tuple[int, ...] | None = None
    for operator, text in _CLAUSE.findall(spec):
        version = parse(text)
        if operator in (">=", ">", "==", "~="):
            low = version if low is None else max(low, version)
        if operator == "==":
            high = (*version, 0)
        elif operator == "~=" and len(version) > 1:
            upper = _trimmed((*version[:-2], version[-2] + 1))
            high = upper if high is None else min(high, upper)
        elif operator in ("<", "<="):
            upper = _trimmed(version) if operator == "<" else (*version, 0)
            high = upper if high is None else min(high, upper)
    return low, high
