"""Authorizes requests for each inbound auth: nothing, a bearer token, or a signature."""

from __future__ import annotations

from collections.abc import Mapping

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.live.find import Gateway
from agentcore_connect.probe.mcp_wire import Authorize
from agentcore_connect.secrets.search import redact


def token_in(variable: str, environment: Mapping[str, str]) -> str:
    """Read a token from an environment variable. Errors: ConnectError `no-token`."""
    token = environment.get(variable, "").strip()
    if not token:
        raise ConnectError(
            "no-token", f"{variable} is not set", where="--bearer-env", hint="put the bearer token there"
        )
    return token


def bearing(token: str) -> Authorize:
    """Add a bearer token to each request."""
    return lambda _method, _url, _body, _headers: {"Authorization": f"Bearer {token}"}


def signing(gateway: Gateway, environment: Mapping[str, str]) -> tuple[Authorize, str]:
    """Sign each request with SigV4, by botocore and the AWS credentials that it finds.

    In: the gateway; the environment, for the Region where the URL has none.
    Out: the function, and in words which credentials and Region.
    Errors: ConnectError `no-botocore`, `no-credentials`, `no-region`.
    """
    try:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:
        raise ConnectError(
            "no-botocore", "signing needs botocore, which is not installed here", hint="pip install botocore"
        ) from None
    try:
        session = Session()
        region = gateway.region or environment.get("AWS_REGION") or session.get_config_variable("region")
        credentials = session.get_credentials()
    except BotoCoreError as error:
        raise _unusable(error) from None
    if credentials is None:
        raise ConnectError(
            "no-credentials",
            "there are no AWS credentials here",
            hint="set AWS_PROFILE, or run this where the agent runs, with its role",
        )
    if not region:
        raise ConnectError("no-region", "the URL does not tell the gateway's Region", hint="set AWS_REGION")

    def sign(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, str]:
        request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
        try:
            SigV4Auth(credentials.get_frozen_credentials(), "bedrock-agentcore", region).add_auth(request)
        except BotoCoreError as error:
            raise _unusable(error) from None
        return {name: value for name, value in request.headers.items() if name not in headers}

    return sign, f"{credentials.method}, Region {region}"


def _unusable(error: Exception) -> ConnectError:
    """Return botocore's message about unusable credentials, without secrets."""
    return ConnectError(
        "no-credentials",
        f"the AWS credentials here cannot be used: {redact(str(error))}",
        hint="check AWS_PROFILE and the files of `aws configure`",
    )
