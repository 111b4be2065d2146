"""Checks the boto3 program: its --dry-run and its requests, against the plan and the service model."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json, JsonObject, mapping, text
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.program import program, program_requests
from agentcore_connect.plan.requests import with_samples, with_values
from agentcore_connect.plan.stack_forms import deep_merged
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.facts import is_as_planned, is_narrower
from agentcore_connect.verify.leaks import found_in
from agentcore_connect.verify.python import PYTHON
from agentcore_connect.verify.report import OWN, Result, judged, quoted
from agentcore_connect.verify.runners import recorder
from agentcore_connect.verify.written import Context, Written

NAME: Final = "configure.json"
_FILES: Final = (
    *(
        "configure.py",
        "configure_steps.py",
        "configure_consent.py",
        "configure_role.py",
        "configure_aws.py",
        "configure_values.py",
    ),
    *("configure_record.py", NAME),
)
_TOKEN: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-(gateway|target)")
_IN_STEP: Final = "write the plan anew, or make the change in the answers"
_RECORDER: Final = (sys.executable, "-P", recorder.__file__)
_ACCOUNT: Final = "arn:aws:bedrock-agentcore:us-east-1:123456789012"
_PLACE: Final = {"REGION": "us-east-1", "ACCOUNT": "123456789012"}
#: Options with which the program does not wait between looks at AWS.
AT_ONCE: Final = ("--every", "0")
_VARIABLE: Final = re.compile(r"\$\{([A-Z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Run:
    """The inputs of a run, and the expected requests.

    `planned`: the requests with run-time values; `sent`: operation and body of each, as they go to AWS; `dry`: what it
    prints with --dry-run: there a policy names its gateway by the variable until AWS has told the ARN.
    """

    planned: list[dict[str, Json]]
    sent: list[list[Json]]
    dry: list[dict[str, Json]]
    env: Mapping[str, str]
    secrets: Mapping[str, str]
    situation: JsonObject


def check_program(written: Written, sandbox: Sandbox) -> Iterator[Result]:
    """Check the boto3 program: its --dry-run, a run against a stand-in for AWS, and its requests by the model."""
    try:
        changed = _changed(json.loads(written.text(NAME)), json.loads(written.files[NAME]))
    except (ValueError, RecursionError):
        return  # the check of its form has said so
    cure = "make the change in the answers and write the plan anew, so that both stay in step"
    yield judged(NAME, "facts-as-planned", OWN, changed, cure=cure)
    if all(not written.fault(one) and written.runs(one) for one in _FILES):
        yield from _checked(program_run(written.fresh.context), sandbox)


def _changed(now: object, planned: object, at: str = "") -> list[str]:
    """Yield differences from the planned data; ARNs in the role's rights may be narrower."""
    if isinstance(now, dict) and isinstance(planned, dict):
        return [one for key in {**planned, **now} for one in _changed(now.get(key), planned.get(key), f"{at}.{key}")]
    if isinstance(now, list) and isinstance(planned, list) and len(now) == len(planned):
        pairs = enumerate(zip(now, planned, strict=True))
        return [one for number, pair in pairs for one in _changed(*pair, f"{at}[{number}]")]
    same = now == planned or at == ".written_by"
    if at.startswith(".role.policy.") and isinstance(now, str) and isinstance(planned, str):
        same = same or is_narrower(now, _VARIABLE.sub("*", planned))
    return [] if same else [f"{at.removeprefix('.')}: it is {_short(now)}, the plan says {_short(planned)}"]


def program_run(ctx: Context) -> Run:
    """Return the run of the program: only resources that the plan does not create exist, without settings."""
    whole = program(ctx)
    steps = [step for step in whole["steps"] if step["body"]]
    given = _Given(ctx, whole["steps"], whole["role"])
    variable, arn = load("cedar")["arn_variable"], given.gateway["gatewayArn"]
    planned, dry = (
        [one.as_dict() for one in program_requests(ctx, a)] for a in (arn, ctx["gateway"]["arn"] or variable)
    )
    sent, state = (
        [],
        {
            key: value
            for key, value in given.gateway.items()
            if key in ("name", "roleArn", "authorizerType", "protocolType")
        },
    )
    for step, one in zip(steps, planned, strict=True):
        body = with_values(one["body"], given.values_for(step))
        if step["kind"] == "gateway-settings":
            state = deep_merged(state, {name: body[name] for name in step["sets"]})
            body = {"gatewayIdentifier": body["gatewayIdentifier"], **state}
        sent.append([one["operation"], body])
    return Run(planned, sent, dry, given.env, given.secrets, given.situation())


