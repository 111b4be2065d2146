"""An agent with two gateways: what their plans share, and what would clash."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.resources import load_manifest
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import render_plan
from tests.agent_edits.code import FRAMEWORKS, agent_code
from tests.agent_edits.patched import CODE, apply, planned, project

EDITED = [name for name in FRAMEWORKS if "agent" in load_manifest(f"client-{name}")]

JWT = "discovery_url: 'https://idp.example.com/.well-known/openid-configuration', allowed_audience: [shop]"


def client(folder: Path, gateway: str) -> str:
    """The text of the client that the plan for a gateway has."""
    path = folder / f"{gateway}.yaml"
    path.write_text(
        f"version: 1\nagent: {{framework: mcp}}\ngateway: {{name: {gateway}, inbound_auth: custom-jwt, {JWT}}}\n"
        "connections:\n- {name: Shop, service: mcp-server, endpoint: 'https://mcp.example.com/mcp', service_auth: none}\n"
    )
    gathered = gather(load.load(path))
    _, files = render_plan(build(gathered), gathered, folder / "connect")
    return files["gateway_client.py"][0]


def test_the_clients_of_two_gateways_share_a_file_name_and_no_variable(tmp_path: Path) -> None:
    texts = {one: client(tmp_path, one) for one in ("support", "sales")}
    named = {one: set(re.findall(r"AGENTCORE_\w+", text)) for one, text in texts.items()}
    assert all(named.values())
    assert not named["support"] & named["sales"]


def test_a_renamed_client_is_one_of_its_own(tmp_path: Path) -> None:
    pytest.importorskip("mcp")
    found: dict[str, dict[str, Any]] = {}
    for one in ("support", "sales"):
        path = tmp_path / f"{one}_client.py"
        path.write_text(client(tmp_path, one))
        found[one] = runpy.run_path(str(path), run_name=path.stem)
    assert [found[one]["GATEWAY"] for one in found] == ["support", "sales"]


@pytest.mark.parametrize("framework", EDITED)
def test_a_second_gateway_gets_names_of_its_own(framework: str, tmp_path: Path) -> None:
    root = project(tmp_path, {"main.py": agent_code(framework, "module")})
    for gateway in ("MyGateway", "Sales"):
        _, files = planned(root, framework, gateway=gateway)
        apply(files["agent.patch"], root)
    after = (root / CODE / "main.py").read_text()
    ast.parse(after)
    known = load_manifest(f"client-{framework}")["agent"]
    assert f"*sales_{known['gives']}, *{known['gives']}" in after
    assert "opens" not in known or re.search(
        r"@sales_with_gateway\n@with_gateway\n|@with_gateway\n@sales_with_gateway\n", after
    )
    assert 'GATEWAY = "Sales"' in (root / CODE / "gateway_client_sales.py").read_text()
    for gateway in ("MyGateway", "Sales"):
        again, _ = planned(root, framework, gateway=gateway)
        assert again.context["agent_edit"]["state"] == "connected"
