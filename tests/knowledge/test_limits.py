"""The limits and patterns against the service models they were read from: equal numbers, and never a wider pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from agentcore_connect.knowledge import resources

session = pytest.importorskip("botocore.session")

LIMITS = resources.load("limits")["limits"]
PATTERNS = resources.load("limits")["patterns"]
SIGNS = "aZ0-_.:/ @+~%é$"
LENGTHS = (
    1,
    2,
    3,
    4,
    5,
    22,
    23,
    24,
    32,
    33,
    40,
    41,
    48,
    49,
    64,
    65,
    100,
    101,
    128,
    129,
    170,
    171,
    255,
    256,
    257,
    1024,
    2048,
    2049,
)


@cache
def model(service: str) -> Any:
    return session.get_session().get_service_model(service)


def bounds(shape: str) -> dict[str, Any]:
    service, _, name = shape.partition(":")
    found: dict[str, Any] = model(service).shape_for(name).metadata
    return found


def in_model(shape: str, text: str) -> bool:
    rule = bounds(shape)
    fits = "pattern" not in rule or re.fullmatch(rule["pattern"], text) is not None
    return bool(fits and rule.get("min", 0) <= len(text) <= rule.get("max", 10**9))


def variants(text: str) -> Iterator[str]:
    """The text, with a sign put in, changed, doubled or taken out anywhere, cut, and made as long as bounds are."""
    yield text
    for at in range(len(text) + 1):
        yield from (text[:at], text[at:], text[:at] + text[at + 1 :])
        for sign in SIGNS:
            yield from (
                text[:at] + sign + text[at:],
                text[:at] + sign + text[at + 1 :],
                text[:at] + sign * 2 + text[at:],
            )
    for length in LENGTHS:
        more = "a" * max(0, length - len(text))
        yield from ("a" * length, text + more, text[:1] + more + text[1:])


@pytest.mark.parametrize("name", [name for name, limit in LIMITS.items() if "shape" in limit])
def test_a_limit_is_the_models(name: str) -> None:
    shape, _, bound = LIMITS[name]["shape"].rpartition(":")
    assert bounds(shape)[bound] == LIMITS[name]["value"]


@pytest.mark.parametrize("name", [name for name, pattern in PATTERNS.items() if "shape" in pattern])
def test_a_pattern_never_takes_what_the_model_refuses(name: str) -> None:
    pattern = PATTERNS[name]
    form = re.compile(pattern["regex"])
    texts = set(variants(pattern["example"]))
    assert [text for text in texts if form.search(text) and not in_model(pattern["shape"], text)] == []
    if "stricter" not in pattern:
        assert [text for text in texts if in_model(pattern["shape"], text) and not form.search(text)] == []


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("gateway-name", ["g", "a-b-c", "x" * 48], ["a--b", "-a", "a-", "a_b", "", "x" * 49, "ü"]),
        ("target-name", ["WeatherTools", "x" * 100], ["Weather_Tools", "a b", "x" * 101]),
        ("project-name", ["A" * 23], ["A" * 24, "1A", "a-b"]),
        (
            "lambda-arn",
            ["arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f:$LATEST"],
            ["arn:aws:lambda:us-east-1:1:function:f"],
        ),
        ("full-tool-name", ["a___" + "b" * 60], ["a___" + "b" * 61, "a_b___c", "a___", "a___b.c"]),
        ("https-url", ["https://a"], ["https://", "HTTP://a", "https:// a"]),
        ("s3-uri", ["s3://abc/k"], ["s3://abc", "s3://abc/", "s3://AB/k", "s3:/abc/k"]),
        (
            "runtime-host-url",
            ["https://bedrock-agentcore.eu-west-1.amazonaws.com"],
            ["https://bedrock-agentcore.evil.com/runtimes"],
        ),
        (
            "gateway-url",
            ["https://g.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp"],
            ["https://x.com/gateway"],
        ),
        (
            "load-balancer-url",
            ["http://internal-a-1.us-east-1.elb.amazonaws.com:8080/mcp"],
            ["https://elb.amazonaws.com.evil.com"],
        ),
        ("ec2-url", ["https://ec2-203-0-113-25.compute-1.amazonaws.com"], ["https://ec2.amazonaws.com"]),
        ("oauth-scope", ["https://graph.example.com/.default"], ["a b", 'a"b', "a\\b", "x" * 65]),
    ],
)
def test_a_pattern_by_hand(name: str, taken: list[str], refused: list[str]) -> None:
    form = re.compile(PATTERNS[name]["regex"])
    assert [text for text in taken if not form.search(text)] == []
    assert [text for text in refused if form.search(text)] == []


def test_the_region_pattern_takes_every_region_botocore_knows() -> None:
    loader = session.get_session().get_component("data_loader")
    regions = [
        region
        for partition in loader.load_data("partitions")["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    ]
    form = re.compile(PATTERNS["region"]["regex"])
    assert len(regions) > 30
    assert [region for region in regions if not form.search(region)] == []
    assert [region for region in resources.load("regions")["regions"] if not form.search(region)] == []
