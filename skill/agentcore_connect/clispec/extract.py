"""A whole contract made from a CLI: its help walked, its behaviour probed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from agentcore_connect.clispec import api_model, choose, file_schema, model
from agentcore_connect.clispec.bench import Bench
from agentcore_connect.clispec.emit import emit
from agentcore_connect.clispec.observe import Observer
from agentcore_connect.clispec.walk import walk
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import TypedDict
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.sandbox.scratch import Sandbox

SOURCES: Final = ["cli-0.30-run"]
SCHEMA_SOURCES: Final = ["cli-0.30-schema"]
API_SOURCES: Final = ["botocore-model"]
API_HEADER: Final = (
    "yaml-language-server: $schema=schemas/api-contract.schema.json",
    "The operations that plans and scripts call, with every shape that requests and answers can hold. The names of the",
    "operations are chosen by hand; all else is made by `tools/extract_contract.py --api` from botocore.",
)
HEADER: Final = (
    "yaml-language-server: $schema=schemas/cli-contract.schema.json",
    "Made by tools/extract_contract.py from the AgentCore CLI of this version: do not edit, make it again.",
    "help: what its own help states; `says` is a fingerprint of a description, `claims` a table below the options.",
    "files: the schemas of the project's files, as it writes them into a new project.",
    "observed: what running it showed, offline, in a scratch project (knowledge/cli-probes.yaml).",
)


class _Memory(TypedDict, total=False):
    """The cache of earlier runs: help, file schemas, and the outcome of each command."""

    help: dict[str, Json]
    schemas: dict[str, JsonObject]
    outcomes: dict[str, Json]


def version_of(cli: Sequence[str], box: Sandbox) -> str:
    """Return the output of `agentcore --version`. Errors: ConnectError `cli-not-found` if it prints no version."""
    ran = box.run([*cli, "--version"])
    version = ran.stdout.strip()
    if not ran.ok or choose.parse(version) is None:
        raise ConnectError(
            "cli-not-found",
            f"`{' '.join(cli)} --version` prints no version: {ran.said.partition(chr(10))[0] or 'nothing'}",
            expected="the AgentCore CLI from npm",
            hint="give it with --cli, or install it: npm install -g @aws/agentcore@0",
        )
    return version


def extract(cli: Sequence[str], *, jobs: int = 2, cache: Path | None = None) -> Entry:
    """The contract of a CLI.

    In: the CLI as argv, how many runs at once, and a folder that outcomes are remembered in (None: everything is run).
    Out: the data of a `cli-contract-*.yaml`. Errors: ConnectError `cli-not-found`, `cli-help`, `cli-probe`.
    """
    with Sandbox() as box:
        version = version_of(cli, box)
        memory_file = cache / f"{version}-{_identity(cli)}.json" if cache else None
        memory = _read(memory_file)
        try:
            return _extract(cli, version, box, memory, jobs)
        finally:
            _write(memory_file, memory)


def file_schemas(cli: Sequence[str], box: Sandbox, probes: Entry) -> dict[str, JsonObject]:
    """The schemas of the project's files, as the CLI writes them into a new project: file -> declarations.

    Errors: ConnectError `cli-probe` when no project can be made.
    """
    place = box.root / "schemas"
    place.mkdir(exist_ok=True)
    ran = box.run([*cli, *probes["create"], probes["json_flag"]], cwd=place, timeout=120)
    found: dict[str, JsonObject] = {}
    for name, path in probes["schemas"].items():
        try:
            found[name] = file_schema.parse((place / probes["project"] / path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            raise ConnectError(
                "cli-probe",
                f"the CLI creates no project with {path}: {ran.said.partition(chr(10))[0] or 'it said nothing'}",
                expected="`agentcore create` to write it",
                hint="run `agentcore create` by hand in an empty folder and read what it says",
            ) from None
    shutil.rmtree(place, ignore_errors=True)
    return found


def text_of(contract: Entry) -> str:
    """The contract as the file says it."""
    return emit(contract, HEADER)


def api_text(botocore: Path) -> str:
    """`knowledge/api-contract.yaml` made again from a botocore folder, for the operations that it names.

    Errors: ConnectError `api-model` when the botocore has no model of a service, or lacks one of the operations.
    """
    known = resources.load("api-contract")
    services: dict[str, Entry] = {}
    for service, about in known["services"].items():
        services[service] = api_model.describe(api_model.read(botocore, service), about["operations"])
        missing = [name for name in about["operations"] if name not in services[service]["operations"]]
        if missing:
            raise ConnectError("api-model", f"botocore has no {', '.join(missing)} in {service}", where=str(botocore))
    made = {"version": 1, "botocore": api_model.version_of(botocore), "sources": API_SOURCES, "services": services}
    return emit(made, API_HEADER)


def _extract(cli: Sequence[str], version: str, box: Sandbox, memory: _Memory, jobs: int) -> Entry:
    if "help" not in memory:
        memory["help"] = walk(lambda words: box.run([*cli, *words]), jobs=jobs)
    surface = choose.choose(version, None).id
    contract: dict[str, Json] = {
        "version": 1,
        "cli": {
            "package": "@aws/agentcore",
            "version": version,
            "surface": surface,
            "known_by": "run",
            "complete": True,
        },
        "help": {"sources": SOURCES, "commands": memory["help"]},
    }
    probes = resources.load("cli-probes")
    if probes["surface"] != surface:
        return contract
    if "schemas" not in memory:
        memory["schemas"] = file_schemas(cli, box, probes)
    contract["files"] = {"sources": SCHEMA_SOURCES, "schemas": memory["schemas"]}
    bench = Bench(box, cli, probes, memory.setdefault("outcomes", {}))
    observed = Observer(bench, probes, model.Contract(contract), jobs).observe()
    return contract | {"observed": {"sources": SOURCES, **observed}}


def _identity(cli: Sequence[str]) -> str:
    """A digest of the program's files, so that outcomes of another one are never taken for its own."""
    digest = hashlib.sha256()
    for word in cli:
        path = Path(shutil.which(word) or word)
        digest.update(str(path).encode())
        with suppress(OSError):
            digest.update(path.resolve().read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path | None) -> _Memory:
    if path is not None:
        with suppress(OSError, ValueError):
            found: _Memory = json.loads(path.read_text("utf-8"))
            if isinstance(found, dict):
                return found
    return {}


def _write(path: Path | None, memory: _Memory) -> None:
    if path is not None and memory:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        temporary.write_text(json.dumps(memory, sort_keys=True), "utf-8")
        temporary.replace(path)
