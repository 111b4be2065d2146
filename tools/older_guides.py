"""Writes docs/from-older-guides.md from knowledge/older-guides.yaml: `python tools/older_guides.py`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentcore_connect.knowledge.resources import load

PAGE = Path(__file__).resolve().parents[1] / "docs" / "from-older-guides.md"
TITLES = {"commands": "Commands", "methods": "Methods of the Python classes", "models": "Built-in models and templates"}
HEAD = """# From older guides

For readers of guides to the Python starter toolkit (`bedrock-agentcore-starter-toolkit`) and to the first SDK. Its command is called `agentcore` too; `agentcore-connect doctor` says which of the two answers. `agentcore-connect explain NAME` tells the same with its sources.

<!-- Written by tools/older_guides.py from knowledge/older-guides.yaml. -->
"""


def page(data: Mapping[str, Any]) -> str:
    """The page for the parsed knowledge file."""
    parts = [HEAD]
    for section, title in TITLES.items():
        rows = [f"| `{name}` | {one['says']} | {one['now']} |" for name, one in data[section].items()]
        parts += [f"\n## {title}\n", "| Older name | What it was | What does it today |", "|---|---|---|", *rows]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(load("older-guides")), encoding="utf-8")
