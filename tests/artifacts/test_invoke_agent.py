"""The program that calls an agent: a token or a signature, the right path, the answer as it arrives, readable words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.artifacts.artifact_rendering import render
from tests.artifacts.artifact_runs import Folder, Seen, Service
from tests.sim.http import Request
from tests.sim.signing import Keys, fault

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/chat_agent-Lk2Jh3Gf4D"
URL = f"https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/{quote(ARN, safe='')}/invocations?qualifier=DEFAULT"
ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"
GATEWAY = {"region": "us-east-1", "inbound_auth": "none"}


def events(_: Seen) -> Any:
    return 200, {"Content-Type": "text/event-stream"}, [b'data: "Take a', b'"\n\n', b"data: coat.\n\n"]


def whole(_: Seen) -> Any:
    return 200, {"Content-Type": "application/json"}, [b'{"result": "Take a coat."}']


def write(folder: Folder, endpoint: str | None = URL) -> Folder:
    return folder.write("invoke_agent.py", render("invoke-agent", redirect="invoke-agent-runtime", endpoint=endpoint))


@pytest.mark.parametrize("endpoint", [URL, ARN, URL.replace("%3A", ":").replace("%2F", "/")])
def test_without_a_token_the_call_is_signed(folder: Folder, endpoint: str) -> None:
    keys = Keys()
    with Service(events) as service:
        ended = write(folder, endpoint).run(
            "invoke_agent.py", "cold?", "--user-id", "u1", **keys.current.environment(), **{ENDPOINT: service.origin}
        )
        seen = service.seen[0]
        request = Request(seen.method, seen.path, seen.headers, seen.body)
        assert fault(request, service.origin, keys.current, "bedrock-agentcore", "us-east-1") is None
    assert ended.lines == ['"Take a"', "coat."], ended.err
    assert seen.path == f"/runtimes/{quote(ARN, safe='')}/invocations?qualifier=DEFAULT"
    assert json.loads(seen.body) == {"prompt": "cold?"}
    assert len(seen.headers["x-amzn-bedrock-agentcore-runtime-session-id"]) >= 33
    assert seen.headers["x-amzn-bedrock-agentcore-runtime-user-id"] == "u1"


def test_with_a_token_it_goes_by_plain_https_and_nothing_is_signed(folder: Folder) -> None:
    session = "conversation-0123456789-0123456789-x"
    with Service(whole) as service:
        ended = write(folder).run(
            *("invoke_agent.py", "cold?", "--session", session),
            **{ENDPOINT: service.origin, "AGENT_BEARER_TOKEN": "users-token"},
        )
    assert ended.lines == ['{"result": "Take a coat."}'], ended.err
    seen = service.seen[0]
    assert seen.headers["authorization"] == "Bearer users-token"
    assert seen.headers["x-amzn-bedrock-agentcore-runtime-session-id"] == session
    assert seen.path == f"/runtimes/{quote(ARN, safe='')}/invocations?qualifier=DEFAULT"


def test_each_callers_own_token_goes_before_that_of_the_process(folder: Folder) -> None:
    code = "import invoke_agent as a; [list(a.ask('cold?', token=one)) for one in ('anns', 'bobs')]"
    with Service(whole) as service:
        ended = write(folder).run("-c", code, **{ENDPOINT: service.origin, "AGENT_BEARER_TOKEN": "of-the-process"})
    assert ended.code == 0, ended.err
    assert [seen.headers["authorization"] for seen in service.seen] == ["Bearer anns", "Bearer bobs"]


@pytest.mark.parametrize(
    ("agent", "endpoint"),
    [
        (f"{ARN}/runtime-endpoint/prod", "prod"),
        (URL.replace("DEFAULT", "prod"), "prod"),
        (URL.split("?")[0], "DEFAULT"),
        (URL.split("/arn")[0] + "/chat_agent-Lk2Jh3Gf4D/invocations?qualifier=prod&accountId=123456789012", "prod"),
        (URL.split("/arn")[0] + "/chat_agent-Lk2Jh3Gf4D/invocations?accountId=123456789012", "DEFAULT"),
    ],
)
@pytest.mark.parametrize("token", [None, "users-token"])
def test_the_endpoint_of_the_runtime_that_is_named_is_the_one_called(
    folder: Folder, agent: str, endpoint: str, token: str | None
) -> None:
    with Service(whole) as service:
        variables = {ENDPOINT: service.origin, **Keys().current.environment()}
        more = {"AGENT_BEARER_TOKEN": token} if token else {}
        ended = write(folder, agent).run("invoke_agent.py", "x", **variables, **more)
    assert ended.lines == ['{"result": "Take a coat."}'], ended.err
    assert service.seen[0].path == f"/runtimes/{quote(ARN, safe='')}/invocations?qualifier={endpoint}"


@pytest.mark.parametrize("token", [None, "users-token"])
def test_a_refusal_says_that_a_runtime_takes_one_way_only(folder: Folder, token: str | None) -> None:
    refused = {"x-amzn-ErrorType": "AccessDeniedException", "Content-Type": "application/json"}
    message = b'{"message": "Authorization method mismatch"}'
    with Service(lambda _: (403, refused, [message])) as service:
        variables = {ENDPOINT: service.origin, **Keys().current.environment()}
        ended = write(folder).run(
            "invoke_agent.py", "x", **variables, **({"AGENT_BEARER_TOKEN": token} if token else {})
        )
    assert ended.code == 1
    assert "Authorization method mismatch" in ended.err
    assert "never both" in ended.err
    assert "Traceback" not in ended.err
    assert "users-token" not in ended.err
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "chat_agent",
        "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/chat-abcdefghij",
        "arn:aws:bedrock-agentcore:us-east-1:1234:runtime/chat_agent-Lk2Jh3Gf4D",
        "https://example.com/runtimes/x/invocations",
    ],
)
def test_what_is_no_runtime_is_refused_before_anything_is_sent(folder: Folder, wrong: str) -> None:
    ended = write(folder, wrong).run("invoke_agent.py", "x")
    assert ended.code == 2
    assert "is neither the ARN nor the URL of a runtime" in ended.err
    assert "Traceback" not in ended.err


def test_the_variable_goes_before_what_the_plan_knew(folder: Folder) -> None:
    other = ARN.replace("chat_agent", "other_agent")
    with Service(whole) as service:
        write(folder).run(
            "invoke_agent.py", "x", AGENT_RUNTIME_ARN=other, AGENT_BEARER_TOKEN="t", **{ENDPOINT: service.origin}
        )
    assert quote(other, safe="") in service.seen[0].path


def through_gateway(folder: Folder, inbound: str, **gateway: Any) -> Folder:
    text = render("invoke-agent", {**GATEWAY, "inbound_auth": inbound, **gateway}, redirect="gateway-fronts-runtime")
    return folder.write("invoke_agent.py", text)


@pytest.mark.parametrize("ending", ["", "/", "/mcp"])
def test_through_a_gateway_the_path_is_the_targets(folder: Folder, ending: str) -> None:
    with Service(events) as service:
        ended = through_gateway(folder, "none").run("invoke_agent.py", "x", AGENT_GATEWAY_URL=service.origin + ending)
    assert ended.lines == ['"Take a"', "coat."], ended.err
    assert service.seen[0].path == "/Weather/invocations"


def test_through_a_gateway_with_iam_the_call_is_signed_for_it(folder: Folder) -> None:
    keys = Keys()
    with Service(whole) as service:
        ended = through_gateway(folder, "aws-iam").run(
            "invoke_agent.py", "x", AGENT_GATEWAY_URL=service.origin, **keys.current.environment()
        )
        seen = service.seen[0]
        request = Request(seen.method, seen.path, seen.headers, seen.body)
        assert fault(request, service.origin, keys.current, "bedrock-agentcore", "us-east-1") is None
    assert ended.code == 0, ended.err


def test_through_a_gateway_with_jwt_a_token_is_needed(folder: Folder) -> None:
    with Service(whole) as service:
        through_gateway(folder, "custom-jwt")
        without = folder.run("invoke_agent.py", "x", AGENT_GATEWAY_URL=service.origin)
        folder.run("invoke_agent.py", "x", AGENT_GATEWAY_URL=service.origin, AGENT_BEARER_TOKEN="t")
    assert (without.code, "set AGENT_BEARER_TOKEN" in without.err) == (2, True)
    assert [seen.headers["authorization"] for seen in service.seen] == ["Bearer t"]


def test_a_gateway_that_is_known_is_in_the_program(folder: Folder) -> None:
    text = render(
        "invoke-agent", {**GATEWAY, "id": "demo-abcde12345", "region": "eu-west-1"}, redirect="gateway-fronts-runtime"
    )
    assert "https://demo-abcde12345.gateway.bedrock-agentcore.eu-west-1.amazonaws.com" in text
    unknown = through_gateway(folder, "none").run("invoke_agent.py", "x")
    assert (unknown.code, "set AGENT_GATEWAY_URL" in unknown.err) == (2, True)
