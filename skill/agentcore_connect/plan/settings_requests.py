"""What the script for the gateway's own settings is to send: one UpdateGateway request."""

from __future__ import annotations

from agentcore_connect.core.values import mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.requests import Request
from agentcore_connect.plan.templates import fill


def settings_requests(ctx: Context) -> list[Request]:
    """The request for a gateway that has none of the settings yet; none where the plan sets nothing.

    In: the render context.
    """
    settings = ctx["gateway"]["settings"]
    if not settings:
        return []
    document = resources.load("request-bodies")
    update = document["settings"]["update"]
    body = mapping(fill(update["body"], facts_for(ctx, {}), document))
    return [Request("settings", update["operation"], document["service"], {**body, **settings})]
