"""Runs a rendered configure script against the stand-in, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore.loaders
import botocore.session
import pytest

from tests.configure import cases
from tests.configure.cases import files
from tests.configure.control_plane import ControlPlane

_NUMBERS = itertools.count()
SECRET = "S3cret-Value-0815"
INPUTS = {
    "AGENTCORE_CREDENTIAL_MY_CRED_1": SECRET,
    "AGENTCORE_CREDENTIAL_MY_CRED_1_CLIENT_SECRET": SECRET,
    "AGENTCORE_CREDENTIAL_MY_CRED_1_CLIENT_ID": "client-9",
    "AGENTCORE_CREDENTIAL_MY_CRED_1_AUDIENCE": "https://api.example.com",
    "AGENTCORE_GATEWAY_ROLE_ARN": "arn:aws:iam::123456789012:role/gate",
    "LAMBDA_ARN_SHOP_TOOLS": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "API_SCHEMA_SHOP_TOOLS": "s3://bucket/api.json",
    "REST_API_ID_SHOP_TOOLS": "a1b2c3",
    "REST_API_STAGE_SHOP_TOOLS": "prod",
    "OAUTH_DISCOVERY_URL_SHOP_TOOLS": cases.CUSTOM_URL,
    "AGENTCORE_VPC_ID": "vpc-0123456789abcdef0",
    "AGENTCORE_SUBNET_IDS": "subnet-0123456789abcdef0, subnet-1123456789abcdef0",
}


@dataclass(frozen=True)
class Outcome:
    """How a run of a script ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def run_file(
    aws: ControlPlane, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Runs a script by its file in this process, against the stand-in, without waiting between looks."""

    def run(path: Path, *argv: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", [path.name, *argv, "--every", "0"])
        monkeypatch.syspath_prepend(path.parent)
        for one in MODULES:
            monkeypatch.delitem(sys.modules, one, raising=False)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(path), run_name="__main__")
        for one in MODULES:
            sys.modules.pop(one, None)
        captured = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def loader() -> Any:
    """One loader of botocore's data for all runs in this process: each would parse megabytes of JSON again."""
    return botocore.loaders.create_loader()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, loader: Any) -> Iterator[ControlPlane]:
    """The stand-in, with the environment set up so that boto3 asks it and nobody else."""
    monkeypatch.setattr(botocore.session, "create_loader", lambda *_: loader)
    for name in [name for name in os.environ if name.startswith(("AWS_", "AGENTCORE_"))]:
        monkeypatch.delenv(name)
    with ControlPlane() as plane:
        for name, value in {
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL": plane.origin,
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": plane.origin,
            "AWS_ENDPOINT_URL_WAFV2": plane.origin,
            "AWS_ACCESS_KEY_ID": "stand-in",
            "AWS_SECRET_ACCESS_KEY": "stand-in",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_RETRY_MODE": "standard",
            "AWS_MAX_ATTEMPTS": "1",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        yield plane


MODULES = (
    "configure_steps",
    "configure_consent",
    "configure_role",
    "configure_aws",
    "configure_values",
    "configure_record",
)


@contextlib.contextmanager
def imported(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The program as a module, its own modules taken from beside it and forgotten afterwards."""
    name = f"configure_program_{next(_NUMBERS)}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(path.parent)
        for one in MODULES:
            patch.delitem(sys.modules, one, raising=False)
        spec.loader.exec_module(module)
        try:
            yield module
        finally:
            for one in MODULES:
                sys.modules.pop(one, None)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Writes the program of a connection (or of several), loads it and calls its `main` with these arguments."""

    def runs(ctx: Mapping[str, Any], *given: Any) -> Outcome:
        argv = [one for one in given if isinstance(one, str)]
        path = write(tmp_path, ctx, *(one for one in given if not isinstance(one, str)))
        monkeypatch.setattr(sys, "argv", [path.name, *argv])
        with imported(path, monkeypatch) as module:
            capsys.readouterr()
            try:
                status = module.main([*argv, "--every", "0"])
            except SystemExit as end:
                status = end.code
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return runs


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Outcome]:
    """Writes the program of a connection and runs it as a program, with warnings as errors."""

    def starts(ctx: Mapping[str, Any], c: Mapping[str, Any], *argv: str, options: tuple[str, ...] = ()) -> Outcome:
        path = write(tmp_path, ctx, c)
        command = [sys.executable, "-W", "error", *options, path.name, *argv]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=120
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return starts


def write(folder: Path, ctx: Mapping[str, Any], *connections: Mapping[str, Any]) -> Path:
    """The program as a file, with the files that it reads beside it."""
    for name, text in files(ctx, *connections).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "configure.py"


@pytest.fixture
def inputs(aws: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in INPUTS.items():
        monkeypatch.setenv(name, value)