class _Given:
    """Return the program's inputs and the existing AWS resources."""

    def __init__(self, ctx: Context, steps: Sequence[Context], role: Context) -> None:
        """Return samples for all inputs of the steps. In: the context, the steps, the documents of the role."""
        self._steps, gateway = steps, ctx["gateway"]
        known = load("request-bodies")["runtime"]
        self.values = {name: entry["sample"] for name, entry in known.items() if entry["from"] != "input"}
        self.env: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self._inputs: dict[str, Json] = {}
        own = next((step for step in steps if step["kind"] == "role"), None)
        unasked = "gateway_role_arn" if own else ""
        inputs = ((name, one) for step in steps for name, one in step["inputs"].items())
        asked = {one["env"]: (name, one) for name, one in inputs if name != unasked}
        for number, (variable, (name, one)) in enumerate(asked.items()):
            value = known[name]["sample"]
            if one["secret"]:
                value = f"planted-secret-{number}-of-a-dry-run"
                self.secrets[value] = variable
            self._inputs[variable] = value
            self.env[variable] = ",".join(value) if isinstance(value, list) else value
        self.values["gateway_id"] = gateway["id"] or self.values["gateway_id"]
        if own:
            self.values["role_name"] = self._placed(own["name"])
            self.values["gateway_own_role"] = recorder.role_arn(self.values["role_name"])
            self.values["gateway_role_arn"] = self.values["gateway_own_role"]
            self.values["trust_policy"] = self._placed(json.dumps(role["trust"]))
        self._statements = role["policy"]["Statement"]
        self.values["gateway_authorizer_type"] = gateway["authorizer_type"]
        identity = f"{_ACCOUNT}:workload-identity/{self.values['workload_identity']}"
        self.gateway = {
            "gatewayId": self.values["gateway_id"],
            "gatewayArn": gateway["arn"] or f"{_ACCOUNT}:gateway/{self.values['gateway_id']}",
            "name": gateway["aws_name"],
            "roleArn": self.values["gateway_own_role"],
            "authorizerType": gateway["authorizer_type"],
            **({"protocolType": "MCP"} if gateway["protocol_type"] == "MCP" else {}),
            "workloadIdentityDetails": {"workloadIdentityArn": identity},
        }
        self.values["gateway_arn"] = self.gateway["gatewayArn"]

    def values_for(self, step: Context) -> dict[str, Json]:
        """Return the run-time values of a step's request."""
        inputs = {name: self._inputs[one["env"]] for name, one in step["inputs"].items() if one["env"] in self._inputs}
        own = [one for one in self._statements if one["Sid"] in step.get("statements", ())]
        rights = self._placed(json.dumps({"Version": "2012-10-17", "Statement": own}))
        provider = recorder.provider_arn(step.get("provider") or "")
        return {**self.values, "provider_arn": provider, "role_policy": rights, **inputs}

    def _placed(self, document: str) -> str:
        """Return a document with the Region and account of the stand-in, and with what is asked for."""
        given = {name: str(value).removeprefix("s3://") for name, value in self._inputs.items()}
        return _VARIABLE.sub(lambda match: {**given, **_PLACE}.get(match[1], "*"), document)

    def situation(self) -> dict[str, Json]:
        """Return the resources that exist in the stand-in."""
        there = [one["name"] for one in self._steps if one["kind"].endswith("-provider") and not one["body"]]
        engine = {
            "policyEngineId": self.values["policy_engine_id"],
            "policyEngineArn": self.values["policy_engine_arn"],
        }
        return {
            "gateway": self.gateway,
            "exists": not any(one["kind"] == "gateway" and one["body"] for one in self._steps),
            "providers": there,
            "return_urls": self.values["return_urls_so_far"],
            "policy_engine": engine,
        }


def _checked(run: Run, sandbox: Sandbox) -> Iterator[Result]:
    script = sandbox.root / "connect" / "configure.py"
    dry = sandbox.run([*_RECORDER, str(script), os.devnull, "--dry-run"], stdin="{}", cwd=script.parent)
    said = _requests(dry)
    problems = ["it prints no list of requests"] if said is None else differences(said, run.dry)
    yield _judged("requests-as-planned", dry, problems, f"python {script.name} --dry-run")
    yield from _run(script, run, sandbox)
    yield _against_model(said if said else run.planned)


