"""One agent asks another by A2A: in the version that its card names, or the one that gets through, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.artifacts.artifact_rendering import render
from tests.artifacts.artifact_runs import Folder, Seen, Service
from tests.sim.http import Request
from tests.sim.identity import IdentitySim
from tests.sim.signing import Keys, fault

ASK = "import a2a_planner as a; print(a.ask_planner('plan my day', 'c' * 40))"
NEW_CARD = {
    "name": "planner",
    "supportedInterfaces": [
        {"url": "https://elsewhere.example.com/", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    ],
}
OLD_CARD = {"name": "planner", "protocolVersion": "0.3.0", "url": "https://elsewhere.example.com/"}


class Agent:
    """An A2A agent of one version; `passes_version`: whether the header with the version reaches it."""

    def __init__(self, version: str, *, compatible: bool = False, passes_version: bool = True) -> None:
        self.version = version
        self.spoken = {version, "0.3"} if compatible else {version}
        self.passes_version = passes_version

    def __call__(self, seen: Seen) -> Any:
        if seen.path.partition("?")[0].endswith("/.well-known/agent-card.json"):
            return reply(NEW_CARD if self.version == "1.0" else OLD_CARD)
        call = json.loads(seen.body)
        method, message = call["method"], call["params"]["message"]
        asked = (seen.headers.get("a2a-version") if self.passes_version else None) or "0.3"
        if method == "SendMessage" and "1.0" in self.spoken:
            if asked != "1.0":
                return reply({"id": call["id"], "error": {"code": -32009, "message": "version not supported"}})
            assert message["role"] == "ROLE_USER"
            text = message["parts"][0]["text"]
            return reply({"id": call["id"], "result": {"message": {"parts": [{"text": f"1.0 heard {text}"}]}}})
        if method == "message/send" and "0.3" in self.spoken:
            assert message["parts"][0]["kind"] == "text"
            text = message["parts"][0]["text"]
            task = {
                "kind": "task",
                "status": {"state": "completed"},
                "artifacts": [{"parts": [{"kind": "text", "text": f"0.3 heard {text}"}]}],
            }
            return reply({"id": call["id"], "result": task})
        return reply({"id": call["id"], "error": {"code": -32601, "message": "method not found"}})


def reply(body: Any) -> Any:
    return 200, {"Content-Type": "application/json"}, [json.dumps(body).encode()]


def write(folder: Folder, endpoint: str | None, gateway: dict[str, Any] | None = None, **connection: Any) -> Folder:
    text = render(
        *("a2a-client", gateway),
        **{"name": "Planner", "ident": "planner", "redirect": "a2a", "endpoint": endpoint, **connection},
    )
    return folder.write("a2a_planner.py", text)


@pytest.mark.parametrize(
    ("agent", "heard"),
    [
        (Agent("1.0"), "1.0"),
        (Agent("0.3"), "0.3"),
        (Agent("1.0", compatible=True, passes_version=False), "0.3"),
    ],
    ids=["1.0", "0.3", "1.0-without-its-header"],
)
def test_the_version_is_the_cards_or_the_one_that_gets_through(folder: Folder, agent: Agent, heard: str) -> None:
    with Service(agent) as service:
        ended = write(folder, f"{service.origin}/runtimes/x/invocations?qualifier=DEFAULT").run("-c", ASK)
    assert ended.lines == [f"{heard} heard plan my day"], ended.err
    assert service.seen[0].path == "/runtimes/x/invocations/.well-known/agent-card.json?qualifier=DEFAULT"
    assert service.seen[-1].path == "/runtimes/x/invocations?qualifier=DEFAULT"
    assert service.seen[-1].headers["x-amzn-bedrock-agentcore-runtime-session-id"] == "c" * 40
    assert json.loads(service.seen[-1].body)["params"]["message"]["contextId"] == "c" * 40


def test_a_token_is_fetched_for_each_request_and_goes_to_no_other_host(folder: Folder) -> None:
    with Service(Agent("1.0")) as service, IdentitySim() as identity:
        ended = write(
            folder,
            service.origin,
            outbound_auth="oauth",
            grant="client-credentials",
            credential={"name": "PlannerM2M"},
        ).run("-c", ASK, **identity.environment(), **identity.keys.current.environment())
    assert ended.lines[-1] == "1.0 heard plan my day", ended.err
    sent = [seen.headers["authorization"] for seen in service.seen]
    assert len(set(sent)) == len(sent) == 2
    assert all(identity.tokens.accept(one.removeprefix("Bearer ")) for one in sent)


def test_with_iam_the_card_and_the_message_are_signed(folder: Folder) -> None:
    keys = Keys()
    with Service(Agent("1.0")) as service:
        signing = {"service": "bedrock-agentcore", "region": "us-east-1"}
        ended = write(folder, service.origin, outbound_auth="iam", sigv4=signing).run(
            "-c", ASK, **keys.current.environment()
        )
        for seen in service.seen:
            request = Request(seen.method, seen.path, seen.headers, seen.body)
            assert fault(request, service.origin, keys.current, "bedrock-agentcore", "us-east-1") is None
    assert ended.code == 0, ended.err
    assert len(service.seen) == 2


def test_a_task_that_failed_is_an_error_with_its_message(folder: Folder) -> None:
    task = {"status": {"state": "TASK_STATE_FAILED", "message": {"parts": [{"text": "no calendar"}]}}}
    with Service(lambda seen: reply({"result": {"task": task}} if seen.body else NEW_CARD)) as service:
        ended = write(folder, service.origin).run("-c", ASK)
    assert ended.err.strip().endswith("RuntimeError: the agent did not do it (TASK_STATE_FAILED): no calendar")


def test_a_refusal_is_told(folder: Folder) -> None:
    with Service(lambda _: (403, {}, [b"Authorization method mismatch"])) as service:
        ended = write(folder, service.origin).run("-c", ASK)
    assert "RuntimeError: /.well-known/agent-card.json: 403 Forbidden: Authorization method mismatch" in ended.err


def test_through_a_gateway_it_signs_in_to_the_gateway(folder: Folder) -> None:
    with Service(Agent("0.3")) as service, IdentitySim(providers={"MyGateway-oauth"}) as identity:
        gateway = {"inbound_auth": "custom-jwt", "token_provider": "MyGateway-oauth", "allowed_scopes": ["gw/call"]}
        write(folder, "https://agent.example.com", gateway, target_type="passthrough", outbound_auth="iam")
        variables = {**identity.environment(), **identity.keys.current.environment()}
        unknown = folder.run("-c", ASK, **variables)
        ended = folder.run("-c", ASK, AGENTCORE_GATEWAY_MYGATEWAY_URL=f"{service.origin}/mcp", **variables)
    assert "is no address to call" in unknown.err
    assert ended.lines[-1] == "0.3 heard plan my day", ended.err
    assert [seen.path for seen in service.seen] == ["/Planner/.well-known/agent-card.json", "/Planner"]
    assert dict(identity.calls)["GetResourceOauth2Token"]["scopes"] == ["gw/call"]
