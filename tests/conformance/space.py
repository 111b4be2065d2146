"""Every plan that the decision space can lead to, as answers; and what all of them emit, each thing once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from agentcore_connect import triage
from agentcore_connect.answers import load
from agentcore_connect.answers.document import Document
from agentcore_connect.decide import decide
from agentcore_connect.engine.space import leaves
from agentcore_connect.engine.tree import Engine
from agentcore_connect.errors import ConnectError
from agentcore_connect.gather import Gathered, gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan

RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/tools_Server-abcdefghij"
DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
HOSTS = {
    "external": "https://mcp.example.com/mcp",
    "agentcore-runtime": RUNTIME,
    "agentcore-gateway": "https://other-gw-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
    "api-gateway": "https://abcdefghij.execute-api.us-east-1.amazonaws.com/prod",
    "lambda-url": "https://abcdefghij.lambda-url.us-east-1.on.aws/",
    "alb": "https://tools-1234567890.us-east-1.elb.amazonaws.com/mcp",
    "ec2": "https://ec2-1-2-3-4.us-west-2.compute.amazonaws.com/mcp",
}
TOOLS = [
    {
        "name": "get_order",
        "description": "Read one order",
        "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
    }
]
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "https://orders.example.com"}],
    "paths": {"/o": {"get": {"operationId": "listOrders", "responses": {"200": {"description": "ok"}}}}},
}
FRAMEWORKS = tuple(c["value"] for q in triage.load("questions")["questions"] if q["id"] == "agent.framework" for c in q["choices"])
#: What can be wished for beside the decision, each with what it does to the answers of a connection.
WISHES: dict[str, dict[str, Any]] = {
    "plain": {},
    "headers": {"forward_headers": ["X-Tenant"]},
    "private": {"network": "vpc"},
    "key elsewhere": {"api_key": {"location": "query", "parameter": "key"}},
    "key with prefix": {"api_key": {"parameter": "Authorization", "prefix": "Bearer "}},
    "credential elsewhere": {"credential": {"name": "Theirs", "exists": True}},
    "scopes": {"oauth": {"scopes": ["orders.read", "orders.write"]}},
    "vendor": {"oauth": {"vendor": "MicrosoftOauth2"}},
    "many tools": {"tool_count": 21},
    "from S3": {"schema": "s3://specs-bucket/api.json"},
    "filters": {"tool_filters": [{"path": "/a/*", "methods": ["GET", "POST"]}, {"path": "/b", "methods": ["GET"]}]},
}


class _Started(Engine):
    """The engine with a route's results standing at the start of each walk."""

    def __init__(self, engine: Engine, start: Mapping[str, Any]) -> None:
        self.__dict__.update(engine.__dict__)
        self._start = start

    def decide(self, tree: str, facts: Any, start: Any = None) -> Any:
        return super().decide(tree, facts, start=self._start if start is None else start)


@cache
def decisions() -> list[dict[str, Any]]:
    """The facts of every way through the route and the sign-in."""
    engine, domains = triage.engine(), triage.domains()
    after = {"gateway": "gateway-auth", "agent": "agent-auth"}
    found = []
    for route in leaves(engine, "route", domains):
        tree = after.get(route.decision.result["stage"])
        if tree is None:
            found.append(dict(route.facts))
            continue
        found += [dict(leaf.facts) for leaf in leaves(_Started(engine, route.decision.result), tree, domains, route.facts)]
    return found


