"""The mistakes that `inspect` finds in code, each written in every way that the generator knows.

A mistake is a file with slots; a way changes how a slot is written, or where the code stands. What a way makes of a
mistake is the same mistake. `twin` is the same code without the mistake: it must give no finding of this kind.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SEED = 20261128
_KEY = "sk-proj-" + "a1B2c3D4" * 4  # of the form of a key, and none
_PLAIN = '[project]\nname = "T"\ndependencies = ["mcp ~= 1.24.0", "strands-agents >= 1.15.0"]\n'
_TWO = '[project]\nname = "T"\ndependencies = ["mcp >= 2.1"]\n'


@dataclass(frozen=True)
class Mistake:
    """One kind of finding: code with the mistake, the same without it, what it is pinned to.

    ``body`` uses what ``imports`` bring; ``at_top`` says that it must run when the file is imported. ``value`` is a
    constant in the body that a way can move elsewhere.
    """

    finding: str
    imports: str
    body: str
    twin: str
    value: str = ""
    at_top: bool = False
    requires: str = _PLAIN
    label: str = ""
    whole: bool = False


Way = Callable[[Mistake, str], "dict[str, str] | None"]


def _joined(mistake: Mistake, body: str, imports: str | None = None) -> dict[str, str]:
    return {"agent_code.py": f"{mistake.imports if imports is None else imports}\n\n\n{body}\n"}


def plain(mistake: Mistake, body: str) -> dict[str, str] | None:
    """As it stands."""
    return _joined(mistake, body)


def alias(mistake: Mistake, body: str) -> dict[str, str] | None:
    """Each imported name under another one."""
    changed, code = [], body
    for line in mistake.imports.splitlines():
        met = re.fullmatch(r"from (\S+) import (.+)", line)
        if met is None:
            name = line.removeprefix("import ")
            if "." in name:
                return None
            changed.append(f"import {name} as _{name}")
            code = re.sub(rf"\b{name}\.", f"_{name}.", code)
            continue
        names = []
        for name in met[2].split(", "):
            names.append(f"{name} as {name[0]}_{len(name)}")
            code = re.sub(rf"\b{name}\b", f"{name[0]}_{len(name)}", code)
        changed.append(f"from {met[1]} import {', '.join(names)}")
    return _joined(mistake, code, "\n".join(changed))


def module(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The module imported whole, and its names reached through it."""
    changed, code = [], body
    for line in mistake.imports.splitlines():
        met = re.fullmatch(r"from (\S+) import (.+)", line)
        if met is None:
            changed.append(line)
            continue
        changed.append(f"import {met[1]}")
        for name in met[2].split(", "):
            code = re.sub(rf"(?<![\w.\"'])@?{name}\b", lambda m, n=name, p=met[1]: m[0].replace(n, f"{p}.{n}"), code)
    return _joined(mistake, code, "\n".join(changed))


def function(mistake: Mistake, body: str) -> dict[str, str] | None:
    """In a function, which nothing calls here."""
    return (
        None if mistake.at_top or mistake.whole else _joined(mistake, f"def work():\n{textwrap.indent(body, '    ')}")
    )


def coroutine(mistake: Mistake, body: str) -> dict[str, str] | None:
    """In a coroutine."""
    return (
        None
        if mistake.at_top or mistake.whole
        else _joined(mistake, f"async def work():\n{textwrap.indent(body, '    ')}")
    )


def method(mistake: Mistake, body: str) -> dict[str, str] | None:
    """In a method."""
    if mistake.at_top or mistake.whole:
        return None
    return _joined(mistake, f"class Work:\n    def run(self):\n{textwrap.indent(body, ' ' * 8)}")


def in_try(mistake: Mistake, body: str) -> dict[str, str] | None:
    """Below a `try` that catches something else."""
    if mistake.whole:
        return None
    return _joined(mistake, f"try:\n{textwrap.indent(body, '    ')}\nexcept ZeroDivisionError:\n    raise")


def local_import(mistake: Mistake, body: str) -> dict[str, str] | None:
    """Imported where it is used."""
    if mistake.at_top or mistake.whole:
        return None
    return _joined(
        mistake, f"def work():\n{textwrap.indent(mistake.imports, '    ')}\n{textwrap.indent(body, '    ')}", ""
    )


