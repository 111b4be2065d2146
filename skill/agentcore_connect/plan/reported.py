"""A plan as plan.json has it: its gateway, its connections, what was assumed, and the line that sums it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from agentcore_connect.advise.decide import Verdict, advise, unspoken
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.plan import words
from agentcore_connect.plan.entries import Assumed, PlannedConnection, PlannedGateway, PromisesEntry, Sentence
from agentcore_connect.plan.missing import Details
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.promises import promises
from agentcore_connect.plan.records import ConnectionContext, GatewayContext, RenderContext
from agentcore_connect.plan.stack_facts import is_in_stack
from agentcore_connect.plan.templates import Facts


class Decided(NamedTuple):
    """One connection on its way into the plan; ``facts`` are what rules can name."""

    number: int
    verdict: Verdict
    details: Details
    context: ConnectionContext
    facts: Facts

    @property
    def is_client(self) -> bool:
        """Return whether an MCP client uses the gateway, and no agent."""
        return self.verdict.decision.redirect == "mcp-client"

    @property
    def uses_gateway(self) -> bool:
        """Return whether the plan's gateway serves it."""
        at_gateway = self.verdict.decision.leads_to == "gateway"
        return at_gateway or (self.is_client and not self.facts.get("client_at_runtime"))


_WHERE_KNOWN: tuple[Literal["region", "id", "arn", "discovery_url"], ...] = ("region", "id", "arn", "discovery_url")
_WHERE_ANY: tuple[Literal["allowed_audience", "allowed_clients", "allowed_scopes"], ...] = (
    *("allowed_audience", "allowed_clients", "allowed_scopes"),
)


def promised(ops: Iterable[Operation]) -> PromisesEntry:
    """Return the promises of the steps, as in plan.json."""
    state = promises(ops)
    return {"entries": [one.as_dict() for one in state.entries], "variables": sorted(state.variables)}


def planned_gateway(gateway: GatewayContext, said: Mapping[str, Sequence[Sentence]]) -> PlannedGateway:
    """The gateway, with the reasons and notes that are said about it."""
    found = PlannedGateway(
        name=gateway["name"],
        aws_name=gateway["aws_name"],
        inbound_auth=gateway["inbound_stated"],
        authorizer_type=gateway["authorizer_type"],
    )
    if gateway["environment"] is not None:
        found["environment"] = gateway["environment"]
    for key in _WHERE_KNOWN:
        value = gateway[key]
        if value is not None:
            found[key] = value
    for lists in _WHERE_ANY:
        if gateway[lists]:
            found[lists] = gateway[lists]
    found["reused"] = gateway["in_project"]
    found["mcp_protocol"] = gateway["protocol_type"] == "MCP"
    found["url_variable"] = gateway["env_url"]
    found["why"] = [*said["why"], *said["note"]]
    return found


def planned_connection(c: Decided, *, search_recommended: bool) -> PlannedConnection:
    """A connection, with what is said about it."""
    facts = {**c.facts, "search_recommended": search_recommended}
    decision = c.verdict.decision
    said = words.split([*c.verdict.rules, *advise("connection", facts)], facts)
    faults = [Sentence(rule="file", text=text, sources=[]) for text in c.verdict.facts.faults]
    return PlannedConnection(
        name=c.verdict.facts.name,
        path=decision.path,
        target_type=decision.target_type,
        outbound_auth=decision.outbound_auth,
        grant=decision.grant,
        mechanism=decision.mechanism,
        redirect=decision.redirect,
        steered=bool(decision.steered),
        why=said["why"],
        warnings=[*said["warning"], *faults],
        notes=said["note"],
    )


def assumed(found: Sequence[Decided], shared: Iterable[Details]) -> list[Assumed]:
    """Return the assumptions; one shared by all connections is listed once, with a star as index."""
    common = (
        [a for a in found[0].details.assumed if all(a in c.details.assumed for c in found)] if len(found) > 1 else []
    )
    every: list[Assumed] = [{**a, "key": f"connections.*.{a['key']}"} for a in common]
    for c in found:
        every += [{**a, "key": f"connections.{c.number}.{a['key']}"} for a in c.details.assumed if a not in common]
    return [*every, *(a for one in shared for a in one.assumed)]


def unused_keys(found: Sequence[Decided], shared: Iterable[Details]) -> list[str]:
    """The answers that no question of this situation asks for, and that no rule speaks for."""
    own = [f"connections.{c.number}.{key}" for c in found for key in unspoken("connection", c.facts, c.details.unused)]
    return [*own, *(key for one in shared for key in one.unused)]


def summary(found: Sequence[Decided], ctx: RenderContext) -> str:
    """The plan in one line."""
    parts = []
    for c in found:
        decision = c.verdict.decision
        target = decision.target_type or decision.redirect or "direct call"
        by = "cloudformation" if is_in_stack(ctx, c.context) else decision.mechanism
        path = decision.path if decision.redirect else f"path {decision.path}"
        words = [path, target, decision.grant or decision.outbound_auth, f"by {by}" if by != "none" else None]
        parts.append(f"{c.verdict.facts.name}: {', '.join(word for word in words if word)}")
    gateway = ctx["gateway"]
    lead = f"Gateway {gateway['name']} ({gateway['inbound_stated']}). " if any(c.uses_gateway for c in found) else ""
    return lead + "; ".join(parts)
