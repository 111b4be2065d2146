"""What the tests of the configure script share: connections for it, what it sent, and what the plan says of that."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name

from agentcore_connect.plan.requests import Request, requests_for, with_values
from tests.configure import cases
from tests.configure.cases import connection, connections, context
from tests.configure.conftest import SECRET, Outcome
from tests.configure.control_plane import ControlPlane

Run = Callable[..., Outcome]
VALUES = {
    "api_key": SECRET,
    "client_secret": SECRET,
    "client_id": "client-9",
    "audience": "https://api.example.com",
    "gateway_role_arn": "arn:aws:iam::123456789012:role/gate",
    "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "schema_uri": "s3://bucket/api.json",
    "rest_api_id": "a1b2c3",
    "rest_api_stage": "prod",
    "discovery_url": cases.CUSTOM_URL,
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0123456789abcdef0", "subnet-1123456789abcdef0"],
    "return_urls_so_far": ["https://kept.example.com/return"],
}
TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-(gateway|target)")


def key(**changes: Any) -> dict[str, Any]:
    return connection(**{"outbound_auth": "api-key", "credential": {"name": "my-Cred_1"}, **changes})


def consent(**changes: Any) -> dict[str, Any]:
    oauth = {
        "discovery_url": "https://auth.atlassian.com/.well-known/openid-configuration",
        "client_id": "client-1",
        "scopes": ["read", "offline_access"],
        "return_url": "https://app.example.com/cb",
    }
    base = {"outbound_auth": "oauth", "grant": "authorization-code", "credential": {"name": "my-Cred_1"}}
    return connection(**{**base, "oauth": oauth, **changes})


def sent(aws: ControlPlane) -> list[tuple[str, dict[str, Any]]]:
    """What changed something, as boto3 spells it, with the tokens of the run replaced."""
    found = []
    for name, body in aws.writes:
        token = body.get("clientToken")
        assert token is None or TOKEN.fullmatch(token)
        found.append((xform_name(name), {**body, "clientToken": "token"} if token else body))
    return found


def expected(aws: ControlPlane, requests: list[Request]) -> list[tuple[str, dict[str, Any]]]:
    """What the plan says is sent, with the run-time values of this run."""
    gateway = next(iter(one for one in aws.gateways if one.startswith("shop-gate")))
    arn = next((one["credentialProviderArn"] for one in aws.providers.values()), None)
    tokens = {"gateway_client_token": "token", "target_client_token": "token"}
    values = {**VALUES, **tokens, "gateway_id": gateway, "workload_identity": gateway, "provider_arn": arn}
    return [(one.operation, with_values(one.body, values)) for one in requests]


def ready_made(aws: ControlPlane, c: dict[str, Any]) -> None:
    """The provider that is to be there already, made by someone else."""
    credential = c["credential"]
    if credential["exists"] or credential["in_project"]:
        elsewhere = {**c, "credential": {**credential, "exists": False, "in_project": False}}
        request = next(one for one in requests_for(context(), elsewhere) if one.id == "provider")
        kind = "oauth2" if c["outbound_auth"] == "oauth" else "apikey"
        aws._provider(kind, with_values(request.body, VALUES))


def kinds() -> list[Any]:
    """One connection for each kind of script."""
    chosen: dict[str, dict[str, Any]] = {}
    for c in connections():
        credential = c["credential"]
        mark = "-".join(
            [c["target_type"], c["outbound_auth"], c["grant"] or "", c["network"]]
            + (["exists"] if credential.get("exists") else [])
            + c.get("at_run_time", [])
        )
        chosen.setdefault(mark, c)
    return [pytest.param(c, id=mark) for mark, c in chosen.items()]


def fitting(aws: ControlPlane, c: dict[str, Any]) -> dict[str, Any]:
    """A gateway that this connection can use, put there."""
    protocol = {} if c["target_type"] not in ("http-runtime", "passthrough") else {"protocolType": None}
    authorizer = {"authorizerType": "AWS_IAM"} if c["outbound_auth"] == "caller-iam" else {}
    aws.add_gateway("another", "another-abcdefghij")
    aws.add_gateway(**protocol, **authorizer)
    return context()
