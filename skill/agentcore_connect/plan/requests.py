"""What a connection needs of the AgentCore control plane: the requests, the rights of the gateway's role, and what the
configure script is rendered from.

Pure functions of the render context (`ctx`, with `plan` and `gateway`) and of one of its connections (`c`). The member
names are in knowledge/request-bodies.yaml, the vendors in oauth-vendors.yaml, the rights in iam-statements.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import JsonObject, mapping
from agentcore_connect.engine.conditions import lookup
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.markers import runtime_names, settle
from agentcore_connect.plan.request_facts import Context, facts_for, infer_vendor
from agentcore_connect.plan.role_rights import iam_notes, iam_statements, trust_policy
from agentcore_connect.plan.templates import MissingAnswer, fill, holds

__all__ = [
    "Request",
    "configure_context",
    "facts_for",
    "iam_notes",
    "iam_statements",
    "infer_vendor",
    "requests_for",
    "trust_policy",
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

    def as_dict(self) -> dict[str, Any]:
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


def with_samples(body: Any) -> Any:
    """The body with a harmless sample for each run-time value, for checks that want a whole request."""
    return settle(body, {name: entry["sample"] for name, entry in _bodies()["runtime"].items()})


def with_values(body: Any, values: Context) -> Any:
    """The body with these run-time values; the member of a value that is None or not given is left out."""
    return settle(body, values)


def is_scripted(ctx: Context, c: Context) -> bool:
    """Whether a boto3 script makes this connection: the CLI cannot, or the plan leaves the CLI out."""
    via = ctx["plan"]["via"]
    return bool(via != "cloudformation" and (c["mechanism"] == "cli+sdk" or (via == "boto3" and c["target_type"])))


def is_sent(ctx: Context, c: Context) -> bool:
    """Whether requests of the API say what this connection is: a script sends them, or a template holds them."""
    return is_scripted(ctx, c) or bool(ctx["plan"]["via"] == "cloudformation" and c["target_type"])


def script_inputs(ctx: Context) -> list[dict[str, Any]]:
    """The values that the boto3 scripts of a plan cannot do without, each once: `env`, `ask`, `secret`."""
    asked = [one for c in ctx["connections"] if is_scripted(ctx, c) for one in configure_context(ctx, c)["inputs"]]
    return list({one["env"]: one for one in asked if not one["optional"]}.values())


def configure_context(ctx: Context, c: Context) -> dict[str, Any]:
    """What the template of the configure script needs beyond the render context; goes in as `c.configure`.

    Errors: as `requests_for`.
    """
    document = _bodies()
    facts = facts_for(ctx, c)
    requests = requests_for(ctx, c)
    texts: dict[str, str] = {}
    names = list(dict.fromkeys(name for request in requests for name in runtime_names(request.body)))
    provider = document["providers"].get(c.get("outbound_auth"))
    consent = document["consent_version"]
    return {
        "requests": {
            request.id: {
                "operation": request.operation,
                "service": request.service,
                "body": _hoisted(request.body, (), texts),
                "takes": runtime_names(request.body),
                "optional": any(document["runtime"][name].get("optional") for name in runtime_names(request.body)),
            }
            for request in requests
        },
        "texts": texts,
        "inputs": [_input(name, facts) for name in names if document["runtime"][name]["from"] == "input"],
        "provider": None
        if provider is None
        else {
            "name": lookup(c, "credential.name"),
            "operations": {key: provider[key] for key in ("get", "update", "list")},
            "noun": provider["noun"],
            "shows": provider["shows"],
            "needs": [need for need in document["provider_needs"] if holds(need["when"], facts)],
        },
        "needs": [
            {**need, "one_of": [one and fill(one, facts) for one in need["one_of"]]}
            for need in document["needs"]
            if holds(need["when"], facts)
        ],
        "consent_version": consent if holds(consent["when"], facts) else None,
        "notes": {
            moment: [
                fill(note["text"], facts)
                for note in document["notes"]
                if note["on"] == moment and holds(note["when"], facts)
            ]
            for moment in ("ready", "failed")
        },
        "iam": iam_statements(ctx, c),
        "iam_notes": iam_notes(ctx, c),
        "trust": trust_policy(ctx),
    }


def _input(name: str, facts: Context) -> dict[str, Any]:
    entry = _bodies()["runtime"][name]
    return {
        "name": name,
        "env": fill(entry["env"], facts),
        "ask": fill(entry["ask"], facts),
        "secret": bool(entry.get("secret")),
        "many": bool(entry.get("many")),
        "optional": bool(entry.get("optional")),
    }


_LONG_TEXT = 200


def _hoisted(body: Any, path: tuple[str, ...], texts: dict[str, str]) -> Any:
    """The body with each long text replaced by `{"$constant": NAME}`, the text itself put into `texts`."""
    if isinstance(body, Mapping):
        return {key: _hoisted(part, (*path, str(key)), texts) for key, part in body.items()}
    if isinstance(body, list):
        return [_hoisted(part, path, texts) for part in body]
    if isinstance(body, str) and (len(body) > _LONG_TEXT or "\n" in body) and len(path) > 1:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path[-2]).upper()
        if texts.setdefault(name, body) == body:
            return {"$constant": name}
    return body


def _needs_answer(c: Context, path: str) -> ConnectError:
    name = c.get("name") or "this connection"
    if path.startswith("values."):
        wanted = path.removeprefix("values.")
        source = str(_bodies()["values"].get(wanted, {}).get("from", "endpoint"))
        message = f"the answer to {source} does not show the {wanted.replace('_', ' ')} that {name} needs"
        return ConnectError("request-needs-answer", message, hint=f"correct {source}")
    message = f"the request for {name} cannot be made without an answer to {path}"
    return ConnectError("request-needs-answer", message, hint=f"answer {path}")


def _bodies() -> dict[str, Any]:
    return resources.load("request-bodies")
