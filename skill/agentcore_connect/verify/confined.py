"""Runs the checks of a plan in a separate process, confined if the system supports it.

`main` answers a request on standard input, a JSON object: folder, scratch, run_changed. Standard output has a JSON
object a line: what is being checked (tell), how this process is confined (confinement), a result, or the error that
ended it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, cast

from agentcore_connect.core.errors import ConnectError, ManyErrors
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject, integer, mappings, text
from agentcore_connect.sandbox import confinement
from agentcore_connect.sandbox.scratch import managers
from agentcore_connect.verify.report import Result

_PROGRAMS: Final = ("agentcore", "node", "bash", "shellcheck", "env")


class Checked(NamedTuple):
    """The results of the checks, and the confinement of the run."""

    results: list[Result]
    confinement: str


def check_confined(folder: Path, tell: Callable[[str], None], *, run_changed: bool = False) -> Checked:
    """Check a written plan in a separate process; see ``check_plan``.

    Errors: ConnectError as ``check_plan``, and `check-ended` where that process ended before it was done.
    """
    results: list[Result] = []
    confined = ""
    with tempfile.TemporaryDirectory(prefix="agentcore-connect-", ignore_cleanup_errors=True) as scratch:
        request = {"folder": str(folder), "scratch": scratch, "run_changed": run_changed}
        environment = {**os.environ, "TMPDIR": scratch, "PYTHONPATH": os.pathsep.join(_import_path())}
        with subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-P", "-c", f"from {__name__} import main; raise SystemExit(main())"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as process:
            given, said_lines = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
            given.write(json.dumps(request))
            given.close()
            for line in said_lines:
                said = json.loads(line)
                if "tell" in said:
                    tell(said["tell"])
                elif "confinement" in said:
                    confined = said["confinement"]
                elif "error" in said:
                    raise _error(said["error"])
                else:
                    results.append(Result(**said["result"]))
    if process.returncode:
        message = f"the checks ended before they were done (exit status {process.returncode})"
        raise ConnectError("check-ended", message, hint="run check again; if it stays, report it with this text")
    return Checked(results, confined)


def _import_path() -> list[str]:
    """Return the import path of this program without the working directory, which may be untrusted."""
    own = Path(__file__).resolve().parents[2]
    return [one for one in sys.path if one and (Path(one).resolve() == own or Path(one).resolve() != Path.cwd())]


def _error(data: JsonObject) -> ConnectError:
    if "problems" in data:
        return ManyErrors(
            [_error({**one, "exit_code": data["exit_code"]}) for one in mappings(data["problems"])],
            code=str(data["code"]),
            message=text(data["message"]),
        )
    parts = {name: text(data.get(name)) for name in ("where", "expected", "received", "hint")}
    ending = integer(data["exit_code"])
    return ConnectError(str(data["code"]), str(data["message"]), **parts, exit_code=2 if ending is None else ending)


def main() -> int:
    """Answer one request."""
    request = json.load(sys.stdin)
    folder, run_changed = Path(request["folder"]), bool(request["run_changed"])
    try:
        needed = [folder.resolve(), *_needed(folder)]
        return confinement.confined(
            lambda: _check(folder, f"confined: {confinement.FORM}", run_changed=run_changed, is_confined=True),
            Path(request["scratch"]).resolve(),
            needed,
        )
    except confinement.NotConfinedError as reason:
        return _check(folder, f"not confined: {reason}", run_changed=run_changed, is_confined=False)


def _check(folder: Path, form: str, *, run_changed: bool, is_confined: bool) -> int:
    from agentcore_connect.verify.run import check_plan

    _say(confinement=form)
    try:
        results = check_plan(folder, lambda text: _say(tell=text), run_changed=run_changed, is_confined=is_confined)
    except ConnectError as error:
        _say(error={**error.as_dict(), "exit_code": error.exit_code})
        return 0
    for one in results:
        _say(result=one.as_dict())
    return 0


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _needed(folder: Path) -> Iterator[Path]:
    """Yield the paths that the checks read: this program, interpreters, the CLI, the project."""
    yield from map(Path, (sys.prefix, sys.base_prefix, *filter(None, sys.path)))
    yield from map(Path, managers().values())
    for variable in ("VIRTUAL_ENV", "NODE_PATH"):  # where the person's own packages are
        yield from (Path(one) for one in os.environ.get(variable, "").split(os.pathsep) if one)
    for name in _PROGRAMS:
        if found := shutil.which(name):
            yield Path(found)
            yield _root_of(Path(found).resolve())
    yield from _of_plan(folder)


def _root_of(program: Path) -> Path:
    """Return the root folder of a program: the one with its node_modules or its bin."""
    above = [one for one in program.parents if one.name == "node_modules"]
    root = above[-1].parent if above else program.parent.parent
    return program.parent if root in (Path.home(), Path("/")) else root


def _of_plan(folder: Path) -> Iterator[Path]:
    """Yield the project and the documents that a plan's answers name."""
    from agentcore_connect.answers import load

    try:
        data = load.load(folder / "answers.yaml").data
    except ConnectError:
        return
    named = [data.get("project"), *(c.get(key) for c in data.get("connections") or () for key in ("schema", "tools"))]
    yield from ((folder / one).resolve() for one in named if isinstance(one, str))
