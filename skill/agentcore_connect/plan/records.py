"""The render context and its parts: typed mappings that templates and operations can name.

Conditions and placeholders of the knowledge reach into them by dotted paths, Jinja by attribute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired

from agentcore_connect.advise.terms import (
    AgentHost,
    AgentKind,
    AgentState,
    Connector,
    Environment,
    Grant,
    InboundAuth,
    KeyLocation,
    Language,
    LeadsTo,
    ListingMode,
    Mechanism,
    OutboundAuth,
    Path,
    Redirect,
    TargetType,
)
from agentcore_connect.agent_code.edit import Gift
from agentcore_connect.core.record import TypedDict
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.plan.entries import RunTimeInput, Sentence


class CredentialContext(TypedDict):
    """The credential provider of a target; ``name`` and ``kind`` are None where the target needs none."""

    name: str | None
    exists: bool
    in_project: bool
    kind: str | None
    env: str


class OAuthContext(TypedDict):
    """The OAuth settings of a target."""

    vendor: str | None
    discovery_url: str | None
    client_id: str | None
    return_url: str | None
    issuer: str | None
    authorization_endpoint: str | None
    token_endpoint: str | None
    client_auth_method: str | None
    scopes: Sequence[str]
    custom_parameters: dict[str, str]


class ApiKeyContext(TypedDict):
    """The place of an API key in a request."""

    location: KeyLocation | None
    parameter: str | None
    prefix: str | None
    prefix_text: str


class SigningContext(TypedDict):
    """The service and Region that a signature is for."""

    service: str | None
    region: str | None


class ConnectionContext(TypedDict):
    """One connection: its answers, its decision, and what follows from both.

    ``run_time`` are the values that its commands ask for, ``at_run_time`` the questions left to run time. ``tools_uri``
    is where definitions are that no file here holds; ``functions`` are those that a handler can call for its tools.
    ``schema_cli`` is the document's path inside the project, ``schema_artifact`` that of a copy beside the plan,
    ``schema_file`` that of any copy.
    """

    name: str
    ident: str
    service: str | None
    endpoint: str | None
    endpoint_region: str | None
    host: str | None
    network: str | None
    user_identity: bool | None
    lambda_arn: str | None
    schema: str | JsonObject | None
    rest_api_id: str | None
    stage: str | None
    knowledge_base_id: str | None
    client: str | None
    direct_reason: str | None
    blocker: str | None
    direction: str | None
    own_agent: bool | None
    front: str | None
    listing_mode: ListingMode | None
    client_at_runtime: bool
    bucket_owner: str | None
    owner_account: str | None
    path: Path | None
    target_type: TargetType | None
    outbound_auth: OutboundAuth | None
    grant: Grant | None
    mechanism: Mechanism | None
    redirect: Redirect | None
    connector: Connector | None
    steered: bool | None
    leads_to: LeadsTo | None
    front_missing: bool | None
    forward_headers: Sequence[str]
    forward_headers_text: str
    credential: CredentialContext
    oauth: OAuthContext
    api_key: ApiKeyContext
    sigv4: SigningContext | None
    runtime: str | None
    run_time: Sequence[RunTimeInput]
    at_run_time: list[str]
    tool_filters: Sequence[JsonObject]
    several_filters: bool
    tools: Sequence[JsonObject]
    tools_uri: str | None
    functions: Mapping[str, JsonObject]
    by_hand_text: str
    tool_count: int | None
    schema_text: str | None
    schema_converted: bool
    schema_cli: str | None
    schema_artifact: str | None
    schema_file: str | None
    in_project: bool


class AgentContext(TypedDict):
    """The agent, as ``AgentFacts`` has it."""

    framework: str | None
    state: AgentState | None
    language: Language | None
    host: AgentHost | None
    kind: AgentKind
    name: str | None
    new_name: str
    only_clients: bool
    off_runtime: Mapping[str, str] | None
    entrypoint: str | None


class Interceptor(TypedDict):
    """A function that sees requests, responses or both."""

    arn: str
    points: list[str]
    headers: bool


class GatewayContext(TypedDict):
    """The gateway, from the answers and the project.

    ``inbound_stated`` is the inbound auth in the words of the answers. ``managed``: the plan changes it by the CLI's
    commands; ``cli_deploys``: `agentcore deploy` creates it. ``settings`` are what a script sets on it afterwards
    (``settings_named`` in words), ``created_with`` the same members where a template creates it with them.
    ``caller_accounts``: other accounts that may call it; ``domain``: a name of one's own in front of it; ``web_acl``:
    the ARN of the one that AWS WAF applies.
    """

    name: str
    aws_name: str
    aws_name_too_long: bool
    env: str
    env_url: str
    environment: Environment | None
    region: str | None
    id: str | None
    arn: str | None
    exists: bool
    in_project: bool
    managed: bool
    cli_deploys: bool
    inbound_auth: InboundAuth
    inbound_stated: str
    inbound_given: InboundAuth | None
    inbound_differs: bool
    authenticates_only: bool
    authorizer_type: str
    discovery_url: str | None
    private_endpoint: JsonObject | None
    allowed_audience: Sequence[str]
    allowed_clients: Sequence[str]
    allowed_scopes: Sequence[str]
    custom_claims: list[JsonObject]
    token_vendor: str | None
    client_claim: str | None
    client_claim_note: str
    provider_title: str | None
    provider_text: str | None
    provider_discovery: str | None
    provider_settings: str | None
    cognito: bool
    protocol_type: str | None
    semantic_search: bool
    token_provider: str | None
    existing_protocol: str | None
    existing_authorizer: str | None
    interceptors: list[Interceptor]
    settings: JsonObject
    settings_named: str
    created_with: JsonObject
    caller_accounts: list[str]
    domain: str | None
    web_acl: str | None
    web_acl_elsewhere: bool


class ProjectContext(TypedDict):
    """The project of the agentcore CLI."""

    name: str | None
    known: bool
    path: str | None
    account: str | None
    harness: str | None
    policy_engines: list[str]


class PlanContext(TypedDict):
    """The plan itself; ``files_dir`` is the folder of its files in the project.

    ``project_relpath``: where the project is seen from the folder that the plan is written to.
    """

    cli_version: str
    surface: str
    known_by: str
    via: str
    tool_version: str
    files_dir: str
    project_relpath: NotRequired[str | None]


class SearchContext(TypedDict):
    """Semantic search: whether it is recommended, and for how many tools."""

    recommended: bool
    total_tools: int | None


class PolicyContext(TypedDict):
    """One Cedar policy; see ``policy_text.Policy``."""

    name: str
    file: str
    statement: str
    effect: str
    tools: list[str]
    validation_mode: str
    arn_known: bool


class PoliciesContext(TypedDict):
    """The policies of a plan, and the engine that they go to."""

    mode: str
    mode_api: str
    rest: str | None
    added_claims: list[str]
    scripted: bool
    policies: list[PolicyContext]
    examples: list[dict[str, object]]
    engine: str
    engine_in_project: bool
    attached: bool
    attached_mode: str | None
    warnings: list[Sentence]


class CreatedFile(TypedDict):
    """A file that the patch creates: its name in the plan, its path in the project, and what it is rendered from."""

    artifact: str
    path: str
    template: str
    manifest: JsonObject
    connection: str | None


class AgentEditContext(TypedDict):
    """The edit of the agent's code; see ``agent_edit.agent_edit_context``.

    ``entry``: the kind of entry point that ``opens`` stands above. ``functions``: those of direct calls that the agent
    gets; ``undecided``: files whose tools a person has to write.
    """

    state: str
    reason: str | None
    shape: str | None
    parts: str | None
    created: list[CreatedFile]
    gifts: list[Gift]
    files: list[str]
    replaces: list[str]
    packages: list[str]
    conflicts: list[str]
    gives: str | None
    opens: str | None
    entry: str | None
    functions: list[str]
    undecided: list[str]
    manifest: JsonObject


class StackContext(TypedDict):
    """A CloudFormation template as data; see ``stack.stack``."""

    name: str
    description: str
    parameters: list[dict[str, Json]]
    conditions: list[dict[str, Json]]
    resources: list[dict[str, Json]]
    outputs: list[dict[str, Json]]
    inputs: list[dict[str, Json]]
    is_large: bool


class RenderContext(TypedDict):
    """Everything that a template, an operation or a manifest's condition can name.

    ``configured``: `configure.py` has something to do, and ``program`` is what, once the plan is written. ``script`` is
    what `commands.sh` is rendered from, once the steps are known.
    """

    plan: PlanContext
    project: ProjectContext
    agent: AgentContext
    gateway: GatewayContext
    connections: list[ConnectionContext]
    search: SearchContext
    policy: PoliciesContext | None
    policies: list[PolicyContext]
    agent_client: bool
    agent_edit: AgentEditContext
    stack: StackContext | None
    configured: bool
    program: NotRequired[JsonObject]
    script: NotRequired[Mapping[str, object]]
