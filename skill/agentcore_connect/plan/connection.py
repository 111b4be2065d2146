"""One connection of the render context: its answers, its decision, and what follows from both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from agentcore_connect.advise.decide import Verdict
from agentcore_connect.advise.records import ApiKey, Credential, Decision, Facts, GatewayFacts, OAuth, Read
from agentcore_connect.core.values import JsonObject
from agentcore_connect.core.variables import variable_name
from agentcore_connect.knowledge.endpoint_hints import hints_from_endpoint
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.missing import Details
from agentcore_connect.plan.records import (
    ApiKeyContext,
    ConnectionContext,
    CredentialContext,
    OAuthContext,
    SigningContext,
)
from agentcore_connect.plan.requests import infer_vendor

T = TypeVar("T")

#: The module that is written for a function behind a target; nothing of a person's can have its name.
_HANDLER = "lambda_handler"
#: A target gets credentials of a kind where it signs in with one.
_CREDENTIAL_KIND = {"oauth": "oauth", "api-key": "api-key"}


def identifier(name: str) -> str:
    """A Python identifier made from a target's name."""
    words = re.sub(r"\W+", "_", name).strip("_").lower() or "target"
    return f"t_{words}" if words[0].isdigit() else words


def connection_context(
    verdict: Verdict, settled: Details, read: Read, gateway: GatewayFacts, *, in_project: bool
) -> ConnectionContext:
    """One connection for templates.

    In: what was decided for it, the details that are settled, what its files tell, the gateway, and whether the
    project has its target.
    """
    facts, decision = verdict.facts, verdict.decision
    by_cli = decision.mechanism == "cli" and facts.via == "cli"
    left = settled.values

    def asked(key: str, own: T) -> T | str | None:
        """An answer, or the variable that a command line has in its place; a script asks for it by itself."""
        if key not in left:
            return own
        return left[key] if by_cli else None

    ident, endpoint = identifier(facts.name), facts.endpoint
    tools_uri = _address(facts.tools)
    filters = facts.tool_filters or []
    starts_with = _starter_tools(ident, facts.name) if decision.target_type == "lambda-function-arn" else []
    tools = read.tools or ([] if tools_uri else starts_with)
    converted = read.schema_converted and decision.target_type == "open-api-schema"
    functions, by_hand = _functions(read.functions or {})
    schema_file = f"{facts.name}.schema.json"
    artifact = schema_file if by_cli and read.schema_text and not read.schema_in_project else None
    return ConnectionContext(
        name=facts.name,
        ident=ident,
        service=facts.service,
        endpoint=endpoint,
        endpoint_region=hints_from_endpoint(endpoint or "").get("region"),
        host=facts.host,
        network=facts.network,
        user_identity=facts.user_identity,
        lambda_arn=asked("lambda_arn", facts.lambda_arn),
        schema=asked("schema", facts.schema),
        rest_api_id=asked("rest_api_id", facts.rest_api_id),
        stage=asked("stage", facts.stage),
        knowledge_base_id=facts.knowledge_base_id,
        client=facts.client,
        direct_reason=facts.direct_reason,
        blocker=facts.blocker,
        direction=facts.direction,
        own_agent=facts.own_agent,
        front=facts.front,
        listing_mode=facts.listing_mode,
        client_at_runtime=bool(verdict.known["client_at_runtime"]),
        bucket_owner=facts.bucket_owner,
        owner_account=facts.owner_account,
        path=decision.path,
        target_type=decision.target_type,
        outbound_auth=decision.outbound_auth,
        grant=decision.grant,
        mechanism=decision.mechanism,
        redirect=decision.redirect,
        connector=decision.connector,
        steered=decision.steered,
        leads_to=decision.leads_to,
        front_missing=decision.front_missing,
        forward_headers=facts.forward_headers,
        forward_headers_text=", ".join(facts.forward_headers),
        credential=_credential(facts.credential, decision),
        oauth=_oauth(facts.oauth, settled.values, decision),
        api_key=_api_key(facts.api_key),
        sigv4=_signing(facts, decision, gateway),
        runtime=facts.project_runtime,
        run_time=settled.inputs if by_cli else [],
        at_run_time=list(settled.values),
        tool_filters=filters,
        several_filters=len(filters) > 1,
        tools=tools,
        tools_uri=tools_uri,
        functions=functions,
        by_hand_text=by_hand,
        tool_count=facts.tool_count if facts.tool_count is not None else (len(tools) or None),
        schema_text=read.schema_text,
        schema_converted=read.schema_converted,
        schema_cli=read.schema_in_project,
        schema_artifact=artifact,
        schema_file=artifact or (schema_file if converted else None),
        in_project=in_project,
    )


