"""Settles the details of a plan: answered, assumed by default, or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, text, texts
from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge.questions import Question, of_scope, questions
from agentcore_connect.plan.templates import Facts, say

if TYPE_CHECKING:  # an interview settles details at each step, and needs the types of the plan for nothing else
    from agentcore_connect.plan.entries import Assumed, RunTimeInput


class Details(NamedTuple):
    """The variables of answers that are left to run time, by question id, and what to ask for them; what was assumed,
    what is missing, and what is not needed.
    """

    values: dict[str, str]
    assumed: list[Assumed]
    inputs: list[RunTimeInput]
    missing: list[Question]
    unused: list[str]


def details(scope: str, facts: Facts, given: JsonObject, ident: str, used: set[str]) -> Details:
    """Settle the questions of a scope that are about details.

    Args:
        scope: the questions' scope.
        facts: everything known, with the decision.
        given: the answers as given.
        ident: part of the names of run-time variables.
        used: variables that the decision looked at.
    """
    found = Details({}, [], [], [], [])
    lead = "" if scope == "connection" else f"{scope}."
    asked: set[tuple[str, ...]] = set()
    for question in of_scope(scope):
        own = question.id.removeprefix(lead)
        answered = lookup(given, own) not in (None, "", [])
        if not question.when(facts):
            if answered and question.variable not in used:
                found.unused.append(question.id)
            continue
        value = lookup(facts, question.id)
        if question.ask == "tree":
            if answered and question.variable not in used and question.when(facts):
                found.unused.append(question.id)
            elif not answered and question.variable in used and (question.has_default or _told(question, facts)):
                _assume(found, question, value, facts)
            continue
        if value not in (None, "", []):
            if not answered:
                _assume(found, question, value, facts)
            continue
        if question.ask == "volunteer" or question.optional(facts) or question.has_default_for(facts):
            continue
        _settle(found, question, facts, ident, asked)
    return found


def _told(question: Question, facts: Facts) -> JsonObject:
    """Return why an answer was taken from the known services, with sources; empty if it was not."""
    return mapping(mapping(facts.get("told")).get(question.id))


def _assume(found: Details, question: Question, value: Json, facts: Facts) -> None:
    if told := _told(question, facts):
        assumed: Assumed = {"key": question.id, "value": value, "why": str(told["why"])}
        if "sources" in told:
            assumed["sources"] = texts(told["sources"])
        found.assumed.append(assumed)
        return
    default, why = question.default_for(facts)
    if value == default and question.has_default:
        plain: Assumed = {"key": question.id, "value": value}
        found.assumed.append({**plain, "why": why} if why else plain)


def _settle(found: Details, question: Question, facts: Facts, ident: str, asked: set[tuple[str, ...]]) -> None:
    """An answer that is needed and not there: left to run time, made a starter, or missing."""
    if question.run_time is not None and question.run_time.when(facts):
        env = f"{question.run_time.env}_{variable_name(ident)}"
        found.values[question.id] = f"${{{env}}}"
        asked_for: RunTimeInput = {"name": question.id, "env": env, "secret": False, "prompt": question.run_time.prompt}
        found.inputs.append(asked_for)
        return
    if question.starter(facts):
        found.assumed.append({"key": question.id, "value": "a starter, to be replaced"})
        return
    if question.need_one_of:
        if question.need_one_of in asked or any(lookup(facts, key) for key in question.need_one_of):
            return
        asked.add(question.need_one_of)
    found.missing.append(question)


def how_to_find(question: Question, facts: Facts) -> str:
    """Return how to find an unknown answer: at the vendor if known, else in general."""
    known = text(mapping(mapping(facts.get("at_host")).get("asks")).get(question.id))
    return known or say(question.finding(facts), facts)


def missing_error(
    question: Question, where: str, facts: Facts, connection: int | None = None, because: str = ""
) -> ConnectError:
    """The message for an answer that a plan cannot do without: what it means and the values it takes.

    In: the question, the place in the answers file, what is known, the number of the connection, where it is one's,
    and what was assumed that makes it necessary.
    """
    finding = how_to_find(question, facts)
    asked = f"`agentcore-connect next -a FILE --look-up {question.id}` asks it. " if question.look_up else ""
    key = question.id if connection is None else f"connections.{connection}.{question.id}"
    takes = ", ".join(map(str, question.values)) or question.help or question.type
    if question.need_one_of:
        takes = "at least one of " + ", ".join(question.need_one_of)
    return ConnectError(
        "answer-missing",
        f"{question.id} is missing: {question.text}" + (f" ({because})" if because else ""),
        where=where,
        expected=takes,
        hint=(f"{finding} {asked}Then " if finding else "")
        + f"add {key} to the answers file, or give --set {key}=VALUE; "
        f"`agentcore-connect explain {question.id}` says why it is asked",
        exit_code=ExitCode.ANSWERS_MISSING,
    )


def question_for(variable: str) -> Question:
    """The question that settles a variable at which a decision stopped."""
    from agentcore_connect.knowledge.questions import by_variable

    return by_variable().get(variable) or questions()[variable]
