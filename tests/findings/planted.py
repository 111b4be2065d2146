"""A clean project, and one change for each thing that `inspect` can find."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFIG = "agentcore/agentcore.json"
MAIN = "app/Travel/main.py"
CLIENT = "app/Travel/mcp_client/client.py"
PYPROJECT = "app/Travel/pyproject.toml"

TOOLS = [
    {
        "name": "get_weather",
        "description": "Weather for a city",
        "inputSchema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
]
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://pets.example.com"}],
    "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "ok"}}}}},
}
CLIENT_CODE = """\
import logging
import os

from mcp.client.streamable_http import streamable_http_client
from strands.tools.mcp.mcp_client import MCPClient

logger = logging.getLogger(__name__)


def get_client() -> MCPClient | None:
    url = os.environ.get("AGENTCORE_GATEWAY_TOOLS_URL")
    if not url:
        logger.warning("AGENTCORE_GATEWAY_TOOLS_URL is not set")
        return None
    return MCPClient(lambda: streamable_http_client(url))
"""
MAIN_CODE = """\
from bedrock_agentcore.runtime import BedrockAgentCoreApp
from strands import Agent

from mcp_client.client import get_client

app = BedrockAgentCoreApp()


@app.entrypoint
def invoke(payload):
    client = get_client()
    agent = Agent(tools=[client] if client else [])
    return str(agent(payload["prompt"]))
"""
GATEWAY_ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/travel-tools-abcde12345"


def config() -> dict[str, Any]:
    """The project file of the clean project."""
    return {
        "name": "Travel",
        "version": 1,
        "managedBy": "CDK",
        "runtimes": [
            {
                "name": "Travel",
                "build": "CodeZip",
                "entrypoint": "main.py",
                "codeLocation": "app/Travel/",
                "protocol": "HTTP",
                "envVars": [{"name": "LOG_LEVEL", "value": "info"}],
            },
            {"name": "Hotels", "entrypoint": "main.py", "codeLocation": "app/Hotels/", "protocol": "MCP"},
        ],
        "credentials": [
            {"authorizerType": "ApiKeyCredentialProvider", "name": "PetsKey"},
            {
                "authorizerType": "OAuthCredentialProvider",
                "name": "WeatherOAuth",
                "discoveryUrl": "https://idp.example.com/.well-known/openid-configuration",
                "vendor": "CustomOauth2",
            },
        ],
        "agentCoreGateways": [
            {
                "name": "tools",
                "protocolType": "MCP",
                "authorizerType": "AWS_IAM",
                "enableSemanticSearch": True,
                "policyEngineConfiguration": {"policyEngineName": "Guard", "mode": "LOG_ONLY"},
                "targets": [
                    {
                        "name": "Weather",
                        "targetType": "mcpServer",
                        "endpoint": "https://weather.example.com/mcp",
                        "outboundAuth": {"type": "OAUTH", "credentialName": "WeatherOAuth"},
                    },
                    {
                        "name": "Forecast",
                        "targetType": "lambdaFunctionArn",
                        "lambdaFunctionArn": {
                            "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:forecast",
                            "toolSchemaFile": "tools.json",
                        },
                    },
                    {
                        "name": "Pets",
                        "targetType": "openApiSchema",
                        "schemaSource": {"inline": {"path": "specs/pets.json"}},
                        "outboundAuth": {"type": "API_KEY", "credentialName": "PetsKey"},
                    },
                    {
                        "name": "HotelTools",
                        "targetType": "mcpServer",
                        "endpoint": "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/"
                        "Travel_Hotels-abcdefghij/invocations?qualifier=DEFAULT&accountId=123456789012",
                        "outboundAuth": {"type": "OAUTH", "credentialName": "WeatherOAuth"},
                    },
                ],
            }
        ],
        "policyEngines": [
            {
                "name": "Guard",
                "policies": [
                    {
                        "name": "forecast",
                        "statement": "permit(principal is AgentCore::IamEntity, action == "
                        f'AgentCore::Action::"Forecast___get_weather", resource == AgentCore::Gateway::"{GATEWAY_ARN}");',
                    }
                ],
            }
        ],
        "harnesses": [],
    }


@dataclass
class Files:
    """The files of a project: the project file as data, the others as text."""

    config: dict[str, Any] = field(default_factory=config)
    others: dict[str, str] = field(default_factory=dict)

    def target(self, name: str) -> dict[str, Any]:
        """The target of that name."""
        found: dict[str, Any] = next(
            one for one in self.config["agentCoreGateways"][0]["targets"] if one["name"] == name
        )
        return found

    def write(self, root: Path) -> Path:
        """Write everything below `root`, which is the project's root afterwards."""
        for name, text in {CONFIG: json.dumps(self.config, indent=2), **self.others}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root


