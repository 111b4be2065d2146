"""Each TypeScript client: compiled, linted, run as a program, and in the hands of an agent of its framework."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import node_runs
from tests.clients.client_runs import NAME, PROVIDER, VARIABLE, Ended
from tests.clients.node_runs import FRAMEWORKS, NodeClient
from tests.sim.gateway import SEARCH
from tests.sim.http import Reply
from tests.sim.signing import Keys
from tests.sim.tokens import Tokens

AUTHS = ("none", "aws-iam", "custom-jwt")
FIRST, LAST = "Target1___tool-00", "Target3___tool-44"
TSCONFIG = {
    "compilerOptions": {
        "target": "ES2022",
        "module": "NodeNext",
        "strict": True,
        "exactOptionalPropertyTypes": True,
        "noUncheckedIndexedAccess": True,
        "noUnusedLocals": True,
        "skipLibCheck": True,
        "types": ["node"],
        "noEmit": True,
    },
    "include": ["*/*.ts"],
}
ESLINT = """import tseslint from "typescript-eslint";
const parserOptions = { projectService: true, tsconfigRootDir: import.meta.dirname };
export default tseslint.config(
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions } },
);
"""


@pytest.fixture(autouse=True)
def _node() -> None:
    problem = node_runs.missing()
    if problem and os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)


@pytest.fixture(params=FRAMEWORKS)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NodeClient]:
    """The client of each framework in turn; `start` it."""
    made = NodeClient(request.param, tmp_path)
    yield made
    made.stop()


def said(ended: Ended) -> str:
    """What it said, once it is sure that it failed with words for a person."""
    assert (ended.code, ended.out) == (1, ""), ended.err
    assert "    at " not in ended.err, "a stack trace"
    assert f"No tools from gateway {NAME}" in ended.err
    return ended.err


def test_every_variant_compiles_and_is_clean(tmp_path: Path) -> None:
    node_runs.lay_out(tmp_path)
    (tmp_path / "tsconfig.json").write_text(json.dumps(TSCONFIG), encoding="utf-8")
    (tmp_path / "eslint.config.js").write_text(ESLINT, encoding="utf-8")
    for framework in FRAMEWORKS:
        for auth, provider in (("none", None), ("aws-iam", None), ("custom-jwt", None), ("custom-jwt", PROVIDER)):
            for search in (None, 45):
                folder = tmp_path / f"{framework}-{auth}-{provider}-{search}"
                folder.mkdir()
                text = node_runs.text_of(framework, auth, provider=provider, search=search)
                (folder / "gateway_client.ts").write_text(text, encoding="utf-8")
                assert [line for line in text.splitlines()[2:] if len(line) > 120 and "REFUSED =" not in line] == []
    for argv in (["tsc", "-p", "."], ["eslint", "--max-warnings", "0", "**/*.ts"]):
        program = str(tmp_path / "node_modules" / ".bin" / argv[0])
        done = subprocess.run([program, *argv[1:]], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{argv[0]}:\n{done.stdout[-3000:]}{done.stderr[-1000:]}"


@pytest.mark.part
@pytest.mark.parametrize("auth", AUTHS)
def test_all_pages_are_listed(client: NodeClient, auth: str) -> None:
    client.start(auth)
    ended = client.run(**{f"{VARIABLE}_TOKEN": client.gateway.tokens.issue()})
    assert (ended.code, ended.err) == (0, "")
    assert sorted(ended.lines) == sorted(client.gateway.names)
    assert client.gateway.listings == 3
    assert not {401, 403} & set(client.gateway.statuses)


@pytest.mark.part
def test_inside_a_request_the_token_comes_from_identity(client: NodeClient) -> None:
    client.start("custom-jwt", provider=PROVIDER, tokens=Tokens(uses=3))
    headers = {"Content-Type": "application/json", "WorkloadAccessToken": "sim-workload-token"}
    headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"] = "a-session-of-this-test-that-is-long-enough"
    with client.app() as url:
        request = urllib.request.Request(url, data=b"{}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.loads(response.read())
    assert sorted(answer["names"]) == sorted(client.gateway.names)
    fetched = [given for operation, given in client.identity.calls if operation == "GetResourceOauth2Token"]
    assert 401 in client.gateway.statuses
    assert client.gateway.tokens.issued == len(fetched) > 1
    assert {one["resourceCredentialProviderName"] for one in fetched} == {PROVIDER}
    assert fetched[0]["scopes"] == ["shop/read"]
    assert {one["oauth2Flow"] for one in fetched} == {"M2M"}


@pytest.mark.part
def test_outside_of_a_request_identity_gives_none(client: NodeClient) -> None:
    client.start("custom-jwt", provider=PROVIDER)
    assert "outside of a request" in said(client.run())
    assert not client.identity.requests


@pytest.mark.part
def test_a_token_that_is_about_to_end_is_replaced_before_it_is_refused(client: NodeClient) -> None:
    client.start("custom-jwt", tokens=Tokens(lifetime=30), replace={"return token;\n}\n\n/** When": REISSUED})
    ended = client.run(**{f"{VARIABLE}_TOKEN": client.gateway.tokens.issue()})
    assert ended.code == 0, ended.err
    assert ended.err.count("asked for a token") > 1
    assert 401 not in client.gateway.statuses


REISSUED = 'console.error("asked for a token");\n  return token;\n}\n\n/** When'


@pytest.mark.part
def test_keys_that_rotate_inside_an_open_connection_are_followed(client: NodeClient) -> None:
    client.start("aws-iam", keys=Keys(uses=4, overlap=True))
    ended = client.run()
    assert ended.code == 0, ended.err
    assert sorted(ended.lines) == sorted(client.gateway.names)
    assert client.gateway.keys.current.access != Keys().current.access


@pytest.mark.part
def test_without_its_variable_it_says_so_and_goes_on_without_tools(client: NodeClient) -> None:
    client.start("aws-iam")
    ended = client.run(**{f"{VARIABLE}_URL": None})
    assert (ended.code, ended.out) == (0, "")
    assert f"{VARIABLE}_URL is not set" in ended.err
    assert "agentcore deploy" in ended.err
    assert not client.gateway.requests


@pytest.mark.part
def test_a_wrong_token_is_a_plain_message_without_the_token(client: NodeClient) -> None:
    client.start("custom-jwt")
    text = said(client.run(**{f"{VARIABLE}_TOKEN": "wrong-token-0815"}))
    assert f"Gateway {NAME} answered 401" in text
    assert "audience shop-api" in text
    assert "wrong-token-0815" not in text


@pytest.mark.part
def test_a_missing_token_is_a_plain_message(client: NodeClient) -> None:
    client.start("custom-jwt")
    assert f"{VARIABLE}_TOKEN is not set" in said(client.run())


@pytest.mark.part
def test_a_wrong_key_is_a_plain_message(client: NodeClient) -> None:
    client.start("aws-iam")
    text = said(client.run(AWS_ACCESS_KEY_ID="SIMKEYWRONG", AWS_SECRET_ACCESS_KEY="wrong-0815"))
    assert f"Gateway {NAME} answered 403" in text
    assert "bedrock-agentcore:InvokeGateway" in text
    assert "wrong-0815" not in text


@pytest.mark.part
def test_missing_credentials_are_a_plain_message(client: NodeClient) -> None:
    client.start("aws-iam")
    assert "no AWS credentials" in said(client.run(AWS_CONTAINER_CREDENTIALS_FULL_URI=None))


@pytest.mark.part
def test_a_missing_region_is_a_plain_message(client: NodeClient) -> None:
    client.start("aws-iam")
    assert "set AWS_REGION" in said(client.run(AWS_REGION=None))


@pytest.mark.part
def test_a_gateway_that_does_not_answer_is_a_plain_message(client: NodeClient) -> None:
    client.start("none")
    client.gateway.stop()
    text = said(client.run())
    assert client.gateway.url in text
    assert "ECONNREFUSED" in text
    assert "agentcore-connect explain G12)" in text


@pytest.mark.part
def test_too_many_calls_are_a_plain_message(client: NodeClient) -> None:
    client.start("none")
    client.gateway.answer = lambda request: Reply(429, {"message": "Too many requests"})  # type: ignore[method-assign]
    text = said(client.run())
    assert f"Gateway {NAME} answered 429" in text
    assert "longer each time; agentcore-connect explain D17)" in text


@pytest.mark.part
def test_a_tool_of_the_last_page_is_bound_and_called(client: NodeClient) -> None:
    client.start("aws-iam")
    answer = client.use((LAST, "hello"))
    assert answer["outcomes"] == [f"{LAST} heard hello"]
    assert len(answer["names"]) == 45
    assert client.gateway.calls == [(LAST, {"text": "hello"})]


@pytest.mark.part
def test_an_answer_that_never_comes_fails_alone(client: NodeClient) -> None:
    if client.framework == "vercel-ai":
        pytest.skip("Node.js itself ends a request of which nothing came for 300 seconds")
    client.start("none", silent=frozenset({FIRST}), replace={"300_000": "1_000"})
    answer = client.use((FIRST, "lost"), (LAST, "hello"))
    assert answer["outcomes"][0].startswith("error: ")
    assert answer["outcomes"][1] == f"{LAST} heard hello"
    assert [name for name, _ in client.gateway.calls] == [FIRST, LAST], "a call was repeated"


@pytest.mark.part
def test_with_search_only_the_tools_found_are_bound(client: NodeClient) -> None:
    client.start("aws-iam", search=True)
    answer = client.use((LAST, "hello"), query="What is the weather?")
    assert sorted(answer["names"]) == sorted(client.gateway.found)
    assert answer["outcomes"] == [f"{LAST} heard hello"]
    assert [name for name, _ in client.gateway.calls] == [SEARCH, LAST]
