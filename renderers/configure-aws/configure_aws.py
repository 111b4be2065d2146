"""AWS as configure.py finds it: each kind of thing looked for, created, updated and deleted, and its errors in words.

The same file for every plan.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

try:
    import boto3
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ParamValidationError,
        UnknownServiceError,
    )
except ModuleNotFoundError:
    sys.exit("boto3 is missing: pip install boto3")

import configure_values
from configure_record import Record
from configure_values import Body, given, merged, say, settled, stop, text_of

BUSY = {"CREATING", "UPDATING", "SYNCHRONIZING", "DELETING"}
ABSENT = {"ResourceNotFoundException", "NoSuchEntity"}
TAKEN = {"ConflictException", "EntityAlreadyExists"}


@dataclass(frozen=True)
class Kind:
    """How the API handles a kind of thing."""

    noun: str
    suffix: str  # of its operations: create_SUFFIX, get_SUFFIX, update_SUFFIX, delete_SUFFIX
    service: str = ""  # the service that has them, where it is not AgentCore's control plane
    wraps: str = ""  # the member of an answer that holds the thing, where the answer is not the thing
    lists: str = ""  # the operation that lists them; empty where the name is the id
    items: str = "items"  # the member of a listing's page
    id: str = "name"  # the member of an answer that holds the id
    by: str = "name"  # the member of a request that takes the id
    within: str = ""  # the member of a request that names what it is a part of
    carried: tuple[str, ...] = ()  # what an update resets unless it is sent again


KINDS = {
    "role": Kind("role", "role", "iam", "Role", id="RoleName", by="RoleName"),
    "gateway": Kind(
        "gateway",
        "gateway",
        lists="list_gateways",
        id="gatewayId",
        by="gatewayIdentifier",
        carried=(
            "name",
            "description",
            "roleArn",
            "protocolType",
            "protocolConfiguration",
            "authorizerType",
            "authorizerConfiguration",
            "kmsKeyArn",
            "customTransformConfiguration",
            "interceptorConfigurations",
            "policyEngineConfiguration",
            "exceptionLevel",
            "wafConfiguration",
            "domainOverride",
        ),
    ),
    "api-key-provider": Kind("API key provider", "api_key_credential_provider"),
    "oauth-provider": Kind("OAuth credential provider", "oauth2_credential_provider"),
    "target": Kind(
        "target",
        "gateway_target",
        lists="list_gateway_targets",
        id="targetId",
        by="targetId",
        within="gatewayIdentifier",
        carried=(
            "name",
            "description",
            "targetConfiguration",
            "credentialProviderConfigurations",
            "metadataConfiguration",
            "privateEndpoint",
            "certificateConfigurations",
        ),
    ),
    "policy-engine": Kind(
        "policy engine",
        "policy_engine",
        lists="list_policy_engines",
        items="policyEngines",
        id="policyEngineId",
        by="policyEngineId",
    ),
    "policy": Kind(
        "policy",
        "policy",
        lists="list_policies",
        items="policies",
        id="policyId",
        by="policyId",
        within="policyEngineId",
    ),
}


class World:
    """AWS as the plan needs it: what was found or created so far."""

    def __init__(self, data: Body, args: argparse.Namespace) -> None:
        """Read the files of the steps and make the clients; nothing is called."""
        self.data, self.args = data, args
        self.steps: list[Body] = data["steps"]
        self.texts = {step["file"]: text_of(step["file"]) for step in self.steps if "file" in step}
        self.session = session_of(data, args)
        self.clients: dict[str, Any] = {}
        self.control = self.client(data["service"])
        self.region = self.control.meta.region_name
        self.account = ""  # known once a step has asked for it
        self.role: Body = {}  # of the gateway, where this program looks after it
        self.gateway: Body = {}
        self.engine: Body = {}
        self.providers: dict[str, Body] = {}
        self.unready: dict[str, int] = {}  # targets that are not ready, with the exit status for that
        self.rows: list[dict[str, str]] = []
        self.gateway_step = next(step for step in self.steps if step["kind"] == "gateway")
        for step in self.steps:
            step["name"] = step["name"].replace("${REGION}", self.region)
        path = configure_values.FOLDER / "configure.state.json"
        try:
            self.record = Record(path, self.region, args.gateway_id or self.gateway_step["name"])
        except (OSError, ValueError) as error:
            stop(f"Cannot read {path}: {error}. Restore it; without it nothing is known of what was created.")

    def check_boto3(self) -> None:
        """Stop where the installed boto3 does not know an operation of the plan."""
        needed: list[str] = []
        for step in self.steps:
            if step["service"] not in (None, self.data["service"]):
                continue  # boto3 has known these for years
            kind = KINDS.get(step["kind"])
            needed += [step["operation"]] if step["body"] else []
            if kind:
                needed += [kind.lists, f"get_{kind.suffix}"]
                needed += [f"update_{kind.suffix}"] if step["body"] else []
        unknown = [name for name in dict.fromkeys(needed) if name and not hasattr(self.control, name)]
        if unknown:
            stop(f"boto3 {boto3.__version__} cannot {', '.join(unknown)} yet: pip install --upgrade boto3")

    def ask_first(self) -> None:
        """Ask for what the steps need, before the first of them changes anything."""
        for step in self.steps:
            if step["inputs"] and (step["kind"] == "target" or self.find(step) is None or self.args.renew_secret):
                for entry in step["inputs"].values():
                    given(entry)

    # Values

    def value(self, step: Body, name: str) -> Any:
        """A run-time value of a step."""
        if name == "gateway_role_arn":
            return given(step["inputs"][name]) or self.role.get("Arn")
        if name in step["inputs"]:
            return given(step["inputs"][name])
        if name.endswith("_client_token"):  # makes a repeated create harmless
            return f"{self.record.token(step)}-{name[: -len('_client_token')]}"
        if name == "policy_statement":
            return self.texts[step["file"]].replace("${GATEWAY_ARN}", self.gateway["gatewayArn"]).strip()
        if name == "provider_arn":
            return self.providers[step["provider"]]["credentialProviderArn"]
        return {
            "gateway_id": self.gateway.get("gatewayId"),
            "gateway_arn": self.gateway.get("gatewayArn"),
            "gateway_own_role": self.gateway.get("roleArn"),
            "gateway_authorizer_type": self.gateway.get("authorizerType"),
            "policy_engine_id": self.engine.get("policyEngineId"),
            "policy_engine_arn": self.engine.get("policyEngineArn"),
        }[name]

    def filled(self, step: Body, **values: Any) -> Body:
        """The body of a step with its run-time values."""
        body: Body = settled(step["body"], lambda name: values[name] if name in values else self.value(step, name))
        return body

    def known(self, step: Body) -> Body:
        """The body of a step without what is known at run time only."""
        body: Body = settled(step["body"], lambda name: None)
        return body

    # AWS

    def find(self, step: Body, busy: set[str] = BUSY) -> Body | None:
        """What a step is about, once AWS is no longer at work on it; None where it does not exist."""
        ids = self.ids(step)
        return self.read(step, ids, busy) if ids else None

    def ids(self, step: Body) -> Body | None:
        """The members of a request that name a thing; None where no such thing is listed."""
        kind = KINDS[step["kind"]]
        within = {kind.within: self.part_of(kind)} if kind.within else {}
        own = (self.args.gateway_id or step.get("id")) if step["kind"] == "gateway" else step["name"]
        if kind.within and not within[kind.within]:
            return None
        if not kind.lists or (own and step["kind"] == "gateway"):
            return {kind.by: own}
        pages = self.control.get_paginator(kind.lists).paginate(**within)
        found = [item[kind.id] for page in pages for item in page[kind.items] if item["name"] == step["name"]]
        if len(found) > 1:
            stop(f"Several {kind.noun}s are called {step['name']}: {', '.join(found)}. Choose one with --gateway-id.")
        return {**within, kind.by: found[0]} if found else None

    def part_of(self, kind: Kind) -> str | None:
        """The id of what a thing of this kind is a part of."""
        return self.gateway.get("gatewayId") if kind.within == "gatewayIdentifier" else self.engine.get(kind.within)

    def read(self, step: Body, ids: Body, busy: set[str] = BUSY) -> Body | None:
        """A thing by its id, once AWS is no longer at work on it."""
        kind = KINDS[step["kind"]]
        deadline = time.monotonic() + self.args.wait
        while True:
            answer = or_none(getattr(self.client(kind.service), f"get_{kind.suffix}"), **ids)
            answer = (answer or {}).get(kind.wraps) if kind.wraps else answer
            status = str((answer or {}).get("status", ""))
            if status not in busy:
                return answer
            if time.monotonic() >= deadline:
                what = f"The {kind.noun} {step['name']}"
                stop(f"{what} is still {status} after {self.args.wait:g} s. Run this again to go on waiting.")
            time.sleep(self.args.every)

    def create(self, step: Body, body: Body) -> tuple[Body, bool]:
        """What a step is about, created; and whether it was this program that created it."""
        kind = KINDS[step["kind"]]
        say(f"Creating the {kind.noun} {step['name']}.")
        self.record.begin(step)
        try:
            made = self.send(step, body)
        except ParamValidationError:
            self.record.undo(step)
            raise
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) < 500:
                self.record.undo(step)
            if code(error) not in TAKEN:
                raise
            found = self.find(step)
            if found is None:  # a conflict about something else
                raise
            say("It exists by now." if self.record.of(step) else "Someone else has just created it.")
            return found, False
        made = made[kind.wraps] if kind.wraps else made
        self.record.done(step, str(made.get(kind.id, step["name"])))
        within = {kind.within: body[kind.within]} if kind.within else {}
        ids = {**within, kind.by: made.get(kind.id, step["name"])}
        return made if kind.wraps else self.read(step, ids) or self.gone(step), True

    def update(self, step: Body, thing: Body, body: Body) -> Body:
        """What a step is about, after an update."""
        kind = KINDS[step["kind"]]
        within = {kind.within: self.part_of(kind)} if kind.within else {}
        ids = {**within, kind.by: thing[kind.id]}
        if not kind.lists:
            say(f"Updating the {kind.noun} {step['name']}.")
        getattr(self.control, f"update_{kind.suffix}")(**{**ids, **body})
        return self.read(step, ids) or self.gone(step)

    def delete(self, step: Body, ids: Body) -> Body | None:
        """Delete a thing and wait until it is gone. Out: None, or the thing where AWS did not delete it."""
        kind = KINDS[step["kind"]]
        say(f"Deleting the {kind.noun} {step['name']}.")
        or_none(getattr(self.client(kind.service), f"delete_{kind.suffix}"), **ids)
        return None if kind.wraps else self.read(step, ids)

    def update_gateway(self, wanted: Body, *, replace: bool = False, hint: str = "", drop: str = "") -> None:
        """The gateway with other members, or without one, and everything else as it is."""
        gateway = self.gateway
        carried = [name for name in KINDS["gateway"].carried if name != drop]
        body = {name: gateway[name] for name in carried if gateway.get(name) is not None}
        body = {**body, **wanted} if replace else merged(body, wanted, alternatives=False)
        self.gateway = self.update(self.gateway_step, gateway, body)
        if self.gateway["status"] != "READY":
            why = f"The gateway {gateway['gatewayId']} is {self.gateway['status']}: {reasons(self.gateway)}."
            stop(f"{why} {hint}".strip())

    def send(self, step: Body, body: Body) -> Body:
        """Send the request of a step."""
        answer: Body = getattr(self.client(step["service"]), step["operation"])(**body)
        return answer

    def client(self, service: str | None) -> Any:
        """The client of a service; without a name, of AgentCore's control plane."""
        name = service or self.data["service"]
        if name not in self.clients:
            self.clients[name] = self.session.client(name)
        return self.clients[name]

    def own_account(self) -> str:
        """The account of whoever runs this."""
        self.account = self.account or self.client("sts").get_caller_identity()["Account"]
        return self.account

    def attempt(self, act: Callable[[World, Body], None], step: Body) -> None:
        """Do what AWS may refuse: the refusal is told, and the other steps go on."""
        try:
            act(self, step)
        except ClientError as error:
            say(meaning(error))
            self.unready[step["name"]] = 1

    def gone(self, step: Body) -> NoReturn:
        """End where a thing has vanished in the middle of the work."""
        noun = KINDS[step["kind"]].noun
        stop(f"The {noun} {step['name']} was deleted by someone else meanwhile. Run this again.")

    # The result

    def row(self, what: str, **values: str) -> None:
        """Note a part of the result."""
        self.rows.append({"what": what, **{name: value for name, value in values.items() if value}})

    def report(self) -> int:
        """Print the result; gives the exit status."""
        if self.args.json:
            print(json.dumps(self.rows, indent=2))
        else:
            for row in self.rows:
                what, *values = row.values()
                print(f"{what:8}  {'  '.join(values)}")
        return 1 if 1 in self.unready.values() else max(self.unready.values(), default=0)


