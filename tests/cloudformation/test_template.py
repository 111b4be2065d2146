"""What a template says: resources by the schemas, requests by the model, rights as the plan states them, no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentcore_connect.checks.template_lint import lint
from agentcore_connect.checks.template_rules import check_template
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources
from agentcore_connect.plan import stack_forms
from agentcore_connect.plan.role_rights import iam_statements
from agentcore_connect.plan.stack import document
from agentcore_connect.project.cloudformation import template_data
from agentcore_connect.verify.botocore_model import check_request
from tests.cloudformation import stacks
from tests.conformance import space
from tests.share import share_of

KINDS = stacks.kinds()
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012"
#: What the references of a template give once it is deployed, as far as statements and requests hold them.
VALUES = {
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "PolicyEngine.PolicyEngineArn": f"{ARN}:policy-engine/ToolPolicies-abcdefghij",
    "PolicyEngine.PolicyEngineId": "ToolPolicies-abcdefghij",
    "Gateway.GatewayIdentifier": "thegateway-abcdefghij",
    "Gateway.GatewayArn": f"{ARN}:gateway/thegateway-abcdefghij",
    "GatewayRole.Arn": "arn:aws:iam::123456789012:role/gateway",
    "GatewayId": "thegateway-abcdefghij",
    "GatewayRoleName": "gateway",
    "VpcId": "vpc-0123456789abcdef0",
}


def values_of(made: Mapping[str, Any]) -> dict[str, Any]:
    """A value for everything that the template refers to."""
    found: dict[str, Any] = dict(VALUES)
    for name, one in made["Parameters"].items() if "Parameters" in made else ():
        found.setdefault(name, one.get("Default") or _sample(name))
    for name in made["Resources"]:
        found[f"{name}.CredentialProviderArn"] = f"{ARN}:token-vault/default/oauth2credentialprovider/x"
    return found


def _sample(name: str) -> Any:
    samples = {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
    arns = {"LambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:f", "DiscoveryUrl": space.DISCOVERY}
    return samples.get(name) or next((arn for end, arn in arns.items() if name.endswith(end)), f"sample-{name}")


@pytest.mark.parametrize("kind", share_of(KINDS, one_in=3), ids=lambda one: one.name)
def test_a_template_is_right_by_the_schemas_of_its_resources(kind: stacks.Kind, folder: Path) -> None:
    _, text = stacks.rendered(kind.situation, folder)
    verdict = lint(text, "us-east-1")
    assert (verdict.errors, verdict.warnings, verdict.not_run) == ([], [], "")


def test_the_resource_policy_of_a_template_is_right(folder: Path) -> None:
    accounts = {"gateway.caller_accounts": ["210987654321"]}
    plan, text = stacks.rendered(stacks.by_template(space.PUBLIC, "aws-iam", **accounts), folder)
    (found,) = stacks.of_type(plan, "ResourcePolicy")
    values = {"AWS::Partition": "aws", "Gateway.GatewayArn": "arn:of-it"}
    policy = stacks.resolved(found, values)
    (statement,) = json.loads(policy["Policy"])["Statement"]
    assert (policy["ResourceArn"], statement["Resource"]) == ("arn:of-it", "arn:of-it")
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::210987654321:root"]}
    verdict = lint(text, "us-east-1")
    assert (verdict.errors, verdict.warnings, verdict.not_run) == ([], [], "")


def test_a_template_of_many_things_is_right(folder: Path) -> None:
    plan, text = stacks.rendered(stacks.many(), folder)
    verdict = lint(text, "us-east-1")
    assert (verdict.errors, verdict.warnings, verdict.not_run) == ([], [], "")
    kinds = {one["Type"].rpartition("::")[2] for one in stacks.resources_of(plan).values()}
    assert kinds == {
        *("Role", "Gateway", "GatewayTarget", "OAuth2CredentialProvider", "ApiKeyCredentialProvider"),
        *("PolicyEngine", "Policy"),
    }
    gateway = next(stacks.of_type(plan, "Gateway"))
    assert gateway["PolicyEngineConfiguration"]["Mode"] == "ENFORCE"
    assert len(gateway["InterceptorConfigurations"]) == 2
    (policy,) = (one for one in stacks.resources_of(plan).values() if one["Type"].endswith("::Policy"))
    assert set(policy["DependsOn"]) == {"OrdersTarget", "CrmTarget", "Pets2Target"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.name)
def test_the_properties_are_requests_that_the_service_takes(kind: stacks.Kind, folder: Path) -> None:
    plan = stacks.planned(kind.situation, folder)
    made = document(plan.context["stack"])
    operations = {about["type"]: name for name, about in resources.load("cloudformation")["resources"].items()}
    seen = set()
    for one in stacks.resources_of(plan).values():
        if one["Type"] in operations:
            body = _members(stacks.resolved(one["Properties"], values_of(made)))
            assert check_request(operations[one["Type"]], body, "bedrock-agentcore-control") == []
            seen.add(operations[one["Type"]])
    assert "create_gateway_target" in seen
    assert ("create_gateway" in seen) == ("elsewhere" not in kind.name)


def _members(value: Any, *, data: bool = False) -> Any:
    """Properties as members of a request: the way back, written out here a second time."""
    if isinstance(value, list):
        return [_members(one) for one in value]
    if not isinstance(value, dict) or data:
        return value
    found = {}
    for key, one in value.items():
        keys_are_data = key in ("Properties", "CustomParameters") and isinstance(one, dict)
        if keys_are_data:
            found[key[0].lower() + key[1:]] = {name: _members(inner) for name, inner in one.items()}
        else:
            found[key[0].lower() + key[1:]] = _members(one, data=key == "ParameterValues")
    return found


@pytest.mark.parametrize("one", [*(kind.situation for kind in KINDS), stacks.many()], ids=lambda one: one.key[:0])
def test_the_rights_are_those_that_the_plan_states(one: space.Situation, folder: Path) -> None:
    """Derived twice: with what the template knows, and with what the plan knows, where a star stands for the rest."""
    plan = stacks.planned(one, folder)
    made = document(plan.context["stack"])
    stated: dict[str, dict[str, Any]] = {}
    for c in plan.context["connections"]:
        for statement in iam_statements(plan.context, c):
            kept = stated.setdefault(statement["Sid"], {**statement, "Resource": []})
            kept["Resource"] = list(dict.fromkeys([*kept["Resource"], *statement["Resource"]]))
    granted = {statement["Sid"]: statement for statement in _statements(made)}
    assert granted.keys() == stated.keys()
    for sid, statement in granted.items():
        assert statement["Action"] == stated[sid]["Action"]
        found = stacks.resolved(statement["Resource"], values_of(made))
        assert len(found) == len(stated[sid]["Resource"])
        for resource, wanted in zip(found, stated[sid]["Resource"], strict=True):
            assert fnmatchcase(resource, _open(wanted)), (sid, resource, wanted)
            assert resource != "*" or statement["Action"] == ["bedrock:AgenticRetrieveStream"]


def _open(arn: str) -> str:
    """An ARN of the plan: what it does not know may be anything, and so may the partition of another Region."""
    return re.sub(r"^arn:aws:([a-z0-9-]+):[^:]*:", r"arn:aws:\1:*:", arn)


def _statements(made: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in made["Resources"].values():
        properties = one["Properties"]
        policies = properties.get("Policies", []) if one["Type"] == "AWS::IAM::Role" else [properties]
        for policy in policies if one["Type"].startswith("AWS::IAM::") else ():
            yield from policy["PolicyDocument"]["Statement"]


def test_the_role_is_for_gateways_of_this_account_and_name(folder: Path) -> None:
    (role,) = stacks.of_type(stacks.planned(stacks.many(), folder), "Role")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {
            "aws:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:bedrock-agentcore:${AWS::Region}:${AWS::AccountId}:gateway/thegateway-*"
            }
        },
    }


def test_free_maps_are_those_of_the_schemas() -> None:
    """A key that is data keeps its letters: the schemas say where keys are data."""
    known = resources.load("cloudformation")
    unused = {"AdvertisedScopeMapping", "AdditionalHeaderClaims", "AdditionalPayloadClaims", "Parameters"}
    free = {name for about in known["resources"].values() for name in _free(about["type"])}
    ours = {name[0].upper() + name[1:] for name in [*known["maps"], *known["opaque"]]}
    assert ours == free - unused


def _free(kind: str) -> Iterator[str]:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    definitions = schema.get("definitions", {})
    every = [schema, *definitions.values(), *(one for d in definitions.values() for one in d.get("oneOf", ()))]
    for one in every:
        for name, about in one.get("properties", {}).items():
            target = definitions.get(about.get("$ref", "").rpartition("/")[2], about)
            if "patternProperties" in target or not target.keys() - {"description"}:
                yield name


def test_only_references_that_the_template_makes_are_references(folder: Path) -> None:
    """Texts of the answers that look like a function or a reference stay texts."""
    odd = "Costs ${Price} and @{Gateway.Arn}, !Ref x: 'y' # z"
    plan, text = stacks.rendered(stacks.many(**{"gateway.description": odd}), folder)
    assert next(stacks.of_type(plan, "Gateway"))["Description"] == odd
    read = template_data(text, shown="template.yaml")["Resources"]["Gateway"]["Properties"]["Description"]
    assert read == odd


def test_a_text_that_cloudformation_would_replace_is_refused(folder: Path) -> None:
    with pytest.raises(ConnectError) as caught:
        stacks.rendered(stacks.many(**{"gateway.description": "{{resolve:ssm:/name}}"}), folder)
    assert "CloudFormation replaces this text" in str(caught.value)


def test_a_template_has_no_secret_and_asks_for_none_twice(folder: Path) -> None:
    plan, text = stacks.rendered(stacks.many(), folder)
    data = template_data(text, shown="template.yaml")
    assert check_template(data) == []
    hidden = [name for name, one in data["Parameters"].items() if one.get("NoEcho")]
    assert hidden == ["CrmCredentialClientSecret", "Pets2CredentialApiKey"]
    secret = [one for one in plan.context["stack"]["inputs"] if one["kind"] == "secret"]
    assert [one["parameter"] for one in secret] == hidden
    assert not any("Default" in data["Parameters"][name] for name in hidden)


def test_two_names_that_read_alike_stay_two(folder: Path) -> None:
    first, *_ = stacks.MANY
    data = {**stacks.many().data, "connections": [{**first, "name": "a-b"}, {**first, "name": "aB"}], "policy": None}
    del data["policy"]
    plan = stacks.planned(space.Situation(data, via="cloudformation"), folder)
    targets = [name for name in stacks.resources_of(plan) if name.endswith("Target")]
    assert targets == ["AB" + "Target", "AB2Target"]


def test_a_credential_that_is_described_twice_is_refused(folder: Path) -> None:
    key = {**space.connection({**space.PUBLIC, "service_auth": "oauth-client-credentials"})}
    other = {**key, "name": "Other", "oauth": {**key["oauth"], "client_id": "another"}}
    shared = [{**one, "credential": {"name": "Shared"}} for one in (key, other)]
    data = {**space.document(space.PUBLIC), "connections": shared}
    with pytest.raises(ConnectError) as caught:
        stacks.planned(space.Situation(data, via="cloudformation"), folder)
    assert caught.value.code == "template-names-collide"
    assert "rename" in (caught.value.hint or "")


def test_a_gateway_that_exists_only_gets_targets_and_rights(folder: Path) -> None:
    one = stacks.by_template({**space.KEYED, "gateway_here": False})
    plan = stacks.planned(one, folder)
    kinds = {one["Type"].rpartition("::")[2] for one in stacks.resources_of(plan).values()}
    assert kinds == {"RolePolicy", "ApiKeyCredentialProvider", "GatewayTarget"}
    parameters = document(plan.context["stack"])["Parameters"]
    assert parameters["GatewayId"]["Default"] == "other-gw-abcdefghij"
    assert stacks.resources_of(plan)["OrdersTarget"]["DependsOn"] == ["GatewayAccess"]
    bare = stacks.planned(stacks.by_template({**space.PUBLIC, "gateway_here": False}), folder)
    assert "GatewayRoleName" not in document(bare.context["stack"])["Parameters"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.name)
def test_the_size_of_a_template_is_never_underrated(kind: stacks.Kind, folder: Path) -> None:
    plan, text = stacks.rendered(kind.situation, folder)
    assert len(text.encode()) <= stack_forms.size_at_most(document(plan.context["stack"])) + 400  # the lines at the top


def test_a_large_template_is_uploaded(folder: Path) -> None:
    plan, text = stacks.rendered(stacks.by_template(space.KEYED, **{"c.schema": "large.json"}), folder)
    deploy = next(op for op in plan.operations if op.id == "deploy-stack")
    assert len(text.encode()) > 51_200
    assert deploy.argv[deploy.argv.index("--s3-bucket") + 1] == "${CONNECT_TEMPLATE_BUCKET}"
    small = stacks.planned(stacks.by_template(space.KEYED), folder)
    assert "--s3-bucket" not in next(op for op in small.operations if op.id == "deploy-stack").argv


def test_the_text_says_what_the_data_says(folder: Path) -> None:
    """Read back by a plain YAML reader with nothing but CloudFormation's tags."""
    plan, text = stacks.rendered(stacks.many(), folder)

    class Loader(yaml.SafeLoader):
        pass

    def function(loader: Loader, suffix: str, node: yaml.Node) -> Any:
        name = suffix if suffix == "Ref" else f"Fn::{suffix}"
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
            return {name: value.split(".", 1) if suffix == "GetAtt" else value}
        return {name: loader.construct_sequence(node, deep=True)}  # type: ignore[arg-type]

    Loader.add_multi_constructor("!", function)
    assert json.loads(json.dumps(yaml.load(text, Loader=Loader))) == document(plan.context["stack"])


