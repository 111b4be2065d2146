"""Finds the AgentCore CLI on the PATH and its version, without running it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from agentcore_connect.clispec.choose import choose
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.knowledge import resources


class Installed(NamedTuple):
    """The program that `agentcore` starts, and the version of the npm package it belongs to; None for another kind."""

    path: Path
    version: str | None


def on_path(name: str, path: str | None = None) -> list[Path]:
    """Every executable of that name on the PATH, in the order in which a shell finds them."""
    folders = (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep)
    found = (Path(folder or ".").absolute() / name for folder in dict.fromkeys(folders))
    return [one for one in found if one.is_file() and os.access(one, os.X_OK)]


def npm_version(path: Path) -> str | None:
    """The version in the package.json of the npm package that a command belongs to."""
    for folder in path.resolve().parents:
        with suppress(OSError, ValueError, AttributeError):
            about = json.loads((folder / "package.json").read_text("utf-8"))
            if about.get("name") == resources.load("cli-versions")["package"]:
                return str(about.get("version"))
    return None


def installed() -> list[Installed]:
    """Every `agentcore` on the PATH; the first one is what a shell starts."""
    return [Installed(one, npm_version(one)) for one in on_path("agentcore")]


def in_use() -> str | None:
    """The version of the CLI that a shell starts; None where there is none, or a program of another kind."""
    return next((one.version for one in installed()), None)


def differs(version: str, recorded: str | None) -> str | None:
    """Say what an installed CLI means for plans that are for another version, or for none yet.

    In: the installed version, and the one that the answers record. Out: a sentence; None where both are of one surface.
    """
    try:
        here = choose(version, None)
        there = choose(recorded, None) if recorded is not None else here
    except ConnectError as error:
        return f"{error.message}. {error.hint}" if error.hint else error.message
    if here.id == there.id:
        return None
    return (
        f"AgentCore CLI {version} is installed, and the answers are for {recorded}, whose commands differ. "
        f"Plan with `--cli-version {version}`, or run the plan with `{there.npx}`."
    )
