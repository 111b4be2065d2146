"""Findings in the code of agents: each mistake, and its twin that is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import undeclared_project

IDENTITY = (
    "from bedrock_agentcore.identity import requires_access_token, requires_api_key\nfrom strands import tool\n\n"
)
KEY = '@requires_api_key(provider_name="crm")\n'
TOKEN = '@requires_access_token(provider_name="x", scopes=[], auth_flow="M2M")\n'
TOOLKIT = "from bedrock_agentcore_starter_toolkit.operations.gateway.client import GatewayClient\n\nclient = GatewayClient(region_name='us-east-1')\n"
SDK = "from bedrock_agentcore.gateway import GatewayClient\n\nclient = GatewayClient(region_name='us-east-1')\n"


def found(root: Path, code: str, requirements: str = "") -> list[tuple[str, str, int]]:
    root.mkdir(exist_ok=True)
    (root / "agent.py").write_text(code, encoding="utf-8")
    (root / "requirements.txt").write_text(requirements, encoding="utf-8")
    findings = inspect_project(undeclared_project(root))
    return [(one.id, one.confidence, int(one.where.rpartition(":")[2])) for one in findings]


@pytest.mark.parametrize(
    ("wrong", "right", "expected", "line"),
    [
        (
            '@requires_api_key("crm")\ndef f(api_key): ...\n',
            f"{KEY}def f(api_key): ...\n",
            "identity-decorator-arguments",
            4,
        ),
        (
            "@requires_api_key\ndef f(api_key): ...\n",
            f"{KEY}def f(*, api_key): ...\n",
            "identity-decorator-arguments",
            4,
        ),
        (f"{KEY}def f(key): ...\n", f"{KEY}def f(**given): ...\n", "identity-decorator-arguments", 4),
        (
            f"{KEY}def f(api_key, token): ...\n".replace('"crm")', '"crm", into="key")'),
            f"{KEY}def f(key): ...\n".replace('"crm")', '"crm", into="key")'),
            "identity-decorator-arguments",
            4,
        ),
        (
            '@requires_access_token(provider_name="x", auth_flow="M2M")\nasync def f(access_token): ...\n',
            f"{TOKEN}async def f(access_token): ...\n",
            "identity-decorator-arguments",
            4,
        ),
        (
            f"{TOKEN}def f(access_token): ...\n".replace("M2M", "AUTHORIZATION_CODE"),
            f"{TOKEN}def f(access_token): ...\n".replace("M2M", "USER_FEDERATION"),
            "identity-auth-flow",
            4,
        ),
        (
            f'FLOW = "client_credentials"\n\n\n{TOKEN}def f(access_token): ...\n'.replace('"M2M"', "FLOW"),
            f'FLOW = "M2M"\n\n\n{TOKEN}def f(access_token): ...\n'.replace('"M2M"', "FLOW"),
            "identity-auth-flow",
            7,
        ),
        (
            f"@tool\n{KEY}def f(city: str, api_key: str) -> str: ...\n",
            f"{KEY}def _f(city: str, *, api_key: str) -> str: ...\n\n\n@tool\ndef f(city: str) -> str:\n    return _f(city)\n",
            "identity-decorator-on-tool",
            5,
        ),
        (
            f'{KEY}@tool(name="f")\ndef f(city: str, api_key: str) -> str: ...\n',
            f"@tool(inputSchema=SCHEMA)\n{KEY}def f(city: str, api_key: str) -> str: ...\n",
            "identity-decorator-on-tool",
            4,
        ),
    ],
)
def test_identity_decorators(wrong: str, right: str, expected: str, line: int, tmp_path: Path) -> None:
    assert found(tmp_path / "wrong", IDENTITY + wrong) == [(expected, "certain", line)]
    assert found(tmp_path / "right", IDENTITY + right) == []


def test_a_decorator_of_the_same_name_from_elsewhere(tmp_path: Path) -> None:
    code = 'from bedrock_agentcore.runtime import BedrockAgentCoreApp\nfrom mine import requires_api_key\n\n\n@requires_api_key("crm")\ndef f(x): ...\n'
    assert found(tmp_path, code) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (f"{TOOLKIT}client.setup_gateway()\n", f"{TOOLKIT}client.create_mcp_gateway()\n"),
        (
            f"{TOOLKIT}gateway = client.create_mcp_gateway()\nprint(gateway.get_mcp_url())\n",
            f"{TOOLKIT}gateway = client.create_mcp_gateway()\nprint(gateway['gatewayUrl'])\n",
        ),
        (f"{SDK}client.create_mcp_gateway()\n", f"{SDK}client.create_gateway(name='g')\n"),
        (
            f"{SDK}\n\nclass A:\n    def __init__(self):\n        self.client = GatewayClient()\n\n    def go(self):\n        self.client.setup_gateway()\n",
            f"{SDK}\n\nclass A:\n    def __init__(self, client):\n        self.client = client\n\n    def go(self):\n        self.client.setup_gateway()\n",
        ),
    ],
)
def test_calls_that_the_gateway_clients_do_not_have(wrong: str, right: str, tmp_path: Path) -> None:
    assert [one[:2] for one in found(tmp_path / "wrong", wrong)] == [("toolkit-call-gone", "certain")]
    assert found(tmp_path / "right", right) == []


OLD = "from mcp.client.streamable_http import streamablehttp_client\n"
ERROR = "from mcp import McpError\n"
FAST = "from mcp.server.fastmcp import FastMCP\n"


@pytest.mark.parametrize("code", [OLD, ERROR, FAST])
@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("mcp>=2.1\n", ["certain"]),
        ("mcp==2.3.0\n", ["certain"]),
        ("mcp>=1.19\nstrands-agents\n", ["likely"]),
        ("mcp\n", ["likely"]),
        ("mcp>=1.19,<2\n", []),
        ("mcp~=1.24\n", []),
        ("mcp>=1.19\nlangchain-mcp-adapters\n", []),
        ("strands-agents\n", []),
    ],
)
def test_names_of_mcp_1(code: str, requirements: str, expected: list[str], tmp_path: Path) -> None:
    assert [one[:2] for one in found(tmp_path, code, requirements)] == [("client-import-gone", one) for one in expected]
    guarded = f"try:\n    {code}except ImportError:\n    pass\n"
    assert found(tmp_path, guarded, requirements) == []
    for_types = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    {code}"
    assert found(tmp_path, for_types, requirements) == []
    assert len(found(tmp_path, f"{for_types}else:\n    {code}", requirements)) == len(expected)


@pytest.mark.parametrize("lock", ["uv.lock", "poetry.lock", "pdm.lock"])
@pytest.mark.parametrize(("version", "expected"), [("1.28.1", []), ("2.1.0", ["certain"])])
def test_a_lock_file_above_the_code_decides(lock: str, version: str, expected: list[str], tmp_path: Path) -> None:
    code = "from mcp.client.streamable_http import streamablehttp_client\n"
    text = f'version = 1\n\n[[package]]\nname = "httpx"\nversion = "0.1"\n\n[[package]]\nname = "mcp"\nversion = "{version}"\n'
    (tmp_path / "app" / "agent" / "tools").mkdir(parents=True)
    (tmp_path / "app" / "agent" / "tools" / "one.py").write_text(code, encoding="utf-8")
    project = '[project]\nname = "a"\ndependencies = ["mcp>=1.10"]\n'
    (tmp_path / "app" / "agent" / "pyproject.toml").write_text(project, encoding="utf-8")
    (tmp_path / "app" / lock).write_text(text, encoding="utf-8")
    findings = inspect_project(undeclared_project(tmp_path))
    assert [(one.id, one.confidence) for one in findings] == [("client-import-gone", one) for one in expected]


@pytest.mark.parametrize(("other", "expected"), [("1.28.1", []), ("2.3.0", ["certain"])])
def test_a_lock_file_with_two_versions_decides_what_both_say(other: str, expected: list[str], tmp_path: Path) -> None:
    packages = [f'[[package]]\nname = "mcp"\nversion = "{one}"\n' for one in (other, "2.1.0")]
    for text in ("\n".join(packages), "\n".join(reversed(packages))):
        (tmp_path / "uv.lock").write_text(f"version = 1\n\n{text}", encoding="utf-8")
        (tmp_path / "one.py").write_text(OLD, encoding="utf-8")
        findings = inspect_project(undeclared_project(tmp_path))
        assert [(one.id, one.confidence) for one in findings] == [("client-import-gone", one) for one in expected]


def test_a_lock_file_above_other_requirements_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(
        'version = 1\n\n[[package]]\nname = "mcp"\nversion = "1.28.1"\n', encoding="utf-8"
    )
    code = "from mcp.client.streamable_http import streamablehttp_client\n"
    assert [one[:2] for one in found(tmp_path / "server", code, "mcp>=1.10\n")] == [("client-import-gone", "likely")]
    (tmp_path / "server" / "pyproject.toml").write_text('[project]\nname = "a"\ndependencies = ["mcp>=1.10"]\n')
    assert inspect_project(undeclared_project(tmp_path)) == []


FIELDS = """\
from mcp import ClientSession


async def names(streams):
    async with ClientSession(*streams) as session:
        page = await session.list_tools()
        result = await session.call_tool("a", {})
        return page.FIELD, [one.SCHEMA for one in page.tools], result.ERROR
"""


def test_fields_of_mcp_1(tmp_path: Path) -> None:
    one = FIELDS.replace("FIELD", "nextCursor").replace("SCHEMA", "inputSchema").replace("ERROR", "isError")
    two = FIELDS.replace("FIELD", "next_cursor").replace("SCHEMA", "input_schema").replace("ERROR", "is_error")
    assert found(tmp_path, one, "mcp>=2\n") == [("client-field-gone", "certain", 8)] * 3
    assert found(tmp_path, two, "mcp>=2\n") == []
    assert found(tmp_path, one, "mcp<2\n") == []
    assert found(tmp_path, "import mcp\n\n\ndef f(result):\n    return result.isError\n", "mcp>=2\n") == []
