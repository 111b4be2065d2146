"""A direct call's code does what it says: signs in, calls, reads, and never shows or spreads the credential."""

from __future__ import annotations

import ast
import itertools
import json
from typing import Any

import pytest

from tests.artifacts.artifact_rendering import render
from tests.artifacts.artifact_runs import ConsentIdentity, Folder, Seen, Service
from tests.share import share_of
from tests.sim.gateway import GatewaySim
from tests.sim.http import Request
from tests.sim.identity import API_KEY, IdentitySim
from tests.sim.signing import Keys, fault
from tests.sim.tokens import Tokens

KEY = {"outbound_auth": "api-key", "credential": {"name": "Weather-Key", "env": "WEATHER_KEY"}}
OAUTH: dict[str, Any] = {
    "outbound_auth": "oauth",
    "credential": {"name": "Weather-OAuth", "env": "WEATHER_OAUTH"},
    "oauth": {"scopes": ["read", "write"], "return_url": "https://app.example.com/back"},
}
CALL = "import json, direct_weather as d; print(json.dumps(d.call_weather('/v1/days')))"
MCP_CALL = """
import asyncio, direct_weather as d
print(len(asyncio.run(d.list_tools())), asyncio.run(d.call_tool("Target1___tool-00", {"text": "hello"})))
"""


def write(folder: Folder, endpoint: str | None, **connection: Any) -> Folder:
    return folder.write("direct_weather.py", render("direct", endpoint=endpoint, **connection))


def identity_variables(identity: IdentitySim) -> dict[str, str]:
    return {**identity.environment(), **identity.keys.current.environment()}


def test_an_api_key_goes_into_the_header_that_was_named(folder: Folder) -> None:
    with Service() as service, IdentitySim(providers={"Weather-Key"}) as identity:
        place = {"location": "header", "parameter": "X-Weather", "prefix": "Key "}
        ended = write(folder, service.origin, **KEY, api_key=place).run("-c", CALL, **identity_variables(identity))
    assert json.loads(ended.lines[-1]) == {"ok": True}, ended.err
    assert service.seen[0].path == "/v1/days"
    assert service.seen[0].headers["x-weather"] == f"Key {API_KEY}"
    assert ("GetResourceApiKey", "Weather-Key") in [
        (name, given.get("resourceCredentialProviderName")) for name, given in identity.calls
    ]


def test_an_api_key_goes_into_the_query_beside_the_other_parameters(folder: Folder) -> None:
    code = "import direct_weather as d; d.call_weather('a b/c', {'q': 'x&y z'}, {'n': 1}, 'POST')"
    with Service() as service, IdentitySim() as identity:
        ended = write(folder, service.origin, **KEY, api_key={"location": "query", "parameter": "key"}).run(
            "-c", code, **identity_variables(identity)
        )
    assert ended.code == 0, ended.err
    assert service.seen[0].path == f"/a%20b/c?q=x%26y%20z&key={API_KEY}"
    assert (service.seen[0].method, service.seen[0].body) == ("POST", b'{"n": 1}')


@pytest.mark.parametrize(
    ("kind", "content", "returned"),
    [
        ("application/json", b'{"a": 1}', "{'a': 1}"),
        ("application/problem+json", b'{"a": 1}', "{'a': 1}"),
        ("text/csv; charset=latin-1", "gr\u00fcn".encode("latin-1"), "'gr\u00fcn'"),
        ("application/soap+xml", b"<a/>", "'<a/>'"),
        ("application/pdf", b"%PDF-\xe2\xe3", "b'%PDF-\\xe2\\xe3'"),
        ("image/png", b"\x89PNG", "b'\\x89PNG'"),
    ],
)
def test_a_file_comes_back_as_its_bytes_and_a_text_as_text(
    folder: Folder, kind: str, content: bytes, returned: str
) -> None:
    code = "import direct_weather as d; print(ascii(d.call_weather('/x')))"
    with Service(lambda _: (200, {"Content-Type": kind}, [content])) as service:
        ended = write(folder, service.origin).run("-c", code)
    assert ended.lines == [ascii(ast.literal_eval(returned))], ended.err