def _credential(own: Credential, decision: Decision) -> CredentialContext:
    kind = _CREDENTIAL_KIND.get(decision.outbound_auth or "")
    return CredentialContext(
        name=own.name if kind else None,
        exists=bool(own.exists),
        in_project=own.in_project,
        kind=kind,
        env=variable_name(own.name),
    )


def _oauth(own: OAuth, left: Mapping[str, str], decision: Decision) -> OAuthContext:
    """Return the OAuth settings; an answer ``left`` to run time is replaced by its variable."""
    vendors, vendor = load("oauth-vendors"), left.get("oauth.vendor", own.vendor)
    discovery_url = left.get("oauth.discovery_url", own.discovery_url)
    if not vendor and decision.grant in vendors["infer_when"]["grant"]:
        vendor = infer_vendor(discovery_url)
    if decision.outbound_auth == "oauth":
        vendor = vendor or vendors["default"]
    return OAuthContext(
        vendor=vendor,
        discovery_url=discovery_url,
        client_id=left.get("oauth.client_id", own.client_id),
        return_url=left.get("oauth.return_url", own.return_url),
        issuer=left.get("oauth.issuer", own.issuer),
        authorization_endpoint=left.get("oauth.authorization_endpoint", own.authorization_endpoint),
        token_endpoint=left.get("oauth.token_endpoint", own.token_endpoint),
        client_auth_method=left.get("oauth.client_auth_method", own.client_auth_method),
        scopes=own.scopes or [],
        custom_parameters={name: value for name, _, value in (p.partition("=") for p in own.custom_parameters or ())},
    )


def _api_key(own: ApiKey) -> ApiKeyContext:
    prefix = own.prefix or None
    return ApiKeyContext(
        location=own.location,
        parameter=own.parameter,
        prefix=prefix,
        prefix_text=f" with the prefix {prefix!r}" if prefix else "",
    )


def _signing(facts: Facts, decision: Decision, gateway: GatewayFacts) -> SigningContext | None:
    """Return the signing service and Region if the caller signs and the target type requires them."""
    matrix, own = load("auth-matrix"), facts.sigv4
    named = decision.target_type is None or decision.target_type in matrix["signing_service_named"]
    if decision.outbound_auth not in ("iam", "caller-iam") or not named:
        return None
    verifier = next(v["service"] for v in matrix["verifiers"] if v["host"] == (facts.host or "external"))
    region = own.region or hints_from_endpoint(facts.endpoint or "").get("region") or gateway.region
    return SigningContext(service=verifier or own.service, region=region)


def _address(tools: Sequence[JsonObject] | str | None) -> str | None:
    """Return the address of tool definitions outside this machine, or None."""
    return tools if isinstance(tools, str) and "://" in tools else None


def _functions(found: Mapping[str, JsonObject]) -> tuple[Mapping[str, JsonObject], str]:
    """The functions that a handler can call with a tool's arguments, and in words those that it cannot."""
    called = {tool: one for tool, one in found.items() if not one["by_hand"] and one["module"] != _HANDLER}
    why = {tool: one["by_hand"] or "its file has the handler's name" for tool, one in found.items()}
    return called, "; ".join(f"{tool} ({reason})" for tool, reason in why.items() if tool not in called)


def _starter_tools(ident: str, name: str) -> Sequence[JsonObject]:
    """One tool to begin with, for a function that is still to be written."""
    return [
        {
            "name": f"call_{ident}",
            "description": f"Send one request to {name} and return its answer.",
            "inputSchema": {
                "type": "object",
                "properties": {"request": {"type": "string", "description": "The request, in words or as JSON."}},
                "required": ["request"],
            },
        }
    ]
