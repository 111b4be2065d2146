"""Everything that is emitted compiles without a warning, is clean and formatted, and holds nothing secret."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.checks.python_source import check_source
from agentcore_connect.knowledge import resources
from tests.artifacts.artifact_rendering import render

AUTHS = {
    "none": {"outbound_auth": "none"},
    "unsaid": {"outbound_auth": None},
    "iam": {"outbound_auth": "iam"},
    "caller-iam": {"outbound_auth": "caller-iam", "sigv4": None},
    "api-key-header": {"outbound_auth": "api-key", "api_key": {"location": "header", "prefix": "Bearer "}},
    "api-key-query": {"outbound_auth": "api-key", "api_key": {"location": "query", "parameter": "key"}},
    "client-credentials": {"outbound_auth": "oauth", "grant": "client-credentials"},
    "authorization-code": {"outbound_auth": "oauth", "grant": "authorization-code"},
    "token-exchange": {"outbound_auth": "oauth", "grant": "token-exchange"},
    "jwt-passthrough": {"outbound_auth": "jwt-passthrough"},
}
SHAPES = {
    "http": {"service": "other"},
    "openapi": {"service": "openapi", "direct_reason": "latency"},
    "stream": {"service": "other", "direct_reason": "streaming"},
    "sdk": {"service": "other", "direct_reason": "vendor-sdk"},
    "mcp": {"service": "mcp-server", "direct_reason": "blocker"},
    "aws": {"service": "aws-service", "direct_reason": "aws-sdk"},
    "lambda": {"service": "lambda"},
}
# Names and addresses as hostile as the answers let through.
HOSTILE = 'https://api.example.com/"""\\{{ x }}#'
FULL: dict[str, Any] = {
    "credential": {"name": "Weather-Key", "env": "WEATHER_KEY"},
    "oauth": {"scopes": ["a:b", "c.d"], "return_url": "https://app.example.com/back"},
    "sigv4": {"service": "execute-api", "region": "eu-west-1"},
    "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
}
INBOUNDS = ("none", "aws-iam", "custom-jwt")


def direct() -> Iterator[tuple[str, str]]:
    endpoints = {"known": "https://api.example.com/v1", "unknown": None, "hostile": HOSTILE}
    for (auth, signing), (shape, kind), (place, url) in itertools.product(
        AUTHS.items(), SHAPES.items(), endpoints.items()
    ):
        hostile = {"oauth": {"scopes": ['c"d'], "return_url": HOSTILE}} if url == HOSTILE else {}
        text = render("direct", **{**FULL, **hostile, **signing, **kind, "endpoint": url})
        yield f"direct_{shape}_{auth}_{place}.py".replace("-", "_"), text


