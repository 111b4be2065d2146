"""Installs the skill into skills folders and removes it; files of others are never changed.

Everything is decided before anything is written: when one place is not ours, all stay as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.skill import assistants as table
from agentcore_connect.skill.bundle import Files, bundle, is_checkout, top
from agentcore_connect.skill.place import MARKER, Place, digest, look, marker_text


@dataclass(frozen=True, slots=True)
class Target:
    """A skills folder and its assistants (none for a folder given by path)."""

    folder: Path
    assistants: tuple[table.Assistant, ...] = ()

    @property
    def path(self) -> Path:
        """The skill's path in the folder."""
        return self.folder / table.skill_name()


@dataclass(slots=True)
class Result:
    """The result for one folder. ``kept`` lists files that were changed since installation and were not touched."""

    target: Target
    status: str
    how: str | None = None
    kept: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Json]:
        """Return the result as ``--json`` prints it."""
        return {
            "assistants": [one.id for one in self.target.assistants],
            "path": str(self.target.path),
            "status": self.status,
            "how": self.how,
            "kept": self.kept,
            "start": [f"{one.name}: {one.start}" for one in self.target.assistants],
        }


def targets(names: list[str], directory: Path | None, scope: str, *, everywhere: bool = False) -> list[Target]:
    """Return the selected folders.

    In: the assistants named, or a skills folder instead, the scope; with `everywhere`, no name means every assistant,
    else those that are here. Errors: ConnectError for an unknown name, or a folder given together with a name.
    """
    if directory is not None:
        if names:
            raise ConnectError(
                "bad-option",
                "--dir names the skills folder, so there is nothing for --assistant to choose",
                where="--dir",
                hint="leave one of the two out",
            )
        return [Target(directory.expanduser().absolute())]
    base = Path.home() if scope == "user" else Path.cwd()
    if names:
        chosen = table.named(names)
    else:
        chosen = list(table.assistants().values()) if everywhere else table.present(scope, base)
    found: dict[Path, list[table.Assistant]] = {}
    for one in chosen:
        found.setdefault(table.folder(one, scope, base), []).append(one)
    return [Target(folder, tuple(served)) for folder, served in found.items()]


def install(wanted: list[Target], *, link: bool, force: bool, dry_run: bool) -> list[Result]:
    """Install the skill into each folder.

    Errors: ConnectError `foreign-skill` and `changed-skill` for places that would lose what is not ours, `cannot-link`,
    or the writer's; nothing is written when one place is refused.
    """
    if link and not is_checkout():
        raise ConnectError(
            "cannot-link",
            "there is no checkout to link to: this is an installed package, and its files move with each update",
            where="--link",
            expected="--copy",
            hint="leave --link out; install again after an update of agentcore-connect",
        )
    places = [look(target.path) for target in wanted]
    files = {} if link else bundle()
    raise_all([problem for place in places if (problem := _refusal(place, link=link, force=force))])
    results = []
    for target, place in zip(wanted, places, strict=True):
        step = _Linking(target, place) if link else _Copying(target, place, files)
        if not dry_run and step.result.status != "unchanged":
            step.run()
        results.append(step.result)
    return results


def uninstall(wanted: list[Target], *, force: bool, dry_run: bool) -> list[Result]:
    """Remove the skill from each folder; changed files stay unless `force`."""
    return [_remove(target, look(target.path), force=force, dry_run=dry_run) for target in wanted]


def _refusal(place: Place, *, link: bool, force: bool) -> ConnectError | None:
    if place.kind == "foreign":
        return ConnectError(
            "foreign-skill",
            "there is something of this name already that `skill install` did not put there",
            where=str(place.path),
            hint="move it away, or name other assistants with --assistant; it is never overwritten",
        )
    strangers = place.strangers() if link and place.kind == "copy" else []
    if strangers:
        return ConnectError(
            "foreign-skill",
            f"holds files that `skill install` did not put there: {_some(strangers)}",
            where=str(place.path),
            hint="move them away first; a link takes the place of the whole folder",
        )
    changed = place.changed()
    if changed and not force:
        return ConnectError(
            "changed-skill",
            f"was changed since it was installed: {_some(changed)}",
            where=str(place.path),
            hint="--force replaces it; keep what you need of it first",
        )
    return None


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


