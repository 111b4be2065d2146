"""docs/agent-edits.md shows what the command prints today."""

from __future__ import annotations

import agent_edits


def test_the_tables_are_those_of_today() -> None:
    page = agent_edits.PAGE.read_text(encoding="utf-8")
    _, _, rest = page.partition(agent_edits.START)
    assert rest.partition(agent_edits.END)[0] == agent_edits.tables(), "run `python tools/agent_edits.py --write`"