def others() -> Iterator[tuple[str, str]]:
    for name, url in (("known", "https://agent.example.com"), ("hostile", HOSTILE)):
        yield f"invoke_runtime_{name}.py", render("invoke-agent", redirect="invoke-agent-runtime", endpoint=url)
    for inbound, region in itertools.product(INBOUNDS, (None, "eu-west-1")):
        gateway = {"inbound_auth": inbound, "region": region, "id": "demo-abcde12345", "token_provider": "gw"}
        name = f"{inbound}_{region}.py".replace("-", "_")
        yield f"invoke_gateway_{name}", render("invoke-agent", gateway, redirect="gateway-fronts-runtime")
        yield f"a2a_gateway_{name}", render("a2a-client", gateway, redirect="a2a", target_type="passthrough")
    for auth, signing in AUTHS.items():
        for name, url in (("known", "https://agent.example.com"), ("hostile", HOSTILE), ("unknown", None)):
            text = render("a2a-client", **{**FULL, **signing, "redirect": "a2a", "endpoint": url})
            yield f"a2a_{auth}_{name}.py".replace("-", "_"), text
    tools = [
        {"name": "t", "description": "d", "inputSchema": {"type": "object", "properties": {"x": {"type": "array"}}}}
    ]
    yield "lambda_weather.py", render("lambda-handler", tools=tools)
    for points, headers in itertools.product((["request"], ["response"], ["request", "response"]), (True, False)):
        gateway = {"interceptors": [{"arn": "arn:x", "points": points, "headers": headers}]}
        name = f"interceptor_{'_'.join(points)}_{headers}.py"
        yield name, render("interceptor-handler", gateway)


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every variant of every kind of Python file."""
    folder = tmp_path_factory.mktemp("emitted")
    for name, text in itertools.chain(direct(), others()):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_it_compiles_without_a_warning(emitted: Path) -> None:
    files = sorted(emitted.glob("*.py"))
    assert len(files) > 200
    assert [str(one) for file in files for one in check_source(file.read_text("utf-8"), file.name)] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--select", "E4,E7,E9,F,W,B,UP,SIM,RET,PIE,C4", "--target-version", "py311"),
        # What a hostile text needs of quotes and room is not what a formatter would choose.
        ("format", "--check", "--line-length", "120", "--target-version", "py311", "--exclude", "*hostile*"),
    ],
    ids=["lint", "format"],
)
def test_it_is_clean(emitted: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "ruff", arguments[0], "--isolated", "--no-cache", *arguments[1:], str(emitted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_says_where_it_comes_from_and_its_time_limits_are_finite(emitted: Path) -> None:
    for file in emitted.glob("*.py"):
        text = file.read_text("utf-8")
        assert "agentcore-connect" in text, file.name
        if "urlopen(" in text:
            assert "urlopen(request, timeout=TIMEOUT)" in text, file.name
        if "boto3.client(" in text:
            assert "read_timeout=" in text, file.name


def test_every_decorated_function_is_private(emitted: Path) -> None:
    for file in emitted.glob("*.py"):
        for name in re.findall(r"@requires_\w+\((?:.|\n)*?\)\n(?:async )?def (\w+)", file.read_text("utf-8")):
            assert name.startswith("_"), f"{file.name}: {name}"


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


CLIENTS = [client["id"] for client in resources.load_manifest("mcp-client-config")["clients"]]


@pytest.mark.parametrize(("client", "inbound"), list(itertools.product([*CLIENTS, None], INBOUNDS)))
def test_an_mcp_clients_settings_can_be_read_and_name_the_gateway(client: str | None, inbound: str) -> None:
    gateway = {
        "inbound_auth": inbound,
        "id": "demo-abcde12345",
        "region": "eu-west-1",
        "allowed_clients": ["my-client"],
    }
    text = render("mcp-client-config", gateway, client=client, redirect="mcp-client")
    url = "https://demo-abcde12345.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp"
    settings = [json.loads(one) for one in blocks(text, "json")] + [tomllib.loads(one) for one in blocks(text, "toml")]
    servers = [server for one in settings for table in one.values() for server in table.values()]
    screens_only = (client == "claude-desktop" and inbound != "aws-iam") or client in ("amazon-quick", "amazon-connect")
    assert bool(servers) != screens_only
    for server in servers:
        assert url in (server.get("url"), *server.get("args", []))
    if inbound == "aws-iam" and not screens_only:
        wanted = [*("--service", "bedrock-agentcore"), *("--region", "eu-west-1"), *("--profile", "default")]
        assert all(server["args"][-6:] == wanted for server in servers)
        assert "bedrock-agentcore:InvokeGateway" in text
    if inbound == "custom-jwt" and not screens_only:
        assert all("my-client" in json.dumps(server) for server in servers)
        assert "redirect URI" in text
    assert "READY" in text
    assert not re.search(r"\{\{|\{%|\$URL|\$ID|\$REGION|None", text)


def test_a_client_with_tokens_of_its_own_registers_nowhere() -> None:
    gateway = {
        "inbound_auth": "custom-jwt",
        "discovery_url": "https://shop.my.connect.aws/.well-known/openid-configuration",
    }
    text = render("mcp-client-config", gateway, client="amazon-connect", redirect="mcp-client")
    assert "redirect URI" not in text
    assert "allowed_audience" in text
    assert "redirect URI" in render("mcp-client-config", gateway, client="cursor", redirect="mcp-client")


def test_an_mcp_client_that_is_not_in_the_table_gets_all_of_them() -> None:
    text = render("mcp-client-config", {"inbound_auth": "none"}, client=None, redirect="mcp-client")
    titles = [client["title"] for client in resources.load_manifest("mcp-client-config")["clients"]]
    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")][:-1] == titles
    assert "GATEWAY_URL stands for" in text


def test_every_client_that_can_be_answered_is_in_the_table() -> None:
    question = next(one for one in resources.load("questions")["questions"] if one["id"] == "client")
    assert [choice["value"] for choice in question["choices"]] == [
        value for value in [choice["value"] for choice in question["choices"]] if value in CLIENTS
    ]


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("def f(:\n", "a.py:1", "invalid syntax"),
        ("x = 1\ny = '\\d'\n", "a.py:2", "invalid escape sequence"),
        ("x = 1\n\nx is 1\n", "a.py:3", '"is" with'),
        ("assert (1, 'x')\n", "a.py:1", "assertion is always true"),
        ("a\0b", "a.py", "null bytes"),
        ("(" * 5000, "a.py", "too"),
        ("return 1\n", "a.py:1", "'return' outside function"),
    ],
)
def test_python_that_python_would_complain_about_is_found(text: str, where: str, words: str) -> None:
    [problem] = check_source(text, "a.py")
    assert problem.where.startswith(where)
    assert words in problem.message
    assert problem.severity == "error"


def test_checking_source_does_not_run_it() -> None:
    assert check_source("raise SystemExit(3)\n", "a.py") == []
