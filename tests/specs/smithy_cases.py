"""A Smithy model that a gateway takes, and those that it refuses."""

from __future__ import annotations

from typing import Any

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


def refused() -> dict[str, dict[str, Any]]:
    """A model for each fault, by its id."""
    protocol, own, streaming, many = model(), model(), model(), model()
    protocol["shapes"][SERVICE]["traits"] = {"aws.protocols#awsJson1_0": {}, "aws.api#service": {}}
    del own["shapes"][SERVICE]["traits"]["aws.api#service"]
    streaming["shapes"]["a#Body"]["traits"] = {"smithy.api#streaming": {}}
    many["shapes"] |= {f"a#Op{n}": {"type": "operation"} for n in range(1000)}
    many["shapes"][SERVICE]["operations"] += [{"target": f"a#Op{n}"} for n in range(1000)]
    return {
        "smithy-protocol": protocol,
        "smithy-not-aws": own,
        "smithy-streaming": streaming,
        "smithy-no-service": {"smithy": "2.0", "shapes": {"a#B": {"type": "blob"}}},
        "smithy-not-json": {"openapi": "3.0.0"},
        "smithy-size": {**model(), "metadata": "x" * (10 * 1024 * 1024)},
        "smithy-too-many-tools": many,
    }
