"""Policies made from answers allow and deny what the answers say, by decisions of the Cedar engine."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import cedarpy
import pytest

from agentcore_connect.checks.cedar import check_policy
from agentcore_connect.checks.cedar_schema import schema_text
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.problem import Problem
from agentcore_connect.knowledge import resources
from agentcore_connect.plan.policies import write_policies
from agentcore_connect.plan.policy_text import Policy
from agentcore_connect.render.environment import environment

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-mygateway-abcde12345"
REFUND = {
    "name": "refund",
    "inputSchema": {
        "type": "object",
        "properties": {
            "amount": {"type": "integer"},
            "why": {"type": "string"},
            "express": {"type": "boolean"},
            "order": {
                "type": "object",
                "properties": {"total": {"type": "number"}, "ship-to": {"type": "string"}},
                "required": ["total"],
            },
            "tags": {"type": "array", "items": {"type": "string"}},
            "if": {"type": "integer"},
        },
        "required": ["amount"],
    },
}
PAY = {
    "name": "pay",
    "inputSchema": {
        "type": "object",
        "properties": {"amount": {"type": "number"}, "note": {"type": ["string", "null"]}},
        "required": ["amount"],
    },
}
TARGETS = {"Refunds-EU": [REFUND, PAY], "Elsewhere": None}
NUMBER = {"decimal": lambda text: {"__extn": {"fn": "decimal", "arg": text}}}


def written(entry: Any, inbound: str = "custom-jwt", **options: Any) -> list[Policy]:
    return write_policies([entry], inbound_auth=inbound, targets=TARGETS, gateway_arn=ARN, **options).policies


def both(restrict: list[Any], **options: Any) -> tuple[list[Policy], list[Problem]]:
    found = write_policies(restrict, **options)
    return found.policies, found.warnings


def decide(
    policies: list[Policy], tool: str, arguments: Any, inbound: str = "custom-jwt", caller: str = "u1", **claims: str
) -> str:
    """The engine's decision for one call; a number that the tool declares as such is given as {"decimal": text}."""
    kind = {"custom-jwt": "OAuthUser", "aws-iam": "IamEntity", "none": "UnauthenticatedUser"}[inbound]
    uid = {"type": f"AgentCore::{kind}", "id": "u1"}
    entity = {"uid": uid, "attrs": {} if inbound == "none" else {"id": caller}, "parents": []}
    entity |= {"tags": claims} if inbound == "custom-jwt" else {}
    gateway = {"uid": {"type": "AgentCore::Gateway", "id": ARN}, "attrs": {}, "parents": []}
    now = {"__extn": {"fn": "datetime", "arg": "2026-01-01T00:00:00Z"}}
    request = {
        "principal": f'{uid["type"]}::"u1"',
        "action": f'AgentCore::Action::"{tool}"',
        "resource": f'AgentCore::Gateway::"{ARN}"',
        "context": {"input": arguments, "system": {"now": now}},
    }
    text = "\n".join(policy.statement for policy in policies)
    result = cedarpy.is_authorized(request, text, [entity, gateway], schema_text(TARGETS))
    assert not result.diagnostics.errors, result.diagnostics.errors
    return str(result.decision.value if hasattr(result.decision, "value") else result.decision)


def test_a_plain_tool_is_permitted_and_the_others_are_not() -> None:
    policies = written("Refunds-EU___refund")
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}) == "Allow"
    assert decide(policies, "Refunds-EU___pay", {"amount": NUMBER["decimal"]("1.0")}) == "Deny"


@pytest.mark.parametrize(
    ("values", "allowed", "denied"),
    [
        (["analyst"], ["analyst"], ["boss", "analysts", None]),
        (["analyst", "boss"], ["analyst", "boss"], ["intern", None]),
        (["team-*", "boss"], ["team-a", "team-", "boss"], ["team", "a-team-a", None]),
        ([], ["whatever"], [None]),
        (['a"b\\c'], ['a"b\\c'], ["ab"]),
    ],
)
def test_a_claim_decides(values: list[str], allowed: list[str], denied: list[str | None]) -> None:
    policies = written({"tools": ["Refunds-EU___refund"], "claim": "role", "values": values})
    for role in [*allowed, *denied]:
        claims = {} if role is None else {"role": role}
        expected = "Allow" if role in allowed else "Deny"
        assert decide(policies, "Refunds-EU___refund", {"amount": 1}, **claims) == expected, role


