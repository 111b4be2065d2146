"""The file that an interview is kept in: read once, saved whole or not at all, never over what others wrote."""

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
    """An answers file, which may still have to be made."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self.path = path
        self._seen: str | None = None
        self._is_locked = False

    def read(self) -> Document:
        """The checked answers; those of an empty file where there is none. Errors: ConnectError."""
        name = str(self.path)
        self._seen = _text_of(self.path)
        if self._seen is None:
            return load.checked(Document({"version": 1}, {}, name))
        return load.checked(parse(self._seen, name, format_=format_of(name)))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other programs out from reading to saving. Errors: ConnectError `answers-busy`."""
        with locked(self.path):
            self._is_locked = True
            try:
                yield
            finally:
                self._is_locked = False

    def save(self, data: JsonObject) -> None:
        """Write the answers; the folder is made where it is missing.

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
        """A folder as the answers name it: relative to the file itself."""
        return os.path.relpath(folder.resolve(), self.path.resolve().parent)


def _text_of(path: Path) -> str | None:
    """What the file holds; None where there is none yet. Errors: ConnectError for what is no text file."""
    return read_text(path) if path.exists() else None