def clean() -> Files:
    """The clean project."""
    return Files(
        others={
            MAIN: MAIN_CODE,
            CLIENT: CLIENT_CODE,
            PYPROJECT: '[project]\nname = "Travel"\ndependencies = ["mcp ~= 1.24.0", "strands-agents >= 1.15.0"]\n',
            "tools.json": json.dumps(TOOLS, indent=2),
            "specs/pets.json": json.dumps(SPEC, indent=2),
        }
    )


@dataclass(frozen=True)
class Plant:
    """One change: the finding it must give, the file, a text that stands on the line of the finding."""

    finding: str
    file: str
    line_of: str
    change: Callable[[Files], None]
    label: str = ""


def _set(path: str, value: Any) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        here: Any = files.config
        *parts, last = path.split("/")
        for part in parts:
            here = here[int(part)] if isinstance(here, list) else here[part]
        if value is None:
            del here[last]
        else:
            here[int(last) if isinstance(here, list) else last] = copy.deepcopy(value)

    return change


def _version2(change: Callable[[dict[str, Any]], None]) -> Callable[[Files], None]:
    """A change of the project as one of version 2."""

    def made(files: Files) -> None:
        files.config["version"] = 2
        files.config["runtimes"][1]["build"] = "CodeZip"
        change(files.config)

    return made


