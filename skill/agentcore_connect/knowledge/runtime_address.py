"""Parses the address of an AgentCore Runtime: its ARN, an endpoint's ARN, or its invocation URL.

Source: knowledge/limits.yaml (runtime-arn, runtime-endpoint-arn, runtime-invocation-url) and botocore's model.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

from agentcore_connect.core.expressions import search
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.knowledge.resources import load

#: The endpoint that every runtime has.
DEFAULT_QUALIFIER = "DEFAULT"

_ARN = re.compile(
    r"(?P<arn>arn:[^:/?]+:bedrock-agentcore:(?P<region>[^:/?]+):[0-9]{12}:runtime/[A-Za-z0-9_-]+)"
    r"(?:/runtime-endpoint/(?P<qualifier>[A-Za-z0-9_]+))?"
)
_URL = re.compile(
    r"https://bedrock-agentcore\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/runtimes/(?P<name>[^?#]+)"
)


class RuntimeAddress(NamedTuple):
    """A runtime, and its endpoint if one is named."""

    arn: str
    qualifier: str | None

    @property
    def region(self) -> str:
        """The Region that the ARN names."""
        return self.arn.split(":")[3]

    @property
    def name(self) -> str:
        """The runtime's name: its id without the suffix that the service appends."""
        return self.arn.rsplit("/", 1)[-1].rsplit("-", 1)[0]

    @property
    def url(self) -> str:
        """The invocation URL, with the ARN percent-encoded."""
        path = f"/runtimes/{quote(self.arn, safe='')}/invocations?qualifier={self.qualifier or DEFAULT_QUALIFIER}"
        return f"https://bedrock-agentcore.{self.region}.amazonaws.com{path}"


def runtime_address(text: str | None) -> RuntimeAddress | None:
    """Parse the address of a runtime; None for any other text.

    Args:
        text: an ARN, or an invocation URL with the ARN, percent-encoded or not, or with the id and an accountId.
    """
    text = text or ""
    if found := _ARN.fullmatch(text):
        return RuntimeAddress(found["arn"], found["qualifier"])
    url = _URL.match(text)
    if url is None:
        return None
    query = parse_qs(urlsplit(text).query)
    qualifier = next(iter(query.get("qualifier", [])), None)
    name = unquote(url["name"]).removesuffix("/invocations")
    if found := _ARN.fullmatch(name):
        return RuntimeAddress(found["arn"], qualifier or found["qualifier"])
    account = next(iter(query.get("accountId", [])), "")
    if re.fullmatch(r"[A-Za-z0-9_-]+", name) and re.fullmatch(r"[0-9]{12}", account):
        region = url["region"]
        return RuntimeAddress(f"arn:{partition(region)}:bedrock-agentcore:{region}:{account}:runtime/{name}", qualifier)
    return None


def endpoint_arn(arn: str, qualifier: str | None) -> str:
    """Return the ARN of the endpoint, or of the runtime if no endpoint is named."""
    return f"{arn}/runtime-endpoint/{qualifier}" if qualifier else arn


def endpoint_url(endpoint: str) -> str:
    """Return the URL to call: the invocation URL for a runtime's ARN, any other address unchanged.

    A runtime's URL whose ARN was not percent-encoded is put right.
    """
    runtime = runtime_address(endpoint)
    if runtime is None:
        return endpoint
    return runtime.url if endpoint.startswith("arn:") else endpoint.replace(runtime.arn, quote(runtime.arn, safe=""))


def partition(region: str) -> str:
    """The AWS partition that a Region is in."""
    partitions = load("iam-statements")["partitions"]
    return str(next(one["partition"] for one in partitions if search(one["region"], region)))
