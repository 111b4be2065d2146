"""What differs is told, exactly: one change in what is installed gives one drift with its name."""

from __future__ import annotations

import copy
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.clispec import api_model, drift, model
from agentcore_connect.knowledge import resources

GATEWAY = "add gateway"


def one(found: list[drift.Drift]) -> tuple[str, str, bool]:
    assert len(found) == 1, [str(each) for each in found]
    return found[0].kind, found[0].where, found[0].breaks


@pytest.fixture
def commands(shipped: model.Contract) -> dict[str, Any]:
    return copy.deepcopy(dict(shipped.data["help"]["commands"]))


def test_the_same_help_is_no_drift(shipped: model.Contract, commands: dict[str, Any]) -> None:
    assert drift.cli(shipped, commands) == []


def _options(commands: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = commands[GATEWAY]["options"]
    return options


CLI_CHANGES: list[tuple[Callable[[dict[str, Any]], Any], tuple[str, str, bool]]] = [
    (lambda c: c.pop("deploy"), ("gone", "deploy", True)),
    (lambda c: c.update(launch={"options": {}}), ("new", "launch", False)),
    (lambda c: _options(c).pop("--exception-level"), ("gone", "add gateway --exception-level", True)),
    (lambda c: _options(c).update({"--role-arn": {"value": "arn"}}), ("new", "add gateway --role-arn", False)),
    (lambda c: _options(c).update({"--must": {"required": True}}), ("new", "add gateway --must", True)),
    (lambda c: _options(c)["--json"].update(value="kind"), ("changed", "add gateway --json (value)", True)),
    (lambda c: _options(c)["--name"].pop("value"), ("changed", "add gateway --name (value)", True)),
    (lambda c: _options(c)["--name"].update(required=True), ("changed", "add gateway --name (required)", True)),
    (lambda c: _options(c)["--name"].update(says="00000000"), ("changed", "add gateway --name (wording)", False)),
    (
        lambda c: _options(c)["--exception-level"].update(choices=["NONE", "DEBUG"]),
        ("changed", "add gateway --exception-level (choices)", True),
    ),
    (
        lambda c: _options(c)["--protocol-type"].update(default="MCP"),
        ("changed", "add gateway --protocol-type (default)", False),
    ),
    (lambda c: c["deploy"]["options"]["--yes"].update(short="-f"), ("changed", "deploy --yes (short)", True)),
    (lambda c: c["deploy"].update(alias="dep"), ("changed", "deploy alias", True)),
    (lambda c: c["dev"]["arguments"][0].update(required=True), ("changed", "dev arguments", True)),
    (lambda c: c["status"].update(arguments=[{"name": "x", "required": False}]), ("changed", "status arguments", True)),
    (
        lambda c: c["add gateway-target"]["claims"]["--outbound-auth"].update({"lambda-function-arn": ["none"]}),
        ("changed", "add gateway-target table of values", False),
    ),
]


@pytest.mark.parametrize(("change", "expected"), CLI_CHANGES)
def test_one_change_of_the_help_is_one_drift(
    change: Callable[[dict[str, Any]], Any],
    expected: tuple[str, str, bool],
    shipped: model.Contract,
    commands: dict[str, Any],
) -> None:
    change(commands)
    assert one(drift.cli(shipped, commands)) == expected


def test_a_contract_that_was_read_compares_only_what_it_states() -> None:
    contract = model.load("cli-contract-1.x")
    commands = copy.deepcopy(dict(contract.data["help"]["commands"]))
    commands["memory"] = {"options": {}}
    for about in commands.values():
        about.setdefault("arguments", [])
        about["options"]["--later"] = {"value": "x"}
        for option in about["options"].values():
            option["says"] = "12345678"
    assert drift.cli(contract, commands) == []
    commands["add gateway"]["options"]["--protocol-type"]["choices"] = ["MCP", "A2A"]
    assert one(drift.cli(contract, commands)) == ("changed", "add gateway --protocol-type (choices)", True)


FILE_CHANGES: list[tuple[Callable[[dict[str, Any]], Any], tuple[str, str, bool]]] = [
    (lambda s: s.pop("OutboundAuth"), ("gone", "agentcore.json OutboundAuth", True)),
    (lambda s: s.update(Fresh={}), ("new", "agentcore.json Fresh", False)),
    (lambda s: s["OutboundAuth"].pop("scopes"), ("gone", "agentcore.json OutboundAuth.scopes", True)),
    (
        lambda s: s["OutboundAuth"].update(grantType={"type": "string", "optional": True}),
        ("new", "agentcore.json OutboundAuth.grantType", False),
    ),
    (lambda s: s["OutboundAuth"].update(must={"type": "string"}), ("new", "agentcore.json OutboundAuth.must", True)),
    (
        lambda s: s["OutboundAuth"]["type"].update(type="'NONE'"),
        ("changed", "agentcore.json OutboundAuth.type (type)", True),
    ),
    (
        lambda s: s["OutboundAuth"]["scopes"].pop("optional"),
        ("changed", "agentcore.json OutboundAuth.scopes (optional)", True),
    ),
    (lambda s: s.update(BuildType="'CodeZip'"), ("changed", "agentcore.json BuildType", True)),
]


@pytest.mark.parametrize(("change", "expected"), FILE_CHANGES)
def test_one_change_of_a_file_schema_is_one_drift(
    change: Callable[[dict[str, Any]], Any], expected: tuple[str, str, bool], shipped: model.Contract
) -> None:
    schemas = copy.deepcopy(shipped.data["files"]["schemas"])
    assert drift.files(shipped, schemas) == []
    change(schemas["agentcore.json"])
    assert one(drift.files(shipped, schemas)) == expected


def test_another_behaviour_is_a_drift(shipped: model.Contract) -> None:
    made = copy.deepcopy(dict(shipped.observed))
    assert drift.behaviour(shipped.observed, made) == []
    made["combinations"][0]["results"]["lambda-function-arn"]["oauth"] = "as-asked"
    assert one(drift.behaviour(shipped.observed, made)) == (
        "changed",
        "outbound-auth: --type lambda-function-arn, oauth",
        True,
    )
    made = copy.deepcopy(dict(shipped.observed))
    del made["forms"][0]
    assert one(drift.behaviour(shipped.observed, made))[0] == "gone"
    made = copy.deepcopy(dict(shipped.observed))
    made["values"][0]["accepted"] = []
    made["edits"]["others"][0]["result"] = "accepted"
    assert [each.kind for each in drift.behaviour(shipped.observed, made)] == ["changed", "changed"]


@pytest.fixture(scope="session")
def models() -> dict[str, Any]:
    folder = api_model.here()
    assert folder is not None
    return {name: api_model.read(folder, name) for name in resources.load("api-contract")["services"]}


@pytest.fixture
def botocore(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def write(models: dict[str, Any]) -> Path:
        folder = tmp_path / "botocore"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "__init__.py").write_text("__version__ = '1.2.3'\n")
        for name, raw in models.items():
            place = folder / "data" / name / "2023-06-05"
            place.mkdir(parents=True)
            with gzip.open(place / "service-2.json.gz", "wt") as stream:
                json.dump(raw, stream)
        return folder

    return write


CONTROL = "bedrock-agentcore-control"
API_CHANGES: list[tuple[Callable[[dict[str, Any]], Any], tuple[str, str, bool]]] = [
    (
        lambda s: s["CredentialProviderType"]["enum"].remove("CALLER_IAM_CREDENTIALS"),
        (
            "gone",
            "CreateGatewayTarget.credentialProviderConfigurations[].credentialProviderType value CALLER_IAM_CREDENTIALS",
            True,
        ),
    ),
    (lambda s: s["AuthorizerType"]["enum"].append("MTLS"), ("new", "CreateGateway.authorizerType value MTLS", False)),
    (
        lambda s: s["OAuthCredentialProvider"]["members"].pop("grantType"),
        (
            "gone",
            "CreateGatewayTarget.credentialProviderConfigurations[].credentialProvider.oauthCredentialProvider.grantType",
            True,
        ),
    ),
    (
        lambda s: s["CreateGatewayRequest"]["members"].update(fresh={"shape": "String"}),
        ("new", "CreateGateway.fresh", False),
    ),
    (
        lambda s: s["CreateGatewayRequest"]["required"].append("kmsKeyArn"),
        ("new", "CreateGateway.kmsKeyArn is required", True),
    ),
    (
        lambda s: s["CreateGatewayRequest"]["required"].remove("roleArn"),
        ("gone", "CreateGateway.roleArn is required", False),
    ),
    (
        lambda s: s["TargetConfiguration"].pop("union"),
        ("changed", "CreateGatewayTarget.targetConfiguration (union)", True),
    ),
    (
        lambda s: s["McpTargetConfiguration"]["members"].pop("lambda"),
        ("gone", "CreateGatewayTarget.targetConfiguration.mcp.lambda", True),
    ),
    (
        lambda s: s["AllowedRequestHeaders"].update(max=5),
        ("changed", "CreateGatewayTarget.metadataConfiguration.allowedRequestHeaders (max)", True),
    ),
    (lambda s: s["GatewayName"].update(pattern="[a-z]+"), ("changed", "CreateGateway.name (pattern)", True)),
]


@pytest.mark.parametrize(("change", "expected"), API_CHANGES)
def test_one_change_of_the_api_is_one_drift(
    change: Callable[[dict[str, Any]], Any],
    expected: tuple[str, str, bool],
    models: dict[str, Any],
    botocore: Callable[[dict[str, Any]], Path],
) -> None:
    changed = {**models, CONTROL: copy.deepcopy(models[CONTROL])}
    change(changed[CONTROL]["shapes"])
    assert one(drift.api(resources.load("api-contract"), botocore(changed))) == expected


def test_the_api_of_the_installed_botocore_is_no_drift(
    models: dict[str, Any], botocore: Callable[[dict[str, Any]], Path]
) -> None:
    assert drift.api(resources.load("api-contract"), botocore(models)) == []


def test_a_renamed_shape_is_no_drift(models: dict[str, Any], botocore: Callable[[dict[str, Any]], Path]) -> None:
    text = json.dumps(models[CONTROL]).replace('"GatewayName"', '"NameOfGateway"')
    assert text != json.dumps(models[CONTROL])
    assert drift.api(resources.load("api-contract"), botocore({**models, CONTROL: json.loads(text)})) == []


def test_a_missing_operation_and_a_missing_service(
    models: dict[str, Any], botocore: Callable[[dict[str, Any]], Path]
) -> None:
    changed = {**models, CONTROL: {**models[CONTROL], "operations": dict(models[CONTROL]["operations"])}}
    del changed[CONTROL]["operations"]["SynchronizeGatewayTargets"]
    found = drift.api(resources.load("api-contract"), botocore(changed))
    assert one(found) == ("gone", f"{CONTROL} SynchronizeGatewayTargets", True)
    others = {name: model for name, model in models.items() if name != CONTROL}
    found = drift.api(resources.load("api-contract"), botocore(others))
    assert one(found) == ("gone", CONTROL, True)


def test_a_broken_model_is_told_and_not_a_traceback(botocore: Callable[[dict[str, Any]], Path]) -> None:
    folder = botocore({})
    for name in resources.load("api-contract")["services"]:
        place = folder / "data" / name / "2023-06-05"
        place.mkdir(parents=True)
        (place / "service-2.json.gz").write_bytes(b"not gzip")
    assert {each.kind for each in drift.api(resources.load("api-contract"), folder)} == {"gone"}
