"""Compares an installed CLI with what is known of its surface: help pages, file schemas, what its commands do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agentcore_connect.clispec import behaviour, drift, extract, model
from agentcore_connect.clispec.choose import Surface
from agentcore_connect.clispec.walk import walk
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.knowledge import resources
from agentcore_connect.sandbox.scratch import Ran, Sandbox

_SECONDS = 120.0


class Compared(NamedTuple):
    """One comparison: `cli` (help pages), `files` or `behaviour`, how much was compared, and the differences."""

    name: str
    shown: str
    found: list[drift.Drift]


def compare(
    cli: Sequence[str],
    surface: Surface,
    box: Sandbox,
    *,
    commands: Sequence[str] | None = None,
    jobs: int = 2,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Compared]:
    """Compare a CLI with its surface.

    In: the CLI as argv, the surface of its version, a scratch place, the commands to ask for their help (None: all),
    how many runs at once, who is told what is going on. Out: a comparison at a time. Errors: ConnectError `cli-help`,
    `cli-probe`.
    """
    contract = model.load(surface.contract)
    shipped = contract.data["help"]["commands"]
    if not contract.data["cli"]["complete"]:
        commands = list(shipped)  # it lists what plans use and nothing more
    wanted = [path for path in shipped if commands is None or _asked(path, commands)]
    progress(f"comparing {len(wanted)} commands of the CLI")
    found = walk(lambda words: box.run([*cli, *words], cwd=box.root), jobs=jobs, only=commands and wanted)
    compared = {path: shipped[path] for path in wanted}
    part = model.Contract({**contract.data, "help": {**contract.data["help"], "commands": compared}})
    options = sum(len(one["options"]) for one in compared.values())
    yield Compared("cli", f"{len(wanted)} commands, {options} options", drift.cli(part, found))
    if contract.data.get("files"):
        schemas = extract.file_schemas(cli, box, resources.load("cli-probes"))
        fields = sum(len(one) for file in schemas.values() for one in file.values() if isinstance(one, dict))
        yield Compared("files", f"{len(schemas)} files, {fields} fields", drift.files(contract, schemas))
    if surface.behaviour is not None:
        spec = resources.load(surface.behaviour)
        progress(f"carrying out {len(spec['cases'])} cases with the CLI")
        run = _runner(cli, box)
        differences = behaviour.compare(spec, run, box.root / "behaviour", jobs=jobs)
        yield Compared("behaviour", f"{len(spec['cases'])} cases", differences)


def _runner(cli: Sequence[str], box: Sandbox) -> behaviour.Run:
    def run(words: Sequence[str], folder: Path, stdin: str | None) -> Ran:
        return box.run([*cli, *words], cwd=folder, timeout=_SECONDS, stdin=stdin)

    return run


def _asked(path: str, commands: Sequence[str]) -> bool:
    """Whether a command is one of those, a group above one, or the root."""
    return path == model.ROOT or any(one == path or one.startswith(f"{path} ") for one in commands)
