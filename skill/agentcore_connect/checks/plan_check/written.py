"""A written plan, read back, and the same plan made anew from its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentcore_connect.answers import load
from agentcore_connect.answers.document import Document
from agentcore_connect.errors import ConnectError
from agentcore_connect.gather import Gathered, gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Written:
    """A plan's folder: what its files say (``plan``), and what its answers lead to today (``fresh``)."""

    folder: Path
    plan: dict[str, Any]
    answers: Document
    gathered: Gathered
    fresh: Plan

    def text(self, name: str) -> str | None:
        """The text of a file of the plan; None where it is not there or is no text."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None


def read_written(folder: Path) -> Written:
    """Read a plan's folder.

    Errors: ConnectError when the folder holds no plan, or its answers cannot be used.
    """
    plan = _plan(folder / "plan.json")
    answers = load.load(folder / "answers.yaml") if (folder / "answers.yaml").exists() else None
    if answers is None:
        raise _no_plan(folder, "answers.yaml")
    version, via = plan.get("cli_version"), plan.get("via")
    gathered = gather(
        answers,
        cli_version=version if isinstance(version, str) else None,
        via=via if via in ("cli", "boto3") else "cli",
    )
    return Written(folder, plan, answers, gathered, build(gathered))


def _plan(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _no_plan(path.parent, path.name) from None
    except (OSError, ValueError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ConnectError(
            "unreadable-plan",
            "the plan cannot be read: " + (error.msg if isinstance(error, json.JSONDecodeError) else str(error)),
            where=f"{path}{line}",
            hint="write it anew with `agentcore-connect plan answers.yaml --out DIR --force`",
        ) from None
    if not isinstance(data, dict):
        raise ConnectError("unreadable-plan", "the plan is no JSON object", where=str(path), expected="an object")
    return data


def _no_plan(folder: Path, name: str) -> ConnectError:
    return ConnectError(
        "no-plan",
        f"there is no {name} here",
        where=str(folder),
        expected="a folder that `agentcore-connect plan answers.yaml --out DIR` has written",
        hint="give that folder: agentcore-connect check connect",
    )
