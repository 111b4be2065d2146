"""Builds the facts for a decision from answers, the project, file contents and defaults."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agentcore_connect.advise.records import (
    AgentFacts,
    ApiKey,
    Credential,
    Facts,
    GatewayFacts,
    OAuth,
    Read,
    RuntimeAnswers,
    Signing,
)
from agentcore_connect.advise.terms import INBOUND
from agentcore_connect.core.expressions import search
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, boolean, mapping, one_of, record, text, texts
from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import compile_condition
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.knowledge.questions import Question, of_scope, questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.knowledge.runtime_address import endpoint_url, runtime_address

if TYPE_CHECKING:
    from agentcore_connect.advise.terms import AgentKind, InboundAuth
    from agentcore_connect.project.model import Gateway, Project

#: What a new agent is called; with a number where the project has one of that name.
_NEW_AGENT = "MyAgent"
_SCOPES = ("agent", "gateway", "policy")


class Case(NamedTuple):
    """The input of a decision: answers, project, and file contents.

    ``inferred`` are dotted keys that the project settled; ``read`` holds, by connection, what its files told;
    ``by_api`` says why the plan goes by the API although nobody asked for it.
    """

    answers: JsonObject
    project: Project | None = None
    inferred: Mapping[str, Json] = {}
    read: Mapping[int, Read] = {}
    surface: str = "0.30"
    via: str = "cli"
    by_api: str | None = None

    @property
    def connections(self) -> list[JsonObject]:
        """The connections as answered; the gate has checked that each is a mapping."""
        found = self.answers.get("connections")
        return found if isinstance(found, list) else []


def given(case: Case, scope: str) -> dict[str, Json]:
    """Return the answers of a scope, completed by inferred values."""
    found: dict[str, Json] = {k: v for k, v in mapping(case.answers.get(scope)).items() if v is not None}
    for key, value in case.inferred.items():
        outer, _, inner = key.partition(".")
        if outer == scope and "." not in inner:
            found.setdefault(inner, value)
    return found


def agent_facts(case: Case, *, asking: bool) -> AgentFacts:
    """Return the facts of the agent: framework, state, and kind (runtime or harness)."""
    answered = given(case, "agent")
    project = case.project
    kind: AgentKind = "unknown"
    if project is not None:
        kind = "runtime" if project.runtimes else "harness" if project.harnesses else "unknown"
    only_clients = _only_clients(case, answered, kind)
    known = {**answered, "kind": kind, "only_clients": only_clients}
    found = {**_defaults("agent", known, asking=asking), **answered}
    return record(AgentFacts, found)._replace(
        kind=kind,
        name=_agent_name(project),
        new_name=_new_agent_name(project),
        only_clients=only_clients,
        off_runtime=load("derivations")["agent_hosts"].get(found.get("host")),
        entrypoint=load("project-format")["languages"].get(found.get("language"), {}).get("entrypoint"),
    )


def _agent_name(project: Project | None) -> str | None:
    """The name of the project's agent: of its runtime, else of its harness."""
    if project is None:
        return None
    if project.agent_runtime is not None:
        return project.agent_runtime.name
    return project.harnesses[0].name if project.harnesses and not project.runtimes else None


def _new_agent_name(project: Project | None) -> str:
    taken = {one.name for one in project.runtimes} if project is not None else set()
    names = (f"{_NEW_AGENT}{number if number > 1 else ''}" for number in range(1, len(taken) + 2))
    return next(one for one in names if one not in taken)


def _only_clients(case: Case, agent: JsonObject, kind: str) -> bool:
    """Return whether MCP clients use the gateway, and neither the answers nor the project name an agent."""
    directions = {c.get("direction") for c in case.connections}
    named = {"framework", "language", "state"} & agent.keys()
    return "client-calls-gateway" in directions and kind == "unknown" and not named


