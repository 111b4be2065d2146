"""Checks a plan's CloudFormation template beyond its schemas: secrets, roles, permissions, references.

Pure functions over a template's data with its functions in their long form, in which every scalar is a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agentcore_connect.core.problem import Problem
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge.resources import load

_RESOLVE: Final = re.compile(r"\{\{\s*resolve:")
_SECRET: Final = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure):[^{}]+\}\}")
_FROM_SECRETS: Final = re.compile(r"^\{\{resolve:secretsmanager:.+\}\}$")
_VARIABLE: Final = re.compile(r"\$\{(?!!)([A-Za-z0-9:.]+)\}")
#: The resource part of an ARN that names a kind of thing and none of its things.
_EVERY: Final = re.compile(r"^(?:[A-Za-z0-9-]+[:/])?\*$")
_POLICIES: Final = ("AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
_NOT_OURS: Final = {
    "Transform": "a macro changes the template after it was checked",
    "Rules": "they are not part of the plan",
}


def check_template(data: object) -> list[Problem]:
    """Return the problems of a template.

    In: the data as `project.cloudformation.template_data` reads it. Out: a problem for each place, all errors.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("Resources"), Mapping):
        return [_problem("template-empty", "Resources", "the template has no resources")]
    found = [*_sections(data), *_dangling(data), *_secrets(data), *_shown_secrets(data), *_dynamic(data)]
    for name, one in data["Resources"].items():
        place = f"Resources.{name}"
        properties = _mapping(_mapping(one).get("Properties"))
        kind = _mapping(one).get("Type")
        if kind == "AWS::IAM::Role":
            found += _trust(properties, place)
            found += _managed(properties, place)
            policies = properties.get("Policies")
            for number, policy in enumerate(policies if isinstance(policies, list) else ()):
                inner = f"{place}.Properties.Policies[{number}].PolicyDocument"
                found += _rights(_mapping(policy).get("PolicyDocument"), inner)
        elif kind in _POLICIES:
            found += _rights(properties.get("PolicyDocument"), f"{place}.Properties.PolicyDocument")
    return found


def is_lintable(data: object) -> bool:
    """Return whether cfn-lint may judge the template: its metadata can tell cfn-lint which rules to leave out."""
    entries = [data, *_mapping(_mapping(data).get("Resources")).values()]
    return not any("cfn-lint" in _mapping(_mapping(one).get("Metadata")) for one in entries)


def names_in(value: object) -> set[str]:
    """The names of parameters, conditions and resources that a value refers to."""
    found: set[str] = set()
    for _, key, one in _walk(value, ""):
        if key in ("Ref", "Condition") and isinstance(one, str):
            found.add(one)
        elif key == "Fn::If" and isinstance(one, list) and one:
            found.add(str(one[0]))
        elif key == "Fn::GetAtt":
            found.add(str(one[0] if isinstance(one, list) else one).partition(".")[0])
        elif key == "Fn::Sub":
            text, own = (one[0], one[1]) if isinstance(one, list) and len(one) == 2 else (one, {})
            found |= {name.partition(".")[0] for name in _VARIABLE.findall(str(text))} - set(_mapping(own))
        elif key == "DependsOn":
            found |= set(map(str, _listed(one)))
    return found


def _sections(data: JsonObject) -> Iterator[Problem]:
    for name, why in _NOT_OURS.items():
        if name in data:
            yield _problem("template-section", name, f"{name} does not belong here: {why}")
    if not is_lintable(data):
        yield _problem("lint-silenced", "Metadata", "the metadata tells cfn-lint which rules to leave out")


def _dangling(data: JsonObject) -> Iterator[Problem]:
    """Yield references to missing parts of the template; cfn-lint ignores those inside a union."""
    there = {name for section in ("Parameters", "Resources", "Conditions") for name in _mapping(data.get(section))}
    for section in ("Conditions", "Resources", "Outputs"):
        for name, one in _mapping(data.get(section)).items():
            for missing in sorted(names_in({section: one}) - there):
                if not missing.startswith("AWS::"):
                    why = f"it refers to {missing}, which the template does not have"
                    yield _problem("dangling-reference", f"{section}.{name}", why)


def _secrets(data: JsonObject) -> Iterator[Problem]:
    """Secret properties hold a parameter that is not shown, or a reference to Secrets Manager; nothing else."""
    wanted = "a NoEcho parameter without a default, or {{resolve:secretsmanager:...}}"
    for place, key, value in _walk(data["Resources"], "Resources"):
        if key in load("cloudformation")["secret_properties"] and not _is_hidden(value, data):
            yield _problem("secret-in-template", place, f"it must be {wanted}")
    for name, parameter in _mapping(data.get("Parameters")).items():
        if _is_no_echo(parameter) and "Default" in _mapping(parameter):
            yield _problem("secret-in-template", f"Parameters.{name}.Default", "a secret has no default")


