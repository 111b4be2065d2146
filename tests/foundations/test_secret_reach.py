"""How far the search for secrets reaches, with values made from the forms of vendors, and what it leaves alone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from agentcore_connect import secrets
from agentcore_connect.answers import load, store
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text import document
from tests.foundations import secret_samples as samples

TIMES = 4
PLACES = {
    "oauth.client_id": ["{}"],
    "credential.name": ["{}"],
    "api_key.prefix": samples.HEADERS,
    "forward_headers.0": ["Authorization: Bearer {}", "X-Api-Key: {}"],
    "endpoint": samples.URLS,
    "blocker": samples.PROSE,
    "tools": samples.DESCRIPTIONS,
}
NO_URL = re.compile(r"\{base64")  # a slash ends the host of a URL, so that none of these stands before an @


def answers(place: str, value: str) -> dict[str, Any]:
    if place == "tools":
        return {"version": 1, "connections": [{"tools": [{"name": "t", "description": value}]}]}
    return store.put({"version": 1, "connections": [{"name": "W"}]}, f"connections.0.{place}", value)


def planted(place: str, seed: int) -> Iterator[tuple[str, str, str]]:
    """Every form in every template of a place: the vendor with its form, the secret, the text with the secret."""
    source = random.Random(f"{place} {seed}")
    for vendor, forms in samples.FORMS.items():
        for form in forms:
            if place == "oauth.client_id" and samples.LIKE_A_CLIENT_ID.match(form):
                continue
            for template in PLACES[place] * TIMES:
                if not ("@" in template and NO_URL.search(form)):
                    value = samples.make(form, source)
                    yield f"{vendor} {form}", value, template.replace("{}", value)


def test_there_are_vendors_enough() -> None:
    assert len(samples.FORMS) >= 45
    assert len(samples.CLIENT_IDS) >= 10


@pytest.mark.parametrize("place", PLACES)
def test_the_secrets_of_vendors_are_refused_and_never_repeated(place: str) -> None:
    missed, count = [], 0
    for form, value, text in planted(place, 1):
        count += 1
        found = secrets.scan(answers(place, text), {}, "answers.yaml")
        if [one.code for one in found] != [secrets.CODE]:
            missed.append(form)
        shown = "\n".join(f"{one} {one.as_dict()} {one!r}" for one in found)
        assert value not in shown
        assert value[4:20] not in shown
    assert count >= 250
    assert len(missed) <= 0.03 * count, missed


def test_in_a_client_id_only_what_client_ids_are_themselves_goes_through() -> None:
    source = random.Random(2)
    forms = [form for forms in samples.FORMS.values() for form in forms]
    passed = {form for form in forms if not secrets.scan(answers("oauth.client_id", samples.make(form, source)))}
    assert {form for form in passed if not samples.LIKE_A_CLIENT_ID.match(form)} <= {"key{alnum:14}"}


def test_what_has_a_form_of_its_own_needs_no_word_around_it() -> None:
    source = random.Random(3)
    bare = re.compile(r"\{(?:uuid|hex:[0-9]+|lower:20|alnum:20)\}(?:\{hex:4\})?\Z|key\{alnum:14\}|\{url:32\}")
    forms = [form for forms in samples.FORMS.values() for form in forms if not bare.match(form)]
    values = [samples.make(form, source) for form in forms for _ in range(10)]
    for place, text in [
        ("blocker", "It only works with {} today"),
        ("blocker", "Our old integration sends {} on every request"),
        ("tools", "Internal. Call with {}"),
    ]:
        missed = [value for value in values if not secrets.scan(answers(place, text.format(value)))]
        assert len(missed) <= 0.03 * len(values), text


def test_what_is_harmless_passes() -> None:
    values = samples.harmless(random.Random(4), 2000)
    assert len(values) == 2000
    refused = [value for value in values if secrets.scan(answers(*value))]
    assert len(refused) <= 0.005 * len(values), refused


@pytest.mark.parametrize(
    "text",
    [
        "Returns basic CloudFormation data",
        "Uses basic AuthenticationServices",
        "Added basic CloudFormation parameters",
        "Bearer AuthenticationTokens",
        "the secret's name: smarthome/a2a/m2m-credentials",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:bedrock-agentcore-identity!default/oauth2/x1",
        "the key id is {uuid}",
        "the token hash {hex:64}",
        "https://mcp.example.com/mcp?next_token={alnum:40}",
        "https://mcp.example.com/mcp?token_type=bearer&key=name",
    ],
)
@pytest.mark.parametrize("place", ["blocker", "tools"])
def test_a_word_that_looks_like_a_sign_of_a_secret_is_none(text: str, place: str) -> None:
    assert secrets.scan(answers(place, samples.make(text, random.Random(5)))) == []


@pytest.mark.parametrize(
    ("name", "form", "is_one"),
    [
        ("DB_PASSWORD", "Sup3r-{letters:6}-99", True),
        ("db_password", "{lower:6}7{lower:5}", True),
        ("apiKey", "{hex:32}", True),
        ("X-Api-Key", "{alnum:24}", True),
        ("SECRET_NAME", "smarthome/a2a/m2m-credentials", False),
        ("SECRET_ID", "{uuid}", False),
        ("PASSWORD_PARAMETER", "Param3ter-{letters:6}", False),
        ("NEXT_TOKEN", "{alnum:40}", False),
        ("KMS_KEY", "{uuid}", False),
        ("DB_PASSWORD", "prod/crm/db-password-2", False),
        ("DB_PASSWORD", "DB_PASSWORD_2", False),
        ("CLIENT_ID", "{alnum:32}", False),
        ("COMMIT", "{hex:40}", False),
        ("API_KEY", "weather-api-key-v2", False),
    ],
)
def test_a_name_says_whether_its_value_is_a_secret(name: str, form: str, is_one: bool) -> None:
    value = samples.make(form, random.Random(6))
    assert (secrets.looks_like_secret(value, name=name) is not None) is is_one


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_basic_is_followed_by_credentials_only_where_they_are_some(scheme: str) -> None:
    import base64

    pair = base64.b64encode(b"user:opensesame").decode()
    assert secrets.looks_like_secret(f"{scheme} {pair}") is not None
    assert secrets.looks_like_secret(f"{scheme} {base64.b64encode(b'no colon in it').decode()}") is None


def test_an_error_stores_no_secret_in_any_part() -> None:
    value = samples.make("ghp_{alnum:36}", random.Random(7))
    error = ConnectError("x", f"no key {value!r}", where=f"a.yaml:{value}", expected=value, received=f"foo {value}")
    assert value not in f"{error} {error.as_dict()} {error!r} {error.args}"
    assert str(error).count("[removed]") == 4


@pytest.mark.parametrize("text", ["version: 1\n{0}: 1\n{0}: 2\n", "version: 1\n{0}: [\n", "version: 1\nname: *{0}\n"])
def test_a_file_that_cannot_be_read_is_refused_without_its_secret(text: str) -> None:
    value = samples.make("ghp_{alnum:36}", random.Random(8))
    with pytest.raises(ConnectError) as caught:
        document.parse(text.format(value), "answers.yaml")
    assert value not in f"{caught.value} {caught.value.as_dict()}"


@pytest.mark.parametrize("key", ["{}", "connections.0.{}", "foo.{}.x"])
def test_a_key_that_nothing_knows_is_refused_without_its_secret(key: str) -> None:
    value = samples.make("ghp_{alnum:36}", random.Random(9))
    with pytest.raises(ConnectError) as caught:
        load.checked(document.parse("version: 1\n", "answers.yaml"), [f"{key.format(value)}=1"])
    assert value not in f"{caught.value} {caught.value.as_dict()}"
