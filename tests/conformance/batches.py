"""Plans that together run every command line there is: one gateway takes any number of connections.

Two lines are of one shape when they differ in nothing but names that are made up: of targets, credentials, policies,
engines and the files named after them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.render.plan_files import write_plan
from tests.conformance.emitted import Emitted, gathered
from tests.conformance.space import Situation

_NAMED = ("--credential-name", "--source", "--engine")
_NUMBERED = re.compile(r"\bOrders(\d+)?\b|_ORDERS(\d+)?\b")

Shape = tuple[str, ...]


def shape(argv: Sequence[str]) -> Shape:
    """The command line with made-up names left out."""
    named = {*_NAMED, *(["--name"] if {"gateway-target", "policy", "policy-engine"} & set(argv[:4]) else [])}
    words = ["NAME" if before in named else word for before, word in zip(["", *argv], argv, strict=False)]
    return tuple(_NUMBERED.sub("X", word) for word in words)


@dataclass(frozen=True, slots=True)
class Batch:
    """A situation with several connections."""

    situation: Situation

    def plan(self, folder: Path) -> Plan:
        """The plan, not written."""
        return build(gathered(self.situation, folder))

    def write(self, folder: Path, out: Path) -> Plan:
        """The plan, written into a folder."""
        case = gathered(self.situation, folder)
        return write_plan(build(case), case, out, force=False)[0]


def wanted(found: Emitted, surface: str = "0.30") -> dict[Shape, Situation]:
    """Every shape that can be run here, with the first situation that it comes from."""
    shapes: dict[Shape, Situation] = {}
    for line in found.lines.values():
        if line.situation.surface == surface and not line.needs_aws:
            shapes.setdefault(shape(line.argv), line.situation)
    return shapes


def batches(found: Emitted) -> list[Batch]:
    """As few plans as there are gateways, projects, agents and policies; each with every connection that fits it."""
    groups: dict[str, list[Situation]] = {}
    for situation in wanted(found).values():
        around = {key: value for key, value in situation.data.items() if key != "connections"}
        http = situation.data["connections"][0]["direction"] != "agent-calls-service"  # another kind of gateway
        groups.setdefault(json.dumps([around, http], sort_keys=True), []).append(situation)
    return [_batch(members) for members in groups.values()]


def _batch(members: list[Situation]) -> Batch:
    first = members[0]
    connections: dict[str, Any] = {}
    for situation in members:
        (own,) = situation.data["connections"]
        connections.setdefault(json.dumps(own, sort_keys=True), own)
    numbered = [{**own, "name": f"{own['name']}{n or ''}"} for n, own in enumerate(connections.values())]
    data = {**first.data, "connections": numbered}
    return Batch(Situation(data, first.surface, first.via, first.why))
