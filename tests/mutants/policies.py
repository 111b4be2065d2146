"""Wrong policies, and wrong settings of MCP clients."""

from __future__ import annotations

from tests.mutants.mutant import Edit, Mutant, append, drop, swap

_PERMIT, _FORBID = "MyGateway_permit_get_order.cedar", "MyGateway_forbid_cancel_order.cedar"
_TESTS = "policies_test.py"
_SECRET = "Zk3vT9qLx7Rb2mN8wYc5HdPfGs4JaE6uVq1XtM0o"


def _cedar(wrong: str, edit: Edit, says: str, check: str = "cedar", file: str = _PERMIT) -> Mutant:
    return Mutant("cedar", "policy", file, wrong, edit, check, says)


def _decided(wrong: str, edit: Edit, says: str, file: str = _PERMIT) -> Mutant:
    """A policy that Cedar and the service would take, and that decides wrongly."""
    return Mutant("policy-tests", "policy", file, wrong, edit, "policy-decisions", says, artifact=_TESTS)


def _tests(wrong: str, edit: Edit, says: str, check: str) -> Mutant:
    return Mutant("policy-tests", "policy", _TESTS, wrong, edit, check, says)


def _settings(plan: str, wrong: str, edit: Edit, says: str, check: str = "settings") -> Mutant:
    return Mutant("mcp-client-config", plan, "mcp_client.md", wrong, edit, check, says)


MUTANTS = [
    _cedar("an action that does not exist", swap("Orders___get_order", "Orders___read_order"), "did you mean"),
    _cedar("a target that does not exist", swap("Orders___get_order", "Order___get_order"), "has no such tool"),
    _cedar("two underscores", swap("Orders___get_order", "Orders__get_order"), "three underscores"),
    _cedar("a parenthesis is missing", drop(")\nwhen {"), "unexpected token"),
    _cedar("a statement that is neither permit nor forbid", swap("permit(", "allow("), "invalid policy effect"),
    _cedar("no semicolon at its end", swap("};", "}"), "unexpected end of input"),
    _cedar("two statements in one file", append('permit(principal, action, resource);\n'), "A policy is one statement"),
    _cedar("everything is permitted", lambda _: "permit(principal, action, resource);\n", "A bare `resource` is refused"),
    _cedar("a principal that does not exist", swap("AgentCore::OAuthUser", "AgentCore::User"), "never of that type"),
    _cedar("the principal of another sign-in", swap("AgentCore::OAuthUser", "AgentCore::IamEntity"), "never of that type"),
    _cedar("a resource that does not exist", swap("AgentCore::Gateway::", "AgentCore::Tool::"), "has to be a gateway"),
    _cedar("no gateway in its scope", swap('resource == AgentCore::Gateway::"${GATEWAY_ARN}"', "resource"), "A bare `resource` is refused"),
    _cedar("an action without its namespace", swap("AgentCore::Action::", "Action::"), "unrecognized action"),
    _cedar("= where == is meant", swap('principal.getTag("role") == ', 'principal.getTag("role") = '), "not a valid operator"),
    _cedar("a tag is read and may not be there", drop('  principal.hasTag("role") &&\n'), "safety of access to tag"),
    _cedar("an argument that the tool does not have", swap("context.input.id", "context.input.number"), "not found", file=_FORBID),
    _cedar("an argument of another type", swap('context.input.id == "none"', "context.input.id > 5"), "unexpected type: expected Long", file=_FORBID),
    _cedar("permit where forbid is planned", swap("forbid(", "permit("), "not the one of the plan", "as-planned", _FORBID),
    _cedar("another value", swap('"analyst"', '"everyone"'), "not the one of the plan", "as-planned"),
    _cedar("the condition is left out", lambda text: text.partition("\nwhen")[0] + ";\n", "not the one of the plan", "as-planned"),
    _decided("another value is let in", swap('"analyst"', '"everyone"'), "expected allow"),
    _decided("a value that is near is let in", swap('principal.getTag("role") == "analyst"', 'principal.getTag("role") like "*analyst*"'), "expected deny"),
    _decided("everybody is let in", lambda text: text.partition("\nwhen")[0] + ";\n", "expected deny"),
    _decided("permit where forbid is planned", swap("forbid(", "permit("), "expected deny", _FORBID),
    _tests("no Python: a bracket is missing", swap("CALLS: list[dict[str, Any]] = [", "CALLS: list[dict[str, Any]] = "), "", "python-compile"),
    _tests("a token in a call", swap('"example-user"', f'"Bearer {_SECRET}"'), "", "no-secret-inside"),
    _settings("claude-code", "no JSON: a comma too many", swap('"callbackPort": 8976\n', '"callbackPort": 8976,\n'), "this is not JSON"),
    _settings("claude-code", "no JSON: a comment", swap('      "type": "http",', '      // remote\n      "type": "http",'), "this is not JSON"),
    _settings("claude-code", "a block that is not closed", swap("}\n```\n", "}\n"), "not closed"),
    _settings("claude-code", "a client secret beside the id", swap('"clientId": "app",', '"clientId": "app",\n        "clientSecret": "not-so-secret",'), "hold a secret"),
    _settings("claude-code", "a token in a header", swap('"type": "http",', f'"type": "http",\n      "headers": {{"Authorization": "Bearer {_SECRET}"}},'), "bearer", "no-secret-inside"),
    _settings("claude-code", "another client's id", swap('"clientId": "app"', '"clientId": "other"'), '"clientId": "app"', "as-planned"),
    _settings("claude-code", "another redirect URI", swap("localhost:8976/callback", "localhost:9999/callback"), "8976", "as-planned"),
    _settings("claude-code", "a secret on a command line", swap("--client-secret --callback-port", f"--client-secret {_SECRET} --callback-port"), "--client-secret --callback-port", "as-planned"),
    _settings("codex", "no TOML: a value without quotes", swap('command = "uvx"', "command = uvx"), "this is not TOML"),
    _settings("codex", "no TOML: a table that does not end", swap("[mcp_servers.MyGateway]", "[mcp_servers.MyGateway"), "this is not TOML"),
    _settings("codex", "no TOML: the same key twice", swap('command = "uvx"', 'command = "uvx"\ncommand = "npx"'), "this is not TOML"),
    _settings("codex", "keys in its environment", swap('command = "uvx"', f'command = "uvx"\nenv = {{ AWS_SECRET_ACCESS_KEY = "{_SECRET}" }}'), "secret"),
    _settings("codex", "the settings are gone", swap("```toml", "```text"), "block of settings is gone"),
    _settings("codex", "another Region", swap('"us-east-1"', '"eu-west-1"'), "us-east-1", "as-planned"),
]  # fmt: skip
