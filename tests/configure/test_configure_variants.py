"""Every script that can be written: it is Python, it is clean, and its dry run prints the planned requests."""

from __future__ import annotations

import contextlib
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
from tests.configure import cases
from tests.configure.cases import connection, connections, context, gateways, script
from tests.configure.conftest import Outcome, write
from tests.configure.control_plane import ControlPlane

from agentcore_connect.plan.requests import configure_context, requests_for, trust_policy

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


def skeleton(configure: dict[str, Any]) -> str:
    """What makes one script another, apart from the values in it."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items()}
        return [bare(part) for part in value[:1]] if isinstance(value, list) else type(value).__name__

    return json.dumps({**bare(configure), "notes": configure["notes"], "needs": configure["needs"]})


@pytest.fixture(scope="module")
def variants() -> dict[str, list[dict[str, Any]]]:
    """One script of each make, with the requests that its plan names."""
    chosen: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for ctx, c in pairs():
        chosen.setdefault(skeleton(configure_context(ctx, c)), (ctx, c))
    return {script(ctx, c): [one.as_dict() for one in requests_for(ctx, c)] for ctx, c in chosen.values()}


def test_each_dry_run_prints_the_planned_requests_and_calls_nothing(
    variants: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    import boto3

    def no_session(*_: Any, **__: Any) -> None:
        pytest.fail("a dry run asked for a session")

    monkeypatch.setattr(boto3.session, "Session", no_session)
    for text, requests in variants.items():
        space: dict[str, Any] = {"__name__": "configure_script"}
        exec(compile(text, "configure.py", "exec", dont_inherit=True), space)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            assert space["main"](["--dry-run"]) == 0
        assert json.loads(printed.getvalue()) == requests
    record_property("scripts", len(variants))
    print(f"\n{len(variants)} makes of script")
    assert len(variants) > 100


def test_each_passes_the_linter_and_the_formatter_as_it_comes(
    variants: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    for number, text in enumerate(variants):
        (tmp_path / f"configure_{number}.py").write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check"], ["format", "--check", "--line-length", "120"]):
        done = subprocess.run(
            [*ruff, *command, "--isolated", "--no-cache", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[:2000]


def largest() -> list[Any]:
    """The scripts with the most in them, one for each of what can be in a script."""
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


def test_the_largest_are_typed(tmp_path: Path) -> None:
    for number, (ctx, c) in enumerate(largest()):
        (tmp_path / f"configure_{number}.py").write_text(script(ctx, c), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--disable-error-code=import-untyped", "--no-incremental"]
    done = subprocess.run([*command, "--config-file=", "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("ctx", "c"), largest())
def test_as_a_program_a_dry_run_needs_nothing_and_warns_of_nothing(
    start: Run, monkeypatch: pytest.MonkeyPatch, ctx: dict[str, Any], c: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    outcome = start(ctx, c, "--dry-run")
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == [one.as_dict() for one in requests_for(ctx, c)]


@pytest.mark.parametrize(
    "text", ['say """hi"""', "back\\", 'ends with "', "a\r\nb\n", "\x00", "é\u2028☃😀\n", "'\n'''\n"]
)
def test_a_document_is_carried_letter_by_letter(run: Run, text: str) -> None:
    c = connection(target_type="open-api-schema", schema="api.json", schema_text=text * 60)
    [request] = json.loads(run(context(), c, "--dry-run").out)
    assert request["body"]["targetConfiguration"]["mcp"]["openApiSchema"]["inlinePayload"] == text * 60


def test_a_long_document_stands_apart_and_can_be_read() -> None:
    c = connection(target_type="open-api-schema", schema="api.json", schema_text=cases.OPENAPI * 9)
    text = script(context(), c)
    assert f'OPEN_API_SCHEMA = r"""{cases.OPENAPI * 9}"""\n' in text
    assert '"inlinePayload": OPEN_API_SCHEMA' in text


def test_values_of_the_answers_cannot_break_out(run: Run) -> None:
    odd = 'x"); import os; os.abort()  # \\\n"""'
    c = connection(endpoint=odd, forward_headers=[odd])
    [request] = json.loads(run(context(), c, "--dry-run").out)
    assert request["body"]["targetConfiguration"]["mcp"]["mcpServer"]["endpoint"] == odd
    assert request["body"]["metadataConfiguration"]["allowedRequestHeaders"] == [odd]


def test_it_reads_no_file() -> None:
    for ctx, c in largest():
        assert not re.search(r"(?<!os\.)\bopen\(|\bPath\(|read_text", script(ctx, c))


def test_the_policies_are_printed_as_they_can_be_used(run: Run) -> None:
    ctx, c = context("boto3"), connection(outbound_auth="api-key", credential={"name": "k"})
    outcome = run(ctx, c, "--iam")
    policy = json.loads(outcome.out)
    assert outcome.status == 0
    assert policy == {"Version": "2012-10-17", "Statement": configure_context(ctx, c)["iam"]}
    assert all(f"{one['Sid']}: " in outcome.err for one in policy["Statement"])
    trust = json.loads(run(ctx, c, "--trust", "--account", "123456789012").out)
    condition = trust["Statement"][0].pop("Condition")["StringLike"]
    planned = trust_policy(ctx)
    planned["Statement"][0].pop("Condition")
    assert trust == planned
    assert condition["aws:SourceAccount"] == "123456789012"
    assert condition["aws:SourceArn"] == "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-gate-*"


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
