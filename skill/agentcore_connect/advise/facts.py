"""The facts that a decision stands on: answers, what the project and the answers' own text tell, and defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import compile_condition
from agentcore_connect.knowledge.base import patterns
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.knowledge.questions import Question, of_scope
from agentcore_connect.knowledge.resources import load
from agentcore_connect.knowledge.runtime_address import endpoint_url, runtime_address

if TYPE_CHECKING:
    from agentcore_connect.project.model import Gateway, Project

#: What a new agent is called; with a number where the project has one of that name.
_NEW_AGENT = "MyAgent"
_SCOPES = ("agent", "gateway", "policy")


class Case(NamedTuple):
    """Everything that is known before deciding.

    ``inferred`` are dotted keys that the project settled; ``read`` holds, by connection, what its files told.
    """

    answers: Mapping[str, Any]
    project: Project | None = None
    inferred: Mapping[str, Any] = {}
    read: Mapping[int, Mapping[str, Any]] = {}
    surface: str = "0.30"
    via: str = "cli"

    @property
    def connections(self) -> list[Mapping[str, Any]]:
        """The connections as answered."""
        return list(self.answers.get("connections") or [])


def given(case: Case, scope: str) -> dict[str, Any]:
    """The answers of a scope, with what was inferred where nothing was answered."""
    found = {k: v for k, v in (case.answers.get(scope) or {}).items() if v is not None}
    for key, value in case.inferred.items():
        outer, _, inner = key.partition(".")
        if outer == scope and "." not in inner:
            found.setdefault(inner, value)
    return found


def agent_facts(case: Case, *, asking: bool) -> dict[str, Any]:
    """The agent: framework, state, and whether it is a harness (configuration only)."""
    found = given(case, "agent")
    project = case.project
    kind = "unknown"
    if project is not None:
        kind = "runtime" if project.runtimes else "harness" if project.harnesses else "unknown"
    name = None
    if project is not None and project.agent_runtime is not None:
        name = project.agent_runtime.name
    elif kind == "harness" and project is not None:
        name = project.harnesses[0].name
    taken = {one.name for one in project.runtimes} if project is not None else set()
    names = (f"{_NEW_AGENT}{number if number > 1 else ''}" for number in range(1, len(taken) + 2))
    new_name = next(one for one in names if one not in taken)
    more = {"kind": kind, "name": name, "new_name": new_name, "only_clients": _only_clients(case, found, kind)}
    more["off_runtime"] = load("derivations")["agent_hosts"].get(found.get("host"))
    facts = {**_defaults("agent", {**found, **more}, asking=asking), **found, **more}
    facts["entrypoint"] = load("project-format")["languages"].get(facts.get("language"), {}).get("entrypoint")
    return facts


def _only_clients(case: Case, agent: Mapping[str, Any], kind: str) -> bool:
    """Whether MCP clients use the gateway, and neither the answers nor the project name an agent."""
    directions = {c.get("direction") for c in case.connections}
    named = {"framework", "language", "state"} & agent.keys()
    return "client-calls-gateway" in directions and kind == "unknown" and not named


def gateway_facts(case: Case, *, asking: bool) -> dict[str, Any]:
    """The gateway, as answered, as the project has it, and what follows for its variables."""
    answered = given(case, "gateway")
    wants = _wants(case)
    found = {**_defaults("gateway", answered, asking=asking, wants=wants), **answered, "wants": wants}
    own = case.project.gateway(found.get("name")) if case.project is not None else None
    wanted = found.get("inbound_auth")
    if own is not None:
        found.update(_of_project(own))
    discovery = found.get("discovery_url") or ""
    found.update(
        in_project=own is not None,
        existing_protocol=own.protocol_type if own else None,
        existing_authorizer=own.authorizer_type if own else None,
        inbound_given=wanted,
        inbound_differs=bool(own and wanted and own.inbound_auth and wanted != own.inbound_auth),
        **_client_claim(discovery),
        **_provider(found.get("identity_provider")),
        cognito=re.search(patterns()["cognito-issuer"], discovery) is not None,
        restricted_otherwise=any(found.get(key) for key in ("allowed_audience", "allowed_scopes", "custom_claims"))
        and not found.get("allowed_clients"),
        env_url=f"AGENTCORE_GATEWAY_{variable_name(found.get('name', 'NAME'))}_URL",
    )
    return found


def _provider(named: str | None) -> dict[str, str | None]:
    """What to create at the identity provider that was named; None where it is another one."""
    providers = load("identity-providers")["providers"]
    known: dict[str, str] = next((one for one in providers if one["provider"] == named), {})
    return {f"provider_{key}": known.get(key) for key in ("title", "text", "discovery", "settings")}


def _client_claim(discovery: str) -> dict[str, str | None]:
    """Whose tokens a discovery URL stands for and which claim has the client, where that is not client_id."""
    known: dict[str, str] = next(
        (one for one in load("derivations")["token_vendors"] if re.search(one["regex"], discovery)), {}
    )
    return {
        "token_vendor": known.get("id"),
        "client_claim": known.get("claim"),
        "client_claim_note": known.get("note", ""),
    }


def _wants(case: Case) -> list[str]:
    """What the services behind a gateway demand of it and its callers: the user's token, that it streams.

    A connection that takes no gateway as it is answered demands nothing of one.
    """
    demands = {one["service_auth"]: one["set"]["needs"] for one in load("auth-matrix")["demands"]}
    goes_through = compile_condition(load("derivations")["through_gateway"])
    through = [c for c in case.connections if goes_through(c)]
    found = {str(demands.get(c.get("service_auth"))) for c in through if c.get("service_auth")}
    reasons = load("derivations")["reason_needs"]
    found |= {reasons[c["direct_reason"]] for c in through if c.get("direct_reason") in reasons}
    return sorted(found - {"nothing", "None"})


def _of_project(own: Gateway) -> dict[str, Any]:
    """What the project's own gateway settles, whatever the answers say: it cannot be changed any more."""
    values: dict[str, Any] = {"name": own.name, "inbound_auth": own.inbound_auth, "exists": True}
    if own.discovery_url:
        values.update(
            discovery_url=own.discovery_url,
            allowed_audience=list(own.allowed_audience),
            allowed_clients=list(own.allowed_clients),
            allowed_scopes=list(own.allowed_scopes),
        )
    return {k: v for k, v in values.items() if v is not None}


