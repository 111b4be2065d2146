"""What each tool does with arguments that have passed its schema. Nothing given by a client is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.mcp.confine import Bounds
from agentcore_connect.mcp.dialog import NAME


def inspect(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """The project's answers and findings; an empty report with a notice where there is no project."""
    from agentcore_connect.app.inspect import inspect

    folder = bounds.inside(args.get("dir", "."), "dir")
    try:
        return inspect(folder).as_dict()
    except ConnectError as error:
        if error.code != "no-project":
            raise
        return {"project": None, "answers": {}, "findings": [], "notice": str(error)}


def plan(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """The plan, and with `write` its files. Errors: ConnectError, also naming every answer that is missing."""
    from agentcore_connect.answers import load
    from agentcore_connect.app.plan import plan, write
    from agentcore_connect.text.document import Document

    bounds.check_answers(args["answers"])
    document = load.checked(Document(dict(args["answers"]), {}, NAME))
    made = plan(document, cli_version=args.get("cli_version"), via=args.get("via", "cli"))
    if not args.get("write"):
        return {"plan": made.plan.as_dict(), "written": [], "folder": None}
    made = write(made, bounds.target(), force=bool(args.get("force")))
    return {"plan": made.plan.as_dict(), "written": list(made.written), "folder": str(bounds.out)}


def check(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """The checks of the plan in the output folder. Errors: ConnectError when none was written."""
    from agentcore_connect.app.check import check

    folder = bounds.target()
    if not (folder / "plan.json").is_file():
        raise ConnectError(
            "no-plan", "no plan was written yet", where=str(folder), hint="call plan with write: true first"
        )
    return check(folder).as_dict()


def diagnose(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """Known errors in a text."""
    from agentcore_connect.app.diagnose import diagnose

    return diagnose(args["text"])


def explain(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """What is known about a topic."""
    from agentcore_connect.app.explain import explain

    topic = args.get("topic")
    return {"topic": topic, "content": explain((topic or "").split())}


#: Each tool's work; `next_question` talks with the person and has a module of its own.
CALLS: dict[str, Callable[[Bounds, Mapping[str, Any]], dict[str, Any]]] = {
    "inspect": inspect,
    "plan": plan,
    "check": check,
    "diagnose": diagnose,
    "explain": explain,
}
