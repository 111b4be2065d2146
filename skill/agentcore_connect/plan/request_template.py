"""Fills a template that is data: answers go in, a request body comes out.

The forms are explained at the top of `knowledge/request-bodies.yaml`. What is absent takes the member that would
hold it with it, so a body never carries None, an empty text, list or mapping. Pure; no AWS word in here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import holds, lookup

RUNTIME = "$runtime"
SPLICE = "$splice"

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9_.-]+)((?:\|[a-z]+)*)(!?)\}")
_FILTERS: dict[str, Callable[[str], str]] = {
    "env": variable_name,
    "lower": str.lower,
    "quote": lambda text: quote(text, safe=""),
    "unquote": unquote,
}


class MissingAnswer(KeyError):  # noqa: N818 - it names what is missing, and is turned into a ConnectError
    """A value that the template marks as needed is absent; `args[0]` is its path."""


class Template:
    """Fills templates from one set of facts.

    In: `facts` (what `${path}` reaches), `parts` (the document that `$part` reaches).
    """

    def __init__(self, facts: Mapping[str, Any], parts: Mapping[str, Any] | None = None) -> None:
        """Keep both; see the class."""
        self._facts = facts
        self._parts = parts or {}
        self._operators: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
            RUNTIME: lambda _, whole: dict(whole),
            "$case": self._case,
            "$choose": self._choose,
            "$first": self._first,
            "$merge": self._merge,
            "$each": self._each,
            "$list": lambda path, _: list(lookup(self._facts, path) or []),
            "$json": lambda body, _: json.dumps(self.fill(body), ensure_ascii=False, separators=(",", ":")),
            "$part": self._part,
        }

    def fill(self, template: Any) -> Any:
        """The template with its references filled; None where nothing is left of it.

        Errors: MissingAnswer where a reference with "!" has no value.
        """
        if isinstance(template, str):
            return self._text(template)
        if isinstance(template, list):
            return [item for part in template if present(item := self.fill(part))]
        if not isinstance(template, Mapping):
            return template
        operator = next((key for key in template if key in self._operators), None)
        if operator is not None:
            return self._operators[operator](template[operator], template)
        filled: dict[str, Any] = {}
        for key, part in template.items():
            value = self.fill(part)
            if present(value) or _is_list_form(part):
                filled[self._text(key)] = value
        return filled

    def _text(self, text: str) -> Any:
        whole = _REFERENCE.fullmatch(text)
        if whole and not whole[2]:
            return self._value(whole[1], needed=bool(whole[3]))
        gone = False

        def replace(match: re.Match[str]) -> str:
            nonlocal gone
            value = self._value(match[1], needed=bool(match[3]))
            names = match[2].split("|")[1:]
            if not present(value):
                gone = gone or "any" not in names
                return "*"
            for name in names:
                value = _FILTERS[name](str(value)) if name != "any" else value
            return str(value)

        replaced = _REFERENCE.sub(replace, text)
        return None if gone else replaced

    def _value(self, path: str, *, needed: bool) -> Any:
        value = lookup(self._facts, path)
        if needed and not present(value):
            raise MissingAnswer(path)
        return value

    def _case(self, path: str, form: Mapping[str, Any]) -> Any:
        value = lookup(self._facts, path)
        if value in form["of"]:
            return self.fill(form["of"][value])
        if "else" not in form:
            raise MissingAnswer(path)
        return self.fill(form["else"])

    def _choose(self, options: list[Mapping[str, Any]], _: Mapping[str, Any]) -> Any:
        return next((self.fill(one["give"]) for one in options if holds(one.get("when"), self._facts)), None)

    def _first(self, options: list[Any], _: Mapping[str, Any]) -> Any:
        for option in options:
            if present(value := self.fill(option)):
                return value
        return None

    def _merge(self, parts: list[Any], _: Mapping[str, Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for part in parts:
            merged |= self.fill(part) or {}
        return merged

    def _each(self, path: str, form: Mapping[str, Any]) -> list[Any]:
        items = lookup(self._facts, path) or []
        return [Template({**self._facts, "item": item}, self._parts).fill(form["give"]) for item in items]

    def _part(self, path: str, _: Mapping[str, Any]) -> Any:
        name = self._text(path)
        part = lookup(self._parts, name) if name else None
        if part is None:
            raise MissingAnswer(str(path).rpartition("${")[2].rstrip("}!"))
        return self.fill(part["body"] if isinstance(part, Mapping) else part)


def extract(rules: list[Mapping[str, str]], text: Any, facts: Mapping[str, Any]) -> str | None:
    """What the first rule whose `pattern` is found in the text gives: its `give`, with `${1}` for the first group."""
    if not isinstance(text, str):
        return None
    for rule in rules:
        if match := re.search(rule["pattern"], text):
            groups = {str(number): value for number, value in enumerate(match.groups(), 1)}
            value = Template({**facts, **groups}).fill(rule["give"])
            return None if value is None else str(value)
    return None


def runtime_names(body: Any) -> list[str]:
    """The names of the run-time values in a body, each once, in the order of their first appearance."""
    if isinstance(body, Mapping):
        if is_marker(body):
            return [str(body[RUNTIME])]
        body = list(body.values())
    if not isinstance(body, list):
        return []
    return list(dict.fromkeys(name for part in body for name in runtime_names(part)))


def settle(body: Any, values: Mapping[str, Any]) -> Any:
    """The body with its run-time values put in; a value that is None or absent takes its member with it."""
    if isinstance(body, Mapping):
        if is_marker(body):
            return values.get(body[RUNTIME])
        settled = {key: settle(part, values) for key, part in body.items()}
        return {key: value for key, value in settled.items() if value is not None}
    if isinstance(body, list):
        items: list[Any] = []
        for part in body:
            value = settle(part, values)
            if isinstance(part, Mapping) and part.get(SPLICE):
                items.extend(value or [])
            elif value is not None:
                items.append(value)
        return items
    return body


def is_marker(body: Mapping[str, Any]) -> bool:
    """Whether this mapping stands for a run-time value (and is not, say, a tool's property of that odd name)."""
    return isinstance(body.get(RUNTIME), str) and body.keys() <= {RUNTIME, SPLICE}


def present(value: Any) -> bool:
    """Whether there is anything: not None, and not an empty text, list or mapping."""
    return value is not None and value not in ("", [], {})


def _is_list_form(part: Any) -> bool:
    return isinstance(part, Mapping) and "$list" in part
