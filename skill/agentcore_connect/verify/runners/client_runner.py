"""Runs a gateway client as a program, twice in one process: without the gateway's URL, then with it.

    python client_runner.py SCRIPT URL_VARIABLE URL TOKEN

A program of its own, run by an interpreter that has the client's packages; it imports nothing of agentcore_connect.
AgentCore Identity is stood in for: it hands out TOKEN, with {number} counting them. Prints, as the last line of
standard output, a JSON list of what each run ended with (`code`), printed (`out`) and said (`err`).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any


def run(script: str) -> dict[str, Any]:
    """Run once. Returns the exit status and the output."""
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
    import identity_stand_in  # type: ignore[import-not-found,unused-ignore]  # beside this file

    script, variable, url, token = sys.argv[1:5]
    sys.dont_write_bytecode = True
    sys.argv = [script]
    sys.path[0] = str(Path(script).parent)  # as it is when the file itself is run
    if "bedrock_agentcore" in Path(script).read_text(encoding="utf-8"):
        identity_stand_in.put_in(token)
    os.environ.pop(variable, None)
    runs = [run(script)]
    os.environ[variable] = url
    runs.append(run(script))
    print("\n" + json.dumps(runs))  # noqa: T201 - that is what it is asked for
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads of libraries that wait for nothing


if __name__ == "__main__":
    main()
