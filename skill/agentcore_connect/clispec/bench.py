"""A scratch project that commands are tried on, each on a fresh copy, with what came of it remembered."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import Json, JsonObject, mapping, mappings, sequence
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.sandbox.scratch import Ran, Sandbox

PROJECT_FILE: Final = "agentcore/agentcore.json"
_ENV_FILE: Final = "agentcore/.env.local"
_NOT_STATE: Final = ("agentcore/.cli/", "agentcore/cdk/", "agentcore/.llm-context/")
_MESSAGE_LENGTH: Final = 240


class Outcome(NamedTuple):
    """The outcome of a command: acceptance, error message, and the project afterwards."""

    accepted: bool
    message: str
    state: JsonObject


class Bench:
    """Runs commands on copies of one prepared project.

    In: an open sandbox, the CLI as argv, the probes (`knowledge/cli-probes.yaml`), and a mapping that remembers
    outcomes between runs. Errors: ConnectError `cli-probe` when the project cannot be prepared.
    """

    def __init__(self, box: Sandbox, cli: Sequence[str], probes: Entry, memory: dict[str, Json] | None = None) -> None:
        """Store the parts; the project is made when it is first needed."""
        self._box = box
        self._cli = list(cli)
        self._probes = probes
        self._memory: dict[str, Json] = {} if memory is None else memory
        self._lock = threading.Lock()
        self._counter = 0
        self._templates: dict[str, Path] = {}
        self.ran = 0
        made = [probes["create"], probes["files"], probes["prepare"], probes["json_flag"]]
        self._base = json.dumps(made, sort_keys=True)

    def run(self, argv: Sequence[str], extra: Sequence[Sequence[str]] = ()) -> Outcome:
        """Run one command on a fresh copy, after the commands of `extra`."""
        return self._remembered(["run", list(argv), [list(one) for one in extra]], lambda: self._run(argv, extra))

    def validate(self, extra: Sequence[Sequence[str]], at: Sequence[Json], value: Json) -> Outcome:
        """Write `value` at a place of the project file, after the commands of `extra`, and have the CLI validate it."""
        return self._remembered(
            ["validate", [list(one) for one in extra], list(at), value], lambda: self._validate(extra, at, value)
        )

    def _remembered(self, key: Sequence[Json], make: Callable[[], Outcome]) -> Outcome:
        digest = hashlib.sha256((self._base + json.dumps(key, sort_keys=True)).encode()).hexdigest()
        known = self._memory.get(digest)
        if known is None:
            outcome = make()
            with self._lock:
                self.ran += 1
                self._memory[digest] = list(outcome)
        else:
            accepted, message, state = sequence(known)
            outcome = Outcome(bool(accepted), str(message), mapping(state))
        return outcome._replace(message=_short(outcome.message))

    def _run(self, argv: Sequence[str], extra: Sequence[Sequence[str]]) -> Outcome:
        place = self._copy(extra)
        try:
            return self._outcome(self._command(argv, place), place)
        finally:
            shutil.rmtree(place.parent, ignore_errors=True)

    def _validate(self, extra: Sequence[Sequence[str]], at: Sequence[Json], value: Json) -> Outcome:
        place = self._copy(extra)
        try:
            path = place / PROJECT_FILE
            project = json.loads(path.read_text("utf-8"))
            put(project, at, value)
            path.write_text(json.dumps(project, indent=2), "utf-8")
            return self._outcome(self._command(["validate"], place), place)
        finally:
            shutil.rmtree(place.parent, ignore_errors=True)

    def _command(self, argv: Sequence[str], place: Path) -> Ran:
        ran = self._box.run([*self._cli, *argv, self._probes["json_flag"]], cwd=place, timeout=120)
        if ran.exit_code is None:
            raise ConnectError("cli-probe", f"`agentcore {' '.join(argv)}` did not finish in time")
        return ran

    def _must(self, argv: Sequence[str], place: Path) -> None:
        ran = self._command(argv, place)
        if not ran.ok:
            raise ConnectError(
                "cli-probe",
                f"the scratch project cannot be prepared: `agentcore {' '.join(argv)}`: {_short(_words(ran, place))}",
                hint="if this version of the CLI renamed it, put knowledge/cli-probes.yaml right",
            )

    def _copy(self, extra: Sequence[Sequence[str]]) -> Path:
        with self._lock:
            template = self._template([list(one) for one in extra])
            self._counter += 1
            place = self._box.root / "runs" / str(self._counter) / template.name
        shutil.copytree(template, place)
        return place

    def _template(self, extra: list[list[str]]) -> Path:
        """The prepared project, after the commands of `extra`; made once for each."""
        key = json.dumps(extra)
        if key not in self._templates:
            if extra:
                place = self._box.root / "templates" / str(len(self._templates)) / self._probes["project"]
                shutil.copytree(self._template([]), place)
                commands = extra
            else:
                place = self._new_project()
                commands = self._probes["prepare"]
            for words in commands:
                self._must(words, place)
            self._templates[key] = place
        return self._templates[key]

    def _new_project(self) -> Path:
        place: Path = self._box.project / self._probes["project"]
        self._must(self._probes["create"], self._box.project)
        for name, text in self._probes["files"].items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, "utf-8")
        return place

    def _outcome(self, ran: Ran, place: Path) -> Outcome:
        return Outcome(bool(ran.ok), "" if ran.ok else _words(ran, place), _state(place))


def get(data: Json, at: Sequence[Json]) -> Json:
    """Return the value at a place (keys, and `{key: value}` for the matching list entry), or None."""
    for step in at:
        if isinstance(step, Mapping):
            data = next((one for one in mappings(data) if step.items() <= one.items()), None)
        else:
            data = mapping(data).get(str(step))
    return data


def put(data: Json, at: Sequence[Json], value: Json) -> None:
    """Set the place; what leads to it must be there."""
    holder = get(data, at[:-1]) if len(at) > 1 else data
    if not isinstance(holder, dict):
        raise ConnectError("cli-probe", f"there is no {json.dumps(list(at[:-1]))} in the scratch project")
    holder[at[-1]] = value


def _state(place: Path) -> dict[str, Json]:
    """The project file, the names in `.env.local`, and a digest of every other file."""
    files: dict[str, Json] = {}
    state: dict[str, Json] = {"files": files}
    for path in sorted(one for one in place.rglob("*") if one.is_file()):
        name = path.relative_to(place).as_posix()
        if name == PROJECT_FILE:
            state["project"] = json.loads(path.read_text("utf-8"))
        elif name == _ENV_FILE:
            state["variables"] = sorted(line.partition("=")[0] for line in path.read_text("utf-8").splitlines() if line)
        elif not name.startswith(_NOT_STATE):
            files[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return state


def _words(ran: Ran, place: Path) -> str:
    """The CLI's own message, on one line, without the paths of this machine."""
    text = ran.said
    try:
        answer = json.loads(ran.stdout)
        text = str(answer.get("error") or text)
    except (ValueError, AttributeError):
        text = text.partition("\n\n")[0]
    text = text.replace(str(place), "<project>").replace(str(place.resolve()), "<project>")
    return re.sub(r"\s+", " ", text).strip()


def _short(text: str) -> str:
    """A message without the project file's name and the form of a schema error, and not longer than is readable."""
    text = text.removeprefix(f"<project>/{PROJECT_FILE}: - ")
    if text.startswith("[ {"):
        with suppress(ValueError, TypeError, KeyError):
            text = "; ".join(one["message"] for one in json.loads(text))
    return text if len(text) <= _MESSAGE_LENGTH else f"{text[:_MESSAGE_LENGTH]}..."
