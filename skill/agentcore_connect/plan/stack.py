"""One CloudFormation template out of a plan: parameters, role, resources and outputs, as plain data.

The properties of a resource are the request that boto3 would send (`requests.py`), with the names that CloudFormation
has for its members; what differs is in knowledge/cloudformation.yaml. Pure; the text is made by a renderer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agentcore_connect.checks.template_rules import names_in
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json, JsonObject, mapping, texts
from agentcore_connect.knowledge import resources
from agentcore_connect.plan import stack_forms as forms
from agentcore_connect.plan.markers import settle
from agentcore_connect.plan.records import ConnectionContext, RenderContext, StackContext
from agentcore_connect.plan.request_facts import facts_for
from agentcore_connect.plan.requests import requests_from
from agentcore_connect.plan.role_rights import statements_from, trust_from
from agentcore_connect.plan.settings_requests import added_requests
from agentcore_connect.plan.stack_facts import StandIns, creates_gateway, is_in_stack
from agentcore_connect.plan.templates import Facts, fill, holds

Mapped = dict[str, Json]


def stack(ctx: RenderContext) -> StackContext | None:
    """The template of a plan; None where the plan has none.

    In: the render context. Out: `name` of the stack, `description`; `parameters`, `conditions`, `resources` and
    `outputs`, each a list of entries with `id`, what it `is`, and for resources a `comment`; `inputs`, what is asked
    for when it is deployed; `is_large`, whether it has to be uploaded to a bucket first.
    Errors: as `requests_for`; ConnectError `template-names-collide` where two things would share a name in it.
    """
    connections = [c for c in ctx["connections"] if is_in_stack(ctx, c)]
    return _Stack(ctx, connections).finished() if connections else None


def document(made: StackContext) -> Mapped:
    """The template as CloudFormation reads it, with its functions in their long form."""
    sections = {
        title: {str(one["id"]): one["is"] for one in entries}
        for title, entries in (
            ("Parameters", made["parameters"]),
            ("Conditions", made["conditions"]),
            ("Resources", made["resources"]),
            ("Outputs", made["outputs"]),
        )
    }
    filled = {title: section for title, section in sections.items() if section}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Description": made["description"], **filled}


class _Stack:
    """A template in the making; each section by the names of its entries."""

    def __init__(self, ctx: RenderContext, connections: Sequence[ConnectionContext]) -> None:
        self._ctx = ctx
        self._known = resources.load("cloudformation")
        self._connections = connections
        gateway = ctx["gateway"]
        self._creates = creates_gateway(ctx["plan"]["via"], exists=gateway["exists"], in_project=gateway["in_project"])
        sections = ("parameters", "conditions", "resources", "outputs", "inputs")
        self._parts: dict[str, dict[str, Mapped]] = {name: {} for name in sections}

    def finished(self) -> StackContext:
        """The whole template, in the order in which a person reads it."""
        stand_ins = StandIns(self._connections, self._creates)
        made = [stand_ins.of(facts_for(self._ctx, c), c) for c in self._connections]
        for section in ("parameters", "conditions", "inputs"):
            for one in stand_ins.found[section]:
                self._put(section, one)
        each = [facts for facts, _ in made]
        rights = self._role(each[0], forms.merged(one for facts in each for one in statements_from(facts)))
        if self._creates and self._ctx["policies"]:
            self._put("resources", self._of_policy("engine", *made[0]))
        targets = [self._resources(facts, runtime, rights) for facts, runtime in made]
        if self._creates:
            self._policies(*made[0], waits=targets)
            self._around(*made[0])
        self._outputs(each)
        self._prune()
        return self._as_data()

    def _as_data(self) -> StackContext:
        name = self._ctx["gateway"]["name"]
        listed = ", ".join(c["name"] for c in self._connections)
        parts = {section: list(entries.values()) for section, entries in self._parts.items()}
        made = StackContext(
            name=f"agentcore-{name}",
            description=f"AgentCore gateway {name} with the targets {listed}"[:1024],
            parameters=parts["parameters"],
            conditions=parts["conditions"],
            resources=parts["resources"],
            outputs=parts["outputs"],
            inputs=parts["inputs"],
            is_large=False,
        )
        return {**made, "is_large": forms.size_at_most(document(made)) > self._known["largest_inline"]["value"]}

    def _role(self, facts: Facts, rights: Sequence[JsonObject]) -> list[str]:
        """The gateway's role, or the rights for one that exists. Out: what targets have to wait for."""
        about = self._known["role" if self._creates else "role_policy"]
        policy = {
            "PolicyName": fill(about["policy"], facts),
            "PolicyDocument": {"Version": "2012-10-17", "Statement": forms.referenced(rights)},
        }
        if self._creates:
            properties: Mapped = {"AssumeRolePolicyDocument": forms.referenced(trust_from(facts))}
            properties |= {"Policies": [policy]} if rights else {}
        elif rights:
            properties = {"RoleName": {"Ref": "GatewayRoleName"}, **policy}
        else:
            return []
        made = {"Type": about["type"], "Properties": properties}
        self._put("resources", {"id": about["logical"], "comment": about["comment"], "is": made})
        return [] if self._creates else [about["logical"]]

    def _resources(self, facts: Facts, runtime: JsonObject, rights: Sequence[str]) -> str:
        """Add the resources of a connection. Returns the name of its target."""
        name = ""
        for request in requests_from(facts):
            about = self._known["resources"].get(request.operation)
            if about is None:
                continue
            body = mapping(settle(request.body, runtime))
            if request.id == "gateway":
                body = self._gateway(body, facts, runtime)
            made = self._resource(about, body, facts, rights if request.id == "target" else ())
            self._put("resources", made)
            name = str(made["id"])
        return name

    def _gateway(self, body: JsonObject, facts: Facts, runtime: JsonObject) -> JsonObject:
        """The gateway with the settings and the policy engine that a script would add once it is there."""
        body = forms.deep_merged(body, self._ctx["gateway"]["created_with"])
        if self._ctx["policies"]:
            attach = resources.load("request-bodies")["policies"]["attach"]["body"]["policyEngineConfiguration"]
            body = {**body, "policyEngineConfiguration": settle(fill(attach, facts), runtime)}
        return body

    def _policies(self, facts: Facts, runtime: JsonObject, waits: Sequence[str]) -> None:
        variable = resources.load("cedar")["arn_variable"]
        ids = forms.logical_ids([one["name"] for one in self._ctx["policies"]])
        for one in self._ctx["policies"]:
            statement = one["statement"].strip().replace(variable, forms.reference("Gateway.GatewayArn"))
            more = {"item": {**one, "statement": statement}, "ids": {"policy": ids[one["name"]]}}
            self._put("resources", self._of_policy("policy", {**facts, **more}, runtime, waits))

    def _around(self, facts: Facts, runtime: JsonObject) -> None:
        """Add what stands beside the gateway: the resource policy for its callers, its web ACL."""
        for request in added_requests(facts, forms.reference("Gateway.GatewayArn")):
            body = {k: forms.in_json(str(v)) for k, v in mapping(settle(request.body, runtime)).items()}
            self._put("resources", self._resource(self._known["resources"][request.operation], body, facts))

    def _of_policy(self, kind: str, facts: Facts, runtime: JsonObject, waits: Sequence[str] = ()) -> Mapped:
        sent = resources.load("request-bodies")["policies"][kind]
        body = mapping(settle(fill(sent["body"], facts), runtime))
        return self._resource(self._known["resources"][sent["operation"]], body, facts, waits)

    def _resource(self, about: JsonObject, body: JsonObject, facts: Facts, waits: Sequence[str] = ()) -> Mapped:
        kept = {key: value for key, value in body.items() if key not in texts(about.get("leaves_out"))}
        made: Mapped = {"Type": about["type"]}
        if waits:
            made["DependsOn"] = list(waits)
        made["Properties"] = forms.referenced(forms.properties(kept, self._known["maps"], self._known["opaque"]))
        return {"id": fill(about["logical"], facts), "comment": about.get("comment"), "is": made}

    def _outputs(self, each: Sequence[Facts]) -> None:
        for entry in self._known["outputs"]:
            for facts in each if entry.get("each") else each[:1]:
                if holds(entry.get("when"), facts):
                    value = forms.referenced(forms.filled(entry["value"], facts))
                    made = {"Description": fill(entry["description"], facts), "Value": value}
                    self._put("outputs", {"id": fill(entry["logical"], facts), "is": made})

    def _prune(self) -> None:
        """Leave out parameters and conditions that nothing refers to."""
        for section, by in (("conditions", ["resources"]), ("parameters", ["conditions", "resources", "outputs"])):
            used = names_in([one["is"] for name in by for one in self._parts[name].values()])
            self._parts[section] = _only(self._parts[section], used)
        self._parts["inputs"] = _only(self._parts["inputs"], self._parts["parameters"])

    def _put(self, section: str, entry: Mapped) -> None:
        """Add an entry; the same thing twice is there once."""
        name = str(entry["id"])
        rival = {"parameters": "resources", "resources": "parameters"}.get(section, section)
        if self._parts[section].setdefault(name, entry) != entry or (rival != section and name in self._parts[rival]):
            raise ConnectError(
                "template-names-collide",
                f"two different things would be called {name} in the template",
                where="connections",
                hint="rename a connection or a credential; connections that share a credential must describe it alike",
            )


def _only(entries: Mapping[str, Mapped], names: Iterable[str]) -> dict[str, Mapped]:
    wanted = set(names)
    return {name: one for name, one in entries.items() if name in wanted}
