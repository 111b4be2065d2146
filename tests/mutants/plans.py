"""The correct plans that mutants are made from, written once in a session by the project's own `plan`."""

from __future__ import annotations

import json
from pathlib import Path

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.knowledge.resources import manifests
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import write_plan
from tests.agent_edits.code import agent_code
from tests.agent_edits.patched import project as an_agent

_DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
_RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/tools_Server-abcdefghij"
_IAM = "gateway: {name: MyGateway, inbound_auth: aws-iam, region: us-east-1}"
_JWT = (
    f"gateway: {{name: MyGateway, inbound_auth: custom-jwt, region: us-east-1, discovery_url: '{_DISCOVERY}', "
    "allowed_clients: [app]}"
)
_NONE = "gateway: {name: MyGateway, inbound_auth: none, region: us-east-1, environment: development}"
_MCP = "service: mcp-server, endpoint: 'https://mcp.example.com/mcp'"
_OAUTH = f"oauth: {{discovery_url: '{_DISCOVERY}', client_id: app, scopes: [read]}}"
_TOOLS = json.dumps(
    [
        {
            "name": "get_order",
            "description": "Read one order",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "description": "The order's number"},
                    "lines": {"type": "array", "items": {"type": "string"}},
                    "total": {"type": "number"},
                },
                "required": ["id"],
            },
        },
        {
            "name": "cancel_order",
            "description": "Cancel an order",
            "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        },
    ]
)
_LAMBDA = f"service: lambda, lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:orders', tools: {_TOOLS}"
_SPEC = json.dumps(
    {
        "openapi": "3.0.3",
        "info": {"title": "Prices", "version": "1"},
        "servers": [{"url": "https://prices.example.com"}],
        "paths": {"/p": {"get": {"operationId": "listPrices", "responses": {"200": {"description": "ok"}}}}},
    }
)
_INBOUND = {"none": _NONE, "aws-iam": _IAM, "custom-jwt": _JWT}


def _answers(connection: str, gateway: str = _IAM, framework: str = "mcp", more: str = "") -> str:
    head = f"version: 1\nagent: {{framework: {framework}}}\n{gateway}\n{more}"
    return f"{head}connections:\n  - {{{connection}}}\n"


_A_RUNTIME = f"name: App, direction: app-calls-agent, front: none, endpoint: '{_RUNTIME}'"
_IDE = "name: Ide, direction: client-calls-gateway, client:"
_POLICY = """policy:
  mode: log-only
  restrict:
    - {effect: permit, tools: [Orders___get_order], claim: role, values: [analyst]}
    - {effect: forbid, tools: [Orders___cancel_order], when: {input: id, op: "==", value: "none"}}
"""

