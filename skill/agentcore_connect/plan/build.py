"""From gathered answers to the plan: decide, settle details, list steps and artifacts. No input, no output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agentcore_connect.advise.decide import Verdict, advise, decide, unspoken
from agentcore_connect.advise.facts import agent_facts, connection_facts, gateway_facts, given
from agentcore_connect.advise.records import AgentFacts, GatewayFacts, Read
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.values import text
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan import words
from agentcore_connect.plan.agent_edit import agent_edit_context
from agentcore_connect.plan.artifacts import planned
from agentcore_connect.plan.context import (
    connection_context,
    gateway_context,
    plan_context,
    policy_context,
    project_context,
)
from agentcore_connect.plan.missing import Details, details, missing_error, question_for
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.observed import observed
from agentcore_connect.plan.operations import derived_facts, operations
from agentcore_connect.plan.program import is_configured
from agentcore_connect.plan.promises import promises
from agentcore_connect.plan.reads import noted
from agentcore_connect.plan.requests import is_sent, requests_for
from agentcore_connect.plan.script import script_data, script_facts
from agentcore_connect.plan.stack import is_in_stack, stack


@dataclass(slots=True)
class _Connection:
    """One connection on its way into the plan."""

    number: int
    verdict: Verdict
    details: Details
    context: dict[str, Any]
    facts: dict[str, Any]


def build(gathered: Gathered) -> Plan:
    """Make the plan.

    Errors: ConnectError with exit code 3 naming every answer that is missing, with exit code 2 for a combination that
    is refused (a production gateway without authorizer).
    """
    case = gathered.case
    agent = agent_facts(case, asking=False)
    gateway = gateway_facts(case, asking=False)
    if not case.connections:
        raise missing_error(question_for("service"), gathered.document.where("connections"), {}, 0)
    verdicts = _verdicts(gathered, agent, gateway)
    found = [_connection(gathered, number, verdict, gateway) for number, verdict in enumerate(verdicts)]
    shared = _shared_details(gathered, found)
    _raise_missing(gathered, found, shared)
    used_gateway = any(_uses_gateway(c) for c in found)
    kind, inbound = _gateway_decisions(gathered, found, gateway)
    ctx = _context(gathered, found, agent._asdict(), gateway._asdict(), kind)
    return _plan(gathered, found, shared, ctx, kind, inbound, used_gateway=used_gateway)


def _verdicts(gathered: Gathered, agent: AgentFacts, gateway: GatewayFacts) -> list[Verdict]:
    """The verdict of each connection. Errors: ConnectError naming every answer without which one cannot be reached."""
    verdicts, problems = [], []
    for number in range(len(gathered.case.connections)):
        verdict = decide(connection_facts(gathered.case, number, agent, gateway, asking=False))
        verdicts.append(verdict)
        if verdict.pending is not None:
            question = question_for(verdict.pending)
            before = [questions()[q] for q in question.after]
            wanted = [q for q in before if q.when(verdict.known) and not q.optional(verdict.known)]
            absent = [q for q in wanted if lookup(verdict.known, q.id) in (None, "", [])]
            where = f"connections.{number}"
            for one in (*absent, question):
                own = number if one.scope == "connection" else None
                problems.append(missing_error(one, gathered.document.where(f"{where}.{one.id}"), verdict.known, own))
    raise_all(problems)
    return verdicts


def _connection(gathered: Gathered, number: int, verdict: Verdict, gateway: GatewayFacts) -> _Connection:
    read = gathered.case.read.get(number, Read())
    given = gathered.case.connections[number]
    settled = details("connection", verdict.known, given, verdict.facts.name, set(verdict.used))
    context = connection_context(verdict, settled, read, gateway)
    known = {**verdict.known, **observed(gathered, gateway, context, read)._asdict()}
    return _Connection(number, verdict, settled, context, known)


def _uses_gateway(c: _Connection) -> bool:
    return c.verdict.decision.leads_to == "gateway" or (_is_client(c) and not c.facts.get("client_at_runtime"))


def _is_client(c: _Connection) -> bool:
    return c.verdict.decision.redirect == "mcp-client"


def _shared_details(gathered: Gathered, found: list[_Connection]) -> dict[str, Details]:
    """The details of agent, gateway and policy: asked for once, where any connection needs them."""
    shared = {}
    for scope, answered in (("agent", given(gathered.case, "agent")), ("gateway", given(gathered.case, "gateway"))):
        each = [details(scope, c.verdict.known, answered, c.verdict.facts.name, _used(c)) for c in found]
        best = Details({}, [], [], [], [u for u in each[0].unused if all(u in one.unused for one in each)])
        for one in each:
            best.assumed.extend(a for a in one.assumed if a not in best.assumed)
            best.missing.extend(m for m in one.missing if m not in best.missing)
        shared[scope] = best
    return shared


def _used(c: _Connection) -> set[str]:
    """The variables that the decisions on a connection looked at, those on its gateway included."""
    return {*c.verdict.used, *(("inbound",) if _uses_gateway(c) or _is_client(c) else ())}


def _raise_missing(gathered: Gathered, found: list[_Connection], shared: Mapping[str, Details]) -> None:
    problems: list[ConnectError] = []
    for c in found:
        problems += [
            missing_error(q, gathered.document.where(f"connections.{c.number}.{q.id}"), c.facts, c.number)
            for q in c.details.missing
        ]
    for one in shared.values():
        because = "; ".join(
            f"{a['key']} was taken to be {a['value']}, as {a['why']}" for a in one.assumed if "why" in a
        )
        problems += [
            missing_error(q, gathered.document.where(q.id), found[0].facts, None, because) for q in one.missing
        ]
    raise_all(problems)


def _gateway_decisions(
    gathered: Gathered, found: list[_Connection], gateway: GatewayFacts
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What kind of gateway it is, and who may call it. Errors: ConnectError where that is refused."""
    counts = [c.context["tool_count"] for c in found if c.context["tool_count"] is not None and _uses_gateway(c)]
    above = load("limits")["limits"]["semantic-search-tools"]["value"]
    total = sum(counts)
    facts = {
        "http_target": any(c.verdict.known["http_target"] for c in found),
        "many_tools": total > above,
        "inbound": gateway.inbound_auth,
        "environment": gateway.environment,
    }
    engine = base.engine()
    kind = engine.decide("gateway-kind", facts)
    inbound = engine.decide("inbound", facts)
    refused = [r for r in inbound.rules() if base.rules()[r].refuses]
    made = any(c.verdict.decision.leads_to == "gateway" for c in found)
    if made and refused and not gateway.in_project and not gateway.exists:
        rule = base.rules()[refused[0]]
        raise ConnectError(
            refused[0],
            rule.text.split(". ")[0] + ".",
            where=gathered.document.where("gateway.inbound_auth"),
            expected="aws-iam or custom-jwt",
            received=str(gateway.inbound_auth),
            hint=rule.text.split(". ", 1)[-1],
        )
    return {**kind.result, "rules": kind.rules(), "total": total if counts else None}, inbound.rules()


