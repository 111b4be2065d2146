"""The gateway's role, where no role is given: who may assume it, and what it may do for the targets of the plan.

The documents are in configure.json, with ${NAME} for what is known once AWS has told it.
The same file for every plan.
"""

from __future__ import annotations

import json
import os
import re
import time
from typing import Any

from configure_aws import World, or_none
from configure_values import Body, at, say, stop

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


def the_role(world: World, step: Body) -> None:
    """The role that the gateway is going to have: the one given, the one it has, else one of this program."""
    other = another_role(world, step)
    if other:
        world.row("role", arn=other)
        return
    body = world.filled(step, role_name=step["name"], trust_policy=trust_of(world))
    role, is_new = world.find(step), False
    if role is None:
        role, is_new = world.create(step, body)
        settle(world)
    if not is_new and not all(tag in role.get("Tags", []) for tag in body["Tags"]):
        stop(
            f"There is a role {step['name']} that was not created for this gateway; it was left unchanged. Give the "
            "role that the gateway is to have in AGENTCORE_GATEWAY_ROLE_ARN, or choose another name for the gateway."
        )
    trust = json.loads(body["AssumeRolePolicyDocument"])
    if not is_new and role["AssumeRolePolicyDocument"] != trust:
        say(f"Updating who may assume the role {step['name']}.")
        document = body["AssumeRolePolicyDocument"]
        world.client("iam").update_assume_role_policy(RoleName=step["name"], PolicyDocument=document)
        settle(world)
    world.role = role
    world.row("role", arn=role["Arn"])


def another_role(world: World, step: Body) -> str:
    """The role that the gateway has or is given, where it is not this program that looks after it; else nothing."""
    role = world.gateway.get("roleArn") or world.value(world.gateway_step, "gateway_role_arn") or ""
    return "" if role.rpartition("/")[2] == step["name"] else str(role)


def the_rights(world: World, step: Body) -> None:
    """What the role may do, under one name: as the plan says, and nothing besides."""
    if not world.role:
        return  # someone else looks after the role: --iam prints what it needs
    ids = {"RoleName": world.role["RoleName"], "PolicyName": step["name"]}
    found = or_none(world.client("iam").get_role_policy, **ids)
    if not step["body"]:
        if found:
            say(f"Taking back the rights {step['name']} of the role {ids['RoleName']}.")
            world.client("iam").delete_role_policy(**ids)
        return
    body = world.filled(step, role_name=ids["RoleName"], role_policy=rights_of(world, step))
    if (found or {}).get("PolicyDocument") == json.loads(body["PolicyDocument"]):
        say(f"The role {ids['RoleName']} has the rights {step['name']} already.")
    else:
        say(f"Giving the role {ids['RoleName']} the rights {step['name']}.")
        world.send(step, body)
        settle(world)
    world.row("rights", name=step["name"])


def clear_role(world: World, step: Body) -> bool:
    """Make the role ready to be deleted. Out: whether it can be."""
    gateway = world.find(world.gateway_step) or {}
    if gateway.get("roleArn", "").rpartition("/")[2] == step["name"]:
        say(f"The role {step['name']} stays, because the gateway {gateway['name']} has it.")
        world.unready[step["name"]] = 1
        return False
    iam = world.client("iam")
    for rights in [one for one in world.steps if one["kind"] in ("rights", "engine-rights")]:
        or_none(iam.delete_role_policy, RoleName=step["name"], PolicyName=rights["name"])
    return True


def settle(world: World) -> None:
    """Wait: a new role or right counts everywhere only after some seconds, and no answer tells when."""
    time.sleep(3 * world.args.every)


def trust_of(world: World) -> str:
    """The trust policy as text, for gateways of this account and Region only."""
    known = {"REGION": world.region, "ACCOUNT": world.args.account or world.own_account()}
    return json.dumps(put_in(world.data["role"]["trust"], known))


def rights_of(world: World, step: Body) -> str:
    """The statements of a step as text, each ARN as narrow as what AWS has told by now."""
    known = {"REGION": world.region, "ACCOUNT": world.own_account()}
    told = [world.gateway["gatewayArn"], at(world.gateway, ("workloadIdentityDetails", "workloadIdentityArn"))]
    told.append(world.engine.get("policyEngineArn"))
    for provider in world.providers.values():
        told += [(provider.get(one) or {}).get("secretArn") for one in ("clientSecretArn", "apiKeySecretArn")]
    statements = put_in(
        [one for one in world.data["role"]["policy"]["Statement"] if one["Sid"] in step["statements"]], known
    )
    for one in statements:
        one["Resource"] = [arn for text in one["Resource"] for arn in narrowed(text, [arn for arn in told if arn])]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def narrowed(pattern: str, told: list[str]) -> list[str]:
    """The ARNs that a pattern with an unknown end is about; the pattern where AWS has told none."""
    return [arn for arn in told if pattern.endswith("-*") and arn.startswith(pattern[:-1])] or [pattern]


def put_in(document: Any, known: Body) -> Any:
    """A document with its ${NAME}: from what is known, or from the environment, where a question has put it."""

    def value(match: re.Match[str]) -> str:
        text = known.get(match[1]) or os.environ.get(match[1], "*").removeprefix("s3://")
        return json.dumps(text)[1:-1]

    return json.loads(_VARIABLE.sub(value, json.dumps(document)))
