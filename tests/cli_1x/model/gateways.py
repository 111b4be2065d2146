"""`add gateway`, `add gateway-target`, `add gateway-connector`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.cli_1x.model.options import Options
from tests.cli_1x.model.state import RefusedError, State, fits, read_shape


def without(**fields: Any) -> dict[str, Any]:
    """An object without what is not given."""
    return {key: value for key, value in fields.items() if value is not None}


def named(entries: list[dict[str, Any]], name: str, kind: str) -> dict[str, Any]:
    for one in entries:
        if one["name"] == name:
            return one
    raise RefusedError(f"there is no {kind} named {name} in this project")


def free(entries: list[dict[str, Any]], name: str, kind: str) -> None:
    if any(one["name"] == name for one in entries):
        raise RefusedError(f"there is a {kind} named {name} already")


def add_gateway(options: Options, state: State) -> None:
    name, spec = options.need("--name"), state.spec
    engine, mode = options.get("--policy-engine-name"), options.get("--policy-engine-mode")
    if (engine is None) != (mode is None):
        raise RefusedError("--policy-engine-name and --policy-engine-mode come together")
    fits(state, "gateway", name, "-", 100)
    if engine:
        named(spec["policyEngines"], engine, "policy engine")
    kind = options.get("--authorizer-type") or "NONE"
    if (kind == "CUSTOM_JWT") != ("--authorizer-configuration" in options):
        raise RefusedError("--authorizer-configuration goes with --authorizer-type CUSTOM_JWT, and CUSTOM_JWT with it")
    protocol = options.get("--protocol-type") or "None"
    search = "--enable-semantic-search" in options
    if search and protocol != "MCP":
        raise RefusedError("--enable-semantic-search needs --protocol-type MCP")
    configuration = options.json("--authorizer-configuration", sourced=True)
    if configuration is not None:
        unknown = set(configuration) - {"customJwtAuthorizer"} if isinstance(configuration, dict) else set()
        if unknown:
            raise RefusedError(f"--authorizer-configuration: {', '.join(sorted(unknown))} is not known here")
        configuration = read_shape("AuthorizerConfiguration", configuration, "--authorizer-configuration")
    gateway = without(
        name=name,
        protocolType=protocol,
        authorizerType=kind,
        authorizerConfiguration=configuration,
        description=options.get("--description"),
        targets=[],
        enableSemanticSearch=search,
        exceptionLevel="DEBUG" if options.get("--exception-level") else "NONE",
        executionRoleArn=options.get("--role-arn"),
        policyEngineConfiguration=engine
        and {"policyEngineName": engine, "mode": "ENFORCE" if mode == "enforce" else "LOG_ONLY"},
        tags=options.tags(),
    )
    free(spec["agentCoreGateways"], name, "gateway")
    spec["agentCoreGateways"].append(gateway)
    state.commit(spec)


def add_target(options: Options, state: State) -> None:
    gateway = options.need("--gateway")
    form = options.exactly_one("--endpoint", "--runtime", "--target-configuration")
    if "--runtime-endpoint" in options and form != "--runtime":
        raise RefusedError("--runtime-endpoint needs --runtime")
    if form == "--target-configuration":
        for name in ("--name", "--outbound-auth", "--credential-name", "--scope"):
            if name in options:
                raise RefusedError(f"{name} is part of --target-configuration")
        target = read_shape("Target", options.json(form, sourced=True), form)
        _credential(state.spec, target.get("outboundAuth") or {})
    else:
        target = without(name=options.need("--name"), outboundAuth=_outbound(options, state.spec))
        if form == "--endpoint":
            target |= {"targetType": "mcpServer", "endpoint": _https(options.need(form))}
        else:
            runtime = without(runtime=options.need(form), runtimeEndpoint=options.get("--runtime-endpoint"))
            target |= {"targetType": "httpRuntime", "httpRuntime": runtime}
    _attach(state, gateway, target)


def add_connector(options: Options, state: State) -> None:
    gateway = options.need("--gateway")
    form = options.exactly_one("--connector", "--connector-configuration")
    base = options.get("--knowledge-base")
    if form == "--connector-configuration":
        for name in ("--name", "--knowledge-base"):
            if name in options:
                raise RefusedError(f"{name} is part of --connector-configuration")
        target = read_shape("Target", options.json(form, sourced=True), form)
        if target["targetType"] != "connector":
            raise RefusedError("--connector-configuration is of targetType connector")
    else:
        name, kind = options.need("--name"), options.need(form)
        if base is not None and kind != "bedrock-knowledge-bases":
            raise RefusedError("--knowledge-base needs --connector bedrock-knowledge-bases")
        if kind == "web-search":
            configuration = {"name": "WebSearch", "parameterValues": {"maxResults": 10}}
        elif base:
            configuration = {"name": "Retrieve", "parameterValues": {"knowledgeBaseId": base}}
        else:
            raise RefusedError("--connector bedrock-knowledge-bases needs --knowledge-base")
        target = {"name": name, "targetType": "connector", "connectorId": kind, "configurations": [configuration]}
    _attach(state, gateway, target)


def _attach(state: State, gateway: str, target: dict[str, Any]) -> None:
    """A target's name is its own in the whole project, not only in its gateway."""
    spec = state.spec
    for one in spec["agentCoreGateways"]:
        free(one["targets"], target["name"], f"target of gateway {one['name']}")
    named(spec["agentCoreGateways"], gateway, "gateway")["targets"].append(target)
    state.commit(spec)


def _outbound(options: Options, spec: dict[str, Any]) -> dict[str, Any] | None:
    kind, credential, scopes = options.get("--outbound-auth"), options.get("--credential-name"), options.all("--scope")
    if kind is None or kind == "none":
        if credential or scopes:
            raise RefusedError("--credential-name and --scope need --outbound-auth oauth or api-key")
        return None if kind is None else {"type": "NONE"}
    if not credential:
        raise RefusedError(f"--outbound-auth {kind} needs --credential-name")
    if kind == "api-key" and scopes:
        raise RefusedError("--scope is for --outbound-auth oauth only")
    auth = without(type="OAUTH" if kind == "oauth" else "API_KEY", credentialName=credential, scopes=scopes)
    _credential(spec, auth)
    return auth


def _credential(spec: dict[str, Any], auth: dict[str, Any]) -> None:
    if not auth.get("credentialName"):
        return
    found = named(spec["credentials"], auth["credentialName"], "credential")["authorizerType"]
    wanted = {"OAUTH": "OAuthCredentialProvider", "API_KEY": "ApiKeyCredentialProvider"}.get(auth["type"])
    if wanted and found != wanted:
        raise RefusedError(f"credential {auth['credentialName']} is a {found}, not a {wanted}")


def _https(value: str) -> str:
    parts = urlsplit(value)
    if not parts.scheme or not parts.netloc:
        raise RefusedError("--endpoint must be an https URL")
    if parts.scheme != "https":
        raise RefusedError("--endpoint must use https")
    return value
