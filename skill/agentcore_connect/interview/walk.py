"""The interview as a pure function from answers to the next question. All front ends use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agentcore_connect.advise.decide import Verdict, Walk, advise, decide, unspoken, walk
from agentcore_connect.advise.facts import Case, agent_facts, connection_facts, gateway_facts
from agentcore_connect.advise.records import Facts
from agentcore_connect.answers import gate
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json, JsonObject, mapping, sequence
from agentcore_connect.engine.conditions import lookup, replaced
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.questions import Question, by_variable, of_scope, questions
from agentcore_connect.plan.missing import how_to_find
from agentcore_connect.plan.templates import say


class Choice(NamedTuple):
    """A value of a question; ``unavailable`` is the reason why it cannot be chosen, or None."""

    value: str
    label: str
    help: str
    unavailable: str | None


class Progress(NamedTuple):
    """The number of answers, and the maximum number of questions left, including the present one."""

    answered: int
    remaining_at_most: int


class Asked(NamedTuple):
    """A question with its present choices and default. ``scope`` is the place of its answer in the file."""

    question: Question
    scope: str
    choices: tuple[Choice, ...]
    default: Json
    notes: tuple[str, ...]
    required: bool = False

    @property
    def key(self) -> str:
        """The dotted key of the answer in the file."""
        return key_of((self.question, self.scope))

    def as_dict(self, progress: Progress) -> JsonObject:
        """Return the question as ``next`` prints it."""
        return {
            "status": "question",
            "id": self.question.id,
            "scope": self.scope,
            "key": self.key,
            "text": self.question.text,
            "help": self.question.help,
            "type": self.question.type,
            "choices": [
                {"value": c.value, "label": c.label, "help": c.help, "unavailable": c.unavailable} for c in self.choices
            ],
            "default": self.default,
            "why": self.question.why,
            "look_up": self.question.look_up or None,
            "sources": list(self.question.sources),
            "progress": progress._asdict(),
            "notes": list(self.notes),
        }


class Gap(NamedTuple):
    """A question without a known answer: its key, and how to find the answer."""

    key: str
    question: Question
    how: str

    def as_dict(self) -> dict[str, str]:
        """Return the gap as front ends print it."""
        return {"key": self.key, "text": self.question.text, "how": self.how}


class State(NamedTuple):
    """The state of an interview: the next question (None when done) and the verdicts so far.

    The last verdict is that of the connection that is asked about; ``gaps`` are the questions passed over, which a plan
    cannot do without.
    """

    asked: Asked | None
    verdicts: list[Verdict]
    notes: list[str]
    gaps: tuple[Gap, ...] = ()


class _Stop(NamedTuple):
    """The point at which a replay of the answers stops: a question, or the end."""

    pending: tuple[Question, str] | None
    verdicts: list[Verdict]
    gaps: tuple[Gap, ...] = ()


def _replay(case: Case) -> _Stop:
    """Decide the connections in order, up to the first open question."""
    verdicts: list[Verdict] = []
    gaps: dict[str, Gap] = {}
    agent = agent_facts(case, asking=True)
    gateway = gateway_facts(case, asking=True)
    for number in range(len(case.connections)):
        verdict = decide(connection_facts(case, number, agent, gateway, asking=True), asking=True)
        verdicts.append(verdict)
        for pending in pending_questions(verdict, f"connections.{number}"):
            key = key_of(pending)
            if key not in sequence(case.answers.get("unknown")):
                return _Stop(pending, verdicts, tuple(gaps.values()))
            gaps[key] = Gap(key, pending[0], how_to_find(pending[0], verdict.known))
    return _Stop(None, verdicts, tuple(gaps.values()))


def key_of(pending: tuple[Question, str]) -> str:
    """Return the dotted key of a question in its scope."""
    question, scope = pending
    return f"{scope}.{question.id}" if scope.startswith("connections.") else question.id


def _begun(case: Case) -> Case:
    """Add a first connection to an empty case."""
    return case if case.connections else case._replace(answers={**case.answers, "connections": [{}]})


def state(case: Case) -> State:
    """Replay the answers once and return the state of the interview.

    Args:
        case: what is known; its answers may be incomplete but have passed the gate.
    """
    case = _begun(case)
    stop = _replay(case)
    notes = list(dict.fromkeys(note for verdict in stop.verdicts for note in _notes(verdict)))
    asked = _asked(case, stop.pending, stop.verdicts[-1], notes) if stop.pending is not None else None
    return State(asked, stop.verdicts, notes, stop.gaps)


def waiting(case: Case) -> str | None:
    """Return the key of the next question, or None: a cheaper `state`."""
    pending = _replay(_begun(case)).pending
    return key_of(pending) if pending is not None else None


def progress(case: Case, here: State) -> Progress:
    """Return the progress. It follows every possible path of the open answers and is slow, so only views call it."""
    left = _remaining(here.asked.question, here.verdicts[-1].facts) if here.asked is not None else 0
    return Progress(_answered(case), left)


def _notes(verdict: Verdict) -> Iterator[str]:
    """Yield the warnings so far."""
    facts = {**verdict.known, "c": verdict.known}
    for rule_id in verdict.rules:
        rule = base.rules().get(rule_id)
        if rule is not None and rule.kind == "warning":
            yield say(rule.text, facts)


def pending_questions(verdict: Verdict | Walk, scope: str) -> Iterator[tuple[Question, str]]:
    """Yield the open questions of one connection, the next one first."""
    known = verdict.known
    if verdict.pending is not None:
        question = by_variable()[verdict.pending]
        for earlier in question.after:
            before = questions()[earlier]
            later = before.run_time is not None and before.run_time.when(known)
            if lookup(known, earlier) in (None, "", []) and before.when(known) and not later:
                yield before, _scope(before, scope)
        yield question, _scope(question, scope)
        return
    for owner in ("connection", "gateway", "agent"):
        for question in of_scope(owner):
            if question.ask != "volunteer" and question.when(known) and _open(question, known):
                yield question, _scope(question, scope)


def _scope(question: Question, connection: str) -> str:
    return connection if question.scope == "connection" else question.scope


def _open(question: Question, known: Mapping[str, object]) -> bool:
    """Return whether to ask for a detail: it applies, is missing, and can change the plan."""
    if question.ask == "tree":
        # a gateway's authorizer belongs to the tree of another decision than the connection's
        return bool(question.tree) and lookup(known, question.id) is None
    if question.run_time is not None and question.run_time.when(known):
        return False
    if lookup(known, question.id) is not None:
        return False
    if question.scope == "connection" and question.id in mapping(known.get("given")):
        return False
    return not (question.optional(known) or question.starter(known))


def choices(question: Question, verdict: Verdict) -> tuple[Choice, ...]:
    """Return the values of a question, each with the reason if it is unavailable."""
    closed = closed_values(question, verdict)
    return tuple(Choice(c.value, c.label, c.help, closed.get(c.value)) for c in question.choices)


def _asked(case: Case, pending: tuple[Question, str], verdict: Verdict, notes: list[str]) -> Asked:
    question, scope = pending
    offered = choices(question, verdict)
    closed = {one.value: one.unavailable for one in offered if one.unavailable is not None}
    default, why = _default(question, case, closed, verdict.known)
    notes = [*notes, f"The default is {default}: {why}."] if why and default is not None else notes
    return Asked(
        question,
        scope,
        offered,
        default,
        notes=tuple(notes),
        required=_is_last_chance(question, verdict.known),
    )


def _is_last_chance(question: Question, known: Mapping[str, object]) -> bool:
    """Return whether this is the last open question of a group that requires one answer."""
    named = [questions()[key] for key in question.need_one_of if key != question.id]
    others = [q for q in named if q.ask != "volunteer"]
    return bool(others) and not any(q.when(known) and lookup(known, q.id) is None for q in others)


def _default(
    question: Question, case: Case, closed: Mapping[str, str], facts: Mapping[str, object]
) -> tuple[Json, str]:
    """Return the default of a question, and the reason if it follows from other answers."""
    inferred = case.inferred.get(question.id)
    default, why = (inferred, "") if inferred is not None else question.default_for(facts)
    return (None, "") if isinstance(default, str) and default in closed else (default, why)


def closed_values(question: Question, verdict: Verdict) -> dict[str, str]:
    """Return the unavailable values, each with its reason."""
    tree = question.tree or verdict.tree
    if question.type != "choice" or tree not in base.engine().trees or question.ask != "tree":
        return {}
    facts = verdict.known
    found = {}
    for one in base.engine().unavailable(tree, facts, question.variable, question.values):
        found[str(one.value)] = say(base.rules()[one.rule].text, {**facts, "c": facts})
    return found


def _answered(case: Case) -> int:
    """Count the answers in the file."""
    given = {key: value for key, value in case.answers.items() if key != "unknown"}

    def count(value: object) -> int:
        if isinstance(value, Mapping):
            return sum(count(v) for k, v in value.items() if k != "version")
        if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
            return sum(count(v) for v in value)
        return 0 if value is None else 1

    return count(given)


#: Stands for any answer whose wording does not matter.
_SOMETHING = "?"
_DEEPEST = 12


def _remaining(question: Question, facts: Facts) -> int:
    """Return the maximum number of questions left, including this one."""
    known = facts._asdict()
    return 1 + max(_longest(_with(known, question, value), 1) for value in _answers(question))


def _answers(question: Question) -> Sequence[Json]:
    """Return the answers that lead to different paths; one answer stands for all others."""
    if question.ask != "tree":  # leaving it at its default can say something else: a blocker without words is none
        return [_SOMETHING, *([question.default] if question.has_default else [])]
    return question.values if question.type == "choice" else [True, False]


def _longest(facts: Mapping[str, object], depth: int) -> int:
    """Return the length of the longest path from these facts, in questions."""
    pending = [question for question, _ in pending_questions(walk(facts, asking=True), "connections.0")]
    branching = next((q for q in pending if q.ask == "tree"), None)
    if branching is None or depth >= _DEEPEST:
        return len(pending)
    before = pending[: pending.index(branching)]
    for question in before:
        facts = _with(facts, question, _SOMETHING)
    ways = (_longest(_with(facts, branching, value), depth + 1) for value in _answers(branching))
    return len(before) + 1 + max(ways)


def _with(facts: Mapping[str, object], question: Question, value: object) -> dict[str, object]:
    """Return the facts with an answer to a question."""
    stand_in: object = [_SOMETHING] if question.type == "list" else value
    changed = replaced(facts, question.id, stand_in)
    given = mapping(facts.get("given"))
    for one in of_scope("connection"):  # what had its default until now is asked for after this answer
        if one.has_default and one.id not in given and not one.asked_for(facts) and one.asked_for(changed):
            changed = replaced(changed, one.id, None)
    return {**changed, "inbound": stand_in} if question.id == "gateway.inbound_auth" else changed


def refusal(asked: Asked, value: object) -> ConnectError | None:
    """Return the error for a refused answer, or None: the gate's checks and the unavailable choices."""
    problem = gate.check_value(asked.question, value)
    if problem is not None:
        return problem
    if asked.required and value == []:
        return ConnectError(
            "answer-missing",
            "one of these has to be given, and this is the last of them",
            expected="at least one of " + ", ".join(asked.question.need_one_of),
            received="[]",
            hint=f"give a value; `agentcore-connect explain {asked.question.id}` says why one is needed",
        )
    for choice in asked.choices:
        if choice.value == value and choice.unavailable is not None:
            open_values = [str(c.value) for c in asked.choices if c.unavailable is None]
            return ConnectError(
                "choice-unavailable",
                choice.unavailable,
                expected="one of " + ", ".join(open_values),
                received=str(value),
                hint=f"choose another value; `agentcore-connect explain {asked.question.id}` says what each means",
            )
    return None


def unused(case: Case, verdicts: list[Verdict]) -> list[str]:
    """Return the keys of the connections that do not affect the decision."""
    from agentcore_connect.plan.missing import details

    found = []
    for number, verdict in enumerate(verdicts):
        if verdict.pending is None and number < len(case.connections):
            one = details("connection", verdict.known, case.connections[number], "x", set(verdict.used))
            facts = {**verdict.known, "c": verdict.known}
            found += [f"connections.{number}.{key}" for key in unspoken("connection", facts, one.unused)]
    return found


def advice_of(verdicts: list[Verdict]) -> list[str]:
    """Return the ids of the rules that apply to the verdicts so far."""
    found: list[str] = []
    for verdict in verdicts:
        if verdict.pending is None:
            found += advise("connection", {**verdict.known, "c": verdict.known})
    return list(dict.fromkeys(found))
