"""Patched agents, run: called as AgentCore Runtime calls them, each in the environment of its framework.

The gateway is stood in for, and so is the model, which asks for one of the gateway's tools in each request.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.knowledge.resources import load_manifest
from tests.agent_edits.code import BARE, SHAPES, agent_code, served_by_fastapi
from tests.agent_edits.patched import CODE, ORDERS, WEATHER, apply, planned, project
from tests.clients import client_runs
from tests.real_cli import cli_folder
from tests.share import share_of
from tests.sim.gateway import GatewaySim
from tests.sim.http import LoopbackServer, Reply, Request
from tests.sim.identity import API_KEY

HERE = Path(__file__).parent

pytestmark = [pytest.mark.envs, pytest.mark.part]
AUTHS = ("none", "aws-iam", "custom-jwt")
#: What a connection that is not closed, or a task that is left behind, says when the program ends.
LEFT_BEHIND = ("ResourceWarning", "never awaited", "never retrieved", "was destroyed", "ended early")
#: What the CLI's `add agent` calls the framework, and the model provider of its template.
TEMPLATES = {
    "strands": ("Strands", "Bedrock"),
    "langgraph": ("LangChain_LangGraph", "Bedrock"),
    "openai-agents": ("OpenAIAgents", "OpenAI"),
    "google-adk": ("GoogleADK", "Gemini"),
}
#: Packages of the templates that the environments lack, and the stand-in for models that are named by a word.
STAND_INS = {
    "langgraph": {
        "langchain/__init__.py": "",
        "langchain/tools.py": "from langchain_core.tools import tool\n",
        "opentelemetry/instrumentation/langchain.py": "class LangchainInstrumentor:\n    def instrument(self): ...\n",
    }
}
NAMED = {
    "openai-agents": "\nfrom agents.models.multi_provider import MultiProvider\n\n"
    "MultiProvider.get_model = lambda self, name: STAND_IN\n",
    "google-adk": "\nfrom google.adk.models import LLMRegistry\n\n"
    "StandIn.supported_models = classmethod(lambda cls: ['gemini-.*'])\nLLMRegistry.register(StandIn)\n",
}


def environments() -> list[str]:
    """The environments of this run whose framework's agents are edited."""
    chosen = os.environ.get("CONNECT_ENVS", "").split() or client_runs.environments()
    return [one for one in client_runs.environments() if one in chosen and _is_edited(one)]


def _is_edited(environment: str) -> bool:
    return bool(_of(environment))


def _of(environment: str) -> dict[str, Any]:
    return load_manifest(f"client-{client_runs.framework_of(environment)}").get("agent", {})


def runs() -> list[Any]:
    """Environment, shape and inbound auth: every shape with one of them, in turn."""
    every = [(shape, AUTHS[(number + 1) % 3]) for number, shape in enumerate(SHAPES)]
    return [(one, *rest) for one in environments() for rest in share_of(every, one_in=3)]


@pytest.fixture
def client(environment: str, tmp_path: Path) -> Iterator[client_runs.Client]:
    problem = client_runs.missing(environment)
    if problem and os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)
    made = client_runs.Client(environment, tmp_path)
    yield made
    made.stop()


def model(framework: str) -> dict[str, str | bytes]:
    """The module `model.load` with the stand-in."""
    names = {"asked": "asked", "load": framework.replace("-", "_")}
    texts = {f"model/{name}.py": (HERE / "models" / f"{one}.py").read_text("utf-8") for name, one in names.items()}
    return {"model/__init__.py": "", **texts}


def named(client: client_runs.Client, name: str) -> str:
    """The name that a model sees of one of the gateway's tools; CrewAI gives them names of its own."""
    return re.sub(r"\W|_+", "_", name).lower() if client.framework == "crewai" else name


