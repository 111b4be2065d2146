"""Plans with a template, for every kind of target and sign-in that the matrix allows; and how a template is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentcore_connect.answers import load, store
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.stack import document
from agentcore_connect.render.plan_files import render_plan, write_plan
from tests.conformance import space
from tests.conformance.emitted import gathered
from tests.conformance.space import Situation

MANY = [
    {**space.connection(space.FUNCTION), "name": "Orders"},
    {**space.connection(space.TOKENED), "name": "crm", "network": "vpc"},
    {**space.connection({**space.PUBLIC, "service_auth": "api-key"}), "name": "pets-2"},
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A situation with the decision that it stands for."""

    name: str
    situation: Situation


def kinds() -> list[Kind]:
    """One situation for each target type, sign-in, grant and home of the gateway that a way leads to."""
    found: dict[str, Kind] = {}
    for way in space.ways():
        result = way.result
        if not result.get("target_type"):
            continue
        words = [result["target_type"], result.get("outbound_auth"), result.get("grant"), way.facts.get("host")]
        words.append("elsewhere" if way.facts.get("gateway_here") is False else None)
        name = " ".join(str(word) for word in words if word)
        found.setdefault(name, Kind(name, by_template(way.facts, "custom-jwt")))
    return list(found.values())


def by_template(facts: Mapping[str, Any], inbound: str = "aws-iam", **change: Any) -> Situation:
    """The situation that these facts describe, with a change (see `space.changed`), by a template."""
    return Situation(space.changed(space.document(facts, inbound), change), via="cloudformation")


def many(**change: Any) -> Situation:
    """Three targets of different kinds, policies and settings in one template."""
    data = space.document(space.FUNCTION, "custom-jwt")
    policy = {"mode": "enforce", "restrict": ["Orders___get_order"]}
    data = {**data, "connections": MANY, "policy": policy}
    return Situation(space.changed(data, {**space.SETTINGS["both interceptors"], **change}), via="cloudformation")


def write_files(folder: Path) -> None:
    """Write what the answers name."""
    for name, text in space.FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "answers.yaml").write_text("", encoding="utf-8")


def planned(one: Situation, folder: Path) -> Plan:
    """The plan of a situation."""
    return build(gathered(one, folder))


def rendered(one: Situation, folder: Path) -> tuple[Plan, str]:
    """The plan of a situation and the text of its template."""
    case = gathered(one, folder)
    plan, files = render_plan(build(case), case, folder / "connect")
    return plan, files["template.yaml"][0]


def resources_of(plan: Plan) -> dict[str, Any]:
    """The resources of a plan's template, by their names."""
    found: dict[str, Any] = document(plan.context["stack"])["Resources"]
    return found


def of_type(plan: Plan, kind: str) -> Iterator[dict[str, Any]]:
    """The properties of the resources of a type, such as `GatewayTarget`."""
    for one in resources_of(plan).values():
        if one["Type"].endswith(f"::{kind}"):
            yield one["Properties"]


def resolved(value: Any, values: Mapping[str, Any]) -> Any:
    """The value with its functions carried out: `values` holds what references give, by name or name.attribute."""
    if isinstance(value, list):
        return [resolved(one, values) for one in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref":
            return values[argument]
        if name == "Fn::GetAtt":
            return values[".".join(argument)]
        if name == "Fn::If":
            return resolved(argument[1], values)
        if name == "Fn::Sub":
            for key, text in values.items():
                argument = argument.replace(f"${{{key}}}", str(text))
            assert "${" not in argument.replace("${!", ""), argument
            return argument.replace("${!", "${")
    return {key: resolved(one, values) for key, one in value.items()}


def write_many(folder: Path) -> Path:
    """Write the plan of `many` with its template; the plan's folder."""
    write_files(folder)
    (folder / "answers.yaml").write_text(store.dump(dict(many().data)), encoding="utf-8")
    found = gather(load.load(folder / "answers.yaml"), via="cloudformation")
    write_plan(build(found), found, folder / "connect", force=False)
    return folder / "connect"


def as_json(value: Any) -> str:
    """A value as text that can be compared."""
    return json.dumps(value, sort_keys=True)
