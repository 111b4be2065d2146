"""The coding assistants and their skills folders, from `knowledge/assistants.yaml`."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.knowledge.resources import load

SCOPES = ("user", "project")


@dataclass(frozen=True, slots=True)
class Assistant:
    """One assistant: its skills folders, signs of its presence, and how to start the skill."""

    id: str
    name: str
    user: str
    project: str
    env: Mapping[str, str] | None
    found: Mapping[str, tuple[str, ...]]
    reads_shared: bool
    start: str


def skill_name() -> str:
    """Return the name of the skill and of its folder."""
    return str(load("assistants")["skill"])


def assistants() -> dict[str, Assistant]:
    """Return every known assistant by id, in the order of the file."""
    return {
        name: Assistant(
            name,
            row["name"],
            row["user"],
            row["project"],
            row.get("env"),
            {scope: tuple(row["found"][scope]) for scope in SCOPES},
            bool(row.get("reads")),
            row["start"],
        )
        for name, row in load("assistants")["assistants"].items()
    }


def named(names: Iterable[str]) -> list[Assistant]:
    """Return the named assistants. Errors: ConnectError `unknown-assistant`, with the nearest name."""
    known = assistants()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
            raise ConnectError(
                "unknown-assistant",
                "there is no assistant of this name in the table",
                where="--assistant",
                expected="one of " + ", ".join(known),
                received=name,
                hint=f"did you mean {near[0]}?" if near else "--dir DIR takes any other skills folder",
            )
    return [known[name] for name in dict.fromkeys(names)]


def present(scope: str, base: Path) -> list[Assistant]:
    """Return the assistants present on this machine, without duplicates.

    In: the scope, and the home folder or the project. Out: those that have left a trace there; of those that read the
    shared folder as well none, when that folder is served already. With no trace at all: the shared folder.
    """
    known = assistants()
    shared = known[load("assistants")["shared"]]
    here = [one for one in known.values() if _is_here(one, scope, base)] or [shared]
    shared_folder = folder(shared, scope, base)
    served = any(folder(one, scope, base) == shared_folder for one in here)
    return [one for one in here if not (served and one.reads_shared and folder(one, scope, base) != shared_folder)]


def folder(assistant: Assistant, scope: str, base: Path) -> Path:
    """Return an assistant's skills folder below the home folder (or its environment variable) or the project."""
    below = assistant.user if scope == "user" else assistant.project
    moved = _moved(assistant) if scope == "user" else None
    if moved is not None and assistant.env is not None:
        return moved / Path(below).relative_to(assistant.env["stands_for"])
    return base / below


def _moved(assistant: Assistant) -> Path | None:
    value = os.environ.get(assistant.env["name"], "").strip() if assistant.env is not None else ""
    return Path(value).expanduser() if value else None


def _is_here(assistant: Assistant, scope: str, base: Path) -> bool:
    if scope == "user" and _moved(assistant) is not None:
        return True
    return any((base / trace).exists() for trace in assistant.found[scope])
