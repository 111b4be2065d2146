"""Checks the plan's Python files: they compile, import and show no secret."""

from __future__ import annotations

import ast
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.report import OWN, Result, judged, quoted
from agentcore_connect.verify.written import Written

PYTHON: Final = f"Python {platform.python_version()}"
# Every warning about the file's own code is an error; those that a library raises about itself are its affair.
_IMPORT: Final = """
import importlib.util, sys, warnings
warnings.simplefilter("ignore")
warnings.filterwarnings("error", module="checked$")
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("checked", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["checked"] = module
spec.loader.exec_module(module)
"""
#: A module that is missing: in Python's words, and in those of a plan's own program.
_MISSING: Final = re.compile(r"ModuleNotFoundError: No module named '([^']+)'|^(\w+) is missing: pip install", re.M)
_SECRET: Final = re.compile(
    r"(?i)(secret|api_?key|token|passw|bearer|authorization)(?!.*(arn|name|url|uri|env|variable)$)"
)
_SHOWN_BY: Final = frozenset(
    {"print", "write", "debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
)


def check_python(written: Written, name: str, sandbox: Sandbox, *, run_later: bool) -> Iterator[Result]:
    """Compile a Python file with warnings as errors, and import it unless it was changed.

    What prints or logs a secret by its name is looked for in the text, unless the file is run with marked ones later.
    """
    from agentcore_connect.checks.python_source import check_source

    text = written.text(name)
    problems = check_source(text, name)
    yield judged(name, "python-compile", PYTHON, problems, cure="write the plan anew, or mend the line")
    if problems:
        return
    if not run_later:
        cure = "take the secret out of what is printed or logged: logs are read by many"
        yield judged(name, "secrets-not-shown", OWN, shown(text, name), cure=cure)
    if written.runs(name):
        yield _imported(written, name, sandbox)


def _imported(written: Written, name: str, sandbox: Sandbox) -> Result:
    """Import the file with the first Python that has its packages."""
    label, ran = run_where_it_can(written, sandbox, ["-c", _IMPORT, str(sandbox.root / "connect" / name)])
    if ran is None:
        return lacking(name, "python-import", label)
    return Result(name, "python-import", "passed", label) if ran.ok else import_failed(name, ran, label, sandbox)


def run_where_it_can(
    written: Written,
    sandbox: Sandbox,
    words: Sequence[str],
    env: Mapping[str, str] | None = None,
    *,
    stdin: str | None = None,
) -> tuple[str, Ran | None]:
    """Run Python by the first interpreter that has the packages.

    In: what the interpreter is given, variables, standard input.
    Out: the interpreter and what came of it; where none has the packages, the one that is missing and None. A part that
    is missing of a package that is there is no missing package.
    """
    missing, failed = "", None
    variables = ["env", *(f"{key}={value}" for key, value in env.items())] if env else []
    for label, python in interpreters(written):
        ran = sandbox.run([*variables, python, *words], cwd=sandbox.root / "connect", stdin=stdin)
        module = missing_module(f"{ran.stderr}\n{ran.stdout}")
        if module is None or (written.folder / f"{module}.py").is_file():
            return label, ran
        if "." in module:
            failed = failed or (label, ran)
        missing = missing or module
    return failed or (missing, None)


def missing_module(said: str) -> str | None:
    """The module that a program says is missing, if any."""
    found = _MISSING.search(said)
    return next(filter(None, found.groups())) if found else None


def lacking(name: str, check: str, module: str) -> Result:
    """Return the result for a file whose packages are missing."""
    return Result(
        name,
        check,
        "not-run",
        PYTHON,
        why=f"it needs the module {module}, which is installed neither beside agentcore-connect nor in the project",
        next="run check from the agent's own environment, or install the packages named at the top of the file",
    )


def import_failed(name: str, ran: Ran, by: str, sandbox: Sandbox) -> Result:
    """Return the result for a file that cannot be imported."""
    if ran.exit_code is None:
        return Result(name, "python-import", "not-run", by, ran.said.splitlines()[-1], next="run check again")
    said = quoted(ran.said.replace(str(sandbox.root / "connect"), "."))
    cure = "write the plan anew; if it stays, report it with this text: a file of a plan must be importable"
    return Result(name, "python-import", "failed", by, "importing it fails", f"python -W error {name}", said, cure)


def interpreters(written: Written) -> Iterator[tuple[str, str]]:
    """Yield the active environment's Python, those of the project, and this one last.

    The project may be somebody else's: its environments are left alone unless what runs is confined.
    """
    own = Path(sys.prefix).resolve()
    project = written.gathered.project
    roots = [Path(os.environ["VIRTUAL_ENV"])] if os.environ.get("VIRTUAL_ENV") else []
    if project is not None and written.runs_project:
        roots += [project.root / ".venv", *sorted((project.root / "app").glob("*/.venv"))]
    seen = {own}
    for root in roots:
        python = root / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if root.resolve() not in seen and python.is_file():
            seen.add(root.resolve())
            near = project is not None and root.is_relative_to(project.root)
            yield f"Python of {root.relative_to(project.root) if near and project else root.name}", str(python)
    yield PYTHON, sys.executable


def shown(text: str, name: str) -> list[str]:
    """Return the calls that print, write or log a value named like a secret."""
    found: list[str] = []
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called in _SHOWN_BY:
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            names = dict.fromkeys(_named(node) for argument in given for node in ast.walk(argument))
            found += [f"{name}:{call.lineno}: {called} is given {one}" for one in names if one]
    return found


def _named(node: ast.AST) -> str | None:
    """Return the name of a value that is named like a secret."""
    if isinstance(node, ast.Name):
        text = node.id
    elif isinstance(node, ast.Attribute):
        text = node.attr
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        text = str(node.slice.value)
    else:
        return None
    return text if is_secret_name(text) and not text.isupper() else None


def is_secret_name(text: str) -> bool:
    """Return whether a name denotes a secret itself, not its location."""
    return _SECRET.search(text) is not None
