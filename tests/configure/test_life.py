"""The whole life of what a program creates: interrupted at every request, throttled, half created, taken down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.configure.cases import POLICIES, SCRIPTED, connection, context, files, whole
from tests.configure.conftest import INPUTS, SECRET
from tests.configure.control_plane import ServiceError
from tests.configure.lifecycle import WHEN, Interrupts, Sky
from tests.configure.runs import consent, key

SETTINGS = {
    "description": "Shop",
    "protocolConfiguration": {"mcp": {"sessionConfiguration": {"sessionTimeoutInSeconds": 900}}},
}
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/11111111-2222-3333-4444-555555555555"
#: Context and connections of each plan.
PLANS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "a server": (context("boto3"), [connection()]),
    "keys and users": (context("boto3"), [key(name="Keys"), consent(credential={"name": "Users"}, name="Notes")]),
    "a shared credential": (context("boto3"), [key(name="One"), key(name="Two"), key(name="Three")]),
    "a gateway of someone else": (context(exists=True, id="shop-gate-abcdefghij"), [key(), consent(name="Notes", credential={"name": "U"})]),
    "everything": (
        {**context("boto3", settings=SETTINGS, settings_named="the description"), "policy": SCRIPTED, "policies": POLICIES},
        [key(name="Keys"), connection(name="Open")],
    ),
    "a web ACL on a gateway of someone else": (
        context(exists=True, id="shop-gate-abcdefghij", web_acl=WEB_ACL, settings_named="the web ACL"),
        [connection()],
    ),
    "callers of other accounts": (
        context("boto3", authorizer_type="AWS_IAM", caller_accounts=["210987654321"], settings_named="the callers"),
        [connection()],
    ),
    "policies of a gateway elsewhere": (
        {**context(exists=True, id="shop-gate-abcdefghij"), "policy": SCRIPTED, "policies": POLICIES},
        [connection()],
    ),
}  # fmt: skip
ENV = {**INPUTS, "AGENTCORE_CREDENTIAL_USERS_CLIENT_SECRET": SECRET, "AGENTCORE_CREDENTIAL_U_CLIENT_SECRET": SECRET}
#: Given for one plan; the others create the role of the gateway that they create.
ROLE = "AGENTCORE_GATEWAY_ROLE_ARN"
Skies = Callable[[str], Sky]


@pytest.fixture
def sky(tmp_path: Path) -> Skies:
    """An AWS for a plan, with the gateway that the plan takes for granted."""
    made = iter(range(10_000))

    def of(plan: str) -> Sky:
        ctx, connections = PLANS[plan]
        folder = tmp_path / str(next(made))
        folder.mkdir()
        texts = {one["file"]: one["statement"] for one in ctx.get("policies", ())}
        env = ENV if plan == "a server" else {key: value for key, value in ENV.items() if key != ROLE}
        found = Sky(folder, {**files(ctx, *connections), **texts}, env)
        if ctx["plan"]["via"] == "cli":
            found.plane.add_gateway(protocolConfiguration={"mcp": {"supportedVersions": ["2025-11-25"]}})
        return found

    return of


def requests_of(sky: Sky, *argv: str) -> int:
    """How many requests a run makes."""
    count = Interrupts()
    sky.run(*argv, interrupts=count)
    return count.count


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_created_is_there_once_and_goes_again(sky: Skies, plan: str) -> None:
    one = sky(plan)
    before = one.state()
    assert one.run("status") == 1
    assert one.run("up") == 0, one.said
    assert SECRET not in one.said
    after = one.state()
    one.plane.calls.clear()
    assert one.run("up") == 0, one.said
    assert (one.plane.writes, one.state()) == ([], after)
    assert one.run("status") == 0, one.said
    assert one.run("down", "--yes") == 0, one.said
    assert one.state() == {**before, "gateways": _same(one, before)}
    assert not (one.folder / "configure.state.json").exists()
    one.plane.calls.clear()
    assert (one.run("down"), one.plane.calls) == (0, [])


def _same(sky: Sky, before: Any) -> Any:
    """The gateways as they have to be: settings of a gateway of someone else stay."""
    kept = sky.plane.gateways
    assert kept.keys() == before["gateways"].keys()
    assert all("policyEngineConfiguration" not in one for one in kept.values())
    return kept


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("plan", PLANS)
def test_after_an_interrupt_at_any_request_the_next_run_completes_it(sky: Skies, plan: str, when: str) -> None:
    whole_run = sky(plan)
    empty = whole_run.state()
    number = requests_of(whole_run, "up")
    wanted = whole_run.state()
    assert number > 3
    for at in range(1, number + 1):
        one = sky(plan)
        assert one.run("up", interrupts=Interrupts(at, when)) == 130
        assert one.run("up") == 0, one.said
        assert one.state() == wanted, f"interrupted {when} request {at}"
        assert one.run("down", "--yes") == 0, one.said
        assert one.state() == {**empty, "gateways": _same(one, empty)}, f"interrupted {when} request {at}"


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("plan", PLANS)
def test_half_an_up_is_taken_down_and_an_interrupted_down_goes_on(sky: Skies, plan: str, when: str) -> None:
    whole_run = sky(plan)
    empty = whole_run.state()
    number = requests_of(whole_run, "up")
    for at in range(1, number + 1):
        one = sky(plan)
        one.run("up", interrupts=Interrupts(at, when))
        assert one.run("down", "--yes") == 0, one.said
        assert one.state() == {**empty, "gateways": _same(one, empty)}, f"interrupted {when} request {at}"
    number = requests_of(whole_run, "down", "--yes")
    for at in range(1, number + 1):
        one = sky(plan)
        one.run("up")
        assert one.run("down", "--yes", interrupts=Interrupts(at, when)) == 130
        assert one.run("down", "--yes") == 0, one.said
        assert one.state() == {**empty, "gateways": _same(one, empty)}, f"interrupted {when} request {at} of down"


@pytest.mark.parametrize("plan", PLANS)
def test_what_someone_else_created_is_used_and_never_deleted(sky: Skies, plan: str) -> None:
    one = sky(plan)
    one.run("up")
    (one.folder / "configure.state.json").unlink()
    there = one.state()
    one.plane.calls.clear()
    assert one.run("up") == 0, one.said
    assert one.plane.writes == []
    assert one.run("down", "--yes") == 0
    assert (one.plane.writes, one.state()) == ([], there)


@pytest.mark.parametrize("plan", PLANS)
def test_a_throttled_request_ends_a_run_and_the_next_goes_on(sky: Skies, plan: str) -> None:
    whole_run = sky(plan)
    number = requests_of(whole_run, "up")
    wanted = whole_run.state()
    for at in range(1, number + 1):
        one = sky(plan)
        slow = Interrupts(at, "before", lambda: ServiceError("ThrottlingException", "too fast", 429))
        assert one.run("up", interrupts=slow) == 1
        assert "ThrottlingException: too fast" in one.said
        assert one.run("up") == 0, one.said
        assert one.state() == wanted


def test_a_refused_request_leaves_nothing_on_record(sky: Skies) -> None:
    """Else `down` would delete what someone else gives that name later."""
    one = sky("keys and users")
    one.plane.faults["CreateApiKeyCredentialProvider"] = [ServiceError("ValidationException", "no")]
    assert one.run("up") == 1
    one.plane._provider("apikey", {"name": "my-Cred_1"})
    assert one.run("down", "--yes") == 0, one.said
    assert list(one.plane.providers) == [("apikey", "my-Cred_1")]


def test_what_took_the_name_meanwhile_is_not_deleted(sky: Skies) -> None:
    one = sky("a server")
    one.run("up")
    [target] = one.plane.targets
    one.plane.targets["OTHER00001"] = {**one.plane.targets.pop(target), "targetId": "OTHER00001"}
    assert one.run("down", "--yes") == 1
    assert list(one.plane.targets) == ["OTHER00001"]
    assert "stays: it has targets that are not deleted: Shop-Tools" in one.said


def test_one_target_that_fails_is_shown_and_the_policies_wait(sky: Skies) -> None:
    one = sky("everything")
    one.plane.plans = [["CREATING", "FAILED"], ["CREATING", "READY"]]
    one.plane.reasons = ["tools/list answered 401"]
    assert one.run("up") == 1
    assert "The target Keys is FAILED: tools/list answered 401" in one.said
    assert "Left for the next run, because Keys is not ready" in one.said
    assert (one.plane.engines, one.plane.policies) == ({}, {})
    assert one.run("status") == 1
    one.plane.reasons = []
    assert one.run("up") == 0, one.said
    assert len(one.plane.policies) == 2


def test_a_target_that_waits_for_a_consent_stays_and_so_does_its_gateway(sky: Skies) -> None:
    one = sky("keys and users")
    one.plane.plans = [["CREATING", "READY"], ["CREATING", "CREATE_PENDING_AUTH"]]
    assert one.run("up") == 3
    assert one.run("status") == 3
    assert one.run("down", "--yes") == 1
    assert [item["name"] for item in one.plane.targets.values()] == ["Notes"]
    assert len(one.plane.gateways) == 1
    [target] = one.plane.targets.values()
    target["states"] = ["FAILED"]
    assert one.run("down", "--yes") == 0, one.said
    assert (one.plane.targets, one.plane.gateways) == ({}, {})


def others() -> dict[str, Any]:
    """A statement that someone else wrote into a gateway's resource policy."""
    return {
        "Sid": "Others",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "bedrock-agentcore:GetGateway",
        "Resource": "*",
    }


