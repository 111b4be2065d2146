"""A project with one agent, its plan as it would be written, and the patch applied by the real tools."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import Gathered, gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.render.plan_files import render_plan
from agentcore_connect.text.document import parse

CODE = "app/Shop"
_GATEWAYS = {
    "none": "inbound_auth: none, environment: development",
    "aws-iam": "inbound_auth: aws-iam",
    "custom-jwt": "inbound_auth: custom-jwt, discovery_url: 'https://idp.example.com/.well-known/openid-configuration', "
    "allowed_audience: [shop-api], allowed_clients: [shop], allowed_scopes: [shop/read]",
}


def project(root: Path, files: dict[str, str | bytes], *, entrypoint: str = "main.py") -> Path:
    """A project of the CLI's shape whose one agent has these files; names are from the folder of its code."""
    (root / "agentcore").mkdir(parents=True)
    runtime = {"name": "Shop", "entrypoint": entrypoint, "codeLocation": f"{CODE}/", "protocol": "HTTP"}
    told = {"name": "Shop", "version": 1, "runtimes": [runtime], "agentCoreGateways": [], "credentials": []}
    (root / "agentcore/agentcore.json").write_text(json.dumps(told), encoding="utf-8")
    for name, text in files.items():
        path = root / CODE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


#: Connections of path D: one that an agent gets as a function, and one whose tool a person writes.
ORDERS = (
    "\n  - {name: Orders, service: other, endpoint: 'https://orders.example.com', direct_reason: latency, "
    "service_auth: api-key}"
)
FEED = (
    "\n  - {name: Feed, service: other, endpoint: 'https://feed.example.com', direct_reason: streaming, "
    "service_auth: none}"
)
WEATHER = "\n  - {name: Weather, service: mcp-server, service_auth: none, endpoint: 'https://mcp.example.com/mcp'}"


def gathered(
    root: Path, framework: str, auth: str = "aws-iam", connections: str = WEATHER, gateway: str = "MyGateway"
) -> Gathered:
    """The answers for connections of the agent, with what the project tells."""
    answers = (
        f"version: 1\nproject: {root}\nagent: {{framework: {framework}, state: existing}}\n"
        f"gateway: {{name: {gateway}, {_GATEWAYS[auth]}, region: us-east-1}}\n"
        f"connections:{connections}\n"
    )
    return gather(load.checked(parse(answers, str(root / "answers.yaml"))))


def planned(
    root: Path, framework: str, auth: str = "aws-iam", connections: str = WEATHER, gateway: str = "MyGateway"
) -> tuple[Plan, dict[str, str]]:
    """The plan and the texts of its files."""
    known = gathered(root, framework, auth, connections, gateway)
    plan, files = render_plan(build(known), known, root / "connect")
    return plan, {name: text for name, (text, _) in files.items()}


def apply(patch: str, root: Path, by: str = "git") -> None:
    """Apply a patch from the project's root with git or with patch, to the letter."""
    argv = {
        "git": ["git", "-c", "core.autocrlf=false", "apply", "-"],
        "patch": ["patch", "-p1", "--binary", "--batch", "--fuzz=0", "--forward"],
    }[by]
    done = subprocess.run(argv, cwd=root, input=patch.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert shutil.which(by)
