"""The part of the stand-in that plays IAM and STS: roles with their inline policies, and whose account it is."""

from __future__ import annotations

import json
import re
from typing import Any

ACCOUNT = "123456789012"
_ARN = re.compile(r"arn:aws:[a-z0-9-]+:[a-z0-9*-]*:(\d{12}|aws|\*)?:\S+")


class ServiceError(Exception):
    """An error that the service answers with."""

    def __init__(self, code: str, message: str = "refused", status: int = 400) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status


class IdentityPlane:
    """Roles by name: `AssumeRolePolicyDocument` and each of `policies` as IAM's answers have them, decoded."""

    def __init__(self) -> None:
        self.roles: dict[str, dict[str, Any]] = {}
        self.policies_of_roles: dict[str, dict[str, Any]] = {}

    def _GetCallerIdentity(self) -> dict[str, Any]:  # noqa: N802
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/me", "UserId": "AIDAEXAMPLE"}

    def _CreateRole(self, RoleName: str, AssumeRolePolicyDocument: str, **more: Any) -> dict[str, Any]:  # noqa: N802, N803
        if RoleName in self.roles:
            raise ServiceError("EntityAlreadyExists", f"Role with name {RoleName} already exists.", 409)
        arn = f"arn:aws:iam::{ACCOUNT}:role/{RoleName}"
        trust = _document(AssumeRolePolicyDocument)
        self.roles[RoleName] = {"RoleName": RoleName, "Arn": arn, "AssumeRolePolicyDocument": trust, **more}
        self.policies_of_roles[RoleName] = {}
        return {"Role": self.roles[RoleName]}

    def _GetRole(self, RoleName: str) -> dict[str, Any]:  # noqa: N802, N803
        return {"Role": self._role(RoleName)}

    def _UpdateAssumeRolePolicy(self, RoleName: str, PolicyDocument: str) -> dict[str, Any]:  # noqa: N802, N803
        self._role(RoleName)["AssumeRolePolicyDocument"] = _document(PolicyDocument)
        return {}

    def _DeleteRole(self, RoleName: str) -> dict[str, Any]:  # noqa: N802, N803
        self._role(RoleName)
        if self.policies_of_roles[RoleName]:
            raise ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
        del self.policies_of_roles[RoleName], self.roles[RoleName]
        return {}

    def _PutRolePolicy(self, RoleName: str, PolicyName: str, PolicyDocument: str) -> dict[str, Any]:  # noqa: N802, N803
        self._role(RoleName)
        document = _document(PolicyDocument)
        for one in document["Statement"]:
            for resource in one["Resource"]:
                if resource != "*" and not _ARN.fullmatch(resource):
                    raise ServiceError("MalformedPolicyDocument", f"Resource {resource} must be in ARN format or *.")
        self.policies_of_roles[RoleName][PolicyName] = document
        return {}

    def _GetRolePolicy(self, RoleName: str, PolicyName: str) -> dict[str, Any]:  # noqa: N802, N803
        self._role(RoleName)
        if PolicyName not in self.policies_of_roles[RoleName]:
            raise ServiceError("NoSuchEntity", f"The role policy with name {PolicyName} cannot be found.", 404)
        document = self.policies_of_roles[RoleName][PolicyName]
        return {"RoleName": RoleName, "PolicyName": PolicyName, "PolicyDocument": document}

    def _DeleteRolePolicy(self, RoleName: str, PolicyName: str) -> dict[str, Any]:  # noqa: N802, N803
        self._GetRolePolicy(RoleName, PolicyName)
        del self.policies_of_roles[RoleName][PolicyName]
        return {}

    def _role(self, name: str) -> dict[str, Any]:
        if name not in self.roles:
            raise ServiceError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
        return self.roles[name]


def _document(text: str) -> dict[str, Any]:
    """A policy document, refused as IAM refuses one without statements or with an unknown part."""
    document: dict[str, Any] = json.loads(text)
    statements = document.get("Statement")
    if document.keys() != {"Version", "Statement"} or not statements or "${" in text:
        raise ServiceError("MalformedPolicyDocument", "Syntax errors in policy.")
    return document