@pytest.mark.parametrize("statement", ["one", "a list"])
def test_down_takes_the_plans_statement_out_of_a_resource_policy_and_leaves_the_others(
    tmp_path: Path, statement: str
) -> None:
    ctx = context(
        exists=True, authorizer_type="AWS_IAM", caller_accounts=["210987654321"], settings_named="the callers"
    )
    one = Sky(tmp_path, files(ctx, connection()), ENV)
    one.plane.add_gateway(authorizerType="AWS_IAM")
    [gateway] = one.plane.gateways.values()
    arn = gateway["gatewayArn"]
    before = {"Version": "2012-10-17", "Statement": others() if statement == "one" else [others()]}
    one.plane.resource_policies[arn] = json.dumps(before)
    assert one.run("up") == 0, one.said
    both = json.loads(one.plane.resource_policies[arn])["Statement"]
    assert [each["Sid"] for each in both] == ["Others", "CallersOfOtherAccounts"]
    assert one.run("down", "--yes") == 0, one.said
    assert json.loads(one.plane.resource_policies[arn]) == {**before, "Statement": [others()]}
    one.plane.calls.clear()
    assert (one.run("down", "--yes"), one.plane.writes) == (0, [])


def test_down_deletes_a_resource_policy_that_has_nothing_else(tmp_path: Path) -> None:
    ctx = context(
        exists=True, authorizer_type="AWS_IAM", caller_accounts=["210987654321"], settings_named="the callers"
    )
    one = Sky(tmp_path, files(ctx, connection()), ENV)
    one.plane.add_gateway(authorizerType="AWS_IAM")
    assert one.run("up") == 0, one.said
    assert len(one.plane.resource_policies) == 1
    assert one.run("down", "--yes") == 0, one.said
    assert (one.plane.resource_policies, len(one.plane.gateways)) == ({}, 1)


