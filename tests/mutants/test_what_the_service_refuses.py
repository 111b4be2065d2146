"""Everything that is known to be refused, planted in a written plan: `check` fails and says where.

Each fault of a document, each pattern of an answer and each limit has a planter here, or a reason why no written file
can hold it; a new entry of the knowledge without either fails the test.
"""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentcore_connect.answers import load as load_answers
from agentcore_connect.collect.inputs import gather
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge.questions import questions
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import write_plan
from agentcore_connect.verify.run import check_plan
from tests.share import in_share
from tests.specs import openapi_cases, smithy_cases

Count = Callable[..., None]
URL = "https://idp.example.com/.well-known/openid-configuration"
GATEWAY = {"name": "MyGateway", "inbound_auth": "aws-iam", "region": "us-east-1"}
JWT = {**GATEWAY, "inbound_auth": "custom-jwt", "discovery_url": URL, "allowed_clients": ["app"]}
TOOL = {
    "name": "get",
    "description": "Reads.",
    "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}},
}
SERVER = {"name": "T", "service": "mcp-server", "endpoint": "https://mcp.example.com/mcp", "service_auth": "none"}
FUNCTION = {
    "name": "T",
    "service": "lambda",
    "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "tools": [TOOL],
}
CONSENT = {
    **SERVER,
    "service_auth": "oauth-authorization-code",
    "oauth": {
        "discovery_url": URL,
        "client_id": "app",
        "scopes": ["read"],
        "return_url": "https://app.example.com/back",
    },
}
CLIENT = {**CONSENT, "service_auth": "oauth-client-credentials"}
KEYED = {**SERVER, "service_auth": "api-key", "api_key": {"parameter": "X-Key"}}
SIGNED = {**SERVER, "service_auth": "iam", "sigv4": {"service": "execute-api"}}


def written(folder: Path, connection: dict[str, Any], gateway: dict[str, Any] = GATEWAY, **more: Any) -> Path:
    """A correct plan of one connection; the folder that it is in."""
    answers = folder / "answers.yaml"
    data = {"version": 1, "agent": {"framework": "mcp"}, "gateway": gateway, "connections": [connection], **more}
    answers.write_text(yaml.safe_dump(data), encoding="utf-8")
    case = gather(load_answers.load(answers))
    write_plan(build(case), case, folder / "connect", force=False)
    return folder / "connect"


def refused(folder: Path, only: set[str] | None = None) -> list[str]:
    """What check says of a plan, where it fails."""
    try:
        results = check_plan(folder, only=only)
    except ConnectError as error:
        return [str(error)]
    return [f"{one.artifact}: {one.why}" for one in results if one.status == "failed"]


# ---- documents -------------------------------------------------------------------------------------------------------


def _large(megabytes: int) -> dict[str, Any]:
    return {**openapi_cases.CLEAN, "x-filler": "x" * (megabytes * 1024 * 1024)}


def _many() -> dict[str, Any]:
    paths = {f"/p{n}": {"get": {"operationId": f"get{n}", "responses": openapi_cases.OK}} for n in range(1001)}
    return {**openapi_cases.CLEAN, "paths": paths}


def _mutual_tls() -> dict[str, Any]:
    scheme = {"securitySchemes": {"cert": {"type": "mutualTLS"}}}
    return {**openapi_cases.CLEAN, "openapi": "3.1.0", "components": scheme, "security": [{"cert": []}]}


def documents() -> Iterator[tuple[str, Any]]:
    """A document for each fault that is an error, by the fault's id."""
    errors = {key for key, one in load("openapi-limits")["faults"].items() if one["severity"] == "error"}
    for fault, _, change in openapi_cases.FAULTS:
        if fault in errors:
            document = openapi_cases.changed(change)
            if fault == "openapi-operation-id-duplicate":
                document["paths"]["/pets"]["get"]["operationId"] = "same"
            yield fault, document
    yield "openapi-too-many-tools", _many()
    yield "openapi-size", _large(10)
    yield "openapi-mutual-tls", _mutual_tls()
    yield (
        "openapi-swagger-2",
        {"swagger": "2.0", "info": {"title": "a", "version": "1"}, "host": "a.example", "paths": {}},
    )
    yield "openapi-malformed", {**openapi_cases.CLEAN, "paths": {"/pets": {"get": ["not", "an", "operation"]}}}


