"""Creates at AWS what the plan of this folder needs: the gateway, credential providers, targets and policies.

configure.json holds the requests, in the order in which they are sent. Run this as often as you like: what matches the
plan is left alone, and after an interrupt it goes on where it stopped. It needs boto3 and AWS credentials.

    python configure.py              create what is missing, update what differs
    python configure.py --dry-run    print the requests, call nothing
    python configure.py --iam        print what the gateway's role must be allowed

Secrets come from the environment or from a prompt without echo. They are never printed or written to a file; boto3's
debug log would show them, so leave that off.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from configure_aws import World, data_of, explained, planned, say, trust
from configure_steps import MAKERS, complete, look

EXITS = "Exit status: 0 ready, 1 failed, 2 wrong usage, 3 someone has to consent first."
# These wait until every target is ready: AWS checks a policy against the tools of the targets.
LAST = ("policy-engine", "policy", "gateway-settings")


def up(world: World) -> int:
    """Create what is missing and update what differs, in the order of the plan; gives the exit status."""
    world.check_boto3()
    look(world)
    for step in world.steps:
        if step["kind"] in LAST and world.unready:
            say(f"Left for the next run, because {', '.join(world.unready)} is not ready: {step['name']}.")
        elif step["kind"] == "target" and world.args.complete:
            complete(world, step)
        else:
            MAKERS[step["kind"]](world, step)
    return world.report()


def options() -> argparse.ArgumentParser:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0], epilog=EXITS)
    parser.add_argument("--region", default="", help="AWS Region of the gateway (that of the plan)")
    parser.add_argument("--gateway-id", default="", metavar="ID", help="the gateway's id, instead of its name")
    parser.add_argument("--dry-run", action="store_true", help="print the requests as JSON and call nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--iam", action="store_true", help="print the policy that the gateway's role needs")
    parser.add_argument("--trust", action="store_true", help="print the trust policy that the gateway's role needs")
    parser.add_argument("--account", default="", metavar="ID", help="with --trust: the account, if not your own")
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
        print(json.dumps(data["role"]["policy"], indent=2))
        for note in data["role"]["notes"]:
            say(note)
        return 0
    with explained():
        if args.trust:
            print(json.dumps(trust(data, args), indent=2))
            return 0
        return up(World(data, args))


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
