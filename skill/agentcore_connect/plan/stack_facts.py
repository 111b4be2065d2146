"""The values of a template in place of answers: parameters, and references to its own resources."""

from __future__ import annotations

from collections.abc import Sequence

from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.knowledge import resources
from agentcore_connect.plan import stack_forms as forms
from agentcore_connect.plan.records import ConnectionContext, RenderContext
from agentcore_connect.plan.templates import Facts, fill, holds

Mapped = dict[str, Json]


def is_in_stack(ctx: RenderContext, c: ConnectionContext) -> bool:
    """Whether the template creates this connection's target."""
    return bool(ctx["plan"]["via"] == "cloudformation" and c["target_type"] and not c["in_project"])


def creates_gateway(via: str, *, exists: bool, in_project: bool) -> bool:
    """Whether the template creates the gateway, which neither exists nor belongs to the CLI's project."""
    return via == "cloudformation" and not exists and not in_project


class StandIns:
    """The stand-ins of knowledge/cloudformation.yaml for the connections of one template.

    `found`: the entries that they need, by section: `parameters`, `conditions`, and `inputs` for those without default.
    """

    def __init__(self, connections: Sequence[ConnectionContext], creates_gateway: bool) -> None:
        """In: the connections in the template, whether it creates the gateway."""
        self._known = resources.load("cloudformation")["stand_ins"]
        self._asked = resources.load("request-bodies")["runtime"]
        self._creates_gateway = creates_gateway
        self._targets = forms.logical_ids(c["name"] for c in connections)
        self._credentials = forms.logical_ids(c["credential"]["name"] for c in connections if c["credential"]["name"])
        self.found: dict[str, list[Mapped]] = {"parameters": [], "conditions": [], "inputs": []}

    def of(self, facts: Facts, c: ConnectionContext) -> tuple[dict[str, object], Mapped]:
        """The facts of a connection as the template has them, and what its run-time values are there.

        In: the facts by `facts_for`, the connection.
        """
        credential = c["credential"]
        elsewhere = credential["exists"] or credential["in_project"]
        given: dict[str, object] = {
            **facts,
            "stack": {
                "creates_gateway": self._creates_gateway,
                "creates_provider": bool(credential["name"]) and not elsewhere,
            },
            "ids": {"target": self._targets[c["name"]], "credential": self._credentials.get(credential["name"] or "")},
        }
        changed = given
        runtime: Mapped = {}
        for entry in self._known:
            if not holds(entry.get("when"), given):
                continue
            for one in entry.get("parameters", ()):
                self._parameter(one, given)
            for name, condition in entry.get("conditions", {}).items():
                made = forms.referenced(forms.filled(condition, given))
                self.found["conditions"].append({"id": name, "is": made})
            for path, value in entry.get("facts", {}).items():
                changed = forms.replaced(changed, path.split("."), forms.filled(value, given))
            runtime |= {name: forms.filled(value, given) for name, value in entry.get("runtime", {}).items()}
        return changed, runtime

    def _parameter(self, entry: JsonObject, facts: Facts) -> None:
        name, value = fill(entry["name"], facts), fill(entry.get("default"), facts)
        made = {
            "Type": entry["type"],
            "Description": fill(entry["description"], facts),
            "NoEcho": entry.get("no_echo"),
            "AllowedPattern": entry.get("pattern"),
            "Default": value,
        }
        self.found["parameters"].append({"id": name, "is": {k: v for k, v in made.items() if v is not None}})
        if value is None:
            asked = self._asked.get(entry.get("asks"), {})
            said = {
                "env": fill(entry.get("env") or asked["env"], facts),
                "prompt": fill(asked.get("ask") or entry["description"], facts),
                "kind": "secret" if entry.get("no_echo") else "text",
            }
            self.found["inputs"].append({"id": name, "parameter": name, **said})
