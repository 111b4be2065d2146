"""Creates at AWS what the plan of this folder needs: the gateway, credential providers, targets and policies.

configure.json holds the requests, in the order in which they are sent. Run this as often as you like: what matches the
plan is left alone, and after an interrupt it goes on where it stopped. It needs boto3 and AWS credentials. Where it
creates the gateway, it creates its role as well, unless AGENTCORE_GATEWAY_ROLE_ARN names one.

    python configure.py up           create what is missing, update what differs (also without "up")
    python configure.py status       show what exists and in which state
    python configure.py down         delete what "up" created, and nothing else, after a question
    python configure.py --dry-run    print the requests of "up", call nothing
    python configure.py --iam        print what the gateway's role must be allowed

Secrets come from the environment or from a prompt without echo. They are never printed or written to a file; boto3's
debug log would show them, so leave that off.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from configure_aws import KINDS, World, explained, or_none, reasons
from configure_consent import complete
from configure_role import another_role, clear_role, put_in, trust_of
from configure_steps import MAKERS, as_list, look, target_shown
from configure_values import Body, at, data_of, planned, say, stop

EXITS = "Exit status: 0 ready, 1 failed, 2 wrong usage, 3 someone has to consent first."
# These wait until every target is ready: AWS checks a policy against the tools of the targets.
LAST = ("policy-engine", "engine-rights", "policy", "gateway-settings")


def up(world: World) -> int:
    """Create what is missing and update what differs, in the order of the plan; gives the exit status."""
    world.check_boto3()
    look(world)
    for step in world.steps:
        if step["kind"] in LAST and world.unready:
            say(f"Left for the next run, because {', '.join(world.unready)} is not ready: {step['name']}.")
        elif step["kind"] == "target" and world.args.complete:
            target = complete(world, step)
            if target:
                target_shown(world, step, target)
        else:
            MAKERS[step["kind"]](world, step)
    result = world.report()
    url = world.gateway.get("gatewayUrl")
    if not result and url and world.gateway.get("protocolType") == "MCP":
        token = " --bearer-env VARIABLE" if world.gateway["authorizerType"] == "CUSTOM_JWT" else ""
        say(f"To try it as an agent does: agentcore-connect test --gateway-url {url}{token}")
    return result


def status(world: World) -> int:
    """Show what exists of the plan; 0 where all of it is ready."""
    world.gateway = world.find(world.gateway_step, busy=set()) or {}
    for step in world.steps:
        if step["kind"] not in KINDS or (step["kind"] == "role" and another_role(world, step)):
            continue
        thing = world.gateway if step["kind"] == "gateway" else world.find(step, busy=set())
        if step["kind"] == "policy-engine":
            world.engine = thing or {}
        state = (thing or {}).get("status", "READY") if thing else "missing"
        world.row(step["kind"], status=state, name=step["name"])
        if state.endswith("_PENDING_AUTH"):
            world.unready[step["name"]] = 3
        elif state not in ("READY", "ACTIVE"):
            world.unready[step["name"]] = 1
            if thing and reasons(thing):
                say(f"The {KINDS[step['kind']].noun} {step['name']} is {state}: {reasons(thing)}.")
    return world.report()


def down(world: World) -> int:
    """Delete what `up` created, last first; gives the exit status."""
    ours = [step for step in reversed(world.steps) if world.record.of(step)]
    if not ours:
        say("Nothing to delete: the record beside this program names nothing that it created.")
        return 0
    if not world.args.yes:
        confirm(ours)
    world.gateway = world.find(world.gateway_step) or {}
    for step in ours:
        if step["kind"] == "policy-engine":
            world.engine = world.find(step) or {}
    for step in ours:
        world.attempt(remove, step)
    return world.report()


def confirm(ours: list[Body]) -> None:
    """Show what will be deleted, and go on only after a yes."""
    if not sys.stdin.isatty():
        stop("Add --yes to delete without a question, or run this in a terminal.", 2)
    for step in ours:
        say(f"    {step['kind']}  {step['name']}")
    print(f"Delete these {len(ours)} from AWS? Type yes: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        stop("Nothing was deleted.")


def remove(world: World, step: Body) -> None:
    """Delete a thing that the plan created, or take back what it changed."""
    name, entry = step["name"], world.record.of(step) or {}
    if step["kind"] == "gateway-settings":
        engine = at(world.gateway, ("policyEngineConfiguration", "arn"))
        own = [one["name"] for one in world.steps if one["kind"] == "policy-engine" and world.record.of(one)]
        if "policyEngineConfiguration" in step["sets"] and engine and engine == world.engine.get("policyEngineArn"):
            say(f"Detaching the policy engine {', '.join(own)} from {world.gateway['name']}.")
            world.update_gateway({}, drop="policyEngineConfiguration")
        elif world.gateway and not world.record.of(world.gateway_step):
            say(f"{name} on {world.gateway['name']} stays as it is.")
    elif step["kind"] == "return-url":
        arn = at(world.gateway, ("workloadIdentityDetails", "workloadIdentityArn")) or ""
        identity = or_none(world.control.get_workload_identity, name=str(arn).rpartition("/")[2]) if arn else None
        urls = (identity or {}).get("allowedResourceOauth2ReturnUrls", [])
        left = [one for one in urls if one not in entry["added"]]
        if identity and left != urls:
            say(f"Taking back the return URL {', '.join(entry['added'])}.")
            world.send(step, {"name": identity["name"], "allowedResourceOauth2ReturnUrls": left})
    elif step["kind"] == "callers":
        callers_out(world, step, entry)
    elif step["kind"] == "web-acl":
        web_acl_out(world, step, entry)
    elif not gone(world, step, entry):
        return
    world.record.forget(step)
    world.row("deleted", kind=step["kind"], name=name)


def callers_out(world: World, step: Body, entry: Body) -> None:
    """Take the plan's statement out of the gateway's resource policy; the others stay."""
    arn = world.gateway.get("gatewayArn")
    found = or_none(world.control.get_resource_policy, resourceArn=arn) if arn else None
    policy = json.loads((found or {}).get("policy") or "{}")
    statements = as_list(policy.get("Statement"))
    others = [one for one in statements if one.get("Sid") != entry["sid"]]
    if others and others != statements:
        world.send(step, {"resourceArn": arn, "policy": json.dumps({**policy, "Statement": others})})
    elif statements and not others:
        world.control.delete_resource_policy(resourceArn=arn)


def web_acl_out(world: World, step: Body, entry: Body) -> None:
    """Put back the web ACL that the gateway had before, or none; one that someone else has set since stays."""
    arn, own = world.gateway.get("gatewayArn"), world.known(step)["WebACLArn"]
    if not arn or world.gateway.get("webAclArn") != own:
        return
    if entry["before"]:
        world.send(step, {"WebACLArn": entry["before"], "ResourceArn": arn})
    else:
        world.client(step["service"]).disassociate_web_acl(ResourceArn=arn)


def gone(world: World, step: Body, entry: Body) -> bool:
    """Whether a thing that the plan created is deleted, or was before."""
    kind, ids = KINDS[step["kind"]], world.ids(step)
    if ids is None or (entry.get("id") and entry["id"] != ids[kind.by]):
        return True  # deleted before; what has its name now is someone else's
    if step["kind"] == "gateway":
        pages = world.control.get_paginator("list_gateway_targets").paginate(**ids)
        others = [item["name"] for page in pages for item in page["items"]]
        if others:
            say(f"The gateway {step['name']} stays: it has targets that are not deleted: {', '.join(others)}.")
            world.unready[step["name"]] = 1
            return False
    if step["kind"] == "role" and not clear_role(world, step):
        return False
    left = world.delete(step, ids)
    if left:
        say(f"The {kind.noun} {step['name']} is {left['status']}: {reasons(left)}.")
        world.unready[step["name"]] = 1
    return left is None


COMMANDS = {"up": up, "status": status, "down": down}


def options() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0], epilog=EXITS)
    parser.add_argument("command", nargs="?", default="up", choices=COMMANDS, help="what to do (%(default)s)")
    parser.add_argument("--region", default="", help="AWS Region of the gateway (that of the plan)")
    parser.add_argument("--gateway-id", default="", metavar="ID", help="the gateway's id, instead of its name")
    parser.add_argument("--dry-run", action="store_true", help="print the requests as JSON and call nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--iam", action="store_true", help="print the policy that the gateway's role needs")
    parser.add_argument("--trust", action="store_true", help="print the trust policy that the gateway's role needs")
    parser.add_argument("--account", default="", metavar="ID", help="with --trust: the account, if not your own")
    parser.add_argument("--yes", action="store_true", help="with down: delete without a question")
    parser.add_argument("--renew-secret", action="store_true", help="store the secrets again, after they were changed")
    parser.add_argument("--set-mode", action="store_true", help="set an attached policy engine to the plan's mode")
    parser.add_argument("--synchronize", action="store_true", help="read the tools of MCP servers again")
    parser.add_argument("--complete", default="", metavar="SESSION", help="finish a consent: its session_id")
    parser.add_argument("--target", default="", metavar="NAME", help="with --complete: the target, where several wait")
    parser.add_argument("--wait", type=float, default=600, metavar="SECONDS", help="how long to wait (%(default)s)")
    parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="how often to look (%(default)s)")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Read the options and run; gives the exit status."""
    args = options().parse_args(argv)
    data = data_of("configure.json")
    if args.dry_run:
        print(json.dumps(planned(data), indent=2, ensure_ascii=False))
        return 0
    if args.iam:
        known = {"REGION": args.region or data["region"]}
        print(json.dumps(put_in(data["role"]["policy"], known), indent=2))
        for note in data["role"]["notes"]:
            say(note)
        return 0
    with explained():
        world = World(data, args)
        if args.trust:
            print(json.dumps(json.loads(trust_of(world)), indent=2))
            return 0
        return COMMANDS[args.command](world)


if __name__ == "__main__":
    try:
        exit_status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        say("Interrupted. Run this again to go on.")
        exit_status = 130
    except BrokenPipeError:  # whoever read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_status = 1
    sys.exit(exit_status)
