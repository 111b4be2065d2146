"""A project as the model keeps it, and how a command is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentcore_connect.project import version2

CONFIG = "agentcore/agentcore.json"


class RefusedError(Exception):
    """The command ends with an error and writes nothing. `code` is the exit code."""

    code = 1


@dataclass
class State:
    """The project's files. `config` is None where there is no project yet; `env` is agentcore/.env.local.

    `texts` are other files by path from the project's root; `targets` the names in aws-targets.json.
    """

    config: dict[str, Any] | None = None
    files: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()

    def copy(self) -> State:
        return copy.deepcopy(self)

    @property
    def spec(self) -> dict[str, Any]:
        """The project file as every command reads it first: whole, and refused where a part of it is wrong."""
        if self.config is None:
            raise RefusedError("there is no project here")
        reading = version2.read_file(self.config)
        if reading.faults:
            raise RefusedError(f"{CONFIG}: {reading.faults[0].place}: {reading.faults[0].text}")
        spec: dict[str, Any] = reading.value
        return spec

    def commit(self, spec: Mapping[str, Any]) -> None:
        """The new project file is read as a whole before it is written."""
        reading = version2.read_file(spec)
        if reading.faults:
            raise RefusedError(f"{reading.faults[0].place}: {reading.faults[0].text}")
        self.config = reading.value

    def put_env(self, key: str, value: str | None) -> None:
        """What stands there already is kept. A value is written in single quotes, so it can hold none."""
        if key in self.env:
            return
        if value and "'" in value:
            raise RefusedError("a secret with a single quote cannot be written to .env.local")
        self.env[key] = value or ""


def read_shape(shape: str, value: Any, option: str) -> Any:
    """A value read by a shape of the project file; refused with the option that gave it."""
    reading = version2.shapes().read(shape, value)
    if reading.faults:
        fault = reading.faults[0]
        raise RefusedError(f"{option}: {fault.place}: {fault.text}")
    return reading.value


def fits(state: State, kind: str, name: str, separator: str, most: int) -> None:
    """The deployed name is project, deployment target and name; the longest declared target counts."""
    longest = max(("default", *state.targets), key=len)
    deployed = separator.join([state.spec["name"], longest, name])
    if len(deployed) > most:
        raise RefusedError(f"{kind} {deployed} is {len(deployed)} characters long, at most {most} are taken")


Read = Callable[[str], str]