def test_in_local_development_the_key_comes_from_the_variable_and_nobody_is_asked(folder: Folder) -> None:
    with Service() as service, IdentitySim() as identity:
        local = {**identity_variables(identity), "LOCAL_DEV": "1", "AGENTCORE_CREDENTIAL_WEATHER_KEY": "local-key"}
        ended = write(folder, service.origin, **KEY).run("-c", CALL, **local)
        assert ended.code == 0, ended.err
        del local["AGENTCORE_CREDENTIAL_WEATHER_KEY"]
        without = folder.run("-c", CALL, **local)
    assert service.seen[0].headers["x-api-key"] == "local-key"
    assert "AGENTCORE_CREDENTIAL_WEATHER_KEY is empty" in without.err
    assert identity.calls == []
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    ("grant", "flow"), [("client-credentials", "M2M"), ("token-exchange", "ON_BEHALF_OF_TOKEN_EXCHANGE")]
)
def test_a_token_is_asked_for_with_its_flow_and_scopes(folder: Folder, grant: str, flow: str) -> None:
    with Service() as service, IdentitySim() as identity:
        ended = write(folder, service.origin, **OAUTH, grant=grant).run("-c", CALL, **identity_variables(identity))
    assert ended.code == 0, ended.err
    asked = dict(identity.calls)["GetResourceOauth2Token"]
    assert (asked["oauth2Flow"], asked["scopes"]) == (flow, ["read", "write"])
    scheme, _, token = service.seen[0].headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    assert identity.tokens.accept(token)


def test_the_user_is_asked_for_consent_at_once_and_after_it_the_call_works(folder: Folder) -> None:
    code = """
import direct_weather as d
try:
    d.call_weather("/v1/days")
except d.ConsentNeeded as needed:
    print(needed)
d.finish_consent("us-east-1", "urn:ietf:params:oauth:request_uri:abc", user_id="u1")
print(d.call_weather("/v1/days"))
"""
    with Service() as service, ConsentIdentity() as identity:
        ended = write(folder, service.origin, **OAUTH, grant="authorization-code").run(
            "-c", code, **identity_variables(identity)
        )
    assert ended.code == 0, ended.err
    assert "https://idp.example.com/consent?x=1" in ended.out
    assert ended.lines[-1] == "{'ok': True}"
    asked = dict(identity.calls)["GetResourceOauth2Token"]
    assert asked["resourceOauth2ReturnUrl"] == "https://app.example.com/back"
    assert identity.complete == {
        "userIdentifier": {"userId": "u1"},
        "sessionUri": "urn:ietf:params:oauth:request_uri:abc",
    }
    assert len(service.seen) == 1


def test_the_callers_own_token_is_handed_on(folder: Folder) -> None:
    code = """
from bedrock_agentcore.runtime import BedrockAgentCoreContext
import direct_weather as d
try:
    d.call_weather("/v1/days")
except RuntimeError as problem:
    print(problem)
BedrockAgentCoreContext.set_request_headers({"authorization": "Bearer users-own"})
print(d.call_weather("/v1/days"))
"""
    with Service() as service:
        ended = write(folder, service.origin, outbound_auth="jwt-passthrough").run("-c", code)
    assert ended.code == 0, ended.err
    assert "no bearer token came with this request" in ended.lines[0]
    assert [seen.headers["authorization"] for seen in service.seen] == ["Bearer users-own"]


@pytest.mark.parametrize("auth", ["iam", "caller-iam"])
def test_a_signed_call_is_signed_over_what_is_sent(folder: Folder, auth: str) -> None:
    code = "import direct_weather as d; d.call_weather('x y/ü:z', {'q': 'a/b c', 'm': ['1', '2']}, {'n': 1}, 'POST')"
    keys = Keys()
    with Service() as service:
        signing = {"service": "execute-api", "region": "eu-west-1"}
        ended = write(folder, f"{service.origin}/prod", outbound_auth=auth, sigv4=signing).run(
            "-c", code, **keys.current.environment()
        )
        assert ended.code == 0, ended.err
        seen = service.seen[0]
        request = Request(seen.method, seen.path, seen.headers, seen.body)
        assert fault(request, service.origin, keys.current, "execute-api", "eu-west-1") is None
        assert fault(request, service.origin, keys.current, "execute-api", "us-east-1") is not None


def test_without_a_region_in_the_plan_it_comes_from_the_variable(folder: Folder) -> None:
    keys = Keys()
    with Service() as service:
        write(folder, service.origin, outbound_auth="iam", sigv4={"service": "lambda", "region": None})
        none = folder.run("-c", CALL, **keys.current.environment())
        some = folder.run("-c", CALL, AWS_REGION="eu-north-1", **keys.current.environment())
    assert "signing needs AWS credentials and a Region" in none.err
    assert some.code == 0, some.err
    assert "/eu-north-1/lambda/aws4_request" in service.seen[0].headers["authorization"]


