"""The requests for a plan's policies: the policy engine, its policies, and the gateway's link to it."""

from __future__ import annotations

from agentcore_connect.core.values import mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.requests import Request
from agentcore_connect.plan.templates import fill


def policy_requests(ctx: Context, gateway_arn: str) -> list[Request]:
    """The requests for a gateway that has no policy engine yet, in the order in which they are sent.

    In: the render context; the ARN that takes the place of the variable in policies that do not know it yet.
    """
    document, variable = resources.load("request-bodies"), resources.load("cedar")["arn_variable"]
    facts = facts_for(ctx, {})

    def request(name: str, kind: str, **more: object) -> Request:
        sent = document["policies"][kind]
        body = mapping(fill(sent["body"], {**facts, **more}, document))
        return Request(name, sent["operation"], document["service"], body)

    stated = [{**one, "statement": one["statement"].replace(variable, gateway_arn).strip()} for one in ctx["policies"]]
    policies = [request(one["name"], "policy", item=one) for one in stated]
    return [request("engine", "engine"), *policies, request("attach", "attach")]
