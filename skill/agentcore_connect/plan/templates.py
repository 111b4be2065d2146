"""Values written as data: `"{gateway.name}"` inside knowledge files, filled from the render context.

A string that is one placeholder gives the value itself (a list stays a list); inside longer text it gives text.
`{path|filter}` passes it through one of the filters below; `{{` and `}}` are braces. What is absent is None, and a text
that needs an absent value is None as well, so an option whose value is not known is simply not written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import Predicate, compile_condition, lookup

Facts = Mapping[str, Any]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z_][\w.]*)(?:\|([a-z]+))?\}")


FILTERS: Mapping[str, Callable[[Any], Any]] = {
    # a name as part of an environment variable
    "env": lambda value: variable_name(str(value)),
    # the first of a list, or None
    "first": lambda value: next(iter(value), None) if isinstance(value, list | tuple) else value,
    # "two-words" as "twoWords"
    "camel": lambda value: re.sub(r"-(\w)", lambda match: match[1].upper(), str(value)),
    # a list in words
    "words": lambda value: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value),
    # how many there are
    "count": lambda value: len(value) if isinstance(value, list | tuple) else 1,
}


# Conditions of the data, compiled once; the data is kept beside its predicate, so that an id never changes its owner.
_COMPILED: dict[int, tuple[Any, Predicate]] = {}


def holds(condition: Any, facts: Facts) -> bool:
    """Say whether a condition of the data holds for these facts."""
    if condition is None:
        return True
    kept = _COMPILED.get(id(condition))
    if kept is None:
        kept = _COMPILED[id(condition)] = (condition, compile_condition(condition))
    return kept[1](facts)


class TemplateError(ValueError):
    """A template in a knowledge file that cannot be read; a fault in the data, found by the knowledge tests."""


def fill(template: Any, facts: Facts) -> Any:
    """The template with every placeholder filled.

    In: strings, or lists and mappings of them. A mapping `{when: condition, then: template}` counts only where its
    condition holds; `{collect: path, as: name, give: template}` is a list, one entry for each element;
    `{first: templates}` is the first of them that is there.
    Out: the same shape; entries that came out as None are left out of lists and mappings.
    """
    if isinstance(template, str):
        return _text(template, facts)
    if isinstance(template, list):
        return [value for value in (fill(entry, facts) for entry in template) if value is not None]
    if isinstance(template, Mapping):
        if set(template) == {"when", "then"}:
            return fill(template["then"], facts) if holds(template["when"], facts) else None
        if set(template) == {"collect", "as", "give"}:
            elements = lookup(facts, template["collect"]) or []
            return [fill(template["give"], {**facts, template["as"]: element}) for element in elements]
        if set(template) == {"first"}:
            values = (fill(entry, facts) for entry in template["first"])
            return next((value for value in values if value not in (None, "", [], {})), None)
        filled = {key: fill(entry, facts) for key, entry in template.items()}
        return {key: value for key, value in filled.items() if value is not None}
    return template


def placeholders(template: Any) -> set[str]:
    """Every variable that a template reads (for the knowledge tests)."""
    if isinstance(template, str):
        return {match[1] for match in _PLACEHOLDER.finditer(template) if match[1]}
    if isinstance(template, Mapping):
        return {name for entry in template.values() for name in placeholders(entry)}
    if isinstance(template, list):
        return {name for entry in template for name in placeholders(entry)}
    return set()


def _text(template: str, facts: Facts) -> Any:
    whole = _PLACEHOLDER.fullmatch(template)
    if whole and whole[1]:
        return _value(whole[1], whole[2], facts)
    parts: list[str] = []
    at = 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[at : match.start()])
        at = match.end()
        if match[1] is None:
            parts.append(match[0][0])
            continue
        value = _value(match[1], match[2], facts)
        if value is None:
            return None
        parts.append(str(value))
    parts.append(template[at:])
    return "".join(parts)


def _value(path: str, name: str | None, facts: Facts) -> Any:
    value = lookup(facts, path)
    if value is None or name is None:
        return value
    if name not in FILTERS:
        raise TemplateError(f"unknown filter {name!r} in a template; known: {', '.join(FILTERS)}")
    return FILTERS[name](value)