def _code(file: str, old: str, new: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        assert old in files.others[file]
        files.others[file] = files.others[file].replace(old, new)

    return change


def _file(name: str, text: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files.others[name] = text

    return change


def _without(name: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        del files.others[name]

    return change


def _all(*changes: Callable[[Files], None]) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        for one in changes:
            one(files)

    return change


def _append(path: str, value: Any) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        here: Any = files.config
        for part in path.split("/"):
            here = here[int(part)] if isinstance(here, list) else here[part]
        here.append(value)

    return change


GATEWAY = "agentCoreGateways/0"
_MANY = json.dumps([{**TOOLS[0], "name": f"get_weather{number}"} for number in ["", *range(1, 25)]], indent=2)
_LONG = "a" * 60
_STATEMENT = "policyEngines/0/policies/0/statement"
_AGENT_URL = "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2FTravel_Travel-abcdefghij/invocations?qualifier=DEFAULT"
_KEY = "sk-proj-" + "a1B2c3D4" * 4  # of the form of a key, and none
_TOOLS_URL = _AGENT_URL.replace("Travel_Travel", "Travel_Hotels")
_IDENTITY = (
    "from bedrock_agentcore.identity import requires_access_token, requires_api_key\nfrom strands import tool\n\n\n"
)
_NO_AUTH = {"type": "NONE"}
_SECURED = {
    **SPEC,
    "security": [{"idp": ["read"]}],
    "components": {
        "securitySchemes": {
            "idp": {
                "type": "oauth2",
                "flows": {"clientCredentials": {"tokenUrl": "https://idp.example.com/token", "scopes": {"read": "r"}}},
            }
        }
    },
}
_REQUESTS = 'import requests\n\n\ndef rates():\n    return requests.get("https://api.rates.example.com/v1", headers={"Authorization": f"Bearer {TOKEN}"})\n'
_LINE = 'requests.get("https://api.rates'


def _server(endpoint: str) -> Callable[[Files], None]:
    """An MCP server target that sends no credential, in the place of the first one."""
    return _all(_set(f"{GATEWAY}/targets/0/endpoint", endpoint), _set(f"{GATEWAY}/targets/0/outboundAuth", _NO_AUTH))


PLANTS = [
    Plant("gateway-no-inbound-auth", CONFIG, '"authorizerType": "NONE"', _set(f"{GATEWAY}/authorizerType", "NONE")),
    Plant("gateway-no-inbound-auth", CONFIG, '"name": "tools"', _set(f"{GATEWAY}/authorizerType", None), "absent"),
    Plant("target-own-runtime", CONFIG, "Travel_Travel-", _set(f"{GATEWAY}/targets/0/endpoint", _AGENT_URL)),
    Plant(
        "target-endpoint-not-https",
        CONFIG,
        '"http://',
        _set(f"{GATEWAY}/targets/0/endpoint", "http://weather.example.com/mcp"),
    ),
    Plant("target-name-invalid", CONFIG, '"Weather_Tools"', _set(f"{GATEWAY}/targets/0/name", "Weather_Tools")),
    Plant(
        "openapi-target-no-auth",
        CONFIG,
        '"outboundAuth": {',
        _all(
            _set(f"{GATEWAY}/targets", [config()["agentCoreGateways"][0]["targets"][2]]),
            _set(f"{GATEWAY}/targets/0/outboundAuth", {"type": "NONE"}),
            _set("credentials", []),
            _set("policyEngines/0/policies", []),
        ),
    ),
    Plant(
        "target-auth-not-allowed",
        CONFIG,
        '"type": "GATEWAY_IAM_ROLE"',
        _set(f"{GATEWAY}/targets/0/outboundAuth", {"type": "GATEWAY_IAM_ROLE"}),
    ),
    Plant(
        "target-auth-not-allowed",
        CONFIG,
        '"type": "OAUTH",',
        _all(
            _set(f"{GATEWAY}/targets", [config()["agentCoreGateways"][0]["targets"][1]]),
            _set(f"{GATEWAY}/targets/0/outboundAuth", {"type": "OAUTH", "credentialName": "WeatherOAuth"}),
            _set("credentials", [config()["credentials"][1]]),
        ),
        "lambda",
    ),
    Plant(
        "credential-missing",
        CONFIG,
        '"credentialName": "Other"',
        _set(f"{GATEWAY}/targets/0/outboundAuth/credentialName", "Other"),
    ),
    Plant(
        "credential-wrong-kind",
        CONFIG,
        '"credentialName": "PetsKey"',
        _all(_set(f"{GATEWAY}/targets/0/outboundAuth/credentialName", "PetsKey")),
    ),
    Plant(
        "credential-unused",
        CONFIG,
        '"name": "Spare"',
        _append("credentials", {"authorizerType": "ApiKeyCredentialProvider", "name": "Spare"}),
    ),
    Plant(
        "policy-engine-missing",
        CONFIG,
        '"policyEngineName": "Gone"',
        _set(f"{GATEWAY}/policyEngineConfiguration/policyEngineName", "Gone"),
    ),
    Plant("tools-file-missing", CONFIG, '"toolSchemaFile"', _without("tools.json")),
    Plant(
        "tools-file-missing",
        "specs/pets.json",
        "}{",
        _file("specs/pets.json", '{\n "openapi": "3.0.0"\n}{'),
        "malformed",
    ),
    Plant(
        "tools-old-format",
        "tools.json",
        '"inlinePayload"',
        _file("tools.json", '{\n  "inlinePayload": ' + json.dumps(TOOLS) + "\n}"),
    ),
    Plant(
        "tools-file-refused",
        "tools.json",
        '"enum"',
        _file(
            "tools.json", json.dumps(TOOLS, indent=2).replace('"type": "string"', '"type": "string",\n"enum": ["a"]')
        ),
    ),
    Plant(
        "tool-name-too-long",
        "tools.json",
        _LONG,
        _all(
            _file(
                "tools.json",
                json.dumps([TOOLS[0], {**TOOLS[0], "name": _LONG}], indent=2).replace(
                    '{\n    "name": "aaa', '{ "name": "aaa'
                ),
            )
        ),
    ),
    Plant(
        "tool-name-too-long",
        "specs/pets.json",
        "list.pets",
        _file("specs/pets.json", json.dumps(SPEC, indent=2).replace("listPets", "list.pets")),
        "characters",
    ),
    Plant(
        "many-tools-no-search",
        CONFIG,
        '"enableSemanticSearch": false',
        _all(_file("tools.json", _MANY), _set(f"{GATEWAY}/enableSemanticSearch", False)),
    ),
    Plant(
        "many-tools-no-search",
        CONFIG,
        '"protocolType": "None"',
        _all(_file("tools.json", _MANY), _set(f"{GATEWAY}/protocolType", "None")),
        "protocol",
    ),
    Plant(
        "target-document-refused",
        "specs/pets.json",
        '"get": {',
        _file("specs/pets.json", json.dumps(SPEC, indent=2).replace('"operationId": "listPets",', "")),
    ),
    Plant(
        "policy-two-underscores",
        CONFIG,
        '"statement"',
        _set(
            _STATEMENT,
            'permit(principal, action == AgentCore::Action::"Forecast__get_weather", resource is AgentCore::Gateway);',
        ),
    ),
    Plant(
        "policy-unknown-tool",
        CONFIG,
        '"statement"',
        _set(
            _STATEMENT,
            'permit(principal, action in [AgentCore::Action::"Forecast___get_wether"], resource is AgentCore::Gateway);',
        ),
    ),
    Plant(
        "policy-unknown-tool",
        CONFIG,
        '"statement"',
        _set(
            _STATEMENT, 'permit(principal, action == AgentCore::Action::"Rain___get", resource is AgentCore::Gateway);'
        ),
        "target",
    ),
    Plant("secret-in-config", CONFIG, '"description"', _set(f"{GATEWAY}/description", f"uses {_KEY}")),
    Plant(
        "secret-in-env",
        CONFIG,
        '{\n          "name": "PARTNER_TOKEN"',
        _append("runtimes/0/envVars", {"name": "PARTNER_TOKEN", "value": "q8Zr2Lm9Xc4Vb7Nk1Pw6"}),
    ),
    Plant(
        "secret-in-env",
        CONFIG,
        '{\n          "name": "MODEL"',
        _append("runtimes/0/envVars", {"name": "MODEL", "value": _KEY}),
        "form",
    ),
    Plant("secret-in-code", MAIN, "KEY_TEXT", _code(MAIN, "app = ", f'KEY_TEXT = "{_KEY}"\napp = ')),
    Plant(
        "secret-in-code",
        MAIN,
        "partner_token",
        _code(MAIN, "app = ", 'partner_token = "q8Zr2Lm9Xc4Vb7Nk1Pw6"\napp = '),
        "named",
    ),
    Plant(
        "gateway-url-unguarded",
        CLIENT,
        "os.environ[",
        _code(
            CLIENT,
            '    url = os.environ.get("AGENTCORE_GATEWAY_TOOLS_URL")\n    if not url:\n        logger.warning("AGENTCORE_GATEWAY_TOOLS_URL is not set")\n        return None\n',
            '    url = os.environ["AGENTCORE_GATEWAY_TOOLS_URL"]\n',
        ),
    ),
    Plant(
        "gateway-url-unguarded",
        CLIENT,
        "os.environ.get(",
        _code(
            CLIENT,
            '    if not url:\n        logger.warning("AGENTCORE_GATEWAY_TOOLS_URL is not set")\n        return None\n',
            "",
        ),
        "get",
    ),
    Plant(
        "client-import-gone",
        CLIENT,
        "import streamablehttp_client",
        _all(
            _code(CLIENT, "streamable_http_client", "streamablehttp_client"),
            _file(PYPROJECT, '[project]\nname = "T"\ndependencies = ["mcp >= 2.1"]\n'),
        ),
    ),
    Plant(
        "client-import-gone",
        CLIENT,
        "import streamable_http_client",
        _file(PYPROJECT, '[project]\nname = "T"\ndependencies = ["mcp == 1.23.0"]\n'),
        "pin",
    ),
    Plant(
        "client-import-gone",
        CLIENT,
        "import streamable_http_client",
        _file("app/Travel/uv.lock", 'version = 1\n[[package]]\nname = "mcp"\nversion = "1.20.0"\n'),
        "lock",
    ),
    Plant(
        "client-raw-tools",
        MAIN,
        "agent = Agent(tools=found.tools)",
        _code(
            MAIN,
            "    agent = Agent(tools=[client] if client else [])",
            "    found = await client.list_tools()\n    agent = Agent(tools=found.tools)",
        ),
    ),
    Plant("direct-call", "app/Travel/rates.py", _LINE, _file("app/Travel/rates.py", _REQUESTS)),
    Plant(
        "direct-call",
        "app/Travel/chat.py",
        "WebClient(token",
        _file(
            "app/Travel/chat.py",
            'import os\nfrom slack_sdk import WebClient\n\nclient = WebClient(token=os.environ["SLACK_TOKEN"])\n',
        ),
        "library",
    ),
    Plant("mcp-target-no-auth", CONFIG, '"type": "NONE"', _server(_TOOLS_URL)),
    Plant(
        "mcp-target-no-auth",
        CONFIG,
        '"type": "NONE"',
        _server("https://abcdefg.lambda-url.us-east-1.on.aws/mcp"),
        "lambda",
    ),
    Plant(
        "mcp-target-no-auth",
        CONFIG,
        '"type": "NONE"',
        _server("https://other-abcde12345.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"),
        "gateway",
    ),
    Plant(
        "target-unassigned",
        CONFIG,
        '{\n      "name": "Lost"',
        _set("unassignedTargets", [{"name": "Lost", "targetType": "mcpServer", "endpoint": "https://x.example.com"}]),
    ),
    Plant(
        "api-key-for-oauth-document",
        CONFIG,
        '"type": "API_KEY"',
        _file("specs/pets.json", json.dumps(_SECURED, indent=2)),
    ),
    Plant(
        "client-field-gone",
        "app/Travel/listing.py",
        ".nextCursor",
        _all(
            _file(
                "app/Travel/listing.py",
                "from mcp import ClientSession\n\n\nasync def more(session: ClientSession):\n"
                "    page = await session.list_tools()\n    return page.nextCursor\n",
            ),
            _file(PYPROJECT, '[project]\nname = "T"\ndependencies = ["mcp >= 2.1"]\n'),
        ),
    ),
    Plant(
        "identity-decorator-arguments",
        "app/Travel/key.py",
        "@requires_api_key",
        _file("app/Travel/key.py", f'{_IDENTITY}@requires_api_key("crm")\ndef f(api_key): ...\n'),
    ),
    Plant(
        "identity-auth-flow",
        "app/Travel/key.py",
        "@requires_access_token",
        _file(
            "app/Travel/key.py",
            f'{_IDENTITY}@requires_access_token(provider_name="x", scopes=[], auth_flow="CLIENT_CREDENTIALS")\n'
            "def f(access_token): ...\n",
        ),
    ),
    Plant(
        "identity-decorator-on-tool",
        "app/Travel/key.py",
        "@requires_api_key",
        _file(
            "app/Travel/key.py",
            f'{_IDENTITY}@tool\n@requires_api_key(provider_name="crm")\ndef f(city: str, api_key: str): ...\n',
        ),
    ),
    Plant(
        "toolkit-call-gone",
        "app/Travel/setup.py",
        "setup_gateway",
        _file(
            "app/Travel/setup.py",
            "from bedrock_agentcore_starter_toolkit.operations.gateway import GatewayClient\n\n"
            'GatewayClient(region_name="us-east-1").setup_gateway()\n',
        ),
    ),
    Plant(
        "tools-one-page",
        CLIENT,
        "list_tools_sync()",
        _code(
            CLIENT,
            "    return MCPClient(lambda: streamable_http_client(url))",
            "    client = MCPClient(lambda: streamable_http_client(url))\n    print(client.list_tools_sync())\n    return client",
        ),
    ),
    Plant(
        "gateway-client-at-import",
        CLIENT,
        "with MCPClient",
        _code(
            CLIENT,
            "\n\ndef get",
            '\nwith MCPClient(lambda: streamable_http_client("https://x")):\n    pass\n\n\ndef get',
        ),
    ),
    Plant(
        "token-fetched-once",
        "app/Travel/token.py",
        "TOKEN = fetch()",
        _file(
            "app/Travel/token.py",
            f'{_IDENTITY}@requires_access_token(provider_name="x", scopes=[], auth_flow="M2M")\n'
            "def fetch(access_token=None): ...\n\n\nTOKEN = fetch()\n",
        ),
    ),
    Plant(
        "lambda-name-from-event",
        "functions/forecast.py",
        'event["bedrock',
        _file(
            "functions/forecast.py",
            'def lambda_handler(event, context):\n    return event["bedrockAgentCoreToolName"]\n',
        ),
    ),
    Plant(
        "lambda-prefix-kept",
        "functions/forecast.py",
        'if name == "get_weather"',
        _file(
            "functions/forecast.py",
            'def lambda_handler(event, context):\n    name = context.client_context.custom["bedrockAgentCoreToolName"]\n'
            '    if name == "get_weather":\n        return {}\n    return None\n',
        ),
    ),
    Plant("project-older-shape", CONFIG, '"agents"', _set("agents", [])),
    Plant("project-older-file", "agentcore/mcp.json", "{}", _file("agentcore/mcp.json", "{}")),
    Plant(
        "project-file-refused",
        CONFIG,
        '"ALL"',
        _version2(lambda data: data["agentCoreGateways"][0].update(exceptionLevel="ALL")),
    ),
    Plant(
        "project-key-dropped", CONFIG, '"usage"', _version2(lambda data: data["credentials"][1].update(usage="inbound"))
    ),
    Plant("project-version", CONFIG, '"version": 7', _set("version", 7)),
    Plant(
        "template-unreadable",
        "infra/stack.yaml",
        "X: }",
        _file("infra/stack.yaml", "Resources:\n  G: {Type: AWS::BedrockAgentCore::Gateway\n  X: }"),
    ),
    Plant(
        "unreadable-file",
        "agentcore/aws-targets.json",
        "nonsense",
        _file("agentcore/aws-targets.json", "[\n nonsense]"),
    ),
]
