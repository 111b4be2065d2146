"""A stand-in for AgentCore Identity: the calls that the decorators of `bedrock_agentcore.identity` make.

Point an SDK to it with the variables of `environment()`. It checks signatures when it is given keys, and it hands out
tokens from the same book that a simulated gateway accepts them by. The API key it hands out is `API_KEY`.
"""

from __future__ import annotations

from typing import Any

from tests.sim.http import LoopbackServer, Reply, Request
from tests.sim.signing import Keys, fault
from tests.sim.tokens import Tokens

API_KEY = "sim-api-key"
REGION = "us-east-1"
_SERVICE = "bedrock-agentcore"


class IdentitySim(LoopbackServer):
    """Serves workload identities, workload tokens, OAuth tokens and API keys.

    `providers` limits the names of the credential providers that exist (None: every name does).
    `calls` holds the name and the input of each operation, in order.
    """

    def __init__(
        self,
        tokens: Tokens | None = None,
        keys: Keys | None = None,
        providers: set[str] | None = None,
        region: str = REGION,
        port: int = 0,
    ) -> None:
        super().__init__(port)
        self.tokens = tokens or Tokens()
        self.keys = keys or Keys()
        self.providers = providers
        self.region = region
        self.calls: list[tuple[str, Any]] = []

    def environment(self) -> dict[str, str]:
        """Variables under which the AWS SDK and bedrock_agentcore talk to this stand-in only."""
        return {
            "BEDROCK_AGENTCORE_DP_ENDPOINT": self.origin,
            "BEDROCK_AGENTCORE_CP_ENDPOINT": self.origin,
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": self.origin,
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL": self.origin,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.origin}/credentials",
        }

    def answer(self, request: Request) -> Reply:
        """One operation, or the keys in force."""
        if (request.method, request.path) == ("GET", "/credentials"):
            return Reply(200, self.keys.document())
        operation = _OPERATIONS.get((request.method, request.path))
        if operation is None:
            return _refused(404, "UnknownOperationException", f"{request.method} {request.path}")
        problem = fault(request, self.origin, self.keys.current, _SERVICE, self.region)
        if problem:
            return _refused(403, "AccessDeniedException", problem)
        given = request.json() or {}
        self.calls.append((operation, given))
        return self._operate(operation, given)

    def _operate(self, operation: str, given: dict[str, Any]) -> Reply:
        provider = given.get("resourceCredentialProviderName")
        if provider is not None and self.providers is not None and provider not in self.providers:
            return _refused(404, "ResourceNotFoundException", f"Resource Credential Provider not found: {provider}")
        if provider is not None and given.get("workloadIdentityToken") != "sim-workload-token":
            return _refused(403, "AccessDeniedException", "the workload token is not one of this stand-in")
        if operation == "GetResourceOauth2Token":
            return Reply(200, {"accessToken": self.tokens.issue()})
        if operation == "GetResourceApiKey":
            return Reply(200, {"apiKey": API_KEY})
        if operation.endswith("WorkloadIdentity"):
            return Reply(201 if operation.startswith("Create") else 200, _workload(given["name"]))
        return Reply(200, {"workloadAccessToken": "sim-workload-token"})


def _workload(name: str) -> dict[str, Any]:
    arn = (
        f"arn:aws:bedrock-agentcore:{REGION}:123456789012:workload-identity-directory/default/workload-identity/{name}"
    )
    return {"name": name, "workloadIdentityArn": arn, "createdTime": 0, "lastUpdatedTime": 0}


def _refused(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"message": message}, {"x-amzn-ErrorType": code})


_OPERATIONS = {
    ("POST", "/identities/GetWorkloadAccessToken"): "GetWorkloadAccessToken",
    ("POST", "/identities/GetWorkloadAccessTokenForJWT"): "GetWorkloadAccessTokenForJWT",
    ("POST", "/identities/GetWorkloadAccessTokenForUserId"): "GetWorkloadAccessTokenForUserId",
    ("POST", "/identities/oauth2/token"): "GetResourceOauth2Token",
    ("POST", "/identities/api-key"): "GetResourceApiKey",
    ("POST", "/identities/CreateWorkloadIdentity"): "CreateWorkloadIdentity",
    ("POST", "/identities/GetWorkloadIdentity"): "GetWorkloadIdentity",
}
