"""Checks of the plan's Python files: compiled, imported where their packages are, requests held to the model."""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from agentcore_connect.checks.plan_check.report import Result
from agentcore_connect.checks.plan_check.written import Written
from agentcore_connect.checks.sandbox import Sandbox

_PYTHON = f"Python {platform.python_version()}"
_IMPORT = (
    "import importlib.util, sys; sys.dont_write_bytecode = True; "
    "spec = importlib.util.spec_from_file_location('checked', sys.argv[1]); "
    "module = importlib.util.module_from_spec(spec); sys.modules['checked'] = module; spec.loader.exec_module(module)"
)
_MISSING = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")


def check_python(written: Written, name: str, sandbox: Sandbox) -> Iterator[Result]:
    """A Python file: compiled with warnings as errors, then imported."""
    from agentcore_connect.checks.python_source import check_source

    text = written.text(name)
    if text is None:
        yield Result(name, "python-compile", "failed", _PYTHON, why="the file cannot be read")
        return
    problems = check_source(text, name)
    if problems:
        yield Result(name, "python-compile", "failed", _PYTHON, why="; ".join(map(str, problems)))
        return
    yield Result(name, "python-compile", "passed", _PYTHON)
    ran = sandbox.run([sys.executable, "-W", "error", "-c", _IMPORT, str(sandbox.root / "connect" / name)])
    if ran.ok:
        yield Result(name, "python-import", "passed", _PYTHON)
        return
    missing = _MISSING.search(ran.said)
    if missing:
        package = missing[1].split(".")[0]
        yield Result(
            name,
            "python-import",
            "not-run",
            _PYTHON,
            why=f"it needs the module {package}, which is not installed beside agentcore-connect",
            next="run check from the agent's own environment, or install the packages named at the top of the file",
        )
        return
    yield Result(
        name,
        "python-import",
        "failed",
        _PYTHON,
        why="importing it fails",
        command=f"python -W error {name}",
        said=ran.said[-600:],
        next="report it with this text: a file of a plan must be importable",
    )


def check_requests(written: Written, name: str, connection: Mapping[str, Any], sandbox: Sandbox) -> Iterator[Result]:
    """The requests of a boto3 script: as planned, and right by botocore's model of the service."""
    from agentcore_connect.checks.botocore_model import botocore_version, check_request
    from agentcore_connect.plan.requests import requests_for, with_samples

    version = botocore_version()
    by = f"botocore {version}"
    ran = sandbox.run([sys.executable, str(sandbox.root / "connect" / name), "--dry-run"])
    if not ran.ok:
        missing = _MISSING.search(ran.said)
        yield Result(
            name,
            "requests-as-planned",
            "not-run" if missing else "failed",
            _PYTHON,
            why=f"it needs the module {missing[1]}" if missing else "its --dry-run fails",
            command=f"python {name} --dry-run",
            said="" if missing else ran.said[-600:],
            next="pip install boto3" if missing else "",
        )
        return
    recorded = json.loads(ran.stdout)
    planned = [request.as_dict() for request in requests_for(written.fresh.context, connection)]
    if recorded != planned:
        yield Result(
            name,
            "requests-as-planned",
            "failed",
            _PYTHON,
            why=_first_difference(recorded, planned),
            command=f"python {name} --dry-run",
            next="write the plan anew, or take the change into the answers",
        )
    else:
        yield Result(name, "requests-as-planned", "passed", _PYTHON)
    if version is None:
        yield Result(
            name, "request-model", "not-run", "botocore", why="botocore is not installed here", next="pip install boto3"
        )
        return
    problems = [
        f"{one['operation']}: {problem}"
        for one in recorded
        for problem in check_request(one["operation"], with_samples(one["body"]), one["service"])
        if problem.severity == "error"
    ]
    status = "failed" if problems else "passed"
    yield Result(name, "request-model", status, by, why="; ".join(problems))  # type: ignore[arg-type]


def _first_difference(recorded: Any, planned: Any, at: str = "requests") -> str:
    """Where two bodies differ first, in words."""
    if isinstance(recorded, dict) and isinstance(planned, dict):
        for key in [*planned, *(k for k in recorded if k not in planned)]:
            if recorded.get(key) != planned.get(key):
                return _first_difference(recorded.get(key), planned.get(key), f"{at}.{key}")
    if isinstance(recorded, list) and isinstance(planned, list) and len(recorded) == len(planned):
        for number, (one, other) in enumerate(zip(recorded, planned, strict=True)):
            if one != other:
                return _first_difference(one, other, f"{at}[{number}]")
    return f"{at}: the script would send {json.dumps(recorded)[:120]}, the plan says {json.dumps(planned)[:120]}"
