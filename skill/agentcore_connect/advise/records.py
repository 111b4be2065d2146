"""Records of the facts and the decision of a connection: the variables that conditions can name.

A field that an answer fills has the name of its question; it is None where nothing is known. The types are those that
the gate of the answers checks; `tools/check_knowledge.py` holds each field to its question.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath

from agentcore_connect.advise.terms import (
    AgentHost,
    AgentKind,
    AgentState,
    CanFront,
    ClientAuthMethod,
    Connector,
    Direction,
    DirectReason,
    Duration,
    Environment,
    ExceptionLevel,
    Front,
    Grant,
    Host,
    InboundAuth,
    KeyLocation,
    Language,
    LeadsTo,
    ListingMode,
    Mechanism,
    Needs,
    Network,
    OutboundAuth,
    Path,
    Prefer,
    Redirect,
    Service,
    ServiceAuth,
    TargetType,
    Trigger,
    WafFailureMode,
)
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject


class AgentFacts(NamedTuple):
    """The agent: framework, language, state and host.

    ``name`` is the one that the project has, ``new_name`` one for an agent to be made; ``only_clients`` where MCP
    clients use the gateway and no agent is named; ``off_runtime`` words for a host that is not AgentCore Runtime.
    """

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


class GatewayFacts(NamedTuple):
    """The gateway, from the answers and the project.

    ``wants`` is what the services behind it demand of it; ``inbound_given`` the answer, where the project's own gateway
    has another authorizer (``inbound_differs``); ``authenticates_only`` where the gateway checks signatures and decides
    nothing; ``web_acl_elsewhere`` where the web ACL is in another Region; ``client_claim`` the claim that names the
    client in the tokens of ``token_vendor``; ``provider_*`` words about the identity provider that was named.
    """

    name: str
    environment: Environment | None
    inbound_auth: InboundAuth | None
    identity_provider: str | None
    discovery_url: str | None
    private_endpoint: JsonObject | None
    allowed_clients: Sequence[str] | None
    allowed_audience: Sequence[str] | None
    allowed_scopes: Sequence[str] | None
    custom_claims: Sequence[JsonObject] | None
    exists: bool | None
    id: str | None
    arn: str | None
    region: str | None
    description: str | None
    instructions: str | None
    streaming: bool | None
    session_timeout: int | None
    protocol_versions: Sequence[str] | None
    caller_accounts: Sequence[str] | None
    domain: str | None
    alternate_domains: Sequence[str] | None
    web_acl: str | None
    waf_failure_mode: WafFailureMode | None
    exception_level: ExceptionLevel | None
    kms_key: str | None
    interceptors: Sequence[JsonObject] | None
    wants: Sequence[str]
    in_project: bool
    existing_protocol: str | None
    existing_authorizer: str | None
    inbound_given: InboundAuth | None
    inbound_differs: bool
    authenticates_only: bool
    web_acl_elsewhere: bool
    token_vendor: str | None
    client_claim: str | None
    client_claim_note: str
    provider_title: str | None
    provider_text: str | None
    provider_discovery: str | None
    provider_settings: str | None
    cognito: bool
    restricted_otherwise: bool
    env_url: str


class OAuth(NamedTuple):
    """The OAuth settings.

    ``own_endpoints``, ``own_exchange``: the API has the vendor's endpoints or token exchange built in.
    """

    vendor: str | None
    discovery_url: str | None
    token_endpoint: str | None
    issuer: str | None
    authorization_endpoint: str | None
    client_auth_method: ClientAuthMethod | None
    custom_parameters: Sequence[str] | None
    client_id: str | None
    scopes: Sequence[str] | None
    return_url: str | None
    own_endpoints: bool
    own_exchange: bool


class ApiKey(NamedTuple):
    """The place of an API key in a request."""

    parameter: str | None
    location: KeyLocation | None
    prefix: str | None


class Signing(NamedTuple):
    """The service and Region of a SigV4 signature."""

    service: str | None
    region: str | None


class RuntimeAnswers(NamedTuple):
    """A runtime identified by its ARN instead of an address."""

    arn: str | None
    qualifier: str | None


class Credential(NamedTuple):
    """The credential provider of a connection. ``named``: by the answers; ``in_project``: the project declares it."""

    name: str
    exists: bool | None
    named: bool
    in_project: bool
    kind_in_project: str | None


_NOTHING: JsonObject = {}


class Read(NamedTuple):
    """The facts read from the address and the files of one connection.

    ``answers`` stand for those that were not given; ``told`` says why, by key. ``faults`` are what is wrong with the
    files, in words. ``functions`` are those behind the tools, by the tool's name. ``at_host`` is what is known of the
    service at the address, ``together`` the sign-ins that its document demands at once.
    """

    answers: JsonObject = _NOTHING
    faults: Sequence[str] = ()
    told: Mapping[str, JsonObject] | None = None
    at_host: JsonObject | None = None
    together: Sequence[str] | None = None
    tools: Sequence[JsonObject] | None = None
    tools_path: FilePath | None = None
    tool_names: Sequence[str] = ()
    functions: Mapping[str, JsonObject] | None = None
    schema_path: FilePath | None = None
    schema_text: str | None = None
    schema_in_project: str | None = None
    schema_converted: bool = False


class Facts(NamedTuple):
    """All facts of one connection before the decision.

    ``address`` is an address that only its own client speaks; ``given`` the connection's answers as given; ``tools``
    the definitions, where a file holds them, else where they are; ``aws_model`` has the ``path`` of the AWS service's
    Smithy model, or the protocol for which it is ``refused``; ``by_api`` says why the plan goes by the API unasked.
    ``asking``: an interview is under way, and what it has yet to ask is open.
    """

    name: str
    direction: Direction | None
    service: Service | None
    front: Front | None
    direct_reason: DirectReason | None
    blocker: str | None
    prefer: Prefer | None
    can_front: CanFront | None
    endpoint: str | None
    host: Host | None
    duration: Duration | None
    trigger: Trigger | None
    own_agent: bool | None
    client: str | None
    network: Network | None
    user_identity: bool | None
    listing_mode: ListingMode | None
    forward_headers: Sequence[str]
    service_auth: ServiceAuth | None
    lambda_arn: str | None
    tools: Sequence[JsonObject] | str | None
    schema: str | JsonObject | None
    bucket_owner: str | None
    aws_service: str | None
    aws_model: JsonObject | None
    owner_account: str | None
    api_domain: str | None
    rest_api_id: str | None
    stage: str | None
    stage_variables: bool | None
    tool_filters: Sequence[JsonObject] | None
    knowledge_base_id: str | None
    tool_count: int | None
    oauth: OAuth
    runtime: RuntimeAnswers
    sigv4: Signing
    api_key: ApiKey
    credential: Credential
    address: str | None
    refused_headers: Sequence[str]
    project_runtime: str | None
    agent: AgentFacts
    gateway: GatewayFacts
    policy: JsonObject | None
    inbound: InboundAuth | None
    environment: Environment | None
    inbound_differs: bool
    surface: str
    via: str
    by_api: str | None
    asking: bool
    given: JsonObject
    faults: Sequence[str]
    told: Mapping[str, JsonObject] | None
    at_host: JsonObject | None
    together: Sequence[str] | None


class Decision(NamedTuple):
    """The decision for one connection, complete or partial.

    ``steered``: away from what was answered; ``front_missing``: what stands in front of the service has to be made;
    ``needs``: what must be there for the sign-in.
    """

    path: Path | None = None
    target_type: TargetType | None = None
    redirect: Redirect | None = None
    leads_to: LeadsTo | None = None
    outbound_auth: OutboundAuth | None = None
    grant: Grant | None = None
    mechanism: Mechanism | None = None
    steered: bool | None = None
    front_missing: bool | None = None
    connector: Connector | None = None
    needs: Needs | None = None