def test_a_scope_is_looked_for_inside_the_claim() -> None:
    policies = written({"tools": ["Refunds-EU___refund"], "claim": "scope", "values": ["refund:write"]})
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, scope="openid refund:write") == "Allow"
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, scope="openid refund:read") == "Deny"


@pytest.mark.parametrize(
    ("scope", "decision"),
    [
        ("refund:write", "Allow"),
        ("refund:write openid", "Allow"),
        ("a refund:write b", "Allow"),
        ("refund:writeall", "Deny"),
        ("openid no-refund:write", "Deny"),
        ("xrefund:write refund:writex", "Deny"),
    ],
)
def test_a_scope_is_matched_as_a_whole_word(scope: str, decision: str) -> None:
    policies = written({"tools": ["Refunds-EU___refund"], "claim": "scope", "values": ["refund:write"]})
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, scope=scope) == decision


ELEMENTS = [
    "admin",
    "superadmin",
    "admins",
    "an admin",
    "x,admin",
    'x"admin',
    'admin"',
    "admin\\",
    "[admin",
    "\u00fcber",
    "",
]


@pytest.mark.parametrize("blank", ["", " "])
@pytest.mark.parametrize("wanted", [["admin"], ["admin", "admins"], ['x"admin'], ["admin\\"], ["\u00fcber"], ["adm*"]])
def test_an_array_claim_matches_its_elements_and_nothing_else(wanted: list[str], blank: str) -> None:
    """Every array of up to two of the elements, by the Cedar engine, against what the array holds."""
    policies = written({"tools": ["Refunds-EU___refund"], "claim": "cognito:groups", "values": wanted})
    begins = tuple(value[:-1] for value in wanted if value.endswith("*"))
    for size in range(3):
        for groups in product(ELEMENTS, repeat=size):
            holds = any(one in wanted or (begins and one.startswith(begins)) for one in groups)
            for ascii_only in (True, False):
                text = json.dumps(groups, separators=(f",{blank}", ":"), ensure_ascii=ascii_only)
                claims = {"cognito:groups": text}
                decision = decide(policies, "Refunds-EU___refund", {"amount": 1}, **claims)
                assert decision == ("Allow" if holds else "Deny"), text


@pytest.mark.parametrize(
    ("groups", "decision"),
    [
        (["admin"], "Allow"),
        (["admin", "b"], "Allow"),
        (["a", "admin", "b"], "Allow"),
        (["a", "admin"], "Allow"),
        (["superadmin"], "Deny"),
        (["admins", "admin-readonly"], "Deny"),
        ([], "Deny"),
    ],
)
@pytest.mark.parametrize("claim", ["groups", "roles", "teams"])
def test_a_claim_is_an_array_by_its_name_or_by_what_the_answers_say(claim: str, groups: Any, decision: str) -> None:
    entry = {"tools": ["Refunds-EU___refund"], "claim": claim, "values": ["admin"]}
    policies = written(entry if claim != "teams" else {**entry, "claim_type": "array"})
    claims = {claim: json.dumps(groups, separators=(",", ":"))}
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, **claims) == decision
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, **{claim: "admin"}) == "Allow"


@pytest.mark.parametrize("scp", ["a orders:read", '["a","orders:read"]'])
def test_scp_is_matched_as_okta_and_as_entra_send_it(scp: str) -> None:
    policies = written({"tools": ["Refunds-EU___refund"], "claim": "scp", "values": ["orders:read"]})
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, scp=scp) == "Allow"
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, scp=scp.replace("read", "reads")) == "Deny"


