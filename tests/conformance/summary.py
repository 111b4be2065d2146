"""The counts of what was enumerated, run and accepted, from what the tests recorded."""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter
from typing import Any

_LINES = (
    ("space", "ways {ways}, situations {situations}, plans {plans}, refused {refused}"),
    ("commands", "{run} run, {accepted} accepted by the real CLI 0.30.0; {state} plans as promised"),
    ("contract", "{run} checked, {accepted} accepted by the contracts (0.30 and 1.x)"),
    ("bodies", "{run} checked, {accepted} valid by the model of botocore"),
    ("documents", "{run} checked, {accepted} valid (tools.json, API documents, policies, settings of MCP clients)"),
    ("texts", "{run} compiled and linted, {accepted} clean"),
    ("imports", "{run} imported with warnings as errors, {accepted} clean"),
    ("clients", "{run} run against the simulated gateway, {accepted} passed"),
    ("scripts", "{run} run against stand-ins, {accepted} passed"),
    ("shell", "{run} read back, {accepted} as planned"),
    ("secrets", "{run} scripts run with marked secrets, {accepted} kept them"),
)


def lines(reports: Iterable[Any]) -> list[str]:
    """A line for each kind of thing that was run; none where nothing was.

    In: reports of tests, wherever these ran.
    """
    counts: dict[str, dict[str, int]] = {}
    for report in reports:
        if getattr(report, "when", "") != "teardown":
            continue
        for name, value in getattr(report, "user_properties", ()):
            words = str(name).split()
            if words[0] == "conformance":
                own = counts.setdefault(words[1], {})
                own[words[2]] = own.get(words[2], 0) + int(value)
    return [f"{name}: {_filled(text, counts[name])}" for name, text in _LINES if name in counts]


def _filled(text: str, counts: dict[str, int]) -> str:
    return text.format(**{field: counts.get(field, 0) for _, field, _, _ in Formatter().parse(text) if field})
