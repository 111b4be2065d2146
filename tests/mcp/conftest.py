"""The official client, a process in the environment of requirements/skill-tests.txt, and servers for it to talk to."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.skill.conftest import ROOT, environment_python

Talk = Callable[..., dict[str, Any]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder that the server is started for; something outside of it is precious."""
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "outside.json").write_text('{"openapi": "3.0.3", "secret": "precious"}')
    return folder


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The process of the official client."""
    errors = (tmp_path_factory.mktemp("client") / "errors").open("w+")
    process = subprocess.Popen(
        [environment_python(), "-P", Path(__file__).with_name("client.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "skill")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=30)
    assert process.stdout is not None
    process.stdout.close()
    errors.seek(0)
    told = errors.read()
    errors.close()
    assert "Traceback" not in told, told[-4000:]


@pytest.fixture
def talk(client: subprocess.Popen[str], project: Path) -> Talk:
    """Has the official client make some calls: `talk(call, ..., mode=, forms=, wire=)`.

    With `wire` the server is a process of its own and every byte goes over its standard input and output.
    """

    def run(*calls: dict[str, Any], mode: str = "auto", forms: Any = None, wire: bool = False) -> dict[str, Any]:
        told = {"root": str(project), "mode": mode, "forms": forms, "calls": list(calls)}
        if wire:
            told["command"] = [str(environment_python()), "-P", "-m", "agentcore_connect", "serve"]
            told["env"] = {"PYTHONPATH": str(ROOT / "skill"), "PATH": os.environ["PATH"]}
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(json.dumps(told) + "\n")
        client.stdin.flush()
        line = client.stdout.readline()
        assert line, "the client has gone; its errors are shown at the end"
        found: dict[str, Any] = json.loads(line)
        return found

    return run


def tool(name: str, **arguments: Any) -> dict[str, Any]:
    """A call of a tool."""
    return {"tool": name, "arguments": arguments}


def data(result: dict[str, Any]) -> dict[str, Any]:
    """The structured content of a result that is no error; the text beside it says the same."""
    assert not result.get("isError"), result
    found: dict[str, Any] = result["structuredContent"]
    assert json.loads(result["content"][0]["text"]) == found
    return found


def said(result: dict[str, Any]) -> str:
    """The words of a tool's own error."""
    assert result["isError"], result
    words: str = result["content"][0]["text"]
    assert "Traceback" not in words
    return words
