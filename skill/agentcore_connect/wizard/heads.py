"""Builds the frame of a question from the interview's state: crumbs, the verdict so far, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentcore_connect.answers import store
from agentcore_connect.answers.load import question_of
from agentcore_connect.interview import view
from agentcore_connect.interview.walk import Asked
from agentcore_connect.knowledge.questions import Question
from agentcore_connect.wizard.picture import picture
from agentcore_connect.wizard.screen import Head, Help, Pairs

if TYPE_CHECKING:
    from agentcore_connect.advise.decide import Verdict
    from agentcore_connect.advise.facts import Case
    from agentcore_connect.advise.records import Decision
    from agentcore_connect.app.position import Position

_UNKNOWN = "?"


def head(position: Position, notices: tuple[str, ...] = ()) -> Head:
    """Return the head of a question, or of the end of the interview.

    Args:
        position: where the interview stands.
        notices: said once, above everything.
    """
    state, case, trail = position.state, position.case, position.trail()
    verdict = state.verdicts[-1] if state.verdicts else None
    return Head(
        place=_place(position, len(trail)),
        crumbs=tuple((short(key), _shown(key, case)) for key in trail),
        verdict=verdict_words(verdict) if verdict else (),
        picture=picture(verdict.facts, verdict.decision, verdict.rules) if verdict else None,
        known=known(case),
        warnings=tuple(state.notes),
        notices=notices,
    )


def _place(position: Position, before: int) -> str:
    if position.asked is None:
        return "all questions answered"
    if position.is_wanted:
        return "an answer to change"
    left = position.progress().remaining_at_most - 1
    more = "the last" if left <= 0 else f"at most {left} more"
    connections = len(position.state.verdicts)
    which = f"connection {connections}, " if connections > 1 else ""
    return f"{which}question {before + 1}, {more}"


def short(key: str) -> str:
    """Return a dotted key without its connection's index."""
    return ".".join(key.split(".")[2:]) if key.startswith("connections.") else key


def _shown(key: str, case: Case) -> str:
    question = question_of(key)
    value = store.get(case.answers, key)
    plain = question is None or isinstance(value, bool | list) or value == ""
    return view.label(question, value) if question is not None and plain else str(value)


def known(case: Case) -> Pairs:
    """Describe the values that were read instead of asked."""
    pairs = []
    for key, value in view.inferred(case).items():
        question = question_of(key)
        if question is not None and value not in (None, "", []):
            pairs.append((short(key), view.label(question, value) if isinstance(value, bool | list) else str(value)))
    return tuple(pairs)


def verdict_words(verdict: Verdict) -> Pairs:
    """Return the verdict so far, with question marks for undecided parts."""
    return result_words(verdict.decision, decided=verdict.pending is None)


def result_words(decision: Decision, *, decided: bool) -> Pairs:
    """Return a decision in four words, as the contract lists them."""
    absent = "none" if decided else _UNKNOWN
    auth = decision.outbound_auth or absent
    return (
        ("path", decision.path or _UNKNOWN),
        ("target", decision.target_type or decision.redirect or absent),
        ("auth", f"{auth} ({decision.grant})" if decision.grant else auth),
        ("by", decision.mechanism or absent),
    )


def explain(case: Case, asked: Asked) -> Help:
    """Return the reason of a question, computed on demand."""
    question = asked.question
    leads = []
    for value, label, about, closed in asked.choices or _yes_no(question):
        text = f"not possible here: {closed}" if closed else lead_words(view.lead(case, asked, value))
        leads.append((label, f"{about} {text}".strip()))
    sources = tuple((title, url or "") for title, url in map(view.source, question.sources))
    return Help(question.text, question.why, question.help, tuple(leads), sources)


def _yes_no(question: Question) -> tuple[tuple[bool, str, str, str | None], ...]:
    return ((True, "Yes", "", None), (False, "No", "", None)) if question.type == "boolean" else ()


def lead_words(lead: view.Lead) -> str:
    """Describe the effect of a choice in a sentence or two."""
    words = result_words(lead.decision, decided=lead.following is None)
    told = ", ".join(f"{name} {value}" for name, value in words if value != _UNKNOWN)
    result = f"Leads to {told}." if told else ""
    following = f"Then: {lead.following.text}" if lead.following is not None else "Then nothing is left to ask."
    return f"{result} {following}".strip()