def connection_facts(
    case: Case, number: int, agent: Mapping[str, Any], gateway: Mapping[str, Any], *, asking: bool
) -> dict[str, Any]:
    """Everything about one connection that the trees and rules may look at.

    Args:
        case: what is known.
        number: the connection's index.
        agent: from ``agent_facts``.
        gateway: from ``gateway_facts``.
        asking: leave open what an interview has yet to ask.
    """
    raw = {k: v for k, v in case.connections[number].items() if v is not None}
    read = dict(case.read.get(number, {}))
    facts: dict[str, Any] = {**_nested(_connection_defaults(raw, asking=asking)), **read.get("answers", {}), **raw}
    for group in ("credential", "oauth", "api_key", "sigv4"):
        known = {**read.get("answers", {}).get(group, {}), **(raw.get(group) or {})}
        facts[group] = {**_group_defaults(group, known, asking=asking), **known}
    facts["address"], facts["endpoint"] = _addresses(facts.get("endpoint"), asking=asking)
    endpoint = facts["endpoint"]
    if endpoint:
        facts.setdefault("host", hints_from_endpoint(endpoint).get("host"))
        facts["endpoint"] = endpoint_url(endpoint)
    if facts.get("host") is None and not asking:
        facts["host"] = load("derivations")["service_hosts"].get(facts.get("service"), "external")
    headers = facts.get("forward_headers") or []
    facts["forward_headers"] = [name for name in headers if re.search(patterns()["passed-header"], name)]
    facts["refused_headers"] = [name for name in headers if name not in facts["forward_headers"]]
    facts["name"] = facts.get("name") or _own_name(case, number, derived_name(facts, number))
    facts["credential"] = _credential(case, facts)
    facts["project_runtime"] = _project_runtime(case, facts["endpoint"])
    facts["oauth"].update(_of_vendor(facts["oauth"].get("vendor")))
    facts.update(
        agent=agent,
        gateway=gateway,
        policy=case.answers.get("policy"),
        inbound=gateway.get("inbound_auth"),
        environment=gateway.get("environment"),
        surface=case.surface,
        via=case.via,
        asking=asking,
        given=raw,
        inbound_differs=gateway["inbound_differs"],
        **{k: v for k, v in read.items() if k != "answers"},
    )
    return facts