def _is_hidden(value: object, data: JsonObject) -> bool:
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref":
            return _is_no_echo(_mapping(data.get("Parameters")).get(argument))
        value = argument if function == "Fn::Sub" else None
    return isinstance(value, str) and _FROM_SECRETS.match(value) is not None


def _is_no_echo(parameter: object) -> bool:
    return str(_mapping(parameter).get("NoEcho", "")).lower() == "true"


def _shown_secrets(data: JsonObject) -> Iterator[Problem]:
    """A parameter that is not shown goes into a secret property and nowhere else."""
    hidden = {name for name, one in _mapping(data.get("Parameters")).items() if _is_no_echo(one)}
    secret = load("cloudformation")["secret_properties"]
    for section in ("Resources", "Outputs", "Metadata"):
        for place, key, value in _walk(data.get(section), section):
            if isinstance(value, Mapping | list) or key is None:
                continue
            used = names_in({key: value}) & hidden
            owner = place.rsplit(".", 2)[-2] if place.count(".") else ""
            if used and owner not in secret:
                yield _problem("secret-shown", place, f"it shows the secret parameter {sorted(used)[0]}")


def _dynamic(data: JsonObject) -> Iterator[Problem]:
    secret = load("cloudformation")["secret_properties"]
    for place, _, value in _walk(data, ""):
        if isinstance(value, str) and _RESOLVE.search(value):
            parts = place.split(".")
            if not set(parts[-2:]) & set(secret):
                yield _problem("dynamic-reference", place, "CloudFormation replaces this text when it deploys")


def _trust(properties: JsonObject, place: str) -> Iterator[Problem]:
    trust = load("iam-statements")["trust"]
    document = _mapping(properties.get("AssumeRolePolicyDocument"))
    where = f"{place}.Properties.AssumeRolePolicyDocument"
    for number, one in enumerate(_statements(document)):
        inner = f"{where}.Statement[{number}]"
        if one.get("Principal") != {"Service": trust["principal"]}:
            yield _problem("role-principal", f"{inner}.Principal", f"only {trust['principal']} takes on this role")
        conditions = {
            str(key): value for test in _mapping(one.get("Condition")).values() for key, value in _mapping(test).items()
        }
        for key in ("aws:SourceAccount", "aws:SourceArn"):
            if _resolved(conditions.get(key)) in (None, "", "*"):
                why = f"without {key} a gateway of another account can use this role"
                yield _problem("role-condition", f"{inner}.Condition", why)


def _managed(properties: JsonObject, place: str) -> Iterator[Problem]:
    if properties.get("ManagedPolicyArns"):
        why = "a managed policy gives more than these targets need"
        yield _problem("role-managed-policy", f"{place}.Properties.ManagedPolicyArns", why)


def _rights(document: object, place: str) -> Iterator[Problem]:
    """Statements that allow more than they must: every action, or every resource where an ARN is possible."""
    free = load("cloudformation")["any_resource"]
    for number, one in enumerate(_statements(_mapping(document))):
        inner = f"{place}.Statement[{number}]"
        actions = [str(action) for action in _listed(one.get("Action"))]
        for key in ("NotAction", "NotResource", "NotPrincipal"):
            if key in one:
                yield _problem("rights-not", f"{inner}.{key}", f"{key} allows all that it does not name")
        if any("*" in action for action in actions):
            yield _problem("rights-action", f"{inner}.Action", "name each action: a star allows later ones as well")
        if set(actions) <= set(free):
            continue
        for resource in map(_resolved, _listed(one.get("Resource"))):
            if resource is not None and _is_every(resource):
                yield _problem("rights-resource", f"{inner}.Resource", f"name the resource: {resource} is every one")


def _is_every(resource: str) -> bool:
    parts = _VARIABLE.sub("x", resource).split(":", 5)
    if len(parts) < 6:
        return "*" in resource
    is_any = parts[5].startswith("*") if parts[2] in load("cloudformation")["named_at_once"] else _EVERY.match(parts[5])
    return "*" in (parts[3], parts[4]) or bool(is_any)


def _resolved(value: object) -> str | None:
    """A text, the text of a Sub, or a name for whatever a function gives; None where there is nothing."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Fn::Sub":
            return str(argument[0] if isinstance(argument, list) and argument else argument)
        return "a-value"
    return None if value is None else str(value)


def _statements(document: JsonObject) -> list[JsonObject]:
    return [_mapping(one) for one in _listed(document.get("Statement"))]


def _listed(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _mapping(value: object) -> JsonObject:
    return value if isinstance(value, Mapping) else {}


def _walk(value: object, place: str) -> Iterator[tuple[str, str | None, Json]]:
    """Every value below this one: its place, the key it stands under, itself."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            inner = f"{place}.{key}" if place else str(key)
            yield inner, str(key), one
            yield from _walk(one, inner)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            inner = f"{place}[{number}]"
            yield inner, None, one
            yield from _walk(one, inner)


def _problem(code: str, where: str, message: str) -> Problem:
    return Problem("error", code, where, message)
