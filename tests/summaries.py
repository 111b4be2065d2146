"""The counts that are told at the end of a run: from what tests recorded as properties, wherever they ran.

A property's name is the words by which it is counted: "conformance commands run", "mutants cedar caught",
"realcli planted". A test sets it with `record_property`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Any

Counts = Counter[tuple[str, ...]]

_CONFORMANCE = (
    ("space", "ways {ways}, situations {situations}, plans {plans}, refused {refused}"),
    ("commands", "{run} run, {accepted} accepted by the real CLI 0.30.0; {state} plans as promised"),
    ("contract", "{run} checked, {accepted} accepted by the contracts (0.30 and 1.x)"),
    ("bodies", "{run} checked, {accepted} valid by the model of botocore"),
    ("documents", "{run} checked, {accepted} valid (tools.json, API documents, policies, settings of MCP clients)"),
    ("templates", "{run} judged by cfn-lint, {accepted} clean"),
    ("texts", "{run} compiled and linted, {accepted} clean"),
    ("imports", "{run} imported with warnings as errors, {accepted} clean"),
    ("clients", "{run} run against the simulated gateway, {accepted} passed"),
    ("scripts", "{run} run against stand-ins, {accepted} passed"),
    ("shell", "{run} read back, {accepted} as planned"),
    ("secrets", "{run} scripts run with marked secrets, {accepted} kept them"),
)


_KINDS = ("realcli", "conformance", "mutants")


def sections(reports: Iterable[Any]) -> Iterator[tuple[str, list[str]]]:
    """Titles and lines; nothing for what no test of this run has recorded. In: the reports of all tests."""
    counts = recorded(reports)
    for title, told in (("real CLI", _real_cli), ("conformance", _conformance), ("mutants", _mutants)):
        found = list(told(counts))
        if found:
            yield title, found


def recorded(reports: Iterable[Any]) -> Counts:
    """The sums of the recorded numbers, by the words of their names."""
    counts: Counts = Counter()
    for report in reports:
        if getattr(report, "when", "") == "teardown":
            for name, value in getattr(report, "user_properties", ()):
                words = tuple(str(name).split())
                if words[:1] and words[0] in _KINDS:  # tests record other things too
                    counts[words] += int(value)
    return counts


def _real_cli(counts: Counts) -> Iterator[str]:
    own = {name[1]: number for name, number in counts.items() if name[0] == "realcli"}
    if "run" in own:
        yield f"commands {own['run']} run / {own.get('accepted', 0)} accepted; plans {own.get('plans', 0)} as promised"
    if "planted" in own:
        yield f"wrong commands {own['planted']} planted / {own.get('caught', 0)} caught"
    if "options" in own:
        yield f"options of commands that need AWS: {own['options']} found in --help"


def _conformance(counts: Counts) -> Iterator[str]:
    for what, text in _CONFORMANCE:
        if any(name[:2] == ("conformance", what) for name in counts):
            fields = [field for _, field, _, _ in Formatter().parse(text) if field]
            yield f"{what}: {text.format(**{field: counts['conformance', what, field] for field in fields})}"


def _mutants(counts: Counts) -> Iterator[str]:
    kinds = sorted({name[1] for name in counts if name[0] == "mutants"})
    for kind in kinds:
        yield f"{kind}: caught {counts['mutants', kind, 'caught']} of {counts['mutants', kind, 'planted']} planted"
    if kinds:
        caught, planted = (sum(counts["mutants", kind, what] for kind in kinds) for what in ("caught", "planted"))
        yield f"in all: caught {caught} of {planted} planted"