@pytest.mark.parametrize(
    ("tool", "when", "allowed", "denied"),
    [
        ("refund", {"input": "amount", "op": "<", "value": 500}, [{"amount": 499}], [{"amount": 500}]),
        ("refund", {"input": "amount", "op": ">=", "value": -3}, [{"amount": -3}], [{"amount": -4}]),
        ("refund", {"input": "amount", "op": "!=", "value": 5}, [{"amount": 4}], [{"amount": 5}]),
        (
            "pay",
            {"input": "amount", "op": "<=", "value": 500},
            [{"amount": NUMBER["decimal"]("500.0")}],
            [{"amount": NUMBER["decimal"]("500.01")}],
        ),
        (
            "pay",
            {"input": "amount", "op": ">", "value": 1.25},
            [{"amount": NUMBER["decimal"]("1.2501")}],
            [{"amount": NUMBER["decimal"]("1.25")}],
        ),
        (
            "refund",
            {"input": "why", "op": "like", "value": "damaged*"},
            [{"amount": 1, "why": "damaged in transit"}],
            [{"amount": 1, "why": "was damaged"}, {"amount": 1}],
        ),
        (
            "refund",
            {"input": "express", "op": "==", "value": False},
            [{"amount": 1, "express": False}],
            [{"amount": 1, "express": True}, {"amount": 1}],
        ),
        (
            "refund",
            {"input": "order.ship-to", "op": "==", "value": "NO"},
            [{"amount": 1, "order": {"total": NUMBER["decimal"]("1.0"), "ship-to": "NO"}}],
            [{"amount": 1, "order": {"total": NUMBER["decimal"]("1.0")}}, {"amount": 1}],
        ),
        (
            "refund",
            {"input": "order.total", "op": "<", "value": 9},
            [{"amount": 1, "order": {"total": NUMBER["decimal"]("8.99")}}],
            [{"amount": 1}],
        ),
        ("refund", {"input": "if", "op": "==", "value": 1}, [{"amount": 1, "if": 1}], [{"amount": 1}]),
    ],
)
def test_an_argument_decides_by_its_own_type(tool: str, when: Any, allowed: list[Any], denied: list[Any]) -> None:
    policies = written({"tools": [f"Refunds-EU___{tool}"], "when": when})
    for arguments in allowed:
        assert decide(policies, f"Refunds-EU___{tool}", arguments) == "Allow", arguments
    for arguments in denied:
        assert decide(policies, f"Refunds-EU___{tool}", arguments) == "Deny", arguments
    assert check(policies) == ["passed"]


def test_a_forbid_goes_before_a_permit() -> None:
    entries = [
        "Refunds-EU___refund",
        {"effect": "forbid", "tools": ["Refunds-EU___refund"], "claim": "role", "values": ["x"]},
    ]
    policies, _ = both(entries, inbound_auth="custom-jwt", targets=TARGETS, gateway_arn=ARN)
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, role="x") == "Deny"
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, role="y") == "Allow"


def test_one_wish_for_tools_of_several_types_becomes_one_statement_for_each_type() -> None:
    entry = {
        "effect": "forbid",
        "tools": ["Refunds-EU___refund", "Refunds-EU___pay"],
        "when": {"input": "amount", "op": ">=", "value": 500},
    }
    policies = [*written(entry), *written("Refunds-EU___refund"), *written("Refunds-EU___pay")]
    assert [len(policy.tools) for policy in policies] == [1, 1, 1, 1]
    assert decide(policies, "Refunds-EU___refund", {"amount": 500}) == "Deny"
    assert decide(policies, "Refunds-EU___refund", {"amount": 499}) == "Allow"
    assert decide(policies, "Refunds-EU___pay", {"amount": NUMBER["decimal"]("500.0")}) == "Deny"
    assert decide(policies, "Refunds-EU___pay", {"amount": NUMBER["decimal"]("499.0")}) == "Allow"


def test_tools_without_a_condition_share_a_statement() -> None:
    policies = written({"tools": ["Refunds-EU___refund", "Refunds-EU___pay"], "claim": "role"})
    assert [policy.tools for policy in policies] == [("Refunds-EU___refund", "Refunds-EU___pay")]
    assert check(policies) == ["passed"]
    assert decide(policies, "Refunds-EU___pay", {"amount": NUMBER["decimal"]("1.0")}, role="any") == "Allow"


