"""The schema of the auth matrix refuses a matrix that is wrong in one place, wherever that is."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from agentcore_connect.knowledge.resources import load, load_schema

#: Keys that may be left out, and mappings that may have any key.
OPTIONAL = {"grant", "closes", "older", "wins"}
LISTINGS = {"targets", "cli", "can"}
#: Values that are one of a few words.
WORDS = {"service_auth", "target_type", "outbound_auth", "grant", "needs", "known_by"}

Place = tuple[str | int, ...]
CHECK = jsonschema.Draft202012Validator(load_schema("auth-matrix"))


def places(data: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield at, data
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(part, (*at, key))


def changed(at: Place, value: Any) -> Any:
    """The matrix with another value at a place; without the place where the value is `...`.

    Only the part that holds the place is kept: the other parts may be empty, and each fault is judged by itself.
    """
    whole = load("auth-matrix")
    data = {key: part if key == "signing_service_named" else type(part)() for key, part in whole.items()}
    data |= {"version": whole["version"], at[0]: copy.deepcopy(whole.get(at[0]))}
    if at[0] == "targets" and len(at) > 2:
        data["targets"] = {at[1]: data["targets"][at[1]]}
    holder = data
    for step in at[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[at[-1]]
    else:
        holder[at[-1]] = value
    return data


def _may_go(at: Place) -> bool:
    """Whether a matrix may lack this: a row of a listing."""
    return len(at) > 1 and (at[-2] in LISTINGS or at[-3:-2] == ("targets",))


def faults() -> Iterator[tuple[str, Place, Any]]:
    """Every fault of these kinds: the kind, the place, and what stands there instead."""
    for at, value in places(load("auth-matrix")):
        if "when" in at[:-1] or not at:
            continue
        if isinstance(at[-1], str) and at[-1] not in OPTIONAL and not _may_go(at):
            yield "missing", at, ...
        if isinstance(value, dict) and at[-1] != "when":
            yield "surplus", (*at, "surplus"), 0
        if not isinstance(value, dict):
            yield "of another type", at, {"surplus": 0}
        if isinstance(value, str) and (at[-1] in WORDS or "can" in at or at[0] == "signing_service_named"):
            yield "unknown word", at, "no-such-word"
        if at[-1] in ("sources", "text", "older", "wins"):
            yield "empty", at, type(value)()


FAULTS = list(faults())


def test_the_matrix_as_it_is_fits() -> None:
    CHECK.validate(load("auth-matrix"))


def test_every_kind_of_fault_was_planted_often() -> None:
    assert min(Counter(kind for kind, _, _ in FAULTS).values()) > 50


@pytest.mark.parametrize("kind", ["missing", "surplus", "of another type", "unknown word", "empty"])
def test_each_fault_is_refused(kind: str) -> None:
    accepted = [at for one, at, value in FAULTS if one == kind and CHECK.is_valid(changed(at, value))]
    assert accepted == []


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("targets", "mcp-server"), {}),
        (("targets", "mcp-servers"), {"iam": {"api": True, "text": "It signs.", "sources": ["cli-0.30-run"]}}),
        (("targets", "connector", "sso"), {"api": True, "text": "It signs.", "sources": ["cli-0.30-run"]}),
        (("targets", "connector", "iam", "use"), {"service_auth": "none"}),
        (("targets", "mcp-server", "caller-iam", "use"), {}),
        (("targets", "mcp-server", "caller-iam", "closes"), False),
        (("api_only", 0, "when"), {}),
        (("api_only", 0, "when"), {"any": []}),
        (("api_only", 0, "when"), {"via": {"like": "b"}}),
        (("demands", 0, "id"), "Demand"),
        (("demands", 0, "sources"), ["cli-0.30-run", "cli-0.30-run"]),
        (("version",), 2),
    ],
)
def test_a_fault_of_another_kind_is_refused(at: Place, value: Any) -> None:
    assert not CHECK.is_valid(changed(at, value))
