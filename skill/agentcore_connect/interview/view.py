"""Views of an interview for front ends: pure functions without rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agentcore_connect import interview
from agentcore_connect.advise.decide import Verdict, decide
from agentcore_connect.advise.facts import Case, agent_facts, connection_facts, gateway_facts
from agentcore_connect.advise.records import Decision
from agentcore_connect.answers import gate, store
from agentcore_connect.answers.load import question_of
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, mappings
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.interview.walk import Asked
from agentcore_connect.knowledge.questions import Question, of_scope, questions
from agentcore_connect.knowledge.resources import load

#: How often the walk looks again for answers that no question leads to.
_PASSES = 4


class Lead(NamedTuple):
    """The effect of an answer: the partial decision and the next question."""

    decision: Decision
    following: Question | None


class Settled(NamedTuple):
    """A question that applies, and its value. ``how``: answered, read, assumed or open."""

    key: str
    question: Question
    value: Json
    how: str


def without(data: JsonObject, keys: Iterable[str]) -> dict[str, Json]:
    """Return the answers without these keys; connections keep their index."""
    held = dict(data)
    for key in sorted(keys):
        held = store.forget(held, key)
    return held


def keys_of(data: JsonObject) -> dict[str, Question]:
    """Return the dotted keys of the given answers, with their questions."""
    found = {}
    for scope in ("agent", "gateway", "policy"):
        found.update(_keys(mapping(data.get(scope)), scope, f"{scope}."))
    if data.get("project") is not None:
        found["project"] = questions()["project"]
    for number, connection in enumerate(mappings(data.get("connections"))):
        found.update(_keys(connection, "connection", f"connections.{number}."))
    return found


def _keys(given: JsonObject, scope: str, lead: str) -> dict[str, Question]:
    own = "" if scope == "connection" else lead
    pairs = ((question, question.id.removeprefix(own)) for question in of_scope(scope))
    return {f"{lead}{key}": question for question, key in pairs if lookup(given, key) is not None}


def trail(case: Case) -> list[str]:
    """Return the answered keys in the interview's order; `back` goes through them in reverse.

    The answers are taken away and given again as they are asked for. What is never asked for, though it is in the
    file, counts from the start, as it does for a plan.
    """
    askable = {key for key, question in keys_of(case.answers).items() if question.ask != "volunteer"}
    found: list[str] = []
    for _ in range(_PASSES):
        found = _walk(case, askable)
        if len(found) == len(askable) or interview.waiting(_masked(case, askable - set(found))) is not None:
            break
        askable &= set(found)
    return found


def _walk(case: Case, askable: set[str]) -> list[str]:
    hidden, found = set(askable), []
    while hidden:
        key = interview.waiting(_masked(case, hidden))
        if key is None or key not in hidden:
            break
        hidden.discard(key)
        found.append(key)
    return found


def _masked(case: Case, hidden: set[str]) -> Case:
    return case._replace(answers=without(case.answers, hidden))


def overtaken(case: Case, held: Iterable[str], verdicts: list[Verdict]) -> list[str]:
    """Return the withdrawn answers that no question asks for now but that still affect the result."""
    asked = set(trail(case))
    found = []
    for key in held:
        question, number = question_of(key), _connection_of(key)
        if question is None or key in asked or number >= len(verdicts):
            continue
        if question.variable in verdicts[number].used:
            found.append(key)
    return found


def _connection_of(key: str) -> int:
    return int(key.split(".")[1]) if key.startswith("connections.") else 0


def asked_about(case: Case, key: str, verdicts: list[Verdict]) -> Asked:
    """Return the question for a key as if the interview asked it.

    Errors: KeyError for a key without a question, which is a mistake of the caller.
    """
    question = question_of(key)
    if question is None:
        raise KeyError(key)
    scope = key.removesuffix(f".{question.id}") if question.scope == "connection" else question.scope
    verdict = verdicts[min(_connection_of(key), len(verdicts) - 1)]
    return Asked(question, scope, interview.choices(question, verdict), lookup(verdict.known, question.id), ())


def typed(question: Question, text: str) -> Json:
    """Convert typed text to a value of the question, as ``--answer KEY=VALUE`` does.

    Lists may also stand one item a line. Errors: ConnectError for a bracket that is not closed.
    """
    if question.type == "list":
        text = ",".join(line.strip().rstrip(",") for line in text.splitlines())
    assignment = store.parse_assignment(f"{question.id}={text}")
    return gate.cast(question, assignment.value, assignment.raw)


def lead(case: Case, asked: Asked, value: Json) -> Lead:
    """Return the effect of an answer."""
    data = store.put(_with_connection(case.answers), asked.key, value)
    changed = case._replace(answers=data)
    agent, gateway = agent_facts(changed, asking=True), gateway_facts(changed, asking=True)
    number = _connection_of(asked.key) if asked.scope.startswith("connections.") else len(changed.connections) - 1
    verdict = decide(connection_facts(changed, number, agent, gateway, asking=True), asking=True)
    key = interview.waiting(changed)
    return Lead(verdict.decision, question_of(key) if key is not None else None)


def _with_connection(data: JsonObject) -> dict[str, Json]:
    return dict(data) if data.get("connections") else {**data, "connections": [{}]}


def inferred(case: Case) -> dict[str, Json]:
    """Return the values read from the project and from files, by dotted key."""
    found = dict(case.inferred)
    for number, read in case.read.items():
        for key, value in _flat(read.answers):
            if lookup(case.connections[number], key) is None:
                found[f"connections.{number}.{key}"] = value
    return found


def _flat(answers: JsonObject) -> Iterator[tuple[str, Json]]:
    """Yield answers by question id; those in a group by dotted id."""
    for key, value in answers.items():
        if key in questions():
            yield key, value
        elif isinstance(value, Mapping):
            yield from ((f"{key}.{k}", v) for k, v in value.items() if f"{key}.{k}" in questions())


def settled(case: Case, verdicts: list[Verdict]) -> list[Settled]:
    """Return every question that applies, with its state, in the order of questions.yaml."""
    given, read = keys_of(case.answers), inferred(case)
    found: list[Settled] = []
    for number, verdict in enumerate(verdicts):
        for question in of_scope("connection"):
            found += _settled(question, f"connections.{number}.{question.id}", verdict, case, given, read)
    for scope in ("gateway", "agent", "policy", "top"):
        for question in of_scope(scope):
            applying = [v for v in verdicts if question.when(v.known)] or verdicts[-1:]
            for verdict in applying[:1]:
                found += _settled(question, question.id, verdict, case, given, read)
    return found


def _settled(
    question: Question,
    key: str,
    verdict: Verdict,
    case: Case,
    given: Mapping[str, Question],
    read: JsonObject,
) -> list[Settled]:
    if key in given:
        return [Settled(key, question, store.get(case.answers, key), "answered")]
    if key in read:
        return [Settled(key, question, read[key], "read")]
    if question.ask == "tree" and question.variable not in verdict.used:
        return []
    if not question.when(verdict.known):
        return []
    value = lookup(verdict.known, question.id)
    return [Settled(key, question, value, "open" if value in (None, "", []) else "assumed")]


def source(identity: str) -> tuple[str, str | None]:
    """Return the title and the URL of a source; an unknown id is returned as its title."""
    entry = load("sources")["sources"].get(identity, {})
    return entry.get("title", identity), entry.get("url")


def label(question: Question, value: object) -> str:
    """Return a value as text for people: the choice's label, yes or no, or comma-separated items."""
    for choice in question.choices:
        if choice.value == value:
            return choice.label
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(item if isinstance(item, str) else _brief(item) for item in value) or "(none)"
    return "(empty)" if value in (None, "") else str(value)


def _brief(item: object) -> str:
    name = item.get("name") or item.get("path") if isinstance(item, Mapping) else None
    return str(name) if name else str(item)
