"""Rules as sentences: the text of a rule with the connection's own names filled in."""

from __future__ import annotations

from collections.abc import Iterable

from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge import base
from agentcore_connect.plan.entries import Sentence
from agentcore_connect.plan.templates import Facts, say


def entry(rule_id: str, facts: Facts) -> Sentence:
    """A rule as plan.json has it."""
    rule = base.rules()[rule_id]
    cited = lookup(facts, rule.cites) if rule.cites else None
    sources = dict.fromkeys([*rule.sources, *(cited or ())])
    return Sentence(rule=rule_id, text=say(rule.text, facts), sources=list(sources))


def split(rule_ids: Iterable[str], facts: Facts) -> dict[str, list[Sentence]]:
    """Rules sorted by kind: why, warning, note; each once."""
    found: dict[str, list[Sentence]] = {"why": [], "warning": [], "note": []}
    for rule_id in dict.fromkeys(rule_ids):
        found[base.rules()[rule_id].kind].append(entry(rule_id, facts))
    return found
