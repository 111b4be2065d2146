"""The render context: what every template and every operation of a plan may refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agentcore_connect import __version__
from agentcore_connect.advise.decide import Verdict
from agentcore_connect.advise.records import ApiKey, Credential, Decision, Facts, GatewayFacts, OAuth, Read
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.values import mapping, mappings, sequence, text
from agentcore_connect.core.variables import variable_name
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.missing import Details
from agentcore_connect.plan.requests import infer_vendor
from agentcore_connect.plan.settings_requests import lets_callers_in
from agentcore_connect.plan.stack import creates_gateway
from agentcore_connect.plan.templates import fill

if TYPE_CHECKING:
    from agentcore_connect.project.model import Gateway

_CONNECTION_KEYS = (
    *("service", "endpoint", "host", "network", "user_identity", "lambda_arn", "schema", "rest_api_id"),
    *("stage", "knowledge_base_id", "client", "direct_reason", "blocker", "direction", "own_agent", "front"),
    *("listing_mode", "client_at_runtime", "bucket_owner", "owner_account"),
)
_GATEWAY_KEYS = ("discovery_url", "environment", "region", "id", "arn", "env_url", "in_project", "private_endpoint")
_RESULT_KEYS = (
    *("path", "target_type", "outbound_auth", "grant", "mechanism", "redirect", "connector", "steered", "leads_to"),
    "front_missing",
)
_OAUTH_KEYS = (
    *("vendor", "discovery_url", "client_id", "return_url", "issuer", "authorization_endpoint", "token_endpoint"),
    "client_auth_method",
)
#: A target gets credentials of a kind where it signs in with one.
_CREDENTIAL_KIND = {"oauth": "oauth", "api-key": "api-key"}


def identifier(name: str) -> str:
    """A Python identifier made from a target's name."""
    text = re.sub(r"\W+", "_", name).strip("_").lower() or "target"
    return f"t_{text}" if text[0].isdigit() else text


def connection_context(verdict: Verdict, settled: Details, read: Read, gateway: GatewayFacts) -> dict[str, Any]:
    """One connection for templates: its answers, its decision, and what follows from both."""
    details, facts, decision = settled.values, verdict.facts, verdict.decision
    by_cli = decision.mechanism == "cli" and facts.via == "cli"
    # a script asks for what is left to run time by itself; a command line has the variable's name in it
    answers = {**verdict.known, **(details if by_cli else dict.fromkeys(details))}
    c: dict[str, Any] = {key: answers.get(key) for key in _CONNECTION_KEYS}
    c.update({key: getattr(decision, key) for key in _RESULT_KEYS})
    c["name"] = facts.name
    c["ident"] = identifier(facts.name)
    c["forward_headers"] = facts.forward_headers
    c["forward_headers_text"] = ", ".join(facts.forward_headers)
    c["credential"] = _credential(facts.credential, decision)
    c["oauth"] = _oauth(facts.oauth, details, decision)
    c["api_key"] = _api_key(facts.api_key)
    c["sigv4"] = _signing(facts, c, gateway)
    c["runtime"] = facts.project_runtime
    c["endpoint_region"] = hints_from_endpoint(c["endpoint"] or "").get("region")
    c["run_time"] = settled.inputs if by_cli else []
    c["at_run_time"] = list(details)
    c["tool_filters"] = answers["tool_filters"] or []
    c["several_filters"] = len(c["tool_filters"]) > 1
    c["tools_uri"] = _address(answers["tools"])
    own_tools = c["target_type"] == "lambda-function-arn" and c["tools_uri"] is None
    c["tools"] = read.tools or (_starter_tools(c) if own_tools else [])
    c["tool_count"] = facts.tool_count if facts.tool_count is not None else (len(c["tools"]) or None)
    c["schema_text"] = read.schema_text
    c["schema_converted"] = read.schema_converted
    c["schema_cli"] = read.schema_in_project
    c["schema_artifact"] = None
    if by_cli and read.schema_text and not c["schema_cli"]:
        c["schema_artifact"] = f"{c['name']}.schema.json"
    converted = c["schema_converted"] and c["target_type"] == "open-api-schema"
    c["schema_file"] = c["schema_artifact"] or (f"{c['name']}.schema.json" if converted else None)
    return c


