"""Messages are taken apart: what each part says, which row of errors.yaml it means, and what is no evidence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentcore_connect.diagnose.aws import aws_error
from agentcore_connect.diagnose.facts import message_facts
from agentcore_connect.diagnose.log import Raised, take_apart
from agentcore_connect.diagnose.match import diagnose
from agentcore_connect.diagnose.web import answer
from agentcore_connect.engine.conditions import variables
from agentcore_connect.knowledge import resources

KNOWN = resources.load("errors")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases" / "errors.yaml"
FACTS = {
    *("command", "missing_command", "oauth", "rpc", "crashed", "too_late", "cancelled", "wrapped", "session"),
    *("subject", "text", "http.status", "http.spoken", "http.hop", "http.method", "exception.type", "exception.says"),
    *("aws.code", "aws.operation", "aws.says", "aws.ours", "aws.action", "aws.action_service", "aws.action_name"),
    *("gone", "aws.kind", "aws.service", *(f"part.{name}" for name in KNOWN["parts"])),
    *("aws.principal", "aws.caller", "aws.resource", "aws.reason", "aws.field", "aws.rule"),
}

#: What is taken to mean a row, and the texts of other software that look like it.
MEANT: list[tuple[str, str]] = [
    ("E13", "ModuleNotFoundError: No module named 'strands'\nRuntime initialization time exceeded."),
    ("E14", "Runtime initialization time exceeded. Please make sure that initialization completes in 30s."),
    ("H1", "bash: agentcore: command not found"),
    ("H1", "zsh: command not found: agentcore"),
    ("H1", "fish: Unknown command: agentcore"),
    ("H1", "'agentcore' is not recognized as an internal or external command"),
    ("D1", "httpx.HTTPStatusError: Client error '401 Unauthorized' for url 'https://a-b.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp'"),
    ("D13", "403 Forbidden from https://a-b.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"),
    ("D10", "GET https://a-b.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp HTTP/1.1 405"),
    ("D4", "unhandled errors in a TaskGroup (1 sub-exception) https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/x/invocations"),
    ("D8", "MCP server on Runtime: 404 Not Found, the Mcp-Session-Id is unknown"),
    ("B12", "An error occurred (AccessDeniedException) when calling the CompleteResourceTokenAuth operation: Invalid session"),
    ("D15", "An error occurred (AccessDeniedException) when calling the CreateGatewayTarget operation: User: arn:aws:sts::111122223333:assumed-role/ci/x is not authorized to perform: bedrock-agentcore:CreateGatewayTarget"),
    ("C2", "User: arn:aws:sts::111122223333:assumed-role/AgentCoreGatewayRole/s is not authorized to perform: bedrock-agentcore:GetResourceApiKey on resource: arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default"),
    ("E12", "User: arn:aws:sts::111122223333:assumed-role/AgentCore-runtime/s is not authorized to perform: geo:SearchPlaceIndexForText on resource: arn:aws:geo:us-east-1:111122223333:place-index/x"),
    ("B26", "An error occurred (ServiceQuotaExceededException) when calling the CreateGateway operation: too many"),
    ("B27", "botocore.errorfactory.ConflictException: An error occurred (ConflictException) when calling the CreateGateway operation: exists"),
    ("B28", "An error occurred (ResourceNotFoundException) when calling the GetGatewayTarget operation: nothing"),
    ("B29", "An error occurred (ValidationException) when calling the CreateAgentRuntime operation: Access denied while validating ECR URI 'x'"),
    ("D17", "An error occurred (ThrottlingException) when calling the GetWorkloadAccessToken operation: Rate exceeded"),
    ("D16", "$ agentcore deploy\nExpiredTokenException: The security token included in the request is expired"),
    ("F13", "An error occurred (ValidationException) when calling the CreatePolicy operation: no method of that name"),
    ("G11", 'INFO:     127.0.0.1:55152 - "POST /mcp HTTP/1.1" 406 Not Acceptable'),
    ("E13", '$ agentcore dev "hello"\nError fetch failed'),
    ("G10", "mcp: Cancelled via cancel scope 7f3c2a by <Task pending>"),
    # AWS errors, however they are wrapped: by CloudFormation's handlers, the JavaScript SDK, a message without its code
    ("B27", "CREATE_FAILED | AWS::BedrockAgentCore::Gateway | Resource handler returned message: \"A gateway named a exists (Service: BedrockAgentCoreControl, Status Code: 409, Request ID: b)\" (RequestToken: c, HandlerErrorCode: AlreadyExists)"),
    ("B28", "Resource handler returned message: \"No such gateway (Service: BedrockAgentCoreControl, Status Code: 404, Request ID: b)\" (HandlerErrorCode: NotFound)"),
    ("B26", "Resource handler returned message: \"Too many (Service: BedrockAgentCoreControl, Status Code: 402, Request ID: b)\" (HandlerErrorCode: ServiceLimitExceeded)"),
    ("B28", "ResourceNotFoundException: none\n    at x (node_modules/@aws-sdk/client-bedrock-agentcore-control/dist-cjs/index.js:1:2)"),
    ("B20", "Parameter validation failed:\nUnknown parameter in input: \"role_arn\", must be one of: name, roleArn, authorizerType"),
    ("D16", "$ agentcore deploy\nError: The security token included in the request is expired"),
    ("D17", "ThrottledException: slow down\n    at client-bedrock-agentcore/index.js"),
    ("D20", "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: bedrock-agentcore:ListGateways on resource: *"),
    ("D4", "User: arn:aws:sts::111122223333:assumed-role/web/x is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime because no identity-based policy allows it"),
    ("A19", "An error occurred (ValidationException) when calling the CreateGateway operation: AuthorizerConfiguration is required"),
    ("B30", "An error occurred (ValidationException) when calling the CreateAgentRuntime operation: Role validation failed for 'arn'"),
    ("B31", "Template format error: Unrecognized resource types: [AWS::BedrockAgentCore::Runtime]"),
    ("B31", "Could not connect to the endpoint URL: \"https://bedrock-agentcore-control.xx-west-9.amazonaws.com/gateways/\""),
    ("B32", "$ agentcore deploy\nStack x is in ROLLBACK_COMPLETE state and can not be updated"),
    ("B33", "$ agentcore deploy\nSSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been bootstrapped?"),
    ("B34", "An error occurred (ValidationException) when calling the CreateAgentRuntime operation: Architecture incompatible for uri '1.dkr.ecr.us-east-1.amazonaws.com/a'"),
    ("B34", "AgentCore image: exec /bin/sh: exec format error"),
    # tokens, sign-in, browsers, connections, hosts
    ("D18", "{\"message\":\"Invalid Bearer token\"} https://a-b.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"),
    ("D18", "AgentCore: OAuth authorization failed: Claim 'client_id' value mismatch with configuration."),
    ("D19", "Access to fetch at 'https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/x/invocations' was blocked by CORS policy"),
    ("C15", "credential provider crm: AADSTS7000215: Invalid client secret provided"),
    ("C15", "GetResourceOauth2Token: {\"error\":\"invalid_client\"}"),
    ("C16", "AgentCore sign-in: invalid_grant: AADSTS65001: has not consented"),
    ("C16", "AgentCore callback: error=redirect_mismatch"),
    ("C7", "GetResourceOauth2Token: AADSTS70011"),
    ("G12", "  | httpx.ConnectError: All connection attempts failed\nstrands.types.exceptions.MCPClientInitializationError: no"),
    ("G12", "getaddrinfo ENOTFOUND a-b.gateway.bedrock-agentcore.us-east-1.amazonaws.com"),
    ("E10", "mcp.shared.exceptions.McpError: Timed out while waiting for response to ClientRequest. Waited 5.0 seconds."),
    ("G13", "421 Misdirected Request: Invalid Host header\nmcp.server.transport_security"),
    ("G11", "mcp.shared.exceptions.McpError: Not Acceptable: Client must accept both"),
    ("G1", "ModuleNotFoundError: No module named 'mcp.server.fastmcp'"),
    ("G1", "ImportError: cannot import name 'McpError' from 'mcp.shared.exceptions' (x.py)"),
    ("E16", "McpError: MCP error -32602: Invalid arguments for tool Orders___get: missing"),
    ("E17", "Runtime.ImportModuleError: Unable to import module 'a' (behind the gateway target Orders)"),
    ("E18", "An error occurred (RuntimeClientError) when calling the InvokeAgentRuntime operation: Received error (500) from runtime."),
    ("E13", "RuntimeClientError: Received error (424) from runtime"),
    ("F1", "Tool execution denied by policy enforcement: no policy applies"),
    ("A18", "error: unknown option '--kind'\nUsage: agentcore add gateway-target [options]"),
    ("H4", "npm ERR! code EACCES\nnpm ERR! path /usr/lib/node_modules/@aws/agentcore"),
    # an event of a stack: the type of its resource stands for the operation, the service's words and status for the handler's code
    ("B29", "CREATE_FAILED | AWS::BedrockAgentCore::Runtime | A | Resource handler returned message: \"Access denied while validating ECR URI 'x' (Service: BedrockAgentCoreControl, Status Code: 400, Request ID: b)\" (RequestToken: c, HandlerErrorCode: InvalidRequest)"),
    ("B15", "UPDATE_FAILED  AWS::BedrockAgentCore::GatewayTarget  T  Resource handler returned message: \"OpenAPI document: no server (Service: BedrockAgentCoreControl, Status Code: 400, Request ID: b)\" (HandlerErrorCode: InvalidRequest)"),
    ("D17", "CREATE_FAILED | AWS::BedrockAgentCore::Gateway | G | Resource handler returned message: \"Service linked role: rate limit exceeded (Service: BedrockAgentCoreControl, Status Code: 402, Request ID: b)\" (HandlerErrorCode: ServiceLimitExceeded)"),
    ("B27", "UPDATE_FAILED | AWS::BedrockAgentCore::Gateway | G | Resource handler returned message: \"another change runs (Service: BedrockAgentCoreControl, Status Code: 409, Request ID: b)\" (RequestToken: c, HandlerErrorCode: NotStabilized)"),
    ("B35", "Properties validation failed for resource T with message: [#/TargetConfiguration/Mcp: #: 0 subschemas matched instead of one] AWS::BedrockAgentCore::GatewayTarget"),
    ("B35", "https://bedrock-agentcore.us-east-1.amazonaws.com/identities/oauth2/callback {\"message\":\"1 validation error detected: Value at 'state' failed to satisfy constraint: Member must not be null\"}"),
    # the frame of a stack that called the API, not the SDK's own
    ("B12", "AccessDeniedException: no such session\n    at throwDefaultError (/a/client.js:1:1)\n    at async de_CommandError (/a/client-bedrock-agentcore/index.js:2:2)\n    at async completeResourceTokenAuth (/a/index.js:3:3)"),
    # operations by what they refuse
    ("C16", "An error occurred (ValidationException) when calling the GetResourceOauth2Token operation: register a return URL first"),
    ("F5", "An error occurred (ValidationException) when calling the CreatePolicyEngine operation: 1 validation error detected. Value with length 60 at '/name' failed to satisfy constraint: Member must have length between 1 and 48, inclusive"),
    ("F12", "An error occurred (ValidationException) when calling the CreatePolicy operation: Overly permissive: every principal, every action"),
    ("B19", "An error occurred (ValidationException) when calling the UpdateGateway operation: the authorizerType is fixed"),
    ("A11", "Parameter validation failed:\nMissing required parameter in targetConfiguration.mcp.lambda.toolSchema.inlinePayload[0]: \"description\""),
    ("C5", "AttributeError: 'BedrockAgentCoreControl' object has no attribute 'create_registry'"),
    ("C5", "aws: error: argument operation: Found invalid choice 'create-gateway-target'"),
    # who is refused outranks the wrapper, and whose role it is the service
    ("B4", "Failed to connect and fetch tools from the provided MCP target server. User: arn:aws:sts::111122223333:assumed-role/gw-role/s is not authorized to perform: lambda:InvokeFunctionUrl on resource: arn:aws:lambda:us-east-1:111122223333:function:f"),
    ("C2", "User: arn:aws:sts::111122223333:assumed-role/support-gateway/s is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:bedrock-agentcore-identity!a"),
    ("B36", "User: arn:aws:sts::111122223333:assumed-role/support-gateway/s is not authorized to perform: bedrock:ApplyGuardrail on resource: arn:aws:bedrock:us-east-1:111122223333:guardrail/x"),
    ("B36", "User: arn:aws:sts::111122223333:assumed-role/gateway-role/s is not authorized to perform: bedrock-agentcore:GetPolicyEngine"),
    ("B28", "operation error Bedrock AgentCore Control: GetGateway, https response error StatusCode: 404, RequestID: 1, ResourceNotFoundException: none"),
    # OAuth by the endpoint that answers, and the metadata of a resource
    ("C15", "AgentCore OAuth provider: https://id.example.com/oauth/token answered 403 access_denied"),
    ("C17", "AADSTS500011: no principal https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/x/invocations in the tenant"),
    ("C17", "token for the AgentCore gateway: {\"error\":\"invalid_target\"}"),
    ("D6", "Protected resource https://a.example.com/mcp does not match expected https://b.example.com/mcp (or origin)"),
    # JSON-RPC and MCP
    ("F8", "{\"error\":{\"code\":-32002,\"message\":\"a policy could not be evaluated\"}}"),
    ("B12", "{\"error\":{\"code\":-32042,\"message\":\"open the URL\"}}"),
    ("E2", "McpError: MCP error -32602: Unknown tool: x at https://a-b.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"),
    ("D8", "POST https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/x/invocations -> 404 {\"code\":-32001,\"message\":\"Session not found\"} mcp"),
    ("D13", "UserError: Failed to connect to MCP server 'agentcore-gateway': HTTP error 403 (Forbidden)"),
    ("D16", "mcp_proxy_for_aws.server: NoCredentialsError: Unable to locate credentials"),
    ("G1", "AttributeError: module 'mcp.client.streamable_http' has no attribute 'streamablehttp_client'"),
    # what only tells where a call failed gives way to what tells why
    ("B3", "Failed to connect and fetch tools from the provided MCP target server. Error - Missing Authentication Token"),
    ("B1", "Failed to connect and fetch tools from the provided MCP target server. Error - timed out"),
    ("G1", "ImportError: cannot import name 'ToolNode2' from 'langgraph.prebuilt' (/a/site-packages/langgraph/prebuilt/__init__.py)"),
]  # fmt: skip
UNRELATED = [
    "SyntaxError: Unexpected token '<', \"<!doctype \"... is not valid JSON",
    "ld: 424 symbols undefined",
    "GET /favicon.ico HTTP/1.1 500 Internal Server Error",
    "Usage: black [OPTIONS] SRC ...\nError: No such option: --version",
    '+ Exception Group Traceback (most recent call last):\n|   File "m.py", line 9, in main\n'
    "| ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n+-+---------------- 1 ----------------\n"
    "  | ZeroDivisionError: division by zero",
    "asyncio.exceptions.CancelledError",
    "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::x/y",
    "An error occurred (ThrottlingException) when calling the Converse operation: slow down",
    "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: no table",
    "checkov: IAM policy is overly permissive [CKV_AWS_1] in stack network",
    "bash: terraform: command not found",
    "nginx: 403 on POST /invocations from 10.1.2.3, upstream web",
    '{"error":"invalid_scope","error_description":"unknown scope requested by the mobile app"}',
    'Resource handler returned message: "exists (Service: S3, Status Code: 409, Request ID: 1)" (HandlerErrorCode: AlreadyExists)',
    "Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "Stack vpc is in ROLLBACK_COMPLETE state and can not be updated.",
    "This stack uses assets, so the toolkit stack must be deployed (Run cdk bootstrap)",
    "exec /docker-entrypoint.sh: exec format error",
    "Access to XMLHttpRequest at 'https://api.example.com' has been blocked by CORS policy",
    "AADSTS50011: The redirect URI 'http://localhost:8400' does not match the redirect URIs of 'outlook-sync'",
    "jose.exceptions.JWTClaimsError: Invalid audience",
    "MCP server postgres: Error: connect ECONNREFUSED 127.0.0.1:5432",
    "McpError: MCP error -32602: Invalid arguments for tool search_web: query is required",
    "Task timed out after 29.00 seconds (API Gateway: Endpoint request timed out)",
    "Kong gateway: policy enforcement failed, upstream 502",
    "unknown option '--frozen' usage: yarn install",
    "npm ERR! code EACCES\nnpm ERR! path /usr/lib/node_modules/typescript",
    "No module named 'mcp_weather'",
    "HTTP 421 Misdirected Request nginx",
    "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
    'Could not connect to the endpoint URL: "https://sqs.xx-west-9.amazonaws.com/"',
    "HTTP Error 500: Internal Server Error",
    "User: arn:aws:sts::111122223333:assumed-role/ci-deploy/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::x/y",
    "POST /login -> 401",
    "AADSTS500011: The resource principal named api://orders was not found in the tenant",
    "aws: error: argument operation: Found invalid choice 'copy'",
    "AttributeError: 'S3' object has no attribute 'put'",
    "ImportError: cannot import name 'helper' from 'agents' (/home/me/project/agents/__init__.py)",
    'CREATE_FAILED | AWS::S3::Bucket | B | Resource handler returned message: "Rate exceeded (Service: S3, Status Code: 429, Request ID: 1)" (RequestToken: x, HandlerErrorCode: Throttling)',
    "#/Environment: required key [Variables] not found AWS::Lambda::Function",
]


def first(text: str) -> str | None:
    found = diagnose(text, KNOWN).matches
    return found[0].id if found else None


@pytest.mark.parametrize(("row", "text"), MEANT, ids=[f"{row}-{number}" for number, (row, _) in enumerate(MEANT)])
def test_the_parts_of_a_message_mean_a_row(row: str, text: str) -> None:
    assert first(text) == row


@pytest.mark.parametrize("text", UNRELATED)
def test_other_software_gets_no_confident_answer(text: str) -> None:
    assert diagnose(text, KNOWN).matches == ()


def test_every_family_has_a_row_a_message_and_no_unknown_part() -> None:
    assert [one["row"] for one in KNOWN["families"] if one["row"] not in KNOWN["errors"]] == []
    assert set().union(*(variables(one["when"]) for one in KNOWN["families"])) <= FACTS


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared messages are not beside this checkout")
def test_the_shared_messages() -> None:
    rows = yaml.safe_load(SHARED.read_text("utf-8"))
    inside = [row for row in rows["errors"] if row["want"] is not None]
    right = [row for row in inside if first(row["text"]) in row["want"]]
    assert len(right) >= 0.85 * len(inside)
    assert [row["id"] for row in inside if first(row["text"]) not in (None, *row["want"])] == []
    assert [text for text in rows["unrelated"] if first(text) is not None] == []


def test_a_log_is_taken_apart() -> None:
    log = take_apart(
        "(venv) me@mac % agentcore dev\n"
        "\x1b[31m2026-01-02T03:04:05.678Z [ERROR] it broke\x1b[0m\n"
        "Traceback (most recent call last):\n"
        '  File "a.py", line 3, in main\n'
        "ValueError: inner\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "strands.types.exceptions.MCPClientInitializationError: outer\n"
    )
    assert log.commands == ("agentcore dev",)
    assert log.lines[0] == "it broke"
    assert log.raised == (
        Raised("ValueError", "inner"),
        Raised("strands.types.exceptions.MCPClientInitializationError", "outer"),
    )
    assert not any("a.py" in line for line in log.lines)


def test_a_command_alone_stays_evidence() -> None:
    assert take_apart("$ agentcore deploy").lines == ("$ agentcore deploy",)


def test_a_wrapper_without_its_cause_is_told_from_one_with_it() -> None:
    lone = "unhandled errors in a TaskGroup (1 sub-exception)"
    assert take_apart(lone).wrapped
    shown = take_apart(f"ExceptionGroup: {lone}\n  | ValueError: bad row 17")
    assert not shown.wrapped
    assert shown.raised == (Raised("ValueError", "bad row 17"),)
    assert not any("TaskGroup" in line for line in shown.lines)


def test_of_a_long_log_the_first_error_and_the_end_are_kept() -> None:
    log = "ModuleNotFoundError: No module named 'x'\n" + "all is well\n" * 50_000 + "initialization time exceeded\n"
    kept = take_apart(log)
    assert kept.lines[0].startswith("ModuleNotFoundError")
    assert kept.lines[-1] == "initialization time exceeded"
    assert sum(map(len, kept.lines)) < 60_000
    assert first(log) == "E13"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "An error occurred (ValidationException) when calling the CreateGateway operation (reached max retries: 4): no",
            {"code": "ValidationException", "operation": "CreateGateway", "says": "no"},
        ),
        (
            "operation error Bedrock AgentCore Control: CreateGateway, https response error StatusCode: 409, "
            "ConflictException: it exists",
            {"code": "ConflictException", "operation": "CreateGateway", "says": "it exists"},
        ),
        (
            "1 validation error detected: Value 'a_b' at 'name' failed to satisfy constraint: Member must satisfy x",
            {"field": "name", "rule": "Member must satisfy x"},
        ),
        (
            "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: a:B on resource: arn:x with an "
            "explicit deny in an identity-based policy",
            {"principal": "role", "action": "a:B", "resource": "arn:x", "reason": "explicit-deny"},
        ),
        (
            "User: arn:aws:iam::1:user/u is not authorized to perform: a:B because no permissions boundary allows it",
            {"principal": "user", "reason": "boundary"},
        ),
    ],
)
def test_an_aws_error_in_parts(text: str, expected: dict[str, str]) -> None:
    found = aws_error(text)
    assert found is not None
    assert {name: getattr(found, name) for name in expected} == expected


def test_no_aws_error() -> None:
    assert aws_error("all is well") is None


@pytest.mark.parametrize(
    ("text", "status", "hop"),
    [
        ("Client error '401 Unauthorized' for url 'https://a.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp'", 401, "gateway"),
        ("HTTP/1.1 403 from https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/x/invocations", 403, "runtime"),
        ("POST https://login.microsoftonline.com/t/oauth2/v2.0/token status code 400", 400, "identity"),
        ("https://ab.execute-api.us-east-1.amazonaws.com/prod answered 403", 403, "api-gateway"),
        ("424 tests passed", None, ""),
        ("port 443 refused", None, ""),
    ],
)  # fmt: skip
def test_who_answered_what(text: str, status: int | None, hop: str) -> None:
    found = answer(text, KNOWN["hops"])
    assert (found.status, found.hop) == (status, hop)


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("because no identity-based policy allows the action", 'Add this statement to its policy: {"Effect": "Allow"'),
        ("with an explicit deny in a service control policy", "denies it explicitly"),
        ("because no permissions boundary allows the action", "permissions boundary"),
        ("because no resource-based policy allows the action", "resource's own policy"),
    ],
)
def test_a_refusal_is_explained(reason: str, says: str) -> None:
    text = (
        "User: arn:aws:sts::111122223333:assumed-role/AgentCore-x/y is not authorized to perform: "
        f"bedrock-agentcore:RetrieveMemoryRecords on resource: arn:aws:bedrock-agentcore:eu-west-1:1:memory/z {reason}"
    )
    details = diagnose(text, KNOWN).details
    assert details[0].startswith("The agent's runtime role (AgentCore-x) is not allowed to call")
    assert says in details[1]


@pytest.mark.parametrize("resource", ['*","Action":"*","x":"', "arn:aws:s3:::a\x1b]0;b\x07", "*", "arn:aws:s3:::*"])
def test_a_message_cannot_write_the_statement_or_drive_the_terminal(resource: str) -> None:
    text = (
        "User: arn:aws:sts::111122223333:assumed-role/AgentCore-x\x1b]0;c\x07/y is not authorized to perform: "
        f"bedrock-agentcore:Foo on resource: {resource} because no identity-based policy allows it"
    )
    first_said, statement = diagnose(text, KNOWN).details
    assert first_said == "The agent's runtime role is not allowed to call bedrock-agentcore:Foo."
    assert json.loads(statement.partition(": ")[2][:-1])["Resource"] == "ARN"


FORMS = {
    **{name: row["regexes"] for name, row in KNOWN["errors"].items() if row.get("regexes")},
    **{f"part {name}": list(forms.values()) for name, forms in KNOWN["parts"].items()},
    "wordings": list(KNOWN["wordings"].values()),
    "oauth_words": list(KNOWN["oauth_words"].values()),
    "ours": [KNOWN["ours"]],
}


@pytest.mark.parametrize("name", FORMS)
def test_no_pattern_can_take_long(name: str) -> None:
    for form in FORMS[name]:
        assert not list(_unbounded(re._parser.parse(form))), form  # type: ignore[attr-defined]


def test_each_form_of_a_part_is_met_and_used() -> None:
    """A part that no family looks at, or a form that none of the messages here has, is dead or wrong."""
    used = set().union(*(variables(one["when"]) for one in KNOWN["families"]))
    assert [name for name in KNOWN["parts"] if f"part.{name}" not in used] == []


def test_the_kinds_of_aws_errors_are_apart() -> None:
    codes = [code.lower() for codes in KNOWN["kinds"].values() for code in codes]
    assert len(codes) == len(set(codes))


def _unbounded(parsed: Any) -> list[Any]:
    """The repetitions without an upper limit, at any depth; a run of blanks is one blank already."""
    found = []
    for operation, value in parsed:
        if str(operation) in ("MAX_REPEAT", "MIN_REPEAT"):
            found += [value] if str(value[1]) == "MAXREPEAT" else []
            found += _unbounded(value[2])
        elif str(operation) == "SUBPATTERN":
            found += _unbounded(value[3])
        elif str(operation) == "BRANCH":
            found += [one for branch in value[1] for one in _unbounded(branch)]
        elif str(operation) in ("ASSERT", "ASSERT_NOT"):
            found += _unbounded(value[1])
    return found


@pytest.mark.parametrize(
    "line", ["at least one of them is missing", "# Errors that we saw", "100 % of the calls fail with an error"]
)
def test_a_sentence_is_no_frame_and_no_command(line: str) -> None:
    assert take_apart(f"first\n{line}").lines == ("first", line)


def test_the_facts_are_those_that_conditions_may_name() -> None:
    _, facts = message_facts(MEANT[12][1], KNOWN)
    assert set(_dotted(facts)) <= FACTS


def _dotted(facts: dict[str, Any]) -> list[str]:
    found = []
    for name, value in facts.items():
        found += [f"{name}.{inner}" for inner in value] if isinstance(value, dict) else [name]
    return [name for name in found if name not in ("aws", "exception")]
