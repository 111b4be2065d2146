"""Every script that can be written: it is Python, it is clean, and its dry run prints the planned requests."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from botocore import xform_name

from agentcore_connect.knowledge.resources import static_text
from agentcore_connect.plan.program import program, program_requests
from agentcore_connect.plan.role_rights import iam_statements, trust_policy
from tests.configure import cases
from tests.configure.cases import STATIC, connection, connections, context, files, gateways, whole
from tests.configure.conftest import Outcome, imported, write
from tests.configure.control_plane import ControlPlane
from tests.configure.runs import consent

Run = Callable[..., Outcome]
# The stand-in is a thread of this process, and a pseudo-terminal is made by a fork.
forks = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def pairs() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Context and connection of every script: the connections with the CLI, a few of them with boto3 alone."""
    for c in connections():
        if len({value is None for value in c["api_key"].values()}) == 1:  # all of a key's options, or none
            yield context(), c
    yield from ((ctx, connection()) for ctx in gateways())
    yield context("boto3"), connection(outbound_auth="api-key", credential={"name": "k"}, network="vpc")


def skeleton(data: dict[str, Any]) -> str:
    """What makes the data of one plan another, apart from the values in it."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items()}
        return [bare(part) for part in value] if isinstance(value, list) else type(value).__name__

    return json.dumps([{**bare(step), "kind": step["kind"], "notes": step.get("notes")} for step in data["steps"]])


@pytest.fixture(scope="module")
def variants() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Context and connection for the data of each make."""
    chosen: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for ctx, c in pairs():
        chosen.setdefault(skeleton(program(whole(ctx, c))), (ctx, c))
    return list(chosen.values())


