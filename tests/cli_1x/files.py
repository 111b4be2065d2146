"""Project files of version 2: a sound one that holds every kind of thing, and what is wrong with others."""

from __future__ import annotations

import json
from typing import Any

DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
RUNTIME = {
    "name": "Worker",
    "build": "CodeZip",
    "entrypoint": "main.py",
    "codeLocation": "app/Worker",
    "runtimeVersion": "PYTHON_3_13",
    "endpoints": {"LIVE": {"version": 1}},
}
CLAIM = {
    "inboundTokenClaimName": "groups",
    "inboundTokenClaimValueType": "STRING_ARRAY",
    "authorizingClaimMatchValue": {
        "claimMatchOperator": "CONTAINS_ANY",
        "claimMatchValue": {"matchValueStringList": ["admin"]},
    },
}
VPC = {
    "vpcIdentifier": "vpc-0123456789abcdef0",
    "subnetIds": ["subnet-0123456789abcdef0"],
    "endpointIpAddressType": "IPV4",
}
LATTICE = {"selfManagedLatticeResource": {"resourceConfigurationIdentifier": "rcfg-0123456789abcdefg"}}
JWT = {
    "discoveryUrl": DISCOVERY,
    "allowedAudience": ["api"],
    "allowedClients": ["app"],
    "allowedScopes": ["read:all"],
    "customClaims": [CLAIM],
    "privateEndpoint": {"managedVpcResource": VPC},
}
TARGETS: list[dict[str, Any]] = [
    {"name": "Server", "targetType": "mcpServer", "endpoint": "https://mcp.example.com/mcp"},
    {
        "name": "Signed",
        "targetType": "mcpServer",
        "endpoint": "https://mcp.example.com/mcp",
        "outboundAuth": {"type": "OAUTH", "credentialName": "client", "scopes": ["read"]},
    },
    {
        "name": "Api",
        "targetType": "openApiSchema",
        "schemaSource": {"inline": {"path": "api.json"}},
        "outboundAuth": {"type": "API_KEY", "credentialName": "key"},
    },
    {
        "name": "Bucket",
        "targetType": "smithyModel",
        "schemaSource": {"s3": {"uri": "s3://bucket/m.json", "bucketOwnerAccountId": "123456789012"}},
    },
    {
        "name": "Rest",
        "targetType": "apiGateway",
        "apiGateway": {
            "restApiId": "abcdefghij",
            "stage": "prod",
            "apiGatewayToolConfiguration": {"toolFilters": [{"filterPath": "/*", "methods": ["GET"]}]},
        },
    },
    {
        "name": "Function",
        "targetType": "lambdaFunctionArn",
        "lambdaFunctionArn": {
            "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "toolSchemaFile": "f.tools.json",
        },
    },
    {
        "name": "Search",
        "targetType": "connector",
        "connectorId": "web-search",
        "configurations": [{"name": "WebSearch", "parameterValues": {"maxResults": 10}}],
    },
    {
        "name": "Books",
        "targetType": "connector",
        "connectorId": "bedrock-knowledge-bases",
        "configurations": [{"name": "Retrieve", "parameterValues": {"knowledgeBaseId": "ABCDEFGHIJ"}}],
    },
]
SOUND: dict[str, Any] = {
    "name": "Shop",
    "version": 2,
    "managedBy": "CDK",
    "runtimes": [RUNTIME],
    "credentials": [
        {"authorizerType": "ApiKeyCredentialProvider", "name": "key"},
        {"authorizerType": "OAuthCredentialProvider", "name": "client", "discoveryUrl": DISCOVERY},
        {
            "authorizerType": "OAuthCredentialProvider",
            "name": "github",
            "vendor": "GithubOauth2",
            "providerConfig": {"githubOauth2ProviderConfig": {"clientId": "id"}},
            "clientSecretRef": {"secretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s", "jsonKey": "k"},
        },
    ],
    "agentCoreGateways": [
        {
            "name": "Tools",
            "protocolType": "MCP",
            "targets": TARGETS,
            "authorizerType": "CUSTOM_JWT",
            "authorizerConfiguration": {"customJwtAuthorizer": JWT},
            "enableSemanticSearch": True,
            "exceptionLevel": "DEBUG",
            "policyEngineConfiguration": {"policyEngineName": "Guard", "mode": "LOG_ONLY"},
            "tags": {"team": "shop"},
        },
        {
            "name": "Front",
            "protocolType": "None",
            "targets": [
                {
                    "name": "Agent",
                    "targetType": "httpRuntime",
                    "httpRuntime": {"runtime": "Worker", "runtimeEndpoint": "LIVE"},
                },
                {
                    "name": "Peer",
                    "targetType": "passthrough",
                    "passthrough": {"endpoint": "https://peer.example.com/a2a", "protocolType": "A2A"},
                    "outboundAuth": {"type": "GATEWAY_IAM_ROLE", "service": "execute-api", "region": "us-east-1"},
                },
            ],
        },
    ],
    "policyEngines": [
        {"name": "Guard", "policies": [{"name": "One", "statement": "permit(principal, action, resource);"}]}
    ],
    "harnesses": [{"name": "Helper", "path": "app/Helper"}],
}