def _project_runtime(case: Case, endpoint: str | None) -> str | None:
    """The runtime of this project that an endpoint is; the deploy puts the project's name in front of its own."""
    runtime = runtime_address(endpoint)
    if case.project is None or runtime is None:
        return None
    deployed = runtime.name
    names = (one.name for one in case.project.runtimes)
    return next((one for one in names if deployed in (one, f"{case.project.name}_{one}")), None)


def _addresses(given: str | None, *, asking: bool) -> tuple[str | None, str | None]:
    """What was given as the address, parted: one that nothing but its own client speaks, and one to call over HTTPS.

    An interview takes either for the answer.
    """
    other = given is not None and re.search(patterns()["other-address"], given) is not None
    return (given if other else None, None if other and not asking else given)


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in flat.items() if "." not in k}


def _connection_defaults(raw: Mapping[str, Any], *, asking: bool) -> dict[str, Any]:
    return {q.id: q.default for q in of_scope("connection") if q.has_default and (not asking or not _will_ask(q, raw))}


def _will_ask(question: Question, facts: Mapping[str, Any]) -> bool:
    """Whether an interview asks this question where the tree looks at it."""
    return question.ask != "volunteer" and question.asked_for(facts)


def _defaults(scope: str, found: Mapping[str, Any], *, asking: bool, wants: list[str] | None = None) -> dict[str, Any]:
    lead = f"{scope}."
    facts = {scope: {**found, "wants": wants or []}}
    return {
        q.id.removeprefix(lead): q.default_for(facts)[0]
        for q in of_scope(scope)
        if q.has_default and q.id.removeprefix(lead) not in found and (not asking or q.ask == "volunteer")
    }


def _group_defaults(group: str, known: Mapping[str, Any], *, asking: bool) -> dict[str, Any]:
    lead = f"{group}."
    found: dict[str, Any] = {}
    for q in of_scope("connection"):
        if q.id.startswith(lead) and q.has_default and (not asking or q.ask == "volunteer"):
            found[q.id.removeprefix(lead)] = q.default_for({group: {**found, **known}})[0]
    return found


def _of_vendor(vendor: str | None) -> dict[str, bool]:
    """Whether the API knows the vendor's endpoints by itself, and can exchange tokens there without more."""
    vendors = load("oauth-vendors")
    entry = next((one for one in vendors["vendors"] if one["id"] == vendor), None)
    known = entry is not None and vendor != vendors["default"]
    return {
        "own_endpoints": known and "discovery" not in (entry or {}),
        "own_exchange": known and bool((entry or {}).get("exchange", {}).get("built_in")),
    }


def _credential(case: Case, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The credential, with a name of its own where none was given, and whether the project has it."""
    found = dict(facts["credential"])
    found["named"] = bool(found.get("name"))
    found["name"] = found.get("name") or f"{facts['name']}Credential"
    own = case.project.credential(found["name"]) if case.project is not None else None
    found["in_project"] = own is not None
    found["kind_in_project"] = own.kind if own else None
    return found


def derived_name(facts: Mapping[str, Any], number: int) -> str:
    """A target name made from what the connection is about: function, host, document or service."""
    for text in _name_sources(facts):
        words = [w for w in re.split(r"[^0-9A-Za-z]+", text) if w]
        if words:
            return "-".join(words)[:40].strip("-")
    return f"target-{number + 1}"


def _own_name(case: Case, number: int, name: str) -> str:
    """The derived name, with a number where another connection has it or derives it first."""
    taken = {c.get("name") for n, c in enumerate(case.connections) if n != number}
    for n, other in enumerate(case.connections[:number]):
        if not other.get("name"):
            taken.add(_own_name(case, n, derived_name({**case.read.get(n, {}).get("answers", {}), **other}, n)))
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}-{count}"
    return found


def _name_sources(facts: Mapping[str, Any]) -> list[str]:
    found = []
    if facts.get("lambda_arn"):
        found.append(facts["lambda_arn"].split(":function:")[-1].split(":")[0])
    if isinstance(facts.get("schema"), str):
        found.append(facts["schema"].rsplit("/", 1)[-1].rsplit(".", 1)[0])
    if facts.get("endpoint"):
        runtime = runtime_address(facts["endpoint"])
        labels = [p for p in (urlsplit(facts["endpoint"]).hostname or "").split(".") if p not in ("www", "mcp", "api")]
        found.append(runtime.name if runtime else labels[0] if labels else "")
    found.append(str(facts.get("service") or facts.get("direction") or ""))
    return found
