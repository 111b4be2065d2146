"""Which gateway is tried: from a plan, a project, or a URL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.live import find
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import write_plan
from tests.live.helpers import written

URL = "https://shop-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp"
RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/desk-abcdefghij"
JWT = (
    "inbound_auth: custom-jwt, discovery_url: 'https://idp.example.com/.well-known/openid-configuration', "
    "allowed_audience: [shop], allowed_clients: [app]"
)


def project(folder: Path, *gateways: str, deployed: bool = True) -> Path:
    """A project with these gateways, deployed or not."""
    root = folder / "Shop"
    (root / "agentcore" / ".cli").mkdir(parents=True)
    lists = ("runtimes", "memories", "credentials", "evaluators", "onlineEvalConfigs", "policyEngines", "harnesses")
    entries = [{"name": name, "targets": [], "authorizerType": "AWS_IAM"} for name in gateways]
    data = {"name": "Shop", "version": 1, **{key: [] for key in lists}, "agentCoreGateways": entries}
    (root / "agentcore" / "agentcore.json").write_text(json.dumps(data))
    if deployed:
        state = {name: {"gatewayId": f"{name}-abcdefghij", "gatewayUrl": URL} for name in gateways}
        text = json.dumps({"targets": {"default": {"resources": {"mcp": {"gateways": state}}}}})
        (root / "agentcore" / ".cli" / "deployed-state.json").write_text(text)
    return root


def test_a_url_tells_the_region_and_nothing_else() -> None:
    assert find.of_url(URL, "--gateway-url") == find.Gateway(URL, region="eu-west-1")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://gateway.example.com/mcp",
            "gateway",
            "ftp://x/mcp",
            "",
            "https://",
            "https://[",
            "https://x:99999/mcp",
        ),
        *("https://me:hunter2@gateway.example.com/mcp", "https://gateway.example.com/mcp?token=hunter2"),
    ],
)
def test_what_is_no_gateways_url_is_refused(url: str) -> None:
    with pytest.raises(ConnectError) as refused:
        find.of_url(url, "--gateway-url")
    assert refused.value.exit_code == 2
    assert "--gateway-url" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        ("service: aws-service, direct_reason: aws-sdk", "has no gateway"),
        (f"direction: app-calls-agent, front: gateway, endpoint: '{RUNTIME}', service_auth: iam", "lists no tools"),
    ],
)
def test_a_plan_without_tools_to_list_says_so(tmp_path: Path, connection: str, words: str) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "version: 1\nagent: {framework: mcp}\ngateway: {name: Shop, inbound_auth: aws-iam}\n"
        f"connections:\n  - {{name: W, {connection}}}\n"
    )
    gathered = gather(load.load(answers))
    write_plan(build(gathered), gathered, tmp_path / "connect", force=False)
    with pytest.raises(ConnectError, match=words):
        find.of_plan(tmp_path / "connect", {"AGENTCORE_GATEWAY_SHOP_URL": URL})


def test_a_plan_tells_whose_tokens_its_gateway_accepts(tmp_path: Path) -> None:
    found = find.of_plan(written(tmp_path, JWT), {"AGENTCORE_GATEWAY_SHOP_URL": URL})
    assert found == find.Gateway(
        URL,
        name="Shop",
        inbound_auth="custom-jwt",
        region="eu-west-1",
        token_variable="AGENTCORE_GATEWAY_SHOP_TOKEN",
        discovery_url="https://idp.example.com/.well-known/openid-configuration",
        allowed_audience=("shop",),
        allowed_clients=("app",),
    )


def test_a_plan_finds_the_url_of_the_last_deploy(tmp_path: Path) -> None:
    project(tmp_path, "Shop")
    folder = written(tmp_path, "inbound_auth: aws-iam", project="project: Shop\n")
    assert find.of_plan(folder, {}).url == URL
    assert find.of_plan(folder, {"AGENTCORE_GATEWAY_SHOP_URL": "https://other.example.com/mcp"}).url.startswith(
        "https://other"
    )


def test_a_gateway_without_a_url_says_which_variable(tmp_path: Path) -> None:
    with pytest.raises(ConnectError, match="not known here") as refused:
        find.of_plan(written(tmp_path, "inbound_auth: aws-iam"), {})
    assert "AGENTCORE_GATEWAY_SHOP_URL" in str(refused.value)


def test_a_project_with_one_gateway_needs_no_name(tmp_path: Path) -> None:
    found = find.of_project(project(tmp_path, "Desk"), None, {})
    assert (found.name, found.url, found.inbound_auth) == ("Desk", URL, "aws-iam")


@pytest.mark.parametrize(("name", "words"), [(None, "not clear"), ("Other", "no gateway Other")])
def test_a_project_with_several_asks_for_one(tmp_path: Path, name: str | None, words: str) -> None:
    with pytest.raises(ConnectError, match=words) as refused:
        find.of_project(project(tmp_path, "Desk", "Shop"), name, {})
    assert "Desk, Shop" in str(refused.value)


@pytest.mark.parametrize("folder", ["", "connect"])
def test_a_folder_without_a_plan_or_project_is_named(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ConnectError, match=r"no plan\.json here|no such folder"):
        find.of_plan(tmp_path / folder, {})
    with pytest.raises(ConnectError, match="no AgentCore project"):
        find.of_project(tmp_path, None, {})


@pytest.mark.parametrize(
    "url", ["https://collector.example.com/mcp", "https://x.gateway.bedrock-agentcore.evil.example"]
)
def test_a_projects_state_sends_no_token_to_another_host(tmp_path: Path, url: str) -> None:
    root = project(tmp_path, "Shop")
    state = root / "agentcore" / ".cli" / "deployed-state.json"
    state.write_text(state.read_text().replace(URL, url))
    with pytest.raises(ConnectError, match="not one of AgentCore Gateway"):
        find.of_project(root, None, {})
    assert find.of_project(root, None, {"AGENTCORE_GATEWAY_SHOP_URL": url}).url == url


@pytest.mark.parametrize("gateway", ["[1]", '"x"', '{"name": ["a"], "inbound_auth": 5}'])
def test_a_plan_is_taken_from_its_answers(tmp_path: Path, gateway: str) -> None:
    folder = written(tmp_path, JWT)
    plan = json.loads((folder / "plan.json").read_text())
    (folder / "plan.json").write_text(json.dumps({**plan, "gateway": json.loads(gateway)}))
    found = find.of_plan(folder, {"AGENTCORE_GATEWAY_SHOP_URL": URL})
    assert (found.name, found.inbound_auth) == ("Shop", "custom-jwt")
