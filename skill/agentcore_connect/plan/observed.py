"""Facts about a connection that need its names and files: names too long, mismatched ARNs."""

from __future__ import annotations

from agentcore_connect.advise.records import GatewayFacts, Read
from agentcore_connect.collect.inputs import Gathered
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import mapping, text
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.context import project_context
from agentcore_connect.plan.records import ConnectionContext, ProjectContext
from agentcore_connect.plan.requests import facts_for


class Observed(NamedTuple):
    """The observations that rules can test beyond facts and decision.

    ``c`` is the connection as templates know it; ``provider_vendor`` the vendor that the request for the credential
    provider names; ``arn_*`` the place that the function's ARN names.
    """

    c: ConnectionContext
    project: ProjectContext
    long_tools: list[str]
    long_tools_text: str
    long_scopes: list[str]
    long_scopes_text: str
    arn_region: str | None
    region_differs: bool
    arn_account: str | None
    account_differs: bool
    provider_vendor: str | None


def observed(gathered: Gathered, gateway: GatewayFacts, c: ConnectionContext, read: Read) -> Observed:
    """Return the observations about a connection's context and files."""
    limit = load("limits")["limits"]["model-tool-name-length"]["value"]
    scope_limit = load("limits")["limits"]["oauth-scope-length"]["value"]
    long_tools = [
        f"{c['name']}___{tool} ({len(c['name']) + 3 + len(tool)})"
        for tool in read.tool_names
        if len(c["name"]) + 3 + len(tool) > limit
    ]
    long_scopes = [s for s in c["oauth"]["scopes"] if len(s) > scope_limit] if c["target_type"] else []
    region, account = _arn_place(c["lambda_arn"])
    project = project_context(gathered)
    return Observed(
        c=c,
        project=project,
        long_tools=long_tools,
        long_tools_text="; ".join(long_tools),
        long_scopes=long_scopes,
        long_scopes_text=", ".join(long_scopes),
        arn_region=region,
        region_differs=bool(region and gateway.region and region != gateway.region),
        arn_account=account,
        account_differs=bool(account and project["account"] and account != project["account"]),
        provider_vendor=_provider_vendor(gathered, gateway, c),
    )


def _provider_vendor(gathered: Gathered, gateway: GatewayFacts, c: ConnectionContext) -> str | None:
    """The vendor that the request for the OAuth credential provider names, which may be another than was answered."""
    if not c["target_type"] or not c["grant"]:
        return c["oauth"]["vendor"]
    facts = facts_for({"plan": {"via": gathered.case.via}, "gateway": gateway._asdict()}, c)
    return text(mapping(facts["vendor"])["id"])


def _arn_place(arn: str | None) -> tuple[str | None, str | None]:
    parts = (arn or "").split(":")
    return (parts[3], parts[4]) if len(parts) > 5 else (None, None)
