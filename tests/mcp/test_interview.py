"""The interview over MCP: in the client's forms, accepted, declined and cancelled; without forms; by both protocols."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mcp.conftest import Talk, data, said, tool

MODES = ("auto", "legacy")
ENDPOINT = "https://mcp.example.com/mcp"
IDP = "https://idp.example.com/.well-known/openid-configuration"
PERSON = {"What is its address?": ENDPOINT, "How does the service authenticate callers?": "api-key"}
LONG = {
    "What does the agent call?": "mcp-server",
    "What is its address?": ENDPOINT,
    "How does the service authenticate callers?": "oauth-authorization-code",
    "Who may call the gateway?": "custom-jwt",
    "What is the OIDC discovery URL of its identity provider?": IDP,
    "What is the client id?": "desk",
    "Where does the browser return to after consent?": "https://desk.example.com/back",
    "What is the OIDC discovery URL of your identity provider?": IDP,
    "Which client ids may call?": "desk, other",
}


def by_key(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """A person who knows these answers and takes defaults for the rest."""
    return [{"accept_by_key": answers}]


@pytest.mark.parametrize("mode", MODES)
def test_accepted_forms_lead_to_done_in_one_call(talk: Talk, mode: str) -> None:
    found = talk(tool("next_question", kind="mcp"), mode=mode, forms=by_key(PERSON), wire=True)
    result = data(found["results"][0])
    assert (result["status"], result["person"]) == ("done", "answered")
    assert result["answers"]["connections"][0]["endpoint"] == ENDPOINT
    titles = [form["schema"]["properties"]["answer"]["title"] for form in found["forms"]]
    assert titles[:2] == list(PERSON)
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("mode", MODES)
def test_forms_and_the_command_line_make_the_same_answers(talk: Talk, mode: str, project: Path) -> None:
    result = data(talk(tool("next_question", kind="mcp"), mode=mode, forms=by_key(PERSON))["results"][0])
    words = [
        "next",
        "mcp",
        "-a",
        "answers.json",
        "--answer",
        f"endpoint={ENDPOINT}",
        "--answer",
        "service_auth=api-key",
    ]
    words += ["--answer", "api_key.parameter=x-api-key", "--answer", "gateway.inbound_auth=aws-iam"]
    words += ["--answer", "agent.framework=mcp"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "agentcore_connect", *words], cwd=project, capture_output=True, text=True
    )
    line = json.loads(done.stdout)
    assert (line["status"], line["summary"]) == (result["status"], result["summary"])
    written = subprocess.run(
        [sys.executable, "-P", "-m", "agentcore_connect", "plan", "answers.json", "--format", "json"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    (plan,) = talk(tool("plan", answers=result["answers"]))["results"]
    assert data(plan)["plan"] == json.loads(written.stdout)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("forms", "person", "shown"),
    [
        ([{"decline": True}], "declined", 1),
        ([{"cancel": True}], "cancelled", 1),
        ([{"accept": ENDPOINT}, {"decline": True}], "declined", 2),
        ([{"accept": ENDPOINT}, {"cancel": True}], "cancelled", 2),
        ([{"accept": "http://no.example.com"}], "refused", 3),
        ([{"bare": True}], "refused", 3),
        ([{"accept": "http://no.example.com"}, {"accept": ENDPOINT}, {"cancel": True}], "cancelled", 3),
    ],
)
def test_what_is_not_accepted_leads_back_to_the_question(
    talk: Talk, mode: str, forms: list[dict[str, Any]], person: str, shown: int
) -> None:
    found = talk(tool("next_question", kind="mcp"), mode=mode, forms=forms)
    result = data(found["results"][0])
    assert (result["status"], result["person"], len(found["forms"])) == ("question", person, shown)
    answered = {"accept": ENDPOINT} in forms
    assert result["id"] == ("service_auth" if answered else "endpoint")
    assert ("endpoint" in result["answers"]["connections"][0]) is answered, "what was answered is not lost"
    wanted = {"declined": "Ask the person this question yourself", "cancelled": "has stopped", "refused": "refused"}
    assert wanted[person] in result["notes"][0]


@pytest.mark.parametrize("mode", MODES)
def test_a_declined_question_goes_on_as_plain_json(talk: Talk, mode: str) -> None:
    first = data(talk(tool("next_question", kind="mcp"), mode=mode, forms=[{"decline": True}])["results"][0])
    call = tool("next_question", answers=first["answers"], answer={first["key"]: ENDPOINT}, ask_person=False)
    found = talk(call, mode=mode, forms=[{"decline": True}])
    assert found["forms"] == []
    assert data(found["results"][0])["id"] == "service_auth"


@pytest.mark.parametrize("mode", MODES)
def test_a_client_without_forms_is_told_the_question(talk: Talk, mode: str) -> None:
    result = data(talk(tool("next_question", kind="mcp"), mode=mode, wire=True)["results"][0])
    assert (result["status"], result["id"], result["key"]) == ("question", "endpoint", "connections.0.endpoint")
    assert "person" not in result


def test_step_by_step_without_forms_it_says_what_next_says(talk: Talk, project: Path) -> None:
    answers: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for _ in range(12):
        step = data(talk(tool("next_question", kind="mcp", answers=answers, answer=given))["results"][0])
        words = ["next", "mcp", "-a", "answers.yaml", *(w for k, v in given.items() for w in ("--answer", f"{k}={v}"))]
        done = subprocess.run(
            [sys.executable, "-P", "-m", "agentcore_connect", *words], cwd=project, capture_output=True, text=True
        )
        line = json.loads(done.stdout)
        shared = set(line) & set(step)
        assert set(line) - set(step) <= {"plan"}, (line, step)
        assert {key: line[key] for key in shared} == {key: step[key] for key in shared}
        if step["status"] == "done":
            return
        answers, title = step["answers"], step["text"]
        given = {step["key"]: PERSON.get(title, step.get("default"))}
    raise AssertionError("it does not end")


@pytest.mark.parametrize("mode", MODES)
def test_a_long_interview_goes_on_in_a_second_call_where_clients_set_a_limit(talk: Talk, mode: str) -> None:
    found = talk(tool("next_question"), mode=mode, forms=by_key(LONG), wire=True)
    result = data(found["results"][0])
    if mode == "auto":  # clients go along with ten returns for input in a call
        assert found["protocol"] == "2026-07-28"
        assert (result["status"], result["person"], len(found["forms"])) == ("question", "answered", 9)
        assert "call again with these answers" in result["notes"][0]
        result = data(
            talk(tool("next_question", answers=result["answers"]), mode=mode, forms=by_key(LONG))["results"][0]
        )
    assert result["status"] == "done"
    assert result["answers"]["gateway"]["allowed_clients"] == ["desk", "other"]


@pytest.mark.parametrize("mode", MODES)
def test_forms_hold_to_the_specification(talk: Talk, mode: str) -> None:
    """A flat object; strings, booleans, titled choices; nothing that cannot be chosen; no question for a secret."""
    for form in talk(tool("next_question"), mode=mode, forms=by_key(LONG))["forms"]:
        schema = form["schema"]
        assert set(schema) == {"type", "properties", "required"}
        (field,) = schema["properties"].values()
        assert field["type"] in ("string", "boolean", "integer")
        for choice in field.get("oneOf", ()):
            assert set(choice) == {"const", "title"}
        if field["title"].startswith("How does the service want"):
            assert "caller-iam" not in [one["const"] for one in field["oneOf"]]
            assert "not possible here" in form["message"]
        if "default" in field and "oneOf" in field:
            assert field["default"] in [one["const"] for one in field["oneOf"]]


def test_older_protocols_get_older_choices() -> None:
    from agentcore_connect.collect.inputs import gather
    from agentcore_connect.interview.walk import state
    from agentcore_connect.mcp import forms
    from agentcore_connect.text.document import Document

    asked = state(gather(Document({"version": 1})).case).asked
    assert asked is not None
    for version, keys in (("2025-06-18", {"enum", "enumNames"}), ("2025-11-25", {"oneOf"})):
        schema = forms.schema(asked, version)
        assert schema is not None
        assert keys <= set(schema["properties"]["answer"])


def test_a_state_that_was_not_sealed_by_this_server_is_refused(talk: Talk) -> None:
    forged = json.dumps({"answers": {"version": 1}, "key": "x", "shown": 0, "said": None, "tries": 0})
    (result,) = talk({"tool": "next_question", "arguments": {"kind": "mcp"}, "state": forged}, forms=by_key(PERSON))[
        "results"
    ]
    assert result["error"]["code"] == -32602
    assert "requestState" in result["error"]["message"]


def test_a_refused_answer_is_told_with_the_question(talk: Talk) -> None:
    (result,) = talk(tool("next_question", kind="mcp", answer={"endpoint": "http://x"}))["results"]
    found = data(result)
    assert (found["status"], found["id"]) == ("invalid", "endpoint")
    assert "https://" in found["message"]
    assert found["question"]["key"] == "connections.0.endpoint"
    assert "endpoint" not in found["answers"]["connections"][0]


def test_an_answer_is_taken_back(talk: Talk) -> None:
    first = data(talk(tool("next_question", kind="mcp", answer={"endpoint": ENDPOINT}))["results"][0])
    again = data(talk(tool("next_question", answers=first["answers"], forget=["endpoint"]))["results"][0])
    assert again["id"] == "endpoint"


def test_a_document_that_is_not_there_is_not_recorded(talk: Talk) -> None:
    (result,) = talk(tool("next_question", kind="openapi", answer={"schema": "nothing.json"}))["results"]
    found = data(result)
    assert found["status"] == "invalid"
    assert "does not exist" in found["message"]
    assert "schema" not in found["answers"]["connections"][0]


def test_bad_answers_to_begin_with_are_an_error(talk: Talk) -> None:
    (result,) = talk(tool("next_question", answers={"connections": [{"service": "soap"}]}))["results"]
    assert "service has no such value" in said(result)
