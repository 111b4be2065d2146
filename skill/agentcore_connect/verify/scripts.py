"""Checks of boto3 scripts: what they say they send, what they send, and both against plan and service model."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.policy_requests import policy_requests
from agentcore_connect.plan.requests import configure_context, requests_for, with_samples, with_values
from agentcore_connect.plan.settings_requests import settings_requests
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.leaks import found_in
from agentcore_connect.verify.python import PYTHON
from agentcore_connect.verify.report import OWN, Result, judged, quoted
from agentcore_connect.verify.runners import recorder
from agentcore_connect.verify.written import Written

_TOKEN: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-(gateway|target)")
_IN_STEP: Final = "write the plan anew, or make the change in the answers"
_RECORDER: Final = (sys.executable, "-P", recorder.__file__)
Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What a script is run with, and what it has to send: `planned` with run-time values, `values` for these.

    `dry`: what it prints with --dry-run, where that differs: a policy names its gateway by the variable until then.
    """

    planned: list[dict[str, Any]]
    values: Mapping[str, Any]
    env: Mapping[str, str]
    secrets: Mapping[str, str]
    situation: Mapping[str, Any]
    dry: list[dict[str, Any]] | None = None


def check_script(written: Written, name: str, c: Context, sandbox: Sandbox) -> Iterator[Result]:
    """The boto3 script of a connection: its --dry-run, a run against a stand-in for AWS, its requests by the model."""
    ctx = written.fresh.context
    planned = [request.as_dict() for request in requests_for(ctx, c)]
    values, env, secrets = run_values(ctx, c)
    yield from _checked(name, Run(planned, values, env, secrets, situation_of(ctx, c, values)), sandbox)


def check_policy_script(written: Written, name: str, sandbox: Sandbox) -> Iterator[Result]:
    """The boto3 script of the policies, as that of a connection."""
    yield from _checked(name, policy_run(written.fresh.context), sandbox)


def check_settings_script(written: Written, name: str, sandbox: Sandbox) -> Iterator[Result]:
    """The boto3 script of the gateway's settings, as that of a connection."""
    yield from _checked(name, settings_run(written.fresh.context), sandbox)


def policy_run(ctx: Context) -> Run:
    """How the script of the policies is run: for a gateway that is there and has no policy engine."""
    values, situation = _gateway_there(ctx)
    engine = {"policyEngineId": values["policy_engine_id"], "policyEngineArn": values["policy_engine_arn"]}
    arn, variable = situation["members"]["gatewayArn"], load("cedar")["arn_variable"]
    stated = (arn, ctx["gateway"]["arn"] or variable)
    planned, dry = ([one.as_dict() for one in policy_requests(ctx, a)] for a in stated)
    return Run(planned, values, {}, {}, {**situation, "policy_engine": engine}, dry)


def settings_run(ctx: Context) -> Run:
    """How the script of the gateway's settings is run: for a gateway that is there and has none of them."""
    values, situation = _gateway_there(ctx)
    return Run([one.as_dict() for one in settings_requests(ctx)], values, {}, {}, situation)


def _gateway_there(ctx: Context) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run-time values, and an AWS in which the plan's gateway is there with nothing set on it."""
    known = load("request-bodies")["runtime"]
    values = {name: entry["sample"] for name, entry in known.items() if entry["from"] == "aws"}
    gateway = ctx["gateway"]
    values["gateway_id"] = gateway["id"] or values["gateway_id"]
    arn = gateway["arn"] or f"arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/{values['gateway_id']}"
    members = {"roleArn": values["gateway_own_role"], "authorizerType": values["gateway_authorizer_type"]}
    situation = {
        "gateway": {"gatewayId": values["gateway_id"], "name": gateway["aws_name"]},
        "gateway_id": values["gateway_id"],
        "provider": False,
        "return_urls": [],
        "members": {**members, "name": gateway["aws_name"], "gatewayArn": arn},
    }
    return values, situation


def _checked(name: str, run: Run, sandbox: Sandbox) -> Iterator[Result]:
    script = sandbox.root / "connect" / name
    dry = sandbox.run([*_RECORDER, str(script), os.devnull, "--dry-run"], stdin="{}", cwd=script.parent)
    said = _requests(dry)
    problems = ["it prints no list of requests"] if said is None else differences(said, run.dry or run.planned)
    yield _judged(name, "requests-as-planned", dry, problems, f"python {name} --dry-run")
    yield from _run(name, run, sandbox)
    yield _against_model(name, said if said else run.planned)


def _judged(name: str, check: str, ran: Ran, problems: list[str], command: str) -> Result:
    by = f"{PYTHON}, AWS stood in for"
    if ran.exit_code is None:
        return Result(name, check, "not-run", by, ran.said.splitlines()[-1], next="run check again")
    said = ran.stderr if ran.exit_code else ""
    return judged(name, check, by, problems, cure=_IN_STEP, command=command, said=said)


def _requests(ran: Ran) -> list[Any] | None:
    try:
        data = json.loads(ran.stdout)
    except (ValueError, RecursionError):
        return None
    right = isinstance(data, list) and all(
        isinstance(one, dict) and {"operation", "body"} <= one.keys() for one in data
    )
    return data if right and ran.ok else None


