"""`diagnose` says of each member of the API's requests what it takes, and what the value lacks, without the value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from agentcore_connect.app.diagnose import diagnose
from agentcore_connect.diagnose.api_shapes import Api, api, written
from agentcore_connect.diagnose.complaints import complaints
from agentcore_connect.diagnose.limits import limits
from agentcore_connect.diagnose.value_form import pattern_lacks
from agentcore_connect.knowledge import resources

CONTRACT = resources.load("api-contract")["services"]
Case = tuple[str, str, str, Mapping[str, Any]]


def members() -> Iterator[Case]:
    """Each member of each request of the contract: operation, its path as AWS writes it, as it is told, its shape."""
    for service in CONTRACT.values():
        for operation, sides in service["operations"].items():
            yield from below(operation, "", "", sides["input"], service["shapes"], ())


def below(operation: str, aws: str, told: str, name: str, shapes: Any, around: tuple[str, ...]) -> Iterator[Case]:
    shape = shapes[name]
    yield operation, aws, told, shape
    if name in around:
        return
    inner = (*around, name)
    for member, of in shape.get("members", {}).items():
        yield from below(operation, f"{aws}.{member}".lstrip("."), f"{told}.{member}".lstrip("."), of, shapes, inner)
    if "of" in shape:
        yield from below(operation, f"{aws}.1.member", f"{told}[]", shape["of"], shapes, inner)
    if "values" in shape:
        yield from below(operation, f"{aws}.x", f"{told}.*", shape["values"], shapes, inner)


MEMBERS = list(members())


def of_service(path: str, rule: str, value: str | None = None) -> str:
    given = "Value" if value is None else f"Value '{value}'"
    return f"1 validation error detected: {given} at '{path}' failed to satisfy constraint: {rule}"


def say(text: str, operation: str, known: Api | None = None) -> list[str]:
    return limits(complaints(" ".join(text.split()), text), operation, text, known)


@pytest.fixture(params=["installed", "written"])
def known(request: pytest.FixtureRequest) -> Api:
    return api() if request.param == "installed" else written()


def test_there_are_members_of_each_kind() -> None:
    shapes = [shape for _, _, _, shape in MEMBERS]
    for key in ("enum", "pattern", "min", "max", "required", "union"):
        assert sum(key in shape for shape in shapes) > 20, key
    assert len(MEMBERS) > 900


def test_a_text_too_long_or_too_short_is_counted(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        if shape["type"] != "string":
            continue
        if shape.get("min"):
            rule = f"Member must have length greater than or equal to {shape['min']}"
            (said,) = say(of_service(aws, rule, "q" * (shape["min"] - 1)), operation, known)
            lacks = "is empty" if shape["min"] == 1 else f"has {shape['min'] - 1}"
            assert said.startswith(f"`{told}` takes ")
            assert re.search(rf"\b{shape['min']}\b", said), said
            assert said.endswith(f"; the given value {lacks}."), said
        if shape.get("max", 9999) < 3000:
            rule = f"Member must have length less than or equal to {shape['max']}"
            (said,) = say(of_service(aws, rule, "q" * (shape["max"] + 1)), operation, known)
            assert re.search(rf"\b{shape['max']} characters?; the given value has {shape['max'] + 1}\.$", said), said
            (said,) = say(of_service(aws, rule), operation, known)
            assert "given value" not in said


def test_an_enum_names_its_values_and_the_nearest(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        if "enum" not in shape:
            continue
        for name in shape["enum"]:
            given = name.lower().replace("_", "-")
            rule = f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"
            (said,) = say(of_service(aws, rule, given), operation, known)
            assert said.startswith(f"`{told}` takes one of ")
            assert said.endswith(f". Nearest to the given value: `{name}`."), said
            assert all(f"`{one}`" in said for one in shape["enum"][:30])
        (said,) = say(of_service(aws, "Member must satisfy enum value set: [A9]", "qqqqqqqqqq"), operation, known)
        assert said == f"`{told}` takes one of `A9`."


def test_a_pattern_is_shown_and_the_value_is_not(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        if "pattern" not in shape:
            continue
        value = "s3cretWord\u0007\u00e9"
        for pattern in (shape["pattern"], f"^{shape['pattern']}$"):
            text = of_service(aws, f"Member must satisfy regular expression pattern: {pattern}", value)
            (said,) = say(text, operation, known)
            assert said.startswith(f"`{told}` must have the form `{shape['pattern']}`.")
            assert "s3cret" not in said
        text = of_service(aws, "Member must satisfy regular expression pattern: [9]+other", value)
        (said,) = say(text, operation, known)
        assert "botocore 1." in said
        assert "Not allowed" not in said


def test_a_number_out_of_its_range(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        if shape["type"] not in ("integer", "long", "float", "double"):
            continue
        for key, words, lacks in (("min", "greater", "less"), ("max", "less", "greater")):
            if key in shape:
                rule = f"Member must have value {words} than or equal to {int(shape[key])}"
                (said,) = say(of_service(aws, rule, "-77"), operation, known)
                assert said.startswith(f"`{told}` takes ")
                assert said.endswith(f"; the given number is {lacks}.")
                assert str(int(shape[key])) in said
                assert "77" not in said


def test_a_list_or_map_of_the_wrong_length(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        if shape["type"] not in ("list", "map"):
            continue
        unit = "items?" if shape["type"] == "list" else "entr(y|ies)"
        if shape.get("min"):
            rule = f"Member must have length greater than or equal to {shape['min']}"
            (said,) = say(of_service(aws, rule, "[]" if shape["type"] == "list" else "{}"), operation, known)
            assert re.match(
                rf"`{re.escape(told)}` takes .*\b{shape['min']}\b.* {unit}; the given value is empty\.$", said
            )
        if "max" in shape:
            rule = f"Member must have length less than or equal to {shape['max']}"
            (said,) = say(of_service(aws, rule, "[a, b]"), operation, known)
            assert re.match(rf"`{re.escape(told)}` takes .*\b{shape['max']} {unit}\.$", said), said


def test_what_a_list_or_map_holds(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        for part, rule, word in (
            ("of", "Member", "item"),
            ("keys", "Map keys", "key"),
            ("values", "Map value", "value"),
        ):
            if part not in shape:
                continue
            shapes = known.roots[operation].shapes
            text = of_service(aws, f"{rule} must satisfy constraint: [Member must have length less than or equal to 9]")
            said = say(text, operation, known)
            inner = shapes[shape[part]]
            limited = any(key in inner for key in ("min", "max", "pattern", "enum"))
            assert len(said) == limited
            assert all(one.startswith(f"Each {word} of `{told}` takes ") for one in said)
            assert all(str(inner["max"]) in one for one in said if "max" in inner)


def test_a_required_member_that_is_missing(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        for name in shape.get("required", ()):
            path = f"{told}.{name}".lstrip(".")
            at_service = f"{aws}.{name}".lstrip(".")
            text = f"1 validation error detected: Value null at '{at_service}' failed to satisfy constraint: Member must not be null"
            assert say(text, operation, known) == [f"`{path}` is required and was not given."]
            boto3 = aws.replace(".1.member", "[0]") or "input"
            (said,) = say(
                f'Parameter validation failed:\nMissing required parameter in {boto3}: "{name}"', operation, known
            )
            assert said.startswith(f"`{path}` is required and was not given. It takes ")


def test_two_members_of_a_union_or_none(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        if not shape.get("union"):
            continue
        path, keys = aws.replace(".1.member", "[0]"), ", ".join(shape["members"])
        for text, more in (
            (f"Invalid number of parameters set for tagged union structure {path}. Can only set one of the following keys: {keys}.", "more than one"),
            (f"Must set one of the following keys for tagged unionstructure {path}: {keys}.", "none of them"),
        ):  # fmt: skip
            (said,) = say(f"Parameter validation failed:\n{text}", operation, known)
            assert said.startswith(f"`{told}` takes exactly one of ")
            assert more in said
            assert all(f"`{name}`" in said for name in shape["members"])


def test_an_unknown_member_is_given_its_nearest(known: Api) -> None:
    for operation, aws, told, shape in MEMBERS:
        names = list(shape.get("members", ()))
        for name in names:
            typo = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
            if len(name) < 4 or typo in names:
                continue
            path = aws.replace(".1.member", "[0]") or "input"
            text = f'Parameter validation failed:\nUnknown parameter in {path}: "{typo}", must be one of: {", ".join(names)}'
            (said,) = say(text, operation, known)
            holder = f"`{told}`" if told else "The request"
            assert said == f"{holder} has no member `{typo}`. Nearest: `{name}`."


def test_a_member_at_the_wrong_level_is_sent_home() -> None:
    text = 'Unknown parameter in input: "lambdaArn", must be one of: gatewayIdentifier, name, targetConfiguration'
    assert say(text, "CreateGatewayTarget") == [
        "The request has no member `lambdaArn`. It belongs at `targetConfiguration.mcp.lambda.lambdaArn`."
    ]


def test_an_older_botocore_is_named() -> None:
    text = 'Unknown parameter in input: "policyEngineConfiguration", must be one of: name, roleArn, protocolType'
    (said,) = say(text, "CreateGateway")
    assert said.endswith("refused it is older: pip install --upgrade boto3.")


def test_wrong_and_unknown_fields_give_nothing(known: Api) -> None:
    rule = "Member must have length less than or equal to 3"
    for operation, aws, _, shape in MEMBERS:
        if aws and shape["type"] == "string" and not aws.endswith(".x"):
            assert say(of_service(f"{aws}Nope", rule, "abcd"), operation, known) == []
            assert say(of_service(f"{aws}.nope", rule, "abcd"), operation, known) == []
            assert say(of_service(aws, rule, "abcd"), "PutItem", known) == []
    assert say(of_service("name", rule, "abcd"), "", known) == []
    assert say('Missing required parameter in input: "nope"', "CreateGateway", known) == []
    assert say('Missing required parameter in input: "description"', "CreateGateway", known) == []
    assert (
        say("Invalid type for parameter name, value: x, type: <class 'Odd'>, valid types: <class 'str'>", "", known)
        == []
    )


def test_without_an_operation_a_path_must_mean_one_thing() -> None:
    rule = "Member must satisfy enum value set: [CUSTOM_JWT, AWS_IAM]"
    (said,) = say(of_service("authorizerType", rule, "custom-jwt"), "")
    assert "Nearest to the given value: `CUSTOM_JWT`" in said
    call = "    client.create_gateway_target(**body)\n"
    text = of_service("name", "Member must have length less than or equal to 100", "q" * 101)
    assert say(text, "") != say(f"{call}{text}", "")


def test_the_forms_of_smithy_and_cloudformation() -> None:
    text = "1 validation error detected. Value with length 0 at '/name' failed to satisfy constraint: Member must have length between 1 and 100, inclusive"
    assert say(text, "CreateGateway") == ["`name` takes 1 to 100 characters; the given value is empty."]
    stack = "AWS::BedrockAgentCore::GatewayTarget Properties validation failed for resource T with message: "
    forms = {
        "#/Name: expected maxLength: 100, actual: 104": "`name` takes at most 100 characters; the given value has 104.",
        "#/Name: failed validation constraint for keyword [pattern]": "`name` must have the form",
        "#/TargetConfiguration/Mcp/Lambda: required key [ToolSchema] not found": "`targetConfiguration.mcp.lambda.toolSchema` is required",
        "#: extraneous key [CredentialProviders] is not permitted": "Nearest: `credentialProviderConfigurations`",
        "#/Name: expected type: String, found: JSONArray": "`name` takes a text; a list was given.",
    }
    for form, told in forms.items():
        (said,) = say(stack + form, "")
        assert told in said
    assert say(stack + "#/Nope: failed validation constraint for keyword [pattern]", "") == []
    assert say(stack + "#/Name: failed validation constraint for keyword [format]", "") == []


def test_what_botocore_itself_says_is_understood() -> None:
    session = get_session()
    count = 0
    for service, about in CONTRACT.items():
        model = session.get_service_model(service)
        for operation in about["operations"]:
            shape = model.operation_model(operation).input_shape
            wrong = {name: 7.5 if member.type_name == "string" else "x" for name, member in shape.members.items()}
            for body in ({}, wrong, {"no_such": 1}):
                report = ParamValidator().validate(body, shape)
                lines = report.generate_report().splitlines()
                said = say(f"Parameter validation failed:\n{report.generate_report()}", operation)
                assert len(said) == len(set(lines)), (lines, said)
                count += len(said)
    assert count > 150


@pytest.mark.parametrize(
    ("pattern", "value", "lacks"),
    [
        ("([0-9a-zA-Z][-]?){1,48}", "my_gate way_", "Not allowed in it: 2 x `_`, 1 x a space."),
        ("([0-9a-zA-Z][-]?){1,48}", "-a", "The given value may not begin with `-`."),
        ("([0-9a-zA-Z][-]?){1,48}", "a--b", "Two of these may not follow each other: `-`."),
        ("([0-9a-zA-Z][-]?){1,3}", "abcdef", "Its first 3 of 6 characters would fit alone."),
        ("([0-9a-zA-Z][-]?){1,48}", "", "The given value is empty."),
        ("[a-z]+", "aBc1\u00e9\u0007", "Not allowed in it: 1 x a capital letter, 1 x a digit, 1 x a character outside ASCII, 1 x a control character."),
        ("[a-z](-[a-z])*", "a-", "The given value may not end with `-`."),
        ("https://.*", "http://x", "It must begin with `https`."),
        ("arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+", "arn:aws:iam::1:role/x", "It has this form up to `arn:aws(-[^:]+)?:iam::([0-9]{12})?`, and `:role/.+` must follow."),
        ("[a-zA-Z][a-zA-Z0-9_]{0,39}", "a" * 41, "Its first 40 of 41 characters would fit alone."),
        ("[a-z]+", "abc", ""),
        ("[", "abc", ""),
        ("[a-z]+", "a" * 2501 + "_", ""),
        (r"[^\p{C}]*", "a", ""),
        ("a|b", "ab", "Its first 1 of 2 characters would fit alone."),
    ],
)  # fmt: skip
def test_what_keeps_a_value_from_its_form(pattern: str, value: str, lacks: str) -> None:
    assert pattern_lacks(value, pattern) == lacks


@pytest.mark.parametrize("value", ["q…q", "***", "q\\\\q", "Sensitive Data Redacted"])
def test_a_value_that_was_changed_is_not_measured(value: str) -> None:
    text = of_service("name", "Member must satisfy regular expression pattern: ([0-9a-zA-Z][-]?){1,48}", value)
    assert say(text, "CreateGateway") == ["`name` must have the form `([0-9a-zA-Z][-]?){1,48}`."]


def test_a_value_that_the_log_has_wrapped_is_not_measured() -> None:
    raw = of_service("name", "Member must have length less than or equal to 100", "q" * 60 + "\n" + "q" * 60)
    assert say(raw, "CreateGateway") == ["`name` takes at most 100 characters."]


def test_the_service_and_boto3_have_rows_of_their_own() -> None:
    head = "An error occurred (ValidationException) when calling the CreateGateway operation: "
    found = diagnose(
        head + of_service("authorizerType", "Member must satisfy enum value set: [CUSTOM_JWT, AWS_IAM]", "jwt")
    )
    assert found.matches[0].id == "B35"
    assert found.details == ["`authorizerType` takes one of `CUSTOM_JWT`, `AWS_IAM`."]
    stack = "AWS::BedrockAgentCore::Gateway Properties validation failed for resource G with message: #/Name: failed validation constraint for keyword [pattern]"
    assert diagnose(stack).matches[0].id == "B35"
    local = diagnose(
        'Parameter validation failed:\nUnknown parameter in input: "role_arn", must be one of: name, roleArn, authorizerType'
    )
    assert local.matches[0].id == "B20"
    assert local.details == ["The request has no member `role_arn`. Nearest: `roleArn`."]


def test_other_services_get_no_sentence() -> None:
    text = "An error occurred (ValidationException) when calling the PutItem operation: " + of_service(
        "tableName", "Member must have length greater than or equal to 3", "ab"
    )
    assert diagnose(text).matches == []
    assert diagnose(text).details == []