@pytest.mark.parametrize(
    ("fault", "document"), [pytest.param(*one, id=f"{one[0]}-{n}") for n, one in enumerate(documents())]
)
def test_a_document_with_a_fault(fault: str, document: Any, tmp_path: Path, count: Count) -> None:
    (tmp_path / "api.json").write_text(json.dumps(openapi_cases.CLEAN), encoding="utf-8")
    folder = written(tmp_path, {"name": "Pets", "service": "openapi", "schema": "api.json", "service_auth": "api-key"})
    assert refused(folder, {"Pets.schema.json"}) == []
    (folder / "Pets.schema.json").write_text(json.dumps(document), encoding="utf-8")
    count("openapi-faults", "planted")
    said = [text for text in refused(folder, {"Pets.schema.json"}) if "not the document" not in text]
    assert said, "it passes"
    assert all(text.startswith("Pets.schema.json: ") for text in said)
    count("openapi-faults", "caught")


def test_every_fault_of_a_document_is_planted() -> None:
    errors = {key for key, one in load("openapi-limits")["faults"].items() if one["severity"] == "error"}
    assert {fault for fault, _ in documents()} == errors
    assert set(smithy_cases.refused()) == set(load("smithy-limits")["faults"])


def models() -> list[str]:
    """The faults of a model that are errors; of the others the plan warns."""
    faults = load("smithy-limits")["faults"]
    return [fault for fault in smithy_cases.refused() if faults[fault]["severity"] == "error"]


@pytest.mark.parametrize("fault", models())
def test_a_model_with_a_fault(fault: str, tmp_path: Path, count: Count) -> None:
    (tmp_path / "model.json").write_text(json.dumps(smithy_cases.model()), encoding="utf-8")
    folder = written(tmp_path, {"name": "Tables", "service": "smithy", "schema": "model.json"})
    assert refused(folder, {"Tables.schema.json"}) == []
    (folder / "Tables.schema.json").write_text(json.dumps(smithy_cases.refused()[fault]), encoding="utf-8")
    count("smithy-faults", "planted")
    said = [text for text in refused(folder, {"Tables.schema.json"}) if "not the document" not in text]
    assert said, "it passes"
    assert all(text.startswith("Tables.schema.json: ") for text in said)
    count("smithy-faults", "caught")


# ---- answers ---------------------------------------------------------------------------------------------------------

#: A plan in which the key of a pattern counts, by the key; the rest count in all plans.
BASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "lambda_arn": (FUNCTION, GATEWAY),
    "rest_api_id": ({"name": "T", "service": "api-gateway", "rest_api_id": "abcdefghij", "stage": "prod", "service_auth": "iam"}, GATEWAY),
    "knowledge_base_id": ({"name": "T", "service": "knowledge-base", "knowledge_base_id": "AB12CD34EF"}, GATEWAY),
    "schema": ({"name": "T", "service": "openapi", "schema": "s3://bucket/api.json", "service_auth": "api-key"}, GATEWAY),
}  # fmt: skip