def _run(name: str, run: Run, sandbox: Sandbox) -> Iterator[Result]:
    """The script run in earnest, but for AWS; what it sends, and whether it shows or keeps a secret."""
    script, record = sandbox.root / "connect" / name, sandbox.root / f"{name}.record"
    record.unlink(missing_ok=True)
    argv = ["env", *(f"{key}={value}" for key, value in run.env.items()), *_RECORDER]
    situation = json.dumps(run.situation)
    ran = sandbox.run([*argv, str(script), str(record)], cwd=script.parent, stdin=situation)
    sent = [json.loads(line) for line in record.read_text("utf-8").splitlines()] if record.is_file() else []
    record.unlink(missing_ok=True)
    wanted = [[one["operation"], with_values(one["body"], run.values)] for one in run.planned]
    problems = differences([tokenless(one) for one in sent], wanted, "sent")
    if not ran.ok and not problems:
        problems = [f"it ends with exit status {ran.exit_code} although AWS accepted everything"]
    yield _judged(name, "requests-sent", ran, problems, f"python {name}")
    said = [("standard output", ran.stdout), ("standard error", ran.stderr)]
    leaks = list(found_in(run.secrets, said, (script.parent, sandbox.home, sandbox.root / "tmp")))
    cure = "take the secret out of what is printed, logged or written"
    yield judged(name, "secrets-stay-secret", OWN, leaks, cure=cure, command=f"python {name}")


def run_values(ctx: Context, c: Context) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Run-time values, the variables that give them to the script, and which of these are secret, by their value."""
    known = load("request-bodies")["runtime"]
    values = {name: entry["sample"] for name, entry in known.items() if entry["from"] != "input"}
    env, secrets = {}, {}
    for number, one in enumerate(configure_context(ctx, c)["inputs"]):
        value = known[one["name"]]["sample"]
        if one["secret"]:
            value = f"planted-secret-{number}-of-a-dry-run"
            secrets[value] = one["env"]
        values[one["name"]] = value
        env[one["env"]] = ",".join(value) if isinstance(value, list) else value
    values["provider_arn"] = recorder.PROVIDER_ARN
    values["gateway_id"] = ctx["gateway"]["id"] or values["gateway_id"]
    return values, env, secrets


def situation_of(ctx: Context, c: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the recorder is to find at AWS: the gateway and the provider, where the script does not make them."""
    gateway = ctx["gateway"]
    own = next((one for one in requests_for(ctx, c) if one.id == "gateway"), None)
    makes_provider = any(one.id == "provider" for one in requests_for(ctx, c))
    members = {"authorizerType": gateway["authorizer_type"], "name": gateway["aws_name"]}
    if gateway["protocol_type"] == "MCP":
        members["protocolType"] = "MCP"
    identity = f"arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity/{values['workload_identity']}"
    return {
        "gateway": None if own else {"gatewayId": values["gateway_id"], "name": gateway["aws_name"]},
        "gateway_id": values["gateway_id"],
        "provider": not makes_provider,
        "return_urls": values["return_urls_so_far"],
        "members": {**members, "workloadIdentityDetails": {"workloadIdentityArn": identity}},
    }


def tokenless(call: Any) -> Any:
    """A recorded call with the token of this run replaced by the sample's."""
    known = load("request-bodies")["runtime"]
    token = call[1].get("clientToken") if isinstance(call[1], dict) else None
    found = _TOKEN.fullmatch(token) if isinstance(token, str) else None
    return [call[0], {**call[1], "clientToken": known[f"{found[1]}_client_token"]["sample"]}] if found else call


def _against_model(name: str, requests: list[Any]) -> Result:
    from agentcore_connect.verify.botocore_model import botocore_version, check_request

    version = botocore_version()
    if version is None:
        why = "botocore is not installed here"
        return Result(name, "request-model", "not-run", "botocore", why, next="pip install boto3")
    service = load("request-bodies")["service"]
    problems = []
    for one in requests:
        try:
            found = check_request(str(one["operation"]), with_samples(one["body"]), str(one.get("service", service)))
        except ConnectError as error:
            found = []
            problems.append(error.message)
        problems += [f"{one['operation']}: {problem}" for problem in found if problem.severity == "error"]
    return judged(name, "request-model", f"botocore {version}", problems, cure=_IN_STEP)


def differences(recorded: Any, planned: Any, at: str = "requests") -> list[str]:
    """Where two lists of requests differ first, in words."""
    if recorded == planned:
        return []
    if isinstance(recorded, dict) and isinstance(planned, dict):
        for key in [*planned, *(k for k in recorded if k not in planned)]:
            if recorded.get(key) != planned.get(key):
                return differences(recorded.get(key), planned.get(key), f"{at}.{key}")
    if isinstance(recorded, list) and isinstance(planned, list) and len(recorded) == len(planned):
        for number, (one, other) in enumerate(zip(recorded, planned, strict=True)):
            if one != other:
                return differences(one, other, f"{at}[{number}]")
    if isinstance(recorded, list) and isinstance(planned, list):
        return [f"{at}: {_operations(recorded)}; the plan has {_operations(planned)}"]
    return [f"{at}: it is {_short(recorded)}, the plan says {_short(planned)}"]


def _operations(requests: list[Any]) -> str:
    """How many, and which, for a list of whatever a script has printed or sent."""
    names = [
        str(one.get("operation")) if isinstance(one, dict) else str(one[0] if isinstance(one, list) and one else one)
        for one in requests
    ]
    return f"{len(names)} ({', '.join(names)})" if names else "none"


def _short(value: Any) -> str:
    return quoted(json.dumps(value, ensure_ascii=False))[:120]
