"""Runs a script with marked secrets and searches its output, processes and files for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.verify.commands import NAME, declared_values, script_secrets, secrets
from agentcore_connect.verify.report import OWN, Result, judged, quoted
from agentcore_connect.verify.stand_ins import shims
from agentcore_connect.verify.written import Written

_CHECK: Final = "secrets-stay-secret"
_LONG: Final = 300.0


def markers(names: list[str]) -> dict[str, str]:
    """Return a unique value for each variable that holds a secret, keyed by the value."""
    return {f"planted-secret-{number:02}-of-a-dry-run": name for number, name in enumerate(names)}


def check_leaks(written: Written, sandbox: Sandbox, stand_ins: Path) -> Iterator[Result]:
    """Run the whole script with marked secrets in its environment and stand-ins for every program.

    Searched for the secrets: what it prints, the words that each program is given (they show in the list of
    processes), and every file that it leaves.
    """
    own = {name for name, secret in declared_values(written).items() if secret}
    planted = markers(sorted({*secrets(written.fresh.operations), *script_secrets(written.fresh), *own}))
    if not planted:
        return
    place = sandbox.root / "secrets"
    shutil.copytree(sandbox.root / "connect", place / "connect")
    if written.gathered.project is not None:
        shutil.copytree(sandbox.project, place / "project", symlinks=True)
    variables = {**{name: value for value, name in planted.items()}, **shims.still(stand_ins)}
    argv = [shutil.which("env") or "env", *(f"{name}={value}" for name, value in variables.items())]
    bash = shutil.which("bash", path=sandbox.env()["PATH"])
    if bash is None:
        yield Result(NAME, _CHECK, "not-run", OWN, "bash is not installed here", next="install bash")
        return
    before = len(shims.given(stand_ins))
    ran = sandbox.run([*argv, bash, str(place / "connect" / NAME)], cwd=place / "connect", timeout=_LONG)
    texts = [("standard output", ran.stdout), ("standard error", ran.stderr)]
    texts += [(f"the command line of {call[0]}", "\0".join(call)) for call in shims.given(stand_ins)[before:] if call]
    problems = list(found_in(planted, texts, (place, sandbox.home, sandbox.root / "tmp")))
    if ran.ok or problems:
        cure = "take the secret out of the script's text: it reaches the CLI by its environment or standard input alone"
        yield judged(NAME, _CHECK, OWN, problems, cure=cure, command=f"bash {NAME}")
        return
    why = "the script does not get to its end, even with a stand-in for the CLI that accepts everything"
    said = quoted(ran.said.replace(str(place), ""))
    yield Result(NAME, _CHECK, "failed", OWN, why, f"bash {NAME}", said, "write the plan anew")


def found_in(planted: Mapping[str, str], texts: Iterable[tuple[str, str]], folders: Iterable[Path]) -> Iterator[str]:
    """Yield the places in texts and files that hold a secret, never its value."""
    said = list(texts)
    for value, name in planted.items():
        for where in dict.fromkeys(where for where, text in said if value in text):
            yield f"{name} is shown: {where}"
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            content = path.read_bytes()
            for value, name in planted.items():
                if value.encode() in content:
                    yield f"{name} is written to the file {path.relative_to(folder)}"
