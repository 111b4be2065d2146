"""A stand-in for the AgentCore control plane that speaks its REST-JSON protocol, routed by botocore's own model.

It keeps gateways, targets, credential providers and workload identities, notes each call, and can be told to fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session

from agentcore_connect.verify.botocore_model import check_request
from tests.configure.identity_plane import ACCOUNT, IdentityPlane, ServiceError
from tests.sim.http import LoopbackServer, Reply, Request

CONTROL, DATA, WAF = "bedrock-agentcore-control", "bedrock-agentcore", "wafv2"
SERVICES = ("iam", "sts", WAF, DATA, CONTROL)
REGION = "us-east-1"
_TIME = "2026-11-21T12:00:00Z"
_TIMES = {"createdAt": _TIME, "updatedAt": _TIME}
WRITES = ("Create", "Update", "Put", "Complete", "Synchronize", "Delete", "Associate", "Disassociate")


class ControlPlane(IdentityPlane, LoopbackServer):
    """The stand-in; `calls` holds (operation, arguments) in order, `plan` what the next targets go through.

    `faults`: by operation, what its next calls raise. `before`: by operation, what happens just before its next call.
    """

    def __init__(self) -> None:
        IdentityPlane.__init__(self)
        LoopbackServer.__init__(self)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.gateways: dict[str, dict[str, Any]] = {}
        self.targets: dict[str, dict[str, Any]] = {}
        self.providers: dict[tuple[str, str], dict[str, Any]] = {}
        self.identities: dict[str, list[str]] = {}
        self.resource_policies: dict[str, str] = {}
        self.engines: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}
        self.policy_plan: list[str] = ["CREATING", "ACTIVE"]
        self.plan: list[str] = ["CREATING", "READY"]
        self.plans: list[list[str]] = []  # those of the next targets, where they differ
        self.pending: set[str] = set()  # targets that wait for a consent when they are created
        self.update_plan: list[str] = ["UPDATING", "READY"]
        self.reasons: list[str] = []
        self.faults: dict[str, list[ServiceError]] = {}
        self.before: dict[str, Callable[[], None]] = {}
        self.leaving: dict[Any, int] = {}
        known = [route for service in (CONTROL, DATA) for route in _routes(service)]
        self._routes = [route for route in known if hasattr(self, f"_{route[2]}")]

    @property
    def writes(self) -> list[tuple[str, dict[str, Any]]]:
        """The calls that change something."""
        return [(name, body) for name, body in self.calls if name.startswith(WRITES)]

    def add_gateway(self, name: str = "Shop-gate", gateway_id: str = "shop-gate-abcdefghij", **members: Any) -> str:
        """Put a gateway there, as it would be after a deploy."""
        self.gateways[gateway_id] = {
            "gatewayId": gateway_id,
            "gatewayArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:gateway/{gateway_id}",
            "gatewayUrl": f"https://{gateway_id}.gateway.bedrock-agentcore.{REGION}.amazonaws.com/mcp",
            "name": name,
            "status": "READY",
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/gate",
            "authorizerType": "CUSTOM_JWT",
            "protocolType": "MCP",
            "workloadIdentityDetails": {
                "workloadIdentityArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:workload-identity-directory/"
                f"default/workload-identity/{gateway_id}"
            },
            **_TIMES,
            **members,
        }
        self.identities[gateway_id] = ["https://kept.example.com/return"]
        return gateway_id

    def answer(self, request: Request) -> Reply:
        """The reply to a request, by the operation that the model finds for it."""
        target = request.headers.get("x-amz-target", "")
        if target:  # AWS WAF names the operation in a header
            return self._perform(target.rpartition(".")[2], request.json() or {})
        parts = urlsplit(request.path)
        for method, pattern, name in self._routes:
            match = pattern.fullmatch(parts.path)
            if match and method == request.method:
                arguments = {key: unquote(value) for key, value in match.groupdict().items()}
                arguments |= {key: values[0] for key, values in parse_qs(parts.query).items()}
                arguments |= request.json() or {}
                return self._perform(name, _by_member(_shape(name, "input"), arguments), _shape(name, "output"))
        return Reply(404, {"message": f"no operation at {request.method} {request.path}"})

    def _perform(self, name: str, arguments: dict[str, Any], output: Any = None) -> Reply:
        try:
            return Reply(200, _on_the_wire(output, self.perform(name, arguments)))
        except ServiceError as fault:
            return Reply(fault.status, {"message": fault.message}, {"x-amzn-errortype": fault.code})

    def perform(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call; ServiceError where it is refused, by botocore's model too."""
        self.calls.append((name, arguments))
        self.before.pop(name, lambda: None)()
        if self.faults.get(name):
            raise self.faults[name].pop(0)
        if name.startswith(WRITES):
            problems = [one for one in check_request(name, arguments, service_of(name)) if one.severity == "error"]
            if problems:
                raise ServiceError("ValidationException", "; ".join(map(str, problems)))
        answer: dict[str, Any] = getattr(self, f"_{name}")(**arguments)
        return answer

    def _leave(self, key: Any) -> dict[str, Any]:
        """A thing on its way out: it is DELETING at the next look, and gone after that."""
        self.leaving[key] = 1
        return {"status": "DELETING", "statusReasons": []}

    def _there(self, table: dict[Any, dict[str, Any]], key: Any) -> dict[str, Any]:
        """A thing as a look at it finds it."""
        found = _found(table, key)
        if key not in self.leaving:
            return found
        if self.leaving[key]:
            self.leaving[key] -= 1
            return {**found, "status": "DELETING", "states": ["DELETING"]}
        del self.leaving[key]
        self.identities.pop(key, None)
        if table is self.gateways:
            self.resource_policies.pop(table[key]["gatewayArn"], None)
        return _found({name: one for name, one in table.items() if name != key} if table.pop(key) else {}, key)

    # Gateways

    def _CreateGateway(self, name: str, **members: Any) -> dict[str, Any]:  # noqa: N802
        if any(one["name"] == name for one in self.gateways.values()):
            raise ServiceError("ConflictException", f"gateway {name} exists", 409)
        members.pop("clientToken")
        return self.gateways[self.add_gateway(name, f"{name.lower()}-zyxwvutsrq", **{"protocolType": None, **members})]

    def _ListGateways(self, nextToken: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N802, N803
        """One gateway a page, so that whoever reads one page only finds the first."""
        return _page(list(self.gateways.values()), nextToken)

    def _UpdateGateway(self, gatewayIdentifier: str, **body: Any) -> dict[str, Any]:  # noqa: N802, N803
        """Replace: an optional member that is left out is reset."""
        found = _found(self.gateways, gatewayIdentifier)
        if body["authorizerType"] != found["authorizerType"]:
            raise ServiceError("ValidationException", "Authorizer type cannot be updated for an existing gateway", 400)
        kept = ("gatewayId", "gatewayArn", "gatewayUrl", "status", "workloadIdentityDetails", *_TIMES)
        self.gateways[gatewayIdentifier] = {**{name: found[name] for name in kept}, **body}
        return self.gateways[gatewayIdentifier]

    def _GetGateway(self, gatewayIdentifier: str) -> dict[str, Any]:  # noqa: N802, N803
        return self._there(self.gateways, gatewayIdentifier)

    def _DeleteGateway(self, gatewayIdentifier: str) -> dict[str, Any]:  # noqa: N802, N803
        _found(self.gateways, gatewayIdentifier)
        if self.targets:
            raise ServiceError("ConflictException", "the gateway has targets", 409)
        return {"gatewayId": gatewayIdentifier, **self._leave(gatewayIdentifier)}

    def _PutResourcePolicy(self, resourceArn: str, policy: str) -> dict[str, Any]:  # noqa: N802, N803
        self.resource_policies[resourceArn] = policy
        return {"policy": policy}

    def _DeleteResourcePolicy(self, resourceArn: str) -> dict[str, Any]:  # noqa: N802, N803
        _found(self.resource_policies, resourceArn)
        del self.resource_policies[resourceArn]
        return {}

    def _GetResourcePolicy(self, resourceArn: str) -> dict[str, Any]:  # noqa: N802, N803
        return {"policy": _found(self.resource_policies, resourceArn)}

    # AWS WAF

    def _AssociateWebACL(self, WebACLArn: str, ResourceArn: str) -> dict[str, Any]:  # noqa: N802, N803
        self._behind(ResourceArn)["webAclArn"] = WebACLArn
        return {}

    def _DisassociateWebACL(self, ResourceArn: str) -> dict[str, Any]:  # noqa: N802, N803
        self._behind(ResourceArn).pop("webAclArn", None)
        return {}

    def _behind(self, arn: str) -> dict[str, Any]:
        found = next((one for one in self.gateways.values() if one["gatewayArn"] == arn), None)
        if found is None:
            raise ServiceError("WAFNonexistentItemException")
        return found

    # Credential providers

    def _provider(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        name = body["name"]
        path = {"apikey": "apiKey", "oauth2": "clientSecret"}[kind]
        secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:bedrock-agentcore-identity!default/{kind}/{name}-x"
        made: dict[str, Any] = {
            "name": name,
            "credentialProviderArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:token-vault/default/"
            f"{kind}credentialprovider/{name}",
            f"{path}Arn" if kind == "oauth2" else "apiKeySecretArn": {"secretArn": secret},
            "createdTime": _TIME,
            "lastUpdatedTime": _TIME,
        }
        if kind == "oauth2":
            [(member, config)] = body["oauth2ProviderConfigInput"].items()
            hidden = {"clientSecret", "clientSecretSource", "clientSecretConfig", "tenantId"}
            shown = {key: value for key, value in config.items() if key not in hidden}
            shown.setdefault("oauthDiscovery", {"authorizationServerMetadata": {"issuer": "i"}})
            made |= {
                "credentialProviderVendor": body["credentialProviderVendor"],
                "callbackUrl": f"https://bedrock-agentcore.{REGION}.amazonaws.com/identities/oauth2/callback/{name}",
                "oauth2ProviderConfigOutput": {member: shown},
                "status": "READY",
            }
        self.providers[kind, name] = made
        return made

    def add_provider(self, kind: str, name: str) -> None:
        """Put a credential provider there that someone else created; an OAuth provider can exchange tokens."""
        config = {"oauthDiscovery": {"discoveryUrl": "https://idp.example.com"}, "onBehalfOfTokenExchangeConfig": {}}
        vendor = {"credentialProviderVendor": "CustomOauth2"}
        self._provider(
            kind, {"name": name, **vendor, "oauth2ProviderConfigInput": {"customOauth2ProviderConfig": config}}
        )

    def _CreateApiKeyCredentialProvider(self, **body: Any) -> dict[str, Any]:  # noqa: N802
        return self._new_provider("apikey", body)

    def _CreateOauth2CredentialProvider(self, **body: Any) -> dict[str, Any]:  # noqa: N802
        return self._new_provider("oauth2", body)

    def _new_provider(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        if (kind, body["name"]) in self.providers:
            raise ServiceError("ConflictException", "the provider exists", 409)
        return self._provider(kind, body)

    def _UpdateOauth2CredentialProvider(self, **body: Any) -> dict[str, Any]:  # noqa: N802
        return self._provider("oauth2", body)

    def _UpdateApiKeyCredentialProvider(self, **body: Any) -> dict[str, Any]:  # noqa: N802
        return self._provider("apikey", body)

    def _GetOauth2CredentialProvider(self, name: str) -> dict[str, Any]:  # noqa: N802
        return _found(self.providers, ("oauth2", name))

    def _GetApiKeyCredentialProvider(self, name: str) -> dict[str, Any]:  # noqa: N802
        return _found(self.providers, ("apikey", name))

    def _DeleteApiKeyCredentialProvider(self, name: str) -> dict[str, Any]:  # noqa: N802
        return _found(self.providers, ("apikey", name)) and self.providers.pop(("apikey", name)) and {}

    def _DeleteOauth2CredentialProvider(self, name: str) -> dict[str, Any]:  # noqa: N802
        return _found(self.providers, ("oauth2", name)) and self.providers.pop(("oauth2", name)) and {}

    # Workload identities

    def _GetWorkloadIdentity(self, name: str) -> dict[str, Any]:  # noqa: N802
        urls = _found(self.identities, name)
        arn = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:workload-identity/{name}"
        times = {"createdTime": _TIME, "lastUpdatedTime": _TIME}
        return {"name": name, "workloadIdentityArn": arn, "allowedResourceOauth2ReturnUrls": urls, **times}

    def _UpdateWorkloadIdentity(  # noqa: N802
        self,
        name: str,
        allowedResourceOauth2ReturnUrls: list[str],  # noqa: N803
    ) -> dict[str, Any]:
        self.identities[name] = allowedResourceOauth2ReturnUrls
        return self._GetWorkloadIdentity(name)

    def _CompleteResourceTokenAuth(self, sessionUri: str, userIdentifier: dict[str, str]) -> dict[str, Any]:  # noqa: N802, N803
        for target in self.targets.values():
            if target.get("authorizationData", {}).get("oauth2", {}).get("userId") == userIdentifier.get("userId"):
                target["states"] = [target["states"][0], "SYNCHRONIZING", "READY"]
                return {}
        raise ServiceError("ValidationException", f"nobody waits with {sessionUri}")

    # Targets

    def add_target(self, **members: Any) -> dict[str, Any]:
        """Put a target there; `states` is what it shows, one a look, the last for ever."""
        members.pop("clientToken", None)
        target = {
            "targetId": f"TARGET{len(self.targets):04d}",
            "gatewayArn": self.gateways[members.pop("gatewayIdentifier")]["gatewayArn"],
            "states": self._states(members["name"]),
            **_TIMES,
            **members,
        }
        self.targets[target["targetId"]] = target
        return target

    def _states(self, name: str) -> list[str]:
        if name in self.pending:
            return ["CREATING", "CREATE_PENDING_AUTH"]
        return self.plans.pop(0) if self.plans else list(self.plan)

    def _shown(self, target: dict[str, Any]) -> dict[str, Any]:
        state = target["states"].pop(0) if len(target["states"]) > 1 else target["states"][0]
        shown = {key: value for key, value in target.items() if key not in ("states", "authorizationData")}
        shown |= {"status": state, "statusReasons": self.reasons}
        if state.endswith("PENDING_AUTH"):
            user = f"gw-user-{int(target['targetId'][-4:]) + 1}"
            data = {"authorizationUrl": "https://idp.example.com/consent?x=1", "userId": user}
            target["authorizationData"] = shown["authorizationData"] = {"oauth2": data}
        return shown

    def _CreateGatewayTarget(self, **body: Any) -> dict[str, Any]:  # noqa: N802
        if any(one["name"] == body["name"] for one in self.targets.values()):
            raise ServiceError("ConflictException", "the target exists", 409)
        return {**self._shown(self.add_target(**body)), "status": "CREATING"}

    def _UpdateGatewayTarget(self, gatewayIdentifier: str, targetId: str, **body: Any) -> dict[str, Any]:  # noqa: N802, N803
        """A full replace, as with the service: what is not sent is gone."""
        kept = {key: self.targets[targetId][key] for key in ("targetId", "gatewayArn", *_TIMES)}
        self.targets[targetId] = {**kept, **body, "states": list(self.update_plan)}
        return {**self._shown(self.targets[targetId]), "status": "UPDATING"}

    def _SynchronizeGatewayTargets(self, gatewayIdentifier: str, targetIdList: list[str]) -> dict[str, Any]:  # noqa: N802, N803
        for number in targetIdList:
            target = _found(self.targets, number)
            if "mcpServer" not in target["targetConfiguration"].get("mcp", {}):
                raise ServiceError("ValidationException", "only MCP servers are synchronized")
            target["states"] = ["SYNCHRONIZING", "READY"]
        return {"targets": []}

    def _GetGatewayTarget(self, gatewayIdentifier: str, targetId: str) -> dict[str, Any]:  # noqa: N802, N803
        return self._shown(self._there(self.targets, targetId))

    def _DeleteGatewayTarget(self, gatewayIdentifier: str, targetId: str) -> dict[str, Any]:  # noqa: N802, N803
        if _found(self.targets, targetId)["states"][0].endswith("_PENDING_AUTH"):
            raise ServiceError("ConflictException", "the target waits for a consent", 409)
        return {"targetId": targetId, "gatewayArn": "", **self._leave(targetId)}

    def _ListGatewayTargets(self, gatewayIdentifier: str, nextToken: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N802, N803
        shown = [{key: one[key] for key in ("targetId", "name", *_TIMES)} for one in self.targets.values()]
        return _page([{**one, "status": "READY"} for one in shown], nextToken)

    # Policies

    def add_engine(self, name: str = "ToolPolicies") -> dict[str, Any]:
        """Put a policy engine there."""
        number = f"{name}-abcdefghi{len(self.engines)}"
        arn = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:policy-engine/{number}"
        known = {"policyEngineId": number, "policyEngineArn": arn, "status": "ACTIVE", "statusReasons": []}
        self.engines[number] = {"name": name, **known, **_TIMES}
        return self.engines[number]

    def _CreatePolicyEngine(self, name: str, **_: Any) -> dict[str, Any]:  # noqa: N802
        if any(one["name"] == name for one in self.engines.values()):
            raise ServiceError("ConflictException", "the engine exists", 409)
        return {**self.add_engine(name), "status": "CREATING"}

    def _GetPolicyEngine(self, policyEngineId: str) -> dict[str, Any]:  # noqa: N802, N803
        return self._there(self.engines, policyEngineId)

    def _DeletePolicyEngine(self, policyEngineId: str) -> dict[str, Any]:  # noqa: N802, N803
        engine = _found(self.engines, policyEngineId)
        attached = [one.get("policyEngineConfiguration") or {} for one in self.gateways.values()]
        if self.policies or any(one.get("arn") == engine["policyEngineArn"] for one in attached):
            raise ServiceError("ConflictException", "the engine is in use", 409)
        return {**engine, **self._leave(policyEngineId)}

    def _ListPolicyEngines(self, nextToken: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N802, N803
        return _page(list(self.engines.values()), nextToken, "policyEngines")

    def _CreatePolicy(self, policyEngineId: str, name: str, **body: Any) -> dict[str, Any]:  # noqa: N802, N803
        _found(self.engines, policyEngineId)
        number = f"{name}-abcdefghi{len(self.policies)}"
        arn = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:policy-engine/{policyEngineId}/policy/{number}"
        body.pop("clientToken", None)
        known = {"policyId": number, "policyArn": arn, "policyEngineId": policyEngineId, "name": name, **_TIMES}
        self.policies[number] = {**known, **body, "states": list(self.policy_plan)}
        return self._policy(self.policies[number])

    def _UpdatePolicy(self, policyEngineId: str, policyId: str, **body: Any) -> dict[str, Any]:  # noqa: N802, N803
        """Partial: what is not sent stays."""
        found = _found(self.policies, policyId)
        found.update(body, states=list(self.policy_plan))
        return self._policy(found)

    def _GetPolicy(self, policyEngineId: str, policyId: str) -> dict[str, Any]:  # noqa: N802, N803
        return self._policy(self._there(self.policies, policyId))

    def _DeletePolicy(self, policyEngineId: str, policyId: str) -> dict[str, Any]:  # noqa: N802, N803
        return {**self._policy(_found(self.policies, policyId)), **self._leave(policyId)}

    def _ListPolicies(self, policyEngineId: str, nextToken: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N802, N803
        own = [one for one in self.policies.values() if one["policyEngineId"] == policyEngineId]
        return _page([{**one, "status": "ACTIVE", "statusReasons": []} for one in own], nextToken, "policies")

    def _policy(self, policy: dict[str, Any]) -> dict[str, Any]:
        state = policy["states"].pop(0) if len(policy["states"]) > 1 else policy["states"][0]
        return {**{k: v for k, v in policy.items() if k != "states"}, "status": state, "statusReasons": self.reasons}


@cache
def operations() -> dict[str, str]:
    """The service of each operation that the stand-in plays."""
    session = botocore.session.get_session()
    services = ((service, session.get_service_model(service)) for service in SERVICES)
    return {name: service for service, model in services for name in model.operation_names}


def service_of(operation: str) -> str:
    """The service that has an operation."""
    return operations()[operation]


@cache
def _shape(name: str, side: str) -> Any:
    """The shape of what an operation takes (input) or gives (output)."""
    model = botocore.session.get_session().get_service_model(service_of(name)).operation_model(name)
    return getattr(model, f"{side}_shape")


def _by_member(shape: Any, value: Any) -> Any:
    """Data as it was sent, by the names of the model's members: a few are sent under another name."""
    return _renamed(shape, value, lambda name, sent: (sent, name))


def _on_the_wire(shape: Any, value: Any) -> Any:
    """Data by the names under which it is sent."""
    return _renamed(shape, value, lambda name, sent: (name, sent))


def _renamed(shape: Any, value: Any, names: Callable[[str, str], tuple[str, str]]) -> Any:
    kind = getattr(shape, "type_name", "")
    if kind == "list" and isinstance(value, list):
        return [_renamed(shape.member, one, names) for one in value]
    if kind != "structure" or not isinstance(value, dict):
        return value
    sent = {name: one.serialization.get("name", name) for name, one in shape.members.items()}
    of = {old: (new, shape.members[name]) for name in sent for old, new in [names(name, sent[name])]}
    return {
        of[key][0] if key in of else key: _renamed(of[key][1] if key in of else None, one, names)
        for key, one in value.items()
    }


@cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    model = botocore.session.get_session().get_service_model(service)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"]))
        if "{" not in path:
            routes.append((http["method"], re.compile(path), name))
    return routes


def _page(items: list[dict[str, Any]], token: str, member: str = "items") -> dict[str, Any]:
    number = int(token)
    more = {"nextToken": str(number + 1)} if number + 1 < len(items) else {}
    return {member: items[number : number + 1], **more}


def _found(there: dict[Any, Any], key: Any) -> Any:
    if key not in there:
        raise ServiceError("ResourceNotFoundException", f"there is no {key}", 404)
    return there[key]
