"""Wrong answers, wrong plan.json, wrong plan.md."""

from __future__ import annotations

from tests.mutants.mutant import Edit, Mutant, append, drop, put, swap, without

_SECRET = "sk-live-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"


def _answers(wrong: str, edit: Edit, check: str, says: str, artifact: str = "") -> Mutant:
    return Mutant("answers", "oauth", "answers.yaml", wrong, edit, check, says, artifact=artifact)


def _plan(wrong: str, edit: Edit, check: str, says: str, plan: str = "oauth") -> Mutant:
    return Mutant("plan", plan, "plan.json", wrong, edit, check, says)


def _document(wrong: str, edit: Edit, says: str, check: str = "as-planned", plan: str = "oauth") -> Mutant:
    return Mutant("document", plan, "plan.md", wrong, edit, check, says)


MUTANTS = [
    _answers("an unknown key", swap("endpoint:", "endpont:"), "unknown-key", "endpont"),
    _answers("a value that does not exist", swap("service: mcp-server", "service: mcp"), "unknown-value", "mcp-server"),
    _answers("an http:// endpoint", swap("https://mcp.example.com", "http://mcp.example.com"), "bad-value", "https"),
    _answers("a secret as a value", swap("client_id: app", f"client_id: {_SECRET}"), "secret-in-answers", "looks like"),
    _answers("a key that holds a secret", swap("client_id: app", "client_id: app\n      client_secret: x"), "secret-in-answers", "secret"),
    _answers("no YAML", swap("gateway:\n", "gateway: [\n"), "malformed-file", "YAML"),
    _answers("the same key twice", swap("    service: mcp-server\n", "    service: mcp-server\n    service: lambda\n"), "duplicate-key", "twice"),
    _answers("another version", swap("version: 1\n", "version: 2\n"), "unknown-version", "version"),
    _answers("a text where a list belongs", swap("      scopes:\n        - read\n", "      scopes: {read: true}\n"), "wrong-type", "scopes"),
    _answers("answers that are missing", drop("    service_auth: oauth-client-credentials\n"), "answer-missing", "service_auth"),
    _answers("other answers than the plan's", swap("mcp.example.com", "other.example.com"), "follows-from-answers", "not what the answers lead to", "plan.json"),
    _answers("another inbound auth than the plan's", swap("inbound_auth: aws-iam", "inbound_auth: none\n  environment: development"), "follows-from-answers", "gateway", "plan.json"),
    _plan("no JSON", append("}"), "unreadable-plan", "cannot be read"),
    _plan("a list instead of an object", lambda text: f"[{text}]", "unreadable-plan", "not a JSON object"),
    _plan("a key that its schema does not have", put("target", "x"), "json-schema", "target"),
    _plan("a required key is missing", without("connections", 0, "path"), "json-schema", "path"),
    _plan("a value outside the enum", put("connections", 0, "path", "E"), "json-schema", "E"),
    _plan("a number as a text", put("version", "1"), "json-schema", "version"),
    _plan("a file is missing from its list", without("artifacts", 3), "follows-from-answers", "artifacts"),
    _plan("a file that the plan does not have", put("artifacts", 3, "path", "other.py"), "follows-from-answers", "artifacts[3].path"),
    _plan("another mechanism than its files", put("connections", 0, "mechanism", "cli+sdk"), "follows-from-answers", "connections[0].mechanism"),
    _plan("another auth than the decision", put("connections", 0, "outbound_auth", "none"), "follows-from-answers", "connections[0].outbound_auth"),
    _plan("a step is missing", without("steps", 1), "follows-from-answers", "steps"),
    _plan("another command", put("steps", 1, "argv", ["agentcore", "deploy"]), "follows-from-answers", "steps[1].argv"),
    _plan("a warning is left out", without("connections", 0, "warnings", 0), "follows-from-answers", "warnings", "stream"),
    _plan("a secret in a summary", put("summary", f"with {_SECRET}"), "no-secret-inside", "looks like"),
    _document("it is not there", lambda _: "", "a line was changed, or is gone"),
    _document("a step is left out", drop("2. Add the gateway MyGateway\n"), "Add the gateway MyGateway"),
    _document("another command than the script's", swap("--authorizer-type AWS_IAM", "--authorizer-type NONE"), "--authorizer-type AWS_IAM"),
    _document("another right than the role needs", swap("bedrock-agentcore:GetResourceOauth2Token", "bedrock-agentcore:*"), "GetResourceOauth2Token"),
    _document("a right on every resource", swap('"arn:aws:bedrock-agentcore:us-east-1:*:token-vault/default"', '"*"'), "token-vault/default"),
    _document("a right on every secret", swap("secret:bedrock-agentcore-identity!default/oauth2/Sky-*", "secret:*"), "oauth2/Sky-*"),
    _document("another mechanism", swap("mechanism cli.", "mechanism console."), "mechanism cli"),
    _document("a warning is left out", drop("The workload access token"), "workload access token", plan="stream"),
    _document("a secret in a note", append(f"\nThe key is {_SECRET}.\n"), "looks like", "no-secret-inside"),
]  # fmt: skip