def _context(
    gathered: Gathered,
    found: list[_Connection],
    agent: Mapping[str, Any],
    gateway: Mapping[str, Any],
    kind: Mapping[str, Any],
) -> dict[str, Any]:
    connections = [c.context for c in found]
    own = gathered.project.gateway(gateway["name"]) if gathered.project is not None else None
    for c in connections:
        c["in_project"] = own is not None and any(t.name == c["name"] for t in own.targets)
    policy = policy_context(gathered, gateway, connections, own)
    ctx: dict[str, Any] = {
        "plan": {**plan_context(gathered), "files_dir": "connect"},
        "project": project_context(gathered),
        "agent": dict(agent),
        "gateway": gateway_context(gathered, gateway, connections, kind, agent),
        "connections": connections,
        "search": {"recommended": bool(kind.get("search_recommended")), "total_tools": kind["total"]},
        "policy": policy,
        "policies": policy["policies"] if policy else [],
        "agent_client": any(c.verdict.known["agent_client"] for c in found),
    }
    ctx["agent_edit"] = agent_edit_context(gathered, ctx)
    return {**ctx, "stack": stack(ctx), "configured": is_configured(ctx)}


def _plan(
    gathered: Gathered,
    found: list[_Connection],
    shared: Mapping[str, Details],
    ctx: dict[str, Any],
    kind: Mapping[str, Any],
    inbound: tuple[str, ...],
    *,
    used_gateway: bool,
) -> Plan:
    watched, read = noted(ctx)
    surface = load(f"commands-{gathered.surface.id}")
    ops = operations(watched, surface)
    for c in watched["connections"]:
        if is_sent(watched, c):
            requests_for(watched, c)
    plan_facts = {
        **ctx,
        "surface": gathered.surface.id,
        "inbound": ctx["gateway"]["inbound_auth"],
        "inbound_differs": ctx["gateway"]["inbound_differs"],
        "uses_gateway": used_gateway,
        "search_recommended": ctx["search"]["recommended"],
    }
    gateway_rules = [*(kind["rules"] if any(c.verdict.decision.leads_to == "gateway" for c in found) else ())]
    gateway_words = words.split([*inbound, *gateway_rules] if used_gateway else [], plan_facts)
    general = words.split(advise("plan", plan_facts), plan_facts)
    notes = [*general["note"], *general["why"]]
    if gathered.surface.notice:
        notes.insert(0, {"rule": "surface", "text": gathered.surface.notice, "sources": list(gathered.surface.sources)})
    return Plan(
        cli_version=gathered.surface.version,
        surface=gathered.surface.id,
        known_by=gathered.surface.known_by,
        gateway=_gateway_json(ctx, gateway_words) if used_gateway else {},
        semantic_search={
            "total_tools": kind["total"],
            "recommended": bool(kind.get("search_recommended")),
        },
        connections=[_connection_json(c, kind) for c in found],
        steps=[_step(op) for op in ops],
        artifacts=planned({**ctx, "script": script_facts(ops)}),
        promises=_promises(ops),
        warnings=[*gateway_words["warning"], *general["warning"], *(ctx["policy"] or {}).get("warnings", [])],
        notes=notes,
        assumed=_assumed(found, shared),
        unused=[
            key for key in _unused_keys(found, shared) if key not in read or not (used_gateway or _of_gateway(key))
        ],
        summary=_summary(found, ctx),
        agent=text(derived_facts(ctx, surface).get("agent_line")),
        answers=_normal(gathered),
        context=ctx,
        operations=ops,
        script=script_data(ops, load(f"commands-{gathered.surface.id}")),
    )


