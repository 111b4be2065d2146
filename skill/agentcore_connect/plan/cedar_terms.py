"""Conditions on the arguments of a tool, by their types, and the literals that they are compared with."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.cedar_condition import (
    ABSENT,
    Call,
    Change,
    Condition,
    argument_change,
    matches,
    quoted,
)

_JSON_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a tool: its type in the input schema, its place, and the optional places on the way to it.

    ``path`` is its place in a call, ``parents`` the objects on the way with what they must hold besides; ``optional``
    is how far the path can be taken away, 0 where nothing of it can.
    """

    kind: str
    items: str
    term: str
    has: str
    guards: tuple[str, ...]
    path: tuple[str, ...]
    parents: tuple[tuple[tuple[str, ...], Mapping[str, Any]], ...]
    optional: int

    @classmethod
    def of(cls, tool: Mapping[str, Any] | None, when: Mapping[str, Any], at: str, name: str) -> Self:
        """The argument that `when.input` names, which may lie deeper: `order.amount`.

        In: the tool's definition (None: not known, then the value's own type counts).
        Errors: ConnectError `unknown-argument`, `bad-operator` for one that cannot be compared.
        """
        wanted = str(when["input"])
        presence = when["op"] in load("cedar")["presence"]
        if tool is None:
            value = when.get("value")
            first = value[0] if isinstance(value, list) and value else value
            kind = "any" if presence else "array" if isinstance(value, list) else _JSON_TYPES.get(type(value), "")
            if when["op"] == "contains":
                kind = "array"
            if not presence and kind not in load("cedar")["arguments"]:
                raise ConnectError("bad-value", f"{value!r} cannot be compared with", where=f"{at}.value")
            guard = _guard("context.input", wanted)
            term = _term("context.input", wanted)
            return cls(kind, _JSON_TYPES.get(type(first), ""), term, guard, (guard,), (wanted,), (), 1)
        schema: Any = tool.get("inputSchema", {})
        here, has, guards, parents, optional = "context.input", "", [], [], 0
        path = (wanted,) if wanted in (schema.get("properties") or {}) else tuple(wanted.split("."))
        for number, key in enumerate(path):
            properties = schema.get("properties") or {} if isinstance(schema, Mapping) else {}
            if key not in properties:
                close = difflib.get_close_matches(key, properties, n=1)
                raise ConnectError(
                    "unknown-argument",
                    f"the tool {name} has no argument {wanted!r}",
                    where=f"{at}.input",
                    expected=f"one of {', '.join(properties)}" if properties else "an argument; this tool has none",
                    hint=f"did you mean {close[0]!r}?" if close else None,
                )
            has = _guard(here, key)
            if number:
                parents.append((path[:number], sample(schema)))
            if key not in (schema.get("required") or []):
                guards.append(has)
                optional = number + 1
            here, schema = _term(here, key), properties[key]
        kind = "any" if presence else _kind(schema, f"{at}.input", name, wanted)
        items = schema.get("items", {}).get("type", "") if kind == "array" else ""
        return cls(kind, items, here, has, tuple(guards), path, tuple(parents), optional)

    def given(self, value: Any) -> Change:
        """The change of a call that gives the argument a value."""

        def change(call: Call) -> Call:
            for path, needed in self.parents:
                if call.argument(path) is ABSENT:
                    call = call.with_argument(path, needed)
            return call.with_argument(self.path, value)

        return change

    def left_out(self) -> tuple[Change, ...]:
        """The change of a call that leaves the argument out, where it can be."""
        return (argument_change(self.path[: self.optional], ABSENT),) if self.optional else ()


def sample(schema: Any) -> Any:
    """A value that an input schema takes, as small as can be; numbers that Cedar has as decimals are a Decimal."""
    if not isinstance(schema, Mapping):
        return "x"
    if schema.get("enum"):
        return schema["enum"][0]
    given = schema.get("type", "string")
    kind = next((one for one in given if one != "null"), "string") if isinstance(given, list) else given
    if kind == "object":
        properties = schema.get("properties") or {}
        return {name: sample(properties.get(name)) for name in schema.get("required") or []}
    return {"integer": 1, "number": Decimal("1.0"), "boolean": True, "array": []}.get(kind, "x")


