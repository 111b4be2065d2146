"""The model of the commands does what the handlers' own tests in the CLI's source describe (in our words)."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from agentcore_connect.knowledge.resources import load
from tests.cli_1x.files import DISCOVERY
from tests.cli_1x.model.others import HARNESS_MODEL, TEMPLATES
from tests.cli_1x.model.run import COMMANDS, Outcome, run
from tests.cli_1x.model.state import State

ENDPOINT = "https://mcp.example.com"
FORBID = "forbid (principal, action, resource);"
LATER = "suppressOutput (principal, action, resource) when { context.output.done };"
ROLE = "arn:aws:iam::123456789012:role/GatewayRole"
SECRET = '{"secretId":"arn:aws:secretsmanager:us-east-1:123456789012:secret:x","jsonKey":"k"}'
JWT = json.dumps({"customJwtAuthorizer": {"discoveryUrl": DISCOVERY, "allowedAudience": ["agentcore"]}})


def made(
    *lines: str, state: State | None = None, stdin: str | None = None, files: dict[str, str] | None = None
) -> State:
    """The project after these lines, each of which must be taken."""
    now = state if state is not None else State({"name": "TestProject", "version": 2})
    for line in lines:
        outcome = one(line, now, stdin=stdin, files=files)
        assert not outcome.refused, f"{line}: {outcome.refused}"
        now = outcome.state
    return now


def one(line: str, state: State, **more: Any) -> Outcome:
    return run(shlex.split(line), state, **more)


def spec(state: State) -> dict[str, Any]:
    assert state.config is not None
    return state.config


def gateway(state: State, index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = spec(state)["agentCoreGateways"][index]
    return found


def with_credentials() -> State:
    return made(
        f"add credentials oauth --name oauth --discovery-url {DISCOVERY} --client-secret -",
        "add credentials api-key --name api-key --api-key -",
        "add gateway --name tools",
        stdin="s",
    )


# gateways


def test_a_plain_gateway_takes_any_target_and_has_no_search() -> None:
    assert gateway(made("add gateway --name tools")) == {
        "name": "tools",
        "protocolType": "None",
        "targets": [],
        "authorizerType": "NONE",
        "enableSemanticSearch": False,
        "exceptionLevel": "NONE",
    }


def test_every_option_of_a_gateway_reaches_the_file() -> None:
    state = made(
        "add policy-engine --name Guardrails",
        f"add gateway --name tools --protocol-type MCP --enable-semantic-search --role-arn {ROLE} --description Tools "
        "--policy-engine-name Guardrails --policy-engine-mode enforce --exception-level debug --tags team=agents a=b",
    )
    assert gateway(state) == {
        "name": "tools",
        "protocolType": "MCP",
        "description": "Tools",
        "targets": [],
        "authorizerType": "NONE",
        "enableSemanticSearch": True,
        "exceptionLevel": "DEBUG",
        "executionRoleArn": ROLE,
        "policyEngineConfiguration": {"policyEngineName": "Guardrails", "mode": "ENFORCE"},
        "tags": {"team": "agents", "a": "b"},
    }


def test_the_authorizer_comes_from_standard_input_as_it_stands_in_the_file() -> None:
    line = "add gateway --name secure --authorizer-type CUSTOM_JWT --authorizer-configuration -"
    assert gateway(made(line, stdin=JWT))["authorizerConfiguration"] == json.loads(JWT)


def test_log_only_and_tags_as_json() -> None:
    state = made(
        "add policy-engine --name Guardrails",
        'add gateway --name tools --policy-engine-name Guardrails --policy-engine-mode log-only --tags \'{"team":"x"}\'',
    )
    assert gateway(state)["policyEngineConfiguration"] == {"policyEngineName": "Guardrails", "mode": "LOG_ONLY"}
    assert gateway(state)["tags"] == {"team": "x"}


# targets


def test_endpoint_and_runtime_targets() -> None:
    state = made(
        "add runtime --name agent",
        "add gateway --name tools",
        f"add gateway-target --gateway tools --name external --endpoint {ENDPOINT} --outbound-auth none",
        "add gateway-target --gateway tools --name runtime --runtime agent --runtime-endpoint DEFAULT",
    )
    assert gateway(state)["targets"] == [
        {"name": "external", "targetType": "mcpServer", "endpoint": ENDPOINT, "outboundAuth": {"type": "NONE"}},
        {
            "name": "runtime",
            "targetType": "httpRuntime",
            "httpRuntime": {"runtime": "agent", "runtimeEndpoint": "DEFAULT"},
        },
    ]


def test_whole_targets_are_kept_as_they_are() -> None:
    targets = [
        {
            "name": "search",
            "targetType": "lambdaFunctionArn",
            "lambdaFunctionArn": {
                "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:search",
                "toolSchemaFile": "schemas/tools.json",
            },
        },
        {
            "name": "keyed",
            "targetType": "openApiSchema",
            "schemaSource": {"inline": {"path": "openapi.json"}},
            "outboundAuth": {"type": "API_KEY", "credentialName": "api-key"},
        },
    ]
    state = with_credentials()
    for target in targets:
        argv = ["add", "gateway-target", "--gateway", "tools", "--target-configuration", json.dumps(target)]
        outcome = run(argv, state)
        assert not outcome.refused
        state = outcome.state
    assert gateway(state)["targets"] == targets


def test_a_target_from_a_file_and_one_with_scopes() -> None:
    target = {"name": "source", "targetType": "mcpServer", "endpoint": "https://source.example.com"}
    state = made(
        "add gateway-target --gateway tools --target-configuration file:///tmp/target.json",
        f"add gateway-target --gateway tools --name signed --endpoint {ENDPOINT} --outbound-auth oauth "
        "--credential-name oauth --scope read write",
        state=with_credentials(),
        files={"/tmp/target.json": json.dumps(target)},
    )
    assert gateway(state)["targets"][0] == target
    assert gateway(state)["targets"][1]["outboundAuth"] == {
        "type": "OAUTH",
        "credentialName": "oauth",
        "scopes": ["read", "write"],
    }


def test_connectors() -> None:
    state = made(
        "add gateway --name tools",
        "add gateway-connector --gateway tools --name web --connector web-search",
        "add gateway-connector --gateway tools --name books --connector bedrock-knowledge-bases --knowledge-base ABCDEFGHIJ",
    )
    assert gateway(state)["targets"] == [
        {
            "name": "web",
            "targetType": "connector",
            "connectorId": "web-search",
            "configurations": [{"name": "WebSearch", "parameterValues": {"maxResults": 10}}],
        },
        {
            "name": "books",
            "targetType": "connector",
            "connectorId": "bedrock-knowledge-bases",
            "configurations": [{"name": "Retrieve", "parameterValues": {"knowledgeBaseId": "ABCDEFGHIJ"}}],
        },
    ]


# engines and policies


def test_an_engine_enforces_unless_it_is_told_otherwise() -> None:
    lines = ("add gateway --name tools", "add policy-engine --name G --attach-to-gateways tools")
    assert gateway(made(*lines))["policyEngineConfiguration"]["mode"] == "ENFORCE"
    assert (
        gateway(made(lines[0], f"{lines[1]} --attach-mode log-only"))["policyEngineConfiguration"]["mode"] == "LOG_ONLY"
    )


def test_a_policy_with_and_without_its_options() -> None:
    state = made(
        "add policy-engine --name G --description Cedar --tags team=agents",
        f"add policy --engine G --name DenyAll --statement '{FORBID}'",
        "add policy --engine G --name Later --statement - --validation-mode ignore-all-findings --enforcement-mode log-only",
        "add policy --engine G --name FromFile --statement file:///tmp/deny.cedar --authorization-phase return-output",
        stdin=LATER,
        files={"/tmp/deny.cedar": FORBID},
    )
    (engine,) = spec(state)["policyEngines"]
    assert engine["tags"] == {"team": "agents"}
    plain, later, filed = engine["policies"]
    assert plain == {
        "name": "DenyAll",
        "statement": FORBID,
        "validationMode": "FAIL_ON_ANY_FINDINGS",
        "enforcementMode": "ACTIVE",
        "authorizationPhase": "INITIATE",
    }
    assert (later["validationMode"], later["enforcementMode"]) == ("IGNORE_ALL_FINDINGS", "LOG_ONLY")
    assert later["authorizationPhase"] == filed["authorizationPhase"] == "RETURN_OUTPUT"
    assert filed["sourceFile"] == "/tmp/deny.cedar"


# credentials


def test_an_api_key_goes_to_the_variables_file_and_nowhere_else() -> None:
    state = made("add credentials api-key --name svc-key --api-key -", stdin="sekret\n")
    assert spec(state)["credentials"] == [{"authorizerType": "ApiKeyCredentialProvider", "name": "svc-key"}]
    assert state.env == {"AGENTCORE_CREDENTIAL_SVC_KEY": "sekret"}


def test_a_secret_that_was_there_is_kept() -> None:
    state = State({"name": "TestProject", "version": 2}, env={"AGENTCORE_CREDENTIAL_SVC_KEY": "mine"})
    assert made("add credentials api-key --name svc-key --api-key -", state=state, stdin="new").env == state.env


def test_clients_guided_of_a_vendor_and_with_a_secret_kept_elsewhere() -> None:
    config = '{"githubOauth2ProviderConfig":{"clientId":"id"}}'
    state = made(
        f"add credentials oauth --name idp --client-id app --discovery-url {DISCOVERY} --scopes a b --client-secret -",
        f"add credentials oauth --name hub --vendor GithubOauth2 --provider-configuration '{config}' --client-secret-reference '{SECRET}'",
        f"add credentials api-key --name ext --api-key-secret-reference '{SECRET}'",
        stdin="s",
    )
    guided, vendor, key = spec(state)["credentials"]
    assert guided == {
        "authorizerType": "OAuthCredentialProvider",
        "name": "idp",
        "vendor": "CustomOauth2",
        "clientId": "app",
        "discoveryUrl": DISCOVERY,
        "scopes": ["a", "b"],
    }
    assert vendor["providerConfig"] == json.loads(config)
    assert vendor["clientSecretRef"] == key["secretRef"] == json.loads(SECRET)
    assert state.env == {"AGENTCORE_CREDENTIAL_IDP_CLIENT_SECRET": "s"}


# agents


def test_a_harness_stands_in_a_file_of_its_own() -> None:
    tool = '[{"type":"agentcore_gateway","name":"gw","config":{"agentCoreGateway":{"gatewayArn":"arn:g"}}}]'
    state = made(f"add harness --name x --system-prompt Pirate --tools '{tool}' --max-iterations 10")
    assert spec(state)["harnesses"] == [{"name": "x", "path": "app/x"}]
    harness = state.files["app/x/harness.json"]
    assert harness["model"] == HARNESS_MODEL
    assert harness["tools"] == json.loads(tool)
    assert harness["maxIterations"] == 10
    assert "systemPrompt" not in harness
    assert state.texts["app/x/system-prompt.md"] == "Pirate"


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_runtime_of_each_template(template: str) -> None:
    state = made(f"add runtime --name my_agent --template {template}")
    (runtime,) = spec(state)["runtimes"]
    build, language, memory, protocol, _ = TEMPLATES[template]
    assert runtime["entrypoint"] == ("main.py" if language == "Python" else "main.js")
    assert runtime.get("runtimeVersion") == (
        None if build == "Container" else "PYTHON_3_14" if language == "Python" else "NODE_22"
    )
    assert runtime.get("protocol") == protocol
    assert [one["name"] for one in spec(state)["memories"]] == (["my_agentMemory"] if memory else [])


def test_the_key_of_a_model_provider_is_a_credential() -> None:
    line = "add runtime --name my_agent --template agent-python-strands --model-provider Anthropic --api-key -"
    state = made(line, stdin="k")
    assert spec(state)["credentials"][0]["name"] == "my_agentAnthropicApiKey"
    assert state.env == {"AGENTCORE_CREDENTIAL_MY_AGENTANTHROPICAPIKEY": "k"}


# create and remove


def test_create() -> None:
    state = made("create --name Shop --template empty --skip-git", state=State())
    assert (spec(state)["name"], spec(state)["version"], spec(state)["managedBy"]) == ("Shop", 2, "CDK")
    assert spec(state)["runtimes"] == spec(state)["harnesses"] == []
    assert spec(made("create --name Shop", state=State()))["harnesses"] == [{"name": "Shop", "path": "app/Shop"}]
    strands = made("create --name Shop --template agent-python-strands", state=State())
    assert [one["name"] for one in spec(strands)["runtimes"]] == ["agent"]


@pytest.mark.parametrize(
    ("kind", "key", "lines"),
    [
        ("harness", "harnesses", ["add harness --name keep", "add harness --name gone"]),
        ("gateway", "agentCoreGateways", ["add gateway --name keep", "add gateway --name gone"]),
        ("runtime", "runtimes", ["add runtime --name keep", "add runtime --name gone"]),
        ("policy-engine", "policyEngines", ["add policy-engine --name keep", "add policy-engine --name gone"]),
    ],
)
def test_one_of_two_is_removed(kind: str, key: str, lines: list[str]) -> None:
    state = made(*lines, f"remove {kind} --name gone")
    assert [one["name"] for one in spec(state)[key]] == ["keep"]


def test_removing_takes_what_hangs_on_it() -> None:
    state = made("remove credential --name api-key", state=with_credentials())
    assert [one["name"] for one in spec(state)["credentials"]] == ["oauth"]
    assert list(state.env) == ["AGENTCORE_CREDENTIAL_OAUTH_CLIENT_SECRET"]
    attached = made("add gateway --name tools", "add policy-engine --name G --attach-to-gateways tools")
    assert "policyEngineConfiguration" not in gateway(made("remove policy-engine --name G", state=attached))


@pytest.mark.parametrize("kind", ["gateway-target", "gateway-connector"])
def test_a_target_is_removed_from_its_gateway(kind: str) -> None:
    state = made(
        "add gateway --name tools",
        f"add gateway-target --gateway tools --name keep --endpoint {ENDPOINT}",
        "add gateway-connector --gateway tools --name gone --connector web-search",
        f"remove {kind} --gateway tools --name gone",
    )
    assert [one["name"] for one in gateway(state)["targets"]] == ["keep"]


@pytest.mark.parametrize("engine", ["", " --engine G"])
def test_a_policy_is_removed(engine: str) -> None:
    state = made("add policy-engine --name G", f"add policy --engine G --name P --statement '{FORBID}'")
    assert spec(made(f"remove policy --name P{engine}", state=state))["policyEngines"][0]["policies"] == []


def test_remove_all_leaves_the_name() -> None:
    state = made("remove all --yes", state=with_credentials())
    assert (spec(state)["name"], spec(state)["credentials"], spec(state)["agentCoreGateways"]) == (
        "TestProject",
        [],
        [],
    )
    assert state.env == {}


_TARGET = f"add gateway-target --gateway tools --name t --endpoint {ENDPOINT}"
_WHOLE = '\'{"name":"s","targetType":"mcpServer","endpoint":"https://s.example.com"}\''
_WEB = "add gateway-connector --gateway tools"
#: What is refused on a project with a gateway `tools`, the credentials `oauth` and `api-key`, and a part of why.
WRONG = [
    ("create --name Shop", "a project here"),
    ("add gateway", "--name"),
    (f"add gateway --name g{'x' * 80}", "101 characters"),
    ("add gateway --name my_tools", "hyphens"),
    ("add gateway --name tools", "already"),
    ("add gateway --name g --policy-engine-name G", "together"),
    ("add gateway --name g --policy-engine-mode enforce", "together"),
    (
        "add gateway --name g --policy-engine-name Missing --policy-engine-mode enforce",
        "no policy engine named Missing",
    ),
    ("add gateway --name g --authorizer-type CUSTOM_JWT", "--authorizer-configuration"),
    (f"add gateway --name g --authorizer-configuration '{JWT}'", "CUSTOM_JWT"),
    (
        f"add gateway --name g --authorizer-type CUSTOM_JWT --authorizer-configuration '{JWT.replace('Jwt', 'JWT')}'",
        "customJWTAuthorizer",
    ),
    ("add gateway --name g --authorizer-type CUSTOM_JWT --authorizer-configuration {bad}", "no JSON"),
    ("add gateway --name g --enable-semantic-search", "--protocol-type MCP"),
    ("add gateway --name g --exception-level all", "debug"),
    ("add gateway --name g --allowed-audience api", "--allowed-audience"),
    ("add gateway-target --name t --endpoint https://a.example.com", "--gateway"),
    ("add gateway-target --gateway tools --name t", "exactly one"),
    (f"{_TARGET} --runtime agent", "exactly one"),
    (f"{_TARGET} --runtime-endpoint DEFAULT", "--runtime"),
    (f"add gateway-target --gateway tools --endpoint {ENDPOINT}", "--name"),
    ("add gateway-target --gateway tools --name t --endpoint http://mcp.example.com", "https"),
    ("add gateway-target --gateway tools --name t --endpoint not-a-url", "https URL"),
    (f"{_TARGET} --credential-name oauth", "--outbound-auth"),
    (f"{_TARGET} --scope read", "--outbound-auth"),
    (f"{_TARGET} --outbound-auth none --credential-name oauth", "--outbound-auth"),
    (f"{_TARGET} --outbound-auth oauth", "--credential-name"),
    (f"{_TARGET} --outbound-auth api-key --credential-name api-key --scope read", "--scope"),
    (f"{_TARGET} --outbound-auth api-key --credential-name api-key", "takes OAUTH, NONE"),
    (f"{_TARGET} --outbound-auth oauth --credential-name missing", "no credential named missing"),
    (f"{_TARGET} --outbound-auth oauth --credential-name api-key", "not a OAuthCredentialProvider"),
    (_TARGET.replace("tools", "missing"), "no gateway named missing"),
    ("add gateway-target --gateway tools --name t --runtime ghost", "no runtime ghost"),
    (f"add gateway-target --gateway tools --name n --target-configuration {_WHOLE}", "--name"),
    (f"add gateway-target --gateway tools --target-configuration {_WHOLE} --outbound-auth none", "--outbound-auth"),
    ("add gateway-target --gateway tools --target-configuration file://gone.json", "no file"),
    (f"{_WEB} --name web", "exactly one"),
    (f"{_WEB} --name web --connector web-search --connector-configuration {_WHOLE}", "exactly one"),
    (f"{_WEB} --connector-configuration {_WHOLE}", "connector"),
    (f"{_WEB} --name n --connector-configuration {_WHOLE}", "--name"),
    (f"{_WEB} --connector web-search", "--name"),
    (f"{_WEB} --name web --connector web-search --knowledge-base ABCDEFGHIJ", "bedrock-knowledge-bases"),
    (f"{_WEB} --name books --connector bedrock-knowledge-bases", "--knowledge-base"),
    (f"{_WEB} --name books --connector bedrock-knowledge-bases --knowledge-base mine", "no knowledge base mine"),
    ("add policy-engine --name 9starts", "a letter"),
    ("add policy-engine --name G --attach-mode enforce", "--attach-to-gateways"),
    ("add policy-engine --name G --attach-to-gateways missing", "no gateway named missing"),
    (f"add policy-engine --name {'G' * 29}", "49 characters"),
    (f"add policy --name P --statement '{FORBID}'", "--engine"),
    (f"add policy --engine Missing --name P --statement '{FORBID}'", "no policy engine named Missing"),
    ("add policy --engine G --name P", "--statement"),
    ("add credentials api-key --name k3y --api-key inline-value", "standard input or a file"),
    (f"add credentials api-key --name k3y --api-key - --api-key-secret-reference '{SECRET}'", "exclude each other"),
    ("add credentials api-key --name api-key --api-key -", "share the variable"),
    ("add credentials api-key --name api_key --api-key -", "share the variable"),
    ("add credentials api-key --name svc_client_id --api-key -", "ends in _CLIENT_ID"),
    ("add credentials oauth --name idp --client-secret -", "--discovery-url"),
    (
        "add credentials oauth --name hub --vendor GithubOauth2 --client-id a --client-secret -",
        "--provider-configuration",
    ),
    (
        f"add credentials oauth --name idp --discovery-url {DISCOVERY} --provider-configuration '{{}}'",
        "exclude each other",
    ),
    ('add credentials oauth --name hub --vendor X --provider-configuration \'{"a":{},"b":{}}\'', "one vendor"),
    (
        'add credentials oauth --name hub --vendor GithubOauth2 --provider-configuration \'{"a":{"clientSecret":"x"}}\'',
        "is not allowed here",
    ),
    ("add credential --name k --api-key -", "credential"),
    ("add harness --name 9x", "a letter"),
    ("add harness --name x --network-mode VPC", "networkConfig"),
    (f"add harness --name {'h' * 21}", "41 characters"),
    ("add runtime --name a --template nonsense", "--template"),
    ("add runtime --name a --model-provider Anthropic", "--model-provider"),
    ("add runtime --name a --framework strands", "--type import"),
    (f"add runtime --name {'x' * 29}", "49 characters"),
    ("remove --name x", "what to remove"),
    ("remove harness", "--name"),
    ("remove gateway-target --name t", "--gateway"),
    ("remove gateway --gateway tools --name tools", "--gateway"),
    ("remove gateway --engine G --name tools", "--engine"),
    ("remove harness --name ghost", "no harness named ghost"),
    ("remove all", "--yes"),
    ("remove all --yes --name x", "--name"),
]


@pytest.mark.parametrize(("line", "why"), WRONG, ids=[line[:60] for line, _ in WRONG])
def test_a_wrong_command_is_refused_and_changes_nothing(line: str, why: str) -> None:
    state = with_credentials()
    before = state.copy()
    outcome = one(line, state, stdin="s")
    assert why in outcome.refused, outcome.refused
    assert outcome.code == 1
    assert outcome.state == before == state


def test_names_are_free_in_the_whole_project() -> None:
    state = made(
        "add gateway --name one",
        "add gateway --name two",
        f"add gateway-target --gateway one --name t --endpoint {ENDPOINT}",
    )
    assert "of gateway one" in one(f"add gateway-target --gateway two --name t --endpoint {ENDPOINT}", state).refused
    state = made(
        "add policy-engine --name A",
        "add policy-engine --name B",
        f"add policy --engine A --name P --statement '{FORBID}'",
    )
    assert "of engine A" in one(f"add policy --engine B --name P --statement '{FORBID}'", state).refused


def test_a_policy_of_that_name_in_two_engines_needs_its_engine() -> None:
    state = made(
        "add policy-engine --name A",
        "add policy-engine --name B",
        f"add policy --engine A --name P --statement '{FORBID}'",
    )
    spec(state)["policyEngines"][1]["policies"] = spec(state)["policyEngines"][0]["policies"]
    assert "--engine" in one("remove policy --name P", state).refused


def test_a_broken_project_file_stops_every_command() -> None:
    state = State({"name": "TestProject", "version": 1})
    for line in ("add gateway --name tools", "build", "status", "deploy"):
        assert "must be 2" in one(line, state).refused


def test_only_one_option_reads_standard_input_and_a_secret_is_one_line() -> None:
    state = State({"name": "TestProject", "version": 2})
    assert "one line" in one("add credentials api-key --name key --api-key -", state, stdin="a\nb").refused
    assert "single quote" in one("add credentials api-key --name key --api-key -", state, stdin="it's").refused


def test_every_command_of_the_model_is_in_the_contract() -> None:
    assert set(COMMANDS) <= set(load("cli-contract-1.x")["help"]["commands"])


def test_there_are_enough_wrong_commands() -> None:
    assert len(WRONG) >= 20