@pytest.mark.parametrize("kind", ["none", "header", "query", "token"])
def test_all_tools_of_an_mcp_server_are_listed_and_one_is_called(folder_of_either_mcp: Folder, kind: str) -> None:
    tokens = Tokens()
    options: dict[str, Any] = {
        "none": {},
        "header": {**KEY, "api_key": {"location": "header", "parameter": "X-Key", "prefix": None}},
        "query": {**KEY, "api_key": {"location": "query", "parameter": "key"}},
        "token": {**OAUTH, "grant": "client-credentials"},
    }[kind]
    with (
        GatewaySim("custom-jwt" if kind == "token" else "none", tokens=tokens) as server,
        IdentitySim(tokens) as identity,
    ):
        server_url = f"{server.url}?qualifier=DEFAULT" if kind == "query" else server.url
        strip_query(server)
        ended = write(folder_of_either_mcp, server_url, service="mcp-server", **options).run(
            "-c", MCP_CALL, **identity_variables(identity)
        )
    assert ended.lines[-1] == "45 Target1___tool-00 heard hello", ended.err
    sent = server.requests[0]
    assert sent.headers.get("x-key") == (API_KEY if kind == "header" else None)
    assert ORIGINAL_PATHS[0] == ("/mcp" + ("?qualifier=DEFAULT&key=" + API_KEY if kind == "query" else ""))


ORIGINAL_PATHS: list[str] = []


def strip_query(server: GatewaySim) -> None:
    """Let the stand-in answer whatever the query is, and note the paths as they came."""
    ORIGINAL_PATHS.clear()
    answer = server.answer

    def answer_path(request: Request) -> Any:
        ORIGINAL_PATHS.append(request.path)
        return answer(Request(request.method, request.path.partition("?")[0], request.headers, request.body))

    server.answer = answer_path  # type: ignore[method-assign]


def test_an_mcp_server_on_a_runtime_is_called_with_a_signature(folder_of_either_mcp: Folder) -> None:
    keys = Keys()
    with GatewaySim("aws-iam", keys=keys) as server:
        signing = {"service": "bedrock-agentcore", "region": "us-east-1"}
        ended = write(folder_of_either_mcp, server.url, service="mcp-server", outbound_auth="iam", sigv4=signing).run(
            "-c", MCP_CALL, **keys.current.environment()
        )
    assert ended.lines[-1] == "45 Target1___tool-00 heard hello", ended.err


def test_a_tool_that_fails_is_an_error_with_what_it_said(folder_of_either_mcp: Folder) -> None:
    code = "import asyncio, direct_weather as d; asyncio.run(d.call_tool('nothing'))"
    with GatewaySim() as server:
        ended = write(folder_of_either_mcp, server.url, service="mcp-server").run("-c", code)
    assert ended.err.strip().endswith("RuntimeError: nothing: Unknown tool: nothing")


def test_a_stream_is_read_while_it_arrives(folder: Folder) -> None:
    import threading

    heard = threading.Event()

    def answer(seen: Seen) -> Any:
        def events() -> Any:
            yield b": a comment\n\ndata: first\n\n"
            assert heard.wait(60)
            yield b"event: end\ndata: second\n\n"

        if seen.path == "/heard":
            heard.set()
            return 200, {}, []
        return 200, {"Content-Type": "text/event-stream"}, events()

    code = """
import sys, urllib.request, direct_weather as d
lines = d.stream_weather("/ask", body={"q": 1})
print(next(lines), flush=True)
urllib.request.urlopen(sys.argv[1] + "/heard").close()
print(*lines)
"""
    with Service(answer) as service:
        ended = write(folder, service.origin, direct_reason="streaming").run("-c", code, service.origin)
    assert ended.lines == ["first", "second"], ended.err
    assert service.seen[0].headers["accept"].startswith("text/event-stream")


def test_the_vendors_client_gets_a_fresh_credential_inside_the_call(folder: Folder) -> None:
    code = "import direct_weather as d; print(d.with_secret(lambda secret: f'used {secret}'))"
    with IdentitySim() as identity:
        ended = write(folder, None, **KEY, direct_reason="vendor-sdk").run("-c", code, **identity_variables(identity))
    assert ended.lines[-1] == f"used {API_KEY}", ended.err


def test_a_lambda_function_is_invoked_and_its_failure_told(folder: Folder) -> None:
    def answer(seen: Seen) -> Any:
        if b"bad" in seen.body:
            return 200, {"X-Amz-Function-Error": "Unhandled"}, [b'{"errorMessage": "no such city"}']
        return 200, {}, [b'{"sum": 3}']

    code = """
import direct_weather as d
print(d.invoke_weather({"a": 1}))
try:
    d.invoke_weather({"a": "bad"})
except RuntimeError as problem:
    print(problem)
"""
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    with Service(answer) as service:
        ended = write(folder, None, service="lambda", lambda_arn=arn, outbound_auth="iam").run(
            "-c", code, AWS_ENDPOINT_URL_LAMBDA=service.origin, **Keys().current.environment()
        )
    assert ended.lines == ["{'sum': 3}", f"{arn}: no such city"], ended.err


