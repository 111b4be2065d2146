"""Every Python file that can be emitted: compiled, linted, imported and run where its packages are."""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.checks.python_source import check_source
from agentcore_connect.knowledge.resources import static_text
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import _with_places
from agentcore_connect.verify import python as python_check
from agentcore_connect.verify import scripts
from agentcore_connect.verify.runners import recorder
from tests.clients.client_runs import LIBRARY_WARNINGS, QUIET, WARNINGS
from tests.configure.cases import STATIC
from tests.configure.conftest import MODULES
from tests.conformance import space
from tests.conformance.emitted import Emitted, File, gathered
from tests.conformance.stand_in import AnyServer, AnyService
from tests.conformance.tools import environments, python_of
from tests.share import share_of
from tests.sim.gateway import SEARCH, GatewaySim
from tests.sim.identity import API_KEY, IdentitySim

Count = Callable[..., None]
VARIABLE = "AGENTCORE_GATEWAY_THEGATEWAY"


def python_files(everything: Emitted) -> list[File]:
    """Every distinct Python file."""
    return [one for one in everything.files.values() if one.path.endswith(".py")]


def test_every_file_compiles_and_shows_no_secret(everything: Emitted, count: Count) -> None:
    problems = []
    for one in python_files(everything):
        found = [str(problem) for problem in check_source(one.text, one.path)]
        found += [] if one.kind.startswith("configure") else python_check.shown(one.text, one.path)
        problems += [f"{one.situation.why}: {problem}" for problem in found]
        count("texts", "run")
        count("texts", "accepted", not found)
    assert not problems, "\n".join(problems)[:6000]
    assert len(python_files(everything)) > 200


