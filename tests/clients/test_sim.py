"""The stand-ins themselves: they speak what AWS's models say, and refuse what a real service would."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.clients.client_runs import ROOT, VARIABLE
from tests.sim.gateway import SEARCH, GatewaySim
from tests.sim.identity import REGION, IdentitySim
from tests.sim.signing import Key, Keys
from tests.sim.tokens import Tokens


def post(url: str, message: Any, headers: Mapping[str, str] = {}) -> tuple[int, Any]:
    request = urllib.request.Request(url, json.dumps(message).encode(), dict(headers))
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def signed(url: str, message: Any, key: Key) -> Mapping[str, str]:
    request = AWSRequest("POST", url, {}, json.dumps(message).encode())
    credentials = Credentials(key.access, key.secret, key.token)
    SigV4Auth(credentials, "bedrock-agentcore", REGION).add_auth(request)
    return dict(request.headers.items())


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def test_identity_has_the_operations_of_the_model() -> None:
    session = botocore.session.Session()
    modelled = {
        (operation.http["method"], operation.http["requestUri"]): name
        for service in ("bedrock-agentcore", "bedrock-agentcore-control")
        for model in [session.get_service_model(service)]
        for name in model.operation_names
        for operation in [model.operation_model(name)]
    }
    from tests.sim import identity

    assert identity._OPERATIONS.items() <= modelled.items()


def test_tools_come_in_pages_with_the_search_first() -> None:
    with GatewaySim("none", search=True) as gateway:
        names, cursor = [], None
        while True:
            page = post(gateway.url, {**LIST, "params": {"cursor": cursor}})[1]["result"]
            names += [tool["name"] for tool in page["tools"]]
            cursor = page.get("nextCursor")
            if cursor is None:
                break
    assert names[0] == SEARCH
    assert len(names) == len(set(names)) == 46
    assert gateway.listings == 3


def test_a_token_is_good_for_its_uses_only() -> None:
    with GatewaySim("custom-jwt", tokens=Tokens(uses=1)) as gateway:
        bearer = {"Authorization": f"Bearer {gateway.tokens.issue()}"}
        assert [post(gateway.url, LIST, bearer)[0] for _ in range(2)] == [200, 401]
        assert post(gateway.url, LIST)[0] == 401


def test_signatures_are_recomputed() -> None:
    with GatewaySim("aws-iam") as gateway:
        key = gateway.keys.current
        good = signed(gateway.url, LIST, key)
        assert post(gateway.url, LIST, good)[0] == 200
        assert post(gateway.url, {**LIST, "id": 2}, good) == (403, {"message": "The request signature does not match"})
        stranger = Key(key.access, "another secret", key.token)
        assert post(gateway.url, LIST, signed(gateway.url, LIST, stranger))[0] == 403
        gateway.keys.rotate()
        assert post(gateway.url, LIST, good)[1]["message"].endswith("expired")


@pytest.mark.parametrize("header", ["host", "x-amz-date", "x-amz-security-token"])
def test_what_has_to_be_signed_is_missed(header: str) -> None:
    with GatewaySim("aws-iam") as gateway:
        headers = dict(signed(gateway.url, LIST, gateway.keys.current))
        names = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
        kept = ";".join(name for name in names.split(";") if name != header)
        headers["Authorization"] = headers["Authorization"].replace(names, kept)
        assert "have to be signed" in post(gateway.url, LIST, headers)[1]["message"]


def test_identity_refuses_a_provider_that_does_not_exist() -> None:
    with IdentitySim(keys=Keys(), providers={"crm"}) as identity:
        url = f"{identity.origin}/identities/api-key"
        asked = {"workloadIdentityToken": "sim-workload-token", "resourceCredentialProviderName": "other"}
        status, body = post(url, asked, signed(url, asked, identity.keys.current))
        assert (status, body["message"]) == (404, "Resource Credential Provider not found: other")


def test_as_a_program_it_says_how_to_reach_it() -> None:
    command = [sys.executable, "-m", "tests.sim.gateway", "--auth", "custom-jwt", "--tools", "3"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        told = json.loads(program.stdout.readline())
        bearer = {"Authorization": f"Bearer {told[f'{VARIABLE}_TOKEN']}"}
        tools = post(told[f"{VARIABLE}_URL"], LIST, bearer)[1]["result"]["tools"]
        program.terminate()
    assert len(tools) == 3
    assert program.returncode == 0
