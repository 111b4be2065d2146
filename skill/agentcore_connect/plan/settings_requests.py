"""The requests for the gateway's own settings: UpdateGateway, and the resource policy for its callers."""

from __future__ import annotations

from agentcore_connect.core.values import mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.requests import Request
from agentcore_connect.plan.templates import fill, holds


def settings_requests(ctx: Context, gateway_arn: str) -> list[Request]:
    """The requests for a gateway that has none of the settings yet; none where the plan sets nothing.

    In: the render context; what stands for the gateway's ARN where the plan does not know it.
    """
    gateway, found = ctx["gateway"], []
    if not gateway["settings_named"]:
        return []
    document = resources.load("request-bodies")
    if gateway["settings"]:
        update = document["settings"]["update"]
        body = mapping(fill(update["body"], facts_for(ctx, {}), document))
        found.append(Request("settings", update["operation"], document["service"], {**body, **gateway["settings"]}))
    if lets_callers_in(gateway):
        found.append(callers_request(facts_for(ctx, {}), gateway["arn"] or gateway_arn))
    return found


def lets_callers_in(gateway: Context) -> bool:
    """Whether callers of other accounts need a resource policy on this gateway. In: the gateway of a render context."""
    return holds(resources.load("request-bodies")["callers"]["when"], {"gateway": gateway})


def callers_request(facts: Context, gateway_arn: str) -> Request:
    """The request that lets them in. In: the facts of `facts_for`; the gateway's ARN, or what stands for it."""
    document = resources.load("request-bodies")
    allow = document["callers"]["allow"]
    body = mapping(fill(allow["body"], {**facts, "gateway_arn": gateway_arn}, document))
    return Request("callers", allow["operation"], document["service"], body)
