"""The count of mutants that were planted and caught, from what the tests recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def lines(reports: Iterable[Any]) -> list[str]:
    """A line for each kind of file, and one for all; none where no mutant was planted.

    In: reports of tests, wherever these ran.
    """
    counts: dict[str, dict[str, int]] = {}
    for report in reports:
        if getattr(report, "when", "") != "teardown":
            continue
        for name, value in getattr(report, "user_properties", ()):
            words = str(name).split()
            if words[0] == "mutants":
                own = counts.setdefault(words[1], {"planted": 0, "caught": 0})
                own[words[2]] += int(value)
    if not counts:
        return []
    counts = dict(sorted(counts.items()))
    counts["in all"] = {what: sum(own[what] for own in counts.values()) for what in ("planted", "caught")}
    return [f"mutants: {kind}: caught {own['caught']} of {own['planted']} planted" for kind, own in counts.items()]
