"""Remembers which files of a plan were checked, so that a partly carried out plan can be resumed.

A plan that changes the project no longer follows from its answers afterwards: a second run would plan less. So the
digests of the files that were vetted are kept in the person's own state folder, outside the plan's.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from agentcore_connect.answers.store import save_atomic
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, sequence, texts

_MOST: Final = 50
_NAME: Final = "vetted.json"


class Step(NamedTuple):
    """A step of the plan: its name for `--from`, its title, whether it calls AWS.

    ``brings`` are the files that it puts into the project, ``runs`` the words that it runs.
    """

    id: str
    title: str
    needs_aws: bool
    brings: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


class Vetted(NamedTuple):
    """The steps of a checked plan.

    ``placed`` says from which file of the plan each file in the project comes, ``roots`` where the project may be,
    ``files`` the digest of each file that counts.
    """

    steps: tuple[Step, ...]
    placed: Mapping[str, str]
    roots: tuple[Path, ...]
    files: Mapping[str, str]


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the digests of these files. Errors: OSError."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(names)}


def remember(folder: Path, vetted: Vetted, environment: Mapping[str, str]) -> None:
    """Store the digests; if that fails, the next run checks again."""
    path = _path(environment)
    if path is None:
        return
    entry = {
        "steps": [list(step) for step in vetted.steps],
        "placed": dict(vetted.placed),
        "roots": [str(root) for root in vetted.roots],
        "files": dict(vetted.files),
    }
    kept = {**{key: one for key, one in _read(path).items() if key != _key(folder)}, _key(folder): entry}
    with suppress(OSError, ConnectError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        save_atomic(path, json.dumps(dict(list(kept.items())[-_MOST:]), indent=1))


def recall(folder: Path, environment: Mapping[str, str]) -> Vetted | None:
    """Return the stored result for this folder if every file is unchanged."""
    path = _path(environment)
    try:
        entry = _read(path)[_key(folder)] if path is not None else {}
        files = _named(entry["files"])
        if not files or digests(folder, files) != files:
            return None
        steps = []
        for one in sequence(entry["steps"]):
            name, title, aws, to, run = sequence(one)
            steps.append(Step(str(name), str(title), bool(aws), tuple(texts(to)), tuple(texts(run))))
        return Vetted(tuple(steps), _named(entry["placed"]), tuple(map(Path, texts(entry["roots"]))), files)
    except (OSError, TypeError, KeyError, ValueError, IndexError):
        return None


def _named(value: Json) -> dict[str, str]:
    return {name: str(one) for name, one in mapping(value).items()}


def _key(folder: Path) -> str:
    return str(folder.resolve())


def _path(environment: Mapping[str, str]) -> Path | None:
    base = environment.get("XDG_STATE_HOME") or (
        os.path.join(environment["HOME"], ".local", "state") if environment.get("HOME") else ""  # noqa: PTH118
    )
    return Path(base) / "agentcore-connect" / _NAME if base else None


def _read(path: Path) -> dict[str, JsonObject]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
