"""The data of `commands.sh`, one line per operation; and the parser that reads a script back to argv.

The script says nothing of its own: its command lines are those of the operations, and what it compares with the
project's files before a step is what the operations promise. `runtime.sh`, the same for every plan, carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agentcore_connect.core.expressions import later
from agentcore_connect.core.values import Json, JsonObject, mapping
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.operation import Input, Operation
from agentcore_connect.plan.promises import Promise, in_the_end, promises

_CLI = ("version", "accepts", "known_by", "project_version", "other_cli")
_PROJECT_FILE = "agentcore/agentcore.json"
_VARIABLE = later(r"[A-Z][A-Z0-9_]*=")
#: What a list on standard input is made of: KEY=${NAME}.
_PAIR = later(r"(\w+)=\$\{([A-Z][A-Z0-9_]*)\}")
#: Functions of runtime.sh that are a step's whole work, and those that stand before a program with how many words.
_WHOLE = ("edit", "apply_patch", "copy", "fill", "note")
_BEFORE = {"create_project": 1, "with_credentials": 1, "pipe": 2}


def script(
    operations: Sequence[Operation],
    surface: JsonObject,
    asks: Mapping[str, Sequence[JsonObject]] | None = None,
) -> dict[str, object]:
    """Return the data of the script's template.

    In: the operations of a plan, the surface they were made from, and by its file the values that a program asks for,
    so that they are asked for before the first step. Out: plain data; a `line` is shell text.
    """
    runs_cli = any(one.argv[:1] == ("agentcore",) for one in operations)
    values, cli = mapping(surface.get("credential_values")), mapping(surface["cli"])
    return {
        "cli": {key: cli[key] for key in _CLI} if runs_cli else None,
        "surface": surface["surface"],
        "project_file": cli.get("project_file") or _PROJECT_FILE,
        "steps": _steps(operations),
        "programs": sorted({one.argv[0] for one in operations if one.argv and one.kind == "script"}),
        "tools": sorted({one.argv[0] for one in operations if one.argv and one.kind != "script"} - {"agentcore"}),
        "needs_node": _needs_node(operations),
        "declared": _declared(operations, asks or {}),
        "variables_file": values["variables_file"] if values and runs_cli else None,
        "makes_project": next((project_of(one) for one in operations if one.directory == "parent"), None),
    }


def script_facts(operations: Sequence[Operation]) -> dict[str, object]:
    """Return the facts about the script for manifests: its steps, and whether it needs Node.js."""
    return {"steps": list(operations), "needs_node": _needs_node(operations)}


def _needs_node(operations: Iterable[Operation]) -> bool:
    """Return whether the script reads or changes JSON, for which it has runtime.mjs."""
    return any(
        one.argv[:1] == ("agentcore",) or one.edit or one.takes_values or (one.inputs and one.files) or one.after_deploy
        for one in operations
    )


def script_data(operations: Sequence[Operation], surface: JsonObject) -> dict[str, Json]:
    """Return the data for runtime.mjs in plan.json besides the steps.

    In: the operations, the surface they were made from. Out: `probes`, for each step the states of the project in
    which it counts as done; `values`, how the names of the credentials' values are made, where the surface has such.
    """
    whole, cli = promises(operations), mapping(surface["cli"])
    probes = {one.id: found for one in operations if (found := _probes(one, whole, cli))}
    values = mapping(surface.get("credential_values"))
    taken = bool(values) and any(one.takes_values for one in operations)
    known = {key: value for key, value in values.items() if key != "sources"}
    more = {"values": {**known, "project_file": cli.get("project_file")}} if taken else {}
    return {"probes": probes, **more}


def command_lines(text: str) -> dict[str, list[str]]:
    """The argv of each step of a rendered script, by the step's id; steps without a command line are left out.

    Source: the script itself; this is what tests and checks hold against the plan.
    """
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("step "):
            continue
        _, *rest = words.parse_line(line)
        step, *command = rest[1:] if rest[:1] == ["--aws"] else rest
        while command and _VARIABLE.match(command[0]):
            command = command[1:]
        if command[:1] == ["pipe_parameters"]:
            command = command[command.index("--") + 1 :]
        command = command[_BEFORE.get(command[0], 0) if command else 0 :]
        if command and command[0] not in _WHOLE:
            found[step] = command
    return found


def _steps(operations: Sequence[Operation]) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = []
    known: set[str] = set()
    for one in operations:
        lookups = [_lookup(value, operations) for value in one.inputs if value.kind == "lookup"]
        new = [line for value, line in lookups if value not in known]
        known |= {value for value, _ in lookups}
        steps.append({"id": one.id, "title": " ".join(one.title.split()), "lookups": new, "line": _line(one)})
    return steps


def _line(one: Operation) -> str:
    """The words after `step`."""
    head = [*(["--aws"] if one.needs_aws else []), one.id, *(f"{name}={value}" for name, value in one.env.items())]
    if one.edit:
        work: list[str] = ["edit", one.edit.file]
    elif one.patch:
        work = ["apply_patch", one.patch]
    elif one.files:
        fills = any(value.kind != "secret" for value in one.inputs)
        work = ["fill" if fills else "copy", *(word for pair in one.files for word in pair)]
    elif one.text:
        work = ["note", one.text]
    else:
        before = {"parent": ["create_project"]}.get(one.directory, [])
        before += ["with_credentials"] if one.takes_values else []
        before += _piped(one.stdin)
        return " ".join([words.shell_line(head), *before, one.line])
    return words.shell_line([*head, *work])


def _piped(stdin: str | Sequence[str] | None) -> list[str]:
    """The words that pipe a value, or a JSON list of KEY=value, into the command behind them."""
    if not stdin:
        return []
    if isinstance(stdin, str):
        return ["pipe", words.markers(stdin)[0]]
    pairs = [_PAIR.fullmatch(one) for one in stdin]
    return ["pipe_parameters", *(f"{pair[1]}={pair[2]}" for pair in pairs if pair), "--"]


def _lookup(value: Input, operations: Sequence[Operation]) -> tuple[str, str]:
    """The name of a value, and the line that finds it for every step that uses it."""
    users = " ".join(one.id for one in operations if any(other.name == value.name for other in one.inputs))
    return value.name, words.shell_line(["lookup", value.name, value.prompt, value.default or "", users, *value.argv])


def _declared(operations: Sequence[Operation], asks: Mapping[str, Sequence[JsonObject]]) -> list[str]:
    """The lines that declare what is asked for: each value once, with the steps that get it."""
    found: dict[str, tuple[str, str, str, list[str]]] = {}
    for one in operations:
        own = [(v.name, v.kind, v.prompt, v.default or "") for v in one.inputs if v.kind != "lookup"]
        if one.kind == "script":
            scripted = [ask for ask in asks.get(one.artifact or "", ()) if not ask.get("optional")]
            own += [(str(ask["env"]), "secret" if ask["secret"] else "text", str(ask["ask"]), "") for ask in scripted]
        for name, kind, prompt, default in own:
            found.setdefault(name, (kind, prompt, default, []))[3].append(one.id)
    return [
        words.shell_line([kind, name, prompt, *([default] if kind == "text" else []), *users])
        for name, (kind, prompt, default, users) in found.items()
    ]


def _probes(operation: Operation, whole: Promise, cli: JsonObject) -> list[list[dict[str, Json]]]:
    """Return the state in which the step counts as done: its own result, or that of the whole plan."""
    project_file = cli.get("project_file")
    if operation.kind != "command" or not operation.promise or operation.directory == "parent" or project_file is None:
        return []
    own = list(operation.promise)
    ended = in_the_end(own, whole)
    states = [
        [{"file": one.file or project_file, "at": list(one.at), "value": one.value} for one in state]
        for state in (own, ended)
        if state
    ]
    return states[:1] if states[:1] == states[1:] else states


def project_of(operation: Operation) -> str | None:
    """The name of the project that a step makes; None for other steps."""
    return next((str(one["name"]) for one in (mapping(p.value) for p in operation.promise) if "name" in one), None)
