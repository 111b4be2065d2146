"""No secret gets into the answers, and nothing legitimate is taken for one.

The values are put together here from pieces, so that no scanner takes this file for a leak. All are invented.
"""

from __future__ import annotations

import random
import re
import string
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agentcore_connect import secrets
from agentcore_connect.answers import store
from agentcore_connect.knowledge import resources
from agentcore_connect.text import document

LONG = "q7Rz" + "K2mW" + "9pXv" + "L4tB" + "8nHc" + "5sJd"
HEX = "9f86d081884c7d65" + "9a2feaa0c55ad015"
JWT = "eyJhbGciOi" + "JIUzI1NiJ9." + "eyJzdWIiOiIxIn0." + "c2ln"
BASIC = "dXNlcjpw" + "YXNzMTIz"

ANYWHERE = {
    "sk": "sk-" + LONG,
    "sk-proj": "sk-" + "proj-abc_def-" + LONG,
    "sk-ant": "sk-" + "ant-api03-" + LONG,
    "sk short": "sk-" + "test-1234567890",
    "aws": "AKI" + "AIOSFODNN7EXAMPLE",
    "aws temporary": "ASI" + "AIOSFODNN7EXAMPLE",
    "github": "gh" + "p_" + LONG,
    "github fine-grained": "github" + "_pat_" + LONG,
    "gitlab": "glp" + "at-" + LONG[:20],
    "slack bot": "xox" + "b-123456789012-abcdef",
    "slack app": "xap" + "p-1-A111-222-abc",
    "slack webhook": "https://hooks.slack" + ".com/services/T000/B000/XXXX",
    "google": "AIz" + "aSy" + LONG,
    "google secret": "GOCS" + "PX-" + LONG,
    "jwt": JWT,
    "jwt inside text": f"use {JWT} for now",
    "pem": "-----BEGIN " + "RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
    "certificate": "-----BEGIN " + "CERTIFICATE-----",
    "bearer": "Bearer " + LONG,
    "basic": "Basic " + BASIC + "==",
    "stripe": "sk_" + "live_" + LONG,
    "bedrock": "ABSK" + LONG,
    "url password": "https://user:" + "hunter2@mcp.example.com/mcp",
    "url empty user": "redis://:" + "hunter2@cache.example.com",
    "url api_key": "https://mcp.example.com/mcp?api" + "_key=abc",
    "url token": "https://mcp.example.com/mcp?x=1&access" + "_token=abc",
    "url key": "https://maps.example.com/v1?key=" + LONG,
    "url signature": "https://b.s3.amazonaws.com/k?X-Amz-" + "Signature=" + HEX,
    "written out": "the pass" + "word: hunter2hunter2",
    "environment": "AWS_SECRET_ACCESS" + "_KEY=wJalrXUtnFEMI/K7MDENG",
}

LEGITIMATE = [
    "https://mcp.example.com/mcp",
    "https://mcp.example.com:8443/mcp?tenant=acme&version=2",
    "https://idp.example.com/3f2b9c1d-1234-4abc-9def-0123456789ab/v2.0/.well-known/openid-configuration",
    "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI/.well-known/openid-configuration",
    "arn:aws:lambda:us-east-1:123456789012:function:my-func",
    "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/my_agent-AbCdEfGh12",
    "https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/"
    "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2Fmy_agent-AbCdEfGh12/invocations?qualifier=DEFAULT",
    "https://abc123def4.execute-api.us-east-1.amazonaws.com/prod",
    "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws/",
    "https://gateway-abcdefghij.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
    "s3://my-bucket/specs/api-v1.2.3.json",
    "https://mcp.example.com/mcp?api_key={api_key}",
    "https://user@example.com/",
    "3f2b9c1d-1234-4abc-9def-0123456789ab",
    "1h57kf5cpq17m0eml12EXAMPLE",
    "api-key",
    "oauth-token-exchange",
    "Authorization",
    "x-api-key",
    "Bearer ",
    "needs bearer authentication before anything else",
    "basic information about the customer, see authentication",
    "The password reset flow; secret: yes, token: the next page's token",
    "Returns the weather for a city. token: opaque continuation token.",
    "task-runner-with-a-long-name-2",
    "risk-scoring-service-v2-production",
    "WeatherTools___get_weather",
    "ASIAPACIFICNORTHEAST",
    "AB12CD34EF",
    "",
]

