"""Makes the plan: decides, settles details, lists steps and files. No input or output."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.advise.decide import Verdict, advise, decide
from agentcore_connect.advise.facts import agent_facts, connection_facts, gateway_facts, given
from agentcore_connect.advise.records import AgentFacts, GatewayFacts, Read
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.errors import ConnectError, raise_all
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject, text
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge import base
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan import words
from agentcore_connect.plan.agent_edit import agent_edit_context, no_edit
from agentcore_connect.plan.artifacts import planned
from agentcore_connect.plan.connection import connection_context
from agentcore_connect.plan.context import agent_context, plan_context, policy_context, project_context
from agentcore_connect.plan.entries import Sentence
from agentcore_connect.plan.gateway import gateway_context
from agentcore_connect.plan.missing import Details, details, missing_error, question_for
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.observed import observed
from agentcore_connect.plan.operations import derived_facts, operations
from agentcore_connect.plan.program import is_configured
from agentcore_connect.plan.reads import watched
from agentcore_connect.plan.records import RenderContext, SearchContext
from agentcore_connect.plan.reported import (
    Decided,
    assumed,
    planned_connection,
    planned_gateway,
    promised,
    summary,
    unused_keys,
)
from agentcore_connect.plan.requests import is_sent, provider_of, requests_for
from agentcore_connect.plan.script import script_data, script_facts
from agentcore_connect.plan.stack_facts import is_in_stack


class Kind(NamedTuple):
    """The kind of gateway: protocol type, and whether semantic search is recommended for how many tools."""

    protocol_type: str | None
    search_recommended: bool
    total: int | None
    rules: tuple[str, ...]


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
    used_gateway = any(c.uses_gateway for c in found)
    kind, inbound = _gateway_decisions(gathered, found, gateway)
    ctx = _context(gathered, found, agent, gateway, kind)
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


def _connection(gathered: Gathered, number: int, verdict: Verdict, gateway: GatewayFacts) -> Decided:
    read = gathered.case.read.get(number, Read())
    given = gathered.case.connections[number]
    settled = details("connection", verdict.known, given, verdict.facts.name, set(verdict.used))
    own = gathered.project.gateway(gateway.name) if gathered.project is not None else None
    in_project = own is not None and any(target.name == verdict.facts.name for target in own.targets)
    context = connection_context(verdict, settled, read, gateway, in_project=in_project)
    known = {**verdict.known, **observed(gathered, gateway, context, read)._asdict()}
    return Decided(number, verdict, settled, context, known)


def _shared_details(gathered: Gathered, found: list[Decided]) -> dict[str, Details]:
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


def _used(c: Decided) -> set[str]:
    """The variables that the decisions on a connection looked at, those on its gateway included."""
    return {*c.verdict.used, *(("inbound",) if c.uses_gateway or c.is_client else ())}


def _raise_missing(gathered: Gathered, found: list[Decided], shared: Mapping[str, Details]) -> None:
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


def _gateway_decisions(gathered: Gathered, found: list[Decided], gateway: GatewayFacts) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind of gateway and its inbound auth. Errors: ConnectError for a refused combination."""
    counts = [c.context["tool_count"] for c in found if c.context["tool_count"] is not None and c.uses_gateway]
    above = load("limits")["limits"]["semantic-search-tools"]["value"]
    total = sum(counts)
    facts = {
        "http_target": any(c.verdict.known["http_target"] for c in found),
        "many_tools": total > above,
        "inbound": gateway.inbound_auth,
        "authenticates_only": gateway.authenticates_only,
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
    decided = Kind(
        text(kind.result["protocol_type"]),
        bool(kind.result.get("search_recommended")),
        total if counts else None,
        kind.rules(),
    )
    return decided, inbound.rules()


def _context(
    gathered: Gathered, found: list[Decided], agent: AgentFacts, gateway: GatewayFacts, kind: Kind
) -> RenderContext:
    connections = [c.context for c in found]
    own = gathered.project.gateway(gateway.name) if gathered.project is not None else None
    policy = policy_context(gathered, gateway, connections, own)
    known = agent_context(agent)
    ctx = RenderContext(
        plan=plan_context(gathered),
        project=project_context(gathered),
        agent=known,
        gateway=gateway_context(gathered, gateway, connections, kind.protocol_type, known),
        connections=connections,
        search=SearchContext(total_tools=kind.total, recommended=kind.search_recommended),
        policy=policy,
        policies=policy["policies"] if policy else [],
        agent_client=any(c.verdict.known["agent_client"] for c in found),
        agent_edit=no_edit(),
        stack=None,
        configured=False,
    )
    ctx["agent_edit"] = agent_edit_context(gathered, ctx)
    if any(is_in_stack(ctx, c) for c in ctx["connections"]):
        from agentcore_connect.plan.stack import stack  # most plans have no template

        ctx["stack"] = stack(ctx)
    ctx["configured"] = is_configured(ctx)
    return ctx


def _plan(
    gathered: Gathered,
    found: list[Decided],
    shared: Mapping[str, Details],
    ctx: RenderContext,
    kind: Kind,
    inbound: tuple[str, ...],
    *,
    used_gateway: bool,
) -> Plan:
    surface, read = load(f"commands-{gathered.surface.id}"), watched(ctx)
    if surface["cli"].get("vendor_credentials"):
        for noted in read.connections:
            noted["provider"] = provider_of(ctx, noted)
    ops = operations(read.facts, surface)
    for c, noted in zip(ctx["connections"], read.connections, strict=True):
        if is_sent(ctx, c):
            requests_for(read.facts, noted)
    plan_facts = {
        **ctx,
        "surface": gathered.surface.id,
        "inbound": ctx["gateway"]["inbound_auth"],
        "inbound_differs": ctx["gateway"]["inbound_differs"],
        "uses_gateway": used_gateway,
        "search_recommended": ctx["search"]["recommended"],
    }
    gateway_rules = [*(kind.rules if any(c.verdict.decision.leads_to == "gateway" for c in found) else ())]
    gateway_words = words.split([*inbound, *gateway_rules] if used_gateway else [], plan_facts)
    general = words.split(advise("plan", plan_facts), plan_facts)
    notes = [*general["note"], *general["why"]]
    if gathered.surface.notice:
        sources = list(gathered.surface.sources)
        notes.insert(0, Sentence(rule="surface", text=gathered.surface.notice, sources=sources))
    return Plan(
        cli_version=gathered.surface.version,
        surface=gathered.surface.id,
        known_by=gathered.surface.known_by,
        chosen_by=gathered.surface.chosen_by,
        chosen=gathered.surface.said,
        gateway=planned_gateway(ctx["gateway"], gateway_words) if used_gateway else {},
        semantic_search=ctx["search"],
        connections=[planned_connection(c, search_recommended=kind.search_recommended) for c in found],
        steps=[op.as_dict() for op in ops],
        artifacts=planned({**ctx, "script": script_facts(ops)}),
        promises=promised(ops),
        warnings=[
            *gateway_words["warning"],
            *general["warning"],
            *(ctx["policy"]["warnings"] if ctx["policy"] else ()),
        ],
        notes=notes,
        assumed=assumed(found, shared.values()),
        unused=[
            key
            for key in unused_keys(found, shared.values())
            if key not in read.seen or not (used_gateway or key.startswith("gateway."))
        ],
        summary=summary(found, ctx),
        agent=text(derived_facts(ctx, surface).get("agent_line")),
        answers=_normal(gathered),
        context=ctx,
        operations=ops,
        script=script_data(ops, surface),
    )


def _normal(gathered: Gathered) -> JsonObject:
    """The answers as they are written out: as given, with the version said."""
    return {"version": 1, **{k: v for k, v in gathered.document.data.items() if v is not None and k != "version"}}
