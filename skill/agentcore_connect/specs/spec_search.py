"""Finds the API documents that lie in a project, by a look at the beginning of each JSON and YAML file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from agentcore_connect.project.code import SKIPPED

_ENDINGS: Final = (".json", ".yaml", ".yml")
_BEGINNING: Final = 4096
_MOST_FILES: Final = 2000
_OPENAPI: Final = re.compile(rb"""^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]""", re.MULTILINE)
_SMITHY: Final = re.compile(rb'^\s*\{?\s*"smithy"\s*:\s*"', re.MULTILINE)


def find_documents(root: Path) -> list[tuple[str, str]]:
    """The API documents below a folder: (path from it, `openapi` or `smithy`), in order.

    Hidden folders, environments, tests and what the CLI generates are left out.
    """
    found: list[tuple[str, str]] = []
    looked_at = 0
    for base, folders, files in os.walk(root):
        left_out = {*SKIPPED, "agentcore"} if Path(base) == root else SKIPPED
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        for name in sorted(files):
            if not name.endswith(_ENDINGS):
                continue
            looked_at += 1
            if looked_at > _MOST_FILES:
                return found
            kind = _kind(Path(base) / name)
            if kind:
                found.append(((Path(base) / name).relative_to(root).as_posix(), kind))
    return found


def _kind(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return None
    if _SMITHY.search(beginning):
        return "smithy"
    return "openapi" if _OPENAPI.search(beginning) else None
