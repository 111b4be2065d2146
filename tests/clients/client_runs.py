"""Renders the gateway clients and runs them, each in the environment of its framework, against the stand-ins."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import client_envs

from agentcore_connect.knowledge.resources import load_manifest
from agentcore_connect.render.environment import environment
from tests.sim.gateway import GatewaySim
from tests.sim.identity import IdentitySim
from tests.sim.signing import Keys
from tests.sim.tokens import Tokens

ROOT = Path(__file__).resolve().parents[2]


NAME = "MyGateway"
VARIABLE = "AGENTCORE_GATEWAY_MYGATEWAY"
PROVIDER = "MyGateway-oauth"
RENDERERS = ROOT / "renderers"
USES = Path(__file__).parent / "uses"
# Every warning is an error, but for those that a library raises about its own code, whoever imports or calls it.
WARNINGS = "error,ignore::DeprecationWarning:bedrock_agentcore.runtime.context"
LIBRARY_WARNINGS = {
    "openai-agents-mcp1": f"{WARNINGS},ignore:Use `streamable_http_client` instead:DeprecationWarning",
    "crewai": "error:::__main__,error:::gateway_client",  # importing it raises several of its own
}


def frameworks() -> list[str]:
    """Every framework that has a client."""
    return sorted(folder.name.removeprefix("client-") for folder in RENDERERS.glob("client-*"))


def environments() -> list[str]:
    """Every environment in which a client is tested; some frameworks have one for each line of the mcp package."""
    return client_envs.names()


def framework_of(name: str) -> str:
    """The framework that an environment holds."""
    return name.removesuffix("-mcp1")


def is_first(environment: str) -> bool:
    """True for the frameworks with which code that all clients share is tested."""
    return framework_of(environment) in {"mcp", "strands", "langgraph"}


def missing(environment: str) -> str | None:
    """Why an environment cannot be used, and what makes it; None when it can."""
    if client_envs.is_current(environment):
        return None
    return f"no environment {environment}, or an old one: make it with `python tools/client_envs.py {environment}`"


def text_of(
    framework: str, auth: str, *, provider: str | None = None, search: int | None = None, **gateway: Any
) -> str:
    """The client of one framework as a plan would write it. This is the one place that knows how rendering is done."""
    context = {
        "plan": {"cli_version": "0.30.0", "surface": "0.30", "via": "cli", "tool_version": "0.1.0"},
        "project": {"name": "Shop", "known": True, "path": "."},
        "agent": {"framework": framework, "state": "existing", "kind": "runtime", "name": "shop"},
        "gateway": {**gateway_context(auth, provider), "semantic_search": search is not None, **gateway},
        "connections": [],
        "search": {"recommended": search is not None, "total_tools": search},
        "manifest": load_manifest(f"client-{framework}"),
    }
    return environment().get_template(f"client-{framework}/gateway_client.py.j2").render(context)


def gateway_context(auth: str, provider: str | None) -> dict[str, Any]:
    return {
        "name": NAME,
        "aws_name": f"Shop-{NAME}",
        "cli_deploys": True,
        "env": NAME.upper().replace("-", "_"),
        "inbound_auth": auth,
        "authorizer_type": auth.upper().replace("-", "_"),
        "discovery_url": None,
        "allowed_audience": ["shop-api"] if auth == "custom-jwt" else [],
        "allowed_clients": [],
        "allowed_scopes": ["shop/read"] if auth == "custom-jwt" else [],
        "environment": "production",
        "region": None,
        "id": None,
        "arn": None,
        "exists": False,
        "in_project": True,
        "protocol_type": "MCP",
        "token_provider": provider,
    }


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Standard output, line by line."""
        return self.out.splitlines()

    def failed_plainly(self) -> str:
        """What it said, once it is sure that it failed with words for a person."""
        assert self.code == 1, self.err
        assert self.out == ""
        assert "Traceback" not in self.err
        assert f"No tools from gateway {NAME}" in self.err
        return self.err


class Client:
    """A gateway, an Identity, and a folder with one client in it that is run in the environment of its framework."""

    def __init__(self, environment: str, folder: Path) -> None:
        self.environment = environment
        self.framework = framework_of(environment)
        self.folder = folder / "agent"
        self.home = folder / "home"  # libraries leave things there
        self.folder.mkdir()
        self.home.mkdir()
        self._stack = ExitStack()

    def start(
        self,
        auth: str,
        *,
        provider: str | None = PROVIDER,
        tokens: Tokens | None = None,
        keys: Keys | None = None,
        search: bool = False,
        silent: frozenset[str] = frozenset(),
        replace: Mapping[str, str] | None = None,
    ) -> Self:
        """Serve, and write the client. `replace` changes its text, to see that the change is noticed."""
        tokens, keys = tokens or Tokens(), keys or Keys()
        self.gateway = self._stack.enter_context(
            GatewaySim(auth, tokens=tokens, keys=keys, search=search, silent=silent)
        )
        self.identity = self._stack.enter_context(IdentitySim(tokens, keys, providers={PROVIDER}))
        provider = provider if auth == "custom-jwt" else None
        text = text_of(self.framework, auth, provider=provider, search=45 if search else None)
        for old, new in (replace or {}).items():
            assert old in text, f"the client has no {old!r} to change"
            text = text.replace(old, new)
        (self.folder / "gateway_client.py").write_text(text, encoding="utf-8")
        return self

    def stop(self) -> None:
        """Serve no longer."""
        self._stack.close()

    def run(self, *arguments: str, **variables: str | None) -> Ended:
        """Run the client as a program, with the variables that a plan promises; None takes one away."""
        return self._run([str(self.folder / "gateway_client.py"), *arguments], variables)

    def use(self, *steps: tuple[str, str], query: str = "", limit: float = 60.0) -> dict[str, Any]:
        """Use the client as an agent of the framework does: find tools, then call some one after the other."""
        task = json.dumps({"steps": steps, "query": query, "limit": limit})
        ended = self._run([str(USES / "runner.py"), self.framework, task], {})
        assert ended.code == 0, ended.err
        answer: dict[str, Any] = json.loads(ended.lines[-1])
        return answer

    def python(self, code: str) -> Ended:
        """Run some code where the client can be imported."""
        return self._run(["-c", code], {})

    def _run(self, arguments: list[str], changes: Mapping[str, str | None]) -> Ended:
        variables: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": str(self.folder),
            "PYTHONWARNINGS": LIBRARY_WARNINGS.get(self.environment, WARNINGS),
            "NO_COLOR": "1",
            **QUIET,
            **self.identity.environment(),
            f"{VARIABLE}_URL": self.gateway.url,
            **changes,
        }
        ended = subprocess.run(
            [str(client_envs.python_of(self.environment)), *arguments],
            cwd=self.folder,
            env={name: value for name, value in variables.items() if value is not None},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)


# Frameworks that would otherwise look for the internet.
QUIET = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    "OTEL_SDK_DISABLED": "true",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
}
