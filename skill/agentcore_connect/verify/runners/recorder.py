"""Runs the boto3 program of a plan with a stand-in for AWS and records its requests.

    python recorder.py SCRIPT RECORD [ARGUMENT...] < SITUATION

A program of its own: it is run in the scratch place and imports nothing of agentcore_connect. SITUATION is JSON: the
members of the `gateway`, whether it `exists`, the names of the `providers` that exist, `return_urls`, `policy_engine`.
RECORD gets one [operation, arguments] a line, of the calls that change something.
"""

from __future__ import annotations

import json
import runpy
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

try:
    from botocore import exceptions
except ModuleNotFoundError:

    class _Error(Exception):
        def __init__(self, response: dict[str, Any], operation_name: str) -> None:
            super().__init__(str(response))
            self.response, self.operation_name = response, operation_name

    exceptions = types.ModuleType("botocore.exceptions")
    vars(exceptions).update(
        ClientError=_Error,
        **{
            name: type(name, (Exception,), {})
            for name in ("BotoCoreError", "ParamValidationError", "UnknownServiceError")
        },
    )
    sys.modules |= {"botocore": types.ModuleType("botocore"), "botocore.exceptions": exceptions}

_ABSENT = {
    "get_role": "NoSuchEntity",
    "get_role_policy": "NoSuchEntity",
    "get_resource_policy": "ResourceNotFoundException",
}
_READS = (
    "get_caller_identity",
    "get_gateway",
    "get_workload_identity",
    "get_gateway_target",
    "get_policy_engine",
    "get_policy",
)


def provider_arn(name: str) -> str:
    """The ARN of the credential provider of this name."""
    return f"arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/oauth2credentialprovider/{name}"


def role_arn(name: str) -> str:
    """The ARN of the role of this name."""
    return f"arn:aws:iam::123456789012:role/{name}"


class Client:
    """A stand-in for any boto3 client, in which every operation succeeds at once."""

    def __init__(self, situation: dict[str, Any], record: Callable[[str, dict[str, Any]], None]) -> None:
        """Store the existing resources and the recorder of calls."""
        self.situation, self.record = {**situation}, record
        self.meta = types.SimpleNamespace(region_name="us-east-1")
        self.providers = set(situation.get("providers", ()))
        self.targets: dict[str, dict[str, Any]] = {}

    def get_paginator(self, operation: str) -> Any:
        """Return the pages of a listing: the existing gateway, and nothing else."""
        listed = operation == "list_gateways" and self.situation["exists"]
        page: dict[str, Any] = {"items": [self.situation["gateway"]] if listed else []}
        return types.SimpleNamespace(paginate=lambda **_: [{**page, "policyEngines": [], "policies": []}])

    def __getattr__(self, operation: str) -> Any:
        """Return a method for any operation."""
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **arguments: self._perform(operation, arguments)

    def _perform(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation in _READS:
            return self._read(operation, arguments)
        if operation in _ABSENT:
            raise exceptions.ClientError({"Error": {"Code": _ABSENT[operation], "Message": ""}}, operation)
        if operation.startswith("get_") and operation.endswith("_credential_provider"):
            if arguments["name"] not in self.providers:
                raise exceptions.ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, operation)
            arn = provider_arn(arguments["name"])
            return {"name": arguments["name"], "credentialProviderArn": arn, "status": "READY"}
        self.record(operation, arguments)
        if operation == "create_role":
            return {"Role": {**arguments, "Arn": role_arn(str(arguments["RoleName"]))}}
        if operation == "create_gateway":
            self.situation["exists"] = True
            return dict(self.situation["gateway"])
        if operation == "update_gateway":
            changed = {key: value for key, value in arguments.items() if key != "gatewayIdentifier"}
            self.situation["gateway"] = {**self.situation["gateway"], **changed}
        if "credential_provider" in operation:
            self.providers.add(str(arguments.get("name")))
        if operation == "create_policy_engine":
            return {**self.situation["policy_engine"], **arguments}
        if operation == "create_policy":
            return {"policyId": f"{arguments['name']}-abcdefghij", **arguments}
        if operation == "create_gateway_target":
            number = f"SAMPLE{len(self.targets):04}"
            self.targets[number] = {**arguments, "targetId": number}
            return {"targetId": number, "status": "READY"}
        return {"status": "READY"}

    def _read(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "get_caller_identity":
            return {"Account": "123456789012"}
        if operation == "get_gateway":
            return {**self.situation["gateway"], "status": "READY"}
        if operation == "get_policy_engine":
            return {**self.situation["policy_engine"], "name": "sample", "status": "ACTIVE"}
        if operation == "get_policy":
            return {**arguments, "status": "ACTIVE"}
        if operation == "get_workload_identity":
            return {"name": arguments["name"], "allowedResourceOauth2ReturnUrls": self.situation["return_urls"]}
        return {**self.targets.get(arguments["targetId"], {}), "status": "READY"}


def modules(situation: dict[str, Any], record: Callable[[str, dict[str, Any]], None]) -> dict[str, types.ModuleType]:
    """Return stand-in boto3 modules by name."""
    one = Client(situation, record)
    made = types.SimpleNamespace(region_name="us-east-1", client=lambda *_, **__: one, resource=lambda *_, **__: one)
    session, boto3 = types.ModuleType("boto3.session"), types.ModuleType("boto3")
    vars(session).update(Session=lambda *_, **__: made)
    vars(boto3).update(session=session, Session=session.Session, client=made.client, __version__="0 (stand-in)")
    return {"boto3": boto3, "boto3.session": session}


def main() -> None:
    """Run the script with the stand-in."""
    script, path = sys.argv[1:3]

    def record(operation: str, arguments: dict[str, Any]) -> None:
        with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123 - before and after a script that may do anything
            file.write(json.dumps([operation, arguments], default=repr) + "\n")

    sys.modules |= modules(json.load(sys.stdin), record)
    sys.argv = [script, *sys.argv[3:]]
    sys.path.insert(0, str(Path(script).resolve().parent))  # where the program's own modules are
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