def _judged(check: str, ran: Ran, problems: list[str], command: str) -> Result:
    by = f"{PYTHON}, AWS stood in for"
    if ran.exit_code is None:
        return Result(NAME, check, "not-run", by, ran.said.splitlines()[-1], next="run check again")
    said = ran.stderr if ran.exit_code else ""
    return judged(NAME, check, by, problems, cure=_IN_STEP, command=command, said=said)


def _requests(ran: Ran) -> list[JsonObject] | None:
    try:
        data = json.loads(ran.stdout)
    except (ValueError, RecursionError):
        return None
    right = isinstance(data, list) and all(
        isinstance(one, dict) and {"operation", "body"} <= one.keys() for one in data
    )
    return data if right and ran.ok else None


def _run(script: Path, run: Run, sandbox: Sandbox) -> Iterator[Result]:
    """Run the program against the stand-in; check its requests and that it shows or stores no secret."""
    record = sandbox.root / f"{script.name}.record"
    record.unlink(missing_ok=True)
    argv = ["env", *(f"{key}={value}" for key, value in run.env.items()), *_RECORDER]
    situation = json.dumps(run.situation)
    ran = sandbox.run([*argv, str(script), str(record), *AT_ONCE], cwd=script.parent, stdin=situation)
    sent = [json.loads(line) for line in record.read_text("utf-8").splitlines()] if record.is_file() else []
    record.unlink(missing_ok=True)
    problems = differences([comparable(one, run) for one in sent], run.sent, "sent")
    if not ran.ok and not problems:
        problems = [f"it ends with exit status {ran.exit_code} although AWS accepted everything"]
    yield _judged("requests-sent", ran, problems, f"python {script.name}")
    said = [("standard output", ran.stdout), ("standard error", ran.stderr)]
    leaks = list(found_in(run.secrets, said, (script.parent, sandbox.home, sandbox.root / "tmp")))
    cure = "take the secret out of what is printed, logged or written"
    yield judged(NAME, "secrets-stay-secret", OWN, leaks, cure=cure, command=f"python {script.name}")


def _tokenless(call: Sequence[Json]) -> Sequence[Json]:
    """Return a recorded call with the client token replaced by the sample."""
    known = load("request-bodies")["runtime"]
    sent = mapping(call[1])
    found = _TOKEN.fullmatch(text(sent.get("clientToken")) or "")
    return [call[0], {**sent, "clientToken": known[f"{found[1]}_client_token"]["sample"]}] if found else call


def comparable(call: Sequence[Json], run: Run) -> Sequence[Json]:
    """Return a recorded call without what is another in each run.

    Client tokens are the samples; documents of a role are the plan's where they are the same or have narrower ARNs.
    """
    call = _tokenless(call)
    sent = mapping(call[1])
    for operation, planned in run.sent:
        body = mapping(planned)
        for name in ("AssumeRolePolicyDocument", "PolicyDocument"):
            same = operation == call[0] and {**sent, name: body.get(name)} == body
            if same and _fits(sent.get(name), body.get(name)):
                return [operation, body]
    return call


def _fits(sent: Json, planned: Json) -> bool:
    try:
        return is_as_planned(json.loads(str(sent)), json.loads(str(planned)))
    except ValueError:
        return False


def _against_model(requests: Sequence[JsonObject]) -> Result:
    from agentcore_connect.verify.botocore_model import botocore_version, check_request

    version = botocore_version()
    if version is None:
        why = "botocore is not installed here"
        return Result(NAME, "request-model", "not-run", "botocore", why, next="pip install boto3")
    service = load("request-bodies")["service"]
    problems = []
    for one in requests:
        try:
            found = check_request(str(one["operation"]), with_samples(one["body"]), str(one.get("service", service)))
        except ConnectError as error:
            found = []
            problems.append(error.message)
        problems += [f"{one['operation']}: {problem}" for problem in found if problem.severity == "error"]
    return judged(NAME, "request-model", f"botocore {version}", problems, cure=_IN_STEP)


def differences(recorded: object, planned: object, at: str = "requests") -> list[str]:
    """Describe the first difference between two lists of requests."""
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


def _operations(requests: Sequence[Json]) -> str:
    """Describe a list of requests by number and operation."""
    names = [
        str(one.get("operation")) if isinstance(one, dict) else str(one[0] if isinstance(one, list) and one else one)
        for one in requests
    ]
    return f"{len(names)} ({', '.join(names)})" if names else "none"


def _short(value: object) -> str:
    return quoted(json.dumps(value, ensure_ascii=False))[:120]