def test_every_file_passes_the_linter(everything: Emitted, tmp_path: Path) -> None:
    for number, one in enumerate(python_files(everything)):
        (tmp_path / f"n{number:04}_{one.path}").write_text(one.text, encoding="utf-8")
    # A program that says in plain words why it cannot must catch everything, once.
    options = ["--isolated", "--no-cache", "--target-version=py311", "--line-length=120", "--ignore=BLE001"]
    argv = [sys.executable, "-m", "ruff", "check", *options, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def tasks_of(everything: Emitted, kinds: tuple[str, ...], folder: Path, do: str) -> list[dict[str, Any]]:
    """A task for each file of these kinds."""
    made = []
    for number, one in enumerate(everything.of_kind(*kinds)):
        path = folder / f"{one.kind.replace('-', '_')}_{number}.py"
        path.write_text(one.text, encoding="utf-8")
        made.append({"file": str(path), "do": do, "of": one})
    return made


def run_in(environment: str, tasks: list[dict[str, Any]], folder: Path, **variables: str) -> list[dict[str, Any]]:
    """The outcomes of tasks, all in one process of an environment."""
    plain = [{key: value for key, value in task.items() if key != "of"} for task in tasks]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONWARNINGS": LIBRARY_WARNINGS.get(environment, WARNINGS),
        "NO_COLOR": "1",
        **QUIET,
        **variables,
    }
    done = subprocess.run(
        [str(python_of(environment)), str(Path(__file__).with_name("in_env.py"))],
        input=json.dumps(plain),
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    return outcomes


@pytest.mark.envs
@pytest.mark.parametrize("environment", environments())
def test_every_client_lists_the_whole_gateway(
    everything: Emitted, environment: str, tmp_path: Path, count: Count
) -> None:
    """With each line of the mcp package that the framework takes: all pages, whoever may call, search on or off."""
    framework = environment.removesuffix("-mcp1")
    tasks = tasks_of(everything, (f"client-{framework}",), tmp_path, "program")
    with contextlib.ExitStack() as stack:
        identity = stack.enter_context(IdentitySim(providers={"TheGateway-oauth"}))
        sims = {
            (auth, search): stack.enter_context(
                GatewaySim(auth, tokens=identity.tokens, keys=identity.keys, search=search)
            )
            for auth in space.INBOUNDS
            for search in (False, True)
        }
        for task in tasks:
            sim = sims[task["of"].facts["inbound"], _searches(task["of"])]
            task["sim"] = sim
            task["env"] = {f"{VARIABLE}_URL": sim.url, f"{VARIABLE}_TOKEN": identity.tokens.issue()}
        given = [{key: value for key, value in task.items() if key != "sim"} for task in tasks]
        imports = [{**task, "do": "import", "env": {}} for task in given]
        outcomes = run_in(environment, [*given, *imports], tmp_path, **identity.environment())
    wrong = []
    for task, outcome in zip(tasks, outcomes, strict=False):
        right = outcome["error"] is None and sorted(outcome["out"].splitlines()) == sorted(task["sim"].names)
        right = right and not shown(outcome, identity)
        wrong += [] if right else [f"{task['of'].situation.why}: {outcome['error'] or outcome['out'][:300]}"]
        count("clients", "run")
        count("clients", "accepted", right)
    for task, outcome in zip(tasks, outcomes[len(tasks) :], strict=True):
        wrong += [] if outcome["error"] is None else [f"{task['of'].situation.why}: import: {outcome['error']}"]
        count("imports", "run")
        count("imports", "accepted", outcome["error"] is None)
    assert not wrong, "\n".join(wrong)[:6000]
    assert len(tasks) >= 8


def shown(outcome: dict[str, Any], identity: IdentitySim) -> list[str]:
    """The secrets that a program of this outcome printed: tokens, keys of the service, keys that sign."""
    secrets = [*identity.tokens.every, API_KEY, identity.keys.current.secret, identity.keys.current.token]
    return [secret for secret in secrets if secret in outcome["said"]]


def _searches(one: File) -> bool:
    """Whether a client was written for a gateway with its search tool on."""
    return SEARCH in one.text or "AgentCoreToolSearchPlugin" in one.text


@pytest.fixture
def service() -> Iterator[AnyService]:
    """The service that direct calls, A2A messages and calls of an agent go to."""
    with AnyService() as made:
        yield made


@pytest.mark.envs
@pytest.mark.parametrize("environment", ["mcp", "mcp-mcp1"])
def test_every_direct_call_and_every_call_of_an_agent_works(
    everything: Emitted, environment: str, tmp_path: Path, service: AnyService, count: Count
) -> None:
    kinds = ("direct", "a2a-client", "invoke-agent", "lambda-handler")
    with IdentitySim() as identity, AnyServer("none") as gateway:
        tasks = tasks_of(everything, kinds, tmp_path, "use")
        for task in tasks:
            mcp = "def list_tools" in task["of"].text
            task["constants"] = {"ENDPOINT": gateway.url if mcp else service.origin, "AGENT": service.origin}
            if task["of"].kind == "invoke-agent" and "def runtime_arn" in task["of"].text:
                task["constants"] = {}
        variables = {
            **dict.fromkeys(("AGENT_GATEWAY_URL", "AWS_ENDPOINT_URL_LAMBDA", f"{VARIABLE}_URL"), service.origin),
            "AGENT_BEARER_TOKEN": identity.tokens.issue(),
        }
        signed = {**identity.environment(), **identity.keys.current.environment()}
        runtime = {"AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": service.origin}
        for task in tasks:
            at_runtime = task["of"].kind == "invoke-agent" and "def runtime_arn" in task["of"].text
            task["env"] = {**variables, **(runtime if at_runtime else {})}
        outcomes = run_in(environment, tasks, tmp_path, **signed)
    wrong = []
    for task, outcome in zip(tasks, outcomes, strict=True):
        right = outcome["error"] is None and bool(outcome["out"]) and not shown(outcome, identity)
        wrong += (
            [] if right else [f"{task['of'].kind} {task['of'].situation.why}: {outcome['error'] or outcome['out']}"]
        )
        count("imports", "run")
        count("imports", "accepted", right)
        count("scripts", "run")
        count("scripts", "accepted", right)
    assert not wrong, "\n".join(wrong)[:6000]


def test_every_boto3_program_sends_what_its_plan_says(
    everything: Emitted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: Count
) -> None:
    """Each is run twice in this process, with AWS stood in for: to print its requests, and to send them."""
    wrong = []
    every = everything.of_kind("configure-json")
    programs = share_of(every, one_in=6)
    for kind in STATIC:
        name = f"{kind.replace('-', '_')}.py"
        (tmp_path / name).write_text(static_text(kind, name), encoding="utf-8")
    for one in programs:
        case = gathered(one.situation, everything.folder)
        ctx = _with_places(build(case), case, everything.folder)
        for policy in ctx["policies"]:
            (tmp_path / policy["file"]).write_text(policy["statement"], encoding="utf-8")
        (tmp_path / one.path).write_text(one.text, encoding="utf-8")
        (tmp_path / "configure.state.json").unlink(missing_ok=True)
        problems = _problems_of_run(tmp_path, scripts.program_run(ctx), monkeypatch)
        wrong += [f"{one.situation.why}: {problem}" for problem in problems]
        count("scripts", "run")
        count("scripts", "accepted", not problems)
    assert not wrong, "\n".join(wrong)[:6000]
    assert len(every) > 100


def _problems_of_run(folder: Path, run: scripts.Run, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[Any] = []
    stand_in = recorder.modules(dict(run.situation), lambda *call: sent.append(list(call)))
    out, said = io.StringIO(), io.StringIO()
    with monkeypatch.context() as patch, contextlib.redirect_stderr(said):
        for name, value in run.env.items():
            patch.setenv(name, value)
        for name, module in stand_in.items():
            patch.setitem(sys.modules, name, module)
        patch.syspath_prepend(str(folder))
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        program = runpy.run_path(str(folder / "configure.py"), run_name="configure_program")
        with contextlib.redirect_stdout(out):
            program["main"](["--dry-run"])
        printed = json.loads(out.getvalue())
        with contextlib.redirect_stdout(out):
            status = program["main"]([*scripts.AT_ONCE])
        for name in MODULES:
            sys.modules.pop(name, None)
    problems = [
        *scripts.differences(printed, run.dry),
        *scripts.differences([scripts.comparable(one, run) for one in sent], run.sent),
    ]
    shown = out.getvalue() + said.getvalue()
    problems += [f"{name} is shown" for value, name in run.secrets.items() if value in shown]
    return [*problems, *([] if status == 0 else [f"exit {status}: {said.getvalue()}"])]
