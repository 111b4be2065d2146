"""The interview as a pure function from answers to the next question. All front ends use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentcore_connect.advise.decide import Verdict, Walk, advise, decide, unspoken
from agentcore_connect.advise.facts import Case, agent_facts, connection_facts, gateway_facts
from agentcore_connect.answers import gate
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, sequence
from agentcore_connect.engine.conditions import lookup
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

    def as_dict(self) -> dict[str, str]:
        """Return the value as front ends print it, without empty members."""
        return {key: value for key, value in self._asdict().items() if value}


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

    def as_dict(self, *, sources: bool = False) -> JsonObject:
        """Return the question as front ends print it, without empty members.

        Args:
            sources: whether the sources of the question are wanted.
        """
        question = self.question
        said = {
            "id": question.id,
            "scope": self.scope,
            "key": self.key,
            "text": question.text,
            "help": question.help,
            "type": question.type,
            "choices": [c.as_dict() for c in self.choices],
            "default": self.default,
            "why": question.why,
            "look_up": question.look_up,
            "sources": list(question.sources) if sources else [],
        }
        return {key: value for key, value in said.items() if value not in (None, "", [])}


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


def begun(case: Case) -> Case:
    """Add a first connection to an empty case."""
    return case if case.connections else case._replace(answers={**case.answers, "connections": [{}]})


def state(case: Case) -> State:
    """Replay the answers once and return the state of the interview.

    Args:
        case: what is known; its answers may be incomplete but have passed the gate.
    """
    case = begun(case)
    stop = _replay(case)
    notes = list(dict.fromkeys(note for verdict in stop.verdicts for note in _notes(verdict)))
    if stop.pending is not None:
        notes += _remarks(stop.pending[0], stop.verdicts[-1].known)
    asked = put(case, stop.pending, stop.verdicts[-1], notes) if stop.pending is not None else None
    return State(asked, stop.verdicts, notes, stop.gaps)


def waiting(case: Case) -> str | None:
    """Return the key of the next question, or None: a cheaper `state`."""
    pending = _replay(begun(case)).pending
    return key_of(pending) if pending is not None else None


def _notes(verdict: Verdict) -> Iterator[str]:
    """Yield the warnings so far."""
    facts = {**verdict.known, "c": verdict.known}
    for rule_id in verdict.rules:
        rule = base.rules().get(rule_id)
        if rule is not None and rule.kind == "warning":
            yield say(rule.text, facts)


def _remarks(question: Question, known: Mapping[str, object]) -> list[str]:
    """Return the remarks that a question comes with in this situation."""
    return [say(text, {**known, "c": known}) for holds, text in question.remarks if holds(known)]


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


def put(case: Case, pending: tuple[Question, str], verdict: Verdict, notes: list[str]) -> Asked:
    """Return an open question with its choices, default and notes."""
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
    return closed_by(question, question.tree or verdict.tree, verdict.known)


def closed_by(question: Question, tree: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Return the values that a tree rules out in a situation, each with its reason."""
    if question.type != "choice" or tree not in base.engine().trees or question.ask != "tree":
        return {}
    found = {}
    for one in base.engine().unavailable(tree, facts, question.variable, question.tree_values):
        found[str(one.value)] = say(base.rules()[one.rule].text, {**facts, "c": facts})
    return found


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
