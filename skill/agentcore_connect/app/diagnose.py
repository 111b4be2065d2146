"""What is known about an error, as data. Nothing of the text is in it but names: it may hold a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentcore_connect.knowledge import resources


def known_errors() -> dict[str, str]:
    """Every error that is known: its id and its title."""
    return {name: row["title"] for name, row in resources.load("errors")["errors"].items()}


def diagnose(text: str) -> dict[str, Any]:
    """Likely causes in order, how to confirm each and what to do; what is nearest where nothing is known."""
    from agentcore_connect import secrets
    from agentcore_connect.diagnose.match import LOOK_AT
    from agentcore_connect.diagnose.match import diagnose as find

    known = resources.load("errors")
    rows = known["errors"]
    found = find(text, known)
    notes = []
    looked_at = text[-LOOK_AT:]
    if secrets.redact(looked_at) != looked_at:
        notes.append(
            "The text seems to hold a secret. It is not shown here; if it was shown elsewhere, replace the secret."
        )
    return {
        "known": bool(found.matches),
        "details": [secrets.redact(one) for one in found.details],
        "matches": [{"id": one.id, "known_by": one.by, **_row(rows[one.id])} for one in found.matches],
        "nearest": [{"id": one.id, "title": rows[one.id]["title"]} for one in found.nearest],
        "first_steps": [{"title": step["title"], "command": step["command"]} for step in known["first_steps"].values()],
        "notes": notes,
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    sources = resources.load("sources")["sources"]
    shown = {key: row[key] for key in ("title", "causes", "confirm", "fix", "versions") if key in row}
    listed = [
        {"id": name, **{k: sources[name][k] for k in ("title", "url") if k in sources[name]}} for name in row["sources"]
    ]
    return {**shown, "sources": listed, "related": list(row.get("related", ()))}
