"""Well-known documents, as the packages named in tools/fetch_specs.json ship them.

The numbers were counted apart from this program (a few lines of JavaScript and a plain YAML loader over the same files,
on 2026-11-21), the ways to sign in were read in each document's `security` and `securitySchemes`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from agentcore_connect.specs.openapi import answers_from_openapi, read_openapi, summary
from agentcore_connect.specs.openapi_repair import repair
from agentcore_connect.specs.openapi_validate import MAX_BYTES, validate
from agentcore_connect.specs.spec_file import load_spec, parse_spec

SPECS = Path(__file__).resolve().parents[2] / ".cache" / "specs"


@dataclass(frozen=True)
class Known:
    """What is known of a document: operations, those with a name, first server, sign-in, and whether that is sure."""

    version: str
    operations: int
    named: int
    server: str | None
    auth: str | None
    sure: bool
    faults: frozenset[str]


def _known(
    version: str, operations: int, named: int, server: str | None, auth: str | None, sure: bool, faults: str
) -> Known:
    return Known(version, operations, named, server, auth, sure, frozenset(f"openapi-{one}" for one in faults.split()))


DOCUMENTS = {
    "anthropic.json": _known(
        "3.1.0", 106, 106, "https://api.anthropic.com", "none", False,
        "one-of any-of any-of-one all-of media-type binary-body operation-id-long media-type-partly query-array callbacks "
        "size-inline",
    ),
    "asana.json": _known("3.0.0", 167, 167, "https://app.asana.com/api/1.0", None, False, "all-of media-type-partly query-array"),
    "blockfrost.yaml": _known(
        "3.0.3", 129, 1, "https://cardano-mainnet.blockfrost.io/api/v0", "api-key", True,
        "operation-id-missing one-of any-of media-type media-type-partly binary-body servers-private servers-several not-json",
    ),
    "digitalocean.json": _known(
        "3.0.0", 290, 290, "https://api.digitalocean.com", "api-key", False,
        "one-of any-of all-of media-type binary-body callbacks size-inline",
    ),
    "directus.json": _known(
        "3.0.1", 136, 136, None, "api-key", True,
        "one-of any-of-one all-of media-type media-type-partly parameter-style servers-missing query-array",
    ),
    "figma.yaml": _known(
        "3.1.0", 54, 54, "https://api.figma.com", None, False,
        "one-of any-of-one all-of type-unsupported callbacks not-json",
    ),
    "galaxy.json": _known(
        "3.1.1", 9, 9, "https://galaxy.scalar.com", None, False,
        "all-of servers-relative type-unsupported media-type-partly callbacks",
    ),
    "github.json": _known(
        "3.0.3", 1223, 1223, "https://api.github.com", "none", False,
        "one-of any-of any-of-one all-of media-type binary-body size too-many-tools operation-id-characters "
        "operation-id-long query-array",
    ),
    "google-calendar.json": _known(
        "3.0.0", 37, 37, "https://www.googleapis.com/calendar/v3", "oauth-authorization-code", True,
        "operation-id-characters query-array",
    ),
    "kubernetes.json": _known(
        "3.0.0", 845, 845, "//kubernetes.local", "api-key", True,
        "media-type servers-relative operation-id-long servers-private size-inline",
    ),
    "notion.json": _known(
        "3.1.0", 24, 24, "https://api.notion.com", "api-key", False, "one-of any-of type-unsupported query-array"
    ),
    "openai.yaml": _known(
        "3.1.0", 271, 271, "https://api.openai.com/v1", "api-key", False,
        "one-of any-of any-of-one all-of media-type binary-body parameter-style media-type-partly query-array callbacks "
        "not-json size-inline",
    ),
    "petstore.json": _known(
        "3.0.0", 20, 20, "http://petstore.swagger.io/v2", None, False, "media-type-partly query-array servers-http"
    ),
    "petstore-swagger-2.json": _known(
        "2.0", 20, 20, "http://petstore.swagger.io/v2", None, False,
        "swagger-2 media-type-partly query-array servers-http",
    ),
    "rclone.json": _known(
        "3.1.0", 101, 101, "http://localhost:5572", "none", False,
        "any-of any-of-one parameter-style type-unsupported media-type-partly query-array servers-http servers-private",
    ),
    "slack.json": _known(
        "3.0.0", 174, 174, "https://slack.com/api", "oauth-authorization-code", True, "one-of any-of media-type-partly"
    ),
    "spotify.json": _known(
        "3.0.3", 88, 88, "https://api.spotify.com/v1", "oauth-authorization-code", True,
        "one-of all-of binary-body query-array",
    ),
    "stripe.json": _known(
        "3.0.0", 452, 452, "https://api.stripe.com/", "api-key", False,
        "any-of any-of-one binary-body parameter-style operation-id-long media-type-partly size-inline",
    ),
    "train-travel.yaml": _known(
        "3.1.0", 7, 7, "https://api.example.com", "oauth-authorization-code", True, "any-of all-of callbacks not-json"
    ),
    "twilio.json": _known(
        "3.0.1", 197, 197, "https://api.twilio.com", "api-key", False, "media-type-partly size-inline"
    ),
    "zoom.json": _known(
        "3.0.0", 373, 373, "https://api.zoom.us/v2", None, False, "one-of all-of media-type-partly size-inline"
    ),
}  # fmt: skip


def document(name: str) -> Path:
    path = SPECS / name
    if not path.is_file():
        if os.environ.get("CONNECT_REQUIRE_ENVS") == "1":
            pytest.fail(f"{path} is missing: run python tools/fetch_specs.py")
        pytest.skip(f"{name} is not here: run python tools/fetch_specs.py")
    return path


@pytest.mark.parametrize("name", DOCUMENTS)
def test_public_document(name: str) -> None:
    found, known = read_openapi(document(name)), DOCUMENTS[name]
    assert found.version == known.version
    assert (found.tool_count, len(found.tool_names)) == (known.operations, known.named)
    assert (found.servers[0] if found.servers else None) == known.server
    assert (found.demand.service_auth, found.demand.sure) == (known.auth, known.sure)
    assert {one.id for one in found.faults} == known.faults


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("blockfrost.yaml", {"api_key.location": "header", "api_key.parameter": "project_id"}),
        ("directus.json", {"api_key.location": "header", "api_key.parameter": "Authorization"}),
        ("slack.json", {"service_auth": "oauth-authorization-code", "endpoint": "https://slack.com/api"}),
        ("notion.json", {"tool_count": 24, "endpoint": "https://api.notion.com"}),
    ],
)
def test_answers(name: str, key: dict[str, object]) -> None:
    answers = answers_from_openapi(read_openapi(document(name)))
    assert key.items() <= answers.items()
    assert ("service_auth" in answers) == DOCUMENTS[name].sure


@pytest.mark.part
@pytest.mark.parametrize("name", DOCUMENTS)
def test_repaired_copy(name: str) -> None:
    spec = load_spec(document(name))
    before = spec.text
    found = repair(spec, server="https://api.example.com")
    assert spec.text == before
    copy = parse_spec(found.text, shown="copy.json")
    left = summary(copy)
    assert left.tool_count == len(set(left.tool_names)) == DOCUMENTS[name].operations
    assert left.servers == ("https://api.example.com",)
    repairable = {one.id for one in left.faults if one.repair}
    # what stays: parts of an allOf that contradict each other, null as the only type
    assert repairable <= {"openapi-all-of", "openapi-type-unsupported"}
    assert not {one.id for one in left.faults} & {"openapi-ref-broken", "openapi-operation-id-duplicate"}
    assert bool(found.changes) == bool(found.diff())


@pytest.mark.part
@pytest.mark.parametrize(
    "name",
    [
        "petstore.json",
        "petstore-swagger-2.json",
        "notion.json",
        "galaxy.json",
        "train-travel.yaml",
        "spotify.json",
        "google-calendar.json",
    ],
)
def test_valid_before_and_after_the_repair(name: str) -> None:
    pytest.importorskip("openapi_spec_validator")
    spec = load_spec(document(name))
    assert spec.size < MAX_BYTES
    assert validate(spec).violations == ()  # Swagger 2.0 is not validated, its copy is
    copy = parse_spec(repair(spec, server="https://api.example.com").text, shown="copy.json")
    assert validate(copy).violations == ()