def answered(client: client_runs.Client, root: Path, **variables: str) -> dict[str, Any]:
    """Two requests to the patched agent; what it was shown, what its tools said, what it answered."""
    (client.folder / "gateway_client.py").unlink()  # the patch brings its own
    arguments = [str(HERE / "run_agent.py"), str(root / CODE), "2"]
    ended = client._run(arguments, {"PYTHONPATH": None, "PYTHONWARNINGS": "default", **variables})
    assert ended.code == 0, ended.err
    assert not [word for word in LEFT_BEHIND if word in ended.err], ended.err
    found: dict[str, Any] = json.loads(ended.lines[-1])
    return found


@pytest.mark.parametrize(("environment", "shape", "auth"), runs())
def test_a_patched_agent_calls_the_tools(
    client: client_runs.Client, environment: str, shape: str, auth: str, tmp_path: Path
) -> None:
    framework = client.framework
    root = project(tmp_path / "Shop", {"main.py": agent_code(framework, shape), **model(framework)})
    _, files = planned(root, framework, auth)
    apply(files["agent.patch"], root)
    found = answered(client.start(auth), root)
    said = json.dumps(found)
    assert [name for name, _ in client.gateway.calls] == [client.gateway.names[0]] * 2, said
    assert said.count("heard hello") >= 2
    assert {named(client, one) for one in client.gateway.names} <= set(found["names"])
    assert framework == "openai-agents" or (len(found["names"]) > 45) == (shape not in BARE)
    assert not {401, 403} & set(client.gateway.statuses)


def synchronous(text: str) -> str:
    """The agent of a framework whose entry point need not be asynchronous, without `async`."""
    return text.replace("async def", "def").replace("await ", "").replace("kickoff_async", "kickoff")


@pytest.mark.parametrize("shape", share_of(["entry-point", "generator", "module"], one_in=3))
@pytest.mark.parametrize("environment", [one for one in environments() if _of(one).get("sync")])
def test_an_entry_point_that_is_not_asynchronous(
    client: client_runs.Client, environment: str, shape: str, tmp_path: Path
) -> None:
    text = synchronous(agent_code(client.framework, shape))
    assert "async" not in text
    root = project(tmp_path / "Shop", {"main.py": text, **model(client.framework)})
    _, files = planned(root, client.framework)
    apply(files["agent.patch"], root)
    found = answered(client.start("aws-iam"), root)
    assert len(client.gateway.calls) == 2, found
    assert json.dumps(found).count("heard hello") >= 2


@pytest.mark.parametrize("shape", share_of(["entry-point", "module"], one_in=2))
@pytest.mark.parametrize("environment", [one for one in environments() if one == "google-adk"])
def test_an_agent_that_fastapi_serves(
    client: client_runs.Client, environment: str, shape: str, tmp_path: Path
) -> None:  # that environment has FastAPI
    text = served_by_fastapi(agent_code(client.framework, shape))
    root = project(tmp_path / "Shop", {"main.py": text, **model(client.framework)})
    _, files = planned(root, client.framework)
    apply(files["agent.patch"], root)
    found = answered(client.start("aws-iam"), root)
    assert [name for name, _ in client.gateway.calls] == [client.gateway.names[0]] * 2, found


@pytest.mark.parametrize(
    "environment", share_of([one for one in environments() if not one.endswith("-mcp1")], one_in=9)
)
def test_an_agent_with_two_gateways(client: client_runs.Client, environment: str, tmp_path: Path) -> None:
    root = project(tmp_path / "Shop", {"main.py": agent_code(client.framework, "module"), **model(client.framework)})
    for name in ("MyGateway", "Sales"):
        _, files = planned(root, client.framework, gateway=name)
        apply(files["agent.patch"], root)
    client.start("aws-iam")
    with GatewaySim("aws-iam", keys=client.gateway.keys, tools=3) as sales:
        for tool in sales.tools:
            tool["name"] = tool["name"].replace("Target", "Sales")
        variables = {"AGENTCORE_GATEWAY_SALES_URL": sales.url, "STAND_IN_TOOL": named(client, sales.names[0])}
        found = answered(client, root, **variables)
        assert [name for name, _ in sales.calls] == [sales.names[0]] * 2, found
    assert {named(client, one) for one in (*sales.names, *client.gateway.names)} <= set(found["names"])