def gateway_facts(case: Case, *, asking: bool) -> GatewayFacts:
    """Return the facts of the gateway, from the answers and the project."""
    answered = given(case, "gateway")
    wants = _wants(case)
    wanted = record(GatewayFacts, {**_defaults("gateway", answered, asking=asking, wants=wants), **answered})
    known_as = _known_as().get(str(wanted.inbound_auth))
    if known_as is not None:
        wanted = wanted._replace(inbound_auth=known_as)
    own = case.project.gateway(wanted.name) if case.project is not None else None
    found = _of_project(wanted, own) if own is not None else wanted
    discovery = found.discovery_url or ""
    provider = _provider(found.identity_provider)
    vendor = _token_vendor(discovery)
    return found._replace(
        wants=wants,
        in_project=own is not None,
        existing_protocol=own.protocol_type if own else None,
        existing_authorizer=own.authorizer_type if own else None,
        inbound_given=wanted.inbound_auth,
        authenticates_only=known_as is not None and own is None,
        web_acl_elsewhere=bool(found.web_acl and found.region and f":wafv2:{found.region}:" not in found.web_acl),
        inbound_differs=bool(own and own.inbound_auth and wanted.inbound_auth not in (None, own.inbound_auth)),
        token_vendor=vendor.get("id"),
        client_claim=vendor.get("claim"),
        client_claim_note=vendor.get("note", ""),
        provider_title=provider.get("title"),
        provider_text=provider.get("text"),
        provider_discovery=provider.get("discovery"),
        provider_settings=provider.get("settings"),
        cognito=search(patterns()["cognito-issuer"], discovery) is not None,
        restricted_otherwise=bool(found.allowed_audience or found.allowed_scopes or found.custom_claims)
        and not found.allowed_clients,
        env_url=f"AGENTCORE_GATEWAY_{variable_name(found.name or 'NAME')}_URL",
    )


@cache
def _known_as() -> Mapping[str, InboundAuth]:
    """The kinds of inbound auth that trees and rules know as another one."""
    choices = questions()["gateway.inbound_auth"].choices
    return {one.value: kind for one in choices if (kind := one_of(one.known_as, INBOUND)) is not None}


def _provider(named: str | None) -> Mapping[str, str]:
    """Return what to create at a known identity provider; empty for any other."""
    providers = load("identity-providers")["providers"]
    found: Mapping[str, str] = next((one for one in providers if one["provider"] == named), {})
    return found


def _token_vendor(discovery: str) -> Mapping[str, str]:
    """Return the identity provider behind a discovery URL if its tokens name the client in another claim."""
    vendors = load("derivations")["token_vendors"]
    found: Mapping[str, str] = next((one for one in vendors if search(one["regex"], discovery)), {})
    return found


def _wants(case: Case) -> list[str]:
    """Return what the services behind the gateway require of it, such as a user token or streaming.

    A connection that takes no gateway as it is answered demands nothing of one.
    """
    demands = {one["service_auth"]: one["set"]["needs"] for one in load("auth-matrix")["demands"]}
    goes_through = compile_condition(load("derivations")["through_gateway"])
    through = [c for c in case.connections if goes_through(c)]
    found = {str(demands.get(c.get("service_auth"))) for c in through if c.get("service_auth")}
    reasons = load("derivations")["reason_needs"]
    found |= {reasons[c["direct_reason"]] for c in through if c.get("direct_reason") in reasons}
    return sorted(found - {"nothing", "None"})


def _of_project(wanted: GatewayFacts, own: Gateway) -> GatewayFacts:
    """Return the settings of an existing gateway, which override the answers."""
    inbound = one_of(own.inbound_auth, INBOUND) or wanted.inbound_auth
    found = wanted._replace(name=own.name, inbound_auth=inbound, exists=True)
    if not own.discovery_url:
        return found
    return found._replace(
        discovery_url=own.discovery_url,
        allowed_audience=list(own.allowed_audience),
        allowed_clients=list(own.allowed_clients),
        allowed_scopes=list(own.allowed_scopes),
    )


