"""Adds to a scratch project what the sample values need: a runtime, a document.

    python prepare.py FOLDER < NEEDS

A program of its own, called by the stand-in for the CLI once that has made a project. NEEDS is a JSON list of entries
of knowledge/check-samples.yaml; FOLDER is a project, or the folder in which there is one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FILE = Path("agentcore", "agentcore.json")


def prepare(root: Path, needs: Iterable[Mapping[str, Any]]) -> None:
    """Add missing entries to the project's file and folder."""
    for need in needs:
        if "file" in need:
            (root / need["file"]).write_text(need["content"], encoding="utf-8")
            continue
        state = json.loads((root / FILE).read_text(encoding="utf-8"))
        entries = state.setdefault(need["list"], [])
        if all(one.get("name") != need["entry"]["name"] for one in entries):
            entries.append(need["entry"])
        (root / FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")


def main() -> None:
    """Prepare every project in a folder."""
    folder = Path(sys.argv[1])
    needs = json.load(sys.stdin)
    for root in [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]:
        if (root / FILE).is_file():
            prepare(root, needs)


if __name__ == "__main__":
    main()
