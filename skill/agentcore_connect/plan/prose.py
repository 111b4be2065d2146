"""The plan as people read it."""

from __future__ import annotations

from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.requests import iam_statements
from agentcore_connect.render.environment import environment


def markdown(plan: Plan) -> str:
    """The plan as Markdown, the text of plan.md."""
    rights = {c["name"]: iam_statements(plan.context, c) for c in plan.context["connections"] if c["target_type"]}
    names = {c["name"]: rights.get(c["name"], []) for c in plan.connections}
    return environment().get_template("plan-document/plan.md.j2").render(plan=plan.as_dict(), rights=names)


def text(plan: Plan) -> str:
    """The plan as plain text for a terminal or a pipe."""
    return environment().get_template("plan-document/plan.txt.j2").render(plan=plan.as_dict())
