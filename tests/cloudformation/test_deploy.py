"""The steps that deploy a template: what the AWS CLI is given, and what stands in no command line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cloudformation import stacks

#: Notes its arguments and its standard input, a file each call.
STUB = """#!/usr/bin/env bash
number=$(find "$NOTES" -name "*.argv" | wc -l)
printf '%s\\n' "$@" >"$NOTES/$number.argv"
case $* in *--parameter-overrides*) cat >"$NOTES/$number.stdin" ;; esac
"""
SECRETS = {
    "AGENTCORE_CREDENTIAL_CRMCREDENTIAL_CLIENT_SECRET": 'a "quoted" \\ back\\\\slash $HOME `id` = ü',
    "AGENTCORE_CREDENTIAL_PETS_2CREDENTIAL": "tab\there, %s and 'single'",
}
OTHERS = {"AGENTCORE_VPC_ID": "vpc-0123456789abcdef0", "AGENTCORE_SUBNET_IDS": "subnet-01234567,subnet-76543210"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stacks.write_many(tmp_path_factory.mktemp("deploy"))


def run(written: Path, tmp_path: Path, *options: str, **env: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    notes, programs = tmp_path / "notes", tmp_path / "bin"
    notes.mkdir()
    programs.mkdir()
    (programs / "aws").write_text(STUB, encoding="utf-8")
    (programs / "aws").chmod(0o755)
    around = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path), "NOTES": str(notes), **env}
    argv = ["bash", str(written / "commands.sh"), *options]
    ran = subprocess.run(argv, env=around, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=tmp_path)
    return ran, notes


def test_values_reach_the_aws_cli_on_standard_input_only(written: Path, tmp_path: Path) -> None:
    ran, notes = run(written, tmp_path, **SECRETS, **OTHERS)
    assert ran.returncode == 0, ran.stderr
    given = json.loads((notes / "0.stdin").read_text("utf-8"))
    assert dict(one.split("=", 1) for one in given) == {
        "CrmCredentialClientSecret": SECRETS["AGENTCORE_CREDENTIAL_CRMCREDENTIAL_CLIENT_SECRET"],
        "Pets2CredentialApiKey": SECRETS["AGENTCORE_CREDENTIAL_PETS_2CREDENTIAL"],
        "VpcId": OTHERS["AGENTCORE_VPC_ID"],
        "SubnetIds": OTHERS["AGENTCORE_SUBNET_IDS"],
    }
    argv = (notes / "0.argv").read_text("utf-8").splitlines()
    assert argv[:2] == ["cloudformation", "deploy"]
    assert argv[argv.index("--capabilities") + 1] == "CAPABILITY_IAM"
    everything = "".join(path.read_text("utf-8") for path in notes.glob("*.argv")) + ran.stdout + ran.stderr
    placed = written.parent / "connect" / "template.yaml"
    for secret in SECRETS.values():
        assert secret not in everything
        assert secret not in placed.read_text("utf-8")
    assert [path.name for path in sorted(notes.glob("*.argv"))] == ["0.argv", "1.argv"]
    assert "describe-stacks" in (notes / "1.argv").read_text("utf-8")


def test_a_missing_value_stops_the_script_before_it_calls_aws(written: Path, tmp_path: Path) -> None:
    ran, notes = run(written, tmp_path, **OTHERS)
    assert ran.returncode == 1
    assert "AGENTCORE_CREDENTIAL_CRMCREDENTIAL_CLIENT_SECRET is missing" in ran.stderr
    assert list(notes.iterdir()) == []


def test_a_dry_run_calls_nothing(written: Path, tmp_path: Path) -> None:
    ran, notes = run(written, tmp_path, "--dry-run")
    assert ran.returncode == 0, ran.stderr
    assert "--parameter-overrides file:///dev/stdin" in ran.stdout
    assert list(notes.iterdir()) == []


def test_local_steps_need_no_aws(written: Path, tmp_path: Path) -> None:
    ran, notes = run(written, tmp_path, "--local")
    assert ran.returncode == 0, ran.stderr
    assert "left out: it needs AWS" in ran.stderr
    assert list(notes.iterdir()) == []
