"""Direct calls from the agent's code: their functions get into the agent as the gateway's tools do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from agentcore_connect.knowledge.resources import load_manifest
from tests.agent_edits.code import FRAMEWORKS, agent_code
from tests.agent_edits.patched import CODE, FEED, ORDERS, WEATHER, apply, planned, project

LAMBDA = (
    "\n  - {name: Stock, service: lambda, service_auth: iam, direct_reason: latency, "
    "lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:stock'}"
)
EDITED = [name for name in FRAMEWORKS if "agent" in load_manifest(f"client-{name}")]


def made(root: Path, framework: str, shape: str, connections: str) -> tuple[str, dict[str, str]]:
    """The entry file after the patch, and the plan's files."""
    project(root, {"main.py": agent_code(framework, shape), "requirements.txt": "bedrock-agentcore\n"})
    plan, files = planned(root, framework, connections=connections)
    assert plan.context["agent_edit"]["state"] == "patch", plan.context["agent_edit"]["reason"]
    apply(files["agent.patch"], root)
    after = (root / CODE / "main.py").read_text()
    ast.parse(after)
    return after, files


@pytest.mark.parametrize("shape", ["entry-point", "module", "without"])
@pytest.mark.parametrize("framework", EDITED)
def test_functions_only(framework: str, shape: str, tmp_path: Path) -> None:
    after, files = made(tmp_path, framework, shape, ORDERS + LAMBDA)
    assert "from direct_orders import call_orders\nfrom direct_stock import invoke_stock\n" in after
    assert "gateway" not in after
    assert "@cache" not in after
    wraps = load_manifest(f"client-{framework}")["agent"].get("functions", {}).get("wraps", "{}")
    given = ", ".join(wraps.format(one) for one in ("call_orders", "invoke_stock"))
    assert re.search(rf"tools=\[{re.escape(given)}[,\]]", after), after
    for name in ("direct_orders.py", "direct_stock.py"):
        assert (tmp_path / CODE / name).read_text() == files[name]
    assert (tmp_path / CODE / "requirements.txt").read_text() == "bedrock-agentcore\nboto3>=1.35\n"
    again, _ = planned(tmp_path, framework, connections=ORDERS + LAMBDA)
    assert again.context["agent_edit"]["state"] == "connected"


@pytest.mark.parametrize("framework", EDITED)
def test_functions_beside_the_gateway(framework: str, tmp_path: Path) -> None:
    after, _ = made(tmp_path, framework, "module", WEATHER + ORDERS)
    known = load_manifest(f"client-{framework}")["agent"]
    assert f"*{known['gives']}" in after
    assert "call_orders" in after.partition("app = ")[2]
    assert "add_numbers" in after.partition("app = ")[2]


def test_the_head_of_a_file_names_its_packages(tmp_path: Path) -> None:
    _, files = made(tmp_path, "strands", "module", ORDERS + LAMBDA)
    assert files["direct_orders.py"].startswith('# Packages: pip install "bedrock-agentcore>=1.8"\n')
    assert files["direct_stock.py"].startswith('# Packages: pip install "boto3>=1.35"\n')


@pytest.mark.parametrize("connections", [WEATHER + FEED, FEED])
def test_a_tool_that_only_a_person_can_write(connections: str, tmp_path: Path) -> None:
    project(tmp_path, {"main.py": agent_code("strands", "module")})
    plan, files = planned(tmp_path, "strands", connections=connections)
    reason = "how the agent passes the stream on is your decision"
    edit = plan.context["agent_edit"]
    assert (edit["state"], edit["undecided"]) == (
        "patch" if WEATHER in connections else "lines",
        [f"direct_feed.py: {reason}"],
    )
    assert [one["rule"] for one in plan.warnings if reason in one["text"]] == ["advice.direct-tools-undecided"]
    assert "direct_feed" not in files.get("agent.patch", "")


def test_a_connection_that_is_added_later(tmp_path: Path) -> None:
    first, _ = made(tmp_path, "langgraph", "entry-point", WEATHER)
    plan, files = planned(tmp_path, "langgraph", connections=WEATHER + ORDERS)
    assert [one["path"] for one in plan.context["agent_edit"]["created"]] == [f"{CODE}/direct_orders.py"]
    apply(files["agent.patch"], tmp_path)
    after = (tmp_path / CODE / "main.py").read_text()
    assert after.replace("from direct_orders import call_orders\n", "").replace("call_orders, ", "") == first


def test_a_name_of_the_agents_own_is_no_tool_of_the_framework(tmp_path: Path) -> None:
    text = (
        agent_code("openai-agents", "module")
        .replace("function_tool", "tool")
        .replace("import Agent, Runner, tool", "import Agent, Runner")
    )
    project(tmp_path, {"main.py": "def function_tool(f, **_): ...\ndef tool(f): return f\n" + text})
    plan, _ = planned(tmp_path, "openai-agents", connections=ORDERS)
    assert "has a function_tool of its own" in plan.context["agent_edit"]["reason"]
    manual = next(one for one in plan.warnings if one["rule"] == "advice.functions-by-hand")
    assert "call_orders" in manual["text"]
