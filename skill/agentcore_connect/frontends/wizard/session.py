"""The answers of one sitting: every answer on disk at once, back by replay, and nothing asked that was read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentcore_connect import interview
from agentcore_connect import interview_view as view
from agentcore_connect.answers import load, store
from agentcore_connect.answers.document import Document
from agentcore_connect.answers.lock import locked
from agentcore_connect.errors import ConnectError
from agentcore_connect.gather import Gathered, gather
from agentcore_connect.interview import Asked, State

if TYPE_CHECKING:
    from agentcore_connect.situation import Case


@dataclass(frozen=True, slots=True)
class Position:
    """Where the interview stands. ``asked`` is None when it is done; ``trail`` what was asked for before."""

    gathered: Gathered
    state: State
    asked: Asked | None
    trail: tuple[str, ...]

    @property
    def case(self) -> Case:
        """The answers in force with what was read."""
        return self.gathered.case


def _text_of(path: Path) -> str | None:
    """What the file holds; None where there is none yet."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None


class Session:
    """The answers and how far they were gone back over.

    ``held`` are answers that are asked for again: they stay in the file, and do not count until they are given again.
    ``wanted`` is a key that is to be asked for although the interview would not.
    """

    def __init__(self, path: Path, document: Document, *, cli_version: str | None = None) -> None:
        """Take over a checked document; nothing is written yet."""
        self.path = path
        self.data: dict[str, Any] = dict(document.data)
        self.held: dict[str, Any] = {}
        self.wanted: str | None = None
        self._document = document
        self._cli_version = cli_version
        self._earlier: dict[str, Any] = {}
        self._seen = _text_of(path)

    def save(self) -> None:
        """Write the answers, whole or not at all.

        Errors: ConnectError `unwritable-file`; `answers-changed` when another program changed the file meanwhile.
        """
        text = store.revised(self.path, self._seen, self.data)
        with locked(self.path):
            if _text_of(self.path) != self._seen:
                raise ConnectError(
                    "answers-changed",
                    "another program has changed the answers since this one read them",
                    where=str(self.path),
                    hint="your last answer was not recorded; start again, and the wizard goes on from the file",
                )
            store.save_atomic(self.path, text)
            self._seen = text

    def gather(self, data: Mapping[str, Any] | None = None) -> Gathered:
        """Read what the answers point to. Errors: ConnectError for something that cannot be read."""
        document = self._document._replace(data=dict(self.data if data is None else data))
        return gather(document, cli_version=self._cli_version)

    def position(self) -> Position:
        """Where the interview stands. Errors: ConnectError for a project or file that cannot be read."""
        gathered = self.gather(view.without(self.data, self.held))
        state = interview.state(gathered.case)
        asked = state.asked
        if self.wanted is not None and (asked is None or asked.key != self.wanted):
            asked = view.asked_about(gathered.case, self.wanted, state.verdicts)
        return Position(gathered, state, asked, tuple(view.trail(gathered.case)))

    def earlier(self, key: str) -> Any:
        """The answer that was given before to a question that is asked again; None where there is none."""
        return store.get(self.data, key, None) if key in self.held else self._earlier.get(key)

    def problem(self, asked: Asked, value: Any) -> ConnectError | None:
        """Why an answer cannot be taken: the gate, the closed choices, and whether what it names can be read."""
        refused = interview.refusal(asked, value)
        if refused is not None:
            return refused
        others = set(self.held) - {asked.key}
        trial = view.without(store.put(self.data, asked.key, value), others)
        try:
            load.checked(Document(trial))
            self.gather(trial)
        except ConnectError as error:
            return _here(error)
        return None

    def answer(self, asked: Asked, value: Any) -> None:
        """Take an answer that was judged, and save it."""
        self.data = store.put(self.data, asked.key, value)
        self.held.pop(asked.key, None)
        self._earlier.pop(asked.key, None)
        self.wanted = None
        self._drop_overtaken()
        self.save()

    def _drop_overtaken(self) -> None:
        """Forget what was gone back over where nothing asks for it any more and it would still steer the plan."""
        if not self.held:
            return
        whole = self.gather()
        for key in view.overtaken(whole.case, self.held, interview.state(whole.case).verdicts):
            self._earlier[key] = self.held.pop(key)
            self.data = store.forget(self.data, key)

    def back(self, position: Position) -> bool:
        """Go back one question; whether there was one to go back to."""
        if self.wanted is not None:  # a single answer was to be changed, and now is not
            self.held.pop(self.wanted, None)
            self.wanted = None
            return True
        if self._is_new_connection(position):
            self.data["connections"] = self.data["connections"][:-1]
            return True
        if not position.trail:
            return False
        self._hold(position.trail[-1])
        return True

    def can_go_back(self, position: Position) -> bool:
        """Whether there is something to go back to."""
        return self.wanted is not None or bool(position.trail) or self._is_new_connection(position)

    def _is_new_connection(self, position: Position) -> bool:
        connections = self.data.get("connections") or []
        scope = position.asked.scope if position.asked is not None else ""
        return len(connections) > 1 and not connections[-1] and scope == f"connections.{len(connections) - 1}"

    def _hold(self, key: str) -> None:
        self.held[key] = store.get(self.data, key, None)

    def change(self, key: str) -> None:
        """Ask for one key again, whatever the interview would ask."""
        if store.get(self.data, key, None) is not None:
            self._hold(key)
        self.wanted = key

    def settle(self) -> None:
        """The interview is done: what was gone back over and was not asked for again stays in the file, unused."""
        self.held.clear()

    def add_connection(self, answers: Mapping[str, Any]) -> None:
        """Begin another connection with what is known of it; it is saved with its first answer."""
        self.data = {**self.data, "connections": [*(self.data.get("connections") or []), dict(answers)]}

    def remove_connection(self, number: int) -> None:
        """Take a connection out, and save."""
        self.data = store.forget(self.data, f"connections.{number}")
        self.save()


def _here(error: ConnectError) -> ConnectError:
    """The error without the place in the file, which the person at the question does not see."""
    single = error.problems[0]
    return ConnectError(
        single.code, single.message, expected=single.expected, received=single.received, hint=single.hint
    )


def relative_to_file(project: Path, file: Path) -> str:
    """A folder as the answers file names it: relative to the file itself."""
    return os.path.relpath(project.resolve(), file.resolve().parent)
