"""A wrong policy is found before it is sent: by the Cedar engine, and by the rules that only the service has."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import cedarpy
import pytest

from agentcore_connect.checks import cedar
from agentcore_connect.checks.cedar import CedarCheck, check_policy
from agentcore_connect.checks.cedar_schema import schema_text
from agentcore_connect.checks.cedar_scope import read_scopes
from agentcore_connect.knowledge import resources

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-mygateway-abcde12345"
TARGETS: Any = {
    "RefundTarget": [
        {
            "name": "process_refund",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "orderId": {"type": "string"},
                    "amount": {"type": "integer"},
                    "reason": {"type": "string"},
                    "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
                },
                "required": ["orderId", "amount"],
            },
        }
    ],
    "PaymentTarget": [
        {
            "name": "transfer_funds",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "amount": {"type": "number"},
                    "to": {"type": "string"},
                    "memo": {"type": ["string", "null"]},
                },
                "required": ["amount", "to", "memo"],
            },
        }
    ],
    "Unlisted": None,
}
ACTION = 'AgentCore::Action::"RefundTarget___process_refund"'
GOOD = (
    f'permit(\n  principal is AgentCore::OAuthUser,\n  action == {ACTION},\n  resource == AgentCore::Gateway::"{ARN}"\n)\n'
    'when {\n  principal.hasTag("role") && principal.getTag("role") == "refund-agent" &&\n  context.input.amount < 500\n};\n'
)


def check(text: str, inbound: str | None = "custom-jwt", targets: Any = TARGETS, arn: str | None = ARN) -> CedarCheck:
    return check_policy(text, targets=targets, inbound_auth=inbound, gateway_arn=arn)


def codes(result: CedarCheck, severity: str = "error") -> list[str]:
    return [one.code for one in result.problems if one.severity == severity]


def test_a_good_policy_passes() -> None:
    result = check(GOOD)
    assert (result.status, result.problems) == ("passed", ())
    assert result.by.startswith("cedarpy ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('principal.hasTag("role") && ', "", "unable to guarantee safety of access to tag"),
        (
            'principal.hasTag("role") && ',
            'principal.hasTag("rolle") && ',
            "unable to guarantee safety of access to tag",
        ),
        ("&&\n  context", "||\n  context", ""),
        ("context.input.amount < 500", 'context.input.reason == "x"', "optional attribute `input.reason`"),
        ("context.input.amount", "context.input.amont", "attribute `input.amont`"),
        ("context.input.amount", "context.amount", "attribute `amount` in context"),
        ("< 500", '== "500"', "the types Long and String are not compatible"),
        ("< 500", '< "500"', "expected Long but saw String"),
        ("< 500", "< 5.5", "Policy parse error"),
        (".amount < 500", '.amount.lessThan(decimal("500.00"))', "expected decimal but saw Long"),
        ('principal.getTag("role") == "refund-agent"', 'principal.role == "x"', "attribute `role`"),
        (" < 500\n};", " < 500\n}", "unexpected end of input"),
        ("context.input.amount < 500", 'context.input.orderId.matches("a")', "not a valid method"),
        ("principal is AgentCore::OAuthUser", "principal is OAuthUser", "OAuthUser"),
    ],
)
def test_what_the_engine_finds(old: str, new: str, words: str) -> None:
    assert old in GOOD
    result = check(GOOD.replace(old, new))
    if words == "":  # joined by "or" the guard guards only its own side: that is right Cedar
        assert result.status == "passed"
        return
    assert result.status == "failed"
    assert any(words in str(one) for one in result.problems), result.problems


def test_a_number_of_the_schema_is_no_integer() -> None:
    action = 'AgentCore::Action::"PaymentTarget___transfer_funds"'
    text = f'permit(principal, action == {action}, resource == AgentCore::Gateway::"{ARN}") when {{ CONDITION }};'
    wrong = check(text.replace("CONDITION", "context.input.amount < 500"))
    assert "expected Long but saw decimal" in str(wrong.problems[0])
    assert check(text.replace("CONDITION", 'context.input.amount.lessThan(decimal("500.0"))')).status == "passed"
    nullable = 'context.input.memo == "x"'
    assert "optional attribute" in str(check(text.replace("CONDITION", nullable)).problems[0])
    assert check(text.replace("CONDITION", f"context.input has memo && {nullable}")).status == "passed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("forbid(principal, action, resource);", "wildcard-resource"),
        (f"permit(principal, action == {ACTION}, resource);", "wildcard-resource"),
        (f"permit(principal, action == {ACTION}, resource is AgentCore::Gateway);", "named-action-wants-arn"),
        (f"permit(principal, action in [{ACTION}], resource is AgentCore::Gateway);", "named-action-wants-arn"),
        (f'forbid(principal, action, resource == AgentCore::Gateway::"{ARN}");', "any-action-wants-type"),
        (GOOD.replace(ARN, "my-gateway"), "resource-no-gateway-arn"),
        (GOOD.replace("mygateway", "other"), "resource-no-gateway-arn"),
        (GOOD.replace("___", "__"), "unknown-action"),
        (GOOD.replace("process_refund", "process_*"), "unknown-action"),
        (GOOD.replace("RefundTarget", "RefundTraget"), "unknown-action"),
        (GOOD.replace(f"== {ACTION}", 'in AgentCore::Action::"RefundTarget"'), "group-with-input"),
        (GOOD.replace("OAuthUser", "IamEntity"), "wrong-principal"),
        (GOOD.replace("OAuthUser", "IamEntity"), "tags-on-iam"),
        (GOOD + GOOD, "one-statement"),
        ("", "one-statement"),
        ("permit(principal);", "statement-length"),
        (GOOD.replace("500", "500" + " " * 10_000), "statement-length"),
        ("when it rains, permit everything to everyone;", "cedar"),
        ('permit(principal, action, resource == "x" ;', "cedar"),
    ],
)
def test_what_only_the_service_refuses(text: str, code: str) -> None:
    result = check(text)
    assert result.status == "failed"
    assert code in codes(result), result.problems


@pytest.mark.parametrize(
    ("text", "inbound", "code"),
    [
        (
            f'permit(principal, action == {ACTION}, resource == AgentCore::Gateway::"{ARN}");',
            None,
            "unconditional-permit",
        ),
        ("forbid(principal, action, resource is AgentCore::Gateway);", None, "unconditional-forbid"),
        (
            f'permit(principal is AgentCore::IamEntity, action == {ACTION}, resource == AgentCore::Gateway::"{ARN}") '
            'when { principal.id like "arn:aws:iam::123456789012:*" };',
            "aws-iam",
            "iam-user-arn",
        ),
    ],
)
def test_what_passes_and_does_not_do_what_was_meant_is_a_warning(text: str, inbound: str | None, code: str) -> None:
    result = check(text, inbound)
    assert result.status == "passed"
    assert codes(result, "warning") == [code]


def test_the_place_is_named_and_the_nearest_tool() -> None:
    result = check("// refunds\n\n" + GOOD.replace("process_refund", "proces_refund"))
    assert result.problems[0].where == "policy.cedar:3"
    assert "did you mean 'RefundTarget___process_refund'?" in result.problems[0].message


def test_what_could_not_be_judged_is_not_called_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    unlisted = GOOD.replace("RefundTarget___process_refund", "Unlisted___anything")
    assert check(unlisted).status == "not-run"
    assert "not judged" in check(unlisted).by
    assert check(unlisted.replace("< 500", "< 5.5")).status == "failed"
    assert check(GOOD, targets=None).status == "not-run"
    guarded = GOOD.replace("when {", "when guardrails {")
    assert (check(guarded).status, "plain Cedar only" in check(guarded).by) == ("not-run", True)
    real = importlib.util.find_spec
    monkeypatch.setattr(cedar, "find_spec", lambda name: None if name == "cedarpy" else real(name))
    assert (check(GOOD).status, "not installed" in check(GOOD).by) == ("not-run", True)
    assert codes(check("forbid(principal, action, resource);")) == ["wildcard-resource"]
    assert codes(check("this is no policy, however long it may be")) == ["no-policy"]


SCOPES = [
    GOOD,
    "forbid(principal, action, resource is AgentCore::Gateway);",
    f'permit(principal == AgentCore::OAuthUser::"a,b)", action in [{ACTION}, AgentCore::Action::"A___b"], resource);',
    'permit(principal is AgentCore::OAuthUser, action in AgentCore::Action::"T", resource == AgentCore::Gateway::"x;y");',
    '@id("a;b") // c;\n@note("x")\npermit ( principal , action == AgentCore :: Action :: "A" , resource ) unless { true } ;',
    'permit(principal, action, resource) when { "permit(a, b, c);" == "//" };',
    r'permit(principal, action == AgentCore::Action::"a\"b", resource);',
]


@pytest.mark.parametrize("text", SCOPES)
def test_scopes_are_read_as_the_engine_reads_them(text: str) -> None:
    scopes = read_scopes(text)
    assert scopes is not None
    [theirs] = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
    [ours] = scopes
    assert ours.effect == theirs["effect"]
    assert bool(ours.conditions) == bool(theirs["conditions"])
    for name in ("principal", "action", "resource"):
        part, other = getattr(ours, name), theirs[name]
        entities = [other["entity"]] if "entity" in other else other.get("entities", [])
        assert part.op == other["op"].lower()
        assert list(part.ids) == [one["id"] for one in entities]
        assert part.listed == ("entities" in other)
        if part.type is not None and name != "action":
            assert part.type == other.get("entity_type", entities[0]["type"] if entities else None)


@pytest.mark.parametrize(
    "text", ["permit", "permit(principal)", "permit(principal, action);", "x;", '"', "permit((((;"]
)
def test_what_is_no_policy_is_not_read_as_one(text: str) -> None:
    assert read_scopes(text) is None


def test_the_generated_schema_is_taken_by_the_engine_and_knows_the_tools() -> None:
    text = schema_text(TARGETS)
    cedarpy.Schema.from_str(text)
    assert 'action "RefundTarget___process_refund" in [Action::"RefundTarget"]' in text
    assert '"amount": Long' in text
    assert '"reason"?: String' in text
    assert '"lines"?: Set<{ "sku"?: String }>' in text
    assert '"memo"?: String' in text
    assert "Unlisted" not in text


def test_every_rule_of_the_service_is_used() -> None:
    from pathlib import Path

    folder = Path(cedar.__file__).parents[1]
    code = "".join((folder / name).read_text("utf-8") for name in ("checks/cedar.py", "plan/policies.py"))
    code += "unconditional-permit unconditional-forbid"
    assert [rule for rule in resources.load("cedar")["rules"] if rule not in code] == []
