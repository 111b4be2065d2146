"""Holds the variables of the knowledge to the program's records: every name that a condition or a text has is a field.

The records are those of `advise/records.py` and `plan/observed.py`. The other way round, every question has a field to
hold its answer, of the question's type.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from agentcore_connect.advise.records import AgentFacts, Decision, Facts, GatewayFacts
from agentcore_connect.engine.conditions import ConditionError, variables
from agentcore_connect.plan.observed import Observed

Data = Mapping[str, Any]

#: The keys under which conditions stand, by file; a derivation says what `is`, a question when it is `optional_when`.
_CONDITIONS = ("when", "is", "unknown", "optional_when", "asked_for", "starter_when")
#: The sections whose conditions look at one connection.
_SECTIONS = (
    *("questions.questions", "rules.rules", "auth-matrix.api_only"),
    *("derivations.derivations", "derivations.through_gateway"),
)
_TEXTS = ("text", "hint", "help")
_NAME = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "path": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "list": (Sequence,),
}


def unknown_variables(data: Data) -> Iterator[str]:
    """Each name in a condition or a text about one connection that is no field of a record."""
    derived = {one["name"] for one in data.get("derivations", {}).get("derivations", ())}
    worked_out = derived | set(data.get("decision-tree", {}).get("variables", {}))
    for section in _SECTIONS:
        file, _, key = section.partition(".")
        for place, name in _names(data.get(file, {}).get(key, {}), section):
            if name.split(".")[0] not in worked_out and not _is_field(name):
                yield f"{place}: there is no variable {name!r}: no record has it, and nothing is derived under that name"


def unknown_tests(data: Data) -> Iterator[str]:
    """Each variable that a tree tests and nothing fills: no question, no derivation, no result."""
    tree = data.get("decision-tree", {})
    asked = {one.get("variable", one["id"]) for one in data.get("questions", {}).get("questions", ())}
    for name, body in tree.get("trees", {}).items():
        set_ = {key for node in body["nodes"].values() for key in node.get("set", {})} | set(Decision._fields)
        for place, node in body["nodes"].items():
            variable = node.get("test")
            if variable and variable not in asked | set_ | set(tree.get("variables", {})) | {"cli_can"}:
                yield f"decision-tree: {name}.{place}: nothing fills the variable {variable!r}"


def unkept_answers(data: Data) -> Iterator[str]:
    """Each question whose answer no field holds, or one of another type."""
    for question in data.get("questions", {}).get("questions", ()):
        record = _RECORDS.get(question["scope"])
        if record is None:
            continue
        hint = _hint(record, question["id"].removeprefix(f"{question['scope']}."))
        if hint is None:
            yield f"questions: {question['id']}: no field of {record.__name__} holds the answer"
        elif not _fits(question, _options(hint)):
            yield f"questions: {question['id']}: the field of {record.__name__} is of another type: {hint}"


def unknown_results(data: Data) -> Iterator[str]:
    """Each result of the trees that the record of a decision does not have, or with other values."""
    hints = _hints(Decision)
    for name, values in data.get("decision-tree", {}).get("results", {}).items():
        words = [word for one in _options(hints.get(name)) for word in get_args(one)]
        if name not in hints or (words and words != values):
            yield f"decision-tree: results.{name}: Decision has {words or 'no such field'}"


_RECORDS: Mapping[str, Any] = {"connection": Facts, "agent": AgentFacts, "gateway": GatewayFacts}


def _is_field(name: str) -> bool:
    if name.startswith("given."):  # the answers as given have the questions' names
        return _is_field(name.removeprefix("given."))
    return any(_hint(record, name) is not None for record in (Facts, Decision, Observed))


def _hint(record: Any, name: str) -> Any:
    """The type of a dotted field, None where there is none; a mapping holds whatever is looked for in it."""
    own, _, rest = name.partition(".")
    hint = _hints(record).get(own)
    if not rest or hint is None:
        return hint
    for one in _options(hint):
        if hasattr(one, "_fields"):
            return _hint(one, rest)
        if _is_mapping(one):
            return one
    return None


@cache
def _hints(record: Any) -> Mapping[str, Any]:
    return get_type_hints(record, localns={"Json": object})  # which names itself


def _is_mapping(hint: Any) -> bool:
    origin = get_origin(hint) or hint
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _options(hint: Any) -> list[Any]:
    """The types that a field can have, without None."""
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return [one for one in parts if one is not type(None)]


def _fits(question: Data, options: list[Any]) -> bool:
    words = [word for one in options if get_origin(one) is Literal for word in get_args(one)]
    if question["type"] == "choice":
        return options == [str] or words == [one["value"] for one in question["choices"] if "known_as" not in one]
    wanted = _TYPES.get(question["type"], ())
    return any(_is_mapping(one) or (get_origin(one) or one) in wanted or one is Any for one in options)


def _names(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every variable below a node, with the place where it stands; plan-wide rules look at other things."""
    if isinstance(node, list):
        for one in node:
            yield from _names(
                one, f"{place}.{one.get('id', one.get('name', ''))}" if isinstance(one, Mapping) else place
            )
        return
    if not isinstance(node, Mapping) or node.get("scope") == "plan":
        return
    if place.endswith("through_gateway"):
        yield from ((place, one) for one in _variables(node))
        return
    for key, value in node.items():
        if key in _CONDITIONS and isinstance(value, Mapping):
            yield from ((place, one) for one in _variables(value))
        elif key in _TEXTS and isinstance(value, str):
            yield from ((place, one) for one in _NAME.findall(value))
        elif key not in ("choices", "items", "schema"):
            yield from _names(value, place)


def _variables(condition: Data) -> set[str]:
    try:
        return variables(condition)
    except (ConditionError, AttributeError):
        return set()
