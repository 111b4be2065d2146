"""Checks a project file of version 2 by the rules in the source of its CLI."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from agentcore_connect.core.values import JsonObject
from agentcore_connect.engine.references import colliding, unresolved
from agentcore_connect.engine.shapes import Fault, Reading, Shapes
from agentcore_connect.knowledge.resources import load

KNOWLEDGE = "project-v2"


@cache
def shapes() -> Shapes:
    """The shapes of the project's files."""
    return Shapes(load(KNOWLEDGE)["shapes"])


def is_version2(raw: JsonObject) -> bool:
    """Return whether a project file says that it is of this version."""
    return bool(raw.get("version") == load(KNOWLEDGE)["project_version"])


def read_file(raw: object) -> Reading:
    """The project file as the CLI keeps it, with every fault for which the CLI would refuse it."""
    words = load(KNOWLEDGE)
    reading = shapes().read(words["root"], raw)
    if isinstance(reading.value, Mapping) and not reading.faults:
        reading.faults += unresolved(reading.value, words["references"])
        reading.faults += colliding(reading.value, words["variables"])
    return reading


def told_by(fault: Fault) -> str:
    """Return the source of the rule behind a fault: file and commit."""
    words = load(KNOWLEDGE)
    shape = words["shapes"].get(fault.shape, {})
    by_name = {one["what"]: one["read"] for one in words["references"]} | {"credentials": words["variables"]["read"]}
    place = words["read"][shape.get("read") or by_name.get(fault.shape, "project")]
    return f"{place['path']} at {place['commit'][:8]}"
