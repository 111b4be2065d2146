"""Examines the path of an installed skill: absent, our link, our copy, or foreign."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from agentcore_connect import __version__
from agentcore_connect.core.record import dataclass

#: The file in an installed copy that says what was put there: without it a folder is not ours.
MARKER = ".agentcore-connect.json"
_INSTALLER = "agentcore-connect skill install"


@dataclass(frozen=True, slots=True)
class Place:
    """A skill's folder. ``kind`` is absent, link, copy or foreign; ``files`` are those in our marker."""

    path: Path
    kind: str
    files: Mapping[str, str]
    made: int = 0
    link_to: Path | None = None

    def changed(self) -> list[str]:
        """Return the listed files that were changed since; a deleted file counts as unchanged."""
        return [name for name, recorded in self.files.items() if not _is_as_recorded(self.path / name, recorded)]

    def strangers(self) -> list[str]:
        """Return the files in a copy that our marker does not list, except Python's caches."""
        found = [path.relative_to(self.path).as_posix() for path in sorted(self.path.rglob("*")) if not path.is_dir()]
        return [name for name in found if name not in (MARKER, *self.files) and "__pycache__" not in name]


def look(path: Path) -> Place:
    """Examine a path."""
    if path.is_symlink():
        target = path.readlink()
        target = target if target.is_absolute() else path.parent / target
        return Place(path, "link" if _is_source(target) else "foreign", {}, link_to=target)
    if not path.exists():
        return Place(path, "absent", {})
    marker = _marker(path / MARKER)
    if marker is None:
        return Place(path, "foreign", {})
    return Place(path, "copy", *marker)


def marker_text(files: Mapping[str, tuple[bytes | str, int]], made: int) -> str:
    """Return the marker for these files; `made` counts the parent folders created for the skill."""
    listed = {name: digest(content) for name, (content, _) in sorted(files.items())}
    whole = {"by": _INSTALLER, "version": __version__, "made": made, "files": listed}
    return json.dumps(whole, indent=1) + "\n"


def digest(content: bytes | str) -> str:
    """Return the digest of a file's content."""
    return hashlib.sha256(content.encode("utf-8") if isinstance(content, str) else content).hexdigest()


def _marker(path: Path) -> tuple[dict[str, str], int] | None:
    """The files and folders that a marker lists; None where there is none, or one that this program did not write."""
    try:
        data = json.loads(path.read_bytes()) if not path.is_symlink() else None
    except (OSError, ValueError):
        return None
    if not isinstance(data, dict) or data.get("by") != _INSTALLER:
        return None
    files, made = data.get("files"), data.get("made")
    if not isinstance(files, dict) or not isinstance(made, int) or not all(map(_is_inside, files)):
        return None
    return files, made


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and str(path) == name


def _is_source(target: Path) -> bool:
    """Return whether a folder is a checkout of agentcore-connect."""
    return (target / "skill" / "agentcore_connect" / "__init__.py").is_file() and (target / "SKILL.md").is_file()


def _is_as_recorded(path: Path, recorded: str) -> bool:
    if not path.exists() and not path.is_symlink():
        return True
    try:
        return path.is_file() and not path.is_symlink() and digest(path.read_bytes()) == recorded
    except OSError:
        return False
