"""Holds a CLI to the cases of `cli-behaviour-*.yaml`: each is carried out in a scratch project."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from agentcore_connect.clispec.drift import Drift
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.sandbox.scratch import Ran

#: Runs the CLI with these words, in this folder, with this text on its standard input.
Run = Callable[[Sequence[str], Path, str | None], Ran]


def compare(spec: Entry, run: Run, place: Path, *, jobs: int = 1) -> list[Drift]:
    """Carry out every case.

    In: the cases, how the CLI is run, an empty folder to work in, how many cases at once. Out: a difference for each
    case that ends otherwise. Errors: ConnectError `cli-probe` when no project can be made to begin with.
    """
    fresh = place / "fresh"
    fresh.mkdir(parents=True)
    ran = run(shlex.split(spec["project"]["create"]), fresh, None)
    if not (fresh / spec["project"]["folder"] / spec["project"]["file"]).is_file():
        raise ConnectError(
            "cli-probe",
            f"the CLI creates no project: {_first(ran) or 'it said nothing'}",
            expected=f"`agentcore {spec['project']['create']}` to write {spec['project']['file']}",
            hint="run that command by hand in an empty folder and read what it says",
        )
    numbers = count()
    states = {name: _state(spec, name, run, fresh, place / f"state-{next(numbers)}") for name in spec["states"]}

    def judged(case: Entry) -> Drift | None:
        before = states[case["before"]] if "before" in case else fresh
        if isinstance(before, str):
            return _differs(case, f"not reached: {before}")
        folder = place / f"case-{case['id']}"
        shutil.copytree(before, folder)
        root = folder / spec["project"]["folder"]
        done = run(shlex.split(case["run"]), root, case.get("stdin"))
        return _differs(case, _outcome(case, done, root / spec["project"]["file"]))

    with ThreadPoolExecutor(jobs) as pool:
        return [one for one in pool.map(judged, spec["cases"]) if one is not None]


def _state(spec: Entry, name: str, run: Run, fresh: Path, place: Path) -> Path | str:
    """A project after the lines of a state, or what was refused on the way."""
    shutil.copytree(fresh, place)
    for line in spec["states"][name]:
        ran = run(shlex.split(line), place / spec["project"]["folder"], None)
        if not ran.ok:
            return f"`agentcore {line}` was refused: {_first(ran)}"
    return place


def _outcome(case: Entry, ran: Ran, file: Path) -> Json:
    """The result of a case: `refused`, `taken`, or the value at its place."""
    if not ran.ok:
        return "refused" if case.get("refused") else f"refused: {_first(ran)}"
    if case.get("refused"):
        return "taken"
    try:
        here: Json = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return "no project file that can be read"
    for step in case["at"]:
        if isinstance(step, str):
            here = here.get(step) if isinstance(here, dict) else None
        else:
            entries = here if isinstance(here, list) else []
            fits = (one for one in entries if isinstance(one, dict) and step.items() <= one.items())
            here = next(fits, None)
    return here


def _differs(case: Entry, found: Json) -> Drift | None:
    wanted: Json = "refused" if case.get("refused") else case["value"]
    return None if found == wanted else Drift("changed", f"{case['id']}: {case['shows']}", wanted, found, True)


def _first(ran: Ran) -> str:
    return next((line.strip() for line in ran.said.splitlines() if line.strip()), "")[:200]