def connection_facts(case: Case, number: int, agent: AgentFacts, gateway: GatewayFacts, *, asking: bool) -> Facts:
    """Return all facts of one connection that trees and rules can test.

    Args:
        case: what is known.
        number: the connection's index.
        agent: from ``agent_facts``.
        gateway: from ``gateway_facts``.
        asking: leave open what an interview has yet to ask.
    """
    raw = {k: v for k, v in case.connections[number].items() if v is not None}
    read = case.read.get(number, Read())
    own: dict[str, Json] = {**_connection_defaults(raw, asking=asking), **read.answers, **raw}
    groups = {group: _group(group, raw, read, asking=asking) for group in ("oauth", "runtime", "sigv4", "api_key")}
    address, endpoint = _addresses(text(own.get("endpoint")), asking=asking)
    own["host"] = own.get("host") or hints_from_endpoint(endpoint or "").get("host")
    if own["host"] is None and not asking:
        own["host"] = load("derivations")["service_hosts"].get(own.get("service"), "external")
    url = endpoint_url(endpoint) if endpoint else endpoint
    own["endpoint"] = url
    headers = texts(own.get("forward_headers"))
    passed = [name for name in headers if search(patterns()["passed-header"], name)]
    name = text(own.get("name")) or _own_name(case, number, derived_name(own, number))
    facts = record(Facts, own)
    return facts._replace(
        name=name,
        tools=read.tools if read.tools is not None else facts.tools,
        forward_headers=passed,
        refused_headers=[name for name in headers if name not in passed],
        oauth=record(OAuth, {**groups["oauth"], **_of_vendor(text(groups["oauth"].get("vendor")))}),
        runtime=record(RuntimeAnswers, groups["runtime"]),
        sigv4=record(Signing, groups["sigv4"]),
        api_key=record(ApiKey, groups["api_key"]),
        credential=_credential(case, name, _group("credential", raw, read, asking=asking)),
        address=address,
        aws_model=_aws_model(own.get("aws_service")),
        project_runtime=_project_runtime(case, url),
        agent=agent,
        gateway=gateway,
        policy=mapping(case.answers.get("policy")) or None,
        inbound=gateway.inbound_auth,
        environment=gateway.environment,
        inbound_differs=gateway.inbound_differs,
        surface=case.surface,
        via=case.via,
        by_api=case.by_api,
        asking=asking,
        given=raw,
        faults=read.faults,
        told=read.told,
        at_host=read.at_host,
        together=read.together,
    )


def _aws_model(service: object) -> Mapping[str, str] | None:
    """Return the place of a service's Smithy model, or the protocol that no target supports."""
    models = load("smithy-limits")["models"]
    version = models["versions"].get(str(service))
    if version:
        return {"path": models["path"].format(service=service, version=version)}
    others = models["other_protocols"].items()
    return next(({"refused": protocol} for protocol, named in others if service in named), None)


def _project_runtime(case: Case, endpoint: str | None) -> str | None:
    """Return the project's runtime at an endpoint. Deployment prefixes its name with the project's name."""
    runtime = runtime_address(endpoint)
    if case.project is None or runtime is None:
        return None
    deployed = runtime.name
    names = (one.name for one in case.project.runtimes)
    return next((one for one in names if deployed in (one, f"{case.project.name}_{one}")), None)


def _addresses(given: str | None, *, asking: bool) -> tuple[str | None, str | None]:
    """Split the given address into one for a proprietary client and one to call over HTTPS.

    An interview takes either for the answer.
    """
    other = given is not None and search(patterns()["other-address"], given) is not None
    return (given if other else None, None if other and not asking else given)


def _connection_defaults(raw: JsonObject, *, asking: bool) -> dict[str, Json]:
    return {
        q.id: q.default
        for q in of_scope("connection")
        if q.has_default and "." not in q.id and (not asking or not _will_ask(q, raw))
    }


