"""Projects made by the real CLI, and what is added to them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real_cli import cli_folder

Agentcore = Callable[..., None]

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:forecast"
DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
TOOLS = [{"name": "get_weather", "description": "Weather", "inputSchema": {"type": "object", "properties": {}}}]
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://pets.example.com"}],
    "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "ok"}}}}},
}
TRAITS = {"aws.protocols#restJson1": {}, "aws.api#service": {"sdkId": "Tables"}}
SERVICE = {"type": "service", "operations": [{"target": "a#Op"}], "traits": TRAITS}
SMITHY = {"smithy": "2.0", "shapes": {"a#Tables": SERVICE, "a#Op": {"type": "operation"}}}


def real_cli(tmp_path_factory: pytest.TempPathFactory) -> Agentcore:
    """What runs the real CLI in a folder; it is installed first, and the test is skipped where it cannot be had."""
    folder = cli_folder()
    home = tmp_path_factory.mktemp("home")
    (home / ".agentcore").mkdir()
    (home / ".agentcore" / "update-check.json").write_text('{"lastCheck":8640000000000000,"latestVersion":"0.0.0"}')
    env = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "HOME": str(home),
        "PYENV_ROOT": os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv")),
        "LANG": "C.UTF-8",
        "AGENTCORE_TELEMETRY_DISABLED": "1",
        "AGENTCORE_DISABLE_KEYCHAIN": "1",
        "AGENTCORE_SKIP_INSTALL": "1",
        "NO_COLOR": "1",
    }

    def run(cwd: Path, *words: str) -> None:
        done = subprocess.run(
            ["agentcore", *words, "--json"], cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    return run


def add_gateways(run: Agentcore, root: Path, agent: tuple[str, ...]) -> None:
    """Two gateways, a target, and an agent made after them, which gets client code for both."""
    run(root, "add", "gateway", "--name", "iam-gw", "--authorizer-type", "AWS_IAM", "--protocol-type", "MCP")
    jwt = ("--authorizer-type", "CUSTOM_JWT", "--discovery-url", DISCOVERY, "--allowed-clients", "abc")
    run(root, "add", "gateway", "--name", "jwt-gw", *jwt, "--client-id", "abc", "--client-secret", "not-a-real-one")
    target = ("add", "gateway-target", "--gateway", "iam-gw")
    run(root, *target, "--name", "Plain", "--type", "mcp-server", "--endpoint", "https://mcp.example.com/mcp")
    run(root, "add", "agent", "--name", "After", *agent, "--language", "Python", "--memory", "none")


def add_targets(run: Agentcore, root: Path) -> None:
    """A target of every type that needs no deploy, credentials and a policy."""
    (root / "specs").mkdir()
    (root / "specs" / "pets.json").write_text(json.dumps(SPEC))
    (root / "specs" / "model.json").write_text(json.dumps(SMITHY))
    (root / "tools.json").write_text(json.dumps(TOOLS))
    run(root, "add", "credential", "--name", "PetsKey", "--api-key", "not-a-real-one")
    oauth = ("--discovery-url", DISCOVERY, "--client-id", "abc", "--client-secret", "not-a-real-one")
    run(root, "add", "credential", "--name", "WeatherOAuth", "--type", "oauth", *oauth)
    target = ("add", "gateway-target", "--gateway", "iam-gw")
    signed = ("--outbound-auth", "oauth", "--credential-name", "WeatherOAuth")
    run(root, *target, "--name", "Weather", "--type", "mcp-server", "--endpoint", "https://w.example.com/mcp", *signed)
    function = ("--lambda-arn", LAMBDA, "--tool-schema-file", "tools.json")
    run(root, *target, "--name", "Forecast", "--type", "lambda-function-arn", *function)
    key = ("--outbound-auth", "api-key", "--credential-name", "PetsKey")
    run(root, *target, "--name", "Pets", "--type", "open-api-schema", "--schema", "specs/pets.json", *key)
    run(root, *target, "--name", "Rest", "--type", "api-gateway", "--rest-api-id", "abc123", "--stage", "prod")
    run(root, *target, "--name", "Tables", "--type", "smithy-model", "--schema", "specs/model.json")
    other = ("add", "gateway-target", "--gateway", "jwt-gw")
    run(root, *other, "--name", "Search", "--type", "connector", "--connector", "web-search")
    run(root, *other, "--name", "Front", "--type", "http-runtime", "--runtime", "Base")
    pass_through = ("--passthrough-endpoint", "https://agent.example.com", "--outbound-auth", "jwt-passthrough")
    run(root, *other, "--name", "Through", "--type", "passthrough", *pass_through)
    engine = ("add", "policy-engine", "--name", "Guard", "--attach-to-gateways", "iam-gw")
    run(root, *engine, "--attach-mode", "LOG_ONLY")
    statement = (
        'permit(principal is AgentCore::IamEntity, action == AgentCore::Action::"Forecast___get_weather", resource == '
        'AgentCore::Gateway::"arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/demo-iam-gw-abcde12345");'
    )
    run(root, "add", "policy", "--name", "forecast", "--engine", "Guard", "--statement", statement)
