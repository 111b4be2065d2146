"""What a connection needs of the AgentCore control plane: the requests, the rights of the gateway's role, and what the
configure script is rendered from.

Pure functions of the render context (`ctx`, with `plan` and `gateway`) and of one of its connections (`c`). The member
names are in knowledge/request-bodies.yaml, the vendors in oauth-vendors.yaml, the rights in iam-statements.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from agentcore_connect import resources
from agentcore_connect.engine.conditions import holds, lookup
from agentcore_connect.errors import ConnectError
from agentcore_connect.plan.request_template import (
    MissingAnswer,
    Template,
    extract,
    runtime_names,
    settle,
)

Context = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One request that changes something: `operation` is the boto3 method, `body` its arguments.

    A value known only at run time is `{"$runtime": name}` in the body; in a list `{"$runtime": name, "$splice": true}`
    stands for all items of a list.
    """

    id: str
    operation: str
    service: str
    body: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The request as plain data, as `--dry-run` of the script prints it."""
        return {"operation": self.operation, "service": self.service, "body": self.body}


def requests_for(ctx: Context, c: Context) -> list[Request]:
    """The requests that make or change what this connection needs, in the order in which they are sent.

    Errors: ConnectError `request-needs-answer` naming the answer that a body cannot do without.
    """
    document = _bodies()
    facts = facts_for(ctx, c)
    template = Template(facts, document)
    requests = []
    for entry in document["requests"]:
        if not holds(entry.get("when"), facts):
            continue
        try:
            operation, body = template.fill(entry["operation"]), template.fill(entry["body"])
        except MissingAnswer as missing:
            raise _needs_answer(c, missing.args[0]) from None
        requests.append(Request(entry["id"], operation, document["service"], body))
    return requests


def with_samples(body: Any) -> Any:
    """The body with a harmless sample for each run-time value, for checks that want a whole request."""
    return settle(body, {name: entry["sample"] for name, entry in _bodies()["runtime"].items()})


def with_values(body: Any, values: Context) -> Any:
    """The body with these run-time values; the member of a value that is None or not given is left out."""
    return settle(body, values)


def infer_vendor(discovery_url: str | None) -> str | None:
    """The vendor whose host the discovery URL is on, as the API spells it; None when it is nobody's in particular."""
    host = urlsplit(discovery_url).hostname if discovery_url else None
    if not host:
        return None
    for vendor in _vendors()["vendors"]:
        if any(_host_pattern(pattern).fullmatch(host) for pattern in vendor.get("hosts", ())):
            return str(vendor["id"])
    return None


def iam_statements(ctx: Context, c: Context) -> list[dict[str, Any]]:
    """The statements of an IAM policy that the gateway's role needs for this connection.

    Out: JSON policy statements; what the plan does not know of an ARN is "*".
    """
    return [
        {"Sid": one["sid"], "Effect": "Allow", "Action": one["actions"], "Resource": one["resources"]}
        for one in _rights(ctx, c)
        if one["actions"]
    ]


def iam_notes(ctx: Context, c: Context) -> list[str]:
    """What there is to say about those statements, and rights that only a person can fill in."""
    return [f"{one['sid']}: {one['text']}" if one["actions"] else one["text"] for one in _rights(ctx, c)]


def trust_policy(ctx: Context) -> dict[str, Any]:
    """The trust policy of the gateway's role, narrowed to gateways of this name where account and Region are known."""
    trust = resources.load("iam-statements")["trust"]
    template = Template(facts_for(ctx, {}))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": trust["principal"]},
                "Action": trust["action"],
                "Condition": {
                    "StringLike": {
                        "aws:SourceAccount": template.fill(trust["account"]),
                        "aws:SourceArn": template.fill(trust["gateway"]),
                    }
                },
            }
        ],
    }


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
        "needs": [need for need in document["needs"] if holds(need["when"], facts)],
        "consent_version": consent if holds(consent["when"], facts) else None,
        "notes": {
            moment: [
                Template(facts).fill(note["text"])
                for note in document["notes"]
                if note["on"] == moment and holds(note["when"], facts)
            ]
            for moment in ("ready", "failed")
        },
        "iam": iam_statements(ctx, c),
        "iam_notes": iam_notes(ctx, c),
        "trust": trust_policy(ctx),
    }


