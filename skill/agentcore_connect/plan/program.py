"""Builds `configure.json`, the data of `configure.py`, from the plan's requests.

Pure functions of the render context. The program itself is the same for every plan (`renderers/configure-*`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agentcore_connect.core.values import JsonObject
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.plan.markers import RUNTIME
from agentcore_connect.plan.policy_requests import policy_requests
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.requests import Request, inputs_of, is_scripted, requests_for
from agentcore_connect.plan.role_requests import (
    ENGINE,
    TARGETS,
    granted,
    rights_name,
    rights_request,
    role_document,
    role_name,
    role_request,
)
from agentcore_connect.plan.role_rights import iam_notes
from agentcore_connect.plan.settings_requests import ADDED, settings_requests
from agentcore_connect.plan.templates import fill, holds

Step = dict[str, Any]
_AROUND = ("gatewayIdentifier", "name", "roleArn", "authorizerType")
_VARIABLE = "${GATEWAY_ARN}"


def is_configured(ctx: Context) -> bool:
    """Return whether a plan has requests for the program to send."""
    return bool(scripted(ctx) or _has_policies(ctx) or ctx["gateway"]["settings_named"])


def scripted(ctx: Context) -> list[Context]:
    """The connections that the program creates targets for."""
    return [c for c in ctx["connections"] if is_scripted(ctx, c) and not c.get("in_project")]


def creates_role(ctx: Context) -> bool:
    """Whether the program creates the gateway, and with it the role that the gateway has."""
    return any(one.id == "gateway" for c in scripted(ctx) for one in requests_for(ctx, c))


def _has_policies(ctx: Context) -> bool:
    return bool((ctx.get("policy") or {}).get("scripted"))


def program_requests(ctx: Context, gateway_arn: str = _VARIABLE) -> list[Request]:
    """Every request that changes something, each once, in the order in which they are sent.

    In: the render context; the ARN that takes the place of the variable in policies that do not know it yet.
    """
    found: dict[tuple[str, str], Request] = {}
    for c in scripted(ctx):
        for one in requests_for(ctx, c):
            key = (one.id, str(one.body["name"]) if one.id in ("provider", "target") else "")
            before = found.get(key)
            found[key] = _joined(before, one) if before and one.id == "return-url" else before or one
    policies = policy_requests(ctx, gateway_arn) if _has_policies(ctx) else []
    if any(one.id == "gateway" for one in found.values()):
        rights = granted(ctx, scripted(ctx))
        own = [role_request(ctx), rights_request(ctx, TARGETS, rights[TARGETS])]
        found |= {(one.id, ""): one for one in own if one}
        policies[1:1] = [one for one in [rights_request(ctx, ENGINE, rights[ENGINE])] if one and policies]
    order = ("role", "gateway", "provider", "return-url", f"{TARGETS}-rights", "target")
    sent = sorted(found.values(), key=lambda one: order.index(one.id))
    return [*sent, *policies, *settings_requests(ctx, gateway_arn)]


def _joined(one: Request, other: Request) -> Request:
    """One request for the return URLs of two connections."""
    body: dict[str, Any] = dict(one.body)
    for member, value in other.body.items():
        if isinstance(value, list):
            body[member] = [*body[member], *(part for part in value if part not in body[member])]
    return Request(one.id, one.operation, one.service, body)


def program(ctx: Context) -> dict[str, Any]:
    """The contents of `configure.json`.

    Out: `gateway`, `region`, `service`; `steps`, each with what it is about (`kind`, `name`), the request that creates
    it (none for what exists), what is asked for and what is said; `role`, what the gateway's role must be allowed.
    Errors: as `requests_for`.
    """
    connections = scripted(ctx)
    notes = dict.fromkeys(note for c in connections for note in iam_notes(ctx, c))
    return {
        "written_by": f"agentcore-connect {ctx['plan']['tool_version']}",
        "service": _bodies()["service"],
        "region": ctx["gateway"].get("region") or "",
        "steps": program_steps(ctx),
        "role": {**role_document(ctx, connections), "notes": list(notes)},
    }


def script_inputs(ctx: Context) -> list[dict[str, Any]]:
    """The values that the program of a plan cannot do without, each once: `env`, `ask`, `secret`."""
    asked = [one for step in program_steps(ctx) for one in step["inputs"].values()]
    return list({one["env"]: one for one in asked if not one["optional"]}.values())


def program_steps(ctx: Context) -> list[Step]:
    """The steps of `program`, in the order in which they are taken; none for a plan without requests."""
    return list(_steps(ctx, scripted(ctx))) if is_configured(ctx) else []


def _steps(ctx: Context, connections: Sequence[Context]) -> Iterator[Step]:
    requests = program_requests(ctx)
    own = {(one.id, one.body["name"]): one for one in requests if one.id in ("provider", "target")}
    made = next((one for one in requests if one.id == "gateway"), None)
    gateway = ctx["gateway"]
    missing = "Deploy it first (agentcore deploy), or correct" if gateway["cli_deploys"] else "Correct"
    asked = _inputs(ctx, connections, made)
    rights = granted(ctx, connections) if made else {}
    if made:
        yield _step("role", role_name(ctx), role_request(ctx), {})
    yield _step("gateway", gateway["aws_name"], made, asked, id=gateway.get("id") or "", missing=missing)
    providers: dict[str, Step] = {}
    for c in connections:
        name = lookup(c, "credential.name")
        if c.get("outbound_auth") in _bodies()["providers"]:
            step = _provider(ctx, c, own.get(("provider", name)))
            providers.setdefault(name, step)
            providers[name]["asks_users"] |= step["asks_users"]
    yield from providers.values()
    for one in requests:
        if one.id == "return-url":
            yield _step("return-url", ", ".join(_return_urls(connections)), one, {})
    if made:
        yield _rights(ctx, "rights", TARGETS, rights[TARGETS])
    for c in connections:
        yield _target(ctx, c, own["target", c["name"]])
    yield from _policies(ctx, requests, rights.get(ENGINE, []))
    yield from _settings(ctx, requests)


def _step(kind: str, name: str, request: Request | None, asked: Mapping[str, Any], **more: Any) -> Step:
    sent = {
        "operation": request.operation if request else None,
        "service": request.service if request else None,
        "body": request.body if request else None,
    }
    return {"kind": kind, "name": name, **sent, "inputs": dict(asked), **more}


def _rights(ctx: Context, kind: str, which: str, statements: Sequence[JsonObject]) -> Step:
    request = rights_request(ctx, which, statements)
    return _step(kind, rights_name(which), request, {}, statements=[one["Sid"] for one in statements])


def _inputs(ctx: Context, connections: Sequence[Context], request: Request | None) -> dict[str, Any]:
    """Return the inputs of a request from any connection."""
    return inputs_of(facts_for(ctx, connections[0]), request.body) if request and connections else {}


def _provider(ctx: Context, c: Context, request: Request | None) -> Step:
    known = _bodies()["providers"][c["outbound_auth"]]
    facts = facts_for(ctx, c)
    needs = [] if request else [one for one in _bodies()["provider_needs"] if holds(one["when"], facts)]
    return _step(
        f"{c['outbound_auth']}-provider",
        c["credential"]["name"],
        request,
        inputs_of(facts, request.body) if request else {},
        list=known["list"],
        shows=known["shows"],
        needs_of_provider=[{key: one[key] for key in ("config", "member", "text")} for one in needs],
        asks_users=c.get("grant") == "authorization-code",
    )


def _return_urls(connections: Sequence[Context]) -> list[str]:
    return list(dict.fromkeys(url for c in connections if (url := _return_url(c))))


def _return_url(c: Context) -> str | None:
    return lookup(c, "oauth.return_url") if c.get("grant") == "authorization-code" else None


def _target(ctx: Context, c: Context, request: Request) -> Step:
    document, facts = _bodies(), facts_for(ctx, c)
    consent = document["consent_version"]
    needs = [
        {
            **{key: one[key] for key in ("member", "text", "fix")},
            "one_of": [o and fill(o, facts) for o in one["one_of"]],
        }
        for one in document["needs"]
        if holds(one["when"], facts)
    ]
    notes = {
        moment: [
            fill(one["text"], facts) for one in document["notes"] if one["on"] == moment and holds(one["when"], facts)
        ]
        for moment in ("ready", "failed")
    }
    versions = {key: consent[key] for key in ("least", "text")} if holds(consent["when"], facts) else None
    return _step(
        "target",
        c["name"],
        request,
        inputs_of(facts, request.body),
        provider=lookup(c, "credential.name"),
        return_url=_return_url(c) or "",
        synchronizes=holds(document["synchronizes"]["when"], facts),
        needs=needs,
        consent_version=versions,
        notes=notes,
    )


def _policies(ctx: Context, requests: Sequence[Request], rights: Sequence[JsonObject]) -> Iterator[Step]:
    if not _has_policies(ctx):
        return
    policy = ctx["policy"]
    engine, *_ = policy_requests(ctx, _VARIABLE)
    yield _step("policy-engine", policy["engine"], engine, {}, mode=policy["mode_api"])
    if rights:
        yield _rights(ctx, "engine-rights", ENGINE, rights)
    for one, request in zip(ctx["policies"], policy_requests(ctx, _VARIABLE)[1:], strict=False):
        yield _step("policy", one["name"], _from_file(request), {}, file=one["file"])
    attach = next(one for one in requests if one.id == "attach")
    hint = _bodies()["policies"]["attach"]["failed"]
    name = f"the policy engine {policy['engine']} in {policy['mode_api']} mode"
    yield _step("gateway-settings", name, attach, {}, sets=_set_by(attach), hint=hint)


def _from_file(request: Request) -> Request:
    """A policy's request with the text of its file to be read at run time, so that it stands in one place."""
    definition = {"cedar": {"statement": {RUNTIME: "policy_statement"}}}
    return Request(request.id, request.operation, request.service, {**request.body, "definition": definition})


def _settings(ctx: Context, requests: Sequence[Request]) -> Iterator[Step]:
    for one in requests:
        if one.id == "settings":
            yield _step("gateway-settings", ctx["gateway"]["settings_named"], one, {}, sets=_set_by(one))
        elif one.id in ADDED:
            yield _step(one.id.replace("_", "-"), _bodies()[one.id]["word"], one, {})


def _set_by(request: Request) -> list[str]:
    return [name for name in request.body if name not in _AROUND]


def _bodies() -> Entry:
    return resources.load("request-bodies")
