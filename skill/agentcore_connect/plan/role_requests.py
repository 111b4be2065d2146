"""The gateway's role as the boto3 program creates it: the request, and the statements with `${NAME}` in their ARNs.

Pure functions of the render context. What `${NAME}` stands for is known once the program has asked AWS or the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentcore_connect.core.values import Json, JsonObject, mapping
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.requests import Request, inputs_of, requests_from
from agentcore_connect.plan.role_rights import statements_from, trust_from
from agentcore_connect.plan.stack_forms import merged, replaced
from agentcore_connect.plan.templates import Facts, fill

#: The two steps that grant rights: before the targets, and once the policy engine is there.
TARGETS: Final = "targets"
ENGINE: Final = "engine"


def role_document(ctx: Context, connections: Sequence[Context]) -> dict[str, Json]:
    """Return the trust policy, and the policy of a role with the statements of all connections."""
    rights = granted(ctx, connections)
    return {
        "policy": {"Version": "2012-10-17", "Statement": [one for part in rights.values() for one in part]},
        "trust": trust_from(_placed(facts_for(ctx, {}))),
    }


def granted(ctx: Context, connections: Sequence[Context]) -> dict[str, list[JsonObject]]:
    """Return the statements of `TARGETS`, and those that are needed besides when policies are attached, of `ENGINE`."""
    each = [_known_later(ctx, c) for c in connections]
    every = merged(one for facts in each for one in statements_from(facts))
    targets = merged(one for facts in each for one in statements_from({**facts, "policy": {}}))
    sids = {one["Sid"] for one in targets}
    return {TARGETS: targets, ENGINE: [one for one in every if one["Sid"] not in sids]}


def role_request(ctx: Context) -> Request:
    """Return the request that creates the role."""
    return _request("role", _role()["create"], facts_for(ctx, {}))


def rights_request(ctx: Context, which: str, statements: Sequence[JsonObject]) -> Request | None:
    """Return the request that gives the role its rights of `TARGETS` or `ENGINE`; None where there are none."""
    return _request(f"{which}-rights", _role()["rights"], {"item": rights_name(which)}) if statements else None


def role_name(ctx: Context) -> str:
    """Return the role's name, with the Region to be put in: a role exists in every Region of an account."""
    return str(fill(_role()["name"], facts_for(ctx, {})))


def rights_name(which: str) -> str:
    """Return the name that rights have at the role."""
    return str(_role()["names"][which])


def _request(kind: str, sent: Entry, facts: Facts) -> Request:
    return Request(kind, str(sent["operation"]), str(_role()["service"]), mapping(fill(sent["body"], facts)))


def _known_later(ctx: Context, c: Context) -> Facts:
    """The facts of a connection, with `${NAME}` for what the program is told or asks for."""
    facts = _placed(facts_for(ctx, c))
    asked = {name: one for request in requests_from(facts) for name, one in inputs_of(facts, request.body).items()}
    for path, name in _role()["asked"].items():
        if name in asked:
            facts = replaced(facts, path.split("."), f"${{{asked[name]['env']}}}")
    return facts


def _placed(facts: Facts) -> Facts:
    for path, text in _role()["placed"].items():
        facts = replaced(facts, path.split("."), str(fill(text, facts)))
    return facts


def _role() -> Entry:
    return mapping(resources.load("request-bodies")["role"])
