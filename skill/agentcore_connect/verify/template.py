"""Checks a plan's CloudFormation template against the plan, built-in rules, botocore's model and cfn-lint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from agentcore_connect.checks import template_lint
from agentcore_connect.checks.template_rules import check_template, is_lintable
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json, mapping, texts
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan import stack_forms
from agentcore_connect.project.cloudformation import template_data
from agentcore_connect.verify.data import differing
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.written import Written

_IN_STEP: Final = "make the change in the answers and write the plan anew, so that both stay in step"
_CURE: Final = "correct this place, or write the plan anew (--force)"
_UNKNOWN: Final = "value"


def check_stack(written: Written, name: str) -> Iterator[Result]:
    """Check the template: unchanged, sound, and valid by its resource schemas."""
    text = written.text(name)
    try:
        data = template_data(text, shown=name)
    except ConnectError as error:
        yield judged(name, "template", OWN, [error], cure=_CURE)
        return
    yield judged(name, "template", OWN, [], cure=_CURE)
    planned = template_data(written.files[name], shown=name)
    places = [f"{place} is not what the answers lead to" for place in differing(data, planned)]
    yield judged(name, "as-planned", OWN, places, cure=_IN_STEP)
    yield judged(name, "template-rules", OWN, check_template(data), cure=_CURE)
    yield _modelled(name, data)
    yield _linted(written, name, text, data)


def _modelled(name: str, data: object) -> Result:
    from agentcore_connect.verify.botocore_model import botocore_version

    version = botocore_version()
    if version is None:
        why = "botocore is not installed here"
        return Result(name, "request-model", "not-run", "botocore", why, next="pip install boto3")
    return judged(name, "request-model", f"botocore {version}", against_model(data), cure=_CURE)


def against_model(data: object) -> list[str]:
    """Check the properties against botocore's model.

    cfn-lint does not judge a union in which a function stands; here a function stands for any value. In: the
    template's data. Errors: as `check_request`.
    """
    from agentcore_connect.verify.botocore_model import check_request

    known, service = load("cloudformation"), load("request-bodies")["service"]
    operations = {about["type"]: operation for operation, about in known["resources"].items()}
    problems = []
    found = data.get("Resources") if isinstance(data, Mapping) else None
    for name, one in found.items() if isinstance(found, Mapping) else ():
        operation = operations.get(one.get("Type")) if isinstance(one, Mapping) else None
        if operation is None:
            continue
        about, properties = known["resources"][operation], one.get("Properties") or {}
        body = stack_forms.members(properties, known["maps"], known["opaque"])
        if "service" in about:  # the members of other services begin with a capital letter, as properties do
            body = dict(zip(properties, mapping(body).values(), strict=True))
        open_places: set[str] = set()
        body = _settled(body, "", open_places)
        if not isinstance(body, Mapping):
            continue
        found_by = check_request(
            operation,
            {key: value for key, value in body.items() if key not in about.get("also", {})},
            about.get("service", service),
        )
        for member, other in about.get("also", {}).items():
            if member in body:
                judged_alone = check_request(other, {member: body[member]}, service)
                found_by += [one for one in judged_alone if one.where.split(".")[0] == member]
        for problem in found_by:
            if problem.severity == "error" and problem.where not in open_places:
                problems.append(f"Resources.{name}: {problem}")
    return problems


def _settled(value: Json, place: str, open_places: set[str]) -> Json:
    """Return the value with samples for functions, and record their places."""
    if isinstance(value, list):
        return [_settled(one, f"{place}[{number}]", open_places) for number, one in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1 and next(iter(value)).startswith(("ref", "fn::")):
        open_places.add(place)
        return _UNKNOWN
    return {key: _settled(one, f"{place}.{key}" if place else key, open_places) for key, one in value.items()}


def beyond_lint(data: object) -> frozenset[tuple[str, ...]]:
    """The places of a template's properties that CloudFormation documents and the schemas of cfn-lint lack."""
    known = {one["type"]: texts(one.get("beyond_lint")) for one in load("cloudformation")["resources"].values()}
    made = mapping(mapping(data).get("Resources"))
    return frozenset(
        ("Resources", name, "Properties", member)
        for name, one in made.items()
        for member in known.get(str(mapping(one).get("Type")), ())
    )


def _linted(written: Written, name: str, text: str, data: object) -> Result:
    if not is_lintable(data) or "Transform" in (data if isinstance(data, dict) else {}):
        why = "the template holds settings for cfn-lint or a macro, so its verdict would say nothing"
        return Result(name, "cfn-lint", "not-run", "cfn-lint", why, next=_CURE)
    verdict = template_lint.lint(text, written.fresh.context["gateway"]["region"], beyond_lint(data))
    if verdict.not_run:
        return Result(name, "cfn-lint", "not-run", verdict.by, verdict.not_run, next=template_lint.INSTALL)
    return judged(name, "cfn-lint", verdict.by, verdict.errors, cure=_CURE, command=f"cfn-lint {name}")