@pytest.mark.parametrize("inbound", ["custom-jwt", "aws-iam", "none"])
def test_the_caller_is_of_the_kind_that_the_gateway_lets_in(inbound: str) -> None:
    entry = {"tools": ["Refunds-EU___refund"], "when": {"input": "amount", "op": "<", "value": 5}}
    policies = written(entry, inbound)
    assert check(policies, inbound) == ["passed"]
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}, inbound) == "Allow"
    assert decide(policies, "Refunds-EU___refund", {"amount": 5}, inbound) == "Deny"


def check(policies: list[Policy], inbound: str = "custom-jwt") -> list[str]:
    return [
        check_policy(policy.statement, targets=TARGETS, inbound_auth=inbound, gateway_arn=ARN).status
        for policy in policies
    ]


def test_names_fit_the_service_and_are_unique() -> None:
    long = {
        "Target-With-A-Long-Name": [{"name": "a_tool_with_a_very_long_name_indeed", "inputSchema": {"type": "object"}}]
    }
    tool = "Target-With-A-Long-Name___a_tool_with_a_very_long_name_indeed"
    policies, _ = both(
        [tool, tool, {"tools": [tool], "claim": "a"}],
        inbound_auth="custom-jwt",
        targets=long,
        gateway_name="9-My-Gateway",
    )
    pattern = resources.load("limits")["patterns"]["policy-name"]["regex"]
    names = [policy.name for policy in policies]
    assert len(set(names)) == 3
    assert all(re.match(pattern, name) for name in names)
    assert [policy.file for policy in policies] == [f"{name}.cedar" for name in names]


def test_the_arn_is_left_open_until_it_is_known() -> None:
    policy = both(["Refunds-EU___refund"], inbound_auth="aws-iam", targets=TARGETS)[0][0]
    assert not policy.arn_known
    assert 'resource == AgentCore::Gateway::"${GATEWAY_ARN}"' in policy.statement
    assert check_policy(policy.statement, targets=TARGETS, inbound_auth="aws-iam").status == "passed"
    filled = policy.statement.replace("${GATEWAY_ARN}", ARN)
    assert filled == written("Refunds-EU___refund", "aws-iam")[0].statement


def test_a_policys_file_is_its_statement() -> None:
    policy = written("Refunds-EU___refund")[0]
    manifest = resources.load_manifest("cedar")
    text = environment().get_template(f"cedar/{manifest['template']}").render(policy=policy.as_dict())
    assert text == policy.statement
    assert manifest["artifact"].format(file=policy.file) == policy.file


def test_what_the_service_might_report_is_told_and_taken_into_account() -> None:
    entries = [
        "Refunds-EU___refund",
        {"tools": ["Refunds-EU___refund"], "claim": "role"},
        {"effect": "forbid", "tools": ["Refunds-EU___refund"]},
        {"tools": ["Elsewhere___x"], "when": {"input": "n", "op": "<", "value": 5}},
        {"tools": ["Unheard___y"], "claim": "role"},
    ]
    policies, warnings = both(entries, inbound_auth="custom-jwt", targets=TARGETS)
    modes = [policy.validation_mode for policy in policies]
    assert modes == [
        "IGNORE_ALL_FINDINGS",
        *["FAIL_ON_ANY_FINDINGS"],
        "IGNORE_ALL_FINDINGS",
        *["FAIL_ON_ANY_FINDINGS"] * 2,
    ]
    assert [one.code for one in warnings] == [
        "unknown-argument-type",
        "unknown-target",
        "unconditional-permit",
        "unconditional-forbid",
        "denied-by-default",
    ]
    assert "Refunds-EU___pay" in warnings[-1].message
    assert "context.input has n &&\n  context.input.n < 5" in policies[3].statement


