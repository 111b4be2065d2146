"""The requests of a connection to the AgentCore control plane, and their inputs.

Pure functions of the render context (`ctx`, with `plan` and `gateway`) and of one of its connections (`c`). The member
names are in knowledge/request-bodies.yaml, the vendors in oauth-vendors.yaml.
"""

from __future__ import annotations

from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject, mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.plan.markers import runtime_names, settle
from agentcore_connect.plan.request_facts import Context, facts_for, infer_vendor
from agentcore_connect.plan.templates import MissingAnswer, fill, holds

__all__ = [
    "Request",
    "facts_for",
    "infer_vendor",
    "inputs_of",
    "is_scripted",
    "is_sent",
    "provider_of",
    "requests_for",
    "with_samples",
    "with_values",
]


@dataclass(frozen=True)
class Request:
    """One request that changes something: `operation` is the boto3 method, `body` its arguments.

    A value known only at run time is `{"$runtime": name}` in the body; in a list `{"$runtime": name, "$splice": true}`
    stands for all items of a list.
    """

    id: str
    operation: str
    service: str
    body: JsonObject

    def as_dict(self) -> dict[str, Json]:
        """The request as plain data, as `--dry-run` of the script prints it."""
        return {"operation": self.operation, "service": self.service, "body": self.body}


def requests_for(ctx: Context, c: Context) -> list[Request]:
    """The requests that make or change what this connection needs, in the order in which they are sent.

    Errors: ConnectError `request-needs-answer` naming the answer that a body cannot do without.
    """
    return requests_from(facts_for(ctx, c))


def requests_from(facts: Context) -> list[Request]:
    """The requests as `requests_for` gives them, from facts that are made already (see `facts_for`)."""
    document = _bodies()
    requests = []
    for entry in document["requests"]:
        if not holds(entry.get("when"), facts):
            continue
        try:
            operation = str(fill(entry["operation"], facts, document))
            body = mapping(fill(entry["body"], facts, document))
        except MissingAnswer as missing:
            raise _needs_answer(facts, missing.args[0]) from None
        requests.append(Request(entry["id"], operation, document["service"], body))
    return requests


def provider_of(ctx: Context, c: Context) -> JsonObject | None:
    """The vendor and the configuration of a connection's OAuth provider, without its secret; None where it has none.

    A value known only at run time is `${NAME}`, the variable that it is asked under.
    """
    if c.get("outbound_auth") != "oauth":
        return None
    facts = facts_for(ctx, c)
    document = _bodies()
    try:
        body = fill(document["providers"]["oauth"]["body"], facts, document)
    except MissingAnswer:
        return None
    asked = inputs_of(facts, body)
    settled = mapping(settle(body, {name: f"${{{one['env']}}}" for name, one in asked.items() if not one["secret"]}))
    return {"vendor": settled["credentialProviderVendor"], "config": settled["oauth2ProviderConfigInput"]}


def with_samples(body: Any) -> Any:
    """The body with a harmless sample for each run-time value, for checks that want a whole request."""
    return settle(body, {name: entry["sample"] for name, entry in _bodies()["runtime"].items()})


def with_values(body: Any, values: Context) -> Any:
    """The body with these run-time values; the member of a value that is None or not given is left out."""
    return settle(body, values)


def is_scripted(ctx: Context, c: Context) -> bool:
    """Return whether a boto3 script makes this connection: the CLI cannot, or the plan leaves the CLI out."""
    via = ctx["plan"]["via"]
    return bool(via != "cloudformation" and (c["mechanism"] == "cli+sdk" or (via == "boto3" and c["target_type"])))


def is_sent(ctx: Context, c: Context) -> bool:
    """Return whether requests of the API say what this connection is: a script sends them, or a template holds them."""
    return is_scripted(ctx, c) or bool(ctx["plan"]["via"] == "cloudformation" and c["target_type"])


def inputs_of(facts: Context, body: Any) -> dict[str, dict[str, Any]]:
    """Return the inputs of a body by run-time value: `env`, `ask`, `secret`, `many`, `optional`."""
    known = _bodies()["runtime"]
    return {
        name: {
            "env": fill(known[name]["env"], facts),
            "ask": fill(known[name]["ask"], facts),
            **{word: bool(known[name].get(word)) for word in ("secret", "many", "optional")},
        }
        for name in runtime_names(body)
        if known[name]["from"] == "input"
    }


def _needs_answer(c: Context, path: str) -> ConnectError:
    name = c.get("name") or "this connection"
    if path.startswith("values."):
        wanted = path.removeprefix("values.")
        source = str(_bodies()["values"].get(wanted, {}).get("from", "endpoint"))
        message = f"the answer to {source} does not show the {wanted.replace('_', ' ')} that {name} needs"
        return ConnectError("request-needs-answer", message, hint=f"correct {source}")
    message = f"the request for {name} cannot be made without an answer to {path}"
    return ConnectError("request-needs-answer", message, hint=f"answer {path}")


def _bodies() -> Entry:
    return resources.load("request-bodies")