CREDENTIAL_PLACES = ["credential.name", "credential.other", "api_key.prefix", "api_key.parameter", "oauth.other"]
RANDOM = {
    "base62": LONG,
    "base62 with a prefix": "mykey-" + LONG,
    "hex": HEX,
    "plain hex": "0123456789abcdef" * 2,
    "uuid": "3f2b9c1d-1234-4abc-9def-0123456789ab",
    "alphabet": "abcdefghijklmnopqrstuvwxyz" + "123456",
    "base36": "x7k2m9q4w8e1r5t3y6u0",
    "base64": "wJalrXUtnFEMI/K7MDENG/bPx" + "RfiCYEXAMPLEKEY",
}
CREDENTIAL_NAMES = [
    "MyOAuth",
    "my-company-production-weather-oauth-provider-2024",
    "WeatherServiceOauthCredentialProvider2",
    "weather_api_key_prod_us_east_1_v2",
    "agentcore-identity-resource-oauth2-customprovider",
    "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/oauth2credentialprovider/my-provider",
    "Bearer ",
    "x-api-key",
    "Ocp-Apim-Subscription-Key",
    "X-Internationalization-Authentication-Header",
]


def answers(place: str, value: Any) -> dict[str, Any]:
    return store.put({"version": 1, "connections": [{"name": "W"}]}, f"connections.0.{place}", value)


def texts(found: list[Any]) -> str:
    return "\n".join(f"{one} {one.as_dict()} {one!r}" for one in found)


@pytest.mark.parametrize("place", ["blocker", "endpoint", "credential.name", "forward_headers.0", "oauth.client_id"])
@pytest.mark.parametrize("name", ANYWHERE)
def test_a_known_form_is_refused_wherever_it_stands_and_never_repeated(name: str, place: str) -> None:
    value = ANYWHERE[name]
    found = secrets.scan(answers(place, value), {}, "answers.yaml")
    assert [one.code for one in found] == [secrets.CODE]
    assert found[0].exit_code == 2
    assert f"connections.0.{place}" in str(found[0])
    assert value not in texts(found)
    assert value[-8:] not in texts(found)


@pytest.mark.parametrize("value", LEGITIMATE)
@pytest.mark.parametrize(
    "place", ["blocker", "endpoint", "name", "oauth.client_id", "oauth.discovery_url", "lambda_arn"]
)
def test_what_is_legitimate_passes(value: str, place: str) -> None:
    assert secrets.scan(answers(place, value)) == []


@pytest.mark.parametrize("place", CREDENTIAL_PLACES)
@pytest.mark.parametrize("name", RANDOM)
def test_a_random_string_in_a_credential_field_is_refused(name: str, place: str) -> None:
    found = secrets.scan(answers(place, RANDOM[name]), {}, "answers.yaml")
    assert [one.code for one in found] == [secrets.CODE]
    assert RANDOM[name] not in texts(found)


@pytest.mark.parametrize("name", [name for name in RANDOM if name != "base64"])
@pytest.mark.parametrize("place", ["oauth.client_id", "knowledge_base_id", "endpoint", "blocker"])
def test_a_random_string_elsewhere_is_an_identifier(name: str, place: str) -> None:
    assert secrets.scan(answers(place, RANDOM[name])) == []


@pytest.mark.parametrize("place", ["oauth.client_id", "knowledge_base_id", "blocker", "credential.name"])
def test_a_bare_aws_secret_key_is_refused_everywhere(place: str) -> None:
    assert [one.code for one in secrets.scan(answers(place, RANDOM["base64"]))] == [secrets.CODE]


@pytest.mark.parametrize("value", CREDENTIAL_NAMES)
@pytest.mark.parametrize("place", CREDENTIAL_PLACES)
def test_names_in_credential_fields_pass(value: str, place: str) -> None:
    assert secrets.scan(answers(place, value)) == []


@pytest.mark.parametrize(
    "key",
    [
        *("client_secret", "clientSecret", "CLIENT-SECRET", "password", "token", "access_token", "secret", "apiKey"),
        *("api_key", "private_key", "credential.value", "api_key.value", "api_key.key", "oauth.client_secret"),
    ],
)
@pytest.mark.parametrize("value", ["x", "", 12345, ["x"]])
def test_a_key_that_would_hold_a_secret_is_refused_whatever_it_holds(key: str, value: Any) -> None:
    found = secrets.scan(answers(key, value))
    assert [one.code for one in found] == [secrets.CODE]
    assert found == [] or key in str(found[0])


def test_the_contract_s_own_keys_pass() -> None:
    data = {
        "version": 1,
        "gateway": {"allowed_clients": ["my-client-id"], "discovery_url": LEGITIMATE[2]},
        "connections": [
            {
                "service_auth": "oauth-token-exchange",
                "credential": {"name": "MyOAuth", "exists": False},
                "oauth": {"vendor": "CustomOauth2", "client_id": "1h57kf5cpq17m0eml12EXAMPLE", "scopes": ["read"]},
                "api_key": {"location": "header", "parameter": "Authorization", "prefix": "Bearer "},
                "tools": [
                    {
                        "name": "login",
                        "description": "Takes a token.",
                        "inputSchema": {"type": "object", "properties": {"token": {"type": "string"}}},
                        "required": ["password"],
                    }
                ],
                "tool_filters": [{"path": "/secret/*", "methods": ["GET"]}],
            }
        ],
        "policy": {"mode": "enforce", "restrict": [{"claim": "token_use", "values": ["access"]}]},
    }
    assert secrets.scan(data) == []


