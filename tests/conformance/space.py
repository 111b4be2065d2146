"""Every way through the decision space, as answers that lead there; and what can be wished for on the way.

The ways are those that the engine's own walk finds: each is a set of facts. A document is made for each, and for the
documents that stand for a kind of connection, of gateway or of agent, for each thing that can be wished for there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from agentcore_connect.core.vias import VIAS
from agentcore_connect.engine.space import Leaf, leaves
from agentcore_connect.engine.tree import Engine
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load

RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/tools_Server-abcdefghij"
GATEWAY_ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/other-gw-abcdefghij"
DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
ENTRA = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0/.well-known/openid-configuration"
OKTA = "https://acme.okta.com/oauth2/default/.well-known/openid-configuration"
COGNITO = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/.well-known/openid-configuration"
HOSTS = {
    "external": "https://mcp.example.com/mcp",
    "agentcore-runtime": RUNTIME,
    "agentcore-gateway": "https://other-gw-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
    "api-gateway": "https://abcdefghij.execute-api.us-east-1.amazonaws.com/prod",
    "lambda-url": "https://abcdefghij.lambda-url.us-east-1.on.aws/",
    "alb": "https://tools-1234567890.us-east-1.elb.amazonaws.com/mcp",
    "ec2": "https://ec2-1-2-3-4.us-west-2.compute.amazonaws.com/mcp",
}
INBOUNDS = ("none", "aws-iam", "custom-jwt")
SURFACES = {"0.30": "0.30.0", "1.x": "1.0.0"}


def _tool(name: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)[:1]}
    return {"name": name, "description": f"Does {name}", "inputSchema": schema}


TOOLS = [_tool("get_order", id={"type": "string"})]
#: One tool for each shape that a Lambda target's schema can take, and what makes their functions' code differ.
MANY_TOOLS = [
    *TOOLS,
    _tool("nothing"),
    _tool("every_type", s={"type": "string"}, n={"type": "number"}, i={"type": "integer"}, b={"type": "boolean"}),
    _tool("lists", tags={"type": "array", "items": {"type": "string"}}, anything={"type": "array"}),
    _tool("inner", to={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}),
    _tool("deep", rows={"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}),
    _tool("named-oddly", **{"class": {"type": "string"}, "ship-to": {"type": "string"}}),
    {
        **_tool("answers", id={"type": "string"}),
        "outputSchema": {"type": "object", "properties": {"x": {"type": "string"}}},
    },
]
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "https://orders.example.com"}],
    "paths": {"/o": {"get": {"operationId": "listOrders", "responses": {"200": {"description": "ok"}}}}},
}
_LARGE = {
    **SPEC,
    "paths": {
        f"/o/{number}": {"get": {"operationId": f"list{number}", "summary": "Lists " + "orders " * 20, "responses": {}}}
        for number in range(300)
    },
}
_TRAITS = {"aws.protocols#restJson1": {}, "aws.api#service": {"sdkId": "Tables"}}
SMITHY = {
    "smithy": "2.0",
    "shapes": {
        "a#Tables": {"type": "service", "operations": [{"target": "a#List"}], "traits": _TRAITS},
        "a#List": {"type": "operation"},
    },
}
FILES = {
    "api.json": json.dumps(SPEC),
    "api.yaml": json.dumps(SPEC, indent=1),  # JSON is YAML
    "large.json": json.dumps(_LARGE),
    "model.json": json.dumps(SMITHY),
    "orders.tools.json": json.dumps(MANY_TOOLS),
}


def frameworks() -> list[str]:
    """Every framework that can be answered."""
    return [c.value for c in questions()["agent.framework"].choices]


class _Started(Engine):
    """The engine with a route's results standing at the start of each walk."""

    def __init__(self, engine: Engine, start: Mapping[str, Any]) -> None:
        self.__dict__.update(engine.__dict__)
        self._start = start

    def decide(self, tree: str, facts: Any, start: Any = None) -> Any:
        return super().decide(tree, facts, start=self._start if start is None else start)


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the space: the facts on it, and what is decided at its end."""

    facts: Mapping[str, Any]
    result: Mapping[str, Any]


@cache
def ways() -> list[Way]:
    """Every way through the route and the sign-in."""
    engine, domains = base.engine(), base.domains()
    after = {"gateway": "gateway-auth", "agent": "agent-auth"}
    found: list[Way] = []
    for route in leaves(engine, "route", domains):
        tree = after.get(route.decision.result["leads_to"])
        if tree is None:
            found.append(_way(route))
            continue
        started = _Started(engine, route.decision.result)
        found += [_way(leaf) for leaf in leaves(started, tree, domains, route.facts)]
    return found


def _way(leaf: Leaf) -> Way:
    return Way(dict(leaf.facts), dict(leaf.decision.result))


_ASKED = (
    "direction",
    "service",
    "front",
    "own_agent",
    "can_front",
    "direct_reason",
    "prefer",
    "service_auth",
    "network",
)


def connection(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A connection that leads where these facts lead; every detail that could be asked for is answered."""
    found: dict[str, Any] = {"name": "Orders", **{k: facts[k] for k in _ASKED if k in facts}}
    if facts.get("blocker_stated"):
        found["blocker"] = "the server wants mutual TLS"
    host = facts.get("host") or ("agentcore-runtime" if _at_runtime(facts) else "external")
    found |= {
        "host": host,
        "endpoint": "npx -y @example/notes-mcp" if facts.get("local_program") else HOSTS[host],
        "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
        "tools": TOOLS,
        "schema": "model.json" if facts.get("service") == "smithy" else "api.json",
        "rest_api_id": "abcdefghij",
        "stage": "prod",
        "knowledge_base_id": "AB12CD34EF",
        "oauth": {"discovery_url": DISCOVERY, "client_id": "app", "return_url": "https://app.example.com/back"},
    }
    if host == "external":
        found["sigv4"] = {"service": "execute-api"}
    if facts.get("model_taken") is False:
        found["aws_service"] = "dynamodb"
    if facts.get("api_elsewhere"):
        found["owner_account"] = "210987654321"
    if facts.get("api_by_domain"):
        found["api_domain"] = "https://api.example.com/orders"
    return found


