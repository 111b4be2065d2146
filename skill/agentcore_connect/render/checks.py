"""The checks that are made while rendering: fast, built in, no other program. What was not run says so."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping
from typing import Any

from agentcore_connect import __version__
from agentcore_connect.plan.artifacts import Artifact

Check = Callable[[Artifact, str, Mapping[str, Any]], list[str]]


def _python(artifact: Artifact, text: str, _ctx: Mapping[str, Any]) -> list[str]:
    from agentcore_connect.checks.python_source import check_source

    return [str(problem) for problem in check_source(text, artifact.path)]


def _tool_schema(artifact: Artifact, text: str, _ctx: Mapping[str, Any]) -> list[str]:
    from agentcore_connect.checks.tool_schema import check_tools

    name = artifact.connection["name"] if artifact.connection is not None else ""
    return [str(p) for p in check_tools(json.loads(text), target_name=name) if getattr(p, "severity", "") == "error"]


def _json(_artifact: Artifact, text: str, _ctx: Mapping[str, Any]) -> list[str]:
    try:
        json.loads(text)
    except ValueError as error:
        return [str(error)]
    return []


#: The built-in checks by the names that manifests use, and who makes them.
BUILT_IN: dict[str, tuple[Check, str]] = {
    "python-compile": (_python, f"Python {platform.python_version()}"),
    "tool-schema": (_tool_schema, f"agentcore-connect {__version__}"),
    "json": (_json, f"agentcore-connect {__version__}"),
}


def check_artifact(artifact: Artifact, text: str, ctx: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run the built-in checks of a rendered file; the others are named as not run."""
    found = []
    for name in artifact.checks:
        entry = BUILT_IN.get(name)
        if entry is None:
            found.append({"check": name, "status": "not-run", "by": "agentcore-connect check"})
            continue
        problems = entry[0](artifact, text, ctx)
        result: dict[str, Any] = {"check": name, "status": "failed" if problems else "passed", "by": entry[1]}
        if problems:
            result["why"] = problems[0]
        found.append(result)
    return found