def _credential(own: Credential, decision: Decision) -> dict[str, Any]:
    kind = _CREDENTIAL_KIND.get(decision.outbound_auth or "")
    return {
        "name": own.name if kind else None,
        "exists": bool(own.exists),
        "in_project": own.in_project,
        "kind": kind,
        "env": variable_name(own.name),
    }


def _oauth(own: OAuth, details: Mapping[str, Any], decision: Decision) -> dict[str, Any]:
    found = {key: details.get(f"oauth.{key}", getattr(own, key)) for key in _OAUTH_KEYS}
    found["scopes"] = own.scopes or []
    found["custom_parameters"] = dict(one.split("=", 1) for one in own.custom_parameters or ())
    vendors = load("oauth-vendors")
    if not found["vendor"] and decision.grant in vendors["infer_when"]["grant"]:
        found["vendor"] = infer_vendor(found["discovery_url"])
    if decision.outbound_auth == "oauth":
        found["vendor"] = found["vendor"] or vendors["default"]
    return found


def _api_key(own: ApiKey) -> dict[str, Any]:
    prefix = own.prefix or None
    return {
        "location": own.location,
        "parameter": own.parameter,
        "prefix": prefix,
        "prefix_text": f" with the prefix {prefix!r}" if prefix else "",
    }


def _signing(facts: Facts, c: Mapping[str, Any], gateway: GatewayFacts) -> dict[str, Any] | None:
    """What to sign with, where the caller of the service signs and the target type wants the service named."""
    if c["outbound_auth"] not in ("iam", "caller-iam") or c["target_type"] not in (None, *_signed_types()):
        return None
    host, own = c["host"] or "external", facts.sigv4
    verifier = next(v["service"] for v in load("auth-matrix")["verifiers"] if v["host"] == host)
    region = own.region or hints_from_endpoint(c["endpoint"] or "").get("region") or gateway.region
    return {"service": verifier or own.service, "region": region}


def _signed_types() -> tuple[str, ...]:
    named: list[str] = load("auth-matrix")["signing_service_named"]
    return tuple(named)


def _address(tools: Any) -> str | None:
    """Where tool definitions are that no file here holds."""
    return tools if isinstance(tools, str) and "://" in tools else None


