"""Commands that are wrong in one way each: every one is refused by the CLI, or shown by the project file.

The CLI takes many wrong commands in silence; so what counts is that one of the two notices.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from agentcore_connect.core.record import replace
from agentcore_connect.plan import argv as words
from agentcore_connect.plan.operation import Operation
from agentcore_connect.plan.promises import Promised, compare, promises
from tests.commands import command_cases as cases
from tests.realcli.real_project import Project

Change = Callable[[list[str]], list[str]]
LONG = "g" * 60


def without(flag: str, values: int = 1) -> Change:
    """Leave an option out."""

    def change(argv: list[str]) -> list[str]:
        at = argv.index(flag)
        return argv[:at] + argv[at + 1 + values :]

    return change


def with_value(flag: str, value: str) -> Change:
    """Give an option another value."""

    def change(argv: list[str]) -> list[str]:
        at = argv.index(flag)
        return [*argv[: at + 1], value, *argv[at + 2 :]]

    return change


def plus(*more: str) -> Change:
    """Add words at the end."""
    return lambda argv: [*argv, *more]


MCP = cases.context(cases.mcp_targets(), "custom-jwt")
HTTP = cases.context(cases.http_targets(), gateway={"protocol_type": "None"})
GUARDED = cases.context(
    cases.mcp_targets()[:1],
    policy={"mode": "log-only", "engine": "Guard"},
    policies=[{"name": "allow_a", "file": "allow_a.cedar", "validation_mode": "FAIL_ON_ANY_FINDINGS"}],
)
HARNESS = cases.context(
    cases.mcp_targets()[:1],
    "custom-jwt",
    agent={"framework": None, "state": "existing", "kind": "harness", "name": "Helper"},
)
WRAPPED = '{"inlinePayload": [{"name": "find", "description": "d", "inputSchema": {"type": "object"}}]}'

# plan, operation, what is changed, who notices, in which words
WRONG: list[tuple[Mapping[str, Any], str, Change, str, str]] = [
    (MCP, "add-gateway", without("--authorizer-type"), "file", '"NONE" (--authorizer-type had no effect)'),
    (MCP, "add-gateway", with_value("--authorizer-type", "custom-jwt"), "cli", "Invalid authorizer type"),
    (MCP, "add-gateway", without("--discovery-url"), "cli", "--discovery-url is required"),
    (MCP, "add-gateway", with_value("--discovery-url", "https://idp.example.com/"), "cli", "openid-configuration"),
    (MCP, "add-gateway", with_value("--discovery-url", cases.DISCOVERY.replace("https", "http")), "cli", "HTTPS"),
    (MCP, "add-gateway", without("--allowed-audience"), "file", "allowedAudience"),
    (MCP, "add-gateway", without("--allowed-scopes"), "file", "allowedScopes"),
    (MCP, "add-gateway", with_value("--allowed-clients", "someone-else"), "file", "(--allowed-clients had no effect)"),
    (MCP, "add-gateway", without("--protocol-type"), "file", 'protocolType: promised "MCP", it says "None"'),
    (MCP, "add-gateway", plus("--no-semantic-search"), "file", "enableSemanticSearch"),
    (MCP, "add-gateway", plus("--exception-level", "DEBUG"), "file", "exceptionLevel"),
    (MCP, "add-gateway", plus("--authorizer-configuration", "{}"), "cli", "unknown option"),
    (MCP, "add-gateway", plus("--enable-semantic-search"), "cli", "unknown option"),
    (MCP, "add-gateway", plus("MyGateway"), "cli", "too many arguments"),
    (MCP, "add-gateway", with_value("--name", LONG), "cli", "Gateway name too long"),
    (MCP, "add-gateway", plus("--policy-engine", "Ghost", "--policy-engine-mode", "ENFORCE"), "file", "policyEngineConfiguration"),
    (MCP, "add-target-mcp-open", plus("--outbound-auth", "none"), "cli", "--credential-name"),
    (MCP, "add-target-mcp-open", plus("--outbound-auth", "NONE"), "file", "outboundAuth"),
    (MCP, "add-target-mcp-open", with_value("--gateway", "other"), "cli", 'Gateway "other" not found'),
    (MCP, "add-target-mcp-open", with_value("--endpoint", "ftp://x.example.com"), "cli", "http:// or https://"),
    (MCP, "add-target-mcp-open", with_value("--name", "mcp_open"), "file", "targets[mcp-open]: promised"),
    (MCP, "add-target-mcp-open", with_value("--type", "mcpServer"), "cli", "Invalid type"),
    (MCP, "add-target-mcp-oauth", without("--outbound-auth"), "file", "(--outbound-auth, --credential-name"),
    (MCP, "add-target-mcp-oauth", with_value("--outbound-auth", "oath"), "file", 'it says "NONE"'),
    (MCP, "add-target-mcp-oauth", with_value("--outbound-auth", "api-key"), "cli", "do not support API_KEY"),
    (MCP, "add-target-mcp-oauth", with_value("--credential-name", "Key"), "file", "(--credential-name had no effect)"),
    (MCP, "add-target-mcp-oauth", with_value("--credential-name", "Ghost"), "cli", 'Credential "Ghost" not found'),
    (MCP, "add-target-mcp-oauth", without("--credential-name"), "cli", "--credential-name"),
    (MCP, "add-target-api-key", without("--outbound-auth"), "cli", "require outbound auth"),
    (MCP, "add-target-api-key", with_value("--outbound-auth", "none"), "cli", "outbound auth"),
    (MCP, "add-target-api-key", plus("--api-key-location", "header"), "cli", "unknown option"),
    (MCP, "add-target-api-key", with_value("--schema", "specs/api.yaml"), "cli", "must be a JSON file"),
    (MCP, "add-target-api-key", with_value("--schema", "specs/none.json"), "cli", "Schema file not found"),
    (MCP, "add-target-stage-key", with_value("--credential-name", "Ghost"), "file", "(--credential-name had no effect)"),
    (MCP, "add-target-stage-key", with_value("--outbound-auth", "oauth"), "cli", "not supported for api-gateway"),
    (MCP, "add-target-stage-iam", without("--tool-filter-path"), "file", "(--tool-filter-path had no effect)"),
    (MCP, "add-target-stage-iam", with_value("--tool-filter-methods", "get"), "cli", "methods[0]"),
    (MCP, "add-target-function", plus("--outbound-auth", "oauth", "--credential-name", "Client"), "cli", "not applicable"),
    (MCP, "add-target-function", plus("--outbound-auth", "none"), "cli", "not applicable"),
    (MCP, "add-target-function", with_value("--tool-schema-file", "wrapped.json"), "cli", "must contain a JSON array"),
    (MCP, "add-target-function", with_value("--tool-schema-file", "gone.json"), "cli", "Tool schema file not found"),
    (MCP, "add-target-model", plus("--outbound-auth", "gateway-iam-role"), "cli", "credential"),
    (MCP, "add-target-model", plus("--outbound-auth", "none"), "cli", "--credential-name"),
    (MCP, "add-target-kb", without("--knowledge-base-id"), "cli", "knowledge-base-id"),
    (MCP, "add-target-kb", with_value("--knowledge-base-id", "ZZ99ZZ99ZZ"), "file", "knowledgeBaseId"),
    (MCP, "add-target-web", with_value("--connector", "websearch"), "cli", "connector"),
    (HTTP, "add-gateway", plus("--protocol-type", "MCP"), "file", "protocolType"),
    (HTTP, "add-target-front", with_value("--runtime", "Ghost"), "cli", "unknown runtime"),
    (HTTP, "add-target-front-oauth", without("--oauth-scopes"), "file", "scopes"),
    (HTTP, "add-target-front-oauth", with_value("--credential-name", "Ghost"), "file", "(--credential-name had no effect)"),
    (HTTP, "add-target-pass-iam", without("--signing-service"), "cli", "signing-service"),
    (HTTP, "add-target-pass-iam", with_value("--passthrough-protocol", "CUSTOM"), "file", "(--passthrough-protocol had no effect)"),
    (HTTP, "add-target-pass-jwt", without("--outbound-auth"), "cli", "outbound"),
    (HTTP, "add-target-pass-jwt", with_value("--passthrough-endpoint", "http://a.example.com"), "cli", "HTTPS"),
    (GUARDED, "add-policy-engine", with_value("--attach-to-gateways", "tool-gatway"), "file", "policyEngineConfiguration: promised"),
    (GUARDED, "add-policy-engine", with_value("--attach-mode", "ENFORCE"), "file", 'it says "ENFORCE"'),
    (GUARDED, "add-policy-engine", with_value("--attach-mode", "log-only"), "cli", "LOG_ONLY"),
    (GUARDED, "add-policy-engine", with_value("--name", "my-engine"), "cli", "name"),
    (GUARDED, "policy-allow_a", with_value("--engine", "Ghost"), "cli", 'Policy engine "Ghost" not found'),
    (GUARDED, "policy-allow_a", with_value("--source", "gone.cedar"), "cli", "Source file not found"),
    (GUARDED, "policy-allow_a", with_value("--validation-mode", "IGNORE_ALL_FINDINGS"), "file", "validationMode"),
    (HARNESS, "add-harness-tool", without("--outbound-auth"), "file", "outboundAuth"),
    (HARNESS, "add-harness-tool", with_value("--outbound-auth", "awsIam"), "cli", "only valid with --outbound-auth oauth"),
    (HARNESS, "add-harness-tool", without("--scopes"), "cli", "--scopes is required"),
]  # fmt: skip


def put(document: Any, promised: Promised) -> None:
    """Let a promise hold in a document, so that a command can be tried without those before it."""
    for index, step in enumerate(promised.at):
        last = index == len(promised.at) - 1
        if isinstance(step, str):
            following = None if last else promised.at[index + 1]
            default: Any = [] if isinstance(following, Mapping) else {}
            document = document.setdefault(step, promised.value if last else default)
        else:
            entry = next((one for one in document if all(one.get(k) == v for k, v in step.items())), None)
            if entry is None:
                entry = dict(step)
                document.append(entry)
            document = entry
    if isinstance(document, dict):
        document.update(promised.value)


def until(ops: Sequence[Operation], identity: str) -> list[Operation]:
    """The operations before this one, but for targets that it has nothing to do with."""
    before = ops[: [op.id for op in ops].index(identity)]
    return [op for op in before if not op.id.startswith("add-target-")]


@pytest.mark.part
@pytest.mark.parametrize(
    ("ctx", "identity", "change", "noticed_by", "said"),
    WRONG,
    ids=[f"{number}-{entry[1]}" for number, entry in enumerate(WRONG)],
)
def test_a_wrong_command_is_noticed(
    project: Project,
    count: Callable[[str, int], None],
    ctx: dict[str, Any],
    identity: str,
    change: Change,
    noticed_by: str,
    said: str,
) -> None:
    count("planted", 1)
    ops = cases.plan(ctx)
    cases.write(project.root / "connect", ctx)
    (project.root / "wrapped.json").write_text(WRAPPED)
    (project.root / "specs" / "api.yaml").write_text("openapi: 3.0.3\n")
    harness = project.root / "app" / "Helper" / "harness.json"
    harness.parent.mkdir(parents=True)
    harness.write_text('{"name": "Helper", "model": {"provider": "bedrock", "modelId": "m"}, "tools": []}')
    state = project.json | {"harnesses": [{"name": "Helper", "path": "app/Helper"}]}
    for promised in promises(until(ops, identity)).entries:
        value = dict(promised.value)
        if "protocolType" in value:
            value |= {"targets": []}
        if promised.at[-1] == {"name": "Guard"}:
            value |= {"policies": []}
        put(state, replace(promised, value=value))
    project.json = state
    (project.root / "connect" / "deployed-allow_a.cedar").write_text("permit(principal, action, resource);")

    (op,) = [one for one in ops if one.id == identity]
    wrong = words.fill(change(list(op.argv)), {"GATEWAY_ARN": cases.ARN, "TOKEN_PROVIDER_ARN": cases.ARN})
    ran = project.run(*wrong, cwd=project.root)
    after = {"app/Helper/harness.json": json.loads(harness.read_text())}
    differences = compare(promises([op]), project.json, files=after)
    if noticed_by == "cli":
        assert ran.returncode != 0, ran.said
        assert said in ran.stderr + ran.stdout
    else:
        assert ran.returncode == 0, ran.said
        assert any(said in line for line in differences), differences
    count("caught", 1)


@pytest.mark.parametrize("left_out", ["declare-credential-Client", "scopes-mcp-oauth", "filters-stage-key"])
def test_a_left_out_edit_is_noticed(project: Project, count: Callable[[str, int], None], left_out: str) -> None:
    count("planted", 1)
    ops = cases.plan(MCP)
    state = project.json
    for promised in promises([op for op in ops if op.id != left_out]).entries:
        put(state, promised)
    subject = {
        "declare-credential-Client": "credentials[Client]",
        "scopes-mcp-oauth": "scopes",
        "filters-stage-key": "toolFilters",
    }
    assert any(subject[left_out] in line for line in compare(promises(ops), state))
    count("caught", 1)


def test_the_right_command_is_not_noticed(project: Project) -> None:
    """The scaffold of these tests must not be what is noticed."""
    ops = cases.plan(MCP)
    state = project.json
    for promised in promises(ops).entries:
        put(state, promised)
    assert compare(promises(ops), state) == []
