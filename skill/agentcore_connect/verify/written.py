"""Reads a written plan as untrusted input and makes the same plan anew from its answers."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final, TypeAlias

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import Gathered, gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json
from agentcore_connect.core.vias import VIAS
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.render.plan_files import render_plan
from agentcore_connect.text.document import Document

#: What templates read of a plan, or a part of it: the plan, a connection, a policy.
Context: TypeAlias = Mapping[str, Any]

LARGEST: Final = 20_000_000  # bytes of a file of a plan; none comes near it
_VERSION: Final = re.compile(r"agentcore-connect [0-9][0-9A-Za-z.+-]*")
#: Where the project is, seen from the plan; one plain or quoted word, so that nothing but a path goes unnoticed.
_PLACE: Final = re.compile(r"""^(project existing [\w./-]+) (?:[\w@%+=:,./-]|'[^'\n]*'|"'")+$""", re.M | re.A)
_ANEW: Final = "write it anew: agentcore-connect plan answers.yaml --out DIR --force"


@dataclass(frozen=True, slots=True)
class Written:
    """A plan's folder: the written plan (``plan``), and the plan made anew (``fresh``, ``files``).

    ``run_changed``: also run files that were changed since they were written. ``is_confined``: what runs cannot reach
    the person's files or the network.
    """

    folder: Path
    plan: dict[str, Json]
    answers: Document
    gathered: Gathered
    fresh: Plan
    files: dict[str, str]
    run_changed: bool = False
    is_confined: bool = False

    @property
    def runs_project(self) -> bool:
        """Return whether programs of the project, such as its Python, may run."""
        return self.run_changed or self.is_confined

    def runs(self, name: str) -> bool:
        """Return whether a file may run: it is unchanged, or the caller allowed changed files."""
        return self.run_changed or not self.changes(name)

    def fault(self, name: str) -> str | None:
        """Return the reason why a file of the plan cannot be used, or None."""
        return fault_of(self.folder, name)

    def changes(self, name: str) -> list[str]:
        """Return the places where a file differs from the plan, without its lines, which may hold anything."""
        lines, wanted = (bare(text).split("\n") for text in (self._as_run(name), self.files.get(name, "")))
        if lines == wanted:
            return []
        changes = SequenceMatcher(None, wanted, lines, autojunk=False).get_opcodes()
        words = {"insert": "was added", "delete": "is missing here", "replace": "was changed"}
        return [f"line {start + 1} {words[kind]}" for kind, _, _, start, _ in changes if kind != "equal"]

    def text(self, name: str) -> str:
        """Return the text of a readable file."""
        return self.raw(name).replace("\r\n", "\n")

    def raw(self, name: str) -> str:
        """Return the text of a file with its original line ends."""
        return (self.folder / name).read_bytes().decode("utf-8", "replace")

    def _as_run(self, name: str) -> str:
        """Return the text as its interpreter reads it: for a shell, a carriage return is part of a command."""
        return self.raw(name) if name.endswith((".sh", ".mjs", ".patch")) else self.text(name)


def bare(text: str) -> str:
    """Return the text without its version and its folder."""
    return _PLACE.sub(r"\1", _VERSION.sub("agentcore-connect", text))


def fault_of(folder: Path, name: str) -> str | None:
    """Return the reason why a file cannot be read; only a regular file inside the folder is opened."""
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return "it is a link that leads out of the plan's folder"
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return "it is not a plain file"
        if state.st_size > LARGEST:
            return f"it has {state.st_size:,} bytes, and no file of a plan has more than {LARGEST:,}"
        path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return "the plan names this file, but it does not exist"
    except UnicodeDecodeError:
        return "it is not text in UTF-8"
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
        return f"it cannot be read: {getattr(error, 'strerror', None) or error}"
    return None


def read_written(folder: Path, *, run_changed: bool = False, is_confined: bool = False) -> Written:
    """Read a plan's folder; ``Written`` says which files may run.

    Errors: ConnectError when the folder holds no plan, or its answers cannot be used.
    """
    for name in ("plan.json", "answers.yaml"):
        if not os.path.lexists(folder / name):
            raise _no_plan(folder, name)
        found = fault_of(folder, name)
        if found:
            raise ConnectError("unreadable-plan", f"{name}: {found}", where=str(folder / name), hint=_ANEW)
    plan = _plan(folder / "plan.json")
    answers = load.load(folder / "answers.yaml")
    gathered = _gathered(answers, plan)
    fresh, files = render_plan(build(gathered), gathered, folder)
    texts = {name: text for name, (text, _) in files.items()}
    return Written(folder, plan, answers, gathered, fresh, texts, run_changed, is_confined)


def _gathered(answers: Document, plan: Mapping[str, Json]) -> Gathered:
    """Gather the answers for the CLI that the plan is for, whatever has become of the project since."""
    version, via = plan.get("cli_version"), plan.get("via")
    way = via if via in VIAS else VIAS[0]
    found = gather(answers, via=way)
    if not isinstance(version, str) or version == found.surface.version:
        return found
    return gather(answers, cli_version=version, via=way)._replace(cli_version=found.cli_version)


def _plan(path: Path) -> dict[str, Json]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        at = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        why = error.msg if isinstance(error, json.JSONDecodeError) else "this is not readable JSON"
        raise ConnectError(
            "unreadable-plan", f"the plan cannot be read: {why}", where=f"{path}{at}", hint=_ANEW
        ) from None
    if not isinstance(data, dict):
        raise ConnectError("unreadable-plan", "the plan is not a JSON object", where=str(path), hint=_ANEW)
    return data


def _no_plan(folder: Path, name: str) -> ConnectError:
    return ConnectError(
        "no-plan",
        f"there is no {name} here" if folder.is_dir() else "there is no such folder",
        where=str(folder),
        expected="a folder that `agentcore-connect plan answers.yaml --out DIR` has written",
        hint="give the folder that holds plan.json and answers.yaml",
    )
