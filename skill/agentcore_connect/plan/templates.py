"""The one template language of the knowledge: data with `{path}` in it goes in, data with the facts in place comes out.

docs/knowledge-language.md describes the language; its examples are tests. Commands, promises, request bodies, rights,
CloudFormation's stand-ins and texts are all filled here. Pure; no AWS word in here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from agentcore_connect.core.expressions import search
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, sequence
from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import Predicate, compile_condition, lookup
from agentcore_connect.knowledge import base
from agentcore_connect.plan.markers import is_marker

Facts = Mapping[str, object]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z0-9_][\w.]*)(?:\|([a-z]+))?(!?)\}")


def _first(value: Json) -> Json:
    return next(iter(value), None) if isinstance(value, list | tuple) else value


def _words(value: Json) -> Json:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


#: What `{path|filter}` makes of a value that is there.
FILTERS: Mapping[str, Callable[[Json], Json]] = {
    "env": lambda value: variable_name(str(value)),  # as part of the name of an environment variable
    "lower": lambda value: str(value).lower(),
    "camel": lambda value: re.sub(r"-(\w)", lambda match: match[1].upper(), str(value)),  # "two-words" as "twoWords"
    "first": _first,  # of a list
    "words": _words,  # a list as text
}
#: What they make of an absent or empty one, which else takes the text, member or entry with it.
ABSENT: Mapping[str, Callable[[], Json]] = {"any": lambda: "*", "list": list}


class TemplateError(ValueError):
    """A template in a knowledge file that cannot be read; a fault in the data, found by the knowledge tests."""


class MissingAnswer(KeyError):  # noqa: N818 - it names what is missing, and is turned into a ConnectError
    """A value that the template marks as needed is absent; `args[0]` is its path."""


def present(value: object) -> bool:
    """Return whether there is anything: not None, and not an empty text, list or mapping."""
    return value is not None and value not in ("", [], {}, ())


# Conditions of the data, compiled once; the data is kept beside its predicate, so that an id never changes its owner.
_COMPILED: dict[int, tuple[object, Predicate]] = {}


def holds(condition: JsonObject | None, facts: Facts) -> bool:
    """Say whether a condition of the data holds for these facts."""
    if condition is None:
        return True
    kept = _COMPILED.get(id(condition))
    if kept is None:
        kept = _COMPILED[id(condition)] = (condition, compile_condition(condition, base.patterns()))
    return kept[1](facts)


def fill(template: Json, facts: Facts, parts: JsonObject | None = None) -> Json:
    """The template with every placeholder filled; None where nothing is left of it.

    In: texts, or lists and mappings of them, some of which are forms; the facts; the document whose entries
    `{part: path}` takes in.
    Errors: MissingAnswer where a path with "!" has no value; TemplateError for a filter that does not exist.
    """
    if isinstance(template, str):
        return _text(template, facts) if "{" in template or "}" in template else template
    if isinstance(template, Mapping):
        form = FORMS.get(frozenset(template))
        if form is not None:
            return form(template, facts, parts or {})
        if is_marker(template):
            return template
        filled: dict[str, Json] = {}
        for key, entry in template.items():
            value = fill(entry, facts, parts)
            if value is not None:
                filled[str(fill(key, facts))] = value
        return filled if filled or not template else None
    if isinstance(template, list | tuple):
        entries = [value for value in (fill(entry, facts, parts) for entry in template) if value is not None]
        return entries if entries or not template else None
    return template


def text(template: Json, facts: Facts) -> str:
    """The template as text; an empty one where nothing is left of it."""
    value = fill(template, facts)
    return "" if value is None else str(value)


def say(template: str, facts: Facts) -> str:
    """A sentence with every placeholder filled; what is unknown becomes a word in capitals."""
    return "".join(piece if isinstance(piece, str) else _said(piece, facts) for piece in _parsed(template))


def extract(rules: Sequence[JsonObject], value: object, facts: Facts) -> str | None:
    """Apply the first rule whose `pattern` matches: return its `give`, with `{1}` for the first group."""
    for rule in rules if isinstance(value, str) else ():
        if match := search(str(rule["pattern"]), str(value)):
            groups = {str(number): group for number, group in enumerate(match.groups(), 1)}
            return text(rule["give"], {**facts, **groups}) or None
    return None


def placeholders(template: object) -> set[str]:
    """Every variable that a template reads by a placeholder (for the knowledge tests)."""
    if isinstance(template, str):
        return {part.path for part in _parsed(template) if isinstance(part, _Reference)}
    entries = template.values() if isinstance(template, Mapping) else template if isinstance(template, list) else ()
    return {name for entry in entries for name in placeholders(entry)}


class _Reference(NamedTuple):
    """A placeholder: `{path|filter!}`."""

    path: str
    filter: str
    needed: bool


@cache
def _parsed(template: str) -> tuple[str | _Reference, ...]:
    """The pieces of a text."""
    return tuple(_pieces(template))


def _pieces(template: str) -> Iterator[str | _Reference]:
    at = 0
    for match in _PLACEHOLDER.finditer(template):
        if at < match.start():
            yield template[at : match.start()]
        at = match.end()
        if match[1] is None:
            yield match[0][0]
            continue
        if match[2] and match[2] not in FILTERS and match[2] not in ABSENT:
            known = ", ".join([*FILTERS, *ABSENT])
            raise TemplateError(f"unknown filter {match[2]!r} in a template; known: {known}")
        yield _Reference(match[1], match[2] or "", bool(match[3]))
    if at < len(template):
        yield template[at:]


def _text(template: str, facts: Facts) -> Json:
    pieces = _parsed(template)
    if len(pieces) == 1 and isinstance(pieces[0], _Reference):
        return _value(pieces[0], facts)
    words: list[str] = []
    for piece in pieces:
        value = piece if isinstance(piece, str) else _value(piece, facts)
        if value is None:
            return None
        words.append(str(value))
    return "".join(words)


def _said(reference: _Reference, facts: Facts) -> str:
    value = lookup(facts, reference.path)
    return reference.path.rpartition(".")[2].upper() if value is None else str(_words(value))


def _value(reference: _Reference, facts: Facts) -> Json:
    value: Json = lookup(facts, reference.path)
    if not present(value):
        if reference.needed:
            raise MissingAnswer(reference.path)
        return ABSENT[reference.filter]() if reference.filter in ABSENT else None
    return FILTERS[reference.filter](value) if reference.filter in FILTERS else value


def _when(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    return fill(form["then"], facts, parts) if holds(mapping(form["when"]), facts) else None


def _first_of(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    values = (fill(one, facts, parts) for one in sequence(form["first"]))
    return next((value for value in values if present(value)), None)


def _case(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    path = str(form["case"])
    value = lookup(facts, path.rstrip("!"))
    of = mapping(form["of"])
    if value in of:
        return fill(of[value], facts, parts)
    if path.endswith("!"):
        raise MissingAnswer(path.rstrip("!"))
    return None


def _collect(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    elements = lookup(facts, str(form["collect"])) or ()
    values = (fill(form["give"], {**facts, str(form["as"]): one}, parts) for one in elements)
    return [value for value in values if value is not None] or None


def _merge(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    merged: dict[str, Json] = {}
    for one in sequence(form["merge"]):
        merged |= mapping(fill(one, facts, parts))
    return merged or None


def _json(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    value = fill(form["json"], facts, parts)
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _part(form: JsonObject, facts: Facts, parts: JsonObject) -> Json:
    path = str(form["part"])
    name = fill(path, facts)
    part: Json = lookup(parts, str(name)) if name else None
    if part is None:
        named = [one.path for one in _parsed(path) if isinstance(one, _Reference)]
        raise MissingAnswer(named[-1] if named else path)
    return fill(part["body"] if isinstance(part, Mapping) else part, facts, parts)


#: The forms, each known by its keys.
FORMS: Mapping[frozenset[str], Callable[[JsonObject, Facts, JsonObject], Json]] = {
    frozenset(("when", "then")): _when,
    frozenset(("first",)): _first_of,
    frozenset(("case", "of")): _case,
    frozenset(("collect", "as", "give")): _collect,
    frozenset(("merge",)): _merge,
    frozenset(("json",)): _json,
    frozenset(("part",)): _part,
}