def test_forbids_alone_leave_the_other_tools_open() -> None:
    entry = {"tools": ["Refunds-EU___refund"], "effect": "forbid", "claim": "role", "values": ["intern"]}
    policies, warnings = both([entry], inbound_auth="custom-jwt", targets=TARGETS, gateway_arn=ARN, permit_rest=True)
    amount = {"amount": {"__extn": {"fn": "decimal", "arg": "5.0"}}}
    assert decide(policies, "Refunds-EU___pay", amount, role="intern") == "Allow"
    assert decide(policies, "Refunds-EU___refund", {"amount": 5}, role="analyst") == "Allow"
    assert decide(policies, "Refunds-EU___refund", {"amount": 5}, role="intern") == "Deny"
    [added] = [one for one in warnings if one.code == "permits-added"]
    assert [one.file in added.message for one in policies] == [True, True, False]
    group = next(one for one in policies if one.tools == ("Elsewhere",))
    assert 'action in AgentCore::Action::"Elsewhere"' in group.statement
    for one in policies:
        assert check_policy(one.statement, targets=TARGETS, inbound_auth="custom-jwt").status != "failed"


@pytest.mark.parametrize("more", [[], ["Refunds-EU___pay"]])
def test_no_permit_is_added_where_it_could_open_what_is_shut(more: list[Any]) -> None:
    """A gateway that may have policies already, or wishes that say what is permitted."""
    entry = {"tools": ["Refunds-EU___refund"], "effect": "forbid"}
    policies, warnings = both(
        [entry, *more], inbound_auth="aws-iam", targets=TARGETS, gateway_arn=ARN, permit_rest=bool(more)
    )
    assert len(policies) == 1 + len(more)
    assert "denied-by-default" in [one.code for one in warnings]


@pytest.mark.parametrize(
    ("entry", "code", "where", "words"),
    [
        ("Refunds-EU__refund", "unknown-target", "[0]", "did you mean 'Refunds-EU___refund'?"),
        ("Refunds_EU___refund", "unknown-target", "[0]", "did you mean 'Refunds-EU___refund'?"),
        ("Refunds-EU___refnd", "unknown-tool", "[0]", "did you mean Refunds-EU___refund?"),
        ({"tools": []}, "no-tools", "[0].tools", "a list of Target___tool"),
        ({"tools": ["Refunds-EU___pay", "Refunds-EU___x"]}, "unknown-tool", "[0].tools[1]", "refund, pay"),
        ({"tools": ["Refunds-EU___pay"], "values": ["a"]}, "values-without-claim", "[0].values", "`claim` is missing"),
        ({"tools": ["Refunds-EU___pay"], "claim": "a", "values": [5]}, "bad-value", "[0].values", "is text"),
    ],
)
def test_wrong_wishes_are_refused_at_their_place(entry: Any, code: str, where: str, words: str) -> None:
    with pytest.raises(ConnectError) as caught:
        written(entry)
    assert (caught.value.code, caught.value.where) == (code, f"policy.restrict{where}")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("when", "code", "words"),
    [
        ({"input": "amont", "op": "<", "value": 5}, "unknown-argument", "did you mean 'amount'?"),
        ({"input": "order.totl", "op": "<", "value": 5}, "unknown-argument", "did you mean 'total'?"),
        ({"input": "amount.x", "op": "<", "value": 5}, "unknown-argument", "has no argument"),
        ({"input": "amount", "op": "like", "value": "5"}, "bad-operator", "one of == != < <= > >="),
        ({"input": "why", "op": "<", "value": "a"}, "bad-operator", "one of == != like"),
        (
            {"input": "tags", "op": "==", "value": "a"},
            "bad-operator",
            "one of contains contains-any contains-all present absent",
        ),
        ({"input": "amount", "op": "<", "value": "500"}, "bad-value", "integer"),
        ({"input": "amount", "op": "<", "value": 5.5}, "bad-value", "integer"),
        ({"input": "amount", "op": "<", "value": True}, "bad-value", "integer"),
        ({"input": "amount", "op": "<", "value": 2**63}, "bad-value", "integer"),
        ({"input": "order.total", "op": "<", "value": 1.23456}, "bad-value", "at most 4 decimals"),
        ({"input": "order.total", "op": "<", "value": float("nan")}, "bad-value", "number"),
        ({"input": "order.total", "op": "<", "value": float("inf")}, "bad-value", "number"),
        ({"input": "express", "op": "==", "value": "yes"}, "bad-value", "boolean"),
    ],
)
def test_a_condition_that_the_tool_cannot_meet_is_refused(when: Any, code: str, words: str) -> None:
    with pytest.raises(ConnectError) as caught:
        written({"tools": ["Refunds-EU___refund"], "when": when})
    assert caught.value.code == code
    assert str(caught.value.where).startswith("policy.restrict[0].when.")
    assert words in str(caught.value)


