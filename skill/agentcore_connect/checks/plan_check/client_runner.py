"""Runs a gateway client as a program, twice in one process: without the gateway's URL, then with it.

    python client_runner.py SCRIPT URL_VARIABLE URL TOKEN

A program of its own, run by an interpreter that has the client's packages; it imports nothing of agentcore_connect.
AgentCore Identity is stood in for: it hands out TOKEN, with {number} counting them. Prints, as the last line of
standard output, a JSON list of what each run ended with (`code`), printed (`out`) and said (`err`).
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import itertools
import json
import os
import runpy
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def stand_in(token: str) -> Callable[..., Any]:
    """A `requires_access_token` that gives another token with each call."""
    numbers = itertools.count(1)

    def requires_access_token(*, into: str = "access_token", **_: Any) -> Callable[..., Any]:
        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            def given() -> dict[str, str]:
                return {into: token.replace("{number}", str(next(numbers)))}

            if inspect.iscoroutinefunction(function):

                @functools.wraps(function)
                async def waited(*args: Any, **options: Any) -> Any:
                    return await function(*args, **{**options, **given()})

                return waited

            @functools.wraps(function)
            def called(*args: Any, **options: Any) -> Any:
                return function(*args, **{**options, **given()})

            return called

        return decorate

    return requires_access_token


def run(script: str) -> dict[str, Any]:
    """One run: how it ended and what it said."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) or end.code is None else str(end.code)
        except BaseException:
            traceback.print_exc()
            code = 1
    return {"code": code or 0, "out": out.getvalue(), "err": err.getvalue()}


def main() -> None:
    """Run the client."""
    script, variable, url, token = sys.argv[1:5]
    sys.dont_write_bytecode = True
    sys.argv = [script]
    if "bedrock_agentcore" in Path(script).read_text(encoding="utf-8"):
        # where it is not installed the client says so by itself
        with contextlib.suppress(ModuleNotFoundError):
            from bedrock_agentcore import identity  # type: ignore[import-not-found,unused-ignore]

            identity.requires_access_token = stand_in(token)
    os.environ.pop(variable, None)
    runs = [run(script)]
    os.environ[variable] = url
    runs.append(run(script))
    print("\n" + json.dumps(runs))  # noqa: T201 - that is what it is asked for
    sys.stdout.flush()
    os._exit(0)  # threads of libraries that wait for nothing


if __name__ == "__main__":
    main()