def test_a_resource_policy_that_was_replaced_meanwhile_is_left_alone(tmp_path: Path) -> None:
    ctx = context(
        exists=True, authorizer_type="AWS_IAM", caller_accounts=["210987654321"], settings_named="the callers"
    )
    one = Sky(tmp_path, files(ctx, connection()), ENV)
    one.plane.add_gateway(authorizerType="AWS_IAM")
    assert one.run("up") == 0, one.said
    [arn] = one.plane.resource_policies
    theirs = json.dumps({"Version": "2012-10-17", "Statement": [others()]})
    one.plane.resource_policies[arn] = theirs
    assert one.run("down", "--yes") == 0, one.said
    assert one.plane.resource_policies == {arn: theirs}


def test_down_asks_first(sky: Skies) -> None:
    one = sky("a server")
    one.run("up")
    one.plane.calls.clear()
    assert one.run("down") == 2
    assert "--yes" in one.said
    assert one.plane.writes == []


def test_a_broken_record_is_named(sky: Skies) -> None:
    one = sky("a server")
    (one.folder / "configure.state.json").write_text("[")
    assert one.run("up") == 1
    assert "configure.state.json" in one.said
    assert one.plane.writes == []


def test_the_record_holds_no_secret(sky: Skies) -> None:
    one = sky("everything")
    one.run("up")
    text = (one.folder / "configure.state.json").read_text()
    assert SECRET not in text
    [entries] = json.loads(text).values()
    assert {"gateway Shop-gate", "target Keys", "policy-engine ToolPolicies", "policy permit_find"} <= entries.keys()
    assert all(re.fullmatch("[0-9a-f-]{36}", one["token"]) for one in entries.values())


def test_each_plan_is_whole() -> None:
    for ctx, connections in PLANS.values():
        assert whole(ctx, *connections)["connections"]