_STEP_KEYS = (
    *("id", "title", "kind", "argv", "line", "artifact", "connection", "needs_aws", "after_deploy", "directory"),
    *("inputs", "stdin", "env", "edit", "patch", "files", "text", "why", "sources"),
)


def _step(op: Any) -> dict[str, Any]:
    """An operation as plan.json has it; what is empty is left out, but for the keys that are always there."""
    whole = op.as_dict()
    always = ("id", "title", "kind", "argv", "artifact", "connection", "needs_aws", "line", "text", "why")
    return {key: whole[key] for key in _STEP_KEYS if key in always or whole[key] not in (None, "", [], {}, False)}


def _promises(ops: list[Any]) -> dict[str, Any]:
    state = promises(ops)
    return {"entries": [one.as_dict() for one in state.entries], "variables": sorted(state.variables)}


def _gateway_json(ctx: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    gateway = ctx["gateway"]
    keys = (
        "name",
        "aws_name",
        "inbound_auth",
        "authorizer_type",
        "environment",
        "region",
        "id",
        "arn",
        "discovery_url",
    )
    found = {k: gateway[k] for k in keys if gateway[k] is not None}
    found.update({k: gateway[k] for k in ("allowed_audience", "allowed_clients", "allowed_scopes") if gateway[k]})
    found.update(reused=bool(gateway["in_project"]), mcp_protocol=gateway["protocol_type"] == "MCP")
    found.update(url_variable=gateway["env_url"], why=[*said["why"], *said["note"]])
    return found


def _connection_json(c: _Connection, kind: Mapping[str, Any]) -> dict[str, Any]:
    facts = {**c.facts, "search_recommended": bool(kind.get("search_recommended"))}
    decision = c.verdict.decision
    said = words.split([*c.verdict.rules, *advise("connection", facts)], facts)
    warnings = [{"rule": w["rule"], "text": w["text"], "sources": w["sources"]} for w in said["warning"]]
    warnings += [{"rule": "file", "text": text, "sources": []} for text in c.verdict.facts.faults]
    return {
        "name": c.verdict.facts.name,
        "path": decision.path,
        "target_type": decision.target_type,
        "outbound_auth": decision.outbound_auth,
        "grant": decision.grant,
        "mechanism": decision.mechanism,
        "redirect": decision.redirect,
        "steered": bool(decision.steered),
        "why": said["why"],
        "warnings": warnings,
        "notes": said["note"],
    }


def _assumed(found: list[_Connection], shared: Mapping[str, Details]) -> list[dict[str, Any]]:
    """What was assumed; an assumption that every connection shares is said once, with a star for the index."""
    assumed: list[dict[str, Any]] = []
    common = (
        [a for a in found[0].details.assumed if all(a in c.details.assumed for c in found)] if len(found) > 1 else []
    )
    assumed += [{**a, "key": f"connections.*.{a['key']}"} for a in common]
    for c in found:
        assumed += [{**a, "key": f"connections.{c.number}.{a['key']}"} for a in c.details.assumed if a not in common]
    for one in shared.values():
        assumed += one.assumed
    return assumed


def _unused_keys(found: list[_Connection], shared: Mapping[str, Details]) -> list[str]:
    """The answers that no question of this situation asks for, and that no rule speaks for."""
    own = [f"connections.{c.number}.{key}" for c in found for key in unspoken("connection", c.facts, c.details.unused)]
    return [*own, *(key for one in shared.values() for key in one.unused)]


def _of_gateway(key: str) -> bool:
    return key.startswith("gateway.")


def _summary(found: list[_Connection], ctx: Mapping[str, Any]) -> str:
    parts = []
    for c in found:
        decision = c.verdict.decision
        target = decision.target_type or decision.redirect or "direct call"
        auth = decision.grant or decision.outbound_auth or "no sign-in"
        by = "cloudformation" if is_in_stack(ctx, c.context) else decision.mechanism
        parts.append(f"{c.verdict.facts.name}: path {decision.path}, {target}, {auth}, by {by}")
    gateway = ctx["gateway"]
    lead = f"Gateway {gateway['name']} ({gateway['inbound_auth']}). " if any(_uses_gateway(c) for c in found) else ""
    return lead + "; ".join(parts)


def _normal(gathered: Gathered) -> dict[str, Any]:
    """The answers as they are written out: as given, with the version said."""
    return {"version": 1, **{k: v for k, v in gathered.document.data.items() if v is not None and k != "version"}}
