"""Findings in code that serves: Lambda functions, listings, what happens at import. Each has a twin that is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import undeclared_project

APP = "from bedrock_agentcore.runtime import BedrockAgentCoreApp\n"
STRANDS = """\
import os

from mcp.client.streamable_http import streamable_http_client
from strands.tools.mcp import MCPClient

"""
MADE = 'MCPClient(lambda: streamable_http_client("https://x.example.com/mcp"))'
SESSION = """\
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


async def names(url):
    async with streamable_http_client(url) as (read, write):
        async with ClientSession(read, write) as session:
            {listing}
"""
TOOL = 'context.client_context.custom["bedrockAgentCoreToolName"]'
GET = 'context.client_context.custom.get("bedrockAgentCoreToolName", "unknown")'
LAMBDA = '"""A target of an AgentCore gateway."""\n\nTOOLS = {"add": 1}\n\n\ndef lambda_handler(event, context):\n'


def found(root: Path, code: str) -> list[tuple[str, str]]:
    root.mkdir(exist_ok=True)
    (root / "agent.py").write_text(code, encoding="utf-8")
    return [(one.id, one.confidence) for one in inspect_project(undeclared_project(root))]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            SESSION.format(listing="return await session.list_tools()"),
            SESSION.format(listing="page = await session.list_tools()\n            return page.tools, page.nextCursor"),
        ),
        (
            SESSION.format(listing="self.tools = (await session.list_tools()).tools"),
            SESSION.format(listing="return await session.list_tools(params=PaginatedRequestParams(cursor=None))"),
        ),
        (
            f"{STRANDS}def tools():\n    with {MADE} as client:\n        return client.list_tools_sync()\n",
            f"{STRANDS}def tools():\n    with {MADE} as client:\n        return client.list_tools_sync(pagination_token=None)\n",
        ),
        (
            f"{STRANDS}class A:\n    def __init__(self, url):\n        self.client = MCPClient(url=url)\n\n    def tools(self):\n        return self.client.list_tools_sync()\n",
            f"{STRANDS}class A:\n    def __init__(self):\n        self.client = MCPClient(lambda: stdio_client(P))\n\n    def tools(self):\n        return self.client.list_tools_sync()\n",
        ),
    ],
)
def test_one_page(wrong: str, right: str, tmp_path: Path) -> None:
    assert found(tmp_path / "wrong", wrong) == [("tools-one-page", "likely")]
    assert found(tmp_path / "right", right) == []


STDIO = SESSION.replace(
    "mcp.client.streamable_http import streamable_http_client", "mcp.client.stdio import stdio_client"
)


@pytest.mark.parametrize(
    "code",
    [
        "from mcp.server import Server\n\napp = Server('x')\n\n\n@app.list_tools()\nasync def tools():\n    return []\n",
        "from agents.mcp import MCPServerStreamableHttp\n\n\nasync def f(server: MCPServerStreamableHttp):\n    return await server.list_tools()\n",
        STDIO.replace("streamable_http_client(url)", "stdio_client(url)").format(
            listing="return await session.list_tools()"
        ),
    ],
)
def test_listings_that_are_whole(code: str, tmp_path: Path) -> None:
    assert found(tmp_path, code) == []


#: What the file reads once, and a client that uses it.
KEPT = 'import os\n\nURL = os.environ["URL"]\n'
READ = "MCPClient(lambda: streamable_http_client(URL))"


@pytest.mark.parametrize(
    ("wrong", "right", "confidence"),
    [
        (
            f"client = {MADE}\nwith client:\n    pass\n",
            f"def go():\n    client = {MADE}\n    with client:\n        pass\n",
            "certain",
        ),
        (f"client = {MADE}\nclient.start()\n", f"if __name__ == '__main__':\n    {MADE}.start()\n", "certain"),
        (f"{KEPT}client = {READ}\n", f"{KEPT}make = lambda: {READ}\n", "likely"),
        (
            f"{KEPT}client = {READ}\n",
            'client = MCPClient(lambda: stdio_client(StdioServerParameters(command="x")))\n',
            "likely",
        ),
        (f"{KEPT}client = {READ}\n", f"client = {MADE}\n", "likely"),
        (
            f"{KEPT}client = {READ}\n",
            "client = MCPClient(lambda: streamable_http_client(os.environ['URL']))\n",
            "likely",
        ),
        (
            f"{KEPT}\ndef transport():\n    return streamable_http_client(URL)\n\n\nclient = MCPClient(transport)\n",
            '\ndef transport():\n    return streamable_http_client(os.environ["URL"])\n\n\nclient = MCPClient(transport)\n',
            "likely",
        ),
        (
            f"{KEPT}client = MCPClient(lambda: streamable_http_client('https://x.example.com', headers=headers()))\n"
            "client = MCPClient(make(URL))\n",
            f"{KEPT}client = {MADE}\n",
            "likely",
        ),
    ],
)
def test_a_client_at_import(wrong: str, right: str, confidence: str, tmp_path: Path) -> None:
    assert found(tmp_path / "wrong", APP + STRANDS + wrong) == [("gateway-client-at-import", confidence)]
    assert found(tmp_path / "right", APP + STRANDS + right) == []
    assert found(tmp_path / "script", STRANDS + wrong) == []


DECORATED = (
    "from bedrock_agentcore.identity import requires_access_token\n\n\n"
    '@requires_access_token(provider_name="x", scopes=[], auth_flow="M2M")\ndef fetch(access_token=None): ...\n\n\n'
)
POST = "import requests\n\n\n"
FROM_ENV = 'TOKEN = os.getenv("TOKEN")\n\n\n'


def transport(headers: str) -> str:
    return f'def client():\n    return streamable_http_client(os.environ.get("MY_GATEWAY_URL"), headers={headers})\n'


@pytest.mark.parametrize(
    ("wrong", "right", "confidence"),
    [
        (f"{DECORATED}TOKEN = fetch()\n", f"{DECORATED}def handle():\n    return fetch()\n", "certain"),
        (
            f'{POST}TOKEN = requests.post("https://idp.example.com/oauth2/token", data=1).json()\n',
            f'{POST}def token():\n    return requests.post("https://idp.example.com/oauth2/token", data=1).json()\n',
            "likely",
        ),
        (
            f'{POST}TOKEN = requests.post("https://idp.example.com/token").json()\n',
            "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
            '@router.post("/token")\nasync def exchange(code: str):\n    return code\n',
            "likely",
        ),
        (
            f'{POST}DATA = {{"grant_type": "client_credentials"}}\nTOKEN = requests.post(URL, data=DATA).json()\n',
            f'{POST}DATA = {{"name": "x"}}\nTOKEN = requests.post(URL, data=DATA).json()\n',
            "likely",
        ),
        (
            STRANDS + transport('{"Authorization": "Bearer " + os.environ["TOKEN"]}'),
            STRANDS + transport('{"Authorization": "Bearer " + fetch()}'),
            "likely",
        ),
        (
            STRANDS + FROM_ENV + transport('{"Authorization": f"Bearer {TOKEN}"}'),
            STRANDS + FROM_ENV + transport('{"X-Stage": f"{TOKEN}"}'),
            "likely",
        ),
    ],
)
def test_a_token_that_is_fetched_once(wrong: str, right: str, confidence: str, tmp_path: Path) -> None:
    assert found(tmp_path / "wrong", APP + wrong) == [("token-fetched-once", confidence)]
    assert found(tmp_path / "right", APP + right) == []


EVENT, PREFIX = "lambda-name-from-event", "lambda-prefix-kept"


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ('    return event["bedrockAgentCoreToolName"]\n', '    return event["city"]\n', (EVENT, "certain")),
        ('    return event.get("tool_name")\n', '    return event.get("name")\n', (EVENT, "likely")),
        ('    return event.get("toolName") or event.get("tool_name")\n', "    return event\n", (EVENT, "likely")),
        (
            f'    name = {TOOL}\n    if name == "add":\n        return 1\n',
            f'    name = {TOOL}.split("___")[-1]\n    if name == "add":\n        return 1\n',
            (PREFIX, "certain"),
        ),
        (
            f"    name = {GET}\n    return TOOLS[name]\n",
            f'    name = {GET}\n    if name == "unknown":\n        return None\n    return 1\n',
            (PREFIX, "certain"),
        ),
        (
            f'    name = {TOOL}\n    if name in ("add", "sub"):\n        return 1\n',
            f'    name = {TOOL}\n    if name.endswith("add"):\n        return 1\n',
            (PREFIX, "certain"),
        ),
        (
            f'    name = {TOOL}\n    match name:\n        case "add":\n            return 1\n',
            f'    name = {TOOL}\n    name = strip(name)\n    match name:\n        case "add":\n            return 1\n',
            (PREFIX, "certain"),
        ),
        (
            f"    name = {TOOL}\n    return TOOLS.get(name)\n",
            f'    name = {TOOL}\n    if name == "calc___add":\n        return 1\n',
            (PREFIX, "certain"),
        ),
    ],
)
def test_lambda_functions(wrong: str, right: str, expected: tuple[str, str], tmp_path: Path) -> None:
    assert found(tmp_path / "wrong", LAMBDA + wrong) == [expected]
    assert found(tmp_path / "right", LAMBDA + right) == []


def test_a_function_of_another_service(tmp_path: Path) -> None:
    code = 'def lambda_handler(event, context):\n    return event["tool_name"]\n'
    assert found(tmp_path, code) == []
    local = f"{LAMBDA}    name = {TOOL} if context else event['tool_name']\n    return name\n"
    assert found(tmp_path, local) == []
