"""Not knowing an answer, and having it looked up: the same in the session, `next` and the MCP server's forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.app.session import LOOK_UP, UNKNOWN, Session, is_word
from agentcore_connect.app.step import step
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.mcp import forms
from agentcore_connect.text.document import Document
from tests.sim.gateway import GatewaySim

MCP = {"direction": "agent-calls-service", "service": "mcp-server", "endpoint": "https://mcp.example.com/mcp"}
KEY = "connections.0.oauth.discovery_url"


def session(**connection: Any) -> Session:
    return Session(Document({"version": 1, "connections": [{**MCP, **connection}]}, {}, "answers"))


def test_a_gap_has_a_name_and_closes_with_an_answer() -> None:
    made = session(service_auth="oauth-client-credentials")
    assert made.position().asked is not None and made.position().asked.key == KEY  # type: ignore[union-attr]
    made.pass_over("oauth.discovery_url")
    assert made.data["unknown"] == [KEY]
    assert step(made)["gaps"][0]["key"] == KEY
    made.answer(KEY, "https://idp.example.com/.well-known/openid-configuration")
    assert "unknown" not in made.data and "gaps" not in step(made)


def test_forgetting_a_gap_asks_again() -> None:
    made = session(service_auth="oauth-client-credentials")
    made.pass_over(KEY)
    made.forget(KEY)
    assert "unknown" not in made.data
    assert made.position().asked is not None and made.position().asked.key == KEY  # type: ignore[union-attr]


def test_a_default_stands_in_for_what_is_not_known() -> None:
    made = session(service_auth="none")
    asked = made.position().asked
    assert asked is not None and asked.key == "gateway.inbound_auth"
    made.pass_over(asked.key)
    assert made.data["gateway"]["inbound_auth"] == "aws-iam" and "unknown" not in made.data


def test_the_end_with_gaps_names_them_and_plan_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"version": 1, "connections": [MCP]}))
    assert main(["next", "-a", str(path), "--unknown", "service_auth"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == "done" and "connections.0.service_auth" in said["summary"]
    assert main(["plan", str(path)]) == 3
    told = capsys.readouterr().err
    assert "service_auth is missing" in told and "401" in told and "--look-up service_auth" in told


def test_next_looks_up_and_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"version": 1, "connections": [MCP]}))
    with GatewaySim("none") as sim:
        assert main(["next", "-a", str(path), "--look-up", f"service_auth={sim.url}"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["looked_up"][0]["source"] == sim.url
    assert said["looked_up"][0]["answers"]["connections.0.service_auth"] == "none"
    assert json.loads(path.read_text())["connections"][0]["service_auth"] == "none"


def test_nothing_is_asked_without_the_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.json"
    with GatewaySim("none") as sim:
        path.write_text(json.dumps({"version": 1, "connections": [MCP]}))
        assert main(["next", "-a", str(path)]) == 0
        assert sim.requests == []
    assert json.loads(capsys.readouterr().out)["look_up"] == "server"


def test_an_answer_that_was_given_stays() -> None:
    made = session(tool_count=3)
    with GatewaySim("none") as sim:
        found = made.look_up("service_auth", sim.url)
    assert made.data["connections"][0]["tool_count"] == 3
    assert "connections.0.tool_count" not in found.answers


@pytest.mark.parametrize(
    ("auth", "reply", "word"),
    [
        (None, UNKNOWN, True),
        (None, LOOK_UP, True),
        (None, f"{LOOK_UP} https://x.example.com", True),
        (None, "none", False),
        (None, f"{LOOK_UP}s", False),
        ("none", UNKNOWN, False),  # who may call the gateway has a default
    ],
)
def test_the_two_words(auth: str | None, reply: str, word: bool) -> None:
    made = session(**({"service_auth": auth} if auth else {}))
    assert is_word(made.position().asked, reply) is word


def test_a_person_in_a_form_can_say_so() -> None:
    made = session()
    asked = made.position().asked
    assert asked is not None
    ways = [one["const"] for one in forms.schema(asked, "2025-11-25")["properties"]["answer"]["oneOf"]]  # type: ignore[index]
    assert ways[-2:] == [LOOK_UP, UNKNOWN]
    made.take(asked.key, UNKNOWN)
    assert made.data["unknown"] == [asked.key]
    with pytest.raises(ConnectError):
        session().take(asked.key, f"{LOOK_UP} http://10.0.0.1/mcp")
