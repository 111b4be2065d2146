"""Runs each tool with validated arguments. Nothing from a client is executed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import JsonObject, mapping, text
from agentcore_connect.mcp.confine import Bounds
from agentcore_connect.mcp.dialog import NAME

#: What a tool gives back: JSON by its schema in `tools.py`.
Answer: TypeAlias = Mapping[str, object]


def inspect(bounds: Bounds, args: JsonObject) -> Answer:
    """Return the project's answers and findings, or an empty report with a notice."""
    from agentcore_connect.app.inspect import inspect

    folder = bounds.inside(text(args.get("dir")) or ".", "dir")
    try:
        return inspect(folder).as_dict()
    except ConnectError as error:
        if error.code != "no-project":
            raise
        return {"project": None, "answers": {}, "findings": [], "notice": str(error)}


def plan(bounds: Bounds, args: JsonObject) -> Answer:
    """Return the plan; `write` also writes its files. Errors: ConnectError, which names every missing answer."""
    from agentcore_connect.answers import load
    from agentcore_connect.app.plan import plan, write
    from agentcore_connect.text.document import Document

    answers = mapping(args["answers"])
    bounds.check_answers(answers)
    document = load.checked(Document(dict(answers), {}, NAME))
    made = plan(document, cli_version=text(args.get("cli_version")), via=text(args.get("via")) or "cli")
    if not args.get("write"):
        return {"plan": made.plan.as_dict(), "written": [], "folder": None}
    made = write(made, bounds.target(), force=bool(args.get("force")))
    return {"plan": made.plan.as_dict(), "written": list(made.written), "folder": str(bounds.out)}


def check(bounds: Bounds, args: JsonObject) -> Answer:
    """Check the plan in the output folder. Errors: ConnectError if there is none."""
    from agentcore_connect.app.check import check

    folder = bounds.target()
    if not (folder / "plan.json").is_file():
        raise ConnectError(
            "no-plan", "no plan was written yet", where=str(folder), hint="call plan with write: true first"
        )
    return check(folder).as_dict()


def diagnose(bounds: Bounds, args: JsonObject) -> Answer:
    """Known errors in a text, with the project or plan beside it. Errors: ConnectError for a folder of no use."""
    from agentcore_connect.answers import load
    from agentcore_connect.app.diagnose import diagnose

    named = {name: text(args.get(name)) for name in ("project", "plan")}
    project, plan = (bounds.inside(given, name) if given else None for name, given in named.items())
    if plan is not None and (answers := plan / "answers.yaml").is_file():
        bounds.inside(str(answers), "plan")
        bounds.check_answers(load.load(answers).data)
    return diagnose(text(args["text"]) or "", project, plan).as_dict()


def explain(bounds: Bounds, args: JsonObject) -> Answer:
    """Explain a topic."""
    from agentcore_connect.app.explain import data, explain

    topic = text(args.get("topic"))
    return {"topic": topic, "content": data(explain((topic or "").split()))}


#: Each tool's work; `next_question` talks with the person and has a module of its own.
CALLS: dict[str, Callable[[Bounds, JsonObject], Answer]] = {
    "inspect": inspect,
    "plan": plan,
    "check": check,
    "diagnose": diagnose,
    "explain": explain,
}