def answers(facts: Mapping[str, Any], wish: Mapping[str, Any], *, framework: str, inbound: str) -> dict[str, Any]:
    """An answers file that leads where these facts lead."""
    asked = ("direction", "service", "front", "own_agent", "can_front", "direct_reason", "prefer", "service_auth", "network")
    connection: dict[str, Any] = {k: facts[k] for k in asked if k in facts}
    connection["name"] = "Orders"
    if facts.get("blocker_stated"):
        connection["blocker"] = "the server wants mutual TLS"
    host = facts.get("host") or ("agentcore-runtime" if facts.get("runtime_hosted") else "external")
    connection["endpoint"] = HOSTS[host]
    fronts = connection.get("direction") != "agent-calls-service" or connection.get("service") == "agent"
    if fronts and facts.get("front") == "gateway" and connection.get("direction") == "app-calls-agent":
        connection["endpoint"] = RUNTIME
    connection["host"] = host
    connection |= {
        "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
        "tools": TOOLS,
        "schema": "api.json",
        "rest_api_id": "abcdefghij",
        "stage": "prod",
        "knowledge_base_id": "AB12CD34EF",
        "oauth": {"discovery_url": DISCOVERY, "client_id": "app", "return_url": "https://app.example.com/back"},
    }
    for key, value in wish.items():
        connection[key] = {**connection.get(key, {}), **value} if isinstance(value, dict) else value
    gateway: dict[str, Any] = {"name": "TheGateway", "inbound_auth": facts.get("inbound") or inbound}
    gateway["region"] = "eu-central-1" if facts.get("web_search_offered") is False else "us-east-1"
    gateway["environment"] = "development" if gateway["inbound_auth"] == "none" else "production"
    if gateway["inbound_auth"] == "custom-jwt":
        gateway |= {"discovery_url": DISCOVERY, "allowed_clients": ["app"]}
    if facts.get("gateway_here") is False:
        gateway |= {"exists": True, "id": "other-gw-abcdefghij"}
    return {"version": 1, "agent": {"framework": framework}, "gateway": gateway, "connections": [connection]}


def gathered(data: Mapping[str, Any], folder: Path, surface: str, via: str) -> Gathered:
    """Answers, checked and gathered as `plan` does it."""
    document = load.checked(Document(dict(data), {}, str(folder / "answers.yaml")))
    return gather(document, cli_version={"0.30": "0.30.0", "1.x": "1.0.0"}[surface], via=via)


@dataclass(slots=True)
class Emitted:
    """What plans emit: each thing once, with a plan that emits it."""

    plans: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    commands: dict[str, dict[tuple[str, ...], Gathered]] = field(default_factory=lambda: {"0.30": {}, "1.x": {}})
    shapes: dict[tuple[Any, ...], tuple[Gathered, Plan]] = field(default_factory=dict)


def situations() -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every answers file, with the command surface and the way it is planned for."""
    every = decisions()
    seen: set[str] = set()
    for facts in every:
        surface = facts.get("surface", "0.30")
        inbounds = [facts["inbound"]] if "inbound" in facts else ["none", "aws-iam", "custom-jwt"]
        for inbound, (name, wish), via in product(inbounds, WISHES.items(), ("cli", "boto3")):
            if via == "boto3" and name not in ("plain", "scopes", "key with prefix"):
                continue
            data = answers(facts, wish, framework="mcp", inbound=inbound)
            key = json.dumps([data, surface, via], sort_keys=True)
            if key not in seen:
                seen.add(key)
                yield data, surface, via
    plain = {"direction": "agent-calls-service", "service": "mcp-server", "service_auth": "none", "direct_reason": "none"}
    for framework, inbound, wish in product(FRAMEWORKS, ("none", "aws-iam", "custom-jwt"), ("plain", "many tools")):
        yield answers(plain, WISHES[wish], framework=framework, inbound=inbound), "0.30", "cli"


def emitted(folder: Path) -> Emitted:
    """Plan every situation and keep each distinct thing once."""
    (folder / "api.json").write_text(json.dumps(SPEC), encoding="utf-8")
    found = Emitted()
    for data, surface, via in situations():
        try:
            case = gathered(data, folder, surface, via)
            plan = build(case)
        except ConnectError as error:
            found.refused[error.code] = found.refused.get(error.code, 0) + 1
            continue
        found.plans += 1
        for operation in plan.operations:
            if operation.argv:
                found.commands[surface].setdefault(tuple(operation.argv), case)
        found.shapes.setdefault(_shape(plan), (case, plan))
    return found


def _shape(plan: Plan) -> tuple[Any, ...]:
    """What tells the files of two plans apart: everything that templates can see, but the surface of the commands."""
    ctx = plan.context
    agent = ctx["agent"]["framework"] if ctx["agent_client"] or any(c["path"] == "D" for c in ctx["connections"]) else None
    return (
        json.dumps([ctx["connections"], ctx["gateway"], ctx["search"], agent], sort_keys=True, default=str),
        ctx["plan"]["via"],
        tuple(tuple(op.argv) for op in plan.operations),
    )


def verdict_of(data: Mapping[str, Any]) -> Any:
    """The decision for an answers file, for those who only want that."""
    from agentcore_connect.situation import Case, agent_facts, connection_facts, gateway_facts

    case = Case(data)
    agent, gateway = agent_facts(case, asking=False), gateway_facts(case, asking=False)
    return decide(connection_facts(case, 0, agent, gateway, asking=False))
