"""The contracts as data: they agree with each other, with the auth matrix, with the templates and with botocore."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agentcore_connect.clispec import api_model, extract, model
from agentcore_connect.knowledge import resources

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "cli-versions": "cli-versions",
    "cli-probes": "cli-probes",
    "cli-contract-0.30.0": "cli-contract",
    "cli-contract-1.x": "cli-contract",
    "api-contract": "api-contract",
    "doctor": "doctor",
}


@pytest.mark.parametrize(("name", "schema"), FILES.items())
def test_data_fits_its_schema(name: str, schema: str) -> None:
    validator = jsonschema.Draft202012Validator(resources.load_schema(schema))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(resources.load(name))] == []


def test_sources_are_known() -> None:
    known = resources.load("sources")["sources"]

    def sources(data: Any) -> set[str]:
        if isinstance(data, dict):
            own = set(data["sources"]) if isinstance(data.get("sources"), list) else set()
            return own.union(*(sources(value) for value in data.values()))
        return set().union(*(sources(value) for value in data)) if isinstance(data, list) else set()

    for name in FILES:
        assert sources(resources.load(name)) <= set(known), name


def test_no_path_of_a_machine_is_in_a_contract() -> None:
    for name in FILES:
        text = (ROOT / "knowledge" / f"{name}.yaml").read_text("utf-8")
        assert not re.search(r"/(root|home|tmp|work|Users)/|registry\.", text), name


def test_the_shipped_file_is_what_the_program_writes(shipped: model.Contract) -> None:
    assert extract.text_of(shipped.data) == (ROOT / "knowledge" / "cli-contract-0.30.0.yaml").read_text("utf-8")


def test_the_api_contract_is_what_botocore_says() -> None:
    folder = api_model.here()
    assert folder is not None
    if api_model.version_of(folder) != resources.load("api-contract")["botocore"]:
        pytest.skip("another botocore is installed; test_drift and doctor tell what differs")
    assert extract.api_text(folder) == (ROOT / "knowledge" / "api-contract.yaml").read_text("utf-8")


def test_the_auth_matrix_says_what_running_showed(shipped: model.Contract) -> None:
    """Layer 3 of the auth matrix is what `add gateway-target` accepted and wrote as asked."""
    ways = {
        "none": "none",
        "oauth-client-credentials": "oauth",
        "api-key": "api-key",
        "jwt-passthrough": "jwt-passthrough",
    }
    (combination,) = shipped.observed["combinations"]
    can = resources.load("auth-matrix")["cli"]["0.30"]["can"]
    assert set(can) == set(combination["results"])
    for target, row in combination["results"].items():
        accepted = {word for word, way in ways.items() if row[way] == "as-asked"}
        if row["left-out"] == "as-asked":
            accepted.add("none" if target == "mcp-server" else "iam")
        if row["gateway-iam-role signed"] == "as-asked":
            accepted.add("iam")
        if target == "smithy-model":
            accepted.discard("none")  # NONE may be written; the role signs all the same
        assert set(can[target]) == accepted, target


def test_where_the_help_is_wrong_is_on_record(shipped: model.Contract) -> None:
    claims = shipped.data["help"]["commands"]["add gateway-target"]["claims"]["--outbound-auth"]
    (combination,) = shipped.observed["combinations"]
    wrong = {
        (target, value)
        for target, values in claims.items()
        for value in values
        if combination["results"][target].get(value) != "as-asked"
        and combination["results"][target].get(f"{value} signed") != "as-asked"
    }
    assert wrong == {
        ("mcp-server", "none"),
        ("lambda-function-arn", "oauth"),
        ("lambda-function-arn", "none"),
        ("http-runtime", "none"),
        ("smithy-model", "none"),
    }


def test_every_operation_that_a_template_calls_is_in_the_api_contract() -> None:
    known: set[str] = set()
    for service in resources.load("api-contract")["services"].values():
        known |= {
            re.sub(r"(?<!^)(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in service["operations"]
        }
    folder = api_model.here()
    assert folder is not None
    real: set[str] = set()
    for name in resources.load("api-contract")["services"]:
        operations = api_model.read(folder, name)["operations"]
        real |= {re.sub(r"(?<!^)(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])", "_", one).lower() for one in operations}
    assert "create_oauth2_credential_provider" in real
    called: set[str] = set()
    programs = [path for ending in ("*.j2", "*.py") for path in (ROOT / "renderers").rglob(ending)]
    for path in [*programs, *(ROOT / "knowledge").glob("request-bodies.yaml")]:
        called |= set(
            re.findall(
                r"[.\"' ]((?:create|get|update|list|delete|synchronize|complete|invoke)_[a-z0-9_]+)",
                path.read_text("utf-8"),
            )
        )
    assert {"update_gateway", "create_gateway_target"} <= called & real
    assert called & real <= known


def test_commands_that_doctor_compares_are_in_the_contract(shipped: model.Contract) -> None:
    assert set(resources.load("doctor")["commands"]) <= set(shipped.commands)


def test_every_form_and_option_that_probes_name_is_there(shipped: model.Contract) -> None:
    probes = resources.load("cli-probes")
    forms = {form["id"]: form["command"] for form in probes["forms"]}
    assert set(forms.values()) <= set(shipped.commands)
    for probe in probes["values"]:
        assert probe["option"] in shipped.commands[forms[probe["form"]]].options
    for command, trials in probes["samples"].items():
        assert {name for trial in trials for name in trial} <= set(shipped.commands[command].options), command
    assert [form["id"] for form in shipped.observed["forms"]] == list(forms)
    assert not [form["id"] for form in shipped.observed["forms"] if "fails" in form]
