"""Return whether policies decide about example calls as they should, by the Cedar engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from importlib.util import find_spec
from typing import Final, Literal

from agentcore_connect.knowledge.resources import Entry, load

_NOW: Final = {"__extn": {"fn": "datetime", "arg": "2026-01-01T00:00:00Z"}}


def check_decisions(
    policies: Sequence[str], examples: Sequence[Entry], gateway: str
) -> tuple[Literal["judged", "not-run"], str, list[str]]:
    """Hold policies against the examples of a plan.

    In: the texts of all policies that decide together; the examples; the gateway as the policies name it.
    Out: whether it was judged; by what, or why not; each example that is decided in another way, or not at all.
    """
    if find_spec("cedarpy") is None:
        return "not-run", "cedarpy is not installed", []
    problems = []
    for one in examples:
        found = _decision("\n".join(policies), one, gateway)
        if found != one["decision"]:
            call = f"{one['tool']} by {one['caller']} with {json.dumps(one['arguments'])}"
            problems.append(f"{call}: expected {one['decision']}, the policies say {found}")
    return "judged", f"cedarpy {metadata.version('cedarpy')}", problems


def _decision(policies: str, example: Entry, gateway: str) -> str:
    import cedarpy

    cedar = load("cedar")
    kind = f"{cedar['namespace']}::Action"
    action, target = {"type": kind, "id": example["tool"]}, {"type": kind, "id": example["target"]}
    who, where = {"type": example["principal"], "id": example["id"]}, {"type": cedar["resource_type"], "id": gateway}
    entities = [
        {"uid": who, "attrs": {"id": example["id"]}, "tags": dict(example["tags"]), "parents": []},
        {"uid": action, "attrs": {}, "parents": [target]},
        {"uid": target, "attrs": {}, "parents": []},
        {"uid": where, "attrs": {}, "parents": []},
    ]
    request = {
        "principal": _entity(who),
        "action": _entity(action),
        "resource": _entity(where),
        "context": {"input": example["input"], "system": {"now": _NOW}},
    }
    answer = cedarpy.is_authorized(request, policies, entities)
    if answer.diagnostics.errors:
        return f"that they cannot be judged ({answer.diagnostics.errors[0]})"
    return "allow" if answer.allowed else "deny"


def _entity(uid: Mapping[str, str]) -> str:
    escaped = uid["id"].replace("\\", "\\\\").replace('"', '\\"')
    return f'{uid["type"]}::"{escaped}"'
