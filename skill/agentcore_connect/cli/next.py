"""`agentcore-connect next`: one step of the interview per call; the answers file is the only state."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.app.session import Session
    from agentcore_connect.cli import Commands

KINDS = ("mcp", "lambda", "openapi", "api-gateway", "smithy", "credential")


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "next",
        help="the interview, one step a call",
        description="Record the given answers, then print one JSON object: the next question, or\ndone. "
        "--look-up is for when the person said so.",
        epilog="example:\n  agentcore-connect next mcp -a answers.yaml --answer service_auth=none\n\n"
        "exit codes: 0 a question or done, 2 a refused answer or bad input",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("kind", nargs="?", choices=KINDS, metavar="KIND", help=f"what to connect: {', '.join(KINDS)}")
    parser.add_argument("-a", "--answers", required=True, type=named, metavar="FILE", help="the answers file")
    parser.add_argument("--answer", action="append", default=[], metavar="KEY=VALUE", help="an answer; repeatable")
    parser.add_argument("--forget", action="append", default=[], metavar="KEY", help="take an answer back; repeatable")
    parser.add_argument("--unknown", action="append", default=[], metavar="KEY", help="leave a gap; repeatable")
    parser.add_argument(
        "--look-up",
        action="append",
        default=[],
        metavar="KEY[=URL]",
        help="ask over the network",
    )
    parser.add_argument("--sources", action="store_true", help="name the sources of the question")
    parser.add_argument("--project", type=named, metavar="DIR", help="the AgentCore project")
    parser.add_argument("--cli-version", metavar="V", help="the version of the agentcore CLI to plan for")


def run(args: argparse.Namespace) -> int:
    """Run the command and print one JSON object."""
    from agentcore_connect.app.answers_file import AnswersFile
    from agentcore_connect.app.session import Session
    from agentcore_connect.app.step import refused, step, told

    file = AnswersFile(args.answers)
    try:
        with file.locked():  # from reading to saving: two calls at once must not lose an answer
            session = Session(file.read(), project=args.project, cli_version=args.cli_version, where="--answer")
            before = dict(session.data)
            gives = args.answer or args.forget or args.unknown or args.look_up
            earlier = told(session) if gives and file.path.exists() else None
            session.begin(args.kind, file.relative(args.project) if args.project is not None else None)
            cli = session.note_cli()
            for key in args.forget:
                session.forget(key)
            problem, key = _answers(session, args.answer)
            if problem is not None:
                print_json(refused(session, problem, key))
                return ExitCode.BAD_INPUT
            for key in args.unknown:
                session.pass_over(key)
            looked_up = []
            for text in args.look_up:
                key, _, address = text.partition("=")
                looked_up.append(session.look_up(key, address or None))
            session.position()  # before saving: a file that cannot be read is a refused answer
            if session.data != before or not file.path.exists():
                file.save(session.data)
        finish = f"agentcore-connect plan {args.answers} --out connect"
        found = step(session, finish=finish, found=looked_up, earlier=earlier, sources=args.sources, cli=cli)
    except ConnectError as error:
        return _bad(error)
    print_json(found)
    return ExitCode.DONE


def _answers(session: Session, given: Sequence[str]) -> tuple[ConnectError | None, str]:
    """Pass the KEY=VALUE pairs to the session. Returns the refusal and its key. Errors: ConnectError for bad pairs."""
    from agentcore_connect.answers.store import parse_assignment

    key = ""
    try:
        for key, value, raw in session.in_order([parse_assignment(text) for text in given]):
            session.answer(key, value, raw)
    except ConnectError as error:
        return error, key
    return None, key


def _bad(error: ConnectError) -> int:
    print_json({"status": "invalid", "id": None, "message": str(error), "question": None})
    print(f"agentcore-connect: {error}", file=sys.stderr)
    return error.exit_code
