"""`add credentials`, `add policy-engine`, `add policy`, `add harness`, `add runtime`."""

from __future__ import annotations

import re
from typing import Any

from agentcore_connect.engine.references import variable_of
from agentcore_connect.knowledge.resources import load
from tests.cli_1x.model.gateways import free, named, without
from tests.cli_1x.model.options import Options
from tests.cli_1x.model.state import RefusedError, State, fits, read_shape


def add_api_key(options: Options, state: State) -> None:
    name = options.need("--name")
    reference = options.reference("--api-key-secret-reference", "--api-key")
    value = options.secret("--api-key")
    _add_credential(state, without(authorizerType="ApiKeyCredentialProvider", name=name, secretRef=reference), value)


def add_oauth(options: Options, state: State) -> None:
    name = options.need("--name")
    reference = options.reference("--client-secret-reference", "--client-secret")
    guided = [one for one in ("--client-id", "--discovery-url", "--scopes") if one in options]
    vendor = options.get("--vendor") or "CustomOauth2"
    own: dict[str, Any]
    if "--provider-configuration" in options:
        if guided:
            raise RefusedError(f"--provider-configuration and {guided[0]} exclude each other")
        config = options.json("--provider-configuration")
        if (
            not isinstance(config, dict)
            or len(config) != 1
            or not all(isinstance(one, dict) for one in config.values())
        ):
            raise RefusedError("--provider-configuration holds one vendor's object")
        own = {"providerConfig": config}
    else:
        if vendor != "CustomOauth2":
            raise RefusedError(f"--vendor {vendor} needs --provider-configuration")
        if "--discovery-url" not in options:
            raise RefusedError("--vendor CustomOauth2 needs --discovery-url")
        own = without(
            clientId=options.get("--client-id"),
            discoveryUrl=options.get("--discovery-url"),
            scopes=options.all("--scopes"),
        )
    value = options.secret("--client-secret")
    entry = {"authorizerType": "OAuthCredentialProvider", "name": name, "vendor": vendor, **own}
    _add_credential(state, without(**entry, clientSecretRef=reference), value)


def _add_credential(state: State, entry: dict[str, Any], value: str | None) -> None:
    spec, rule = state.spec, load("project-v2")["variables"]
    variable = variable_of(entry, rule)
    for one in spec["credentials"]:
        if variable is not None and variable_of(one, rule) == variable:
            raise RefusedError(f"credentials {entry['name']} and {one['name']} share the variable {variable}")
    upper = entry["name"].replace("-", "_").upper()
    for ending in rule["reserved_endings"]:
        if upper.endswith(ending):
            raise RefusedError(f"the name {entry['name']} ends in {ending}, which names a part of another credential")
    free(spec["credentials"], entry["name"], "credential")
    spec["credentials"].append(read_shape("Credential", entry, "credential"))
    if variable is not None:
        state.put_env(variable, value)
    state.commit(spec)


def add_engine(options: Options, state: State) -> None:
    name, gateways = options.need("--name"), options.all("--attach-to-gateways")
    if "--attach-mode" in options and gateways is None:
        raise RefusedError("--attach-mode needs --attach-to-gateways")
    fits(state, "policy engine", name, "_", 48)
    spec = state.spec
    free(spec["policyEngines"], name, "policy engine")
    engine = without(
        name=name,
        description=options.get("--description"),
        encryptionKeyArn=options.get("--encryption-key-arn"),
        tags=options.tags(),
    )
    spec["policyEngines"].append(read_shape("PolicyEngine", engine, "policy engine"))
    mode = "LOG_ONLY" if options.get("--attach-mode") == "log-only" else "ENFORCE"
    for one in gateways or []:
        gateway = named(spec["agentCoreGateways"], one, "gateway")
        gateway["policyEngineConfiguration"] = {"policyEngineName": name, "mode": mode}
    state.commit(spec)


def add_policy(options: Options, state: State) -> None:
    engine, name, given = options.need("--engine"), options.need("--name"), options.need("--statement")
    statement = options.text("--statement") or ""
    later = re.search(r"\bsuppressOutput\b|context\.output", statement)
    phase = options.get("--authorization-phase") or ("return-output" if later else "initiate")
    policy = without(
        name=name,
        description=options.get("--description"),
        statement=statement,
        sourceFile=given.removeprefix("file://") if given.startswith("file://") else None,
        validationMode=_upper(options.get("--validation-mode")),
        enforcementMode=_upper(options.get("--enforcement-mode")),
        authorizationPhase=_upper(phase),
    )
    spec = state.spec
    for one in spec["policyEngines"]:
        free(one["policies"], name, f"policy of engine {one['name']}")
    held = named(spec["policyEngines"], engine, "policy engine")
    held["policies"].append(read_shape("Policy", policy, "policy"))
    state.commit(spec)


def _upper(word: str | None) -> str | None:
    return word.upper().replace("-", "_") if word else None


HARNESS_MODEL = {"provider": "bedrock", "modelId": "global.anthropic.claude-sonnet-4-6"}
_JSON = {
    "tools": "--tools",
    "skills": "--skills",
    "memory": "--memory",
    "truncation": "--truncation",
    "networkConfig": "--network-config",
    "lifecycleConfig": "--lifecycle-config",
    "efsAccessPoints": "--efs-access-points",
    "s3AccessPoints": "--s3-access-points",
    "environmentVariables": "--environment-variables",
    "authorizerConfiguration": "--authorizer-configuration",
}
_WORDS = {
    "systemPrompt": "--system-prompt",
    "executionRoleArn": "--execution-role-arn",
    "networkMode": "--network-mode",
    "sessionStoragePath": "--session-storage-path",
    "containerUri": "--container-uri",
    "dockerfile": "--dockerfile",
    "authorizerType": "--authorizer-type",
}
_NUMBERS = {"maxIterations": "--max-iterations", "maxTokens": "--max-tokens", "timeoutSeconds": "--timeout-seconds"}