def changed(place: str, value: Any) -> dict[str, Any]:
    """The sound file with a value at a place (`agentCoreGateways.0.name`); None takes what is there away."""
    made: dict[str, Any] = json.loads(json.dumps(SOUND))
    *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    held: Any = made
    for step in way:
        held = held[step]
    if value is None:
        del held[last]
    elif isinstance(held, list) and last == len(held):
        held.append(value)
    else:
        held[last] = value
    return made


_SERVER = "agentCoreGateways.0.targets.0"
_KEYED = "agentCoreGateways.0.targets.2"
_JWT = "agentCoreGateways.0.authorizerConfiguration.customJwtAuthorizer"
#: What is wrong, how it comes about, the place that is named, and a part of what is said.
WRONG: list[tuple[str, str, Any, str, str]] = [
    ("version 1", "version", 1, "version", "must be 2"),
    ("a version in quotes", "version", "2", "version", "must be 2"),
    ("no version", "version", None, "version", "is missing"),
    ("a key of version 1", "unassignedTargets", [], "unassignedTargets", "is not known here"),
    ("gateways of an older form", "httpGateways", [], "httpGateways", "is not known here"),
    ("a reserved project name", "name", "OpenAI", "name", "is reserved"),
    ("a project name that is too long", "name", "P" * 24, "name", "at most 22"),
    ("runtimes that are no list", "runtimes", {}, "runtimes", "must be a list"),
    ("two gateways of one name", "agentCoreGateways.1.name", "Tools", "agentCoreGateways[1].name", "already"),
    (
        "a gateway name with an underscore",
        "agentCoreGateways.0.name",
        "my_tools",
        "agentCoreGateways[0].name",
        "hyphens",
    ),
    ("a key that gateways do not have", "agentCoreGateways.0.type", "MCP", "agentCoreGateways[0].type", "not known"),
    ("a gateway without targets", "agentCoreGateways.0.targets", None, "agentCoreGateways[0].targets", "is missing"),
    (
        "an exception level ALL",
        "agentCoreGateways.0.exceptionLevel",
        "ALL",
        "agentCoreGateways[0].exceptionLevel",
        "DEBUG",
    ),
    (
        "an unknown engine",
        "agentCoreGateways.0.policyEngineConfiguration.policyEngineName",
        "Other",
        "agentCoreGateways[0].policyEngineConfiguration.policyEngineName",
        "no policy engine Other",
    ),
    (
        "a mode in lower case",
        "agentCoreGateways.0.policyEngineConfiguration.mode",
        "enforce",
        "agentCoreGateways[0].policyEngineConfiguration.mode",
        "ENFORCE",
    ),
    (
        "CUSTOM_JWT without its authorizer",
        "agentCoreGateways.0.authorizerConfiguration",
        None,
        "agentCoreGateways[0].authorizerConfiguration",
        "customJwtAuthorizer",
    ),
    (
        "an authorizer that admits everyone",
        _JWT,
        {"discoveryUrl": DISCOVERY},
        "agentCoreGateways[0].authorizerConfiguration.customJwtAuthorizer",
        "one of allowedAudience",
    ),
    (
        "a discovery URL of another form",
        f"{_JWT}.discoveryUrl",
        "https://idp.example.com/",
        "agentCoreGateways[0].authorizerConfiguration.customJwtAuthorizer.discoveryUrl",
        "openid-configuration",
    ),
    (
        "a claim that is reserved",
        f"{_JWT}.customClaims.0.inboundTokenClaimName",
        "client_id",
        "agentCoreGateways[0].authorizerConfiguration.customJwtAuthorizer.customClaims[0].inboundTokenClaimName",
        "is reserved",
    ),
    (
        "a claim with two values",
        f"{_JWT}.customClaims.0.authorizingClaimMatchValue.claimMatchValue.matchValueString",
        "x",
        "agentCoreGateways[0].authorizerConfiguration.customJwtAuthorizer.customClaims[0].authorizingClaimMatchValue.claimMatchValue",
        "only one of",
    ),
    (
        "a private endpoint of two kinds",
        f"{_JWT}.privateEndpoint.selfManagedLatticeResource",
        LATTICE["selfManagedLatticeResource"],
        "agentCoreGateways[0].authorizerConfiguration.customJwtAuthorizer.privateEndpoint",
        "only one of",
    ),
    (
        "an override of another kind",
        f"{_JWT}.privateEndpointOverrides",
        [{"domain": "a.example.com", "privateEndpoint": LATTICE}],
        "agentCoreGateways[0].authorizerConfiguration.customJwtAuthorizer.privateEndpointOverrides[0]",
        "same kind",
    ),
    (
        "an unknown target type",
        f"{_SERVER}.targetType",
        "grpc",
        "agentCoreGateways[0].targets[0].targetType",
        "mcpServer",
    ),
    (
        "an MCP server without an endpoint",
        f"{_SERVER}.endpoint",
        None,
        "agentCoreGateways[0].targets[0]",
        "needs endpoint or compute",
    ),
    (
        "an API key for an MCP server",
        f"{_SERVER}.outboundAuth",
        {"type": "API_KEY", "credentialName": "key"},
        "agentCoreGateways[0].targets[0].outboundAuth.type",
        "takes OAUTH, NONE",
    ),
    (
        "a passed-on token for an MCP server",
        f"{_SERVER}.outboundAuth",
        {"type": "JWT_PASSTHROUGH"},
        "agentCoreGateways[0].targets[0].outboundAuth.type",
        "takes OAUTH, NONE",
    ),
    (
        "OAuth without a credential",
        f"{_SERVER}.outboundAuth",
        {"type": "OAUTH"},
        "agentCoreGateways[0].targets[0].outboundAuth.credentialName",
        "needs the name",
    ),
    (
        "a schema beside an endpoint",
        f"{_SERVER}.schemaSource",
        {"inline": {"path": "a.json"}},
        "agentCoreGateways[0].targets[0].schemaSource",
        "is not allowed beside",
    ),
    (
        "an OpenAPI target without sign-in",
        f"{_KEYED}.outboundAuth",
        None,
        "agentCoreGateways[0].targets[2].outboundAuth",
        "is needed",
    ),
    (
        "an OpenAPI target that signs in with nothing",
        f"{_KEYED}.outboundAuth",
        {"type": "NONE"},
        "agentCoreGateways[0].targets[2].outboundAuth.type",
        "takes OAUTH, API_KEY",
    ),
    (
        "an unknown key of a sign-in",
        f"{_KEYED}.outboundAuth.grantType",
        "X",
        "agentCoreGateways[0].targets[2].outboundAuth.grantType",
        "is not known",
    ),
    (
        "sign-in of a Smithy target",
        "agentCoreGateways.0.targets.3.outboundAuth",
        {"type": "NONE"},
        "agentCoreGateways[0].targets[3].outboundAuth",
        "is not allowed beside",
    ),
    (
        "an https address for a bucket",
        "agentCoreGateways.0.targets.3.schemaSource.s3.uri",
        "https://a/b",
        "agentCoreGateways[0].targets[3].schemaSource.s3.uri",
        "s3://",
    ),
    (
        "no tool filter",
        "agentCoreGateways.0.targets.4.apiGateway.apiGatewayToolConfiguration.toolFilters",
        [],
        "agentCoreGateways[0].targets[4].apiGateway.apiGatewayToolConfiguration.toolFilters",
        "at least 1",
    ),
    (
        "a method in lower case",
        "agentCoreGateways.0.targets.4.apiGateway.apiGatewayToolConfiguration.toolFilters.0.methods.0",
        "get",
        "agentCoreGateways[0].targets[4].apiGateway.apiGatewayToolConfiguration.toolFilters[0].methods[0]",
        "GET",
    ),
    (
        "sign-in of a Lambda target",
        "agentCoreGateways.0.targets.5.outboundAuth",
        {"type": "NONE"},
        "agentCoreGateways[0].targets[5].outboundAuth",
        "is not allowed beside",
    ),
    (
        "a connector that does not exist",
        "agentCoreGateways.0.targets.6.connectorId",
        "s3",
        "agentCoreGateways[0].targets[6].connectorId",
        "web-search",
    ),
    (
        "a knowledge base that is not declared",
        "agentCoreGateways.0.targets.7.configurations.0.parameterValues.knowledgeBaseId",
        "books",
        "agentCoreGateways[0].targets[7].configurations[0].parameterValues.knowledgeBaseId",
        "no knowledge base books",
    ),
    (
        "an agent behind a gateway of MCP",
        _SERVER,
        {"name": "A", "targetType": "httpRuntime", "httpRuntime": {"runtime": "Worker"}},
        "agentCoreGateways[0].targets[0]",
        "protocolType None",
    ),
    (
        "a runtime that is not declared",
        "agentCoreGateways.1.targets.0.httpRuntime.runtime",
        "Ghost",
        "agentCoreGateways[1].targets[0].httpRuntime.runtime",
        "no runtime Ghost",
    ),
    (
        "an endpoint that the runtime does not have",
        "agentCoreGateways.1.targets.0.httpRuntime.runtimeEndpoint",
        "NEXT",
        "agentCoreGateways[1].targets[0].httpRuntime.runtimeEndpoint",
        "no endpoint of this runtime NEXT",
    ),
    (
        "a signature without a service",
        "agentCoreGateways.1.targets.1.outboundAuth",
        {"type": "GATEWAY_IAM_ROLE"},
        "agentCoreGateways[1].targets[1].outboundAuth.service",
        "needs the service",
    ),
    (
        "plain http behind a passthrough",
        "agentCoreGateways.1.targets.1.passthrough.endpoint",
        "http://peer.example.com",
        "agentCoreGateways[1].targets[1].passthrough.endpoint",
        "https",
    ),
    ("a credential name of two letters", "credentials.0.name", "ab", "credentials[0].name", "at least 3"),
    (
        "a vendor without its configuration",
        "credentials.1.vendor",
        "SlackOauth2",
        "credentials[1]",
        "needs providerConfig",
    ),
    ("a client without a discovery URL", "credentials.1.discoveryUrl", None, "credentials[1]", "needs a discoveryUrl"),
    ("a configuration beside guided keys", "credentials.2.clientId", "id", "credentials[2]", "stands alone"),
    (
        "a secret in the file",
        "credentials.2.providerConfig.githubOauth2ProviderConfig.clientSecret",
        "x",
        "credentials[2].providerConfig.githubOauth2ProviderConfig.clientSecret",
        "is not allowed here",
    ),
    (
        "an unknown key of a reference",
        "credentials.2.clientSecretRef.version",
        "1",
        "credentials[2].clientSecretRef.version",
        "is not known",
    ),
    (
        "two credentials with one variable",
        "credentials.3",
        {"authorizerType": "ApiKeyCredentialProvider", "name": "KEY"},
        "credentials[3].name",
        "share the variable",
    ),
    ("an engine name with a hyphen", "policyEngines.0.name", "my-guard", "policyEngines[0].name", "underscores"),
    (
        "a policy without a text",
        "policyEngines.0.policies.0.statement",
        "",
        "policyEngines[0].policies[0].statement",
        "at least 1",
    ),
    ("a runtime of an unknown build", "runtimes.0.build", "Zip", "runtimes[0].build", "CodeZip"),
    (
        "an authorizer of a runtime with IAM",
        "runtimes.0.authorizerConfiguration",
        {"customJwtAuthorizer": JWT},
        "runtimes[0].authorizerConfiguration",
        "CUSTOM_JWT only",
    ),
]