def argument_condition(arguments: Sequence[Argument], when: Mapping[str, Any], at: str) -> Condition:
    """The condition on arguments of one type and place; optional ones are guarded.

    Errors: ConnectError `bad-operator`, `bad-value`.
    """
    cedar, first, op = load("cedar"), arguments[0], when["op"]
    guards = tuple(dict.fromkeys(guard for argument in arguments for guard in argument.guards))
    words = cedar["op_words"][op].format(x=when["input"], v=_said(when.get("value")))
    if op in cedar["presence"]:
        way = tuple(dict.fromkeys((*guards, first.has)))
        given, gone = (first.given(sample(None)),), first.left_out()
        if op == "present":
            return Condition(way, (), words, lambda call: call.argument(first.path) is not ABSENT, given, gone)
        test = f"!({' && '.join(way)})"
        return Condition((), (test,), words, lambda call: call.argument(first.path) is ABSENT, gone, given)
    rules = cedar["arguments"][first.kind]
    form = rules["ops"].get(op)
    if form is None:
        raise ConnectError(
            "bad-operator",
            f"{op!r} does not work on {when['input']!r}, which is of type {first.kind}",
            where=f"{at}.op",
            expected=f"one of {' '.join([*rules['ops'], *cedar['presence']])}",
        )
    value = when.get("value")
    several = isinstance(value, list)
    if first.kind == "array":
        if several != (op != "contains") or value == []:
            wanted = "one value" if op == "contains" else "a list of values"
            raise ConnectError("bad-value", f"{op} requires {wanted}", where=f"{at}.value", received=repr(value))
        kind = first.items if first.items in ("string", "integer", "boolean") else ""
        if not kind:
            message = f"the elements of {when['input']!r} are not text, whole numbers or yes and no"
            raise ConnectError("bad-operator", message, where=f"{at}.input")
        literal_kind, argument_kind = cedar["arguments"][kind]["literal"], kind
    else:
        literal_kind, argument_kind = rules["literal"], first.kind
    values: list[Any] = value if isinstance(value, list) and first.kind == "array" else [value]
    literal = ", ".join(_literal(literal_kind, one, f"{at}.value", argument_kind) for one in values)
    wanted_value: Any = Decimal(str(value)) if first.kind == "number" else value

    def is_met(call: Call) -> bool:
        found = call.argument(first.path)
        return found is not ABSENT and compare(op, found, wanted_value)

    candidates = _near(first.kind, op, wanted_value)
    fits = tuple(first.given(one) for one in candidates if compare(op, one, wanted_value))
    misses = tuple(first.given(one) for one in candidates if not compare(op, one, wanted_value))
    test = form.format(x=first.term, v=literal)
    return Condition(guards, (test,), words, is_met, fits[:1], (*misses[:1], *first.left_out()))


def compare(op: str, found: Any, value: Any) -> bool:
    """Return whether a value of a call meets an operator and the value of the answers."""
    match op:
        case "like":
            return matches(value, found)
        case "contains":
            return value in found
        case "contains-any":
            return any(one in found for one in value)
        case "contains-all":
            return all(one in found for one in value)
        case _:
            return bool(_COMPARE[op](found, value))


def _near(kind: str, op: str, value: Any) -> list[Any]:
    """Values around the one of the answers, of which some meet the operator and some do not."""
    match kind:
        case "boolean":
            return [value, not value]
        case "integer" | "number":
            step = Decimal("0.01") if kind == "number" else 1
            rules = load("cedar")["literals"]["decimal" if kind == "number" else "long"]
            return [one for one in (value, value - step, value + step) if rules["least"] <= one <= rules["most"]]
        case "array":
            wanted = value if isinstance(value, list) else [value]
            others = [f"not-{one}" if isinstance(one, str) else one + 1 for one in wanted if not isinstance(one, bool)]
            return [wanted, others, wanted[:-1]] if others else [wanted, []]
        case _:
            shown = value.replace("*", "x") if op == "like" else value
            return [shown, f"{shown}x", f"not-{shown}"]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(_said(one) for one in value)
    return quoted(value) if isinstance(value, str) else str(value).lower()


def _kind(schema: Any, at: str, name: str, wanted: str) -> str:
    given = schema.get("type") if isinstance(schema, Mapping) else None
    kinds = [kind for kind in (given if isinstance(given, list) else [given]) if kind != "null"]
    known = load("cedar")["arguments"]
    if len(kinds) == 1 and kinds[0] in known:
        return str(kinds[0])
    raise ConnectError(
        "bad-operator",
        f"the argument {wanted!r} of {name} is {kinds[0] or 'of no one type'}, which cannot be compared",
        where=at,
        expected=f"an argument of type {', '.join(known)}",
    )


def _literal(kind: str, value: Any, at: str, argument: str) -> str:
    rules = load("cedar")["literals"][kind]
    known = _JSON_TYPES.get(type(value)) in rules["takes"]
    fits = known and ("most" not in rules or rules["least"] <= value <= rules["most"])
    places = load("limits")["limits"][rules["decimals"]]["value"] if "decimals" in rules else None
    text = _decimal(value) if fits and places is not None else ""
    if not fits or (places is not None and len(text.partition(".")[2]) > places):
        limits = f" with at most {places} decimals" if places is not None else ""
        raise ConnectError(
            "bad-value",
            f"{value!r} is not a value to compare with, where the argument is of type {argument}",
            where=at,
            expected=f"{' or '.join(rules['takes'])}{limits}",
        )
    if text:
        return f'decimal("{text}")'
    return quoted(value) if isinstance(value, str) else str(value).lower()


def _decimal(value: Any) -> str:
    """The number in plain decimal writing; Cedar wants a digit after the point."""
    whole, _, part = f"{Decimal(str(value)):f}".partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}"


def _is_name(key: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII)) and key not in load("cedar")["reserved"]


def _term(here: str, key: str) -> str:
    return f"{here}.{key}" if _is_name(key) else f"{here}[{quoted(key)}]"


def _guard(here: str, key: str) -> str:
    return f"{here} has {key if _is_name(key) else quoted(key)}"
