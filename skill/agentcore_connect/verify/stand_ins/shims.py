"""Stand-ins for programs: `real/` records calls and passes them to the CLI; `still/` replaces the whole PATH.

With `still/` as the whole PATH a script can be carried out to its end, commands that need AWS included, with nothing
leaving: the CLI only notes, the few tools that scripts are made with note and work, and any other program is noted by
the shell's own handler for commands that are not found.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.operation import Operation
from agentcore_connect.verify.runners import keeper, prepare

#: What commands.sh is made with, beside the shell's own words.
_TOOLS: Final = (
    *("bash", "basename", "cat", "cmp", "cp", "dirname", "git", "grep"),
    *("mkdir", "node", "patch", "tail", "tr"),
)
_NOTE: Final = '{{ printf \'%s\\0\' "$(($# + 1))" {name} "$@"; }} >>{log}'
_HANDLER: Final = '() {{ printf \'%s\\0\' "$#" "$@" >>{log}; }}'


def real_cli() -> Path | None:
    """Return the path of the installed CLI, or None."""
    found = shutil.which("agentcore")
    return Path(found) if found else None


def write(folder: Path, surface: str, operations: Sequence[Operation], needs: Iterable[Mapping[str, object]]) -> None:
    """Create the stand-ins in a folder; its file `given` records their arguments.

    In: the command surface, the plan's operations, and what a project that the CLI makes has to have beside what
    `agentcore create` puts there.
    """
    note = _Noting(folder)
    programs = {op.argv[0] for op in operations if op.argv} - {"agentcore"}
    (folder / "table").write_text(json.dumps(_table(surface, operations)), encoding="utf-8")
    (folder / "needs").write_text(json.dumps(list(needs)), encoding="utf-8")
    cli = real_cli()
    if cli is not None:
        run, program = shlex.quote(str(cli)), shlex.join([sys.executable, prepare.__file__])
        after = f'{program} "$PWD" <{shlex.quote(str(folder / "needs"))}'
        note.make(
            "real",
            "agentcore",
            f'if [ "$1" = create ]; then\n  {run} "$@" && exec {after}\n  exit\nfi\nexec {run} "$@"',
        )
    keep = shlex.join([sys.executable, "-E", "-S", keeper.__file__, str(folder / "table")])
    note.make("still", "agentcore", f'exec {keep} "$@"')
    for name in sorted(programs):
        note.make("still", name, "exit 0")
    for name in _TOOLS:
        found = shutil.which(name)
        if found and name not in programs:
            note.make("still", name, f'exec {shlex.quote(found)} "$@"')


def still(folder: Path) -> dict[str, str]:
    """Return the variables under which a script finds only the stand-ins."""
    handler = _HANDLER.format(log=shlex.quote(str(folder / "given")))
    return {"PATH": str(folder / "still"), "BASH_FUNC_command_not_found_handle%%": handler}


class _Noting:
    """Writes stand-ins that record their arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "given").touch()

    def make(self, kind: str, name: str, then: str) -> None:
        """Write one stand-in that uses this process's PATH."""
        path = self.folder / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        note = _NOTE.format(name=shlex.quote(name), log=shlex.quote(str(self.folder / "given")))
        search = shlex.quote(os.environ.get("PATH") or os.defpath)
        path.write_text(f"#!/bin/sh\n{note}\nPATH={search}\n{then}\n", encoding="utf-8")
        path.chmod(0o755)


def _table(surface: str, operations: Sequence[Operation]) -> dict[str, object]:
    """Return the data of the stand-in CLI: an accepted version, and the promised effect of each command."""
    from agentcore_connect.verify.commands import samples

    values = samples(list(operations))
    steps = [
        {"argv": words.fill(op.argv[1:], values), "promise": [one.as_dict() for one in op.promise]}
        for op in operations
        if op.argv[:1] == ("agentcore",)
    ]
    text = json.dumps({"version": load(f"commands-{surface}")["cli"]["version"], "steps": steps})
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", json.dumps(value)[1:-1])
    made: dict[str, object] = json.loads(text)
    return made


def given(folder: Path) -> list[list[str]]:
    """Return the recorded calls, in order."""
    parts = (folder / "given").read_bytes().decode("utf-8", "replace").split("\0")[:-1]
    calls: list[list[str]] = []
    while parts:
        count = int(parts.pop(0))
        calls.append(parts[:count])
        del parts[:count]
    return calls
