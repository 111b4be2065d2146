"""Tell what changed in the API model, the CLI and the SDKs since the knowledge was checked, and what cites it.

    python tools/drift.py                                  this checkout's environments against the record
    python tools/drift.py --botocore DIR                   another botocore: its folder, or an environment with it
    python tools/drift.py --cli agentcore                  an installed CLI too (minutes)
    python tools/drift.py --env strands=DIR                another environment for the clients of a framework
    python tools/drift.py --older-than 90 --as-of 2026-12-31
    python tools/drift.py --record                         write tools/sdk_signatures.json from .venvs

A pin moves in one commit with this report in its body. Exit: 0 nothing changed, 1 something did, 2 bad usage.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import client_envs
import sdk_signatures

from agentcore_connect.clispec import api_model, drift, extract
from agentcore_connect.clispec.choose import choose
from agentcore_connect.clispec.compare import compare
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.explain.index import Entry, index
from agentcore_connect.knowledge import resources
from agentcore_connect.sandbox.scratch import Sandbox

ROOT = Path(__file__).resolve().parents[1]
_DAYS = 180
_MOST = 6
_WORD = re.compile(r"--[a-z][a-z0-9-]+|[A-Za-z][A-Za-z0-9]{5,}")


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the top of the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--botocore", type=Path, help="a botocore folder, or an environment (default: this one's)")
    parser.add_argument("--cli", help="an AgentCore CLI, as a shell would start it")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=DIR", help="an environment; repeatable")
    parser.add_argument("--as-of", type=datetime.date.fromisoformat, help="the date that ages count to (newest source)")
    parser.add_argument("--older-than", type=int, default=_DAYS, metavar="DAYS", help=f"default: {_DAYS}")
    parser.add_argument("--record", action="store_true", help="write the signatures of .venvs, and compare nothing")
    args = parser.parse_args(argv)
    try:
        environments = _environments(args.env)
        if args.record:
            return _record(environments)
        changed = [*_api(_botocore(args.botocore)), *(_cli(args.cli) if args.cli else ()), *_sdks(environments)]
    except (ConnectError, OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return 2
    _ages(args.as_of, args.older_than)
    return 1 if changed else 0


def _botocore(given: Path | None) -> Path:
    found = given if given is not None else api_model.here()
    if found is None:
        raise ValueError("this interpreter has no botocore: give one with --botocore")
    inside = [*sorted(found.glob("lib/python*/site-packages/botocore")), found / "Lib" / "site-packages" / "botocore"]
    return next((one for one in inside if one.is_dir()), found)


def _api(folder: Path) -> list[drift.Drift]:
    contract = resources.load("api-contract")
    found = drift.api(contract, folder)
    print(f"API model: botocore {contract['botocore']} in the contract, {api_model.version_of(folder)} here")
    return _print(found)


def _cli(cli: str) -> list[drift.Drift]:
    words, found = shlex.split(cli), []
    with Sandbox() as box:
        version = extract.version_of(words, box)
        surface = choose(version, None)
        print(f"CLI: {surface.version} in the contract, {version} here")
        for one in compare(words, surface, box):
            found += one.found
    return _print(found)


def _sdks(environments: dict[str, Path]) -> list[str]:
    record = json.loads(sdk_signatures.RECORD.read_text("utf-8"))
    changed: list[str] = []
    for name, folder in environments.items():
        if name not in record:
            continue
        versions, now = sdk_signatures.read(_python(folder))
        was = record[name]
        moved = [
            f"{one} {was['versions'].get(one, 'none')} -> {two}"
            for one, two in versions.items()
            if was["versions"].get(one) != two
        ]
        print(f"SDKs of {name}: {', '.join(moved) or 'the recorded versions'}")
        for where, how in sdk_signatures.differences(was["signatures"], now):
            print(f"  ! {where}: {how}")
            _cite([where.partition(":")[2]])
            changed.append(where)
    return changed


def _print(found: Sequence[drift.Drift]) -> list[drift.Drift]:
    """Print the differences, each with the entries that name what changed."""
    for one in found:
        print(f"  {'! ' if one.breaks else '  '}{one}")
        _cite(_WORD.findall(one.where))
    if not found:
        print("  no difference")
    return list(found)


def _cite(words: Iterable[str]) -> None:
    cited = citing(words)
    shown = ", ".join(f"{one.id} ({one.file})" for one in cited[:_MOST])
    if shown:
        print(f"      cited by {shown}{f' and {len(cited) - _MOST} more' if len(cited) > _MOST else ''}")


def citing(words: Iterable[str]) -> list[Entry]:
    """The knowledge entries that name the last of these words that any entry names: a member before its operation."""
    for word in reversed(list(words)):
        form = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        found = [
            one for one in index().entries if one.file not in _MODELS and form.search(json.dumps(one.data, default=str))
        ]
        if found:
            return found
    return []


#: Files that are made from a model or a CLI, and so name everything.
_MODELS = ("api-contract", "cli-contract-0.30.0", "cli-contract-1.x", "sources")


def _ages(as_of: datetime.date | None, days: int) -> None:
    """Print the sources that were last checked longer ago than that, with how much rests on each."""
    sources = resources.load("sources")["sources"]
    newest = as_of or max(checked(one["date"]) for one in sources.values())
    old = {name: one["date"] for name, one in sources.items() if (newest - checked(one["date"])).days > days}
    print(f"Checked more than {days} days before {newest}: {len(old)} of {len(sources)} sources")
    for name, date in sorted(old.items(), key=lambda pair: pair[1]):
        resting = [one.id for one in index().entries if name in one.sources]
        print(f"  {date}  {name}: {len(resting)} entries{f', such as {resting[0]}' if resting else ''}")


def checked(date: str) -> datetime.date:
    """The day that a source was checked on; of a month, its first."""
    return datetime.date.fromisoformat(date if len(date) > 7 else f"{date}-01")


def _environments(given: Sequence[str]) -> dict[str, Path]:
    """The environments by framework: those of .venvs, and in their place those that are given."""
    found = {one.name: one for one in sorted((ROOT / ".venvs").glob("*")) if (one / "pyvenv.cfg").is_file()}
    for pair in given:
        name, _, folder = pair.partition("=")
        if not folder:
            raise ValueError(f"--env {pair}: it is NAME=DIR")
        found[name] = Path(folder)
    return found


def _python(folder: Path) -> Path:
    return next(one for one in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if one.exists())


def _record(environments: dict[str, Path]) -> int:
    made = {}
    for name, folder in environments.items():
        if name in client_envs.names():
            versions, signatures = sdk_signatures.read(_python(folder))
            made[name] = {"versions": versions, "signatures": signatures}
    sdk_signatures.RECORD.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", "utf-8")
    print(f"{sdk_signatures.RECORD.name}: {', '.join(made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
