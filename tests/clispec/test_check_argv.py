"""Command lines held against the contracts."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from agentcore_connect.clispec import model
from agentcore_connect.knowledge import resources

DISCOVERY = "https://idp.example.com/.well-known/openid-configuration"
TARGET = "add gateway-target --name t --gateway g --type"


def problems(line: str, contract: model.Contract) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in model.check_argv(shlex.split(line), contract)]


RIGHT_0_30 = [
    "agentcore add gateway --name g",
    "add gateway --name=g --protocol-type MCP --no-semantic-search --exception-level DEBUG --json",
    f"add gateway --name g --authorizer-type CUSTOM_JWT --discovery-url {DISCOVERY} --allowed-clients a,b",
    f"add gateway --name g --authorizer-type CUSTOM_JWT --discovery-url {DISCOVERY} --allowed-scopes a --client-id i --client-secret s",
    "add gateway --name g --authorizer-type AWS_IAM --policy-engine E --policy-engine-mode LOG_ONLY",
    f"{TARGET} mcp-server --endpoint https://x.example.com/mcp",
    f"{TARGET} mcp-server --endpoint https://x.example.com/mcp --outbound-auth oauth --credential-name C --description d",
    f"{TARGET} api-gateway --rest-api-id r --stage s --tool-filter-path '/a/*' --tool-filter-methods GET,POST",
    f"{TARGET} api-gateway --rest-api-id r --stage s --outbound-auth api-key --credential-name K",
    f"{TARGET} open-api-schema --schema s.json --outbound-auth api-key --credential-name K",
    f"{TARGET} open-api-schema --schema s3://b/k --schema-s3-account 123456789012 --outbound-auth oauth --credential-name C",
    f"{TARGET} smithy-model --schema m.json",
    f"{TARGET} lambda-function-arn --lambda-arn arn:x --tool-schema-file t.json",
    f"{TARGET} http-runtime --runtime R --runtime-endpoint prod",
    f"{TARGET} http-runtime --runtime R --outbound-auth oauth --credential-name C --oauth-scopes a,b",
    f"{TARGET} connector --connector web-search --exclude-domains example.org",
    "add gateway-target --gateway g --type connector --connector bedrock-knowledge-bases --knowledge-base-id AB12CD34EF",
    f"{TARGET} passthrough --passthrough-endpoint https://x --outbound-auth jwt-passthrough --passthrough-protocol A2A",
    f"{TARGET} passthrough --passthrough-endpoint https://x --outbound-auth gateway-iam-role --signing-service lambda --signing-region eu-west-1",
    "add credential --name K --api-key -",
    f"add credential --name C --type oauth --discovery-url {DISCOVERY} --client-id i --client-secret s --scopes a",
    "add policy-engine --name E --attach-to-gateways g,h --attach-mode ENFORCE",
    "add policy --name p --engine E --source p.cedar --validation-mode IGNORE_ALL_FINDINGS",
    "add policy --name p --engine E --form-category promptAttack --form-filters JAILBREAK --target t",
    "add tool --harness H --type agentcore_gateway --name t --gateway-arn arn:x --outbound-auth none",
    "remove gateway-target --name t -y",
    "remove tool --harness H --name t --json",
    "deploy -y --json",
    "dp -yv",
    "dev hello -p 9000 --header 'A: b' -H 'C: d'",
    "status --type gateway --json",
    "fetch access --name g --type gateway",
    "exec --runtime R -- ls -la",
    "logs evals --runtime R",
    "--version",
    "add gateway --help",
]
WRONG_0_30 = [
    ("frob", [("unknown-command", "frob")]),
    ("add frob --name x", [("unknown-command", "frob")]),
    ("add credentials api-key --name k", [("unknown-command", "credentials")]),
    ("add", [("missing-command", "add")]),
    ("agentcore", [("missing-command", "agentcore")]),
    ("add gateway --name g --semantic-search", [("unknown-option", "--semantic-search")]),
    ("add gateway --name g --enable-semantic-search x", [("unknown-option", "--enable-semantic-search")]),
    ("add gateway --name g -q", [("unknown-option", "-q")]),
    ("add gateway --name g h", [("too-many-arguments", "h")]),
    ("add gateway --name", [("missing-value", "--name")]),
    ("add gateway --name --json", [("missing-value", "--name")]),
    ("add gateway --name g --json=yes", [("unexpected-value", "--json")]),
    ("add gateway --name g --name h", [("repeated", "--name")]),
    ("add gateway", [("needs", "--name")]),
    ("add gateway --name g --exception-level ALL", [("bad-value", "--exception-level")]),
    ("add gateway --name g --protocol-type mcp", [("bad-value", "--protocol-type")]),
    ("add gateway --name g --authorizer-type custom_jwt", [("bad-value", "--authorizer-type")]),
    (f"add gateway --name g --discovery-url {DISCOVERY}", [("no-effect", "--discovery-url")]),
    (
        f"add gateway --name g --authorizer-type CUSTOM_JWT --discovery-url {DISCOVERY}",
        [("one-of", "--allowed-audience")],
    ),
    ("add gateway --name g --authorizer-type CUSTOM_JWT --allowed-clients a", [("needs", "--discovery-url")]),
    ("add gateway --name g --policy-engine E", [("refused", "--policy-engine")]),
    ("add gateway --name g --runtimes R", [("no-effect", "--runtimes")]),
    (f"{TARGET} mcpServer --endpoint https://x", [("bad-value", "--type")]),
    (f"{TARGET} mcp-server", [("needs", "--endpoint")]),
    (f"{TARGET} mcp-server --endpoint https://x --outbound-auth none", [("refused", "--outbound-auth none")]),
    (
        f"{TARGET} mcp-server --endpoint https://x --outbound-auth api-key --credential-name K",
        [("refused", "--outbound-auth api-key --credential-name")],
    ),
    (f"{TARGET} mcp-server --endpoint https://x --credential-name C", [("means-other", "--credential-name")]),
    (
        f"{TARGET} mcp-server --endpoint https://x --outbound-auth oath --credential-name C",
        [("means-other", "--outbound-auth oath --credential-name")],
    ),
    (
        f"{TARGET} mcp-server --endpoint https://x --outbound-auth oauth --credential-name C --oauth-scopes a",
        [("no-effect", "--oauth-scopes")],
    ),
    (
        f"{TARGET} mcp-server --endpoint https://x --outbound-auth kerberos --credential-name C",
        [("unobserved", "--outbound-auth kerberos --credential-name")],
    ),
    (
        f"{TARGET} lambda-function-arn --lambda-arn a --tool-schema-file f --outbound-auth oauth --credential-name C",
        [("refused", "--outbound-auth oauth --credential-name")],
    ),
    (
        f"{TARGET} lambda-function-arn --lambda-arn a --tool-schema-file f --description d",
        [("no-effect", "--description")],
    ),
    (f"{TARGET} http-runtime --runtime R --outbound-auth none", [("means-other", "--outbound-auth none")]),
    (
        f"{TARGET} api-gateway --rest-api-id r --stage s --tool-filter-methods POST",
        [("no-effect", "--tool-filter-methods")],
    ),
    (
        f"{TARGET} api-gateway --rest-api-id r --stage s --tool-filter-path / --tool-filter-methods GET,get",
        [("bad-value", "--tool-filter-methods")],
    ),
    ("add credential --name K", [("needs", "--api-key")]),
    ("add credential --name K --type OAUTH --api-key x", [("no-effect", "--type")]),
    ("add policy --name p --engine E", [("one-of", "--statement")]),
    ("add policy --name p --engine E --statement x --source y", [("refused", "--source")]),
    ("add policy --name p --engine E --source y --enforcement-mode active", [("bad-value", "--enforcement-mode")]),
    ("remove gateway-target --name t --gateway g", [("unknown-option", "--gateway")]),
    ("remove tool --harness H --name t -y", [("unknown-option", "-y")]),
    ("traces get", [("missing-argument", "traceId")]),
    ("invoke one two", [("too-many-arguments", "two")]),
]


@pytest.mark.parametrize("line", RIGHT_0_30)
def test_right_lines_of_0_30(line: str, shipped: model.Contract) -> None:
    assert problems(line, shipped) == []


@pytest.mark.parametrize(("line", "expected"), WRONG_0_30)
def test_wrong_lines_of_0_30(line: str, expected: list[tuple[str, str]], shipped: model.Contract) -> None:
    assert sorted(problems(line, shipped)) == sorted(expected)


def test_open_api_without_sign_in_is_refused(shipped: model.Contract) -> None:
    found = problems(f"{TARGET} open-api-schema --schema s.json", shipped)
    assert ("refused", "nothing") in found
    assert ("needs", "--outbound-auth") in found


def test_a_problem_says_what_would_be_right(shipped: model.Contract) -> None:
    (found,) = model.check_argv(["add", "gateway", "--name", "g", "--exception-level", "ALL"], shipped)
    assert found.expected == "NONE, DEBUG"
    assert "Use NONE or DEBUG" in found.message
    (found,) = model.check_argv(["add", "gateway", "--name", "g", "--protocol", "MCP"], shipped)
    assert "--protocol-type" in (found.expected or "")


RIGHT_1_X = [
    """add gateway --name g --protocol-type MCP --enable-semantic-search --authorizer-type CUSTOM_JWT --authorizer-configuration '{"a": 1}' --json""",
    "add gateway --name g --authorizer-configuration file://jwt.json --policy-engine-name E --policy-engine-mode log-only --region eu-west-1",
    "add gateway-target --gateway g --name t --endpoint https://x --outbound-auth oauth --credential-name c --scope a --scope b",
    "add gateway-target --gateway g --target-configuration file://t.json",
    "add gateway-target --gateway g --target-configuration -",
    "add gateway-connector --gateway g --name t --connector web-search",
    "add credentials api-key --name k --api-key -",
    "add credentials oauth --name k --client-id i --discovery-url u --scopes a b --client-secret file://secret",
    "add policy-engine --name E --attach-to-gateways a b --attach-mode enforce",
    "add policy --engine E --name p --statement file://p.cedar --enforcement-mode log-only",
    "remove gateway-target --name t --gateway g",
    "deploy --target default",
    "status --json",
    "gateway policy generate --gateway-id x --prompt y",
    "migrate",
    "build",
]
WRONG_1_X = [
    ("add credential --name k --api-key x", [("unknown-command", "credential")]),
    ("fetch access --name g", [("unknown-command", "fetch")]),
    ("validate", [("unknown-command", "validate")]),
    ("add credentials api-key --name k --api-key sk-123", [("bad-value", "--api-key")]),
    ("add credentials oauth --name k --client-secret hush", [("bad-value", "--client-secret")]),
    ("add gateway --name g --authorizer-type CUSTOM_JWT", [("needs", "--authorizer-configuration")]),
    ("add gateway --name g --enable-semantic-search", [("needs", "--protocol-type")]),
    ("add gateway --name g --authorizer-configuration {broken", [("bad-value", "--authorizer-configuration")]),
    ("add gateway --name g --policy-engine-mode LOG_ONLY", [("bad-value", "--policy-engine-mode")]),
    ("add gateway-target --gateway g", [("one-of", "--endpoint")]),
    ("add gateway-target --gateway g --endpoint https://x", [("needs", "--name")]),
    ("add gateway-target --gateway g --name t --endpoint http://x", [("bad-value", "--endpoint")]),
    ("add gateway-target --name t --endpoint https://x", [("needs", "--gateway")]),
    ("add policy --engine E --name p --source p.cedar", [("unknown-option", "--source"), ("needs", "--statement")]),
    ("deploy -y", [("unknown-option", "-y")]),
]


@pytest.mark.parametrize("line", RIGHT_1_X)
def test_right_lines_of_1_x(line: str) -> None:
    assert problems(line, model.load("cli-contract-1.x")) == []


@pytest.mark.parametrize(("line", "expected"), WRONG_1_X)
def test_wrong_lines_of_1_x(line: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(problems(line, model.load("cli-contract-1.x"))) == sorted(expected)


def _words(options: Mapping[str, str | None]) -> list[str]:
    return [word for name, value in options.items() for word in ([name] if value is None else [name, value])]


def _forms() -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    for form in resources.load("cli-probes")["forms"]:
        alone: dict[str, str | None] = next(iter(form.get("one_of", [])), {})
        yield form, [*form["command"].split(), *form["argv"], *_words(alone)]


@pytest.mark.parametrize(("form", "argv"), [pytest.param(*one, id=one[0]["id"]) for one in _forms()])
def test_what_was_run_is_judged_as_it_ended(form: dict[str, Any], argv: list[str], shipped: model.Contract) -> None:
    """Each form is right, and each trial on top of it gets the verdict that running it gave."""
    assert model.check_argv(argv, shipped) == []
    observed = next(one for one in shipped.observed["forms"] if one["id"] == form["id"])
    for name in observed["needs"]:
        place = argv.index(name)
        assert (
            ("needs", name) in problems(shlex.join(argv[:place] + argv[place + 2 :]), shipped)
            or not form["when"]
            or any(name == key for key in form["when"])
        )
    samples = resources.load("cli-probes")["samples"]
    trials = samples.get(form["command"], []) if form.get("also") == "all" else form.get("also", [])
    kinds = {"written": set(), "ignored": {"no-effect"}, "refused": {"refused"}}
    judged = 0
    for trial in trials:
        name = " ".join(trial)
        verdict = next((kind for kind in kinds if name in observed.get(kind, ())), None)
        if verdict is None:
            continue
        judged += 1
        found = {one.kind for one in model.check_argv([*argv, *_words(trial)], shipped)}
        # a trial that gives one of the options of a combination is told by that combination
        assert kinds[verdict] <= found | (
            {"refused", "no-effect"} if "means-other" in found or "unobserved" in found else set()
        )
        assert verdict != "written" or not found, (name, found)
    assert judged == sum(len(observed.get(kind, ())) for kind in kinds)


def test_every_combination_is_judged_as_it_ended(shipped: model.Contract) -> None:
    forms = {form["id"]: form for form in resources.load("cli-probes")["forms"]}
    (probe,) = resources.load("cli-probes")["combinations"]
    (observed,) = shipped.observed["combinations"]
    judged = 0
    for form_id in probe["forms"]:
        form = forms[form_id]
        parsed = model.parse_argv([*form["command"].split(), *form["argv"]], shipped)
        base = {name: values[-1] for name, values in parsed.options.items() if name not in probe["over"]}
        for way, about in probe["ways"].items():
            result = observed["results"][str(base["--type"])][way]
            found = {
                one.kind
                for one in model.check_argv([*form["command"].split(), *_words(base | about["options"])], shipped)
            }
            if result == "as-asked":
                assert found == set(), (form_id, way, found)
            else:
                assert ("refused" if "refused" in result else "means-other") in found, (form_id, way, found)
            judged += 1
    assert judged == 112
