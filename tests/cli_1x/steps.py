"""The steps of a plan for the CLI 1.x, with what the project has before: enough to carry it out, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentcore_connect.plan.operation import Operation

SURFACE = "1.x"


@dataclass(frozen=True, slots=True)
class Steps:
    """What one situation's plan does; `project` is the project file that it starts from, `files` the harnesses' own."""

    why: str
    operations: tuple[Operation, ...]
    project: Mapping[str, Any] | None
    files: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Equal for plans that do and promise the same."""
        told = [
            [op.id, op.argv, op.edit.as_dict() if op.edit else None, op.stdin, op.files, op.promise]
            for op in self.operations
        ]
        return json.dumps([told, self.project], default=str, sort_keys=True)


def steps(why: str, operations: Sequence[Operation], project: Any) -> Steps:
    """The steps of a plan; `project` is what was read of the one it is for."""
    files = {}
    for harness in project.harnesses if project else ():
        path = Path(project.root) / harness.path / "harness.json"
        if path.is_file():
            files[f"{harness.path}/harness.json"] = json.loads(path.read_text(encoding="utf-8"))
    return Steps(why, tuple(operations), dict(project.raw) if project else None, files)
