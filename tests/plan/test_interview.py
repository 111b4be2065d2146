"""The interview over the whole space: it ends, asks nothing twice, asks only what matters, and leads where a plan does."""

from __future__ import annotations

from typing import Any

import pytest

from agentcore_connect.advise.decide import decide
from agentcore_connect.advise.facts import Case, agent_facts, connection_facts, gateway_facts
from agentcore_connect.answers import gate, store
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.interview import look_ahead
from agentcore_connect.interview import walk as interview
from agentcore_connect.knowledge.questions import questions
from tests.conformance import space


def _documents() -> list[dict[str, Any]]:
    """One answers file for each distinct way through the space."""
    found: dict[str, dict[str, Any]] = {}
    for way in space.ways():
        data = space.document(way.facts, framework="strands")
        found.setdefault(repr(data), data)
    return list(found.values())


DOCUMENTS = _documents()
PARTS = 12


@pytest.fixture(autouse=True)
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many questions are left is counted by trying them all, at each step; that has a test of its own."""
    monkeypatch.setattr(look_ahead, "_remaining", lambda *_: 1)


def _sit(source: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Go through the interview, answering from a finished file; return what was answered and what was asked."""
    connection = source["connections"][0]
    volunteered = {
        k: connection[k]
        for k in ("name", "prefer", "network", "owner_account", "api_domain", "aws_service")
        if k in connection
    }
    if connection.get("service") != "other" and "direct_reason" in connection:
        volunteered["direct_reason"] = connection["direct_reason"]
        if "blocker" in connection:
            volunteered["blocker"] = connection["blocker"]
    gateway = {
        k: source["gateway"][k] for k in ("name", "region", "environment", "exists", "id") if k in source["gateway"]
    }
    data: dict[str, Any] = {"version": 1, "gateway": gateway, "connections": [volunteered]}
    asked: list[str] = []
    for _ in range(40):
        state = interview.state(Case(data))
        if state.asked is None:
            return data, asked
        question = state.asked
        assert question.key not in asked, f"{question.key} is asked twice"
        asked.append(question.key)
        value = lookup(source if question.scope in ("gateway", "agent") else connection, question.question.id)
        if value is None:
            value = question.default if question.default is not None else _any(question)
        assert gate.check_value(question.question, value) is None, (question.key, value)
        data = store.put(data, question.key, value)
    raise AssertionError(f"the interview does not end: {asked}")


def _any(question: interview.Asked) -> Any:
    kind = question.question.type
    if kind == "choice":
        return next(c.value for c in question.choices if c.unavailable is None)
    return {"boolean": False, "list": [], "integer": 1}.get(kind, "app")


def _verdict(data: dict[str, Any]) -> Any:
    case = Case(data)
    agent, gateway = agent_facts(case, asking=False), gateway_facts(case, asking=False)
    return decide(connection_facts(case, 0, agent, gateway, asking=False))


@pytest.mark.parametrize("part", range(PARTS))
def test_the_interview_leads_where_the_file_leads(part: int) -> None:
    for source in DOCUMENTS[part::PARTS]:
        data, asked = _sit(source)
        assert len(asked) <= 14
        assert _verdict(data).decision == _verdict(source).decision, source


def test_every_question_that_is_asked_for_can_come_up() -> None:
    """No question is dead: each one that is not volunteered is asked somewhere in the space."""
    asked = {key.split(".", 2)[2] if key.startswith("connections.") else key for d in DOCUMENTS for key in _sit(d)[1]}
    expected = {q.id for q in questions().values() if q.ask != "volunteer"}
    # the gateways of the space name their clients, so that nothing else is asked of them; its keys go into x-api-key
    # asked for once another is volunteered: a token endpoint, a VPC; the network, of a private address
    only_after = {"network", "oauth.issuer", "oauth.authorization_endpoint", "gateway.private_endpoint.subnets"}
    assert expected - asked == {"gateway.allowed_audience", "gateway.allowed_scopes", "api_key.location", *only_after}


def test_the_number_of_questions_left_is_never_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for source in DOCUMENTS[::97]:
        promised: list[int] = []
        real = interview.state

        def watch(case: Case, real: Any = real, promised: list[int] = promised) -> Any:
            state = real(case)
            if state.asked is not None:
                promised.append(look_ahead.progress(case, state).remaining_at_most)
            return state

        monkeypatch.setattr(interview, "state", watch)
        _, asked = _sit(source)
        monkeypatch.undo()
        for number, at_most in enumerate(promised):
            assert at_most >= len(asked) - number, (asked, promised)


def test_what_is_said_to_come_is_asked_as_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question under `also` is asked later in every interview, with the same choices and default."""
    kept = 0
    for source in DOCUMENTS[::23]:
        steps: list[tuple[interview.Asked, tuple[interview.Asked, ...]]] = []
        real = interview.state

        def watch(case: Case, real: Any = real, steps: list[Any] = steps) -> Any:
            state = real(case)
            if state.asked is not None:
                steps.append((state.asked, look_ahead.ahead(case, state)))
            return state

        monkeypatch.setattr(interview, "state", watch)
        _sit(source)
        monkeypatch.undo()
        asked = {one.key: one.as_dict() for one, _ in steps}
        for number, (_, promised) in enumerate(steps):
            later = [one.key for one, _ in steps[number + 1 :]]
            for one in promised:
                assert one.key in later, (one.key, later, source)
                assert one.as_dict() == asked[one.key], source
                kept += 1
    assert kept > 200


def test_what_comes_is_about_the_connection_that_is_asked_about() -> None:
    """A connection that was begun after it changes nothing."""
    begun = {"direction": "agent-calls-service", "service": "lambda"}

    def comes(*connections: dict[str, str]) -> list[str]:
        case = Case({"version": 1, "connections": list(connections)})
        return [one.key for one in look_ahead.ahead(case, interview.state(case))]

    assert comes(begun)
    assert comes(begun, {"service": "mcp-server"}) == comes(begun)


def test_many_connections_without_a_name_are_named_at_once() -> None:
    connections = [{"service": "mcp-server"}] * 40
    case = Case({"version": 1, "connections": connections})
    agent, gateway = agent_facts(case, asking=True), gateway_facts(case, asking=True)
    named = connection_facts(case, len(connections) - 1, agent, gateway, asking=True)
    assert named.name == "mcp-server-40"
