"""Proof that the tests of this folder can fail: clients with a known mistake are noticed."""

from __future__ import annotations

import pytest

from tests.clients.client_runs import Client
from tests.sim.signing import Keys
from tests.sim.tokens import Tokens

pytestmark = pytest.mark.part

# The lines by which each client comes to the second page, and the same without.
PAGING = {
    "mcp": ("        if not cursor:\n            break", "        break"),
    "strands": ("await client.load_tools()", "client.start().list_tools_sync()"),
    "langgraph": (
        "await load_mcp_tools(session)",
        "[BaseToolOf(t) for t in (await session.list_tools()).tools]\n\n\nfrom types import SimpleNamespace as BaseToolOf0\n"
        "BaseToolOf = lambda t: BaseToolOf0(name=t.name)",
    ),
}
SIGNING = ("credentials.get_frozen_credentials()", "self.frozen")
SIGNING_ONCE = (
    "        self._session = Session()",
    "        self._session = Session()\n        self.frozen = self._session.get_credentials().get_frozen_credentials()",
)
REFRESH = ("if response.status_code == 401 and kept:", "if False:")


@pytest.mark.shared
def test_a_client_that_reads_one_page_is_noticed(client: Client, environment: str) -> None:
    client.start("none", replace=dict([PAGING[client.framework]]))
    ended = client.run()
    assert len(ended.lines) == client.gateway.page
    assert sorted(ended.lines) != sorted(client.gateway.names)


@pytest.mark.shared
def test_a_client_that_keeps_its_keys_is_noticed(client: Client, environment: str) -> None:
    client.start("aws-iam", keys=Keys(uses=2), replace=dict([SIGNING, SIGNING_ONCE]))
    assert "answered 403" in client.run().failed_plainly()


@pytest.mark.shared
def test_a_client_that_keeps_its_token_is_noticed(client: Client, environment: str) -> None:
    client.start("custom-jwt", tokens=Tokens(uses=3), replace=dict([REFRESH]))
    assert "answered 401" in client.run().failed_plainly()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"bedrock-agentcore", region', '"execute-api", region'),
        ("headers, request.content)", "headers, b'another body')"),
        ("region = signing_region(request.url.host)", "region = 'eu-west-9'"),
    ],
    ids=["service", "body", "region"],
)
def test_a_signature_over_something_else_is_noticed(client: Client, environment: str, old: str, new: str) -> None:
    client.start("aws-iam", replace={old: new})
    assert "answered 403" in client.run().failed_plainly()


@pytest.mark.shared
def test_the_region_in_the_host_name_comes_first(client: Client, environment: str) -> None:
    client.start("aws-iam")
    code = """
import os, gateway_client as client
host = "x-1.gateway.bedrock-agentcore.eu-central-1.amazonaws.com"
os.environ["AWS_REGION"], os.environ["AWS_DEFAULT_REGION"] = "us-east-1", "us-west-2"
print(client.signing_region(host), client.signing_region("127.0.0.1"))
del os.environ["AWS_REGION"]
print(client.signing_region("127.0.0.1"))
"""
    assert client.python(code).out.split() == ["eu-central-1", "us-east-1", "us-west-2"]
