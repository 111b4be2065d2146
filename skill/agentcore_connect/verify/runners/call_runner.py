"""Runs a file that calls a service, an agent or a runtime, with stand-ins for everything it calls.

    python call_runner.py SCRIPT < TASK

A program of its own, run by an interpreter that has the file's packages; it imports nothing of agentcore_connect. TASK
is JSON: `origin` (where everything is), `token` and `key` (what AgentCore Identity hands out), `tools` (names to list).
Prints, as the last line of standard output, a JSON object: what was called (`called`, null where nothing is there to be
called), what it gave (`given`), its error (`error`, null where there is none).
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

# How functions are called, by the beginning of their names.
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "call_": ("/v1",),
    "stream_": ("/v1",),
    "invoke_": ({},),
    "ask_": ("hello",),
    "ask": ("hello",),
}


def loaded(script: str, task: dict[str, Any]) -> Any:
    """Load the file as a module, with its addresses replaced by the stand-in's."""
    spec = importlib.util.spec_from_file_location("checked", script)
    if spec is None or spec.loader is None:
        raise ImportError(script)
    module = importlib.util.module_from_spec(spec)
    sys.modules["checked"] = module
    spec.loader.exec_module(module)
    for name in ("ENDPOINT", "AGENT"):
        if hasattr(module, name) and not hasattr(module, "runtime_arn"):
            setattr(module, name, task["origin"])
    return module


def used(module: Any, task: dict[str, Any]) -> tuple[str | None, Any]:
    """Call the module's main function. Returns its name and result."""
    own = {
        name: one
        for name, one in vars(module).items()
        if not name.startswith("_") and callable(one) and inspect.isfunction(inspect.unwrap(one))
    }
    if "list_tools" in own and "call_tool" in own:
        names = [tool.name for tool in asyncio.run(own["list_tools"]())]
        asyncio.run(own["call_tool"](task["tools"][0], {"text": "hello"}))
        return "list_tools", names
    for name, function in own.items():
        start = next((one for one in ARGUMENTS if name.startswith(one) and function.__module__ == "checked"), None)
        if start is not None:
            given = function(*ARGUMENTS[start])
            return name, " ".join(map(str, given)) if inspect.isgenerator(given) else given
    return None, None


def main() -> None:
    """Run the file."""
    import identity_stand_in  # type: ignore[import-not-found,unused-ignore]  # beside this file

    sys.dont_write_bytecode = True
    sys.path[0] = str(Path(sys.argv[1]).parent)  # as it is when the file itself is run
    task = json.load(sys.stdin)
    if "bedrock_agentcore" in Path(sys.argv[1]).read_text(encoding="utf-8"):
        identity_stand_in.put_in(task["token"], task["key"])
        identity_stand_in.come_in_with(task["token"])
    done: dict[str, Any] = {"called": None, "given": None, "error": None}
    try:
        module = loaded(sys.argv[1], task)
        done["called"], done["given"] = used(module, task)
    except BaseException:
        done["error"] = traceback.format_exc()
    print("\n" + json.dumps(done, default=str))  # noqa: T201 - that is what it is asked for
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads of libraries that wait for nothing


if __name__ == "__main__":
    main()