def test_a_property_called_token_whose_schema_is_true_passes_and_a_leak_below_it_does_not() -> None:
    tools = [{"name": "t", "inputSchema": {"properties": {"token": True}, "examples": [ANYWHERE["sk"]]}}]
    found = secrets.scan({"connections": [{"tools": tools}]})
    assert [one.where for one in found] == ["connections.0.tools.0.inputSchema.examples.0"]


def test_the_message_names_the_line_and_the_safe_way() -> None:
    text = "version: 1\nconnections:\n  - name: W\n    oauth:\n      client_secret: " + "hunter2\n"
    read = document.parse(text, "answers.yaml")
    (found,) = secrets.scan(read.data, read.marks, read.path)
    assert str(found) == (
        "answers.yaml:5:connections.0.oauth.client_secret: this key would hold a secret, and secrets do not go into "
        "the answers\n"
        "  next: leave it out: oauth takes vendor, discovery_url, client_id, scopes and return_url. commands.sh asks "
        "for the client secret without showing it, or takes it from its environment variable. If it was a real one, "
        "replace it where it was issued"
    )


def test_a_secret_as_a_key_is_hidden_in_the_place_too() -> None:
    leak = ANYWHERE["github"]
    found = secrets.scan({"gateway": {leak: {"deep": ANYWHERE["sk"]}}}, {}, "answers.yaml")
    assert len(found) == 2
    assert leak not in texts(found)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("connections.0.credential.name", LONG),
        ("connections.0.client_secret", "x"),
        ("client_secret", "x"),
        ("connections.0.endpoint", ANYWHERE["url password"]),
        ("connections.0.oauth", {"client_secret": "x"}),
        ("connections.0.forward_headers", ["a", ANYWHERE["bearer"]]),
        ("connections.0.credential.name", 12345678901234567890),
    ],
)
def test_one_value_about_to_be_set_is_held_to_the_same(key: str, value: Any) -> None:
    found = secrets.scan(value, at=key)
    assert [one.code for one in found] == [secrets.CODE]
    assert str(value) not in texts(found) or value == "x"


def test_one_innocent_value_passes() -> None:
    assert secrets.scan("Bearer ", at="connections.0.api_key.prefix") == []
    assert secrets.scan({"location": "header"}, at="connections.0.api_key") == []


ALPHABETS = {
    "base62": string.ascii_letters + string.digits,
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
    "base36": string.ascii_lowercase + string.digits,
    "hex": "0123456789abcdef",
}


@pytest.mark.parametrize("name", ALPHABETS)
def test_random_strings_are_found_in_a_credential_field(name: str) -> None:
    source = random.Random(20)  # the same strings every time
    values = ["".join(source.choices(ALPHABETS[name], k=40)) for _ in range(500)]
    missed = [value for value in values if not secrets.scan(value, at="connections.0.credential.name")]
    assert len(missed) <= 5, missed


def test_redact_removes_every_known_form() -> None:
    for value in ANYWHERE.values():
        shown = secrets.redact(f"error: got {value} from the service")
        assert value not in shown
        assert not any(piece in shown for piece in (LONG, JWT, HEX, BASIC, "hunter2", "EXAMPLE", "XXXX", "abc"))
        assert shown.startswith("error: got ")
    assert secrets.redact(LEGITIMATE[4]) == LEGITIMATE[4]


def test_the_data_follow_their_schema_and_every_pattern_is_bounded() -> None:
    data = resources.load("secret-patterns")
    Draft202012Validator(resources.load_schema("secret-patterns")).validate(data)
    ids = [one["id"] for one in data["tokens"] + data["values"]]
    assert len(ids) == len(set(ids))
    assert {one["then"] for one in data["tokens"]} <= set(data["alphabets"])
    for one in [*data["values"], data["urls"]["password"], data["urls"]["query"]]:
        assert not re.search(r"[*+]\)[*+]", one["regex"]), one["what"]
    assert data["advice"][-1]["at"] == ["**"]


@pytest.mark.parametrize(
    "unit", ["sk-", "a://", "Bearer ", "eyJ", "pass" + "word=", "?key=", "-----BEGIN ", "A", "a.b"]
)
def test_a_hostile_value_of_the_largest_size_is_searched_in_linear_work(unit: str) -> None:
    # Doubling the text must not quadruple the work; counted by the search itself ending at all within the suite.
    value = unit * (300_000 // len(unit))
    secrets.scan({"connections": [{"blocker": value, "credential": {"name": value}}]})