FRAMEWORKS = [kind.removeprefix("client-") for kind in manifests() if kind.startswith("client-")]
PLANS: dict[str, str] = {
    "oauth": "project: Shop\n"
    + _answers(f"name: Weather, {_MCP}, service_auth: oauth-client-credentials, credential: {{name: Sky}}, {_OAUTH}"),
    "lambda": "project: Shop\n" + _answers(f"name: Orders, {_LAMBDA}"),
    "consent": _answers(
        f"name: Notes, {_MCP}, service_auth: oauth-authorization-code, oauth: {{discovery_url: '{_DISCOVERY}', "
        "client_id: app, scopes: [read], return_url: 'https://app.example.com/back'}",
        _JWT,
    ),
    "key": _answers(f"name: Prices, {_MCP}, service_auth: api-key", _NONE, "langgraph"),
    "openapi": "project: Shop\n" + _answers("name: Prices, service: openapi, schema: api.json, service_auth: api-key"),
    "stream": _answers(
        "name: Feed, service: other, endpoint: 'https://feed.example.com', direct_reason: streaming, service_auth: api-key"
    ),
    "direct-mcp": _answers(f"name: Weather, {_MCP}, prefer: direct, service_auth: oauth-token-exchange, {_OAUTH}"),
    "invoke": _answers(_A_RUNTIME, "gateway: {inbound_auth: custom-jwt, discovery_url: '" + _DISCOVERY + "'}"),
    "a2a": _answers(
        "name: Peer, direction: agent-calls-agent, service: agent, endpoint: 'https://agent.example.com/a2a', "
        f"service_auth: oauth-client-credentials, {_OAUTH}"
    ),
    "a2a-key": _answers(
        "name: Peer, direction: agent-calls-agent, service: agent, endpoint: 'https://agent.example.com/a2a?v=1', "
        "service_auth: api-key, api_key: {location: query, parameter: query_key}"
    ),
    "policy": _answers(f"name: Orders, {_LAMBDA}", _JWT, more=_POLICY),
    "policy-elsewhere": _answers(f"name: Orders, {_LAMBDA}", _JWT.replace("{", "{exists: true, ", 1), more=_POLICY),
    "interceptors": _answers(
        f"name: Weather, {_MCP}, service_auth: none",
        _IAM.replace(
            "{",
            "{interceptors: [{on: request, lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:guard', "
            "pass_headers: true}, {on: response, lambda_arn: 'arn:aws:lambda:us-east-1:123456789012:function:mask'}], ",
            1,
        ),
    ),
    "settings": _answers(
        f"name: Weather, {_MCP}, service_auth: none", _IAM.replace("{", "{streaming: true, description: Tools, ", 1)
    ),
    "template": _answers(
        f"name: Prices, {_MCP}, service_auth: api-key, api_key: {{location: header, parameter: x-api-key}}", _JWT
    ),
    "boto3": _answers(f"name: Orders, {_LAMBDA}", _JWT, more=_POLICY),
    "agent": "project: Agent\n"
    + _answers(f"name: Weather, {_MCP}, service_auth: none", framework="langgraph, state: existing"),
    "agent-direct": "project: Helper\n"
    + _answers(
        "name: Orders, service: other, endpoint: 'https://orders.example.com', direct_reason: latency, "
        "service_auth: api-key",
        framework="strands, state: existing",
    ),
    "claude-code": _answers(f"{_IDE} claude-code", _JWT),
    "codex": _answers(f"{_IDE} codex", _IAM),
    **{
        f"{framework} {inbound}": _answers(f"name: Weather, {_MCP}, service_auth: none", gateway, framework)
        for framework in FRAMEWORKS
        for inbound, gateway in _INBOUND.items()
    },
    **{
        f"{kind} {inbound}": _answers(
            f"name: Weather, {_MCP}, service_auth: none",
            gateway,
            f"{kind.removeprefix('typescript-')}, language: typescript",
        )
        for kind in manifests()
        if kind.startswith("typescript-")
        for inbound, gateway in _INBOUND.items()
    },
}

_EMPTY = (
    *("runtimes", "memories", "knowledgeBases", "credentials", "evaluators", "onlineEvalConfigs"),
    *("agentCoreGateways", "policyEngines", "configBundles", "abTests", "harnesses", "datasets"),
    *("capacityProviders", "payments"),
)

#: How a plan is carried out, where not by the CLI.
_VIA = {"template": "cloudformation", "boto3": "boto3"}


def write(name: str, folder: Path) -> None:
    """Write a plan into `connect` of a folder, with the project Shop and an API document beside it."""
    project = folder / "Shop" / "agentcore"
    project.mkdir(parents=True)
    head = {"name": "Shop", "version": 1, "managedBy": "CDK", "tags": {"agentcore:created-by": "agentcore-cli"}}
    (project / "agentcore.json").write_text(json.dumps(head | {key: [] for key in _EMPTY}, indent=2), encoding="utf-8")
    (project / "aws-targets.json").write_text("[]", encoding="utf-8")
    (folder / "api.json").write_text(_SPEC, encoding="utf-8")
    an_agent(folder / "Agent", {"main.py": agent_code("langgraph", "entry-point"), "requirements.txt": "langgraph\n"})
    an_agent(folder / "Helper", {"main.py": agent_code("strands", "module"), "requirements.txt": "strands-agents\n"})
    answers = folder / "answers.yaml"
    answers.write_text(PLANS[name], encoding="utf-8")
    gathered = gather(load.load(answers), via=_VIA.get(name, "cli"))
    write_plan(build(gathered), gathered, folder / "connect", force=False)
