"""Projects that situations can be in, as the CLI itself writes them (0.30.0)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_EMPTY = (
    *("runtimes", "memories", "knowledgeBases", "credentials", "evaluators", "onlineEvalConfigs"),
    *("agentCoreGateways", "policyEngines", "configBundles", "abTests", "harnesses", "datasets"),
    *("capacityProviders", "payments"),
)
_DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
_RUNTIME = {
    "name": "Worker",
    "build": "CodeZip",
    "entrypoint": "main.py",
    "codeLocation": "app/Worker/",
    "runtimeVersion": "PYTHON_3_13",
    "networkMode": "PUBLIC",
}
_TARGET = {"name": "There", "targetType": "mcpServer", "endpoint": "https://there.example.com/mcp"}
_GATEWAY = {
    "name": "TheGateway",
    "targets": [_TARGET],
    "authorizerType": "AWS_IAM",
    "protocolType": "MCP",
    "enableSemanticSearch": True,
    "exceptionLevel": "NONE",
}
_HARNESS = {"name": "Helper", "model": {"provider": "bedrock", "modelId": "m"}, "tools": [], "skills": []}


def project(name: str, **parts: Any) -> dict[str, Any]:
    """An agentcore.json with these parts."""
    head = {"name": name, "version": 1, "managedBy": "CDK", "tags": {"agentcore:created-by": "agentcore-cli"}}
    return {**head, **{key: [] for key in _EMPTY}, **parts}


PROJECTS: dict[str, dict[str, Any]] = {
    "Bare": project("Bare", runtimes=[_RUNTIME]),
    "Reused": project(
        "Reused",
        runtimes=[_RUNTIME],
        agentCoreGateways=[_GATEWAY],
        credentials=[
            {"authorizerType": "ApiKeyCredentialProvider", "name": "Mine"},
            {
                "authorizerType": "OAuthCredentialProvider",
                "name": "Client",
                "discoveryUrl": _DISCOVERY,
                "vendor": "CustomOauth2",
            },
        ],
    ),
    "Harnessed": project("Harnessed", harnesses=[{"name": "Helper", "path": "app/Helper"}]),
    "Guarded": project("Guarded", runtimes=[_RUNTIME], policyEngines=[{"name": "Guard", "policies": []}]),
}


#: What version 2 of the project file does not have.
_GONE = ("abTests", "datasets", "capacityProviders")


def version2(text: dict[str, Any]) -> dict[str, Any]:
    """A project as one of the CLI 1.x."""
    return {**{key: value for key, value in text.items() if key not in _GONE}, "version": 2}


def of_surface(name: str, surface: str) -> str:
    """The folder of a project as the CLI of a surface takes it."""
    return f"{name}2" if surface == "1.x" else name


def write(folder: Path) -> None:
    """Put every project into a folder, each under its name, and as one of version 2 beside it."""
    second = {of_surface(name, "1.x"): version2(text) for name, text in PROJECTS.items()}
    for name, text in {**PROJECTS, **second}.items():
        home = folder / name / "agentcore"
        home.mkdir(parents=True, exist_ok=True)
        (home / "agentcore.json").write_text(json.dumps(text, indent=2), encoding="utf-8")
        (home / "aws-targets.json").write_text("[]", encoding="utf-8")
        (home / ".env.local").write_text("", encoding="utf-8")
        (folder / name / "app" / "Worker").mkdir(parents=True, exist_ok=True)
    for name in ("Harnessed", of_surface("Harnessed", "1.x")):
        harness = folder / name / "app" / "Helper"
        harness.mkdir(parents=True, exist_ok=True)
        (harness / "harness.json").write_text(json.dumps(_HARNESS, indent=2), encoding="utf-8")
