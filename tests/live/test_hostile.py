"""What answers in a gateway's place and is none, or is hostile: no traceback, no secret, nothing sent elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.live.find import Gateway
from agentcore_connect.live.prove import Step, Trial
from agentcore_connect.live.token import refusals
from tests.live.helpers import TOOL, Answering, result, token
from tests.sim.gateway import GatewaySim
from tests.sim.http import Reply

SECRET = "opaque-0815-of-this-test"
ESCAPES = "\x1b[2J\x1b]0;mine\x07"


def steps(sim: GatewaySim, *, given: str | None = SECRET, told: str | None = "custom-jwt") -> dict[str, Step]:
    """The steps of a trial with a token."""
    gateway = Gateway(sim.url, inbound_auth=told, token_variable="TOKEN")
    env = {"TOKEN": given} if given else {}
    made = Trial(gateway, env, tool=TOOL, arguments={}, now=datetime.now(UTC))
    return {step.name: step for step in made.steps()}


@pytest.mark.parametrize(
    "answer",
    [
        {"content": 5},
        {"content": [{"type": "text", "text": None}]},
        {"content": [{"type": "text", "text": 5}, "words"]},
        {"content": None, "isError": True},
        {"content": [{"text": "\ud800"}]},
        {"content": [{"text": ESCAPES}]},
    ],
)
def test_an_answer_of_any_shape_is_told_in_words(answer: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with Answering("tools/call", result(answer)) as sim:
        status = main(["test", "--gateway-url", sim.url, "--tool", TOOL])
    said = capsys.readouterr().out
    assert (status, "call-tool" in said) == (1 if answer.get("isError") else 0, True)
    assert all(char.isprintable() or char == "\n" for char in said)


@pytest.mark.parametrize("found", [[], "words", {"tools": 5}, {"tools": None}, None])
def test_a_search_without_a_list_is_a_failed_step(found: Any) -> None:
    with Answering("tools/call", result({"content": [], "structuredContent": found}), search=True) as sim:
        step = steps(sim, told="none")["search"]
    assert (step.status, step.said) == ("failed", "the answer to the search holds no list of tools")


@pytest.mark.parametrize("words", [f"bad token {SECRET}", f"{'x' * 290} {SECRET}", f"{ESCAPES}{SECRET}"])
@pytest.mark.parametrize(
    ("method", "form"),
    [
        ("initialize", lambda words: Reply(401, {"message": words})),
        ("initialize", lambda words: Reply(500, {"message": words})),
        ("tools/list", lambda words: Reply(200, {"jsonrpc": "2.0", "id": None, "error": {"message": words}})),
        ("tools/list", lambda words: result({"tools": [{"name": words, "inputSchema": {"type": "object"}}]})),
        ("tools/call", lambda words: result({"isError": True, "content": [{"type": "text", "text": words}]})),
        ("tools/call", lambda words: result({"content": [{"type": "text", "text": words}]})),
    ],
)
def test_a_token_that_comes_back_is_not_shown(method: str, form: Any, words: str) -> None:
    with Answering(method, form(words)) as sim:
        told = repr([(one.said, one.causes) for one in steps(sim).values()])
    assert not any(SECRET[:length] in told for length in range(12, len(SECRET) + 1))
    assert "\x1b" not in told


def test_names_of_tools_are_shown_short() -> None:
    many = result({"tools": [{"name": "t" * 100_000, "inputSchema": {"type": "object"}}]})
    with Answering("tools/list", many) as sim:
        assert len(steps(sim)["list-tools"].said) < 200


@pytest.mark.parametrize("method", ["initialize", "tools/call"])
def test_a_redirect_takes_nothing_elsewhere(method: str) -> None:
    with GatewaySim("none") as other, Answering(method, Reply(307, None, {"Location": other.url})) as sim:
        found = steps(sim)
        assert other.requests == []
    step = found["initialize" if method == "initialize" else "call-tool"]
    assert (step.status, "redirects" in step.said) == ("failed", True)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(500, {"message": "oops"}), "HTTP 500: oops"),
        (Reply(200, {"hello": "world"}), "is not MCP"),
    ],
)
def test_what_is_not_known_to_be_open_is_not_called_open(reply: Reply, words: str) -> None:
    with Answering("initialize", reply) as sim:
        step = steps(sim, told=None)["authorize"]
    assert (step.status, words in step.said) == ("failed", True)


@pytest.mark.parametrize("given", [f"Bearer {SECRET}", f"{SECRET}\n{SECRET}", f"{SECRET}ü"])
def test_a_token_that_no_header_can_hold_is_named_as_such(given: str) -> None:
    with GatewaySim("none") as sim:
        step = steps(sim, given=given)["authorize"]
        assert sim.requests == []
    assert (step.status, "no bearer token has" in step.said) == ("failed", True)
    assert SECRET not in repr(step)


def test_a_version_that_no_header_can_hold_is_not_repeated() -> None:
    opened = {"protocolVersion": "2025\r\nX-Mine: 1", "capabilities": {}, "serverInfo": {"name": "x", "version": "1"}}
    with Answering("initialize", result(opened)) as sim:
        assert steps(sim)["list-tools"].status == "passed"


@pytest.mark.parametrize("end", [-1e20, -(10**30), float("-inf")])
def test_an_end_before_all_calendars_is_an_end(end: float) -> None:
    told = list(refusals(token(exp=end), Gateway("https://x.example.com/mcp"), datetime.now(UTC)))
    assert told[0] == "The token ended. Fetch a new one."


@pytest.mark.parametrize("config", ["[profile a]\nregion = us-east-1\n", "no config at all\n"])
def test_a_profile_that_is_not_there_is_a_failed_step(
    config: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "mistyped")
    with GatewaySim("aws-iam") as sim:
        step = steps(sim, told="aws-iam")["authorize"]
    assert (step.status, "cannot be used" in step.said) == ("failed", True)
    assert "AWS_PROFILE" in step.causes[0].text


@pytest.mark.parametrize(
    "argv",
    [
        ["--gateway-url", "https://a.example.com/#secret"],
        ["--gateway-url", "http://127.0.0.1:9/\x1b[31m"],
        ["--gateway-url", "https://a.example.com/mcp", "--arguments", '{"a": NaN}'],
        ["--gateway-url", "https://a.example.com/mcp", "--gateway", "Shop"],
    ],
)
def test_what_would_be_ignored_or_printed_raw_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", *argv]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_a_named_variable_is_used(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with GatewaySim("custom-jwt") as sim:
        monkeypatch.setenv("MINE", sim.tokens.issue())
        assert main(["test", "--gateway-url", sim.url, "--bearer-env", "MINE", "--json"]) == 0
        assert 401 not in sim.statuses
    assert json.loads(capsys.readouterr().out)["steps"][0]["said"] == "the bearer token in MINE"
