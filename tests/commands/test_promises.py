"""What a plan promises about a file, and that every difference is named together with who is answerable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from agentcore_connect.plan.promises import Promise, Promised, compare, find, in_the_end, promises, spell


@dataclass
class Op:
    promise: tuple[Promised, ...]


TARGET: Any = ("gateways", {"name": "g"}, "targets", {"name": "t"})
GATEWAY: Any = ("gateways", {"name": "g"})


def promise() -> Promise:
    target = Promised(
        TARGET,
        {"name": "t", "auth": {"type": "OAUTH"}},
        by="add-t",
        whole=True,
        free=("made",),
        flags={"auth.type": "--auth"},
    )
    scopes = Promised((*TARGET, "auth", "scopes"), ["a"], by="scopes-t")
    gateway = Promised(
        GATEWAY, {"name": "g", "kind": "JWT"}, by="add-g", whole=True, free=("targets",), flags={"kind": "--kind"}
    )
    return promises([Op((gateway,)), Op((target,)), Op((scopes,))])


def file(target: Any = None, **gateway: Any) -> dict[str, Any]:
    kept = {"name": "t", "auth": {"type": "OAUTH", "scopes": ["a"]}, "made": 1}
    return {"gateways": [{"name": "g", "kind": "JWT", "targets": [kept if target is None else target], **gateway}]}


def test_a_promise_that_is_kept() -> None:
    assert compare(promise(), file()) == []


def test_a_later_promise_goes_into_the_object_it_is_about() -> None:
    entries = promise().entries
    assert [spell(one.at) for one in entries] == ["gateways[g]", "gateways[g].targets[t]"]
    assert entries[1].value == {"name": "t", "auth": {"type": "OAUTH", "scopes": ["a"]}}
    own = Promised((*TARGET, "auth"), {"type": "OAUTH"})
    assert in_the_end([own], promise())[0].value == {"type": "OAUTH", "scopes": ["a"]}
    elsewhere = Promised(("other",), 1)
    assert in_the_end([elsewhere], promise()) == [elsewhere]


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        ({}, "gateways[g]: promised by add-g, not there"),
        ({"gateways": {}}, "gateways[g].targets[t]: promised by add-t, not there"),
        (file(kind="NONE"), 'gateways[g].kind: promised "JWT", it says "NONE" (--kind had no effect)'),
        (file(extra=1), "gateways[g].extra: the file has 1, and nothing of the kind was promised"),
        (file({"name": "t"}), 'gateways[g].targets[t].auth: promised {"type": "OAUTH", "scopes": ["a"]}, not there (--auth, scopes-t had no effect)'),
        (file({"name": "t", "auth": {"type": "OAUTH"}}), 'gateways[g].targets[t].auth.scopes: promised ["a"], not there (scopes-t)'),
        (file({"name": "t", "auth": {"type": "OAUTH", "scopes": "a"}}), 'gateways[g].targets[t].auth.scopes: promised ["a"], it says "a" (scopes-t)'),
        (file({"name": "t", "auth": {"type": "OAUTH", "scopes": ["a"], "made": 2}}), "gateways[g].targets[t].auth.made: the file has 2, and nothing of the kind was promised"),
    ],
)  # fmt: skip
def test_a_promise_that_is_broken(actual: dict[str, Any], said: str) -> None:
    assert said in compare(promise(), actual)


def test_values_known_at_run_time() -> None:
    one = promises([Op((Promised(("tool",), {"arn": "x/${ARN}", "n": [1, "${ARN}"]}, file="f.json"),))])
    files = {"f.json": {"tool": {"arn": "x/abc", "n": [1, "abc"]}}}
    assert compare(one, {}, files=files) == []
    assert compare(one, {}, files=files, inputs={"ARN": "abc"}) == []
    assert len(compare(one, {}, files=files, inputs={"ARN": "other"})) == 2
    assert compare(one, {}) == ["tool: promised by the plan, not there"]


def test_true_is_not_one_and_variables_are_looked_for() -> None:
    assert compare(promises([Op((Promised(("a",), True),))]), {"a": 1}) == ["a: promised true, it says 1"]
    wanted = Promise((), frozenset({"B", "A"}))
    assert compare(wanted, {}, variables={"A"}) == ["B: promised in the variables file, not there"]
    assert compare(wanted, {}) == []


def test_the_root_and_nothing() -> None:
    root = promises([Op((Promised((), {"name": "x"}, by="create"),))])
    assert compare(root, {"name": "y", "more": 1}) == ['name: promised "x", it says "y" (create)']
    assert find({"a": [{"b": 1}]}, ("a", {"b": 2})) is None
