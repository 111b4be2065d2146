"""Writes a folder of files all or nothing.

Everything is written and flushed in a scratch folder first. A new folder then appears by one rename; in a folder that
was there, each file is replaced by a rename with the old one kept aside, and whatever goes wrong before the last of
them, Ctrl-C included, puts the old ones back.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Any

from agentcore_connect.core.errors import ConnectError, raise_all

Content = tuple[bytes | str, int]


def write_folder(out: Path, files: Mapping[str, Content], force: bool = False) -> list[str]:
    """Write `files` (name relative to `out`, with "/" -> content and mode) into the folder `out`, made if need be.

    Files with the same content are left as they are, and so is every file not named.
    Out: the names written, in order; empty when everything was there already.
    Errors: ConnectError `file-exists` for each file that would change (unless `force`), `bad-file-name`, `bad-folder`,
    `cannot-write`. After any error or interrupt the folder is as it was before.
    """
    contents = {name: _bytes(content) for name, (content, _) in sorted(files.items())}
    raise_all([problem for name in contents if (problem := _bad_name(name))])
    target = _folder(out)
    with _interrupts_held() as check:
        try:
            changed = _changed(target, out, contents, force)
            if changed or not target.exists():
                _Writing(target, check).run({name: (contents[name], files[name][1]) for name in changed})
        except OSError as error:
            raise _cannot_write(out, error) from None
    return changed


def _bytes(content: bytes | str) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _bad_name(name: str) -> ConnectError | None:
    parts = name.split("/")
    if name and PurePosixPath(name).parts == tuple(parts) and not {"..", ".", ""} & set(parts) and name.isprintable():
        return None
    return ConnectError(
        "bad-file-name", f"{name!r} cannot be a file in the folder", expected="a path inside the folder"
    )


def _folder(out: Path) -> Path:
    """The real path of the folder. Errors: ConnectError `bad-folder`."""
    try:
        if out.is_symlink() and not out.exists():
            raise _bad_folder(out, "is a symbolic link to nothing")
        target = out.resolve()
        if target.exists() and not target.is_dir():
            raise _bad_folder(out, "is a file")
        above = next(parent for parent in target.parents if parent.exists() or parent.is_symlink())
        if not target.exists() and not above.is_dir():
            raise _bad_folder(out, f"cannot be made: {above} is not a folder")
    except (OSError, ValueError, RuntimeError) as error:
        raise _bad_folder(out, getattr(error, "strerror", None) or str(error)) from None
    return target


def _bad_folder(out: Path, problem: str) -> ConnectError:
    return ConnectError("bad-folder", problem, where=str(out), hint="give the path of a folder, new or existing")


def _changed(target: Path, out: Path, contents: Mapping[str, bytes], force: bool) -> list[str]:
    """The names to write. Errors: ConnectError for each that is in the way."""
    changed: list[str] = []
    problems: list[ConnectError] = []
    for name, content in contents.items():
        file = target / name
        above = [target / parent for parent in PurePosixPath(name).parents if parent.name]
        blocked = next((one for one in above if one.is_symlink() or (one.exists() and not one.is_dir())), None)
        if blocked or file.is_symlink() or (file.exists() and not file.is_file()):
            shown = out / (blocked or file).relative_to(target)
            problems.append(
                ConnectError(
                    "file-exists",
                    "is in the way: it is not a plain file" if not blocked else "is in the way: it is not a folder",
                    where=str(shown),
                    hint="move it away, or write into another folder",
                )
            )
        elif not file.exists():
            changed.append(name)
        elif file.read_bytes() != content:
            changed.append(name)
            if not force:
                problems.append(
                    ConnectError(
                        "file-exists",
                        "exists with other content",
                        where=str(out / name),
                        hint="--force replaces it; or write into another folder",
                    )
                )
    raise_all(problems)
    return changed


class _Writing:
    """One all-or-nothing write; `check` raises when an interrupt is waiting."""

    def __init__(self, target: Path, check: Callable[[], None]) -> None:
        self._target = target
        self._check = check
        self._made: list[Path] = []
        self._moves: list[tuple[Path, Path | None]] = []
        self._appearing: Path | None = None

    def run(self, files: Mapping[str, Content]) -> None:
        """Write, move, and put everything back when that fails."""
        existed = self._target.exists()
        beside = self._target if existed else self._target.parent
        scratch = beside / f".{self._target.name}.{token_hex(6)}.tmp"
        new, old = scratch / "new", scratch / "old"
        try:
            self._make_folders(beside)
            scratch.mkdir(0o700)
            new.mkdir()
            for name, (content, mode) in files.items():
                self._check()
                _write(new / name, _bytes(content), mode)
            self._check()
            if existed:
                old.mkdir()
                self._move_files(files, new, old)
            else:
                self._appearing = new
                os.rename(new, self._target)  # noqa: PTH104 - beside os.replace, what tests make fail
            _flush_folder(beside)
            self._check()
        except BaseException:
            if not self._put_back():
                raise self._not_put_back(old) from None
            shutil.rmtree(scratch, ignore_errors=True)
            for folder in reversed(self._made):
                with suppress(OSError):
                    folder.rmdir()
            raise
        shutil.rmtree(scratch, ignore_errors=True)

    def _make_folders(self, folder: Path) -> None:
        for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
            self._made.append(missing)
            missing.mkdir()

    def _move_files(self, files: Mapping[str, Content], new: Path, old: Path) -> None:
        for number, name in enumerate(files):
            self._check()
            file = self._target / name
            self._make_folders(file.parent)
            aside = _keep(file, old / str(number)) if file.exists() else None
            self._moves.append((file, aside))
            os.replace(new / name, file)  # noqa: PTH105 - beside os.rename, what tests make fail

    def _put_back(self) -> bool:
        """Undo what was done, last first. Out: whether every old file is in its place again."""
        whole = True
        for file, aside in reversed(self._moves):
            try:
                if aside is None:
                    file.unlink(missing_ok=True)
                else:
                    aside.replace(file)
            except OSError:
                whole = False
        if self._appearing is not None and not self._appearing.exists():
            shutil.rmtree(self._target, ignore_errors=True)
        return whole

    def _not_put_back(self, kept: Path) -> ConnectError:
        return ConnectError(
            "cannot-write",
            "writing failed, and what was there could not all be put back",
            where=str(self._target),
            hint=f"the files as they were are in {kept}",
        )


def _keep(file: Path, aside: Path) -> Path:
    """Keep the old file under a second name, so that its own name never stops being there."""
    try:
        os.link(file, aside)
    except OSError:
        shutil.copy2(file, aside)
    return aside


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the renames last through a power cut; not every file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _cannot_write(out: Path, error: OSError) -> ConnectError:
    return ConnectError(
        "cannot-write",
        f"cannot be written: {error.strerror or error}",
        where=str(out),
        hint="nothing was changed; make room or give a folder that may be written to",
    )


@contextmanager
def _interrupts_held() -> Iterator[Callable[[], None]]:
    """Holds back Ctrl-C and requests to end while files move; yields a check that raises when one is waiting.

    A held signal is delivered again on the way out. Only the main thread receives signals, elsewhere nothing is held.
    """
    waiting: list[int] = []

    def check() -> None:
        if waiting:
            raise KeyboardInterrupt

    before: dict[signal.Signals, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if (handler := signal.getsignal(number)) not in (None, signal.SIG_IGN):
                    before[number] = handler
                    signal.signal(number, lambda held, _frame: waiting.append(held))
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
