"""The gateway's client is in the agent's language, or the plan says what to send instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plan.cases import Situation, built

JWT = "custom-jwt, discovery_url: 'https://idp.example.com/.well-known/openid-configuration', allowed_clients: [app]"
STEPS = ("streamable HTTP", "nextCursor", "AGENTCORE_GATEWAY_AGENTGATEWAY_URL")
SIGN_IN = {"none": (), "aws-iam": ("SigV4", "service bedrock-agentcore"), JWT: ("Authorization: Bearer", "exp")}


def planned(
    folder: Path, agent: str, inbound: str = "aws-iam", connection: str = ""
) -> tuple[set[str], dict[str, str]]:
    """The files of a plan with such an agent, and its warnings by rule."""
    text = (
        f"version: 1\nagent: {{{agent}}}\ngateway: {{environment: development, inbound_auth: {inbound}}}\nconnections:\n"
        f"  - {{name: W, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none{connection}}}\n"
    )
    plan = built(Situation(text, {}, ()), folder).as_dict()
    told = [*plan["warnings"], *plan["connections"][0]["warnings"]]
    return {one["path"] for one in plan["artifacts"]}, {one["rule"]: one["text"] for one in told}


def test_python_is_the_default(tmp_path: Path) -> None:
    files, warnings = planned(tmp_path, "framework: strands")
    assert "gateway_client.py" in files
    assert not [rule for rule in warnings if rule.startswith("advice.client-by-hand")]


@pytest.mark.parametrize("inbound", SIGN_IN)
@pytest.mark.parametrize("language", ["java", "other"])
def test_without_a_client_the_plan_says_what_to_send(tmp_path: Path, language: str, inbound: str) -> None:
    files, warnings = planned(tmp_path, f"framework: mcp, language: {language}", inbound)
    assert not [name for name in files if name.startswith("gateway_client")]
    said = " ".join(text for rule, text in warnings.items() if rule.startswith("advice.client-by-hand"))
    for words in (*STEPS, *SIGN_IN[inbound]):
        assert words in said, words
    others = {word for key, words in SIGN_IN.items() if key != inbound for word in words}
    assert not [word for word in others if word in said]


def test_a_direct_call_says_that_its_file_is_python(tmp_path: Path) -> None:
    rule = "advice.python-beside-other-language"
    assert rule in planned(tmp_path, "framework: mcp, language: java", connection=", direct_reason: latency")[1]
    assert rule not in planned(tmp_path, "framework: mcp", connection=", direct_reason: latency")[1]


def test_a_new_agent_in_another_language_is_made_by_hand(tmp_path: Path) -> None:
    text = planned(tmp_path, "framework: strands, language: java, state: new")[1]["advice.new-agent-by-hand"]
    assert "strands in java" in text
    assert "advice.new-agent-by-hand" not in planned(tmp_path, "framework: strands, state: new")[1]