def facts_for(ctx: Context, c: Context) -> dict[str, Any]:
    """What templates and conditions can refer to: the connection's own keys, `plan`, `gateway`, and what follows.

    `idp` is the vendor that the answers name or the discovery URL shows; `vendor` is the one that is sent.
    """
    gateway: Context = ctx.get("gateway") or {}
    region = gateway.get("region") or _arn_part(gateway.get("arn"), 3)
    facts: dict[str, Any] = {
        **c,
        "plan": ctx.get("plan") or {},
        "gateway": gateway,
        "region": region or resources.load("iam-statements")["unknown"],
        "account": _arn_part(gateway.get("arn"), 4) or resources.load("iam-statements")["unknown"],
        "partition": _arn_part(gateway.get("arn"), 1) or _partition(region or ""),
    }
    values: dict[str, str | None] = {}
    facts["values"] = values
    for name, value in _bodies()["values"].items():
        values[name] = extract(value["rules"], lookup(facts, value["from"]), facts)
    facts["idp"], facts["vendor"] = _vendor(facts)
    return facts


def _vendor(facts: Context) -> tuple[dict[str, Any], dict[str, Any]]:
    known = {vendor["id"]: vendor for vendor in _vendors()["vendors"]}
    default: dict[str, Any] = known[_vendors()["default"]]
    url, named = lookup(facts, "oauth.discovery_url"), lookup(facts, "oauth.vendor")
    if named and named not in known:
        raise ConnectError(
            "unknown-vendor",
            f"there is no OAuth vendor called {named}",
            expected=", ".join(known),
            hint="correct oauth.vendor, or leave it out and give oauth.discovery_url",
        )
    found = infer_vendor(url)
    named_special = named if named != default["id"] else None
    idp = known[named_special or found or default["id"]]
    sent = known[named] if named else idp if holds(_vendors()["infer_when"], facts) else default
    discovery = sent.get("discovery", {})
    fields = _discovered(discovery, url)
    exchanges = holds(_vendors()["exchange_when"], facts)
    endpoints_known = fields or lookup(facts, "oauth.token_endpoint")
    if (discovery.get("needed") and not endpoints_known) or (exchanges and not lookup(sent, "exchange.built_in")):
        sent, fields = default, {}
    return idp, {**sent, "fields": fields}


def _discovered(discovery: Context, url: Any) -> dict[str, str]:
    pattern = discovery.get("pattern")
    if not pattern:
        return {}
    found = {
        name: extract([{"pattern": pattern, "give": give}], url, {})
        for name, give in discovery.get("fields", {}).items()
    }
    return {name: value for name, value in found.items() if value is not None}


def _rights(ctx: Context, c: Context) -> list[dict[str, Any]]:
    facts = facts_for(ctx, c)
    template = Template(facts)
    rights = []
    for statement in resources.load("iam-statements")["statements"]:
        if not holds(statement["when"], facts):
            continue
        resource = template.fill(statement["resources"]) or template.fill(statement.get("otherwise", []))
        rights.append({**statement, "resources": resource})
    return rights


def _input(name: str, facts: Context) -> dict[str, Any]:
    entry = _bodies()["runtime"][name]
    template = Template(facts)
    return {
        "name": name,
        "env": template.fill(entry["env"]),
        "ask": template.fill(entry["ask"]),
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
        source = str(_bodies()["values"][wanted]["from"])
        message = f"the answer to {source} does not show the {wanted.replace('_', ' ')} that {name} needs"
        return ConnectError("request-needs-answer", message, hint=f"correct {source}")
    message = f"the request for {name} cannot be made without an answer to {path}"
    return ConnectError("request-needs-answer", message, hint=f"answer {path}")


def _partition(region: str) -> str:
    partitions = resources.load("iam-statements")["partitions"]
    return str(next(one["partition"] for one in partitions if re.search(one["region"], region)))


def _arn_part(arn: Any, position: int) -> str | None:
    parts = str(arn).split(":") if arn else []
    return (parts[position] or None) if len(parts) > position else None


@cache
def _host_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", r"[a-z0-9.-]+"))


def _bodies() -> dict[str, Any]:
    return resources.load("request-bodies")


def _vendors() -> dict[str, Any]:
    return resources.load("oauth-vendors")