def _base(key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if key in BASES:
        return BASES[key]
    if key.startswith("sigv4."):
        return SIGNED, GATEWAY
    if key.startswith(("oauth.", "credential.")):
        return CONSENT, JWT
    return (KEYED if key.startswith("api_key.") else SERVER), (JWT if key.startswith("gateway.") else GATEWAY)


def patterns() -> list[tuple[str, str]]:
    """Each key whose answer must have a form, with a text that has not."""
    known = load("limits")["patterns"]
    found = []
    for question in questions().values():
        for form in (question.check.pattern, question.check.each_pattern):
            if form is not None and question.scope in ("connection", "gateway"):
                found.append((question.id, str(known[form]["counterexample"])))
        if question.check.any_pattern:
            found.append((question.id, "ftp//no address"))
    return found


def _with(data: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    outer, _, inner = key.rpartition(".")
    (changed.setdefault(outer, {}) if outer else changed)[inner] = value
    return changed


@pytest.mark.parametrize(("key", "wrong"), patterns())
def test_an_answer_without_its_form(key: str, wrong: str, tmp_path: Path, count: Count) -> None:
    connection, gateway = _base(key)
    folder = written(tmp_path, connection, gateway)
    is_list = questions()[key].type == "list"
    plant(folder, key, [wrong] if is_list else wrong)
    count("patterns", "planted")
    said = refused(folder)
    assert said, "it passes"
    assert any(key.rpartition(".")[2] in text for text in said), said
    count("patterns", "caught")


def plant(folder: Path, key: str, value: Any) -> None:
    """Put an answer into the answers of a written plan."""
    path = folder / "answers.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if key.startswith(("gateway.", "policy.")):
        scope, _, inner = key.partition(".")
        data[scope] = _with(data.get(scope) or {}, inner, value)
    else:
        data["connections"][0] = _with(data["connections"][0], key, value)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


@pytest.mark.parametrize("region", ["mx-central-1", "us-west-9"])
def test_a_region_without_the_service(region: str, tmp_path: Path) -> None:
    folder = written(tmp_path, SERVER, GATEWAY)
    plant(folder, "gateway.region", region)
    assert any("does not list" in text for text in refused(folder, {"answers.yaml"}))
    (tmp_path / "other").mkdir()
    assert refused(written(tmp_path / "other", SERVER, {**GATEWAY, "region": region}), {"answers.yaml"})


# ---- limits ----------------------------------------------------------------------------------------------------------


def _limit(name: str) -> int:
    return int(load("limits")["limits"][name]["value"])


def _names(number: int) -> list[str]:
    return [f"X-{a}{b}" for a in string.ascii_letters for b in string.ascii_letters][:number]


def _tools(number: int, **more: Any) -> list[dict[str, Any]]:
    return [{**TOOL, "name": f"tool{n}", **more} for n in range(number)]


#: A correct plan and the answer that goes beyond the limit in it by the least amount.
LIMITS: dict[str, tuple[dict[str, Any], dict[str, Any], str, Callable[[], Any]]] = {
    "target-name-length": (SERVER, GATEWAY, "name", lambda: "a" * (_limit("target-name-length") + 1)),
    "gateway-name-length": (SERVER, GATEWAY, "gateway.name", lambda: "a" * (_limit("gateway-name-length") + 1)),
    "credential-name-length": (CONSENT, JWT, "credential.name", lambda: "a" * (_limit("credential-name-length") + 1)),
    "request-headers-per-target": (SERVER, GATEWAY, "forward_headers", lambda: _names(_limit("request-headers-per-target") + 1)),
    "header-name-length": (SERVER, GATEWAY, "forward_headers", lambda: ["X-" + "a" * (_limit("header-name-length") - 1)]),
    "gateway-description-length": (SERVER, GATEWAY, "gateway.description", lambda: "d" * (_limit("gateway-description-length") + 1)),
    "gateway-instructions-length": (SERVER, GATEWAY, "gateway.instructions", lambda: "d" * (_limit("gateway-instructions-length") + 1)),
    "gateway-session-min": (SERVER, GATEWAY, "gateway.session_timeout", lambda: _limit("gateway-session-min") - 1),
    "gateway-session-max": (SERVER, GATEWAY, "gateway.session_timeout", lambda: _limit("gateway-session-max") + 1),
    "custom-parameters-per-target": (CLIENT, GATEWAY, "oauth.custom_parameters", lambda: [f"{name}=x" for name in _names(_limit("custom-parameters-per-target") + 1)]),
    "scopes-per-target": (CONSENT, JWT, "oauth.scopes", lambda: _names(_limit("scopes-per-target") + 1)),
    "oauth-scope-length by the CLI": (CLIENT, GATEWAY, "oauth.scopes", lambda: ["s" * (_limit("oauth-scope-length") + 1)]),
    "oauth-scope-length": (CONSENT, JWT, "oauth.scopes", lambda: ["s" * (_limit("oauth-scope-length") + 1)]),
    "credential-parameter-length": (KEYED, GATEWAY, "api_key.parameter", lambda: "X" * (_limit("credential-parameter-length") + 1)),
    "credential-prefix-length": (KEYED, GATEWAY, "api_key.prefix", lambda: "p" * (_limit("credential-prefix-length") + 1)),
    "return-url-length": (CONSENT, JWT, "oauth.return_url", lambda: "https://a.example/" + "a" * _limit("return-url-length")),
    "lambda-arn-length": (FUNCTION, GATEWAY, "lambda_arn", lambda: FUNCTION["lambda_arn"] + "f" * _limit("lambda-arn-length")),
    "tools-per-target": (FUNCTION, GATEWAY, "tools", lambda: _tools(_limit("tools-per-target") + 1)),
    "gateway-tool-name-length": (FUNCTION, GATEWAY, "tools", lambda: [{**TOOL, "name": "t" * _limit("gateway-tool-name-length")}]),
    "inline-schema-size": (FUNCTION, GATEWAY, "tools", lambda: _tools(2, description="d" * 600_000)),
    "s3-schema-size": (FUNCTION, GATEWAY, "tools", lambda: _tools(2, description="d" * 6_000_000)),
}  # fmt: skip

_AT_RUN_TIME = "it counts when the gateway or the agent runs"
_OF_AN_ACCOUNT = "it counts what an account has, which no file shows"
_NOT_WRITTEN = "no file of a plan has this"
_BY_ITSELF = "the program writes this value itself, and the tests of that part hold it"
#: Limits that a written file cannot go beyond, with the reason.
ELSEWHERE = {
    **dict.fromkeys(
        (
            *("tool-call-rate", "tool-connections", "search-rate", "web-search-rate", "gateway-write-rate"),
            *("gateway-read-rate", "token-call-rate", "complete-auth-rate", "gateway-timeout", "consent-lifetime"),
            *("new-gateway-dns", "sdk-consent-wait", "runtime-request-timeout", "runtime-streaming-timeout"),
            *("runtime-async-timeout", "client-timeout-default", "runtime-payload-size", "mcp-payload-size"),
            *("header-value-size", "token-scope-length", "concurrent-target-changes", "search-results"),
            *("api-key-length", "client-secret-length"),
        ),
        _AT_RUN_TIME,
    ),
    **dict.fromkeys(
        (
            *("gateways-per-account", "oauth-providers-per-account", "api-key-providers-per-account"),
            *("workload-identities-per-account", "policy-engines-per-region", "targets-per-gateway"),
            *("resource-policy-statements", "resource-policy-size", "policies-size-per-resource", "cedar-schema-size"),
        ),
        _OF_AN_ACCOUNT,
    ),
    **dict.fromkeys(
        (
            *("harness-name-length", "harness-tool-name-length", "workload-identity-name-length"),
            "connector-tool-name-length",
            "response-headers-per-target",
            *("query-parameters-per-target", "query-parameter-name-length", "runtime-header-names"),
            *("connector-enabled-tools", "inference-operations", "inference-models", "alternate-domains"),
            *("web-search-domains", "api-gateway-export-size", "policy-prompt-length", "stickiness-timeout-max"),
            "cedar-record-depth",
        ),
        _NOT_WRITTEN,
    ),
    **dict.fromkeys(
        (
            "interceptors-per-gateway",
            *("project-name-length", "policy-name-length", "agent-name-length", "target-description-length"),
            *("policy-engines-per-gateway", "credentials-per-target", "sync-targets-per-call", "client-token-min"),
            *("runtime-session-id-min", "runtime-session-id-max", "policy-statement-min", "policies-per-engine"),
        ),
        _BY_ITSELF,
    ),
    "model-tool-name-length": "the service takes it; the plan warns that models do not",
    "semantic-search-tools": "a rule of thumb and no limit",
    "smithy-model-size": "planted as the fault smithy-size",
    "policy-statement-max": "planted among the policies' own mutants",
    "cedar-decimal-places": "planted among the policies' own mutants",
}


def test_every_limit_is_planted_or_has_a_reason() -> None:
    every = set(load("limits")["limits"])
    planted = {name.partition(" ")[0] for name in LIMITS}
    assert planted | set(ELSEWHERE) == every
    assert planted & set(ELSEWHERE) == set()


@pytest.mark.parametrize("limit", LIMITS)
def test_an_answer_beyond_a_limit(limit: str, tmp_path: Path, count: Count) -> None:
    """Planted before the plan is written, so that nothing but the limit is wrong: it is not planned, or check fails."""
    connection, gateway, key, value = LIMITS[limit]
    wrong = value()
    if key == "tools":
        (tmp_path / "tools.json").write_text(json.dumps(wrong), encoding="utf-8")
        wrong = "tools.json"
    scope, _, inner = key.partition(".")
    count("limits", "planted")
    try:
        if scope == "gateway":
            folder = written(tmp_path, connection, {**gateway, inner: wrong})
        else:
            folder = written(tmp_path, _with(connection, key, wrong), gateway)
        said = refused(folder)
    except ConnectError as error:
        said = [str(error)]
    assert said, "it passes"
    assert any(key.rpartition(".")[2] in text or f"{connection['name']}.tools.json" in text for text in said), said
    count("limits", "caught")


@pytest.mark.parametrize("limit", [name for number, name in enumerate(LIMITS) if in_share(number)])
def test_the_plans_without_it_pass(limit: str, tmp_path: Path) -> None:
    """So that what fails above fails for the limit."""
    connection, gateway, *_ = LIMITS[limit]
    assert refused(written(tmp_path, connection, gateway)) == []