def _at_runtime(facts: Mapping[str, Any]) -> bool:
    return any(map(facts.get, ("runtime_hosted", "client_at_runtime"))) or facts.get("direction") == "app-calls-agent"


def gateway(facts: Mapping[str, Any], inbound: str) -> dict[str, Any]:
    """A gateway that these facts allow."""
    found: dict[str, Any] = {"name": "TheGateway", "inbound_auth": facts.get("inbound", inbound)}
    found["region"] = "eu-central-1" if facts.get("web_search_offered") is False else "us-east-1"
    found["environment"] = "development" if found["inbound_auth"] == "none" else "production"
    if found["inbound_auth"] == "custom-jwt":
        found |= {"discovery_url": DISCOVERY, "allowed_clients": ["app"]}
    if facts.get("gateway_here") is False:
        found |= {"exists": True, "id": "other-gw-abcdefghij"}
    return found


def document(facts: Mapping[str, Any], inbound: str = "aws-iam", framework: str = "mcp") -> dict[str, Any]:
    """An answers file that leads where these facts lead."""
    return {
        "version": 1,
        "agent": {"framework": framework},
        "gateway": gateway(facts, inbound),
        "connections": [connection(facts)],
    }


def changed(data: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The document with a change: keys with a dot go to that section, `c.` to its connection; None takes one away."""
    made: dict[str, Any] = json.loads(json.dumps(data))
    for key, value in change.items():
        section, _, inner = key.partition(".")
        place = made["connections"][0] if section == "c" else made if not inner else made.setdefault(section, {})
        own = inner or key
        both = isinstance(value, Mapping) and isinstance(place.get(own), Mapping)
        place[own] = {**place[own], **value} if both else value
        if both:
            place[own] = {k: v for k, v in place[own].items() if v is not None}
        elif value is None:
            del place[own]
    return made


#: What a wish's effect hangs on, beside what it says itself; service and reason are told for direct calls only, the form
#: of the endpoint for targets that have one.
_BY = (
    *("path", "target_type", "outbound_auth", "grant", "mechanism", "connector", "signs"),
    *("surface", "service", "direct_reason", "form"),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that can be wished for beside the decision: where it can matter, and what it does to the answers."""

    name: str
    change: Mapping[str, Any]
    where: Mapping[str, Any]
    by: tuple[str, ...] = _BY

    def once(self, result: Mapping[str, Any]) -> tuple[Any, ...]:
        """Equal for decisions between which this wish makes no difference."""
        return (self.name, *(result.get(key) for key in self.by), *(result.get(key) for key in self.where))

    def fits(self, result: Mapping[str, Any]) -> bool:
        """Whether it can have an effect on a connection that was decided like this."""
        return all(
            result.get(key) in (value if isinstance(value, tuple) else (value,)) for key, value in self.where.items()
        )


_OAUTH = {"outbound_auth": "oauth"}
_KEY = {"outbound_auth": "api-key"}
_STAGE = {"target_type": "api-gateway"}
_SPEC = {"target_type": "open-api-schema"}
_MODEL = {"target_type": "smithy-model"}
_FUNCTION = {"target_type": "lambda-function-arn"}
_HEADERS = {"target_type": ("mcp-server", "open-api-schema", "api-gateway", "lambda-function-arn", "passthrough")}
_PRIVATE = {"target_type": ("mcp-server", "open-api-schema", "passthrough")}
ENDPOINTS = {
    "discovery_url": None,
    "issuer": "https://acct.example.com",
    "authorization_endpoint": "https://acct.example.com/oauth/authorize",
    "token_endpoint": "https://acct.example.com/oauth/token-request",
}
MASK = "arn:aws:lambda:us-east-1:123456789012:function:mask"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/11111111-2222-3333-4444-555555555555"
#: What a gateway is given once it is there.
SETTINGS: dict[str, dict[str, Any]] = {
    "streaming": {"gateway.streaming": True},
    "in words": {"gateway.description": "Shop tools", "gateway.instructions": "Ask before you order."},
    "versions and sessions": {"gateway.protocol_versions": ["2025-11-25"], "gateway.session_timeout": 900},
    "errors in full": {"gateway.exception_level": "debug"},
    "own key": {"gateway.kms_key": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"},
    "callers elsewhere": {"gateway.caller_accounts": ["210987654321", "345678901234"]},
    "own domain": {"gateway.domain": "mcp.example.com", "gateway.alternate_domains": ["tools.example.com"]},
    "web ACL": {"gateway.web_acl": WEB_ACL, "gateway.waf_failure_mode": "close"},
    "one interceptor": {"gateway.interceptors": [{"on": "response", "lambda_arn": MASK}]},
    "both interceptors": {
        "gateway.interceptors": [
            {"on": "request", "lambda_arn": f"{MASK}:live", "pass_headers": True},
            {"on": "response", "lambda_arn": MASK},
        ],
    },
}
PARAMETERS = ["audience=https://api.example.com", "access_type=offline"]
_INVOKED = {"redirect": "invoke-agent-runtime"}
_FILTERS = [{"path": "/a/*", "methods": ["GET", "POST"]}, {"path": "/b", "methods": ["GET"]}]
BY_BOTO3 = "by boto3"
BY_TEMPLATE = "by a template"
_OTHER_VIAS = {BY_BOTO3: "boto3", BY_TEMPLATE: "cloudformation"}
_THEIR_BUCKET = {"c.bucket_owner": "210987654321"}
_ELSEWHERE = {"c.credential": {"name": "Theirs", "exists": True}}


@cache
def wishes() -> tuple[Wish, ...]:
    """Everything that can be wished for on a connection."""
    vendors = [v["id"] for v in load("oauth-vendors")["vendors"]]
    clients = [c.value for c in questions()["client"].choices]
    return (
        Wish(BY_BOTO3, {}, {"leads_to": "gateway"}),
        Wish(BY_TEMPLATE, {}, {"leads_to": "gateway"}),
        Wish("headers", {"c.forward_headers": ["X-Tenant", "X-Trace"]}, _HEADERS),
        Wish("private", {"c.network": "vpc"}, _PRIVATE),
        Wish("private with headers", {"c.network": "vpc", "c.forward_headers": ["X-Tenant"]}, _PRIVATE),
        Wish("as the user", {"c.user_identity": True}, {"leads_to": ("gateway", "agent")}),
        Wish("key in the query", {"c.api_key": {"location": "query", "parameter": "key"}}, _KEY),
        Wish("key in a header", {"c.api_key": {"parameter": "X-Key"}}, _KEY),
        Wish("key with a prefix", {"c.api_key": {"parameter": "Authorization", "prefix": "Bearer "}}, _KEY),
        Wish("key elsewhere", _ELSEWHERE, _KEY),
        Wish("key elsewhere with a prefix", {**_ELSEWHERE, "c.api_key": {"prefix": "Basic "}}, _KEY),
        Wish("client elsewhere", _ELSEWHERE, _OAUTH),
        Wish("client elsewhere with scopes", {**_ELSEWHERE, "c.oauth": {"scopes": ["orders.read"]}}, _OAUTH),
        Wish("scopes", {"c.oauth": {"scopes": ["orders.read", "orders.write"]}}, _OAUTH),
        Wish("no discovery document", {"c.oauth": ENDPOINTS}, _OAUTH),
        Wish("parameters of its own", {"c.oauth": {"custom_parameters": PARAMETERS}}, _OAUTH),
        Wish("the secret in the body", {"c.oauth": {"client_auth_method": "client-secret-post"}}, _OAUTH),
        Wish("named credential", {"c.credential": {"name": "shop-Key_1"}}, {"outbound_auth": ("oauth", "api-key")}),
        *(Wish(f"vendor {v}", {"c.oauth": {"vendor": v}}, _OAUTH, ("path", "grant", "surface")) for v in vendors),
        *(Wish(f"at {u}", {"c.oauth": {"discovery_url": u}}, _OAUTH) for u in (ENTRA, OKTA, COGNITO)),
        Wish("Entra as itself", {"c.oauth": {"vendor": "MicrosoftOauth2", "discovery_url": ENTRA}}, _OAUTH),
        Wish("Okta as itself", {"c.oauth": {"vendor": "OktaOauth2", "discovery_url": OKTA}}, _OAUTH),
        Wish("tools that change", {"c.listing_mode": "dynamic"}, {"target_type": "mcp-server"}),
        *(
            Wish(f"calls that are {d}", {"c.duration": d}, {"redirect": "invoke-agent-runtime"})
            for d in ("long", "async")
        ),
        *(Wish(f"called by {one.value}", {"c.trigger": one.value}, _INVOKED) for one in questions()["trigger"].choices),
        *(Wish(w, c, {"leads_to": "gateway"}, ("target_type", "mechanism")) for w, c in SETTINGS.items()),
        Wish("many tools", {"c.tool_count": 21}, {"leads_to": "gateway"}),
        Wish("document in S3", {"c.schema": "s3://specs-bucket/api.json"}, _SPEC),
        Wish("document in another account", {"c.schema": "s3://specs-bucket/api.json", **_THEIR_BUCKET}, _SPEC),
        Wish("tools in S3", {"c.tools": "s3://specs-bucket/tools.json", **_THEIR_BUCKET}, _FUNCTION),
        Wish("the model of a named service", {"c.aws_service": "lambda"}, _MODEL),
        Wish("model in S3", {"c.schema": "s3://specs-bucket/model.json"}, _MODEL),
        Wish("YAML document", {"c.schema": "api.yaml"}, _SPEC),
        Wish("function of another account", {"c.owner_account": "210987654321"}, _FUNCTION),
        Wish("stage variables", {"c.stage_variables": True}, _STAGE),
        Wish("one filter", {"c.tool_filters": _FILTERS[:1]}, _STAGE),
        Wish("two filters", {"c.tool_filters": _FILTERS}, _STAGE),
        Wish("tools of every shape", {"c.tools": "orders.tools.json"}, _FUNCTION),
        Wish("tools to come", {"c.tools": None}, {**_FUNCTION, "front_missing": True}),
        Wish("function to come", {"c.lambda_arn": None}, {**_FUNCTION, "front_missing": True}),
        Wish("document to come", {"c.schema": None}, {**_SPEC, "front_missing": True}),
        Wish("stage to come", {"c.rest_api_id": None, "c.stage": None}, {**_STAGE, "front_missing": True}),
        Wish("provider to come", {"c.oauth": {"discovery_url": None}}, {**_OAUTH, "steered": True, "mechanism": "cli"}),
        *(Wish(f"for {c}", {"c.client": c}, {"redirect": "mcp-client"}, ("inbound",)) for c in clients),
        Wish("no endpoint", {"c.endpoint": None}, {"path": "D", "leads_to": "none"}),
        Wish("no Region", {"gateway.region": None}, {}),
        Wish("elsewhere by ARN", {"gateway.exists": True, "gateway.arn": GATEWAY_ARN}, {"leads_to": "gateway"}),
        Wish("elsewhere by name", {"gateway.exists": True}, {"leads_to": "gateway"}),
    )


#: How a gateway can be restricted, beside by client.
JWT: tuple[dict[str, Any], ...] = (
    {"gateway.allowed_clients": None, "gateway.allowed_audience": ["shop", "desk"]},
    {"gateway.allowed_clients": None, "gateway.allowed_scopes": ["orders.read", "orders.write"]},
    {"gateway.allowed_audience": ["shop"], "gateway.allowed_scopes": ["orders.read"]},
    {"gateway.allowed_clients": ["app", "desk"]},
    {"gateway.allowed_clients": None, "gateway.custom_claims": [{"name": "cid", "value": "app"}]},
    {"gateway.discovery_url": COGNITO},
)
PRIVATE_PROVIDERS: tuple[dict[str, Any], ...] = (
    {"vpc": "vpc-0123456789abcdef0", "subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-01234567"]},
    {"vpc": "vpc-01234567", "subnets": ["subnet-01234567", "subnet-76543210"]},
    {"resource_configuration": "rcfg-0123456789abcdef0"},
)
PUBLIC = {"direction": "agent-calls-service", "service": "mcp-server", "service_auth": "none", "direct_reason": "none"}
FUNCTION = {"direction": "agent-calls-service", "service": "lambda", "direct_reason": "none"}
FRONTED = {"direction": "app-calls-agent", "front": "gateway", "service_auth": "iam"}
KEYED = {**PUBLIC, "service": "openapi", "service_auth": "api-key"}
TOKENED = {**PUBLIC, "service_auth": "oauth-client-credentials"}
CONSENTED = {**PUBLIC, "service_auth": "oauth-authorization-code"}
ASKED_BY_IDE = {"direction": "client-calls-gateway"}
PROJECTS = ("Bare", "Reused", "Harnessed", "Guarded")


@dataclass(frozen=True, slots=True)
class Situation:
    """Answers, and what they are planned for. `why`: what it stands for, in words."""

    data: Mapping[str, Any]
    surface: str = "0.30"
    via: str = "cli"
    why: str = ""

    @property
    def key(self) -> str:
        """Equal for equal situations."""
        return json.dumps([self.data, self.surface, self.via], sort_keys=True)


def plain() -> Iterator[tuple[Way, Situation]]:
    """One situation for each way; where the way leaves the inbound auth open, they take turns."""
    for number, way in enumerate(ways()):
        surface = way.facts.get("surface", "0.30")
        via = "boto3" if way.facts.get("api_only") else "cli"  # the one wish that every target can have
        yield way, Situation(document(way.facts, INBOUNDS[number % 3]), surface, via, f"way {number}")


def wished(kinds: Iterable[tuple[Mapping[str, Any], Situation]]) -> Iterator[Situation]:
    """Every wish on every kind of connection: pairs of what was decided and a situation where it was."""
    seen: set[tuple[Any, ...]] = set()
    for result, first in kinds:
        for wish in wishes():
            if wish.fits(result) and wish.once(result) not in seen:
                seen.add(wish.once(result))
                via = _OTHER_VIAS.get(wish.name, first.via)
                yield Situation(changed(first.data, wish.change), first.surface, via, f"{first.why}, {wish.name}")


def around() -> Iterator[Situation]:
    """What does not hang on the kind of connection: agents, gateways, projects and policies."""
    yield from _agents()
    yield from _runtimes()
    yield from _gateways()
    yield from _projects()
    yield from _policies()


def _agents() -> Iterator[Situation]:
    for framework, inbound, count in product(frameworks(), INBOUNDS, (None, 21)):
        data = document(PUBLIC, inbound, framework)
        many = {} if count is None else {"c.tool_count": count}
        yield Situation(changed(data, many), why=f"client for {framework}")
        if inbound == "custom-jwt":
            yield Situation(changed(data, {**many, **JWT[0]}), why=f"client for {framework}, token from outside")
    for framework, inbound, count in product(("mcp", "strands", "vercel-ai", "langgraph"), INBOUNDS, (None, 21)):
        change = {"agent.language": "typescript", **({} if count is None else {"c.tool_count": count})}
        data = changed(document(PUBLIC, inbound, framework), change)
        yield Situation(data, why=f"TypeScript client for {framework}")
        if inbound == "custom-jwt":
            yield Situation(changed(data, JWT[0]), why=f"TypeScript client for {framework}, token from outside")
    for framework, surface in product(("mcp", "strands", "vercel-ai"), SURFACES):
        change = {"agent.language": "typescript", "agent.state": "new"}
        yield Situation(changed(document(PUBLIC, framework=framework), change), surface, why="a new TypeScript agent")
    for inbound, surface, via in product(INBOUNDS, SURFACES, ("cli", "boto3")):
        data = changed(document(PUBLIC, inbound), {"agent.state": "none", "agent.framework": None})
        yield Situation(data, surface, via, "MCP clients and no agent")
    for framework, surface in product(frameworks(), SURFACES):
        data = changed(document(PUBLIC, "aws-iam", framework), {"agent.state": "new"})
        yield Situation(data, surface, why=f"a new agent with {framework}")
        for project in PROJECTS:
            yield Situation(changed(data, {"project": project}), surface, why=f"a new agent in the project {project}")


def _runtimes() -> Iterator[Situation]:
    signed = {**PUBLIC, "service_auth": "iam"}
    for facts, qualifier, surface in product((FRONTED, signed), (None, "PROD"), SURFACES):
        change = {"c.endpoint": None, "c.runtime": {"arn": RUNTIME, **({"qualifier": qualifier} if qualifier else {})}}
        yield Situation(changed(document(facts), change), surface, why="a runtime by its ARN")


def _gateways() -> Iterator[Situation]:
    for facts, change, surface, via in product((PUBLIC, FRONTED, ASKED_BY_IDE), ({}, *JWT), SURFACES, ("cli", "boto3")):
        yield Situation(changed(document(facts, "custom-jwt"), change), surface, via, "a restricted gateway")
    for facts, inbound, surface, via in product((PUBLIC, FRONTED), INBOUNDS, SURFACES, VIAS):
        yield Situation(document(facts, inbound), surface, via, "a gateway by itself")
    signed = {"gateway.inbound_auth": "authenticate-only"}
    guarded = {**signed, "gateway.interceptors": [{"on": "request", "lambda_arn": MASK}]}
    ways = product((PUBLIC, FRONTED, ASKED_BY_IDE), (signed, guarded), SURFACES, VIAS)
    for facts, change, surface, via in ways:
        yield Situation(changed(document(facts), change), surface, via, "a gateway that checks signatures only")
    for surface in SURFACES:  # what a stack alone has: too large for a request, tools that a person has to consent to
        change = {"c.schema": "large.json"}
        yield Situation(changed(document(KEYED), change), surface, "cloudformation", "a template to upload")
        consented = changed(document(CONSENTED, "custom-jwt"), {"c.tools": None})
        yield Situation(consented, surface, "cloudformation", "a target to consent to")
    for one, via in product(PRIVATE_PROVIDERS, VIAS):
        change = {"gateway.private_endpoint": one}
        yield Situation(changed(document(PUBLIC, "custom-jwt"), change), via=via, why="an identity provider in a VPC")
    for choice in questions()["gateway.identity_provider"].choices:
        change = {"gateway.identity_provider": choice.value}
        yield Situation(changed(document(PUBLIC, "custom-jwt"), change), why=f"tokens of {choice.label}")


def _projects() -> Iterator[Situation]:
    every = (PUBLIC, FUNCTION, FRONTED, KEYED, TOKENED, CONSENTED, ASKED_BY_IDE)
    for project, facts, inbound, surface in product(PROJECTS, every, INBOUNDS, SURFACES):
        # its gateway speaks MCP, and takes no runtime behind it
        other = {"gateway.name": "Fronts"} if facts is FRONTED and project == "Reused" else {}
        change = {"project": project, **other}
        yield Situation(changed(document(facts, inbound), change), surface, why=f"in the project {project}")
    for project, inbound, surface in product(("Bare", "Guarded"), INBOUNDS, SURFACES):
        own = RUNTIME.replace("tools_Server", f"{project}_Worker")  # the project's own runtime, which the CLI can take
        change = {"project": project, "c.endpoint": own}
        yield Situation(
            changed(document(FRONTED, inbound), change), surface, why=f"the runtime of the project {project}"
        )
    for facts in (KEYED, TOKENED):  # a credential and a target that are there already
        name = "Mine" if facts is KEYED else "Client"
        yield Situation(changed(document(facts), {"project": "Reused", "c.credential": {"name": name}}), why="reuse")
    yield Situation(changed(document(PUBLIC), {"project": "Reused", "c.name": "There"}), why="a target that is there")


def _policies() -> Iterator[Situation]:
    for inbound, restrict, mode, project, surface in product(
        INBOUNDS, restrictions(), ("log-only", "enforce"), (None, "Guarded", "Reused"), SURFACES
    ):
        known_by = "aws-iam" if project == "Reused" else inbound  # the gateway of that project has AWS_IAM
        if not all(_fits_callers(one, known_by) for one in restrict):
            continue
        change = {"c.tools": "orders.tools.json", "policy.mode": mode, "policy.restrict": restrict}
        where = {} if project is None else {"project": project}
        data = changed(document(FUNCTION, inbound), {**change, **where})
        yield Situation(data, surface, why="policies")
        if project is None:
            yield Situation(data, surface, "boto3", "policies by boto3")
            for rest in ("permit", "deny") if mode == "log-only" else ():
                yield Situation(changed(data, {"policy.rest": rest}), surface, why=f"the rest: {rest}")
            yield Situation(changed(data, {"gateway.exists": True}), surface, why="policies of a gateway elsewhere")


def _fits_callers(entry: Any, inbound: str) -> bool:
    """A claim is for callers with a token, an ARN for callers with an AWS identity."""
    when = entry.get("when", []) if isinstance(entry, dict) else []
    parts = [entry, *(when if isinstance(when, list) else [when])] if isinstance(entry, dict) else []
    wanted = {kind for kind, key in (("custom-jwt", "claim"), ("aws-iam", "callers")) for one in parts if key in one}
    return wanted <= {inbound}


@cache
def restrictions() -> tuple[list[Any], ...]:
    """What can be restricted: by tool, by claim, by each operator on each type of argument, allowed and forbidden."""
    tool = "Orders___every_type"
    values = {"string": "s", "integer": 5, "number": 2.5, "boolean": True}
    ops = [
        {
            "tools": [tool],
            "when": {
                "input": {"string": "s", "number": "n", "integer": "i", "boolean": "b"}[kind],
                "op": op,
                "value": values[kind],
            },
        }
        for kind, argument in load("cedar")["arguments"].items()
        for op in argument["ops"]
        if kind != "array"
    ]
    ops += [
        {
            "tools": ["Orders___lists"],
            "when": {"input": "tags", "op": op, "value": "a" if op == "contains" else ["a", "b"]},
        }
        for op in load("cedar")["arguments"]["array"]["ops"]
    ]
    ops += [{"tools": [tool], "when": {"input": "s", "op": op}} for op in load("cedar")["presence"]]
    claims = [
        {"tools": [tool], "claim": "role"},
        {"tools": [tool], "claim": "role", "values": ["analyst"]},
        {"tools": [tool, "Orders___nothing"], "claim": "role", "values": ["analyst", "boss", "team-*"]},
        {"tools": [tool], "claim": "scope", "values": ["orders:write"]},
        {"tools": [tool], "claim": "cognito:groups", "values": ["admin", "team-*", 'a"b']},
        {"tools": ["Orders___*"], "claim": "scp", "values": ["orders:write"]},
        {"tools": ["*"], "claim": "teams", "claim_type": "array", "values": ["admin"]},
    ]
    several = [{"tools": [tool], "match": match, "when": [ops[0]["when"], ops[1]["when"]]} for match in ("all", "any")]
    mixed = [{"tools": [tool], "match": "any", "when": [ops[0]["when"], {"claim": "groups", "values": ["admin"]}]}]
    callers = [
        {"tools": [tool], "callers": ["123456789012"]},
        {
            "tools": [tool],
            "callers": ["arn:aws:iam::123456789012:role/team/Support", "arn:aws:iam::123456789012:user/ann"],
            "when": ops[0]["when"],
        },
    ]
    whole = [{"tools": ["Orders___*"]}, {"tools": ["*"], "effect": "forbid"}]
    both = [{**claims[1], "when": ops[0]["when"]}]
    deeper = [{"tools": ["Orders___inner"], "when": {"input": "to.city", "op": "==", "value": "Oslo"}}]
    allowed = [*ops, *deeper]
    forbidden = [{**one, "effect": "forbid"} for one in (*allowed, *claims, *both)]
    return (
        [tool],
        [tool, "Orders___nothing"],
        allowed,
        [*claims, *both],
        several,
        [*several, *mixed],
        [*callers, *({**one, "effect": "forbid"} for one in callers)],
        whole,
        [{**one, "effect": "forbid"} for one in several],
        [tool, *forbidden[: len(allowed)]],
        [tool, *forbidden],
    )
