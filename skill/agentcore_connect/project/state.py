"""The project's side files: deployed state and the names in `.env.local`. A fault in one is a notice, not an error."""

from __future__ import annotations

import re
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import Json
from agentcore_connect.project.model import Deployed, Notice
from agentcore_connect.project.source import parse_object, read_text

_ENV_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=", re.MULTILINE)


@dataclass(slots=True)
class DeployedState:
    """The deployed resources by name; policies as ENGINE/POLICY."""

    gateways: dict[str, Deployed] = field(default_factory=dict)
    runtimes: dict[str, Deployed] = field(default_factory=dict)
    policies: set[str] = field(default_factory=set)


def read_deployed(root: Path, name: str, notices: list[Notice]) -> DeployedState:
    """Read the deployed state of all deployment targets; the first target with a resource wins.

    In: the project's root, the file's path in it, the notices to add to.
    """
    found = DeployedState()
    path = root / name
    if not path.is_file():
        return found
    try:
        data = parse_object(read_text(path, shown=name), shown=name)
    except ConnectError as error:
        notices.append(unreadable(error, name))
        return found
    for target in _objects(data.get("targets")).values():
        resources = _object(_object(target).get("resources"))
        mcp = _object(resources.get("mcp"))
        found.policies |= {name for name, one in _objects(resources.get("policies")).items() if one.get("policyId")}
        for place, kind in ((resources, "gateway"), (mcp, "gateway"), (resources, "runtime")):
            entries = found.gateways if kind == "gateway" else found.runtimes
            for resource, one in _objects(place.get(f"{kind}s")).items():
                parts = (one.get(key) for key in (f"{kind}Id", f"{kind}Arn", f"{kind}Url", "roleArn"))
                entries.setdefault(resource, Deployed(*map(_text, parts)))
    return found


def read_env_names(root: Path, name: str, notices: list[Notice]) -> tuple[str, ...]:
    """The names of the variables in `.env.local`, in order; the values are dropped at once."""
    path = root / name
    if not path.is_file():
        return ()
    try:
        return tuple(dict.fromkeys(_ENV_LINE.findall(read_text(path, shown=name))))
    except ConnectError as error:
        notices.append(unreadable(error, name))
        return ()


def unreadable(error: ConnectError, name: str) -> Notice:
    """The notice for a side file that cannot be used."""
    return Notice("unreadable-file", error.message, error.where or name, error.hint or "correct the file")


def _object(value: object) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> dict[str, dict[str, Json]]:
    return {key: one for key, one in _object(value).items() if isinstance(one, dict)}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
