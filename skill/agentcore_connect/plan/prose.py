"""The plan as people read it."""

from __future__ import annotations

from agentcore_connect.plan.model import Plan
from agentcore_connect.render.environment import environment


def markdown(plan: Plan) -> str:
    """The plan as Markdown, the text of plan.md."""
    return environment().get_template("plan-document/plan.md.j2").render(plan=plan.as_dict())


def text(plan: Plan) -> str:
    """The plan as plain text for a terminal or a pipe."""
    return environment().get_template("plan-document/plan.txt.j2").render(plan=plan.as_dict())
