"""`tools URL`: a live MCP server is asked for all its tools, with a token that is never shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from agentcore_connect.__main__ import main
from tests.sim.gateway import GatewaySim


@pytest.fixture(params=["none", "custom-jwt"])
def server(request: pytest.FixtureRequest) -> Iterator[GatewaySim]:
    with GatewaySim(request.param) as served:
        yield served


def test_every_page_becomes_tools(
    server: GatewaySim, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SERVER_TOKEN", server.tokens.issue())
    given = ["--bearer-env", "SERVER_TOKEN"] if server.auth == "custom-jwt" else []
    assert main(["tools", server.url, *given]) == 0
    told = capsys.readouterr()
    assert [one["name"] for one in json.loads(told.out)] == server.names
    assert os.environ["SERVER_TOKEN"] not in told.out + told.err
    assert server.calls == []


@pytest.mark.parametrize(
    ("token", "words"), [(None, "--bearer-env NAME"), ("wrong-0815", "does not accept this token"), ("", "is not set")]
)
def test_a_server_that_wants_a_token_is_told(
    token: str | None, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with GatewaySim("custom-jwt") as served:
        monkeypatch.setenv("SERVER_TOKEN", token or "")
        assert main(["tools", served.url, *([] if token is None else ["--bearer-env", "SERVER_TOKEN"])]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "0815" not in said


@pytest.mark.parametrize(
    ("url", "words"), [("http://mcp.example.com/mcp", "not an https address"), ("http://127.0.0.1:9/mcp", "refused")]
)
def test_an_address_that_cannot_be_asked_is_told(url: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", url]) == 2
    assert words in capsys.readouterr().err


def test_a_server_without_tools_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with GatewaySim("none", tools=0) as served:
        assert main(["tools", served.url]) == 2
    assert "lists no tools" in capsys.readouterr().err