def code(error: ClientError) -> str:
    """The name of an error, such as ConflictException."""
    return str(error.response.get("Error", {}).get("Code", ""))


def or_none(call: Callable[..., Body], **arguments: Any) -> Body | None:
    """The answer, or None where there is no such thing."""
    try:
        return call(**arguments)
    except ClientError as error:
        if code(error) not in ABSENT:
            raise
        return None


def reasons(answer: Body) -> str:
    """What AWS says about the state of something."""
    return "; ".join(answer.get("statusReasons") or [answer.get("failureReason") or "AWS gives no reason"])


def kind_of(target: Body) -> str:
    """What a target connects to, as the API names it, such as mcp.lambda."""
    protocol, config = next(iter((target.get("targetConfiguration") or {"": {}}).items()))
    return f"{protocol}.{next(iter(config), '')}"


def need_reason(gateway: Body, target: str, need: Body) -> str:
    """Why a gateway cannot serve a target."""
    needed = " or ".join("none" if value is None else str(value) for value in need["one_of"])
    has = f"{need['member']} {gateway.get(need['member'], 'none')}"
    return f"The gateway {gateway['name']} has {has}, but {target} needs {needed}: {need['text']}. {need['fix']}"


def session_of(data: Body, args: argparse.Namespace) -> Any:
    """A session of boto3 for the Region that was given."""
    region = args.region or data["region"] or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    session = boto3.session.Session(region_name=region)
    if not session.region_name:
        stop("No Region: give --region, or set AWS_REGION.", 2)
    return session


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """End the program with a plain message where AWS answers with an error."""
    try:
        yield
    except ClientError as error:
        stop(meaning(error))
    except (ParamValidationError, UnknownServiceError) as error:
        stop(f"boto3 {boto3.__version__} does not know this request: pip install --upgrade boto3. It says: {error}")
    except BotoCoreError as error:
        stop(f"AWS was not asked: {error}")


def meaning(error: ClientError) -> str:
    """What an error of AWS means for whoever runs this."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code(error) in ("AccessDeniedException", "AccessDenied", "UnauthorizedException"):
        named = re.search(r"perform: ([\w-]+:\w+)", message)
        action = named[1] if named else f"bedrock-agentcore:{error.operation_name}"
        return f"You are not allowed {action}. Have it added to your own role or user. AWS says: {message}"
    if code(error) in ("ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"):
        return f"Your AWS credentials are not valid (any more): sign in again. AWS says: {message}"
    later = " AWS may be at work on it: try again in a minute." if code(error) == "ConflictException" else ""
    return f"{error.operation_name} failed with {code(error)}: {message}{later}"