def _will_ask(question: Question, facts: Mapping[str, object]) -> bool:
    """Return whether the interview asks this question."""
    return question.ask != "volunteer" and question.asked_for(facts)


def _defaults(scope: str, found: JsonObject, *, asking: bool, wants: list[str] | None = None) -> dict[str, Json]:
    lead = f"{scope}."
    facts = {scope: {**found, "wants": wants or []}}
    return {
        q.id.removeprefix(lead): q.default_for(facts)[0]
        for q in of_scope(scope)
        if q.has_default and q.id.removeprefix(lead) not in found and (not asking or q.ask == "volunteer")
    }


@cache
def _of_group(group: str) -> tuple[tuple[str, Question], ...]:
    """The questions of a group that have a default, by the names of their fields."""
    lead = f"{group}."
    listed = (q for q in of_scope("connection") if q.has_default and q.id.startswith(lead))
    return tuple((q.id.removeprefix(lead), q) for q in listed)


def _group(group: str, raw: JsonObject, read: Read, *, asking: bool) -> dict[str, Json]:
    """Return the answers of a group, completed by file contents and defaults."""
    known = {**mapping(read.answers.get(group)), **mapping(raw.get(group))}
    found: dict[str, Json] = {}
    for name, question in _of_group(group):
        if not asking or question.ask == "volunteer":
            found[name] = question.default_for({group: {**found, **known}})[0]
    return {**found, **known}


def _of_vendor(vendor: str | None) -> dict[str, bool]:
    """Return whether the API has built-in endpoints and token exchange for the vendor."""
    vendors = load("oauth-vendors")
    entry = next((one for one in vendors["vendors"] if one["id"] == vendor), None)
    known = entry is not None and vendor != vendors["default"]
    return {
        "own_endpoints": known and "discovery" not in (entry or {}),
        "own_exchange": known and bool((entry or {}).get("exchange", {}).get("built_in")),
    }


def _credential(case: Case, connection: str, found: JsonObject) -> Credential:
    """Return the credential, with a default name, and whether the project declares it."""
    name = text(found.get("name")) or f"{connection}Credential"
    own = case.project.credential(name) if case.project is not None else None
    return Credential(
        name=name,
        exists=boolean(found.get("exists")),
        named=bool(found.get("name")),
        in_project=own is not None,
        kind_in_project=own.kind if own else None,
    )


def derived_name(facts: JsonObject, number: int) -> str:
    """Derive a target name from the function, host, document or service."""
    for source in _name_sources(facts):
        words = [w for w in re.split(r"[^0-9A-Za-z]+", source) if w]
        if words:
            return "-".join(words)[:40].strip("-")
    return f"target-{number + 1}"


def _own_name(case: Case, number: int, name: str) -> str:
    """Derive a unique target name; add a number if another connection uses the name."""
    taken = {text(other.get("name")) for n, other in enumerate(case.connections) if n != number}
    for n, other in enumerate(case.connections[:number]):
        if not other.get("name"):
            taken.add(_free(derived_name({**case.read.get(n, Read()).answers, **other}, n), taken))
    return _free(name, taken)


def _free(name: str, taken: Collection[str | None]) -> str:
    """Return the name, with the lowest number that makes it unique if it is taken."""
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}-{count}"
    return found


def _name_sources(facts: JsonObject) -> list[str]:
    found = []
    if function := text(facts.get("lambda_arn")):
        found.append(function.split(":function:")[-1].split(":")[0])
    if (schema := text(facts.get("schema"))) is not None:
        found.append(schema.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    if endpoint := text(facts.get("endpoint")):
        runtime = runtime_address(endpoint)
        labels = [p for p in (urlsplit(endpoint).hostname or "").split(".") if p not in ("www", "mcp", "api")]
        found.append(runtime.name if runtime else labels[0] if labels else "")
    found.append(str(facts.get("service") or facts.get("direction") or ""))
    return found
