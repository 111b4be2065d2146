"""The permissions and the trust policy of the gateway's role, from iam-statements.yaml."""

from __future__ import annotations

from agentcore_connect.core.values import Json, sequence
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.request_facts import Context, facts_for
from agentcore_connect.plan.templates import fill, holds


def iam_statements(ctx: Context, c: Context) -> list[dict[str, Json]]:
    """The statements of an IAM policy that the gateway's role needs for this connection.

    Out: JSON policy statements; what the plan does not know of an ARN is "*".
    """
    return statements_from(facts_for(ctx, c))


def statements_from(facts: Context) -> list[dict[str, Json]]:
    """The statements as `iam_statements` gives them, from facts that are made already (see `facts_for`)."""
    return [
        {"Sid": one["sid"], "Effect": "Allow", "Action": one["actions"], "Resource": one["resources"]}
        for one in _rights(facts)
        if one["actions"]
    ]


def iam_notes(ctx: Context, c: Context) -> list[str]:
    """Return notes about the statements, and permissions that a person must complete."""
    return [
        f"{one['sid']}: {one['text']}" if one["actions"] else str(one["text"]) for one in _rights(facts_for(ctx, c))
    ]


def author_rights(ctx: Context) -> list[dict[str, Json]]:
    """Return the permissions of the policy author: statements with text and sources.

    Out: nothing where the plan has no policies; what the plan does not know of an ARN is "*".
    """
    if not ctx["policies"]:
        return []
    facts = facts_for(ctx, {})
    every_tool = any("*" in policy["tools"] for policy in ctx["policies"])
    return [
        {
            "statement": {
                "Sid": one["sid"],
                "Effect": "Allow",
                "Action": one["actions"],
                "Resource": fill(one["resources"], facts),
            },
            "text": one["text"],
        }
        for one in resources.load("iam-statements")["authors"]
        if every_tool or not one.get("every_tool")
    ]


def trust_policy(ctx: Context) -> dict[str, Json]:
    """The trust policy of the gateway's role, narrowed to gateways of this name where account and Region are known."""
    return trust_from(facts_for(ctx, {}))


def trust_from(facts: Context) -> dict[str, Json]:
    """The trust policy as `trust_policy` gives it, from facts that are made already (see `facts_for`)."""
    trust = resources.load("iam-statements")["trust"]
    account, gateway = fill(trust["account"], facts), fill(trust["gateway"], facts)
    exact = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": gateway}}
    open_ = {"StringLike": {"aws:SourceAccount": account, "aws:SourceArn": gateway}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": trust["principal"]},
                "Action": trust["action"],
                "Condition": open_ if account == resources.load("iam-statements")["unknown"] else exact,
            }
        ],
    }


def _rights(facts: Context) -> list[dict[str, Json]]:
    rights = []
    for statement in resources.load("iam-statements")["statements"]:
        if not holds(statement["when"], facts):
            continue
        found = fill(statement["resources"], facts) or fill(statement.get("otherwise"), facts)
        rights.append({**statement, "resources": list(dict.fromkeys(map(str, sequence(found))))})
    return rights
