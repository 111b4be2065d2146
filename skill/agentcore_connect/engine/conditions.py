"""Structured conditions: data in, a predicate over facts out.

A condition is one of ``{all: [..]}``, ``{any: [..]}``, ``{not: c}``, or a mapping from variables to
tests that must all hold.  A test is a value, a list of values (any of them), or a mapping of operators
(``eq in gt ge lt le matches present``).  A dotted variable reaches into nested mappings and records; what is absent
is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from agentcore_connect.core.expressions import search

Condition = Mapping[str, object]
Facts = Mapping[str, object]
Predicate = Callable[[Facts], bool]
Test = Callable[[object], bool]

_GROUPS = ("all", "any", "not")


class ConditionError(ValueError):
    """A condition that says nothing the language knows; a fault in the data, found by the knowledge tests."""


def lookup(facts: Facts, variable: str) -> Any:
    """Return the value of a dotted variable, None where any part of it is absent."""
    return facts[variable] if variable in facts else _reached(facts, variable.split("."))


def _reached(facts: Facts, parts: list[str]) -> object:
    value: object = facts
    for part in parts:
        value = value.get(part) if type(value) is dict else member(value, part)  # a plain dict is the common case
        if value is None:
            return None
    return value


def member(holder: object, name: str) -> object:
    """A field of a record (a named tuple) or the value of a mapping's key; None where there is none."""
    if isinstance(holder, tuple):
        return getattr(holder, name, None)
    return holder.get(name) if isinstance(holder, dict | Mapping) else None


def replaced(facts: Facts, variable: str, value: object) -> dict[str, object]:
    """The facts with another value for a variable, which may be a dotted one of two parts."""
    outer, _, inner = variable.partition(".")
    if not inner:
        return {**facts, outer: value}
    held = facts.get(outer)
    fields = dict(held) if isinstance(held, Mapping) else _fields(held)
    return {**facts, outer: {**fields, inner: value}}


def _fields(record: object) -> dict[str, object]:
    names: tuple[str, ...] = getattr(record, "_fields", ())
    return {name: getattr(record, name) for name in names}


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compare(operator: str, bound: object) -> Test:
    if not _number(bound):
        msg = f"{operator!r} compares with a number, not {bound!r}"
        raise ConditionError(msg)
    limit: int | float = bound
    match operator:
        case "gt":
            return lambda v: _number(v) and v > limit
        case "ge":
            return lambda v: _number(v) and v >= limit
        case "lt":
            return lambda v: _number(v) and v < limit
        case _:
            return lambda v: _number(v) and v <= limit


def _contains(value: object, operand: object) -> bool:
    if isinstance(value, str):
        return isinstance(operand, str) and operand in value
    return isinstance(value, list | tuple) and operand in value


def _operator(name: str, operand: object, patterns: Mapping[str, str]) -> Test:
    match name:
        case "eq":
            return lambda v: bool(v == operand)
        case "in" if isinstance(operand, list):
            values = tuple(operand)
            return lambda v: v in values
        case "contains":
            return lambda v: _contains(v, operand)
        case "present":
            return lambda v: (v is not None and v not in ("", [], (), {})) is bool(operand)
        case "matches" if isinstance(operand, str):
            expression = patterns.get(operand, operand)  # compiled when a text needs it
            return lambda v: isinstance(v, str) and search(expression, v) is not None
        case "gt" | "ge" | "lt" | "le":
            return _compare(name, operand)
    msg = f"unknown operator {name!r}"
    raise ConditionError(msg)


def _test(spec: object, patterns: Mapping[str, str]) -> Test:
    if isinstance(spec, Mapping):
        tests = [_operator(name, operand, patterns) for name, operand in spec.items()]
        return tests[0] if len(tests) == 1 else lambda v: all(t(v) for t in tests)
    if isinstance(spec, list):
        values = tuple(spec)
        return lambda v: v in values
    # True == 1 in Python, so an identity test keeps booleans and numbers apart
    return (lambda v: v is spec) if isinstance(spec, bool) or spec is None else (lambda v: bool(v == spec))


def _leaf(variable: str, spec: object, patterns: Mapping[str, str]) -> Predicate:
    test = _test(spec, patterns)
    if "." not in variable:  # most are plain names, and this is the hot path
        return lambda facts: test(facts.get(variable))
    parts = variable.split(".")
    return lambda facts: test(facts[variable] if variable in facts else _reached(facts, parts))


def compile_condition(condition: Condition | None, patterns: Mapping[str, str] | None = None) -> Predicate:
    """Turn a condition into a predicate.

    Args:
        condition: the data; None or an empty mapping always holds.
        patterns: regular expressions by id, for ``matches``.

    Raises:
        ConditionError: the data is not a condition.
    """
    known = patterns or {}
    if condition is None:
        return lambda facts: True
    return _compiled(condition, known)


def compile_later(condition: Condition | None, patterns: Mapping[str, str] | None = None) -> Predicate:
    """As `compile_condition`, on first use: of the conditions that a program holds, a short call meets few."""
    made: list[Predicate] = []

    def holds_then(facts: Facts) -> bool:
        if not made:
            made.append(compile_condition(condition, patterns))
        return made[0](facts)

    return holds_then


def _compiled(condition: object, known: Mapping[str, str]) -> Predicate:
    if not isinstance(condition, Mapping):
        msg = f"a condition is a mapping, not {type(condition).__name__}"
        raise ConditionError(msg)
    parts: list[Predicate] = []
    for key, spec in condition.items():
        if key in _GROUPS:
            parts.append(_group(key, spec, known))
        else:
            parts.append(_leaf(key, spec, known))
    return _every(parts)


def _every(parts: list[Predicate]) -> Predicate:
    """All of them; a plain loop, since generators cost more than most of the tests."""
    if len(parts) == 1:
        return parts[0]

    def holds_all(facts: Facts) -> bool:
        for part in parts:  # noqa: SIM110
            if not part(facts):
                return False
        return True

    return holds_all


def _group(key: str, spec: object, patterns: Mapping[str, str]) -> Predicate:
    if key == "not":
        inner = _compiled(spec, patterns)
        return lambda facts: not inner(facts)
    if not isinstance(spec, list) or not spec:
        msg = f"{key!r} takes a list of conditions"
        raise ConditionError(msg)
    members = [_compiled(c, patterns) for c in spec]
    if key == "all":
        return _every(members)
    return lambda facts: any(m(facts) for m in members)


def holds(condition: Condition | None, facts: Facts, patterns: Mapping[str, str] | None = None) -> bool:
    """Say whether a condition holds for these facts."""
    return compile_condition(condition, patterns)(facts)


def variables(condition: object) -> set[str]:
    """Return every variable that a condition reads."""
    found: set[str] = set()
    for key, spec in condition.items() if isinstance(condition, Mapping) else ():
        if key in _GROUPS:
            for part in spec if isinstance(spec, list) else [spec]:
                found |= variables(part)
        else:
            found.add(key)
    return found
