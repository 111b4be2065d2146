"""A gateway tried from end to end: each inbound auth, each step, and the cause where a step fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.live.find import Gateway
from agentcore_connect.live.prove import STEPS, Step, Trial
from tests.live.helpers import TOOL, Answering, result
from tests.sim.gateway import GatewaySim
from tests.sim.http import Reply
from tests.sim.identity import IdentitySim

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION")


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


def trial(
    sim: GatewaySim, env: Mapping[str, str], *, tool: str | None = None, told: bool = True, **about: Any
) -> dict[str, Step]:
    """The steps of a trial by their names."""
    gateway = Gateway(sim.url, inbound_auth=sim.auth if told else None, token_variable="TOKEN", **about)
    made = Trial(gateway, env, tool=tool, arguments={"text": "hi"}, now=datetime.now(UTC))
    return {step.name: step for step in made.steps()}


def environment(sim: GatewaySim, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What an agent's environment has for this gateway."""
    for name, value in sim.keys.current.environment().items():
        monkeypatch.setenv(name, value)
    return {"TOKEN": sim.tokens.issue(), "AWS_REGION": "us-east-1"}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("auth", ["none", "aws-iam", "custom-jwt"])
def test_every_step_passes(auth: str, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with GatewaySim(auth, search=True) as sim:
        steps = trial(sim, environment(sim, monkeypatch), tool=TOOL, told=told)
        assert {name: step.status for name, step in steps.items()} == dict.fromkeys(STEPS, "passed")
        assert "46 tools" in steps["list-tools"].said
        assert f"{TOOL} heard hi" in steps["call-tool"].said
        assert [name for name, _ in sim.calls] == ["x_amz_bedrock_agentcore_search", TOOL]
        assert sim.tokens.every[0] not in repr(steps)


def test_nothing_is_called_that_was_not_named() -> None:
    with GatewaySim("none") as sim:
        steps = trial(sim, {})
        assert (steps["search"].status, steps["call-tool"].status) == ("not-run", "not-run")
        assert "--tool" in steps["call-tool"].said
        assert sim.calls == []


def test_a_tool_by_half_its_name_is_not_called() -> None:
    with GatewaySim("none") as sim:
        step = trial(sim, {}, tool="tool-00")["call-tool"]
        assert step.status == "failed"
        assert TOOL in step.said
        assert sim.calls == []


def test_a_token_that_does_not_fit_is_explained() -> None:
    with GatewaySim("custom-jwt") as sim:
        token = "e30.eyJhdWQiOiAiZGVzayJ9.c2ln"
        step = trial(sim, {"TOKEN": token}, allowed_audience=("shop",))["initialize"]
        assert step.said == "HTTP 401: Invalid Bearer token"
        assert [cause.text for cause in step.causes] == [
            "The token's audience (aud) is desk, and the gateway wants one of shop."
        ]


@pytest.mark.parametrize(
    ("auth", "words"), [("custom-jwt", "TOKEN is not set"), ("aws-iam", "there are no AWS credentials here")]
)
def test_without_a_credential_nothing_is_sent(auth: str, words: str) -> None:
    with GatewaySim(auth) as sim:
        steps = trial(sim, {"AWS_REGION": "us-east-1"})
        assert words in steps["authorize"].said
        assert [step.status for step in steps.values()] == ["failed", *["not-run"] * 4]
        assert sim.requests == []


def test_a_wrong_key_names_the_credentials_and_the_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    with GatewaySim("aws-iam") as sim:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OTHER")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-0815")
        step = trial(sim, {"AWS_REGION": "us-east-1"})["initialize"]
        assert step.said.startswith("HTTP 403: ")
        assert [cause.id for cause in step.causes] == ["D16", "D13"]
        assert "wrong-0815" not in repr(step)


@pytest.mark.parametrize(
    ("method", "reply", "step", "said", "cause"),
    [
        ("initialize", Reply(429, {"message": "Too many requests"}), "initialize", "HTTP 429: Too many", "D17"),
        ("initialize", Reply(404, {"message": "Not Found"}), "initialize", "HTTP 404: Not Found", None),
        ("tools/list", result({"tools": []}), "list-tools", "lists no tools", None),
        ("tools/list", Reply(500, {"message": "oops"}), "list-tools", "HTTP 500: oops", None),
        (
            "tools/call",
            result({"isError": True, "content": [{"type": "text", "text": "the shop is closed"}]}),
            "call-tool",
            "the shop is closed",
            None,
        ),
    ],
)
def test_a_step_that_fails_says_what_came_back(
    method: str, reply: Reply, step: str, said: str, cause: str | None
) -> None:
    with Answering(method, reply) as sim:
        found = trial(sim, {}, tool=TOOL)[step]
        assert found.status == "failed"
        assert said in found.said
        assert cause is None or [one.id for one in found.causes] == [cause]


def test_a_gateway_that_is_not_there_is_a_plain_word() -> None:
    with GatewaySim("none") as sim:
        pass
    assert "connection refused" in trial(sim, {})["initialize"].said


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "name one gateway"),
        (["--gateway-url", "https://a.example.com/mcp", "--project", "."], "name one gateway"),
        (["--gateway-url", "http://a.example.com/mcp"], "not the URL of a gateway"),
        (["--gateway-url", "https://a.example.com/mcp", "--arguments", "[1]"], "not a JSON object"),
    ],
)
def test_bad_input_is_exit_2(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", *argv]) == 2
    assert words in capsys.readouterr().err


def test_the_command_prints_steps_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    with GatewaySim("none") as sim:
        assert main(["test", "--gateway-url", sim.url, "--tool", TOOL, "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert data["passed"] is True
        assert [one["step"] for one in data["steps"]] == list(STEPS)
        assert main(["test", "--gateway-url", sim.url, "--tool", "none"]) == 1
        out = capsys.readouterr().out
    assert "failed   call-tool" in out
    assert max(map(len, out.splitlines())) <= 80


def test_credentials_come_from_where_the_agent_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with GatewaySim("aws-iam") as sim, IdentitySim(sim.tokens, sim.keys) as identity:
        for name, value in identity.environment().items():
            monkeypatch.setenv(name, value)
        step = trial(sim, {"AWS_REGION": "us-east-1"})["authorize"]
        assert step.said == "signed (SigV4) by container-role, Region us-east-1"
