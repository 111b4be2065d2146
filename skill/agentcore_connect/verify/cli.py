"""Runs commands.sh with the installed CLI in the scratch folder and compares the result with the plan."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from agentcore_connect.clispec.model import load as load_contract
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import load
from agentcore_connect.plan.promises import compare, promises
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.commands import NAME, lines_of, samples
from agentcore_connect.verify.report import Result, judged, quoted
from agentcore_connect.verify.stand_ins import shims
from agentcore_connect.verify.written import Written

_LONG = 600.0
_STEP = re.compile(r"Stopped at (\S+)")
_OPTION = re.compile(r"(?<![\w-])--[\w-]+")
_DOCTOR = "`agentcore-connect doctor` says which agentcore is installed, and what to do about it"
_helps: dict[tuple[str, ...], str] = {}


@dataclass(frozen=True, slots=True)
class Bench:
    """The shared parts of all runs of one plan."""

    written: Written
    sandbox: Sandbox
    tell: Callable[[str], None]

    @property
    def script(self) -> Path:
        """The copy of the script in the scratch place."""
        return self.sandbox.root / "connect" / NAME


def check_cli(bench: Bench) -> Iterator[Result]:
    """Run the script with the installed CLI, then compare the project's files with the plan's promises."""
    by, problem = _installed(bench)
    if problem is not None:
        yield problem
        return
    local = sum(bool(op.argv) and not op.needs_aws for op in bench.written.fresh.operations)
    bench.tell(f"{NAME}: {local} commands by {by}, about a second each")
    with ThreadPoolExecutor(1) as pool:
        options = pool.submit(lambda: list(_options_of_aws_commands(bench, by)))
        ran = bench.sandbox.run(["bash", str(bench.script), "--local"], cwd=bench.script.parent, timeout=_LONG)
        yield from options.result()
    yield _outcome(bench, ran, by)
    if ran.ok:
        yield _state(bench, by)


def _installed(bench: Bench) -> tuple[str, Result | None]:
    """Return the installed CLI, and the reason if it cannot be used."""
    surface = bench.written.gathered.surface
    name = "agentcore CLI"

    def not_run(by: str, why: str, cure: str) -> tuple[str, Result]:
        return by, Result(NAME, "cli-run", "not-run", by, why, next=cure)

    if shims.real_cli() is None:
        return not_run(name, "no agentcore is installed here", surface.install)
    if shutil.which("node", path=bench.sandbox.env()["PATH"]) is None:
        return not_run(name, "Node.js is not on the PATH, and the CLI needs it", "install Node.js 20 or later")
    ran = bench.sandbox.run(["agentcore", "--version"])
    said = ran.stdout.strip().splitlines()[-1][:40] if ran.stdout.strip() else ""
    if ran.exit_code is None:
        return not_run(name, "agentcore --version gave no answer within a minute", _DOCTOR)
    if not ran.ok or re.search(load(f"commands-{surface.id}")["cli"]["accepts"], said) is None:
        by = f"agentcore {said}" if ran.ok and said else "agentcore of another kind"
        return not_run(
            by,
            f"the plan is for CLI {surface.version}, and this is another",
            f"{_DOCTOR}; or plan with --cli-version {said}",
        )
    return f"{name} {said}", None


def _options_of_aws_commands(bench: Bench, by: str) -> Iterator[Result]:
    """Look up the options of commands that need AWS; these commands are not run."""
    unknown: list[str] = []
    silent: list[str] = []
    needing = {op.id for op in bench.written.fresh.operations if op.needs_aws}
    for step, argv in lines_of(bench.written).items():
        if step not in needing or argv[0] != "agentcore":
            continue
        words = _until_option(tuple(argv))
        options = _options(bench, words, by)
        if not options:
            silent.append(f"{' '.join(words)} --help gave no answer")
            continue
        unknown += [
            f"{step}: {' '.join(words)} has no option {word}"
            for word in argv
            if word.startswith("--") and word not in options
        ]
    if silent and not unknown:
        yield Result(NAME, "aws-command-options", "not-run", by, "\n".join(dict.fromkeys(silent)), next=_DOCTOR)
    else:
        yield judged(NAME, "aws-command-options", by, unknown, cure=_DOCTOR)


def _options(bench: Bench, words: tuple[str, ...], by: str) -> Collection[str]:
    """Return the options of a command: by the contract that was made by running this very version, else by its help.

    Each help is a start of the CLI, a second of a processor.
    """
    contract = load_contract(bench.written.gathered.surface.contract)
    known = contract.commands.get(" ".join(words[1:]))
    if known is not None and contract.known_by == "run" and by.endswith(f" {contract.version}"):
        return known.options
    return set(_OPTION.findall(_help(bench.sandbox, words, by)))


def _help(sandbox: Sandbox, words: tuple[str, ...], by: str) -> str:
    """Return the help of a command, cached per process and CLI."""
    key = (str(shims.real_cli()), by, *words)
    if key not in _helps:
        ran = sandbox.run([*words, "--help"])
        if not ran.ok:
            return ""
        _helps[key] = ran.stdout
    return _helps[key]


def _until_option(argv: tuple[str, ...]) -> tuple[str, ...]:
    end = next((n for n, word in enumerate(argv) if word.startswith("-")), len(argv))
    return argv[:end]


def _outcome(bench: Bench, ran: Ran, by: str) -> Result:
    if ran.ok:
        return Result(NAME, "cli-run", "passed", by)
    found = _STEP.search(ran.stderr)
    op = next((o for o in bench.written.fresh.operations if found and o.id == found[1].rstrip(":")), None)
    why = f"the step {op.id} fails" if op else "the script fails"
    if ran.exit_code is None:
        why += f": it did not end within {_LONG:g} s"
    said = (ran.said if ran.stderr.strip() else ran.stdout).replace(str(bench.sandbox.root), "")
    return Result(
        NAME,
        "cli-run",
        "failed",
        by,
        why=why,
        command=op.line if op else f"bash {NAME} --local",
        said=quoted(said, ended=f"(exit {ran.exit_code})"),
        next="`agentcore-connect diagnose` knows many of the CLI's messages",
    )


def _state(bench: Bench, by: str) -> Result:
    """Compare the project's files after the run with the plan's promises."""
    operations = bench.written.fresh.operations
    local = [op for op in operations if not op.needs_aws]
    root = project_root(bench)
    name = load(f"commands-{bench.written.gathered.surface.id}")["cli"].get("project_file")
    cure = "the CLI took an option and dropped it, or the script was changed"
    if root is None or name is None or not (root / name).is_file():
        left = ["the commands ran and left no project file"] if any(op.promise for op in local) else []
        return judged(NAME, "project-state", by, left, cure=cure)
    problems: list[str] = []
    actual = _json(root, name, problems)
    others = {one.file: _json(root, one.file, problems) for op in local for one in op.promise if one.file}
    if not problems:
        problems = compare(
            promises(local), actual, files=others, variables=_variables(root), inputs=samples(operations)
        )
    return judged(NAME, "project-state", by, problems, cure=cure)


def _json(root: Path, name: str, problems: list[str]) -> dict[str, Json]:
    try:
        data = json.loads((root / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        problems.append(f"{name} cannot be read any more")
        return {}
    return data if isinstance(data, dict) else {}


def project_root(bench: Bench) -> Path | None:
    """Return the scratch project: the copy, or the one that the script created."""
    if bench.written.gathered.project is not None:
        return bench.sandbox.project
    made = (path.parent.parent for path in sorted(bench.sandbox.root.glob("*/agentcore/agentcore.json")))
    return next((one for one in made if one != bench.sandbox.project), None)


def _variables(root: Path) -> list[str]:
    path = root / "agentcore" / ".env.local"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return [line.split("=", 1)[0].strip() for line in text.splitlines() if "=" in line]
