"""What `commands.sh` is rendered from: the operations as shell-ready pieces; and the way back, from script to argv.

The script says nothing of its own: its command lines are those of the operations, and what it compares with the
project's files before a step is what the operations promise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agentcore_connect.plan import argv as words
from agentcore_connect.plan.operation import Input, Operation
from agentcore_connect.plan.promises import Promise, in_the_end, promises

_STEP = re.compile(r"^step_(\d+)\(\) \($")
_TITLE = re.compile(r"^# (\d+) (\S+): ")


def script(
    operations: Sequence[Operation],
    surface: Mapping[str, Any],
    asks: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """What the script's template is rendered from.

    In: the operations of a plan, the surface they were made from, and for each connection the values that its
    program asks for, so that they are asked for before the first step. Out: plain data; texts ending in `_json` are
    JSON for the script's helper, the template quotes them for the shell.
    """
    project_file = surface["cli"].get("project_file")
    whole = promises(operations)
    steps = [_step(number, one, whole, surface["cli"]) for number, one in enumerate(operations, 1)]
    for step in steps:
        own = (asks or {}).get(step["connection"] or "", ()) if step["kind"] == "script" else ()
        step["asks"] = [one for one in own if not one.get("optional")]
    values = surface.get("credential_values")
    return {
        "cli": {key: surface["cli"][key] for key in ("version", "accepts", "known_by")},
        "surface": surface["surface"],
        "project_file": project_file,
        "steps": steps,
        "programs": sorted({one.argv[0] for one in operations if one.argv and one.kind == "script"}),
        "tools": sorted({one.argv[0] for one in operations if one.argv and one.kind != "script"} - {"agentcore"}),
        "values_json": json.dumps({**values, "project_file": project_file}) if values else None,
        "variables_file": values["variables_file"] if values else None,
        "secrets": sorted(
            {one.name for op in operations for one in op.inputs if one.kind == "secret"}
            | {one["env"] for step in steps for one in step["asks"] if one["secret"]}
        ),
        "makes_project": next((project_of(one) for one in operations if one.directory == "parent"), None),
        "has": {
            "cli": any(one.argv and one.argv[0] == "agentcore" for one in operations),
            "asks": any(step["asks"] for step in steps),
            "lookup": any(one.after_deploy for one in operations),
            "ask": any(one.kind != "lookup" for op in operations for one in op.inputs),
            "edit": any(one.edit for one in operations),
            "patch": any(one.patch for one in operations),
            "probe": any(step["probes"] for step in steps),
            "files": any(one.files for one in operations),
            "taken_values": any(one.takes_values for one in operations),
            "stdin": any(one.stdin for one in operations),
            "list": any(isinstance(one.stdin, tuple) for one in operations),
            "aws": any(one.needs_aws for one in operations),
            "manual": any(one.kind == "manual" for one in operations),
        },
    }


def command_lines(text: str) -> dict[str, list[str]]:
    """The argv of each step of a rendered script, by the step's id; steps without a command line are left out.

    Source: the script itself; this is what tests and checks hold against the plan.
    """
    found: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    step: str | None = None
    for line in text.splitlines():
        if title := _TITLE.match(line):
            titles[title[1]] = title[2]
        elif start := _STEP.match(line):
            step = titles[start[1]]
        elif line == ")":
            step = None
        elif step and not line.lstrip().startswith(_OWN_WORDS):
            found[step] = words.parse_line(line.strip())
    return found


# Lines of a step that are the script's own; any other line is the command line.
_OWN_WORDS = ("cd ", "export ", "give ", "say ", "edit_file ", "apply_patch ", "bring ", "ask_for_values")


def _step(number: int, operation: Operation, whole: Promise, cli: Mapping[str, Any]) -> dict[str, Any]:
    step = operation.as_dict()
    step["number"] = number
    step["id"], step["title"] = (" ".join(step[key].split()) for key in ("id", "title"))  # they go into comments
    step["inputs"] = [_input(one) for one in operation.inputs]
    step["names"] = [one.name for one in operation.inputs]
    step["fills"] = [one.name for one in operation.inputs if one.kind != "secret"]
    step["gives"] = step["names"] if operation.stdin is None and not operation.after_deploy else []
    step["probes"] = _probes(operation, whole, cli)
    step["changes_json"] = json.dumps(step["edit"]["changes"], ensure_ascii=False) if operation.edit else None
    step["needs"] = "aws" if operation.needs_aws else "local"
    return step


def _input(one: Input) -> dict[str, Any]:
    entry = one.as_dict()
    entry["default"] = one.default or ""
    entry["line"] = words.shell_line(one.argv)
    entry["places_json"] = json.dumps([list(place) for place in one.find], ensure_ascii=False)
    return entry


def _probes(operation: Operation, whole: Promise, cli: Mapping[str, Any]) -> list[str]:
    """What must be there for the step to count as done: as it leaves it, or as the whole plan leaves it in the end.

    Where a surface is known by reading only, the name decides: how its files spell the rest was not seen.
    """
    project_file = cli.get("project_file")
    if operation.kind != "command" or not operation.promise or operation.directory == "parent" or project_file is None:
        return []
    own = list(operation.promise)
    if cli.get("probe") == "name":
        own = [replace(one, value=one.at[-1]) for one in own if isinstance(one.at[-1], Mapping)]
    ended = own if cli.get("probe") == "name" else in_the_end(own, whole)
    texts = [
        json.dumps(
            [{"file": one.file or project_file, "at": list(one.at), "value": one.value} for one in alternative],
            ensure_ascii=False,
        )
        for alternative in (own, ended)
    ]
    return list(dict.fromkeys(texts))


def project_of(operation: Operation) -> str | None:
    """The name of the project that a step makes; None for other steps."""
    return next((str(one.value["name"]) for one in operation.promise if "name" in one.value), None)
