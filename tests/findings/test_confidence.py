"""A finding is an error only where it is certain; what leaves room for a harmless reading says so, or is not told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentcore_connect.findings import Finding, inspect_project
from agentcore_connect.project.reader import read_project, undeclared_project
from tests.findings.planted import CONFIG, MAIN, clean

POLICY = 'permit(principal, action == AgentCore::Action::"Made___search", resource is AgentCore::Gateway);'
STATE = "agentcore/.cli/deployed-state.json"
ENTRY = {"gatewayId": "g-aaaaaaaaaa", "gatewayArn": "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/g"}


def project_findings(root: Path) -> list[Finding]:
    project = read_project(root)
    assert project is not None
    return inspect_project(project)


def code_findings(root: Path, code: str) -> list[tuple[str, str]]:
    (root / "agent.py").write_text(code, encoding="utf-8")
    return [(one.id, one.where) for one in inspect_project(undeclared_project(root))]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, [("policy-unknown-tool", "error", "certain")]),
        ({"gateways": {"tools": ENTRY}}, [("policy-unknown-tool", "warning", "likely")]),
        ({"gateways": {"tools": ENTRY}, "policies": {"Guard/forecast": {"policyId": "p-1"}}}, []),
    ],
)
def test_a_policy_on_a_target_that_the_api_made(
    resources: dict[str, object], expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    files = clean()
    files.config["policyEngines"][0]["policies"][0]["statement"] = POLICY
    files.others[STATE] = json.dumps({"targets": {"default": {"resources": resources}}})
    found = project_findings(files.write(tmp_path))
    assert [(one.id, one.severity, one.confidence) for one in found] == expected


def test_a_secret_by_its_name_only_is_likely(tmp_path: Path) -> None:
    files = clean()
    key = "sk-proj-" + "a1B2c3D4" * 4
    files.others[MAIN] += f'\nKEY_TEXT = "{key}"\nDB_PASSWORD = "Sup3r-{"Secret"}-99"\n'
    found = project_findings(files.write(tmp_path))
    assert [(one.id, one.severity, one.confidence) for one in found] == [
        ("secret-in-code", "error", "certain"),
        ("secret-in-code", "warning", "likely"),
    ]


CALL = """\
import requests


def rates(token):
    headers = {header}
    return requests.get({url}, headers=headers)


def other(token):
    headers = {{"Authorization": token}}
    return headers
"""


def test_only_the_variables_of_the_same_function_count(tmp_path: Path) -> None:
    plain = '{"Accept": "application/json"}'
    key = '{"Authorization": token}'
    url = '"https://api.rates.example.com/v1"'
    assert code_findings(tmp_path, CALL.format(header=plain, url=url)) == []
    assert code_findings(tmp_path, CALL.format(header=key, url=url)) == [("direct-call", "agent.py:6")]


@pytest.mark.parametrize(
    "url",
    [
        'f"https://{host}/v1"',
        '"https://idp.example.com/oauth2/token"',
        'f"https://{name}.example.com/oauth2/token"',
        'f"https://sts.{region}.amazonaws.com/"',
    ],
)
def test_an_unknown_host_and_a_token_endpoint_are_no_service(url: str, tmp_path: Path) -> None:
    assert code_findings(tmp_path, CALL.format(header='{"Authorization": token}', url=url)) == []


def test_a_parameter_hides_a_constant_of_the_file(tmp_path: Path) -> None:
    code = 'import requests\n\nURL = "https://api.rates.example.com/v1"\n\n\ndef rates(URL, key):\n    return requests.get(URL, auth=key)\n'
    assert code_findings(tmp_path, code) == []
    assert code_findings(tmp_path, code.replace("(URL, key)", "(key)")) == [("direct-call", "agent.py:7")]


def test_findings_name_their_confidence_in_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from agentcore_connect.__main__ import main

    files = clean()
    files.others[MAIN] += f'\nDB_PASSWORD = "Sup3r-{"Secret"}-99"\n'
    main(["inspect", str(files.write(tmp_path))])
    assert "warning, likely: A secret in the agent's code (secret-in-code)" in capsys.readouterr().out
    assert (tmp_path / CONFIG).is_file()


RAW = """\
from strands import Agent


async def listed(session):
    tools = await session.list_tools()
    return tools


def agent({parameters}):
    return Agent(tools=tools)
"""


def test_raw_tools_of_another_function_are_not_given(tmp_path: Path) -> None:
    assert code_findings(tmp_path, RAW.format(parameters="tools")) == []
    given = RAW.format(parameters="").replace("    return tools\n", "    return Agent(tools=[*tools.tools])\n")
    assert code_findings(tmp_path, given) == [("client-raw-tools", "agent.py:6")]


def test_the_key_of_a_tool_belongs_there(tmp_path: Path) -> None:
    call = 'requests.get("https://api.rates.example.com/v1", headers={"Authorization": KEY})'
    script = f"import requests\n\n{call}\n"
    (tmp_path / "agent.py").write_text(script, encoding="utf-8")
    assert [(one.id, one.confidence) for one in inspect_project(undeclared_project(tmp_path))] == [
        ("direct-call", "likely")
    ]
    assert code_findings(tmp_path, f"import requests\n\n\ndef handler(event, context):\n    return {call}\n") == []
    assert code_findings(tmp_path, f"from mcp.server.fastmcp import FastMCP\n{script}") == []