class Orders(LoopbackServer):
    """The service of a direct call, which takes the key that Identity hands out."""

    def answer(self, request: Request) -> Reply:
        if request.headers.get("x-api-key") != API_KEY:
            return Reply(401, {"message": "no key"})
        return Reply(200, {"said": f"heard hello at {request.path}"})


@pytest.mark.parametrize(
    ("environment", "shape"), share_of(list(product(environments(), ("module", "method"))), one_in=9)
)
def test_a_patched_agent_calls_a_service_directly(
    client: client_runs.Client, environment: str, shape: str, tmp_path: Path
) -> None:
    framework = client.framework
    root = project(tmp_path / "Shop", {"main.py": agent_code(framework, shape), **model(framework)})
    _, files = planned(root, framework, connections=WEATHER + ORDERS)
    apply(files["agent.patch"], root)
    call = root / CODE / "direct_orders.py"
    assert call.read_text() == files["direct_orders.py"]
    with Orders() as service:
        call.write_text(call.read_text().replace("https://orders.example.com", service.origin))
        wanted = {"STAND_IN_TOOL": "call_orders", "STAND_IN_ARGUMENTS": json.dumps({"path": "v1/orders"})}
        client.start("aws-iam").identity.providers.add("OrdersCredential")
        found = answered(client, root, **wanted)
        said = json.dumps(found)
        assert [one.path for one in service.requests] == ["/v1/orders"] * 2, said
        assert set(service.statuses) == {200}
    assert "heard hello at /v1/orders" in said
    assert {"call_orders", *(named(client, one) for one in client.gateway.names)} <= set(found["names"])


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The entry file of the CLI's template for a framework, as the real CLI writes it; made once."""
    made: dict[str, Path] = {}
    folder = tmp_path_factory.mktemp("templates")

    def run(*arguments: str, cwd: Path) -> None:
        env = {**os.environ, "HOME": str(folder), "AGENTCORE_SKIP_INSTALL": "1"}
        argv = [str(cli_folder() / "agentcore"), *arguments]
        done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def of(framework: str) -> Path:
        if framework not in made:
            root = folder / "Shop"
            if not root.exists():
                run("create", "--name", "Shop", "--no-agent", "--skip-git", "--skip-install", cwd=folder)
            word, provider = TEMPLATES[framework]
            name = word.partition("_")[0]
            options = ["--framework", word, "--model-provider", provider, "--language", "Python", "--memory", "none"]
            run("add", "agent", "--name", name, *options, cwd=root)
            made[framework] = root / "app" / name / "main.py"
        return made[framework]

    return of


@pytest.mark.realcli
@pytest.mark.parametrize("environment", [one for one in environments() if client_runs.framework_of(one) in TEMPLATES])
def test_the_templates_of_the_cli_get_the_tools(
    client: client_runs.Client, environment: str, templates: Callable[[str], Path], tmp_path: Path
) -> None:
    framework = client.framework
    files: dict[str, str | bytes] = {**model(framework), **STAND_INS.get(framework, {})}
    files["model/load.py"] = str(files["model/load.py"]) + NAMED.get(framework, "")
    files |= {"main.py": templates(framework).read_bytes(), "mcp_client/__init__.py": ""}
    files["mcp_client/client.py"] = "def get_streamable_http_mcp_client(): return None\n"  # it is on the internet
    root = project(tmp_path / "Shop", files)
    _, written = planned(root, framework)
    apply(written["agent.patch"], root)
    found = answered(client.start("aws-iam"), root)
    assert len(client.gateway.calls) == 2, found
    assert {"add_numbers", *client.gateway.names} <= set(found["names"])
