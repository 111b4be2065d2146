"""The project file of version 2: what is taken, what is refused and where, what is filled in and dropped."""

from __future__ import annotations

from typing import Any

import pytest

from agentcore_connect.knowledge.resources import load
from agentcore_connect.project import version2
from tests.cli_1x.files import DISCOVERY, LATTICE, RUNTIME, SOUND, TARGETS, WRONG, changed


def test_a_sound_file_is_taken() -> None:
    assert version2.read_file(SOUND).faults == []


@pytest.mark.parametrize("wrong", WRONG, ids=[one[0] for one in WRONG])
def test_a_wrong_file_is_refused_with_its_place(wrong: tuple[str, str, Any, str, str]) -> None:
    _, place, value, where, says = wrong
    faults = version2.read_file(changed(place, value)).faults
    assert [(one.place, says in one.text) for one in faults] == [(where, True)], faults


def test_there_are_enough_wrong_files() -> None:
    assert len(WRONG) >= 30


def test_the_smallest_file_is_filled_in_as_the_cli_does() -> None:
    read = version2.read_file({"name": "Shop", "version": 2}).value
    assert read["managedBy"] == "CDK"
    assert read["agentCoreGateways"] == read["credentials"] == read["knowledgeBases"] == []
    assert not {"datasets", "abTests", "unassignedTargets", "httpGateways", "toolRuntimes"} & set(read)


def test_a_gateway_and_a_policy_are_filled_in() -> None:
    data = {
        "name": "Shop",
        "version": 2,
        "agentCoreGateways": [{"name": "Tools", "targets": []}],
        "policyEngines": [{"name": "Guard", "policies": [{"name": "One", "statement": "x"}]}],
        "credentials": [{"authorizerType": "OAuthCredentialProvider", "name": "idp", "discoveryUrl": DISCOVERY}],
    }
    read = version2.read_file(data).value
    assert read["agentCoreGateways"] == [
        {
            "name": "Tools",
            "targets": [],
            "authorizerType": "NONE",
            "enableSemanticSearch": True,
            "exceptionLevel": "NONE",
        }
    ]
    assert read["policyEngines"][0]["policies"][0] == {
        "name": "One",
        "statement": "x",
        "validationMode": "FAIL_ON_ANY_FINDINGS",
        "enforcementMode": "ACTIVE",
        "authorizationPhase": "INITIATE",
    }
    assert read["credentials"][0]["vendor"] == "CustomOauth2"


def test_what_a_credential_does_not_know_is_dropped_and_told() -> None:
    reading = version2.read_file(changed("credentials.1.usage", "inbound"))
    assert reading.faults == []
    assert reading.dropped == [("credentials", 1, "usage")]
    assert "usage" not in reading.value["credentials"][1]


@pytest.mark.parametrize("name", ["DEFAULT", "LIVE"])
def test_an_endpoint_is_the_default_one_or_declared(name: str) -> None:
    assert not version2.read_file(changed("agentCoreGateways.1.targets.0.httpRuntime.runtimeEndpoint", name)).faults


def test_a_secret_kept_elsewhere_reserves_no_variable() -> None:
    reference = {"secretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s", "jsonKey": "k"}
    second = {"authorizerType": "ApiKeyCredentialProvider", "name": "KEY", "secretRef": reference}
    assert not version2.read_file(changed("credentials.3", second)).faults


def test_private_endpoints_of_both_kinds_are_taken() -> None:
    place = "agentCoreGateways.0.authorizerConfiguration.customJwtAuthorizer.privateEndpoint"
    assert not version2.read_file(changed(place, LATTICE)).faults


@pytest.mark.parametrize("raw", [None, [], "x", {"name": ["x"], "version": {}, "runtimes": [1, None, [RUNTIME]]}])
def test_any_json_is_read(raw: Any) -> None:
    assert version2.read_file(raw).faults


def test_deep_nesting_ends() -> None:
    inner: dict[str, Any] = {"type": "object"}
    for _ in range(3000):
        inner = {"type": "array", "items": inner}
    tool = {"name": "t", "description": "d", "inputSchema": inner}
    target = {"name": "Deep", "targetType": "lambda", "toolDefinitions": [tool], "compute": {}}
    faults = version2.read_file(changed("agentCoreGateways.0.targets.0", target)).faults
    assert any("nested too deeply" in one.text for one in faults)


def test_every_target_type_of_the_table_has_a_sound_target() -> None:
    own = {one["targetType"] for gateway in SOUND["agentCoreGateways"] for one in gateway["targets"]}
    assert own == set(load("project-v2")["shapes"]["Target"]["variants"]["of"]) - {"lambda"}
    assert len(TARGETS) == 8


def test_every_fault_names_file_and_commit() -> None:
    words = load("project-v2")
    for _, place, value, *_ in WRONG:
        for fault in version2.read_file(changed(place, value)).faults:
            path, _, commit = version2.told_by(fault).partition(" at ")
            assert any(one["path"] == path and one["commit"].startswith(commit) for one in words["read"].values())


def test_every_shape_is_used_and_every_rule_cites_a_file_that_is_listed() -> None:
    words = load("project-v2")
    named = {words["root"], "Harness", "AwsTargets"}
    todo: list[Any] = list(words["shapes"].values())
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            named |= {one["shape"]} if isinstance(one.get("shape"), str) else set()
            todo += one.values()
        elif isinstance(one, list):
            todo += one
    assert named == set(words["shapes"])
    cited = {one["read"] for one in (*words["shapes"].values(), *words["references"], words["variables"])}
    assert cited == set(words["read"])
