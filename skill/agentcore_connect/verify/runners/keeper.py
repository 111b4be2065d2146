"""A stand-in for the CLI: each command of the plan has the effect that the plan promises.

    python keeper.py TABLE [WORD...]

A program of its own. TABLE is JSON: the `version` to name, and `steps`, each with the words of a command (`argv`) and
what it promises: a list of places (`at`), values and files. Any other command is accepted and does nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = Path("agentcore", "agentcore.json")


def keep(document: Any, at: Sequence[Any], value: Any) -> None:
    """Set a value at a place in a document; create missing parents."""
    for index, step in enumerate(at):
        following = at[index + 1] if index + 1 < len(at) else None
        made: Any = value if following is None else [] if isinstance(following, Mapping) else {}
        if isinstance(step, str):
            if following is None and not isinstance(document.get(step), dict):
                document[step] = made
            document = document.setdefault(step, made)
        else:
            entry = next((one for one in document if all(one.get(key) == part for key, part in step.items())), None)
            if entry is None:
                entry = dict(step)
                document.append(entry)
            document = entry
    if isinstance(document, dict) and isinstance(value, Mapping):
        document.update(value)


def main() -> None:
    """Do what a command promises."""
    table = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    words = sys.argv[2:]
    if words == ["--version"]:
        print(table["version"])  # noqa: T201 - that is what it is asked for
    root = Path(words[words.index("--name") + 1]) if words[:1] == ["create"] and "--name" in words else Path()
    for step in table["steps"]:
        if step["argv"] == words:
            for promised in step["promise"]:
                path = root / (promised.get("file") or FILE)
                state = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
                keep(state, promised["at"], promised["value"])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(state, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
