"""What the script for a plan's policies is to send: one policy engine, its policies, and the gateway's link to it."""

from __future__ import annotations

from agentcore_connect import resources
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.request_template import Template
from agentcore_connect.plan.requests import Request


def policy_requests(ctx: Context, gateway_arn: str) -> list[Request]:
    """The requests for a gateway that has no policy engine yet, in the order in which they are sent.

    In: the render context; the ARN that takes the place of the variable in policies that do not know it yet.
    """
    document, variable = resources.load("request-bodies"), resources.load("cedar")["arn_variable"]
    bodies, service = document["policies"], document["service"]
    facts = facts_for(ctx, {})
    whole = Template(facts, document)
    requests = [Request("engine", "create_policy_engine", service, whole.fill(bodies["engine"]))]
    for one in ctx["policies"]:
        item = {**one, "statement": one["statement"].replace(variable, gateway_arn).strip()}
        body = Template({**facts, "item": item}, document).fill(bodies["policy"])
        requests.append(Request(one["name"], "create_policy", service, body))
    return [*requests, Request("attach", "update_gateway", service, whole.fill(bodies["attach"]))]
