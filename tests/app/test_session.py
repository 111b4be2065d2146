"""The one session behind the wizard, `next` and the MCP server: each answer judged once, the reading shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect import interview
from agentcore_connect.__main__ import main
from agentcore_connect.answers import load
from agentcore_connect.app.session import Session
from agentcore_connect.app.step import refused, step
from agentcore_connect.collect import inputs as gathering
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text.document import Document

SPEC = {"openapi": "3.0.3", "info": {"title": "Orders", "version": "1"}, "paths": {}}


def _session(data: dict[str, Any], **options: Any) -> Session:
    return Session(load.checked(Document({"version": 1, **data}, {}, "answers")), where="answers", **options)


def _spec(folder: Path, name: str) -> str:
    document = {**SPEC, "servers": [{"url": "https://api.example.com"}]}
    document["paths"] = {"/orders": {"get": {"operationId": "list", "responses": {"200": {"description": "ok"}}}}}
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return str(folder / name)


def test_a_call_with_many_answers_counts_the_ways_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    counted: list[int] = []
    real = interview.progress
    monkeypatch.setattr(interview, "progress", lambda case, here: counted.append(1) or real(case, here))
    given = ["service_auth=none", "endpoint=https://mcp.example.com/mcp", "name=Orders"]
    words = [word for one in given for word in ("--answer", one)]
    assert main(["next", "mcp", "-a", str(tmp_path / "a.yaml"), *words]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "question"
    assert counted == [1]


def test_a_document_is_read_once_for_several_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = gathering._read
    monkeypatch.setattr(gathering, "_read", lambda c, n, *rest: read.append(n) or real(c, n, *rest))
    session = _session({"connections": [{"service": "openapi", "schema": _spec(tmp_path, "a.json")}, {}]})
    session.position()
    session.answer("gateway.name", "Orders")
    session.answer("connections.1.service", "mcp-server")
    session.position()
    assert read == [0, 1, 1]
    session.read_again()
    session.position()
    assert read == [0, 1, 1, 0, 1]


def test_a_refused_answer_changes_nothing(tmp_path: Path) -> None:
    session = _session({"connections": [{"service": "openapi"}]})
    before, asked = dict(session.data), session.position().asked
    for key, value in [("schema", str(tmp_path / "none.json")), ("service_auth", "magic"), ("colour", "red")]:
        with pytest.raises(ConnectError):
            session.answer(key, value)
    assert (session.data, session.position().asked) == (before, asked)


def test_an_answer_mends_an_earlier_one_that_cannot_be_read(tmp_path: Path) -> None:
    session = _session({"connections": [{"service": "openapi", "schema": str(tmp_path / "none.json")}]})
    with pytest.raises(ConnectError):
        session.position()
    session.answer("connections.0.schema", _spec(tmp_path, "there.json"))
    assert session.position().asked is not None


def test_a_refusal_names_its_question_and_shows_the_open_one() -> None:
    session = _session({"connections": [{"service": "mcp-server"}]})
    problem = session.problem("service_auth", "magic")
    assert problem is not None
    said = refused(session, problem, "service_auth")
    assert (said["status"], said["id"]) == ("invalid", "service_auth")
    assert said["question"]["id"] == step(session)["id"]
    assert refused(session, problem, "colour")["id"] is None


def test_answers_that_a_front_end_must_not_take_are_refused_before_they_count() -> None:
    def admit(data: Any) -> None:
        if (data.get("connections") or [{}])[0].get("name") == "Secret":
            raise ConnectError("outside", "not here")

    session = _session({"connections": [{"service": "mcp-server"}]}, admit=admit)
    with pytest.raises(ConnectError):
        session.answer("name", "Secret")
    assert "name" not in session.data["connections"][0]
