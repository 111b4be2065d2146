"""The cheap records behave as the standard library's, whose names the type checker takes them for."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import agentcore_connect
from agentcore_connect.core import record

PACKAGE = Path(agentcore_connect.__file__).parent
STANDARD = SimpleNamespace(
    NamedTuple=typing.NamedTuple,
    TypedDict=typing.TypedDict,
    dataclass=dataclasses.dataclass,
    field=dataclasses.field,
    replace=dataclasses.replace,
)
KINDS = pytest.mark.parametrize("kinds", [STANDARD, record], ids=["standard", "own"])


def pair(kinds: Any) -> Any:
    class Pair(kinds.NamedTuple):
        """Two values."""

        left: int
        right: str = "r"

        @property
        def both(self) -> str:
            return f"{self.left}{self.right}"

    return Pair


def thing(kinds: Any, frozen: bool = True) -> Any:
    @kinds.dataclass(frozen=frozen)
    class Thing:
        """Some values."""

        name: str
        hidden: str = kinds.field(default="h", repr=False)
        many: list[int] = kinds.field(default_factory=list)

    return Thing


def outcome(call: Callable[[], object]) -> object:
    """What a call returns, or the kind of its error."""
    try:
        return call()
    except (TypeError, ValueError, AttributeError) as error:
        kind = type(error)
        return next(one for one in (AttributeError, TypeError, ValueError) if issubclass(kind, one))


TUPLES: dict[str, Callable[[Any], object]] = {
    "by place": lambda kind: (kind(1, "x").left, kind(1, "x").right, kind(1, "x") == (1, "x")),
    "by name": lambda kind: tuple(kind(right="x", left=2)),
    "default": lambda kind: (tuple(kind(1)), kind(1).both),
    "missing": lambda kind: kind(),
    "missing by name": lambda kind: kind(right="x"),
    "unknown": lambda kind: kind(1, other=2),
    "too many": lambda kind: kind(1, "x", 3),
    "twice": lambda kind: kind(1, left=2),
    "fields": lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__),
    "replaced": lambda kind: tuple(kind(1)._replace(right="y")),
    "replaced unknown": lambda kind: kind(1)._replace(other=1),
    "as a dictionary": lambda kind: list(kind(1)._asdict().items()),
    "made": lambda kind: tuple(kind._make([3, "z"])),
    "made of too few": lambda kind: kind._make([3]),
    "shown": lambda kind: repr(kind(1)).rpartition(".")[2],
    "unchangeable": lambda kind: setattr(kind(1), "left", 2),
    "no other attribute": lambda kind: setattr(kind(1), "other", 2),
    "copied": lambda kind: tuple(copy.deepcopy(kind(1))),
    "hashed": lambda kind: hash(kind(1)) == hash((1, "r")),
    "ordered": lambda kind: sorted([kind(2), kind(1)])[0].left,
}


@pytest.mark.parametrize("case", TUPLES)
def test_a_named_tuple_behaves_as_typings(case: str) -> None:
    expected = outcome(lambda: TUPLES[case](pair(STANDARD)))
    assert outcome(lambda: TUPLES[case](pair(record))) == expected


CLASSES: dict[str, Callable[[Any, Any], object]] = {
    "by place": lambda kind, _: vars(kind("n", "x", [1])),
    "by name": lambda kind, _: vars(kind(many=[2], name="n")),
    "missing": lambda kind, _: kind(),
    "unknown": lambda kind, _: kind("n", other=1),
    "too many": lambda kind, _: kind("n", "h", [], 4),
    "twice": lambda kind, _: kind("n", name="m"),
    "a list of its own": lambda kind, _: kind("n").many is kind("n").many,
    "equal": lambda kind, _: (kind("n") == kind("n"), kind("n") == kind("m"), kind("n") == ("n", "h", [])),
    "shown": lambda kind, _: repr(kind("n")).rpartition(".")[2],
    "replaced": lambda kind, kinds: vars(kinds.replace(kind("n"), hidden="y")),
    "replaced unknown": lambda kind, kinds: kinds.replace(kind("n"), other="y"),
    "changed": lambda kind, _: setattr(kind("n"), "name", "m"),
    "deleted": lambda kind, _: delattr(kind("n"), "name"),
    "hashed": lambda kind, _: hash(kind("n", "h", ())) == hash(kind("n", "h", ())),
    "matched": lambda kind, _: kind.__match_args__,
    "copied": lambda kind, _: vars(copy.deepcopy(kind("n"))),
}


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "open"])
@pytest.mark.parametrize("case", CLASSES)
def test_a_data_class_behaves_as_the_standard_one(case: str, frozen: bool) -> None:
    expected = outcome(lambda: CLASSES[case](thing(STANDARD, frozen), STANDARD))
    assert outcome(lambda: CLASSES[case](thing(record, frozen), record)) == expected


@KINDS
def test_a_derived_data_class_has_the_fields_of_both(kinds: Any) -> None:
    base = thing(kinds)

    @kinds.dataclass(frozen=True)
    class Derived(base):  # type: ignore[misc, valid-type]
        more: int = 0

    assert vars(Derived("n", more=2)) == {"name": "n", "hidden": "h", "many": [], "more": 2}
    assert Derived("n") != base("n")


@KINDS
def test_a_field_without_a_default_does_not_follow_one_that_has_one(kinds: Any) -> None:
    with pytest.raises(TypeError):
        type("Gap", (kinds.NamedTuple,), {"__annotations__": {"a": "int", "b": "int"}, "a": 1})
    with pytest.raises(TypeError):
        kinds.dataclass(type("Gap", (), {"__annotations__": {"a": "int", "b": "int"}, "a": 1}))


@KINDS
def test_a_typed_dictionary_is_a_dictionary(kinds: Any) -> None:
    class Base(kinds.TypedDict):
        a: int

    class Entry(Base, total=False):
        b: int

    named = kinds.TypedDict("named", {"from": int})
    assert type(Entry(a=1)) is dict
    assert (Entry(a=1, b=2), named({"from": 1})) == ({"a": 1, "b": 2}, {"from": 1})
    assert typing.get_type_hints(named) == {"from": int}


def test_a_record_of_the_product_goes_through_pickle() -> None:
    from agentcore_connect.agent_code.source import Edit
    from agentcore_connect.core.problem import Problem

    for one in (Edit(1, 2, "x"), Problem("error", "code", "where", "message")):
        assert pickle.loads(pickle.dumps(one)) == one


def test_every_module_takes_them_from_here() -> None:
    standard = r"^from typing import .*\b(NamedTuple|TypedDict)\b|^(from|import) dataclasses\b"
    others = [path for path in PACKAGE.rglob("*.py") if path != Path(record.__file__)]
    assert [str(path) for path in others if re.search(standard, path.read_text("utf-8"), re.MULTILINE)] == []


def test_the_type_checker_takes_them_for_the_standard_ones(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from agentcore_connect.core.record import NamedTuple, dataclass\n"
        "class Pair(NamedTuple):\n    left: int\n"
        "@dataclass(frozen=True)\nclass Thing:\n    name: str\n"
        "Pair('x')\nPair(1)._replace(right=1)\nThing(1)\nThing('n').name = 'm'\n",
        "utf-8",
    )
    argv = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", str(wrong)]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path, env={"MYPYPATH": str(PACKAGE.parent)})
    assert re.findall(r"wrong\.py:(\d+): error", done.stdout) == ["7", "8", "9", "10"], done.stdout


def test_nothing_is_compiled_when_one_is_defined(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    def refuse(*_: object, **__: object) -> ModuleType:
        raise AssertionError("code was compiled")

    for name in ("compile", "eval", "exec"):
        monkeypatch.setattr(builtins, name, refuse)
    assert pair(record)(1).both == "1r"
    assert thing(record)("n").name == "n"
