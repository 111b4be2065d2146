"""The plan as text for people, short or ``full``."""

from __future__ import annotations

import re

from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.brief import brief
from agentcore_connect.plan.model import Plan
from agentcore_connect.plan.role_rights import author_rights, iam_statements
from agentcore_connect.render.environment import environment


def markdown(plan: Plan, *, full: bool = False) -> str:
    """The plan as Markdown: the text of plan.md, or with ``full`` every reason and note."""
    return _rendered(plan, "full.md.j2" if full else "plan.md.j2", full=full)


def text(plan: Plan, *, full: bool = False) -> str:
    """The plan as plain text for a terminal or a pipe: what to decide and to run, or with ``full`` everything."""
    return _rendered(plan, "full.txt.j2" if full else "plan.txt.j2", full=full)


def _rendered(plan: Plan, template: str, *, full: bool) -> str:
    script = next((one["path"] for one in plan.artifacts if one["kind"] == "commands"), None)
    edit = plan.context["agent_edit"]
    names: dict[str, object] = {
        "plan": plan.as_dict(),
        "script": script,
        "diff": edit["parts"],
        "created": [one["path"] for one in edit["created"]],
    }
    names["fence"] = "`" * max(3, 1 + max((len(one) for one in re.findall("`+", edit["parts"] or "")), default=0))
    if full:
        rights = {c["name"]: iam_statements(plan.context, c) for c in plan.context["connections"] if c["target_type"]}
        names["policies"] = _policies(plan)
        names["rights"] = {c["name"]: rights.get(c["name"], []) for c in plan.connections}
    else:
        names["brief"] = brief(plan)
    return environment().get_template(f"plan-document/{template}").render(names)


def _policies(plan: Plan) -> dict[str, object]:
    """Return the policy section of the full plan: example calls, rights of the author, and notes."""
    ctx = plan.context
    beyond = [
        {**one, "command": one["cli"].get(plan.surface)} for one in load("cedar")["beyond"].values() if ctx["policies"]
    ]
    examples = ctx["policy"]["examples"] if ctx["policy"] else []
    return {"written": ctx["policies"], "examples": examples, "author": author_rights(ctx), "beyond": beyond}
