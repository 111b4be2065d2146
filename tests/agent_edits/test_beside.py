"""A new agent beside the old one: offered where the edit is by hand, and the old agent goes last."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.text.document import parse
from tests.agent_edits.patched import WEATHER, project
from tests.agent_edits.refused import TWO


def plan_of(root: Path, state: str, framework: str = "strands", via: str = "cli") -> Plan:
    project(root, {"main.py": TWO})
    answers = (
        f"version: 1\nproject: {root}\nagent: {{framework: {framework}, state: {state}, language: python}}\n"
        f"gateway: {{name: MyGateway, inbound_auth: aws-iam, region: us-east-1}}\nconnections:{WEATHER}\n"
    )
    return build(gather(load.checked(parse(answers, str(root / "answers.yaml"))), via=via))


@pytest.mark.parametrize(
    ("framework", "via", "offered"),
    [("strands", "cli", True), ("llamaindex", "cli", False), ("strands", "boto3", False)],
)
def test_it_is_offered_where_the_cli_has_a_template(framework: str, via: str, offered: bool, tmp_path: Path) -> None:
    steps = [one for one in plan_of(tmp_path, "existing", framework, via).steps if one["id"] == "connect-agent"]
    assert [one["kind"] for one in steps] == ["manual"]
    assert ("set agent.state to new" in steps[0]["text"]) == offered


def test_the_gateway_comes_first_and_the_old_agent_goes_last(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "new")
    ids = [one["id"] for one in plan.steps]
    assert ids.index("add-gateway") < ids.index("add-target-Weather") < ids.index("add-agent")
    assert ids[-1] == "move-agent"
    assert "`agentcore remove agent --name Shop`" in plan.steps[-1]["text"]
    assert "app/MyAgent" in plan.steps[-1]["text"]
