"""Imports and uses emitted files, all in one process: run by the interpreter of a framework's environment.

    python in_env.py < TASKS > OUTCOMES

TASKS is a JSON list: `file`, `do` (import, program or use), `env` (variables set for it) and, to be replaced after the
import, `constants`. OUTCOMES has for each what it printed or gave (`out`), everything that it printed (`said`) and its
error (`error`, null where there is none). Warnings are what PYTHONWARNINGS says.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import inspect
import io
import json
import os
import runpy
import sys
import traceback
from typing import Any


def imported(task: dict[str, Any], number: int) -> Any:
    """The file as a module of its own."""
    name = f"emitted_{number}"
    spec = importlib.util.spec_from_file_location(name, task["file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    for constant, value in task.get("constants", {}).items():
        if hasattr(module, constant):
            setattr(module, constant, value)
    return module


def used(module: Any) -> str:
    """Use a module by the function that it is there for, and give what came back as text."""
    names = {
        name: one
        for name, one in vars(module).items()
        if inspect.isfunction(inspect.unwrap(one) if callable(one) else one) and not name.startswith("_")
    }
    if "list_tools" in names:
        tools = asyncio.run(module.list_tools())
        return f"{len(tools)} {asyncio.run(module.call_tool('Target1___tool-00', {'text': 'hello'}))}"
    if "with_secret" in names:
        return f"{len(module.with_secret(lambda secret: secret)) > 5}"
    if "aws_client" in names:
        return str(module.aws_client("sts").meta.service_model.service_name)
    if "handler" in names:
        return str(callable(module.handler))
    if "ask" in names:
        return " ".join(module.ask("hello"))
    for start, arguments in (("call_", ("/v1",)), ("stream_", ("/v1",)), ("invoke_", ({},)), ("ask_", ("hello",))):
        for name, function in names.items():
            if name.startswith(start):
                given = function(*arguments)
                return " ".join(given) if inspect.isgenerator(given) else str(given)
    raise AssertionError(f"no function to use among {sorted(names)}")


def in_a_request(token: str) -> None:
    """What the runtime does before it calls the agent: the caller's headers are at hand."""
    with contextlib.suppress(ModuleNotFoundError):
        from bedrock_agentcore.runtime import BedrockAgentCoreContext

        BedrockAgentCoreContext.set_request_headers({"Authorization": f"Bearer {token}"})


def done(task: dict[str, Any], number: int) -> dict[str, Any]:
    """Do one task; whatever goes wrong is its outcome."""
    printed, said = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.environ.update(task.get("env", {}))
    error = None
    given = ""
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
            if task["do"] == "program":
                sys.argv = [task["file"]]
                runpy.run_path(task["file"], run_name="__main__")
            else:
                if task["do"] == "use":
                    in_a_request(os.environ["AGENT_BEARER_TOKEN"])
                module = imported(task, number)
                given = used(module) if task["do"] == "use" else ""
    except SystemExit as end:
        error = None if end.code in (0, None) else f"exit {end.code}: {said.getvalue()}"
    except BaseException:
        error = f"{traceback.format_exc()}{said.getvalue()}"
    os.environ.clear()
    os.environ.update(before)
    return {"out": given or printed.getvalue(), "said": printed.getvalue() + said.getvalue(), "error": error}


def main() -> None:
    tasks = json.load(sys.stdin)
    sys.dont_write_bytecode = True
    outcomes = [done(task, number) for number, task in enumerate(tasks)]
    json.dump(outcomes, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # threads of libraries that wait for nothing


if __name__ == "__main__":
    main()
