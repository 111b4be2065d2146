"""A file of a plan that is wrong in one way, and the check that has to say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Edit = Callable[[str], str]

#: What a mutant's check needs beside Python: nothing, the real CLI, Node.js, or the environment of a framework.
CLI = "cli"
#: The same for Node.js with the packages of the TypeScript clients.
NODE = "node"
#: The codes of errors with which a plan is refused as a whole, because its answers or its plan.json cannot be used.
REFUSALS = frozenset(
    {"unknown-key", "unknown-value", "unknown-version", "wrong-type", "bad-value", "secret-in-answers"}
    | {"malformed-file", "duplicate-key", "answer-missing", "unreadable-plan"}
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong file.

    `kind`: the artifact's kind; `plan`: the plan it is taken from (plans.py); `file`: its name there; `wrong`: what is
    wrong with it, in words; `edit`: the text made wrong. `check`: the check that fails, or the code of the error with
    which the whole plan is refused; `says`: words that the check says. `needs`: "", CLI, NODE, or an environment. `artifact`:
    the file that the check is about, where it is another.
    """

    kind: str
    plan: str
    file: str
    wrong: str
    edit: Edit
    check: str
    says: str
    needs: str = ""
    artifact: str = ""

    @property
    def about(self) -> str:
        """The file that the failing check is about."""
        return self.artifact or self.file


def swap(old: str, new: str) -> Edit:
    """Replace a piece of text, which must be there, wherever it is."""

    def edit(text: str) -> str:
        assert old in text, f"there is no {old!r} to change"
        return text.replace(old, new)

    return edit


def drop(old: str) -> Edit:
    """Leave a piece of text out."""
    return swap(old, "")


def after(old: str, new: str) -> Edit:
    """Put something behind a piece of text."""
    return swap(old, old + new)


def append(more: str) -> Edit:
    """Put something at the end."""
    return lambda text: text + more


def data(change: Callable[[Any], Any]) -> Edit:
    """Change a JSON document in place, or by what is returned."""

    def edit(text: str) -> str:
        document = json.loads(text)
        other = change(document)
        return json.dumps(document if other is None else other, indent=2) + "\n"

    return edit


def put(*path: Any) -> Edit:
    """Put the last of these at the place of a JSON document that the others name."""

    def change(document: Any) -> None:
        for step in path[:-2]:
            document = document[step]
        document[path[-2]] = path[-1]

    return data(change)


def without(*path: Any) -> Edit:
    """Take the place of a JSON document out."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return data(change)
