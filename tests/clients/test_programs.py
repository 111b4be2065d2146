"""Each client as a program: it prints the names of the gateway's tools, or says in plain words why it cannot."""

from __future__ import annotations

import pytest

from agentcore_connect.app.diagnose import diagnose
from tests.clients.client_runs import NAME, PROVIDER, VARIABLE, Client, text_of
from tests.sim.http import Reply
from tests.sim.signing import Keys
from tests.sim.tokens import Tokens

pytestmark = pytest.mark.part

AUTHS = ("none", "aws-iam", "custom-jwt")


@pytest.mark.parametrize("auth", AUTHS)
def test_all_pages_are_listed(client: Client, environment: str, auth: str) -> None:
    client.start(auth)
    ended = client.run()
    assert ended.code == 0, ended.err
    assert sorted(ended.lines) == sorted(client.gateway.names)
    assert len(client.gateway.names) == 45
    assert client.gateway.listings >= 3
    assert not {401, 403} & set(client.gateway.statuses)
    assert "Traceback" not in ended.err


@pytest.mark.shared
def test_a_token_is_fetched_once_for_a_connection(client: Client, environment: str) -> None:
    client.start("custom-jwt")
    assert client.run().code == 0
    fetched = [given for operation, given in client.identity.calls if operation == "GetResourceOauth2Token"]
    assert len(fetched) == 1
    assert fetched[0]["resourceCredentialProviderName"] == PROVIDER
    assert fetched[0]["scopes"] == ["shop/read"]
    assert fetched[0]["oauth2Flow"] == "M2M"


@pytest.mark.shared
def test_a_token_that_ends_inside_an_open_connection_is_replaced(client: Client, environment: str) -> None:
    client.start("custom-jwt", tokens=Tokens(uses=3))
    ended = client.run()
    assert ended.code == 0, ended.err
    assert sorted(ended.lines) == sorted(client.gateway.names)
    assert 401 in client.gateway.statuses
    assert client.gateway.tokens.issued > 1


@pytest.mark.shared
def test_a_token_that_is_about_to_end_is_replaced_before_it_is_refused(client: Client, environment: str) -> None:
    client.start("custom-jwt", tokens=Tokens(lifetime=30))
    assert client.run().code == 0
    assert client.gateway.tokens.issued > 1
    assert 401 not in client.gateway.statuses


def test_keys_that_rotate_inside_an_open_connection_are_followed(client: Client, environment: str) -> None:
    client.start("aws-iam", keys=Keys(uses=2))
    ended = client.run()
    assert ended.code == 0, ended.err
    assert sorted(ended.lines) == sorted(client.gateway.names)
    assert client.gateway.keys.current.access != Keys().current.access


def test_without_its_variable_it_says_so_and_goes_on_without_tools(client: Client, environment: str) -> None:
    client.start("aws-iam")
    ended = client.run(**{f"{VARIABLE}_URL": None})
    assert (ended.code, ended.out) == (0, "")
    assert f"{VARIABLE}_URL is not set" in ended.err
    assert "agentcore deploy" in ended.err
    assert not client.gateway.requests


@pytest.mark.shared
def test_a_token_from_the_environment_serves_where_no_provider_is_known(client: Client, environment: str) -> None:
    client.start("custom-jwt", provider=None)
    ended = client.run(**{f"{VARIABLE}_TOKEN": client.gateway.tokens.issue()})
    assert ended.code == 0, ended.err
    assert sorted(ended.lines) == sorted(client.gateway.names)
    assert not client.identity.requests


def test_a_wrong_token_is_a_plain_message_without_the_token(client: Client, environment: str) -> None:
    client.start("custom-jwt", provider=None)
    said = client.run(**{f"{VARIABLE}_TOKEN": "wrong-token-0815"}).failed_plainly()
    assert f"Gateway {NAME} answered 401" in said
    assert "audience shop-api" in said
    assert "agentcore-connect explain D1)" in said
    assert "wrong-token-0815" not in said


@pytest.mark.shared
def test_a_missing_token_is_a_plain_message(client: Client, environment: str) -> None:
    client.start("custom-jwt", provider=None)
    assert f"{VARIABLE}_TOKEN is not set" in client.run().failed_plainly()


@pytest.mark.shared
def test_a_wrong_key_is_a_plain_message(client: Client, environment: str) -> None:
    client.start("aws-iam")
    said = client.run(AWS_ACCESS_KEY_ID="SIMKEYWRONG", AWS_SECRET_ACCESS_KEY="wrong-0815").failed_plainly()
    assert f"Gateway {NAME} answered 403" in said
    assert "bedrock-agentcore:InvokeGateway" in said
    assert "agentcore-connect explain D13)" in said
    assert "wrong-0815" not in said


@pytest.mark.shared
def test_missing_credentials_are_a_plain_message(client: Client, environment: str) -> None:
    client.start("aws-iam")
    assert "no AWS credentials" in client.run(AWS_CONTAINER_CREDENTIALS_FULL_URI=None).failed_plainly()


@pytest.mark.shared
def test_a_missing_region_is_a_plain_message(client: Client, environment: str) -> None:
    client.start("aws-iam")
    assert "set AWS_REGION" in client.run(AWS_REGION=None).failed_plainly()


def test_a_gateway_that_does_not_answer_is_a_plain_message(client: Client, environment: str) -> None:
    client.start("none")
    client.gateway.stop()
    said = client.run().failed_plainly()
    assert client.gateway.url in said
    assert "agentcore-connect explain G12)" in said


@pytest.mark.shared
def test_too_many_calls_are_a_plain_message(client: Client, environment: str) -> None:
    client.start("none")
    client.gateway.answer = lambda request: Reply(429, {"message": "Too many requests"})  # type: ignore[method-assign]
    said = client.run().failed_plainly()
    assert f"Gateway {NAME} answered 429" in said
    assert "Too many requests" in said
    assert "wait before each new try, and longer each time; agentcore-connect explain D17)" in said


@pytest.mark.parametrize(("status", "entry"), [(401, "D1"), (403, "D13"), (429, "D17")])
def test_the_entries_are_those_that_diagnose_finds(status: int, entry: str) -> None:
    text = text_of("mcp", "none")
    assert f'{status}: "{entry}"' in text
    url = "https://x.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"
    at = f"No tools from gateway {NAME} at {url}"
    refusal = f"Gateway {NAME} answered {status}: no\n{at}: Client error '{status} no' for url '{url}'"
    assert diagnose(refusal).matches[0].id == entry
    assert diagnose(f"{at}: All connection attempts failed").matches[0].id == "G12"


def test_importing_does_nothing(client: Client, environment: str) -> None:
    client.start("custom-jwt")
    before = set(client.folder.iterdir())
    ended = client.python("import sys; sys.dont_write_bytecode = True; import gateway_client")
    assert (ended.code, ended.out) == (0, ""), ended.err
    assert not client.gateway.requests
    assert not client.identity.requests
    assert set(client.folder.iterdir()) == before
