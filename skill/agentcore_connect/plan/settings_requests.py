"""The requests around the gateway itself: UpdateGateway, the resource policy for its callers, its web ACL."""

from __future__ import annotations

from typing import Final

from agentcore_connect.core.values import mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.requests import Request
from agentcore_connect.plan.templates import fill, holds

#: What is added beside the gateway's own settings, in the order of the requests: the parts of request-bodies.yaml.
ADDED: Final = ("callers", "web_acl")
_REQUEST: Final = {"callers": "allow", "web_acl": "associate"}


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
    return [*found, *added_requests(facts_for(ctx, {}), gateway["arn"] or gateway_arn)]


def is_added(kind: str, gateway: Context) -> bool:
    """Whether a part of ``ADDED`` is wanted for this gateway. In: its name, the gateway of a render context."""
    return holds(resources.load("request-bodies")[kind]["when"], {"gateway": gateway})


def added_requests(facts: Context, gateway_arn: str) -> list[Request]:
    """The requests of ``ADDED`` that are wanted. In: the facts of `facts_for`; the gateway's ARN, or its stand-in."""
    document = resources.load("request-bodies")
    found = []
    for kind in ADDED:
        if is_added(kind, facts["gateway"]):
            one, sent = document[kind], document[kind][_REQUEST[kind]]
            body = mapping(fill(sent["body"], {**facts, "gateway_arn": gateway_arn}, document))
            found.append(Request(kind, sent["operation"], one.get("service", document["service"]), body))
    return found
