"""Conditions on the arguments of a tool, by their types, and the literals that they are compared with."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from agentcore_connect.errors import ConnectError
from agentcore_connect.plan.cedar_condition import quoted
from agentcore_connect.resources import load

_JSON_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a tool: its type in the input schema, its place, and the optional places on the way to it."""

    kind: str
    term: str
    guards: tuple[str, ...]

    @classmethod
    def of(cls, tool: Mapping[str, Any] | None, when: Mapping[str, Any], at: str, name: str) -> Self:
        """The argument that `when.input` names, which may lie deeper: `order.amount`.

        In: the tool's definition (None: not known, then the value's own type counts).
        Errors: ConnectError `unknown-argument`, `bad-operator` for one that cannot be compared.
        """
        wanted = str(when["input"])
        if tool is None:
            kind = _JSON_TYPES.get(type(when["value"]), "")
            if kind not in load("cedar")["arguments"]:
                raise ConnectError("bad-value", f"{when['value']!r} cannot be compared with", where=f"{at}.value")
            return cls(kind, _term("context.input", wanted), (_guard("context.input", wanted),))
        schema: Any = tool.get("inputSchema", {})
        here, guards = "context.input", []
        path = [wanted] if wanted in (schema.get("properties") or {}) else wanted.split(".")
        for key in path:
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
            if key not in (schema.get("required") or []):
                guards.append(_guard(here, key))
            here, schema = _term(here, key), properties[key]
        return cls(_kind(schema, f"{at}.input", name, wanted), here, tuple(guards))


def argument_condition(arguments: Sequence[Argument], when: Mapping[str, Any], at: str) -> tuple[str, ...]:
    """The condition on arguments of one type and place; optional ones are guarded.

    Errors: ConnectError `bad-operator`, `bad-value`.
    """
    rules = load("cedar")["arguments"][arguments[0].kind]
    form = rules["ops"].get(when["op"])
    if form is None:
        raise ConnectError(
            "bad-operator",
            f"{when['op']!r} does not work on {when['input']!r}, which is of type {arguments[0].kind}",
            where=f"{at}.op",
            expected=f"one of {' '.join(rules['ops'])}",
        )
    literal = _literal(rules["literal"], when["value"], f"{at}.value", arguments[0].kind)
    guards = dict.fromkeys(guard for argument in arguments for guard in argument.guards)
    return (*guards, form.format(x=arguments[0].term, v=literal))


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
            f"{value!r} is no value to compare with, where the argument is of type {argument}",
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
