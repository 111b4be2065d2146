"""Renders the TypeScript clients and runs them by Node.js, in the environment of `tools/node_env.py`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import node_env

from agentcore_connect.knowledge.resources import load_manifest, manifests
from agentcore_connect.render.environment import environment
from tests.clients.client_runs import NAME, PROVIDER, VARIABLE, Ended, gateway_context
from tests.sim.gateway import GatewaySim
from tests.sim.identity import IdentitySim
from tests.sim.signing import Keys
from tests.sim.tokens import Tokens

USES = Path(__file__).parent / "node"
FRAMEWORKS = [kind.removeprefix("typescript-") for kind in manifests() if kind.startswith("typescript-")]


def text_of(framework: str, auth: str, *, provider: str | None = None, search: int | None = None) -> str:
    """The client of one framework as a plan would write it."""
    kind = f"typescript-{framework}"
    context = {
        "plan": {"cli_version": "0.30.0", "surface": "0.30", "via": "cli", "tool_version": "0.1.0"},
        "gateway": {**gateway_context(auth, provider), "semantic_search": search is not None},
        "search": {"recommended": search is not None, "total_tools": search},
        "manifest": load_manifest(kind),
    }
    return environment().get_template(f"{kind}/gateway_client.ts.j2").render(context)


def missing() -> str | None:
    """Why nothing can be run, and what makes it so that it can; None when it can."""
    if node_env.is_current():
        return None
    return "no environment of Node.js, or an old one: make it with `python tools/node_env.py`"


def lay_out(folder: Path) -> None:
    """Make a folder one of ES modules, with the packages in it."""
    (folder / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
    (folder / "node_modules").symlink_to(node_env.modules(), target_is_directory=True)


class NodeClient:
    """A gateway, an Identity, and a folder with one client in it."""

    def __init__(self, framework: str, folder: Path) -> None:
        self.framework = framework
        self.folder = folder / "agent"
        self.home = folder / "home"
        self.folder.mkdir()
        self.home.mkdir()
        lay_out(self.folder)
        self._stack = ExitStack()

    def start(
        self,
        auth: str,
        *,
        provider: str | None = None,
        tokens: Tokens | None = None,
        keys: Keys | None = None,
        search: bool = False,
        silent: frozenset[str] = frozenset(),
        replace: Mapping[str, str] | None = None,
    ) -> Self:
        """Serve, and write the client. `replace` changes its text, to see that the change is noticed."""
        tokens, keys = tokens or Tokens(), keys or Keys()
        sim = GatewaySim(auth, tokens=tokens, keys=keys, search=search, silent=silent)
        self.gateway = self._stack.enter_context(sim)
        self.identity = self._stack.enter_context(IdentitySim(tokens, keys, providers={PROVIDER}))
        text = text_of(self.framework, auth, provider=provider, search=45 if search else None)
        for old, new in (replace or {}).items():
            assert old in text, f"the client has no {old!r} to change"
            text = text.replace(old, new)
        (self.folder / "gateway_client.ts").write_text(text, encoding="utf-8")
        return self

    def stop(self) -> None:
        """Serve no longer."""
        self._stack.close()

    def run(self, **variables: str | None) -> Ended:
        """Run the client as a program, with the variables that a plan promises; None takes one away."""
        return self._ended("gateway_client.ts", variables=variables)

    def use(self, *steps: tuple[str, str], query: str = "", **variables: str | None) -> dict[str, Any]:
        """Use the client as an agent of the framework does: find tools, then call some one after the other."""
        self._copy_uses()
        task = json.dumps({"steps": steps, "query": query})
        ended = self._ended("runner.ts", self.framework, task, variables=variables)
        assert ended.code == 0, ended.err
        answer: dict[str, Any] = json.loads(ended.lines[-1])
        return answer

    @contextmanager
    def app(self) -> Iterator[str]:
        """The URL of an agent that lists the gateway's tools, for as long as it serves."""
        self._copy_uses()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (self.home / "app.log").open("w") as log:
            program = subprocess.Popen(
                self._argv("app.ts", str(port)), cwd=self.folder, env=self._env({}), stdout=log, stderr=log
            )
            try:
                _wait_for(f"http://127.0.0.1:{port}/ping", program)
                yield f"http://127.0.0.1:{port}/invocations"
            finally:
                program.terminate()
                program.wait()

    def _copy_uses(self) -> None:
        for path in USES.glob("*.ts"):
            (self.folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")

    def _argv(self, script: str, *arguments: str) -> list[str]:
        return ["node", "--import", "tsx", script, *arguments]

    def _ended(self, script: str, *arguments: str, variables: Mapping[str, str | None]) -> Ended:
        done = subprocess.run(
            self._argv(script, *arguments),
            cwd=self.folder,
            env=self._env(variables),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def _env(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        variables: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "NODE_OPTIONS": "--throw-deprecation",
            "NO_COLOR": "1",
            "CLIENT": "./gateway_client.ts",
            **self.identity.environment(),
            f"{VARIABLE}_URL": self.gateway.url,
            **changes,
        }
        return {name: value for name, value in variables.items() if value is not None}


def _wait_for(url: str, program: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        assert program.poll() is None, "the agent ended"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the agent does not answer")


__all__ = ["NAME", "PROVIDER", "VARIABLE", "NodeClient"]