def test_each_dry_run_prints_the_planned_requests_and_calls_nothing(
    variants: list[tuple[dict[str, Any], dict[str, Any]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    record_property: Any,
) -> None:
    import boto3

    def no_session(*_: Any, **__: Any) -> None:
        pytest.fail("a dry run asked for a session")

    monkeypatch.setattr(boto3.session, "Session", no_session)
    with imported(write(tmp_path, context(), connection()), monkeypatch) as module:
        for ctx, c in variants:
            write(tmp_path, ctx, c)
            capsys.readouterr()
            assert module.main(["--dry-run"]) == 0
            assert json.loads(capsys.readouterr().out) == planned(ctx, c)
    record_property("programs", len(variants))
    print(f"\n{len(variants)} makes of data")
    assert len(variants) > 100


def planned(ctx: dict[str, Any], *connections: dict[str, Any]) -> list[dict[str, Any]]:
    """The requests of a plan with these connections, as plain data."""
    return [one.as_dict() for one in program_requests(whole(ctx, *connections))]


def test_the_program_passes_the_linter_and_the_formatter_as_it_comes(tmp_path: Path) -> None:
    write(tmp_path, context(), connection())
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check"], ["format", "--check", "--line-length", "120"]):
        done = subprocess.run(
            [*ruff, *command, "--isolated", "--no-cache", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[:2000]


def test_the_program_is_typed(tmp_path: Path) -> None:
    write(tmp_path, context(), connection())
    command = [sys.executable, "-m", "mypy", "--strict", "--disable-error-code=import-untyped", "--no-incremental"]
    done = subprocess.run([*command, "--config-file=", "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_program_is_the_same_for_every_plan() -> None:
    made = [files(ctx, c) for ctx, c in largest()]
    for name in (f"{one.replace('-', '_')}.py" for one in STATIC):
        assert len({one[name] for one in made}) == 1
    assert len({one["configure.json"] for one in made}) == len(made)


def largest() -> list[Any]:
    """The connections with the most in them, one for each of what can be in a program's data."""
    oauth = {"client_id": None, "scopes": ["a"], "return_url": "https://app.example.com/cb"}
    entra = {**oauth, "discovery_url": cases.ENTRA_URL}
    signed = {"outbound_auth": "oauth", "credential": {"name": "o"}}
    schema = {"target_type": "open-api-schema", "schema": "api.json", "schema_text": cases.OPENAPI * 9}
    lambda_ = {"target_type": "lambda-function-arn", "lambda_arn": "arn:aws:lambda:x", "tools": cases.TOOLS}
    return [
        (context("boto3"), connection(**signed, oauth=entra, grant="authorization-code", network="vpc")),
        (context(), connection(**signed, oauth=entra, grant="token-exchange", **schema)),
        (context(), connection(outbound_auth="api-key", credential={"name": "k", "exists": True}, **schema)),
        (context(), connection(outbound_auth="iam", **lambda_)),
        (context(), connection()),
    ]


@pytest.mark.parametrize(("ctx", "c"), largest())
def test_as_a_program_a_dry_run_needs_nothing_and_warns_of_nothing(
    start: Run, monkeypatch: pytest.MonkeyPatch, ctx: dict[str, Any], c: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    outcome = start(ctx, c, "--dry-run")
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == planned(ctx, c)


@pytest.mark.parametrize(
    "text", ['say """hi"""', "back\\", 'ends with "', "a\r\nb\n", "\x00", "é\u2028☃😀\n", "'\n'''\n"]
)
def test_a_document_is_carried_letter_by_letter(run: Run, text: str) -> None:
    c = connection(target_type="open-api-schema", schema="api.json", schema_text=text * 60)
    [request] = json.loads(run(context(), c, "--dry-run").out)
    assert request["body"]["targetConfiguration"]["mcp"]["openApiSchema"]["inlinePayload"] == text * 60


def test_values_of_the_answers_cannot_break_out(run: Run) -> None:
    odd = 'x"); import os; os.abort()  # \\\n"""'
    c = connection(endpoint=odd, forward_headers=[odd])
    [request] = json.loads(run(context(), c, "--dry-run").out)
    assert request["body"]["targetConfiguration"]["mcp"]["mcpServer"]["endpoint"] == odd
    assert request["body"]["metadataConfiguration"]["allowedRequestHeaders"] == [odd]


def test_it_reads_no_file_but_those_beside_it() -> None:
    """One function opens files, and takes the last part of a name only; another reads the program's own record."""
    for one in STATIC:
        text = static_text(one, f"{one.replace('-', '_')}.py")
        assert re.findall(r"(?<!os\.)\bopen\(", text) == []
        assert text.count("read_text") == (1 if one in ("configure-values", "configure-record") else 0)
    aws = static_text("configure-aws", "configure_aws.py")
    assert re.findall(r"Record\((\w+),", aws) == ["path"]
    assert re.findall(r"^ +path = (.+)$", aws, re.M) == ['configure_values.FOLDER / "configure.state.json"']
    values = static_text("configure-values", "configure_values.py")
    assert re.findall(r"^ +path = (.+)$", values, re.M) == ["FOLDER / Path(name).name"]


def test_what_several_connections_need_is_there_once(aws: ControlPlane, run: Run, inputs: None) -> None:
    """Two targets share a credential, each its own return URL; the gateway and the provider are made once."""
    ctx, one = context("boto3"), consent()
    other = consent(name="Other-Tools", oauth={**one["oauth"], "return_url": "https://other.example.com/cb"})
    sent = [request["operation"] for request in planned(ctx, one, other)]
    assert sent == [
        "create_role",
        "create_gateway",
        "create_oauth2_credential_provider",
        "update_workload_identity",
        "put_role_policy",
        *["create_gateway_target"] * 2,
    ]
    outcome = run(ctx, one, other)
    assert outcome.status == 0, outcome.err
    assert [xform_name(name) for name, _ in aws.writes] == [one for one in sent if "role" not in one]
    [urls] = [body["allowedResourceOauth2ReturnUrls"] for name, body in aws.writes if name == "UpdateWorkloadIdentity"]
    assert urls[1:] == ["https://app.example.com/cb", "https://other.example.com/cb"]
    tokens = [body["clientToken"] for name, body in aws.writes if name == "CreateGatewayTarget"]
    assert len(set(tokens)) == 2
    aws.calls.clear()
    assert (run(ctx, one, other).status, aws.writes) == (0, [])


def test_a_target_that_fails_does_not_hold_up_the_others(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    aws.faults["CreateGatewayTarget"] = []
    aws.plans = [["CREATING", "FAILED"], ["CREATING", "READY"]]
    outcome = run(context(), connection(name="First"), connection(name="Second"))
    assert outcome.status == 1
    assert "The target First is FAILED" in outcome.err
    assert [one["name"] for one in aws.targets.values()] == ["First", "Second"]
    assert "READY  Second" in outcome.out


def test_the_result_is_json_where_that_is_asked_for(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    rows = json.loads(run(context(), connection(), "--json").out)
    assert [row["what"] for row in rows] == ["gateway", "target"]
    assert (rows[1]["status"], rows[1]["name"]) == ("READY", "Shop-Tools")


def test_the_tools_of_a_server_are_read_again_on_request(aws: ControlPlane, run: Run) -> None:
    aws.add_gateway()
    run(context(), connection(), connection(name="Forwarded", listing_mode="dynamic"))
    aws.calls.clear()
    outcome = run(context(), connection(), connection(name="Forwarded", listing_mode="dynamic"), "--synchronize")
    assert outcome.status == 0, outcome.err
    [(name, body)] = aws.writes
    [number] = [one["targetId"] for one in aws.targets.values() if one["name"] == "Shop-Tools"]
    assert (name, body["targetIdList"]) == ("SynchronizeGatewayTargets", [number])


def test_the_policies_are_printed_as_they_can_be_used(run: Run) -> None:
    ctx, c = context("boto3"), connection(outbound_auth="api-key", credential={"name": "k"})
    outcome = run(ctx, c, "--iam")
    policy = json.loads(outcome.out)
    assert outcome.status == 0
    assert policy == {"Version": "2012-10-17", "Statement": iam_statements(ctx, c)}
    assert all(f"{one['Sid']}: " in outcome.err for one in policy["Statement"])
    trust = json.loads(run(ctx, c, "--trust", "--account", "123456789012").out)
    condition = trust["Statement"][0].pop("Condition")
    planned = trust_policy(ctx)
    planned["Statement"][0].pop("Condition")
    assert trust == planned
    assert condition == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-gate-*"},
    }


@forks
def test_a_secret_is_asked_for_in_the_terminal_and_not_shown(aws: ControlPlane, tmp_path: Path) -> None:
    aws.add_gateway()
    c = connection(outbound_auth="api-key", credential={"name": "k"})
    path = write(tmp_path, context(), c)
    child = pexpect.spawn(sys.executable, ["-W", "error", str(path), "--every", "0"], encoding="utf-8", timeout=60)
    child.logfile_read = shown = io.StringIO()
    child.expect("API key for k: ")
    child.sendline("typed-by-hand")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, shown.getvalue()
    assert "typed-by-hand" not in shown.getvalue()
    assert aws.writes[0] == ("CreateApiKeyCredentialProvider", {"name": "k", "apiKey": "typed-by-hand"})


@forks
def test_what_is_not_secret_is_asked_for_in_the_open(aws: ControlPlane, tmp_path: Path) -> None:
    aws.add_gateway()
    path = write(tmp_path, context(), connection(network="vpc"))
    child = pexpect.spawn(sys.executable, [str(path), "--every", "0"], encoding="utf-8", timeout=60)
    child.expect("Id of the VPC")
    child.sendline("vpc-0123456789abcdef0")
    child.expect("Ids of the subnets")
    child.sendline("subnet-0123456789abcdef0")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    endpoint = aws.writes[0][1]["privateEndpoint"]["managedVpcResource"]
    assert endpoint["vpcIdentifier"] == "vpc-0123456789abcdef0"
    assert "securityGroupIds" not in endpoint


@forks
def test_an_empty_answer_is_no_answer(aws: ControlPlane, tmp_path: Path) -> None:
    aws.add_gateway()
    path = write(tmp_path, context(), connection(network="vpc"))
    child = pexpect.spawn(sys.executable, [str(path), "--every", "0"], encoding="utf-8", timeout=60)
    child.expect("Id of the VPC")
    child.sendline("")
    child.expect("nothing was given")
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, aws.writes) == (2, [])


def test_a_reader_who_goes_away_causes_no_traceback(tmp_path: Path) -> None:
    path = write(tmp_path, context(), connection(target_type="open-api-schema", schema="x", schema_text="x" * 200_000))
    with subprocess.Popen(
        [sys.executable, str(path), "--dry-run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_help_fits_a_screen(run: Run) -> None:
    ctx, c = largest()[0]
    lines = run(ctx, c, "--help").out.splitlines()
    assert len(lines) < 40
    assert "Exit status: 0 ready, 1 failed, 2 wrong usage, 3 someone has to consent first." in " ".join(lines)
