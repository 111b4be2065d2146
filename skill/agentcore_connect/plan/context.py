"""The render context: what every template and every operation of a plan may refer to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentcore_connect import __version__
from agentcore_connect.advise.records import AgentFacts, GatewayFacts
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.values import JsonObject, mapping, sequence, text
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.entries import Sentence
from agentcore_connect.plan.gateway import managed
from agentcore_connect.plan.records import AgentContext, ConnectionContext, PlanContext, PoliciesContext, ProjectContext
from agentcore_connect.plan.stack_facts import creates_gateway

if TYPE_CHECKING:
    from agentcore_connect.project.model import Gateway


def project_context(gathered: Gathered) -> ProjectContext:
    """The project for templates."""
    project = gathered.project
    if project is None:
        return ProjectContext(name=None, known=False, path=None, account=None, harness=None, policy_engines=[])
    return ProjectContext(
        name=project.name,
        known=True,
        path=str(project.root),
        account=project.aws_targets[0].account if project.aws_targets else None,
        harness=project.harnesses[0].name if project.harnesses else None,
        policy_engines=[e.name for e in project.policy_engines],
    )


def policy_context(
    gathered: Gathered, gateway: GatewayFacts, connections: Sequence[ConnectionContext], own: Gateway | None
) -> PoliciesContext | None:
    """The policies that the answers ask for, and the engine they go to; None where none are asked for.

    In: what was gathered, the gateway's facts, the connections, the gateway as the project has it.
    Errors: ConnectError for a tool or an argument that is not there.
    """
    wanted = mapping(gathered.case.answers.get("policy"))
    at_gateway = any(c["target_type"] for c in connections)
    if not wanted or not at_gateway:
        return None
    from agentcore_connect.plan.policies import claims_named, write_policies
    from agentcore_connect.plan.policy_examples import policy_examples

    targets: dict[str, Sequence[JsonObject] | None] = {t.name: None for t in own.targets} if own is not None else {}
    targets.update({c["name"]: c["tools"] or None for c in connections if c["target_type"]})
    engines = gathered.project.policy_engines if gathered.project is not None else ()
    attached = own.policy_engine if own is not None else None
    restrict, inbound = sequence(wanted.get("restrict")), str(gateway.inbound_auth)
    written = write_policies(
        restrict,
        inbound_auth=inbound,
        targets=targets,
        gateway_name=gateway.name,
        gateway_arn=gateway.arn,
        # elsewhere the gateway may have an engine, and a permit for all would open what its policies keep shut
        permit_rest=attached is None and (own is not None or not gateway.exists),
        rest=text(wanted.get("rest")),
    )
    policies, cedar = written.policies, load("cedar")
    engine = attached or (engines[0].name if len(engines) == 1 else None)
    mode = text(wanted.get("mode")) or text(questions()["policy.mode"].default) or ""
    created = creates_gateway(gathered.case.via, exists=bool(gateway.exists), in_project=gateway.in_project)
    return PoliciesContext(
        mode=mode,
        mode_api=cedar["modes"][mode],
        rest=written.rest,
        added_claims=[one for one in claims_named(restrict) if one not in cedar["claims"]["in_cognito_tokens"]],
        # the CLI's commands take the policies of the gateways that they change; a script those of all others
        scripted=bool(policies) and not managed(gathered, gateway) and not created,
        policies=[p.as_dict() for p in policies],
        examples=policy_examples(policies, written.rules, targets, inbound),
        engine=engine or cedar["engine"],
        engine_in_project=engine is not None and any(e.name == engine for e in engines),
        attached=attached is not None,
        attached_mode=own.policy_mode if own is not None else None,
        warnings=[Sentence(rule=p.code, text=str(p), sources=[]) for p in written.warnings],
    )


def agent_context(agent: AgentFacts) -> AgentContext:
    """The agent for templates."""
    return AgentContext(
        framework=agent.framework,
        state=agent.state,
        language=agent.language,
        host=agent.host,
        kind=agent.kind,
        name=agent.name,
        new_name=agent.new_name,
        only_clients=agent.only_clients,
        off_runtime=agent.off_runtime,
        entrypoint=agent.entrypoint,
    )


def plan_context(gathered: Gathered) -> PlanContext:
    """The plan itself for templates."""
    return PlanContext(
        cli_version=gathered.surface.version,
        surface=gathered.surface.id,
        known_by=gathered.surface.known_by,
        via=gathered.case.via,
        tool_version=__version__,
        files_dir="connect",
    )