def constant(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text under a name at the top of the file."""
    if not mistake.value or mistake.value not in body:
        return None
    return _joined(mistake, f"VALUE_TEXT = {mistake.value}\n\n\n{body.replace(mistake.value, 'VALUE_TEXT')}")


def local_name(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text under a name on the line before."""
    if not mistake.value or mistake.value not in body or mistake.whole:
        return None
    return _joined(mistake, f"value_text = {mistake.value}\n{body.replace(mistake.value, 'value_text')}")


def class_attribute(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text as an attribute of a class."""
    if not mistake.value or mistake.value not in body:
        return None
    return _joined(
        mistake, f"class Names:\n    text = {mistake.value}\n\n\n{body.replace(mistake.value, 'Names.text')}"
    )


def other_module(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text in a module of its own."""
    if not mistake.value or mistake.value not in body:
        return None
    files = _joined(
        mistake, body.replace(mistake.value, "VALUE_TEXT"), f"{mistake.imports}\nfrom settings import VALUE_TEXT"
    )
    return {**files, "settings.py": f"VALUE_TEXT = {mistake.value}\n"}


def f_string(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text put together by an f-string."""
    met = re.fullmatch(r"([\"'])(.+)\1", mistake.value)
    if not met or mistake.value not in body or len(met[2]) < 6:
        return None
    cut = len(met[2]) // 2
    made = f'f"{{HALF}}{met[2][cut:]}"'
    return _joined(mistake, f'HALF = "{met[2][:cut]}"\n\n\n{body.replace(mistake.value, made)}')


def added(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text put together by +."""
    met = re.fullmatch(r"([\"'])(.+)\1", mistake.value)
    if not met or mistake.value not in body or len(met[2]) < 6:
        return None
    cut = len(met[2]) // 2
    return _joined(mistake, body.replace(mistake.value, f'("{met[2][:cut]}" + "{met[2][cut:]}")'))


def helper(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text from a function."""
    if not mistake.value or mistake.value not in body:
        return None
    return _joined(
        mistake, f"def value_text():\n    return {mistake.value}\n\n\n{body.replace(mistake.value, 'value_text()')}"
    )


def annotated(mistake: Mistake, body: str) -> dict[str, str] | None:
    """The text under a name with an annotation."""
    if not mistake.value or mistake.value not in body:
        return None
    return _joined(mistake, f"VALUE_TEXT: str = {mistake.value}\n\n\n{body.replace(mistake.value, 'VALUE_TEXT')}")


WAYS: dict[str, Way] = {
    way.__name__: way
    for way in (
        *(plain, alias, module, function, coroutine, method, in_try, local_import),
        *(constant, local_name, class_attribute, other_module, f_string, added, helper, annotated),
    )
}

_IDENTITY = "from bedrock_agentcore.identity import requires_access_token, requires_api_key"
_STRANDS = "from strands import Agent"
_CLIENT = "from mcp.client.streamable_http import streamable_http_client\nfrom strands.tools.mcp import MCPClient"

MISTAKES = (
    Mistake(
        "gateway-url-unguarded",
        "import os",
        'url = os.environ["AGENTCORE_GATEWAY_TOOLS_URL"]\nprint(url)',
        'url = os.environ.get("AGENTCORE_GATEWAY_TOOLS_URL")\nif url:\n    print(url)',
        '"AGENTCORE_GATEWAY_TOOLS_URL"',
    ),
    Mistake(
        "gateway-url-unguarded",
        f"import os\n{_CLIENT}",
        'url = os.getenv("AGENTCORE_GATEWAY_TOOLS_URL")\nclient = MCPClient(lambda: streamable_http_client(url))',
        'url = os.getenv("AGENTCORE_GATEWAY_TOOLS_URL", "")\nclient = MCPClient(lambda: streamable_http_client(url))',
        '"AGENTCORE_GATEWAY_TOOLS_URL"',
        label="getenv",
    ),
    Mistake(
        "client-import-gone",
        "from mcp.client.streamable_http import streamablehttp_client",
        'print(streamablehttp_client("https://x.example.com/mcp"))',
        "",
        requires=_TWO,
    ),
    Mistake(
        "client-raw-tools",
        f"{_STRANDS}\nfrom mcp import ClientSession",
        "async def work(session: ClientSession):\n    found = await session.list_tools()\n    return Agent(tools=found.tools)",
        "async def work(client):\n    return Agent(tools=[client])",
        whole=True,
    ),
    Mistake(
        "client-field-gone",
        "from mcp import ClientSession",
        "async def more(session: ClientSession):\n    page = await session.list_tools()\n    return page.nextCursor",
        "async def more(session: ClientSession):\n    page = await session.list_tools()\n    return page.next_cursor",
        requires=_TWO,
        whole=True,
    ),
    Mistake(
        "direct-call",
        "import requests",
        'answer = requests.get("https://api.rates.example.com/v1", headers={"Authorization": "Bearer " + TOKEN})',
        'answer = requests.get("https://api.rates.example.com/v1")',
        '"https://api.rates.example.com/v1"',
    ),
    Mistake(
        "direct-call",
        "import os\nfrom slack_sdk import WebClient",
        'client = WebClient(token=os.environ["SLACK_TOKEN"])',
        "client = WebClient()",
        '"SLACK_TOKEN"',
        label="library",
    ),
    Mistake(
        "identity-decorator-arguments",
        _IDENTITY,
        '@requires_api_key("crm")\ndef f(api_key): ...',
        '@requires_api_key(provider_name="crm")\ndef f(api_key): ...',
        '"crm"',
    ),
    Mistake(
        "identity-auth-flow",
        _IDENTITY,
        '@requires_access_token(provider_name="x", scopes=[], auth_flow="CLIENT_CREDENTIALS")\ndef f(access_token): ...',
        '@requires_access_token(provider_name="x", scopes=[], auth_flow="M2M")\ndef f(access_token): ...',
        '"CLIENT_CREDENTIALS"',
    ),
    Mistake(
        "identity-decorator-on-tool",
        f"{_IDENTITY}\nfrom strands import tool",
        '@tool\n@requires_api_key(provider_name="crm")\ndef f(city: str, api_key: str): ...',
        '@requires_api_key(provider_name="crm")\ndef f(city: str, api_key: str): ...',
    ),
    Mistake(
        "toolkit-call-gone",
        "from bedrock_agentcore_starter_toolkit.operations.gateway import GatewayClient",
        'client = GatewayClient(region_name="us-east-1")\nclient.setup_gateway()',
        'client = GatewayClient(region_name="us-east-1")\nclient.create_mcp_gateway()',
    ),
    Mistake(
        "tools-one-page",
        _CLIENT,
        'client = MCPClient(lambda: streamable_http_client("https://x.example.com/mcp"))\nprint(client.list_tools_sync())',
        'client = MCPClient(lambda: streamable_http_client("https://x.example.com/mcp"))\n'
        "page = client.list_tools_sync()\nprint(page.pagination_token)",
        '"https://x.example.com/mcp"',
    ),
    Mistake(
        "gateway-client-at-import",
        _CLIENT,
        'with MCPClient(lambda: streamable_http_client("https://x.example.com/mcp")) as client:\n    print(client)',
        'def open_client():\n    return MCPClient(lambda: streamable_http_client("https://x.example.com/mcp"))',
        '"https://x.example.com/mcp"',
        at_top=True,
    ),
    Mistake(
        "token-fetched-once",
        _IDENTITY,
        '@requires_access_token(provider_name="x", scopes=[], auth_flow="M2M")\n'
        "def fetch(access_token=None): ...\n\n\nTOKEN = fetch()",
        '@requires_access_token(provider_name="x", scopes=[], auth_flow="M2M")\n'
        "def fetch(access_token=None): ...\n\n\ndef work():\n    return fetch()",
        at_top=True,
    ),
    Mistake(
        "lambda-name-from-event",
        "import json",
        'def lambda_handler(event, context):\n    return json.dumps(event["bedrockAgentCoreToolName"])',
        'def lambda_handler(event, context):\n    return json.dumps(event["city"])',
        '"bedrockAgentCoreToolName"',
        whole=True,
    ),
    Mistake(
        "lambda-prefix-kept",
        "import json",
        'def lambda_handler(event, context):\n    name = context.client_context.custom["bedrockAgentCoreToolName"]\n'
        '    if name == "get_weather":\n        return json.dumps({})\n    return None',
        'def lambda_handler(event, context):\n    name = context.client_context.custom["bedrockAgentCoreToolName"]\n'
        '    if name.split("___")[-1] == "get_weather":\n        return json.dumps({})\n    return None',
        '"get_weather"',
        whole=True,
    ),
    Mistake(
        "lambda-prefix-kept",
        "import json",
        'def lambda_handler(event, context):\n    name = context.client_context.custom["bedrockAgentCoreToolName"]\n'
        '    if name == "get_weather":\n        return json.dumps({})\n    return None',
        'def lambda_handler(event, context):\n    name = context.client_context.custom["bedrockAgentCoreToolName"]\n'
        '    if name == "Forecast___get_weather":\n        return json.dumps({})\n    return None',
        '"bedrockAgentCoreToolName"',
        whole=True,
        label="key",
    ),
    Mistake(
        "secret-in-code", "import json", f'print(json.dumps("{_KEY}"))', 'print(json.dumps("sk-example"))', f'"{_KEY}"'
    ),
)


@dataclass(frozen=True)
class Variant:
    """A mistake, or its twin, in one or two ways."""

    mistake: Mistake
    ways: str
    files: dict[str, str]
    wrong: bool


def variants() -> Iterator[Variant]:
    """Every mistake and its twin in every way that fits, and in some that were drawn of two ways at once."""
    drawn = random.Random(SEED)
    for mistake in MISTAKES:
        for body, wrong in ((mistake.body, True), (mistake.twin, False)):
            if not body:
                continue
            for name, way in WAYS.items():
                files = way(mistake, body)
                if files is not None and _compiles(files):
                    yield Variant(mistake, name, files, wrong)
            for name in drawn.sample(["function", "coroutine", "method", "in_try", "local_import"], 2):
                other = drawn.choice(["constant", "annotated", "f_string", "added", "helper", "alias"])
                first = WAYS[other](mistake, body)
                if first is None:
                    continue
                imports, _, rest = first["agent_code.py"].partition("\n\n\n")
                moved = Mistake(**{**vars(mistake), "imports": imports})
                files = WAYS[name](moved, rest.rstrip("\n"))
                if files is not None and _compiles(files):
                    yield Variant(mistake, f"{other}, {name}", files, wrong)


def _compiles(files: dict[str, str]) -> bool:
    for text in files.values():
        compile(text, "variant", "exec")
    return True