def add_harness(options: Options, state: State) -> None:
    numbers = {key: int(value) for key, name in _NUMBERS.items() if (value := options.get(name)) is not None}
    harness = without(
        name=options.get("--name"),
        model=options.json("--model") or HARNESS_MODEL,
        **{key: options.get(name) for key, name in _WORDS.items()},
        **{key: options.json(name) for key, name in _JSON.items()},
        **numbers,
        allowedTools=options.all("--allowed-tools"),
        tags=options.tags(),
    )
    harness = read_shape("Harness", harness, "harness")
    name = harness["name"]
    fits(state, "harness", name, "_", 40)
    put_harness(state, harness)


def put_harness(state: State, harness: dict[str, Any]) -> None:
    """The prompt goes to a file of its own; the project file names the folder."""
    spec, name = state.spec, harness["name"]
    free(spec["harnesses"], name, "harness")
    prompt = harness.pop("systemPrompt", "You are a helpful assistant")
    spec["harnesses"].append({"name": name, "path": f"app/{name}"})
    state.files[f"app/{name}/harness.json"] = harness
    state.texts[f"app/{name}/system-prompt.md"] = prompt
    state.commit(spec)


#: template -> build, language, whether it brings memory, its protocol, whether a model provider may be chosen
TEMPLATES: dict[str, tuple[str, str, bool, str | None, bool]] = {
    "agent-python-minimal": ("CodeZip", "Python", False, None, False),
    "agent-python-strands": ("CodeZip", "Python", True, "HTTP", True),
    "agent-python-strands-container": ("Container", "Python", True, "HTTP", True),
    "agent-typescript-strands": ("CodeZip", "TypeScript", True, "HTTP", False),
    "agent-python-langchain": ("CodeZip", "Python", False, "HTTP", False),
    "agent-typescript-vercel": ("CodeZip", "TypeScript", False, "HTTP", False),
    "mcp-python-fastmcp": ("CodeZip", "Python", False, "MCP", False),
    "a2a-python-strands": ("CodeZip", "Python", True, "A2A", False),
    "agui-python-strands": ("CodeZip", "Python", True, "AGUI", False),
}
_RUNTIME_JSON = {
    "networkConfig": "--network-config",
    "authorizerConfiguration": "--authorizer-configuration",
    "lifecycleConfiguration": "--lifecycle-configuration",
    "filesystemConfigurations": "--filesystem-configurations",
}


def add_runtime(options: Options, state: State) -> None:
    name, template = options.need("--name"), options.get("--template")
    fits(state, "runtime", name, "_", 48)
    if options.get("--type") == "import":
        raise RefusedError("an import reads an agent from AWS, which the model does not")
    for one in ("--framework", "--agent-id", "--agent-alias-id"):
        if one in options:
            raise RefusedError(f"{one} needs --type import")
    if template is not None and template not in TEMPLATES:
        raise RefusedError(f"--template takes {', '.join(TEMPLATES)}, not {template}")
    for one in ("--model-provider", "--api-key"):
        if one in options and (template is None or not TEMPLATES[template][4]):
            raise RefusedError(f"{one} is not for this template")
    key = options.secret("--api-key")
    environment = options.json("--environment-variables") or {}
    extra = without(
        description=options.get("--description"),
        executionRoleArn=options.get("--role-arn"),
        additionalPolicies=options.all("--additional-policies"),
        networkMode=options.get("--network-mode"),
        authorizerType=options.get("--authorizer-type"),
        requestHeaderAllowlist=options.all("--request-header-allowlist"),
        **{field: options.json(one) for field, one in _RUNTIME_JSON.items()},
        tags=options.tags(),
        envVars=[{"name": one, "value": value} for one, value in environment.items()],
    )
    put_runtime(state, name, template or "agent-python-minimal", extra, options.get("--model-provider"), key)


def put_runtime(
    state: State, name: str, template: str, extra: dict[str, Any], provider: str | None = None, key: str | None = None
) -> None:
    build, language, memory, protocol, _ = TEMPLATES[template]
    python = language == "Python"
    runtime = without(
        name=name,
        build=build,
        entrypoint="main.py" if python else "main.js",
        codeLocation=f"app/{name}",
        runtimeVersion=None if build == "Container" else "PYTHON_3_14" if python else "NODE_22",
        dockerfile="Dockerfile" if build == "Container" else None,
        protocol=protocol,
        **extra,
    )
    spec = state.spec
    free(spec["runtimes"], name, "runtime")
    spec["runtimes"].append(read_shape("Runtime", runtime, "runtime"))
    if memory:
        spec["memories"].append({"name": f"{name}Memory", "eventExpiryDuration": 30})
    if key is not None:
        credential = f"{name}{provider or 'Bedrock'}ApiKey"
        spec["credentials"].append({"authorizerType": "ApiKeyCredentialProvider", "name": credential})
        state.put_env(f"AGENTCORE_CREDENTIAL_{credential.replace('-', '_').upper()}", key)
    state.texts[f"app/{name}/main.{'py' if python else 'ts'}"] = ""
    state.commit(spec)