#: A call that is met, and calls that are missed by little, for each form of a condition.
FORMS: dict[str, tuple[dict[str, Any], list[Any], list[Any]]] = {
    "an argument is there": ({"input": "why", "op": "present"}, [{"amount": 1, "why": ""}], [{"amount": 1}]),
    "an argument is not there": ({"input": "why", "op": "absent"}, [{"amount": 1}], [{"amount": 1, "why": "x"}]),
    "a deeper argument is there": (
        {"input": "order.ship-to", "op": "present"},
        [{"amount": 1, "order": {"total": NUMBER["decimal"]("1.0"), "ship-to": "x"}}],
        [{"amount": 1}, {"amount": 1, "order": {"total": NUMBER["decimal"]("1.0")}}],
    ),
    "a deeper argument is not there": (
        {"input": "order.ship-to", "op": "absent"},
        [{"amount": 1}, {"amount": 1, "order": {"total": NUMBER["decimal"]("1.0")}}],
        [{"amount": 1, "order": {"total": NUMBER["decimal"]("1.0"), "ship-to": "x"}}],
    ),
    "an array has an element": (
        {"input": "tags", "op": "contains", "value": "vip"},
        [{"amount": 1, "tags": ["a", "vip"]}],
        [{"amount": 1, "tags": ["vips"]}, {"amount": 1}],
    ),
    "an array has one of some": (
        {"input": "tags", "op": "contains-any", "value": ["a", "b"]},
        [{"amount": 1, "tags": ["b"]}],
        [{"amount": 1, "tags": ["c"]}, {"amount": 1, "tags": []}],
    ),
    "an array has all of some": (
        {"input": "tags", "op": "contains-all", "value": ["a", "b"]},
        [{"amount": 1, "tags": ["b", "a", "c"]}],
        [{"amount": 1, "tags": ["b"]}],
    ),
}


@pytest.mark.parametrize("effect", ["permit", "forbid"])
@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_condition_decides(form: str, effect: str) -> None:
    when, met, missed = FORMS[form]
    policies = written({"effect": effect, "tools": ["Refunds-EU___refund"], "when": when}, permit_rest=True)
    for arguments in met:
        expected = "Allow" if effect == "permit" else "Deny"
        assert decide(policies, "Refunds-EU___refund", arguments) == expected, arguments
    for arguments in missed:
        expected = "Deny" if effect == "permit" else "Allow"
        assert decide(policies, "Refunds-EU___refund", arguments) == expected, arguments
    for one in policies:
        assert check_policy(one.statement, targets=TARGETS, inbound_auth="custom-jwt").status != "failed"


SMALL = {"input": "amount", "op": "<", "value": 100}
ADMIN = {"claim": "groups", "values": ["admin"]}


@pytest.mark.parametrize(
    ("match", "allowed"), [("all", {(1, "admin")}), ("any", {(1, "admin"), (1, "user"), (500, "admin")}), (None, None)]
)
def test_several_conditions_hold_together_or_one_of_them(match: str | None, allowed: Any) -> None:
    entry = {"tools": ["Refunds-EU___refund"], "when": [SMALL, ADMIN], **({"match": match} if match else {})}
    for amount, group in product((1, 500), ("admin", "user")):
        decision = decide(written(entry), "Refunds-EU___refund", {"amount": amount}, groups=f'["{group}"]')
        assert decision == ("Allow" if (amount, group) in (allowed or {(1, "admin")}) else "Deny")


