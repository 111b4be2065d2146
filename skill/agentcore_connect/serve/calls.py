"""What each tool does with arguments that have passed its schema. Nothing given by a client is run."""

from __future__ import annotations

import io
import json
import threading
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from importlib import import_module
from typing import Any

from agentcore_connect.errors import ConnectError
from agentcore_connect.serve.confine import Bounds

#: Commands print; one at a time, since what is printed belongs to the process.
_PRINTING = threading.Lock()


def inspect(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """The project's answers and findings; an empty report with a notice where there is no project."""
    folder = bounds.inside(args.get("dir", "."), "dir")
    try:
        report = _printed("inspect_", dir=folder, probe=[], json=True)
    except ConnectError as error:
        if error.code != "no-project":
            raise
        return {"project": None, "answers": {}, "findings": [], "notice": str(error)}
    return dict(report)


def plan(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """The plan, and with `write` its files. Errors: ConnectError, also naming every answer that is missing."""
    from agentcore_connect.answers import load
    from agentcore_connect.answers.document import Document
    from agentcore_connect.gather import gather
    from agentcore_connect.plan.build import build
    from agentcore_connect.serve.dialog import NAME

    bounds.check_answers(args["answers"])
    document = load.checked(Document(dict(args["answers"]), {}, NAME))
    gathered = gather(document, cli_version=args.get("cli_version"), via=args.get("via", "cli"))
    made = build(gathered)
    if not args.get("write"):
        return {"plan": made.as_dict(), "written": [], "folder": None}
    from agentcore_connect.render.plan_files import write_plan

    made, written = write_plan(made, gathered, bounds.target(), force=bool(args.get("force")))
    return {"plan": made.as_dict(), "written": written, "folder": str(bounds.out)}


def check(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """The checks of the plan in the output folder. Errors: ConnectError when none was written."""
    folder = bounds.target()
    if not (folder / "plan.json").is_file():
        raise ConnectError(
            "no-plan", "no plan was written yet", where=str(folder), hint="call plan with write: true first"
        )
    return dict(_printed("check_", dir=folder, json=True, all=False, run_changed=False))


def diagnose(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """Known errors in a text."""
    # a lone hyphen would stand for standard input, which is the wire
    return dict(_printed("diagnose_", text=["", args["text"]], json=True))


def explain(bounds: Bounds, args: Mapping[str, Any]) -> dict[str, Any]:
    """What is known about a topic."""
    topic = args.get("topic")
    return {"topic": topic, "content": _printed("explain_", topic=(topic or "").split(), format="json")}


#: Each tool's work; `next_question` talks with the person and has a module of its own.
CALLS: dict[str, Callable[[Bounds, Mapping[str, Any]], dict[str, Any]]] = {
    "inspect": inspect,
    "plan": plan,
    "check": check,
    "diagnose": diagnose,
    "explain": explain,
}


def printed(module: str, **options: Any) -> str:
    """What a command prints when it is called with these options, past its command line."""
    shown = io.StringIO()
    with _PRINTING, redirect_stdout(shown):
        import_module(f"agentcore_connect.frontends.{module}").run(Namespace(**options))
    return shown.getvalue()


def _printed(module: str, **options: Any) -> Any:
    return json.loads(printed(module, **options))
