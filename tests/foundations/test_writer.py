"""The folder writer: everything or nothing, whatever fails and whenever."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.render import writer
from agentcore_connect.render.writer import write_folder

FILES: dict[str, tuple[bytes | str, int]] = {
    "plan.md": ("# Plan\n", 0o644),
    "commands.sh": ("#!/bin/bash\n", 0o755),
    "deep/er/tools.json": (b"[]\n", 0o644),
}


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(one.relative_to(folder)): (one.read_bytes() if one.is_file() else b"<dir>", one.stat().st_mode)
        for one in sorted(folder.rglob("*"))
    }


def test_new_folder_gets_every_file_with_its_mode(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    assert write_folder(out, FILES) == ["commands.sh", "deep/er/tools.json", "plan.md"]
    assert (out / "commands.sh").read_bytes() == b"#!/bin/bash\n"
    assert (out / "commands.sh").stat().st_mode & 0o777 == 0o755
    assert (out / "plan.md").stat().st_mode & 0o777 == 0o644
    assert sorted(one.name for one in out.iterdir()) == ["commands.sh", "deep", "plan.md"]
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["b"]


def test_again_is_the_same_bytes_and_writes_nothing(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", FILES)
    before = {one: one.stat().st_mtime_ns for one in (tmp_path / "out").rglob("*")}
    assert write_folder(tmp_path / "out", FILES) == []
    assert {one: one.stat().st_mtime_ns for one in (tmp_path / "out").rglob("*")} == before


def test_other_files_and_links_to_the_folder_are_left_alone(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "mine.txt").write_text("mine")
    (tmp_path / "out").symlink_to(real)
    write_folder(tmp_path / "out", FILES)
    assert (tmp_path / "out").is_symlink()
    assert (real / "mine.txt").read_text() == "mine"
    assert (real / "plan.md").exists()


def test_differing_files_are_all_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text("my own")
    (tmp_path / "commands.sh").write_text("my own")
    before = state(tmp_path)
    with pytest.raises(ConnectError) as caught:
        write_folder(tmp_path, FILES)
    assert [one.code for one in caught.value.problems] == ["file-exists"] * 2
    assert str(tmp_path / "plan.md") in str(caught.value)
    assert str(tmp_path / "commands.sh") in str(caught.value)
    assert "--force" in str(caught.value)
    assert caught.value.exit_code == 2
    assert state(tmp_path) == before


def test_force_replaces_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text("my own")
    (tmp_path / "commands.sh").write_text("#!/bin/bash\n")
    assert write_folder(tmp_path, FILES, force=True) == ["deep/er/tools.json", "plan.md"]
    assert (tmp_path / "plan.md").read_text() == "# Plan\n"


@pytest.mark.parametrize("name", ["", "../x", "/x", "a/../x", "./x", "a//b", "a/", "..", "a\nb", "\x1b[1m"])
def test_names_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConnectError) as caught:
        write_folder(tmp_path / "out", {name: ("x", 0o644)})
    assert caught.value.code == "bad-file-name"
    assert list(tmp_path.iterdir()) == []


def _is_file(out: Path) -> None:
    out.write_text("x")


def _is_dangling(out: Path) -> None:
    out.symlink_to(out.parent / "nowhere")


def _is_loop(out: Path) -> None:
    out.symlink_to(out)


@pytest.mark.parametrize("prepare", [_is_file, _is_dangling, _is_loop])
def test_what_cannot_be_a_folder_is_refused(tmp_path: Path, prepare: Callable[[Path], None]) -> None:
    prepare(tmp_path / "out")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ConnectError) as caught:
        write_folder(tmp_path / "out", FILES)
    assert caught.value.code == "bad-folder"
    assert str(caught.value).startswith(str(tmp_path / "out"))
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_above_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConnectError, match="not a folder") as caught:
        write_folder(tmp_path / "file" / "out", FILES)
    assert caught.value.code == "bad-folder"


def test_an_unwritable_parent_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(ConnectError, match="Permission denied") as caught:
        write_folder(tmp_path / "new" / "out", FILES)
    assert caught.value.code == "cannot-write"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "folder", "linked-parent", "file-parent"])
def test_what_is_no_plain_file_is_never_replaced(tmp_path: Path, kind: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("theirs")
    if kind == "link":
        (out / "plan.md").symlink_to(elsewhere / "secret")
    elif kind == "folder":
        (out / "plan.md").mkdir()
    elif kind == "linked-parent":
        (out / "deep").symlink_to(elsewhere)
    else:
        (out / "deep").write_text("x")
    before = state(tmp_path)
    with pytest.raises(ConnectError, match="in the way"):
        write_folder(out, FILES, force=True)
    assert state(tmp_path) == before


class Fault:
    """Makes the nth call of the writer's system calls fail, before or after it has taken effect."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fail_at: int, error: BaseException, late: bool) -> None:
        self.count = 0
        self.armed = True
        self._fail_at = fail_at
        self._error = error
        self._late = late
        for name in ("fchmod", "fsync", "link", "replace", "rename", "mkdir"):
            self._wrap(monkeypatch, os, name)
        self._wrap(monkeypatch, writer, "_write")

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
        real = getattr(where, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            fails = self.armed and self.count == self._fail_at
            if fails:
                self.armed = False
            if fails and not self._late:
                raise self._error
            try:
                return real(*args, **kwargs)
            finally:
                if fails:
                    raise self._error

        monkeypatch.setattr(where, name, call)


def prepared(tmp_path: Path, existing: bool) -> Path:
    out = tmp_path / "parent" / "out"
    if existing:
        out.mkdir(parents=True)
        (out / "plan.md").write_text("old plan")
        (out / "plan.md").chmod(0o600)
        (out / "mine.txt").write_text("mine")
    return out


def steps(tmp_path: Path, existing: bool) -> int:
    out = prepared(tmp_path, existing)
    tmp_path.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        fault = Fault(patch, -1, OSError(), late=False)
        write_folder(out, FILES, force=True)
    return fault.count


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
def test_a_failure_at_any_step_leaves_the_previous_state(
    tmp_path: Path, existing: bool, late: bool, error: BaseException
) -> None:
    total = steps(tmp_path / "count", existing)
    assert total > 10
    survived = 0
    for number in range(1, total + 1):
        root = tmp_path / str(number)
        root.mkdir()
        out = prepared(root, existing)
        before = state(root)
        with pytest.MonkeyPatch.context() as patch:
            fault = Fault(patch, number, error, late)
            try:
                write_folder(out, FILES, force=True)
            except (ConnectError, KeyboardInterrupt, MemoryError) as raised:
                assert isinstance(raised, ConnectError) == isinstance(error, OSError)
                assert state(root) == before, f"step {number}"
            else:
                survived += 1
                assert write_folder(out, FILES) == []
                assert not list(root.rglob("*.tmp"))
            assert not fault.armed
    if not isinstance(error, OSError):  # some failing calls do no harm: a flush, a link (then it is a copy)
        assert survived == 0


@pytest.mark.parametrize("number", [signal.SIGINT])
@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
def test_a_signal_while_files_move_is_delivered_after_they_are_put_back(
    tmp_path: Path, existing: bool, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = prepared(tmp_path, existing)
    before = state(tmp_path)
    handler = signal.getsignal(number)
    real = os.replace if existing else os.rename

    def interrupted(*args: Any, **kwargs: Any) -> None:
        signal.raise_signal(number)
        real(*args, **kwargs)

    monkeypatch.setattr(os, "replace" if existing else "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(out, FILES, force=True)
    monkeypatch.undo()
    assert state(tmp_path) == before
    assert signal.getsignal(number) is handler


def test_old_files_that_cannot_be_put_back_are_kept_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = prepared(tmp_path, existing=True)
    real = os.replace

    def fail_after(source: Any, target: Any) -> None:
        real(source, target)
        if Path(target).name == "plan.md":
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail_after)
    monkeypatch.setattr(Path, "replace", fail_after)
    with pytest.raises(ConnectError, match="put back") as caught:
        write_folder(out, FILES, force=True)
    assert "/old" in str(caught.value)


def test_without_hard_links_the_old_file_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = prepared(tmp_path, existing=True)
    before = state(tmp_path)

    def no_links(*_: Any) -> None:
        raise OSError(95, "Operation not supported")

    def fails(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(ConnectError):
        write_folder(out, FILES, force=True)
    monkeypatch.undo()
    assert state(tmp_path) == before
