"""Looks ahead in an interview: the number of questions left, and the ones that any answer leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agentcore_connect.advise.decide import Verdict, decide, walk
from agentcore_connect.advise.facts import Case, agent_facts, connection_facts, gateway_facts
from agentcore_connect.advise.records import Facts
from agentcore_connect.answers import store
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, mapping
from agentcore_connect.engine.conditions import replaced
from agentcore_connect.interview.walk import Asked, State, begun, closed_by, key_of, pending_questions, put
from agentcore_connect.knowledge.questions import Question, of_scope

#: Stands for any answer whose wording does not matter.
_SOMETHING = "?"
_DEEPEST = 12
#: How many combinations of answers are followed to find what is asked after each.
_MOST_WAYS = 24


class Progress(NamedTuple):
    """The number of answers, and the maximum number of questions left, including the present one."""

    answered: int
    remaining_at_most: int


def progress(case: Case, here: State) -> Progress:
    """Return the progress. It follows every possible path of the open answers and is slow, so only views call it."""
    left = _remaining(here.asked.question, here.verdicts[-1].facts) if here.asked is not None else 0
    return Progress(_answered(case), left)


class _Way(NamedTuple):
    """A possible continuation: the answers, and the verdict on the connection that is asked about."""

    case: Case
    number: int
    verdict: Verdict

    def following(self, asked: Asked) -> Iterator[_Way]:
        """Yield the ways that the open answers to a question lead to."""
        closed = [choice.value for choice in asked.choices if choice.unavailable is not None]
        for value in _answers(asked.question):
            if value not in closed:
                stand_in: Json = [_SOMETHING] if asked.question.type == "list" else value
                yield _way(self.case._replace(answers=store.put(self.case.answers, asked.key, stand_in)), self.number)


def ahead(case: Case, here: State) -> tuple[Asked, ...]:
    """Return the further questions that any answer to the present one leads to, so that one call can answer them all.

    Every question in the result is asked, with the same choices and default, whether the earlier ones are left at their
    defaults or answered otherwise.
    """
    if here.asked is None:
        return ()
    number = len(here.verdicts) - 1
    scope = f"connections.{number}"
    earlier = [here.asked.question]
    ways = list(_Way(begun(case), number, here.verdicts[-1]).following(here.asked))
    found: list[Asked] = []
    while len(ways) <= _MOST_WAYS and (sure := _common(ways, scope, earlier)) and _is_settled(sure[0], ways):
        asked = put(case, sure, ways[0].verdict, [])
        found.append(asked)
        earlier.append(asked.question)
        ways = [one for way in ways for one in way.following(asked)]
    return tuple(found)


def _way(case: Case, number: int) -> _Way:
    agent, gateway = agent_facts(case, asking=True), gateway_facts(case, asking=True)
    return _Way(case, number, decide(connection_facts(case, number, agent, gateway, asking=True), asking=True))


def _is_settled(question: Question, ways: Sequence[_Way]) -> bool:
    """Return whether default and choices of a question are the same on every way."""
    if question.remarks or (question.ask == "tree" and not question.tree):  # earlier answers decide what goes with it
        return False
    known = [way.verdict.known for way in ways]
    return len({repr((question.default_for(one), closed_by(question, question.tree, one))) for one in known}) == 1


def _common(ways: Sequence[_Way], scope: str, earlier: Sequence[Question]) -> tuple[Question, str] | None:
    """Return the first question that is open on every way and was not asked before, or None."""
    pending = [
        {key_of(one): one for one in pending_questions(way.verdict, scope) if one[0] not in earlier} for way in ways
    ]
    first, *others = pending
    return next((one for key, one in first.items() if all(key in other for other in others)), None)


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


def _remaining(question: Question, facts: Facts) -> int:
    """Return the maximum number of questions left, including this one."""
    known = facts._asdict()
    return 1 + max(_longest(_with(known, question, value), 1) for value in _answers(question))


def _answers(question: Question) -> Sequence[Json]:
    """Return the answers that lead to different paths; one answer stands for all others."""
    if question.ask != "tree":  # leaving it at its default can say something else: a blocker without words is none
        return [_SOMETHING, *([question.default] if question.has_default else [])]
    return question.tree_values if question.type == "choice" else [True, False]


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
