"""The parts of a plan as plan.json has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypeAlias

from agentcore_connect.advise.terms import (
    Environment,
    Grant,
    Mechanism,
    OutboundAuth,
    Path,
    Redirect,
    TargetType,
)
from agentcore_connect.core.record import TypedDict
from agentcore_connect.core.values import Json

#: A step to a place in a file: a key, or what an entry of a list is known by (`{"name": "x"}`).
Step: TypeAlias = "str | Mapping[str, Json]"
Place: TypeAlias = tuple[Step, ...]


class Sentence(TypedDict):
    """A rule as plan.json has it: its id, its text, its sources."""

    rule: str
    text: str
    sources: list[str]


class PlannedConnection(TypedDict):
    """A connection as plan.json has it."""

    name: str
    path: Path | None
    target_type: TargetType | None
    outbound_auth: OutboundAuth | None
    grant: Grant | None
    mechanism: Mechanism | None
    redirect: Redirect | None
    steered: bool
    why: list[Sentence]
    warnings: list[Sentence]
    notes: list[Sentence]


class PlannedGateway(TypedDict, total=False):
    """The gateway as plan.json has it; what is not known or empty is left out, and all of it where none is used."""

    name: str
    aws_name: str
    inbound_auth: str
    authorizer_type: str
    environment: Environment
    region: str
    id: str
    arn: str
    discovery_url: str
    allowed_audience: Sequence[str]
    allowed_clients: Sequence[str]
    allowed_scopes: Sequence[str]
    reused: bool
    mcp_protocol: bool
    url_variable: str
    why: list[Sentence]


class Assumed(TypedDict):
    """An answer that was not given: its key, the value that was taken, and why, where that was not its default."""

    key: str
    value: Json
    why: NotRequired[str]
    sources: NotRequired[list[str]]


class CheckResult(TypedDict):
    """The result of one check of a file: passed, failed or not-run, the tool, and the reason."""

    check: str
    status: str
    by: str
    why: NotRequired[str]


class ArtifactEntry(TypedDict):
    """A file of the plan as plan.json has it."""

    path: str
    kind: str
    checks: list[CheckResult]


class InputEntry(TypedDict):
    """A value that a step asks for; see ``operation.Input``."""

    name: str
    kind: str
    prompt: str
    default: NotRequired[str]
    argv: NotRequired[list[str]]
    find: NotRequired[list[list[Step]]]


class Change(TypedDict):
    """A value that is put at a place of a JSON file."""

    at: list[Step]
    value: Json


class EditEntry(TypedDict):
    """The changes of a JSON file."""

    file: str
    changes: list[Change]


#: A file that is copied into the project; `from` is no name in Python.
FileEntry = TypedDict("FileEntry", {"from": str, "to": str})


class StepEntry(TypedDict):
    """A step as plan.json has it; see ``operation.Operation``. What is empty is left out."""

    id: str
    title: str
    kind: str
    argv: list[str]
    line: str
    artifact: str | None
    connection: str | None
    needs_aws: bool
    after_deploy: NotRequired[bool]
    directory: NotRequired[str]
    inputs: NotRequired[list[InputEntry]]
    stdin: NotRequired[str | list[str]]
    env: NotRequired[dict[str, str]]
    edit: NotRequired[EditEntry]
    patch: NotRequired[str]
    files: NotRequired[list[FileEntry]]
    text: NotRequired[str | None]
    why: NotRequired[str]
    sources: NotRequired[list[str]]


class RunTimeInput(TypedDict):
    """An answer that is left to run time: its question, its environment variable, what to ask."""

    name: str
    env: str
    secret: bool
    prompt: str


class PromisedEntry(TypedDict):
    """The value promised at a place of a file; see ``promises.Promised``. Without ``file``, the project's own."""

    file: NotRequired[str]
    at: list[Step]
    value: Json
    whole: NotRequired[bool]
    free: NotRequired[list[str]]


class PromisesEntry(TypedDict):
    """The promises of the steps: file contents, and names in the variables file."""

    entries: list[PromisedEntry]
    variables: list[str]
