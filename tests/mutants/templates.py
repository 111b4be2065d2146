"""Wrong CloudFormation templates, each caught in a written plan; more of them, rule by rule, are beside their checks."""

from __future__ import annotations

from tests.mutants.mutant import Edit, Mutant, drop, swap

_FILE = "template.yaml"
_ACCOUNT = "              StringEquals:\n                aws:SourceAccount: !Ref AWS::AccountId\n"


def _of(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return Mutant("cloudformation", "template", _FILE, wrong, edit, check, says)


MUTANTS = [
    _of("no YAML", swap("Resources:\n", "Resources: [\n"), "template", "template.yaml"),
    _of("another server", swap("https://mcp.example.com/mcp", "https://else.example.com/mcp"), "as-planned", "Endpoint"),
    _of("any account may have the role assumed", drop(_ACCOUNT), "template-rules", "aws:SourceAccount"),
    _of("an API key stands in it", swap("ApiKey: !Ref PricesCredentialApiKey", "ApiKey: k-123456"), "template-rules", "ApiKey"),
    _of("the parameter shows the API key", drop("    NoEcho: true\n"), "template-rules", "NoEcho"),
    _of("a place that the API does not know", swap("CredentialLocation: HEADER", "CredentialLocation: BODY"), "request-model", "BODY"),
    _of("an authorizer that there is not", swap("AuthorizerType: CUSTOM_JWT", "AuthorizerType: JWT"), "cfn-lint", "JWT"),
]  # fmt: skip
