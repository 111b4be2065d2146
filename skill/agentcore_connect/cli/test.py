"""`agentcore-connect test`: tries a deployed gateway as the agent uses it."""

from __future__ import annotations

import argparse
import json
import os
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ConnectError, ExitCode, plain
from agentcore_connect.core.outside import named
from agentcore_connect.core.values import Json, JsonObject

if TYPE_CHECKING:
    from agentcore_connect.cli import Commands
    from agentcore_connect.live.find import Gateway
    from agentcore_connect.live.prove import Step


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "test",
        help="try a deployed gateway as the agent uses it",
        description="Try a deployed gateway as the agent uses it: authorize, initialize, list\n"
        "the tools, search them, and call one where --tool names it. Each step has\n"
        "its time and, where it fails, its likely cause.\n\n"
        "The URL comes from the variable that the agent reads, or from the deployed\n"
        "state of the project. A bearer token comes from a variable and is never\n"
        "shown; a signature takes the AWS credentials that are found here.",
        epilog="examples:\n  agentcore-connect test connect\n"
        "  agentcore-connect test --project . --tool Weather___get_weather \\\n"
        '      --arguments \'{"city": "Bern"}\'\n\n'
        "exit codes: 0 every step passed, 1 a step failed, 2 bad input, 130 interrupted",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("dir", type=named, nargs="?", metavar="DIR", help="the folder of a written plan")
    parser.add_argument("--gateway-url", metavar="URL", help="a gateway by its URL")
    parser.add_argument("--project", type=named, metavar="DIR", help="an AgentCore project with a gateway")
    parser.add_argument("--gateway", metavar="NAME", help="which gateway of the project")
    parser.add_argument("--bearer-env", metavar="NAME", help="the variable that holds the bearer token")
    parser.add_argument("--tool", metavar="NAME", help="a tool to call: its call may have an effect")
    parser.add_argument("--arguments", metavar="JSON", default="{}", help="what to call it with; default {}")
    parser.add_argument("--json", action="store_true", help="print the steps as JSON")


def run(args: argparse.Namespace) -> int:
    """Run the command. Errors: ConnectError for bad input."""
    from agentcore_connect.live.prove import Trial

    gateway = _gateway(args)
    trial = Trial(gateway, os.environ, tool=args.tool, arguments=_arguments(args.arguments), now=datetime.now(UTC))
    if args.json:
        steps = list(trial.steps())
        passed = all(one.status != "failed" for one in steps)
        told = {"version": 1, "passed": passed, "gateway": {"name": gateway.name, "url": gateway.url}}
        print_json({**told, "steps": [_as_dict(one) for one in steps]})
        return ExitCode.DONE if passed else ExitCode.FINDINGS
    print(plain(f"Gateway {gateway.name or ''} at {gateway.url}".replace("  ", " ")))
    return _told(trial.steps())


def _gateway(args: argparse.Namespace) -> Gateway:
    from agentcore_connect.live import find

    given = [one for one in (args.dir, args.gateway_url, args.project) if one is not None]
    if len(given) != 1:
        raise ConnectError(
            "no-gateway" if not given else "too-many",
            "name one gateway to try",
            expected="one of DIR (a written plan), --gateway-url URL, --project DIR",
            hint="agentcore-connect test --help",
        )
    if args.gateway is not None and args.project is None:
        raise ConnectError(
            "bad-value", "--gateway names a gateway of a project", where="--gateway", hint="add --project"
        )
    if args.dir is not None:
        found = find.of_plan(args.dir, os.environ)
    elif args.project is not None:
        found = find.of_project(args.project, args.gateway, os.environ)
    else:
        found = find.of_url(args.gateway_url, "--gateway-url")
    if not args.bearer_env:
        return found
    return found._replace(token_variable=args.bearer_env, inbound_auth=found.inbound_auth or "custom-jwt")


def _arguments(text: str) -> JsonObject:
    try:
        given = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise ConnectError(
            "bad-value",
            "the arguments of the tool are not a JSON object",
            where="--arguments",
            expected="""'{"city": "Bern"}'""",
        )
    return given


def _no_number(word: str) -> float:
    """Refuse NaN and Infinity, which Python accepts but JSON does not have."""
    raise ValueError(word)


def _told(steps: Iterable[Step]) -> int:
    """Print each step when it is done, and return the exit status."""
    failed = False
    for step in steps:
        failed = failed or step.status == "failed"
        time = f"{step.seconds * 1000:6.0f} ms" if step.status != "not-run" else " " * 9
        lines = _wrapped(step.said, f"{step.status:8} {step.name:11} {time}  ", 32)
        for cause in step.causes:
            lines += _wrapped(f"cause: {cause.text}", " " * 9, 11)
            if cause.fix:
                more = f" (agentcore-connect diagnose {cause.id})" if cause.id else ""
                lines += _wrapped(f"fix: {cause.fix}{more}", " " * 9, 11)
        print("\n".join(lines), flush=True)
    return ExitCode.FINDINGS if failed else ExitCode.DONE


def _wrapped(text: str, lead: str, indent: int) -> list[str]:
    return textwrap.wrap(
        plain(text),
        80,
        initial_indent=lead,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _as_dict(step: Step) -> JsonObject:
    made: dict[str, Json] = {"step": step.name, "status": step.status, "said": step.said}
    if step.status != "not-run":
        made["seconds"] = round(step.seconds, 3)
    if step.causes:
        made["causes"] = [{k: v for k, v in cause._asdict().items() if v} for cause in step.causes]
    return made
