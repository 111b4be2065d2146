"""The questions of the knowledge base, indexed: what a key of the answers file means and takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, record
from agentcore_connect.engine.conditions import Condition, Facts, Predicate, compile_later
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.resources import Entry, load


class Option(NamedTuple):
    """One value of a choice; ``api_value`` is the API's word for it, where Python needs that.

    ``known_as`` is the value that trees and rules know it as, where that is another one.
    """

    value: str
    label: str
    help: str = ""
    api_value: str = ""
    known_as: str = ""


class Field(NamedTuple):
    """One key of the mappings in a list: its type, the values and the form it takes, the keys of a mapping in it."""

    type: str
    required: bool | None
    many: bool | None
    choices: Sequence[str] | None
    pattern: str | None
    keys: Mapping[str, Field] | None


class Check(NamedTuple):
    """The constraints of a value beyond its type. Patterns are named by id; None means no constraint.

    ``refused`` and ``only_where`` are by pattern: what is expected instead, and where the form may stand.
    """

    pattern: str | None
    any_pattern: Sequence[str] | None
    path_or: str | None
    refused: Mapping[str, str] | None
    only_where: Mapping[str, Condition] | None
    vendor: bool | None
    min_length: int | None
    max_length: int | None
    minimum: int | None
    maximum: int | None
    max_items: int | None
    each_pattern: str | None
    each_min_length: int | None
    each_max_length: int | None


class RunTime(NamedTuple):
    """An answer that may be left to the moment the commands run: the variable that asks for it, and when."""

    env: str
    prompt: str
    when: Predicate


class Derived(NamedTuple):
    """A default that follows from other answers: the value, when it holds, and why."""

    value: Json
    when: Predicate
    why: str


class Question(NamedTuple):
    """One key of the answers file.

    ``derived`` are defaults that other answers lead to, before ``default``. ``ask`` is tree, detail or volunteer;
    ``when`` says where it applies; ``optional`` where it may stay open. ``variable`` is the name under which the
    decision tree knows it. ``accepts`` are the types that it takes beside its own, ``items`` the keys of the mappings
    in its list, ``is_open`` whether a choice takes other values too. ``look_up`` is who can tell it over the network:
    server or issuer. ``remarks`` are said with the question where their condition holds.
    """

    id: str
    scope: str
    type: str
    ask: str
    text: str
    help: str
    why: str
    sources: tuple[str, ...]
    choices: tuple[Option, ...]
    default: Json
    has_default: bool
    derived: tuple[Derived, ...]
    when: Predicate
    optional: Predicate
    asked_for: Predicate
    variable: str
    tree: str
    after: tuple[str, ...]
    need_one_of: tuple[str, ...]
    run_time: RunTime | None
    starter: Predicate
    check: Check
    accepts: tuple[str, ...]
    items: Mapping[str, Field] | None
    is_open: bool
    look_up: str = ""
    find: tuple[tuple[Predicate, str], ...] = ()
    remarks: tuple[tuple[Predicate, str], ...] = ()

    def finding(self, facts: Facts) -> str:
        """Return how to find the answer, with facts in braces; empty if unknown."""
        return next((text for when, text in self.find if when(facts)), "")

    def default_for(self, facts: Facts) -> tuple[Json, str]:
        """The default in a situation, and why where it follows from other answers; else the general one."""
        found = next((one for one in self.derived if one.when(facts)), None)
        return (self.default, "") if found is None else (found.value, found.why)

    def has_default_for(self, facts: Facts) -> bool:
        """Return whether there is a default in a situation: other answers can lead to none."""
        return self.has_default and (self.default is None or self.default_for(facts)[0] is not None)

    @property
    def values(self) -> list[str]:
        """The values of a choice, in order."""
        return [choice.value for choice in self.choices]

    @property
    def tree_values(self) -> list[str]:
        """The values that trees know; another one leads where the one that it is known as leads."""
        return [choice.value for choice in self.choices if not choice.known_as]


def _never(_facts: Facts) -> bool:
    return False


def _optional(raw: Entry, key: str) -> Predicate:
    return compile_later(raw[key], patterns()) if key in raw else _never


def _fields(raw: Entry | None) -> Mapping[str, Field] | None:
    if raw is None:
        return None
    return {key: record(Field, {**spec, "keys": _fields(spec.get("keys"))}) for key, spec in raw.items()}


def _question(raw: Entry) -> Question:
    run_time = raw.get("run_time")
    return Question(
        id=raw["id"],
        scope=raw["scope"],
        type=raw["type"],
        ask=raw["ask"],
        text=raw["text"],
        help=raw.get("help", ""),
        why=raw["why"],
        sources=tuple(raw["sources"]),
        choices=tuple(Option(**one) for one in raw.get("choices", ())),
        default=raw.get("default"),
        has_default="default" in raw,
        derived=tuple(
            Derived(one["value"], compile_later(one["when"], patterns()), one["why"])
            for one in raw.get("default_when", ())
        ),
        when=compile_later(raw.get("when"), patterns()),
        optional=_optional(raw, "optional_when"),
        asked_for=compile_later(raw.get("asked_for"), patterns()),
        variable=raw.get("variable", raw["id"]),
        tree=raw.get("tree", ""),
        after=tuple(raw.get("after", ())),
        need_one_of=tuple(raw.get("need_one_of", ())),
        run_time=RunTime(run_time["env"], run_time["prompt"], compile_later(run_time["when"], patterns()))
        if run_time
        else None,
        starter=_optional(raw, "starter_when"),
        check=record(Check, raw.get("check", {})),
        accepts=tuple(raw.get("accepts", ())),
        items=_fields(raw.get("items")),
        is_open=raw.get("open", False),
        look_up=raw.get("look_up", ""),
        find=tuple((compile_later(one.get("when"), patterns()), one["text"]) for one in raw.get("find", ())),
        remarks=tuple((compile_later(one["when"], patterns()), one["text"]) for one in raw.get("remarks", ())),
    )


@cache
def questions() -> dict[str, Question]:
    """Every question by its id, in the order of asking."""
    return {raw["id"]: _question(raw) for raw in load("questions")["questions"]}


@cache
def of_scope(scope: str) -> tuple[Question, ...]:
    """The questions of a scope, in the order of asking."""
    return tuple(q for q in questions().values() if q.scope == scope)


@cache
def by_variable() -> dict[str, Question]:
    """The question that settles a variable of the decision tree."""
    found = {q.variable: q for q in questions().values()}
    for variable, entry in load("decision-tree")["variables"].items():
        if "asks" in entry:
            found[variable] = questions()[entry["asks"]]
    return found


def kinds() -> Mapping[str, JsonObject]:
    """Return the answers that a KIND on the command line gives."""
    found: Mapping[str, JsonObject] = load("questions")["kinds"]
    return found