def test_what_no_template_can_do_is_a_named_step(folder: Path) -> None:
    plan = stacks.planned(stacks.by_template(space.CONSENTED, "custom-jwt", **{"c.tools": None}), folder)
    steps = [op.id for op in plan.operations]
    assert steps == [
        *("place-files", "deploy-stack", "register-callback-OrdersCredential", "return-url-Orders"),
        *("consent-Orders", "stack-outputs"),
    ]
    assert any(one["rule"] == "advice.stack-consent" for one in plan.connections[0]["warnings"])
    assert any(name.endswith("CallbackUrl") for name in document(plan.context["stack"])["Outputs"])
    fixed = stacks.planned(stacks.by_template(space.CONSENTED, "custom-jwt"), folder)
    assert "consent-Orders" not in [op.id for op in fixed.operations]


def test_the_mechanical_names() -> None:
    body = {"mcp": {"a": [{"s3": {"uri": "x"}}], "customParameters": {"aB": "c"}, "parameterValues": {"x": {"y": 1}}}}
    made = stack_forms.properties(body, ["customParameters"], ["parameterValues"])
    assert made == {
        "Mcp": {"A": [{"S3": {"Uri": "x"}}], "CustomParameters": {"aB": "c"}, "ParameterValues": {"x": {"y": 1}}}
    }
    assert stack_forms.logical_ids(["a-b", "aB", "AB", "9.x", "é"]) == {
        "a-b": "AB",
        "aB": "AB2",
        "AB": "AB3",
        "9.x": "9X",
        "é": "Thing",
    }
