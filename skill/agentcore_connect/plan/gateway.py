"""The gateway of the render context: as answered, as the project has it, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agentcore_connect.advise.records import GatewayFacts
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.values import JsonObject, mapping, mappings
from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.records import AgentContext, ConnectionContext, GatewayContext, Interceptor
from agentcore_connect.plan.settings_requests import ADDED, is_added
from agentcore_connect.plan.stack_facts import creates_gateway
from agentcore_connect.plan.templates import fill

_USER_GRANTS = ("authorization-code", "token-exchange")


def gateway_context(
    gathered: Gathered,
    gateway: GatewayFacts,
    connections: Sequence[ConnectionContext],
    protocol_type: str | None,
    agent: AgentContext,
) -> GatewayContext:
    """The gateway for templates.

    In: what was gathered, the gateway's facts, the connections, the protocol type that their targets need, the agent.
    """
    choices = questions()["gateway.inbound_auth"].choices
    inbound = gateway.inbound_auth or "none"  # a plan always has one: the question has a default
    stated = next((c.value for c in choices if c.known_as and gateway.authenticates_only), inbound)
    protocol = gateway.existing_protocol or protocol_type
    aws_name = _aws_name(gathered, gateway)
    interceptors = _interceptors(gateway.interceptors or ())
    settings = _settings(gateway, interceptors, protocol) if any(c["target_type"] for c in connections) else {}
    created = creates_gateway(gathered.case.via, exists=bool(gateway.exists), in_project=gateway.in_project)
    authorizer = next(str(one.api_value) for one in choices if one.value == stated)
    at_gateway = any(c["target_type"] for c in connections)
    callers = list(gateway.caller_accounts or ()) if at_gateway else []
    web_acl = gateway.web_acl if at_gateway else None
    document = load("request-bodies")
    words = [text for path, text in document["settings"]["words"].items() if lookup(settings, path)]
    around = {"authorizer_type": authorizer, "caller_accounts": callers, "web_acl": web_acl}
    words += [document[kind]["word"] for kind in ADDED if is_added(kind, around)]
    return GatewayContext(
        name=gateway.name,
        aws_name=aws_name,
        aws_name_too_long=len(aws_name) > load("limits")["limits"]["gateway-name-length"]["value"],
        env=variable_name(gateway.name),
        env_url=gateway.env_url,
        environment=gateway.environment,
        region=gateway.region,
        id=gateway.id,
        arn=gateway.arn,
        exists=bool(gateway.exists) and not gateway.in_project,
        in_project=gateway.in_project,
        managed=managed(gathered, gateway),
        cli_deploys=_cli_deploys(gathered, gateway),
        inbound_auth=inbound,
        inbound_stated=stated,
        inbound_given=gateway.inbound_given,
        inbound_differs=gateway.inbound_differs,
        authenticates_only=gateway.authenticates_only,
        authorizer_type=authorizer,
        discovery_url=gateway.discovery_url,
        private_endpoint=gateway.private_endpoint,
        allowed_audience=gateway.allowed_audience or [],
        allowed_clients=gateway.allowed_clients or [],
        allowed_scopes=gateway.allowed_scopes or [],
        custom_claims=_custom_claims(gateway.custom_claims or ()),
        token_vendor=gateway.token_vendor,
        client_claim=gateway.client_claim,
        client_claim_note=gateway.client_claim_note,
        provider_title=gateway.provider_title,
        provider_text=gateway.provider_text,
        provider_discovery=gateway.provider_discovery,
        provider_settings=gateway.provider_settings,
        cognito=gateway.cognito,
        protocol_type=protocol,
        semantic_search=protocol == "MCP",
        token_provider=_token_provider(gathered, gateway, connections) if agent["state"] != "none" else None,
        existing_protocol=gateway.existing_protocol,
        existing_authorizer=gateway.existing_authorizer,
        interceptors=interceptors,
        settings={} if created else settings,
        settings_named="" if created else _listed(words),
        created_with=settings if created else {},
        caller_accounts=callers,
        domain=gateway.domain,
        web_acl=web_acl,
        web_acl_elsewhere=gateway.web_acl_elsewhere,
    )


def managed(gathered: Gathered, gateway: GatewayFacts) -> bool:
    """Return whether this plan changes the gateway by the CLI's commands: it is in the project or is new."""
    return gathered.case.via == "cli" and (gateway.in_project or not gateway.exists)


def _settings(gateway: GatewayFacts, interceptors: Sequence[Interceptor], protocol: str | None) -> JsonObject:
    """Return the gateway's settings as members of its request."""
    stated = {**gateway._asdict(), "interceptors": interceptors, "protocol_type": protocol}
    document = load("request-bodies")
    return mapping(fill(document["settings"]["body"], {"gateway": stated}, document))


def _interceptors(given: Iterable[JsonObject]) -> list[Interceptor]:
    """The functions that see requests and answers; one that sees both, with the same headers, is there once."""
    points: dict[tuple[str, bool], list[str]] = {}
    for one in given:
        points.setdefault((str(one["lambda_arn"]), bool(one.get("pass_headers"))), []).append(str(one["on"]))
    return [Interceptor(arn=arn, points=seen, headers=headers) for (arn, headers), seen in points.items()]


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _custom_claims(claims: Iterable[JsonObject]) -> list[JsonObject]:
    """The claims as the API and the CLI take them, which is the same form."""
    document = load("request-bodies")
    full = [{"type": "string", "operator": "equals", **one, "many": isinstance(one["value"], list)} for one in claims]
    return mappings(fill(document["custom_claims"]["body"], {"claims": full}, document))


def _cli_deploys(gathered: Gathered, gateway: GatewayFacts) -> bool:
    """Return whether `agentcore deploy` creates the gateway, and so sets the agent's variables for it."""
    return gateway.in_project or managed(gathered, gateway)


def _aws_name(gathered: Gathered, gateway: GatewayFacts) -> str:
    """The gateway's name in AWS: the CLI puts the project's in front, also that of a project still to be made.

    Source: CLI 0.30.0, run.
    """
    if not _cli_deploys(gathered, gateway):
        return gateway.name
    if gathered.project is not None:
        return f"{gathered.project.name}-{gateway.name}"
    *_, made = load("plan-facts")["facts"]["project_name"]["first"]
    return f"{made}-{gateway.name}"


def _token_provider(gathered: Gathered, gateway: GatewayFacts, connections: Sequence[ConnectionContext]) -> str | None:
    """The provider from which an agent gets its own token for the gateway; None where it hands on a user's token.

    Source: the CLI names the managed credential of a gateway after it (CLI 0.30.0, run).
    """
    if gateway.inbound_auth != "custom-jwt" or any(c["grant"] in _USER_GRANTS for c in connections):
        return None
    name = f"{gateway.name}-oauth"
    if gateway.in_project:
        own = gathered.project.credential(name) if gathered.project is not None else None
        return name if own is not None else None
    return name if gateway.allowed_clients and managed(gathered, gateway) else None