ROLE = "arn:aws:iam::123456789012:role/teams/Support"


@pytest.mark.parametrize(
    ("callers", "allowed", "denied"),
    [
        (
            [ROLE],
            ["arn:aws:sts::123456789012:assumed-role/Support", "arn:aws:sts::123456789012:assumed-role/Support/me"],
            ["arn:aws:sts::123456789012:assumed-role/Support2", "arn:aws:sts::999999999999:assumed-role/Support"],
        ),
        (
            ["arn:aws:sts::123456789012:assumed-role/Support/me"],
            ["arn:aws:sts::123456789012:assumed-role/Support"],
            ["arn:aws:sts::123456789012:assumed-role/XSupport"],
        ),
        (
            ["123456789012", "arn:aws:iam::999999999999:user/ann"],
            [
                *("arn:aws:sts::123456789012:assumed-role/Any", "arn:aws:iam::123456789012:user/x"),
                "arn:aws:iam::999999999999:user/ann",
            ],
            ["arn:aws:iam::999999999999:user/anna", "arn:aws:sts::999999999999:assumed-role/123456789012"],
        ),
    ],
)
def test_iam_callers_are_told_apart(callers: list[str], allowed: list[str], denied: list[str]) -> None:
    policies = written({"tools": ["Refunds-EU___refund"], "callers": callers}, "aws-iam")
    for caller in (*allowed, *denied):
        decision = decide(policies, "Refunds-EU___refund", {"amount": 1}, "aws-iam", caller=caller)
        assert decision == ("Allow" if caller in allowed else "Deny"), caller
    assert check_policy(policies[0].statement, targets=TARGETS, inbound_auth="aws-iam").status == "passed"


def test_everything_is_shut_at_once() -> None:
    stop = {"effect": "forbid", "tools": ["*"]}
    policies, _ = both(
        ["Refunds-EU___refund", stop], inbound_auth="custom-jwt", targets=TARGETS, gateway_arn=ARN, permit_rest=True
    )
    assert decide(policies, "Refunds-EU___refund", {"amount": 1}) == "Deny"
    assert len(policies) == 2  # no permit is added to what is shut
    assert "principal,\n  action,\n  resource is AgentCore::Gateway\n" in policies[1].statement
    assert check_policy(policies[1].statement, targets=TARGETS).status != "failed"


def test_a_whole_target_and_every_tool_can_be_named() -> None:
    some = written({"tools": ["Refunds-EU___*"], "claim": "role", "values": ["boss"]})
    every = written({"tools": ["*"], "claim": "role", "values": ["boss"]})
    for policies in (some, every):
        assert decide(policies, "Refunds-EU___refund", {"amount": 1}, role="boss") == "Allow"
        assert decide(policies, "Refunds-EU___refund", {"amount": 1}, role="other") == "Deny"
        assert check_policy(policies[0].statement, targets=TARGETS, inbound_auth="custom-jwt").status != "failed"
    assert some[0].tools == ("Refunds-EU",)


def test_the_rest_goes_on_or_is_denied_as_the_answers_say() -> None:
    entry = {"tools": ["Refunds-EU___refund"], "claim": "role", "values": ["boss"]}
    amount = {"amount": NUMBER["decimal"]("1.0")}
    goes_on = written(entry, rest="permit")
    assert decide(goes_on, "Refunds-EU___pay", amount, role="x") == "Allow"
    assert decide(goes_on, "Refunds-EU___refund", {"amount": 1}, role="x") == "Deny"
    shut = written({**entry, "effect": "forbid"}, permit_rest=True, rest="deny")
    assert decide(shut, "Refunds-EU___pay", amount, role="x") == "Deny"


