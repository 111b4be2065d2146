"""`agentcore-connect diagnose`: likely causes of an error message or symptom, with confirmation and fix.

Of the text that was given only names of roles, actions, resources and fields are shown again: it may hold a secret.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentcore_connect.cli import HelpFormatter
from agentcore_connect.cli.printed import print_json
from agentcore_connect.core.errors import ConnectError, ExitCode
from agentcore_connect.core.outside import named

if TYPE_CHECKING:
    from agentcore_connect.app.diagnose import Diagnosis
    from agentcore_connect.cli import Commands


def add_parser(sub: Commands) -> None:
    """Add the command to an argparse sub-parser collection."""
    parser = sub.add_parser(
        "diagnose",
        help="an error message or symptom: likely causes, how to confirm, how to fix",
        description="Finds known errors in a message, a log or a sentence: likely causes in order,\n"
        "how to make sure, what to do, with sources. Without a text: everything known.\n"
        "Of the text only names are shown again. With --project or --plan also what is\n"
        "declared there of the things that the text names.",
        epilog="examples:\n  agentcore-connect diagnose 'Authorization method mismatch'\n"
        "  agentcore-connect diagnose - --project . --plan connect < log.txt\n\n"
        "exit codes: 0 done, also when nothing is known; 2 bad input",
        formatter_class=HelpFormatter,
    )
    parser.add_argument("text", nargs="*", metavar="TEXT", help="the message or symptom; - reads standard input")
    parser.add_argument("--project", type=named, metavar="DIR", help="the AgentCore project that the text is about")
    parser.add_argument("--plan", type=named, metavar="DIR", help="the folder of the written plan that it is about")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--sources", action="store_true", help="with --json, name the sources of each cause")


def run(args: argparse.Namespace) -> int:
    """Run the command. Errors: ConnectError `no-text` for an empty text, and for a folder of no use."""
    from agentcore_connect.app.diagnose import diagnose, known_errors

    if not args.text:
        _print_known(known_errors(), as_json=args.json)
        return ExitCode.DONE
    found = diagnose(_text(args.text), args.project, args.plan)
    if args.json:
        print_json(found.as_dict(sources=args.sources))
    else:
        print("\n".join(_lines(found)))
    return ExitCode.DONE


def _text(words: list[str]) -> str:
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if words == ["-"] else " ".join(words)
    if not text.strip():
        raise ConnectError(
            "no-text",
            "there is no text to look at",
            expected="an error message, a log or a sentence that says what goes wrong",
            hint="give it in quotation marks, or pipe it in: `agentcore deploy 2>&1 | agentcore-connect diagnose -`",
        )
    return text


def _lines(found: Diagnosis) -> list[str]:
    lines: list[str] = [*found.details, ""] if found.details else []
    for match in found.matches:
        lines += [f"{match.id}  {match.title}", "  likely causes, in order:"]
        lines += [f"    {number}. {cause}" for number, cause in enumerate(match.causes, 1)]
        told = {"make sure": match.confirm, "what to do": match.fix, "versions": match.versions}
        lines += [f"  {label}: {text}" for label, text in told.items() if text is not None]
        lines += [
            "  sources:",
            *(f"    - {one['title']}" + f" {one.get('url', '')}".rstrip() for one in match.sources),
        ]
        lines += [f"  see also: {', '.join(match.related)}  (agentcore-connect explain ID)"] if match.related else []
        lines.append("")
    if not found.known:
        lines += ["This is not known here.", ""]
        lines += [
            "What settles most cases:",
            *(f"  {one['title']}:\n    {one['command']}" for one in found.first_steps),
            "",
        ]
    if found.nearest:
        lines += ["Nearest:" if not found.known else "Also near:"]
        lines += [f"  {one['id']}  {one['title']}" for one in found.nearest]
        lines += ["  `agentcore-connect diagnose ID` shows one of them."]
    return [*lines, *found.notes]


def _print_known(titles: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json({"errors": [{"id": name, "title": title} for name, title in titles.items()]})
        return
    width = max(map(len, titles))
    print("\n".join(f"{name.ljust(width)}  {title}" for name, title in titles.items()))