class _Copying:
    """Create or update one copy."""

    def __init__(self, target: Target, place: Place, files: Files) -> None:
        made = place.made if place.kind == "copy" else _missing_above(target.path)
        self._whole: Files = {**files, MARKER: (marker_text(files, made), 0o644)}
        self._place = place
        self._stale = [name for name in place.files if name not in files]
        status = "installed" if place.kind == "absent" else "updated"
        if place.kind == "copy" and not self._stale and _is_current(place, self._whole):
            status = "unchanged"
        self.result = Result(target, status, "copy")

    def run(self) -> None:
        """Write the files and remove those of an older version."""
        from agentcore_connect.render.writer import write_folder

        path = self.result.target.path
        if self._place.kind == "link":
            path.unlink()
        write_folder(path, self._whole, force=True)
        for name in self._stale:
            _forget(path, name)


class _Linking:
    """Create one symbolic link to the checkout."""

    def __init__(self, target: Target, place: Place) -> None:
        self._place = place
        here = place.kind == "link" and place.link_to is not None and place.link_to.resolve() == top()
        status = "unchanged" if here else "installed" if place.kind == "absent" else "updated"
        self.result = Result(target, status, "link")

    def run(self) -> None:
        """Create the link in place of an earlier installation."""
        path = self.result.target.path
        try:
            if self._place.kind == "link":
                path.unlink()
            elif self._place.kind == "copy":
                _remove_copy(self._place, [], keep_above=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(top(), target_is_directory=True)
        except OSError as error:
            raise ConnectError(
                "cannot-link",
                f"the symbolic link cannot be made: {error.strerror or error}",
                where=str(path),
                hint="--copy puts a copy there instead",
            ) from None


def _remove(target: Target, place: Place, *, force: bool, dry_run: bool) -> Result:
    if place.kind in ("absent", "foreign"):
        return Result(target, place.kind)
    kept = [] if force else place.changed()
    result = Result(target, "kept" if kept else "removed", place.kind, kept)
    if dry_run:
        return result
    try:
        if place.kind == "link":
            target.path.unlink()
        else:
            _remove_copy(place, kept)
    except OSError as error:
        raise ConnectError(
            "cannot-write",
            f"cannot be removed: {error.strerror or error}",
            where=str(target.path),
            hint="check who owns it, and run this again",
        ) from None
    return result


def _remove_copy(place: Place, kept: list[str], *, keep_above: bool = False) -> None:
    for name in place.files:
        if name not in kept:
            _forget(place.path, name)
    for cache in sorted(place.path.rglob("__pycache__")):
        shutil.rmtree(cache, ignore_errors=True)
        _remove_empty(cache.parent, place.path)
    if not kept:
        (place.path / MARKER).unlink(missing_ok=True)
    with suppress(OSError):
        place.path.rmdir()
        for above in list(place.path.parents)[: 0 if keep_above else place.made]:
            above.rmdir()


def _forget(top_folder: Path, name: str) -> None:
    """Remove one of our files and the folders that this empties."""
    path = top_folder / name
    path.unlink(missing_ok=True)
    _remove_empty(path.parent, top_folder)


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _is_current(place: Place, whole: Mapping[str, tuple[bytes | str, int]]) -> bool:
    for name, (content, _) in whole.items():
        path = place.path / name
        if not path.is_file() or digest(path.read_bytes()) != digest(content):
            return False
    return True


def _missing_above(path: Path) -> int:
    """Count the missing parent folders."""
    return sum(not above.exists() for above in path.parents)
