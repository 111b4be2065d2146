"""Counts what a coding assistant spends on eight requests: program calls, and the characters that it reads.

    python tools/assistant_costs.py                    with the checks of each written plan
    python tools/assistant_costs.py --without-check    without them, in a few seconds

The scripted assistant of tests/skill does what SKILL.md tells it, for the requests in tests/skill/requests.yaml. Every
character on standard output and standard error counts. Exit 1 if the median is over its limit, or a command is refused.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "skill"), str(ROOT)]

from tests.skill.assistant import PROGRAM, Assistant, Case, Instructions  # noqa: E402 - it follows SKILL.md to the letter

from agentcore_connect.__main__ import main as program  # noqa: E402
from agentcore_connect.text.document import read  # noqa: E402

TESTS: Final = ROOT / "tests" / "skill"
#: The most calls and characters of a request in the median.
LIMITS: Final = (9, 10_000)


class Call(NamedTuple):
    """One command: its words, its exit status, and the number of characters that it printed."""

    line: str
    status: int
    characters: int


class Cost(NamedTuple):
    """What a request cost. A refused command is one that ends with 2 although SKILL.md does not announce it."""

    name: str
    calls: tuple[Call, ...]

    @property
    def characters(self) -> int:
        """The characters of all calls."""
        return sum(one.characters for one in self.calls)

    @property
    def refused(self) -> list[str]:
        """The commands that were refused, but for `inspect` where there is no project."""
        return [one.line for one in self.calls if one.status == 2 and not one.line.startswith(f"{PROGRAM} inspect")]


def requests() -> list[dict[str, Any]]:
    """The requests, each with the files, kind and answers of the scenario that it names."""
    found = []
    for one in read(TESTS / "requests.yaml").data["requests"]:
        scenario = read(TESTS / "scenarios" / f"{one['scenario']}.yaml").data if "scenario" in one else {}
        found.append({**scenario, **one})
    return found


def cost(request: Mapping[str, Any], *, check: bool) -> Cost:
    """Carry a request out in a scratch folder and count.

    Args:
        request: one of `requests`.
        check: whether the written plan is checked.
    """
    calls: list[Call] = []

    def shell(line: str, folder: Path) -> tuple[int, str, str]:
        done = run(line, folder)
        calls.append(Call(line, done[0], len(done[1]) + len(done[2])))
        return done

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, content in request.get("files", {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        if "error" in request:
            shell(f"{_for_errors()} {shlex.quote(request['error'])}", folder)
        else:
            more = {"first": tuple(request["first"])} if "first" in Case.__dataclass_fields__ else {}
            case = Case(folder, request["said"], request.get("kind"), request.get("project"), **more)
            Assistant(Instructions.read(ROOT / "SKILL.md"), shell, case).run(check=check)
    return Cost(request["name"], tuple(calls))


def run(line: str, folder: Path) -> tuple[int, str, str]:
    """Run a command line in this process: exit status, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = program(shlex.split(line)[1:])
    return status, out.getvalue(), err.getvalue()


def _for_errors() -> str:
    """The command of SKILL.md for an error message, with the message as an argument and no folder beside it."""
    text = (ROOT / "SKILL.md").read_text("utf-8")
    found = re.search(rf"^\| an error .*?`({PROGRAM} diagnose [^`]*)`", text, re.MULTILINE)
    assert found is not None
    return re.sub(r" -(?= )| --(project|plan) \S+", "", found[1])


def told(costs: list[Cost]) -> Iterator[str]:
    """The table, a request a line, and the median."""
    for one in costs:
        yield f"{len(one.calls):3} calls {one.characters:7,} characters  {one.name}"
    calls, characters = (median(numbers) for numbers in _numbers(costs))
    yield f"{calls:3g} calls {characters:7,g} characters  in the median; at most {LIMITS[0]} and {LIMITS[1]:,}"
    yield f"{len((ROOT / 'SKILL.md').read_text('utf-8')):,} characters of SKILL.md are read beside them, once"
    yield from (f"refused: {line}" for one in costs for line in one.refused)


def is_within(costs: list[Cost]) -> bool:
    """Return whether the medians hold to the limits and no command was refused."""
    spent = [median(numbers) for numbers in _numbers(costs)]
    return all(one <= most for one, most in zip(spent, LIMITS, strict=True)) and not any(one.refused for one in costs)


def _numbers(costs: list[Cost]) -> tuple[list[int], list[int]]:
    return [len(one.calls) for one in costs], [one.characters for one in costs]


def main() -> int:
    """Print the table. Returns 1 if a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without-check", action="store_true", help="leave the checks of the written plans out")
    parser.add_argument("--calls", action="store_true", help="list every call")
    args = parser.parse_args()
    costs = [cost(one, check=not args.without_check) for one in requests()]
    if args.calls:
        for one in costs:
            print(one.name, *(f"{call.characters:7,}  {call.line}" for call in one.calls), sep="\n")
    print("\n".join(told(costs)))
    return 0 if is_within(costs) else 1


if __name__ == "__main__":
    raise SystemExit(main())