def test_an_aws_client_is_made_without_any_credential_of_the_plan(folder: Folder) -> None:
    code = "import direct_weather as d; s3 = d.aws_client('s3'); print(s3.meta.region_name, s3 is d.aws_client('s3'))"
    write(folder, None, service="aws-service", direct_reason="aws-sdk", outbound_auth="iam")
    assert folder.run("-c", code, AWS_REGION="eu-west-1").lines == ["eu-west-1 True"]


def test_importing_asks_for_nothing_and_no_public_function_has_a_secret_parameter(folder: Folder) -> None:
    code = """
import inspect, direct_weather as d
for name, function in vars(d).items():
    if inspect.isfunction(function) and function.__module__ == d.__name__ and not name.startswith("_"):
        print(name, *inspect.signature(function).parameters)
"""
    shapes = (("none", "other"), ("streaming", "other"), ("vendor-sdk", "other"), ("none", "mcp-server"))
    kinds = (KEY, {**OAUTH, "grant": "client-credentials"}, {**OAUTH, "grant": "token-exchange"})
    for (shape, service), options in share_of(list(itertools.product(shapes, kinds)), one_in=5):
        with IdentitySim() as identity:
            write(folder, "https://api.example.com", direct_reason=shape, service=service, **options)
            ended = folder.run("-c", code, **identity_variables(identity))
        assert ended.code == 0, ended.err
        assert identity.requests == []
        assert not {"api_key", "access_token", "token", "secret", "key"} & set(ended.out.split())
        assert ended.out


def test_outside_of_a_request_it_says_so_instead_of_making_identities(folder: Folder) -> None:
    with Service() as service, IdentitySim() as identity:
        ended = write(folder, service.origin, **KEY).run(
            "-c", CALL, DOCKER_CONTAINER="1", **identity_variables(identity)
        )
    assert "RuntimeError: AgentCore Identity gives nothing outside of a request" in ended.err
    assert identity.calls == []
    assert service.seen == []


def test_a_refusal_is_told_without_the_key(folder: Folder) -> None:
    with Service(lambda seen: (401, {}, [b"who are you?"])) as service, IdentitySim() as identity:
        ended = write(folder, service.origin, **KEY).run("-c", CALL, **identity_variables(identity))
    assert ended.err.strip().endswith("RuntimeError: GET /v1/days: 401 Unauthorized: who are you?")
    assert API_KEY not in ended.err


def test_a_redirect_to_another_host_does_not_carry_the_credential(folder: Folder) -> None:
    with Service() as elsewhere, IdentitySim() as identity:
        with Service(lambda seen: (302, {"Location": f"{elsewhere.origin}/there"}, [])) as service:
            ended = write(folder, service.origin, **OAUTH, grant="client-credentials").run(
                "-c", CALL, **identity_variables(identity)
            )
        assert ended.code == 0, ended.err
        assert "authorization" in service.seen[0].headers
        assert "authorization" not in elsewhere.seen[0].headers


def test_a_path_cannot_leave_the_endpoint(folder: Folder) -> None:
    code = "import direct_weather as d; d.call_weather('/days/../../admin')"
    with Service() as service:
        ended = write(folder, f"{service.origin}/v1").run("-c", code)
    assert "ValueError: '/days/../../admin' leaves the endpoint" in ended.err
    assert service.seen == []


def test_an_endpoint_that_is_not_known_is_asked_for_by_name(folder: Folder) -> None:
    with Service() as service:
        write(folder, None)
        assert "set WEATHER_ENDPOINT" in folder.run("-c", CALL).err
        assert folder.run("-c", CALL, WEATHER_ENDPOINT=service.origin).code == 0


def test_the_checks_above_would_notice_a_credential_that_is_spread_and_a_listing_that_is_cut(folder: Folder) -> None:
    """The same runs with the code broken: what came out right before comes out wrong now."""
    text = render("direct", endpoint="http://127.0.0.1:1", outbound_auth="jwt-passthrough")
    assert "add_unredirected_header(" in text
    code = """
from bedrock_agentcore.runtime import BedrockAgentCoreContext
import direct_weather as d
BedrockAgentCoreContext.set_request_headers({"authorization": "Bearer users-own"})
d.call_weather("/v1/days")
"""
    with Service() as elsewhere, Service(lambda seen: (302, {"Location": f"{elsewhere.origin}/x"}, [])) as service:
        broken = text.replace("add_unredirected_header(", "add_header(").replace("http://127.0.0.1:1", service.origin)
        assert folder.write("direct_weather.py", broken).run("-c", code).code == 0
    assert elsewhere.seen[0].headers["authorization"] == "Bearer users-own"

    with GatewaySim() as server:
        text = render("direct", endpoint=server.url, service="mcp-server")
        cut = text.replace('cursor = _either(page, "next_cursor", "nextCursor")', "cursor = None")
        assert cut != text
        ended = folder.write("direct_weather.py", cut).run("-c", MCP_CALL)
    assert ended.lines[-1].startswith("20 "), ended.err
