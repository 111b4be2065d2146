"""Smithy models are counted, sized and held against what a gateway takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agentcore_connect.readers.smithy import read_smithy, summary
from agentcore_connect.readers.spec_file import parse_spec
from agentcore_connect.resources import load

SERVICE = "com.amazonaws.tables#Tables"


def model() -> dict[str, Any]:
    """A service with an operation of its own, and a resource in a resource with one each."""
    return {
        "smithy": "2.0",
        "shapes": {
            SERVICE: {
                "type": "service",
                "operations": [{"target": "a#List"}],
                "resources": [{"target": "a#Table"}],
                "traits": {"aws.protocols#restJson1": {}, "aws.api#service": {"sdkId": "Tables"}},
            },
            "a#Table": {"type": "resource", "read": {"target": "a#Get"}, "resources": [{"target": "a#Row"}]},
            "a#Row": {"type": "resource", "collectionOperations": [{"target": "a#Query"}]},
            "a#List": {"type": "operation"},
            "a#Get": {"type": "operation", "input": {"target": "a#GetInput"}},
            "a#GetInput": {"type": "structure", "members": {"body": {"target": "a#Body"}}},
            "a#Body": {"type": "blob"},
            "a#Query": {"type": "operation"},
            "a#Unused": {"type": "operation"},
        },
    }


def faults(data: Any) -> set[str]:
    return {one.id for one in summary(parse_spec(json.dumps(data), shown="model.json")).faults}


def test_a_model_that_is_taken() -> None:
    found = summary(parse_spec(json.dumps(model()), shown="model.json"))
    assert sorted(found.operations) == ["Get", "List", "Query"]
    assert (found.tool_count, found.services, found.version, found.faults) == (3, (SERVICE,), "2.0", ())


def test_each_fault() -> None:
    seen: set[str] = set()
    other = model()
    other["shapes"][SERVICE]["traits"] = {"aws.protocols#awsJson1_0": {}, "aws.api#service": {}}
    assert faults(other) == {"smithy-protocol"}
    own = model()
    del own["shapes"][SERVICE]["traits"]["aws.api#service"]
    assert faults(own) == {"smithy-not-aws"}
    streaming = model()
    streaming["shapes"]["a#Body"]["traits"] = {"smithy.api#streaming": {}}
    assert faults(streaming) == {"smithy-streaming"}
    assert faults({"smithy": "2.0", "shapes": {"a#B": {"type": "blob"}}}) == {"smithy-no-service"}
    assert faults({"openapi": "3.0.0"}) == {"smithy-not-json"}
    assert faults({**model(), "metadata": "x" * (10 * 1024 * 1024)}) == {"smithy-size"}
    many = model()
    many["shapes"] |= {f"a#Op{n}": {"type": "operation"} for n in range(1000)}
    many["shapes"][SERVICE]["operations"] += [{"target": f"a#Op{n}"} for n in range(1000)]
    assert faults(many) == {"smithy-too-many-tools"}
    seen |= {"smithy-protocol", "smithy-not-aws", "smithy-streaming", "smithy-no-service", "smithy-not-json"}
    assert seen | {"smithy-size", "smithy-too-many-tools"} == set(load("smithy-limits")["faults"])


def test_the_smithy_language_is_a_fault_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.smithy").write_text('$version: "2"\nnamespace a\nservice S { operations: [Get] }\n')
    assert [one.id for one in read_smithy("a.smithy", base=tmp_path).faults] == ["smithy-not-json"]