def test_each_policy_begins_with_its_words() -> None:
    entry = {"effect": "forbid", "tools": ["Refunds-EU___refund"], **ADMIN, "when": SMALL}
    text = written(entry)[0].statement
    assert text.startswith("// Forbids Refunds-EU___refund where all of this holds:\n// - ")
    assert '"groups" holds "admin"\n// - amount is less than 100\nforbid(' in text
    plain = written("Refunds-EU___refund")[0].statement
    assert plain.startswith("// Permits Refunds-EU___refund to every caller.\npermit(")


def test_a_comment_cannot_be_left_by_a_value() -> None:
    value = "x\npermit(principal, action, resource);\u2028//"
    [policy] = written({"tools": ["Refunds-EU___refund"], "claim": "role", "values": [value]})
    assert json.loads(cedarpy.policies_to_json_str(policy.statement))["staticPolicies"].keys() == {"policy0"}


@pytest.mark.parametrize(
    ("more", "code", "where"),
    [
        ({"when": {"op": "=="}}, "bad-condition", ".when"),
        ({"when": [{"input": "amount", "claim": "x"}]}, "bad-condition", ".when[0]"),
        ({"when": [SMALL, {"input": "amount"}]}, "bad-condition", ".when[1].op"),
        ({"when": {"input": "amount", "op": "<"}}, "bad-condition", ".when.value"),
        ({"when": {"input": "tags", "op": "contains", "value": ["a"]}}, "bad-value", ".when.value"),
        ({"when": {"input": "tags", "op": "contains-any", "value": "a"}}, "bad-value", ".when.value"),
        ({"when": {"input": "tags", "op": "contains", "value": 5}}, "bad-value", ".when.value"),
        ({"callers": [ROLE]}, "callers-without-iam", ".callers"),
        ({"tools": ["*", "Refunds-EU___pay"]}, "bad-value", ".tools"),
        ({"tools": ["Refunds-EU___*", "Refunds-EU___pay"]}, "bad-value", ".tools"),
        ({"tools": ["*"], "when": SMALL}, "bad-condition", ".when.input"),
        ({"tools": ["Refunds-EU___*"], "when": SMALL}, "bad-condition", ".when.input"),
    ],
)
def test_a_wrong_form_is_refused_at_its_place(more: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(ConnectError) as caught:
        written({"tools": ["Refunds-EU___refund"], **more})
    assert (caught.value.code, caught.value.where) == (code, f"policy.restrict[0]{where}")


@pytest.mark.parametrize("caller", ["123", "arn:aws:iam::123456789012:role/*", "Support", 5])
def test_what_is_no_caller_is_refused(caller: Any) -> None:
    with pytest.raises(ConnectError, match="names no IAM caller"):
        written({"tools": ["Refunds-EU___refund"], "callers": [caller]}, "aws-iam")


@pytest.mark.parametrize("inbound", ["aws-iam", "none"])
def test_a_claim_needs_callers_that_have_claims(inbound: str) -> None:
    with pytest.raises(ConnectError, match="custom-jwt") as caught:
        written({"tools": ["Refunds-EU___refund"], "claim": "role", "values": ["a"]}, inbound)
    assert (caught.value.code, caught.value.where) == ("claim-without-claims", "policy.restrict[0].claim")


def test_all_wrong_wishes_are_told_at_once() -> None:
    with pytest.raises(ConnectError) as caught:
        write_policies(["x", "Refunds-EU___no"], inbound_auth="none", targets=TARGETS)
    assert [one.code for one in caught.value.problems] == ["unknown-target", "unknown-tool"]


def test_a_policy_is_plain_data() -> None:
    data = written("Refunds-EU___refund", gateway_name="Shop")[0].as_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["name"] == "Shop_permit_refund"


def test_a_policy_that_is_too_long_is_refused_with_the_way_out() -> None:
    values = [f"group-{number:03}-of-the-company" for number in range(60)]
    with pytest.raises(ConnectError, match="split its tools or its values") as caught:
        written({"tools": ["Refunds-EU___refund"], "claim": "groups", "values": values})
    assert (caught.value.code, caught.value.where) == ("policy-too-long", "policy.restrict[0]")
    assert len(written({"tools": ["Refunds-EU___refund"], "claim": "groups", "values": values[:30]})) == 1
