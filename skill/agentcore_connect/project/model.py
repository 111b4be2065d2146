"""The contents of an AgentCore project, as records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.core.places import Place
from agentcore_connect.core.record import dataclass, field
from agentcore_connect.core.values import JsonObject
from agentcore_connect.project.source import lines_of
from agentcore_connect.project.values import Value

if TYPE_CHECKING:
    from agentcore_connect.project.code import Sources


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a file that a reader of the project should know: `code` is stable, `where` is file:line."""

    code: str
    message: str
    where: str
    hint: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """The deployed state of one resource; any part may be unknown."""

    id: str | None = None
    arn: str | None = None
    url: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Runtime:
    """One agent runtime. `env_names` are the names of its variables, never their values; `role` its role's ARN."""

    name: str
    protocol: str
    code_location: str
    entrypoint: str
    authorizer_type: str | None
    env_names: tuple[str, ...]
    at: Place
    deployed: Deployed | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Harness:
    """One harness: an agent that is configuration only."""

    name: str
    path: str
    at: Place


@dataclass(frozen=True, slots=True)
class Target:
    """One gateway target.

    `type` is the value the CLI's `--type` takes, None when unknown; `raw_type` is the word in the file.
    `outbound_auth` is in the words of the answers file, None when the file does not say.
    """

    name: str
    type: str | None
    raw_type: str | None
    endpoint: str | None
    outbound_auth: str | None
    credential: str | None
    scopes: tuple[str, ...]
    lambda_arn: str | None
    tools_file: str | None
    schema: str | None
    rest_api_id: str | None
    stage: str | None
    runtime: str | None
    raw: Mapping[str, Value] = field(repr=False)
    at: Place


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway. `inbound_auth` is in the words of the answers file; `semantic_search` is the word in the file.

    `role` is the ARN of its execution role, where the file names one.
    """

    name: str
    protocol_type: str | None
    authorizer_type: str
    inbound_auth: str | None
    discovery_url: str | None
    allowed_audience: tuple[str, ...]
    allowed_clients: tuple[str, ...]
    allowed_scopes: tuple[str, ...]
    custom_claims: bool
    semantic_search: bool
    policy_engine: str | None
    policy_mode: str | None
    targets: tuple[Target, ...]
    at: Place
    deployed: Deployed | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """One declared credential; `kind` is api-key, oauth, payment or None. Never a secret."""

    name: str
    kind: str | None
    discovery_url: str | None
    vendor: str | None
    scopes: tuple[str, ...]
    managed: bool
    usage: str | None
    at: Place


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy with its Cedar text, as far as the file holds it."""

    name: str
    statement: str
    source_file: str | None
    at: Place


@dataclass(frozen=True, slots=True)
class PolicyEngine:
    """One policy engine with its policies."""

    name: str
    policies: tuple[Policy, ...]
    at: Place


@dataclass(frozen=True, slots=True)
class AwsTarget:
    """One deployment target of `aws-targets.json`."""

    name: str
    account: str | None
    region: str | None


@dataclass(frozen=True)
class Project:
    """An AgentCore project as its files tell it. `root` is the folder that holds `agentcore/`.

    A folder without a project file is one that declares nothing: `declared` is False, and `raw` is empty.
    """

    root: Path
    config: Path
    name: str
    version: int
    runtimes: tuple[Runtime, ...]
    harnesses: tuple[Harness, ...]
    gateways: tuple[Gateway, ...]
    credentials: tuple[Credential, ...]
    policy_engines: tuple[PolicyEngine, ...]
    env_names: tuple[str, ...]
    aws_targets: tuple[AwsTarget, ...]
    notices: tuple[Notice, ...]
    raw: JsonObject = field(repr=False)
    text: str = field(repr=False)
    declared: bool = True
    deployed_policies: frozenset[str] = frozenset()
    unassigned: tuple[Target, ...] = ()

    @property
    def config_name(self) -> str:
        """The name to show for the project's file: its path from the project's root."""
        return self.config.relative_to(self.root).as_posix()

    def gateway(self, name: str | None = None) -> Gateway | None:
        """The gateway of that name; without a name, the only one there is."""
        if name is None:
            return self.gateways[0] if len(self.gateways) == 1 else None
        return next((one for one in self.gateways if one.name == name), None)

    def credential(self, name: str) -> Credential | None:
        """The declared credential of that name."""
        return next((one for one in self.credentials if one.name == name), None)

    def where(self, *at: str | int) -> str:
        """The place of a key of the project's file as `file:line`."""
        return f"{self.config_name}:{lines_of(self.text, [at])[at]}"

    @cached_property
    def sources(self) -> Sources:
        """The Python files that were read for this project."""
        from agentcore_connect.project.code import Sources

        return Sources()

    @cached_property
    def agent_runtime(self) -> Runtime | None:
        """The only runtime that is an agent, not an MCP server; None if there are several, or none."""
        agents = [one for one in self.runtimes if one.protocol != "MCP"]
        if len(agents) == 1:
            return agents[0]
        named = [one for one in agents if one.name == self.name]
        return named[0] if len(named) == 1 else None

    @cached_property
    def framework(self) -> str | None:
        """The framework of the agent's code, in the words of the answers file; read on first use, never executed."""
        from agentcore_connect.project.code import framework_of

        if not self.declared:
            return framework_of(self.root, "", "", self.sources)
        agent = self.agent_runtime
        return framework_of(self.root, agent.code_location, agent.entrypoint, self.sources) if agent else None

    @cached_property
    def language(self) -> str | None:
        """The language of the agent's code, in the words of the answers file: by its entry point, else by its files."""
        from agentcore_connect.project.code import language_of

        agent = self.agent_runtime
        return language_of(self.root, agent.code_location, agent.entrypoint) if agent else None
