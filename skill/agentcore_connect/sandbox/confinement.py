"""Takes away from this process, and from all that it starts, what a check does not need.

On Linux: no network but 127.0.0.1, the home directory hidden, nothing writable but one folder, other processes out of
sight. Made with namespaces of the kernel, which need no rights where the system offers them to users.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

FORM: Final = "no network but 127.0.0.1, home directory hidden, only the scratch folder writable"

# Of linux/sched.h, sys/mount.h, linux/mount.h, linux/if.h and sys/prctl.h.
_NEW_MOUNTS, _NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x00020000, 0x10000000, 0x20000000, 0x40000000
_BIND, _RECURSIVE, _PRIVATE, _NO_SUID, _NO_DEVICES = 0x1000, 0x4000, 0x40000, 0x2, 0x4
# System calls without a function in every C library; their numbers are the same on every architecture.
_OPEN_TREE, _MOVE_MOUNT, _SET_ATTRIBUTES = 428, 429, 442
_HERE, _CLONE, _AT_RECURSIVE, _EMPTY_PATH, _READ_ONLY = -100, 0x1, 0x8000, 0x4, 0x1
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_NO_NEW_PRIVILEGES: Final = 38


class NotConfinedError(Exception):
    """The system does not offer it; the text says why. Nothing has changed for this process."""


def confined(run: Callable[[], int], scratch: Path, needed: Iterable[Path]) -> int:
    """Run a function in a process that is confined, and return its exit status.

    Args:
        run: what to do; its number becomes the exit status.
        scratch: the folder that stays writable.
        needed: places that stay readable although they are in the home directory.

    Errors: NotConfinedError before anything was run.
    """
    if sys.platform != "linux":
        raise NotConfinedError(f"this system ({sys.platform}) has no namespaces")
    places = [one for one in dict.fromkeys(path.absolute() for path in needed) if one.exists()]
    if Path.home().absolute() in places:
        raise NotConfinedError("the checks read the home directory itself")
    ready, say = os.pipe()
    child = os.fork()
    if child == 0:
        _child(run, scratch, places, say)
    os.close(say)
    with os.fdopen(ready, "rb") as said:
        fault = said.read().decode()
    _, status = os.waitpid(child, 0)
    if fault:
        raise NotConfinedError(fault)
    return os.waitstatus_to_exitcode(status)


def _child(run: Callable[[], int], scratch: Path, needed: list[Path], say: int) -> None:
    """Confine this process, say so by closing the pipe, and run; never returns."""
    try:
        here = Path.cwd()
        _enter(_NEW_USER | _NEW_MOUNTS | _NEW_NETWORK | _NEW_PROCESSES)
        first = os.fork()  # the first process in the new list of processes
        if first:
            os.close(say)
            _, status = os.waitpid(first, 0)
            os._exit(max(os.waitstatus_to_exitcode(status), 0) if os.WIFEXITED(status) else 70)
        _call("prctl", 1, signal.SIGKILL, 0, 0, 0)  # to end with the one that waits
        _loopback()
        _mounts(scratch, needed, here)
        _enter(_NEW_USER | _NEW_MOUNTS)  # what was mounted above cannot be undone from here
        _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        os.chdir(here)  # else this process could still see, from here, what was hidden
    except OSError as error:
        os.write(say, f"{error.strerror or error}".encode())
        os._exit(70)
    os.close(say)
    code = 70
    try:
        code = run()
    except BaseException:  # nothing of the caller's may run on in this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _enter(kinds: int) -> None:
    """Enter new namespaces, as the same user as before."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", kinds)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(text, encoding="ascii")


def _loopback() -> None:
    """Bring 127.0.0.1 up; a new network has it down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", request)[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags | _UP))


def _mounts(scratch: Path, needed: list[Path], here: Path) -> None:
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES)
    _mount(str(scratch), str(scratch), None, _BIND)
    home = Path.home()
    if home.is_dir() and home != Path("/"):
        _hide(home, [scratch, *needed])
        here.mkdir(parents=True, exist_ok=True)
    _attributes("/", _READ_ONLY, 0, _AT_RECURSIVE)
    for writable in (str(scratch), "/proc"):  # a process writes about itself into /proc
        _attributes(writable, 0, _READ_ONLY, 0)


def _hide(home: Path, kept: list[Path]) -> None:
    """Put an empty folder over the home directory, with the places in it that are needed put back."""
    held = [(one, one.is_dir(), _copy_of(one)) for one in kept if one.is_relative_to(home)]
    _mount("none", str(home), "tmpfs", _NO_SUID | _NO_DEVICES)
    for place, is_folder, mount in held:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(exist_ok=True) if is_folder else place.touch()
        _call("syscall", _MOVE_MOUNT, mount, b"", _HERE, str(place).encode(), _EMPTY_PATH)
        os.close(mount)


def _copy_of(place: Path) -> int:
    """A mount of a place, not yet anywhere; its file descriptor."""
    return _call("syscall", _OPEN_TREE, _HERE, str(place).encode(), _CLONE | _AT_RECURSIVE)


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    _call("mount", source.encode() if source else None, target.encode(), kind.encode() if kind else None, flags, None)


def _attributes(target: str, wanted: int, unwanted: int, flags: int) -> None:
    """Set and clear attributes of a mount, and of those below it with the recursive flag."""
    words = struct.pack("QQQQ", wanted, unwanted, 0, 0)
    _call("syscall", _SET_ATTRIBUTES, _HERE, target.encode(), flags, words, len(words))


def _call(name: str, *words: int | bytes | None) -> int:
    """Call a function of the C library and return its number. Errors: OSError with the reason."""
    library = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in words]
    result = int(getattr(library, name)(*given))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number) if number != errno.EPERM else f"{name} is not permitted here")
    return result
