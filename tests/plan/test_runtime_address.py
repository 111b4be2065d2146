"""The forms of a runtime's address, read in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.variables import variable_name
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.runtime_address import endpoint_url, runtime_address
from agentcore_connect.plan.build import build

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/kb_mcp-AbCdEfGhIj"
ENCODED = "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2Fkb_mcp-AbCdEfGhIj"
HOST = "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes"


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        (ARN, None),
        (f"{ARN}/runtime-endpoint/PROD", "PROD"),
        (f"{HOST}/{ENCODED}/invocations?qualifier=PROD", "PROD"),
        (f"{HOST}/{ENCODED}/invocations", None),
        (f"{HOST}/{ARN}/invocations?qualifier=DEFAULT", "DEFAULT"),
        (f"{HOST}/{ENCODED}%2Fruntime-endpoint%2FPROD/invocations", "PROD"),
        (f"{HOST}/kb_mcp-AbCdEfGhIj/invocations?accountId=123456789012&qualifier=PROD", "PROD"),
    ],
)
def test_each_form_names_the_runtime(text: str, qualifier: str | None) -> None:
    found = runtime_address(text)
    assert found is not None
    assert (found.arn, found.qualifier, found.region, found.name) == (ARN, qualifier, "us-east-1", "kb_mcp")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "https://mcp.example.com/mcp",
        f"see {ARN}",
        f"{ARN}/runtime-endpoint/",
        f"{HOST}/kb_mcp-AbCdEfGhIj/invocations",
        f"{HOST}/kb_mcp-AbCdEfGhIj/invocations?accountId=12",
        "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/kb-abcdefghij",
    ],
)
def test_other_addresses_name_none(text: str | None) -> None:
    assert runtime_address(text) is None


def test_the_url_of_an_arn_keeps_its_endpoint() -> None:
    assert endpoint_url(ARN) == f"{HOST}/{ENCODED}/invocations?qualifier=DEFAULT"
    assert endpoint_url(f"{ARN}/runtime-endpoint/PROD") == f"{HOST}/{ENCODED}/invocations?qualifier=PROD"
    assert endpoint_url(f"{HOST}/{ARN}/invocations?qualifier=PROD") == f"{HOST}/{ENCODED}/invocations?qualifier=PROD"
    assert endpoint_url("https://mcp.example.com/mcp") == "https://mcp.example.com/mcp"


def test_examples_of_the_knowledge_are_read() -> None:
    patterns = resources.load("limits")["patterns"]
    for form in ("runtime-arn", "runtime-endpoint-arn", "runtime-invocation-url"):
        assert runtime_address(patterns[form]["example"]) is not None, form


def test_a_name_is_a_variable_in_one_way() -> None:
    assert variable_name("my-key.2") == "MY_KEY_2"
    assert variable_name("straße") == "STRASSE"


def decided(folder: Path, address: str) -> tuple[dict[str, Any], list[str]]:
    path = folder / "answers.yaml"
    path.write_text(
        "version: 1\nagent: {framework: strands}\ngateway: {name: gate, inbound_auth: aws-iam}\n"
        f"connections:\n- {{name: Notes, service: mcp-server, service_auth: iam, {address}}}\n"
    )
    plan = build(gather(load.load(path)))
    return plan.context["connections"][0], plan.unused


@pytest.mark.parametrize("qualifier", [None, "PROD"])
def test_runtime_arn_stands_for_the_endpoint(tmp_path: Path, qualifier: str | None) -> None:
    said = f"runtime: {{arn: '{ARN}'" + (f", qualifier: '{qualifier}'}}" if qualifier else "}")
    connection, unused = decided(tmp_path, said)
    assert connection["endpoint"] == f"{HOST}/{ENCODED}/invocations?qualifier={qualifier or 'DEFAULT'}"
    assert (connection["path"], unused) == ("A", [])


def test_an_endpoint_beside_it_counts(tmp_path: Path) -> None:
    other = f"{ARN.replace('kb_mcp', 'other')}"
    connection, unused = decided(tmp_path, f"endpoint: '{other}', runtime: {{arn: '{ARN}'}}")
    assert "other" in connection["endpoint"]
    assert unused == ["connections.0.runtime.arn"]
