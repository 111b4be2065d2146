"""Names of files and folders from a command line, an answers file or a project.

Every such name goes through `named` before anything else is done with it, so that one that no system call takes (too
long, with a NUL, in a loop of links, behind a folder that may not be searched) is an ordinary message.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError

_SHOWN: Final = 120
_PATIENCE: Final = 5.0


def named(name: str | os.PathLike[str], where: str | None = None) -> Path:
    """Return a text as a path, which need not exist.

    In: the name; the place that it comes from, such as a key of the answers file.
    Errors: ConnectError `unusable-path` for a name that cannot be looked up.
    """
    text = os.fspath(name)
    try:
        Path(text).stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # whoever reads it says what is missing; whoever writes it may create it
    except (OSError, ValueError) as error:
        raise unusable(text, error, where) from None
    return Path(text)


def unusable(name: str, error: Exception, where: str | None = None) -> ConnectError:
    """Build the error for a path that the operating system refuses."""
    reason = getattr(error, "strerror", None) or str(error)
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}... ({len(name)} characters)"
    return ConnectError(
        "unusable-path",
        f"this path cannot be used: {reason}",
        where=where,
        received=shown.replace("\0", "\\0"),
        hint="give the path of a file or folder that exists and that you may read",
    )


def read_bytes(path: Path, most: int) -> bytes:
    """Read up to `most` + 1 bytes of a file; the extra byte shows that the file is longer.

    A pipe is waited for a few seconds, for a process to write to it, and never for ever.
    Errors: OSError, ValueError from the system; TimeoutError for a pipe that nobody writes to.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(0, "Is a directory")
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            return _from_pipe(descriptor, most)
        return stream.read(most + 1)


def _from_pipe(descriptor: int, most: int) -> bytes:
    import select  # few files are pipes

    found = b""
    while len(found) <= most:
        ready, _, _ = select.select([descriptor], [], [], _PATIENCE)
        part = os.read(descriptor, most + 1 - len(found)) if ready else None
        if part is None:
            raise TimeoutError(0, f"nothing was written to this pipe for {_PATIENCE:g} s")
        if not part:
            break
        found += part
    return found