def _starter_tools(c: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One tool to begin with, for a function that is still to be written."""
    return [
        {
            "name": f"call_{c['ident']}",
            "description": f"Send one request to {c['name']} and return its answer.",
            "inputSchema": {
                "type": "object",
                "properties": {"request": {"type": "string", "description": "What is wanted, in words or as JSON."}},
                "required": ["request"],
            },
        }
    ]


def gateway_context(
    gathered: Gathered,
    gateway: Mapping[str, Any],
    connections: list[dict[str, Any]],
    kind: Mapping[str, Any],
    agent: Mapping[str, Any],
) -> dict[str, Any]:
    """The gateway for templates."""
    name = gateway["name"]
    choices = questions()["gateway.inbound_auth"].choices
    authorizer = next(c.api_value for c in choices if c.value == gateway["inbound_auth"])
    return {
        **{k: gateway.get(k) for k in _GATEWAY_KEYS},
        "name": name,
        "aws_name": _aws_name(gathered, gateway),
        "managed": _managed(gathered, gateway),
        "cli_deploys": _cli_deploys(gathered, gateway),
        "aws_name_too_long": len(_aws_name(gathered, gateway))
        > load("limits")["limits"]["gateway-name-length"]["value"],
        "env": variable_name(name),
        "inbound_auth": gateway["inbound_auth"],
        "authorizer_type": authorizer,
        **{k: gateway.get(k) or [] for k in ("allowed_audience", "allowed_clients", "allowed_scopes")},
        "custom_claims": _custom_claims(gateway.get("custom_claims") or []),
        **{k: gateway[k] for k in ("token_vendor", "client_claim", "client_claim_note")},
        **{k: gateway[k] for k in ("provider_title", "provider_text", "provider_discovery", "provider_settings")},
        "exists": bool(gateway.get("exists")) and not gateway["in_project"],
        "protocol_type": gateway.get("existing_protocol") or kind["protocol_type"],
        "semantic_search": (gateway.get("existing_protocol") or kind["protocol_type"]) == "MCP",
        "token_provider": _token_provider(gathered, gateway, connections) if agent["state"] != "none" else None,
        "existing_protocol": gateway.get("existing_protocol"),
        "existing_authorizer": gateway.get("existing_authorizer"),
        "inbound_given": gateway.get("inbound_given"),
        "inbound_differs": gateway["inbound_differs"],
        "cognito": gateway["cognito"],
        "interceptors": _interceptors(gateway.get("interceptors") or []),
        **_settings(
            gathered, gateway, connections, gateway.get("existing_protocol") or kind["protocol_type"], authorizer
        ),
    }


def _settings(
    gathered: Gathered,
    gateway: Mapping[str, Any],
    connections: list[dict[str, Any]],
    protocol: str | None,
    authorizer: str,
) -> dict[str, Any]:
    """What a script sets on the gateway once it is there: the members of its request, and their names for people.

    `created_with`: the same members, where a template creates the gateway with them; `caller_accounts`: who of other
    accounts may call it.
    """
    if not any(c["target_type"] for c in connections):
        return {"settings": {}, "settings_named": "", "created_with": {}, "caller_accounts": []}
    document = load("request-bodies")
    interceptors = _interceptors(gateway.get("interceptors") or [])
    stated = {**gateway, "interceptors": interceptors, "protocol_type": protocol}
    body = mapping(fill(document["settings"]["body"], {"gateway": stated}, document))
    words = [text for path, text in document["settings"]["words"].items() if lookup(body, path)]
    callers = list(gateway.get("caller_accounts") or [])
    if creates_gateway(gathered.case.via, gateway):
        return {"settings": {}, "settings_named": "", "created_with": body, "caller_accounts": callers}
    if lets_callers_in({"authorizer_type": authorizer, "caller_accounts": callers}):
        words.append(document["callers"]["word"])
    return {"settings": body, "settings_named": _listed(words), "created_with": {}, "caller_accounts": callers}


def _interceptors(given: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The functions that see requests and answers; one that sees both, with the same headers, is there once."""
    points: dict[tuple[str, bool], list[str]] = {}
    for one in given:
        points.setdefault((one["lambda_arn"], bool(one.get("pass_headers"))), []).append(one["on"])
    return [{"arn": arn, "points": seen, "headers": headers} for (arn, headers), seen in points.items()]


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _custom_claims(claims: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The claims as the API and the CLI take them, which is the same form."""
    document = load("request-bodies")
    full = [{"type": "string", "operator": "equals", **one, "many": isinstance(one["value"], list)} for one in claims]
    return [dict(one) for one in mappings(fill(document["custom_claims"]["body"], {"claims": full}, document))]


def _managed(gathered: Gathered, gateway: Mapping[str, Any]) -> bool:
    """Whether this plan changes the gateway by the CLI's commands: one of the project, or one still to be created."""
    return gathered.case.via == "cli" and (bool(gateway["in_project"]) or not gateway.get("exists"))


def _cli_deploys(gathered: Gathered, gateway: Mapping[str, Any]) -> bool:
    """Whether `agentcore deploy` creates the gateway, and so sets the agent's variables for it."""
    return bool(gateway["in_project"]) or _managed(gathered, gateway)


def _aws_name(gathered: Gathered, gateway: Mapping[str, Any]) -> str:
    """The gateway's name in AWS: the CLI puts the project's in front, also that of a project still to be made.

    Source: CLI 0.30.0, run.
    """
    name: str = gateway["name"]
    if not _cli_deploys(gathered, gateway):
        return name
    if gathered.project is not None:
        return f"{gathered.project.name}-{name}"
    *_, made = load("plan-facts")["facts"]["project_name"]["first"]
    return f"{made}-{name}"


def _token_provider(gathered: Gathered, gateway: Mapping[str, Any], connections: list[dict[str, Any]]) -> str | None:
    """The provider from which an agent gets its own token for the gateway; None where it hands on a user's token.

    Source: the CLI names the managed credential of a gateway after it (CLI 0.30.0, run).
    """
    if gateway["inbound_auth"] != "custom-jwt" or any(c["grant"] in _USER_GRANTS for c in connections):
        return None
    name = f"{gateway['name']}-oauth"
    if gateway["in_project"]:
        own = gathered.project.credential(name) if gathered.project is not None else None
        return name if own is not None else None
    return name if gateway.get("allowed_clients") and _managed(gathered, gateway) else None


_USER_GRANTS = ("authorization-code", "token-exchange")


def project_context(gathered: Gathered) -> dict[str, Any]:
    """The project for templates."""
    project = gathered.project
    account = None
    if project is not None and project.aws_targets:
        account = project.aws_targets[0].account
    return {
        "name": project.name if project is not None else None,
        "known": project is not None,
        "path": str(project.root) if project is not None else None,
        "account": account,
        "harness": project.harnesses[0].name if project is not None and project.harnesses else None,
        "policy_engines": [e.name for e in project.policy_engines] if project is not None else [],
    }


def policy_context(
    gathered: Gathered, gateway: Mapping[str, Any], connections: list[dict[str, Any]], own: Gateway | None
) -> dict[str, Any] | None:
    """The policies that the answers ask for, and the engine they go to; None where none are asked for.

    Errors: ConnectError for a tool or an argument that is not there.
    """
    wanted = mapping(gathered.case.answers.get("policy"))
    at_gateway = any(c["target_type"] for c in connections)
    if not wanted or not at_gateway:
        return None
    from agentcore_connect.plan.policies import claims_named, write_policies
    from agentcore_connect.plan.policy_examples import policy_examples

    targets: dict[str, Any] = {t.name: None for t in own.targets} if own is not None else {}
    targets.update({c["name"]: c["tools"] or None for c in connections if c["target_type"]})
    engines = gathered.project.policy_engines if gathered.project is not None else ()
    attached = own.policy_engine if own is not None else None
    restrict = sequence(wanted.get("restrict"))
    written = write_policies(
        restrict,
        inbound_auth=gateway["inbound_auth"],
        targets=targets,
        gateway_name=gateway["name"],
        gateway_arn=gateway.get("arn"),
        # elsewhere the gateway may have an engine, and a permit for all would open what its policies keep shut
        permit_rest=attached is None and (own is not None or not gateway["exists"]),
        rest=text(wanted.get("rest")),
    )
    policies = written.policies
    engine = attached or (engines[0].name if len(engines) == 1 else None)
    mode = text(wanted.get("mode")) or text(questions()["policy.mode"].default) or ""
    return {
        "mode": mode,
        "rest": written.rest,
        "added_claims": [
            one for one in claims_named(restrict) if one not in load("cedar")["claims"]["in_cognito_tokens"]
        ],
        "mode_api": load("cedar")["modes"][mode],
        # the CLI's commands take the policies of the gateways that they change; a script those of all others
        "scripted": bool(policies)
        and not _managed(gathered, gateway)
        and not creates_gateway(gathered.case.via, gateway),
        "policies": [p.as_dict() for p in policies],
        "examples": policy_examples(policies, written.rules, targets, gateway["inbound_auth"]),
        "engine": engine or load("cedar")["engine"],
        "engine_in_project": engine is not None and any(e.name == engine for e in engines),
        "attached": attached is not None,
        "attached_mode": own.policy_mode if own is not None else None,
        "warnings": [{"rule": p.code, "text": str(p), "sources": []} for p in written.warnings],
    }


def plan_context(gathered: Gathered) -> dict[str, Any]:
    """The plan itself for templates."""
    return {
        "cli_version": gathered.surface.version,
        "surface": gathered.surface.id,
        "known_by": gathered.surface.known_by,
        "via": gathered.case.via,
        "tool_version": __version__,
    }
