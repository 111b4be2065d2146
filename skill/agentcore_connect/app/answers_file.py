"""The answers file of an interview: read once, saved atomically, never over another program's changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentcore_connect.answers import load, store
from agentcore_connect.answers.lock import locked
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import JsonObject
from agentcore_connect.text.document import Document, format_of, parse, read_text


class AnswersFile:
    """An answers file, which may not exist yet."""

    def __init__(self, path: Path) -> None:
        """Store the path without reading it."""
        self.path = path
        self._seen: str | None = None
        self._is_locked = False

    def read(self) -> Document:
        """Read and check the answers; a missing file counts as empty. Errors: ConnectError."""
        name = str(self.path)
        self._seen = _text_of(self.path)
        if self._seen is None:
            return load.checked(Document({"version": 1}, {}, name))
        return load.checked(parse(self._seen, name, format_=format_of(name)))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the file from reading to saving. Errors: ConnectError `answers-busy`."""
        with locked(self.path):
            self._is_locked = True
            try:
                yield
            finally:
                self._is_locked = False

    def save(self, data: JsonObject) -> None:
        """Write the answers, and create the folder if it is missing.

        Errors: ConnectError `unwritable-file`; `answers-changed` when another program changed the file meanwhile.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConnectError(
                "unwritable-file",
                f"cannot be made: {error.strerror or error}",
                where=str(self.path.parent),
                hint="give the answers file a place in a folder that can be written to: -a FILE",
            ) from None
        if self._is_locked:
            self._save(data)
            return
        with self.locked():
            self._save(data)

    def _save(self, data: JsonObject) -> None:
        if _text_of(self.path) != self._seen:
            raise ConnectError(
                "answers-changed",
                "another program has changed the answers since this one read them",
                where=str(self.path),
                hint="your last answer was not recorded; start again, and the wizard goes on from the file",
            )
        text = store.revised(self.path, self._seen, data)
        store.save_atomic(self.path, text)
        self._seen = text

    def relative(self, folder: Path) -> str:
        """Return a path relative to the file, as answers name it."""
        return os.path.relpath(folder.resolve(), self.path.resolve().parent)


def _text_of(path: Path) -> str | None:
    """Return the text of the file, or None if it does not exist. Errors: ConnectError if it is not a text file."""
    return read_text(path) if path.exists() else None
