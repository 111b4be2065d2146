"""Prints what a person has to read: plans, scripts, help pages, the README; fails where a figure is over its limit.

python tools/reading_figures.py ANSWERS...    answers files, or folders of them; files that are none are left out
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "skill"), str(ROOT / "tools")]

import script_lengths  # noqa: E402 - from the tools' folder

from agentcore_connect import __main__ as program  # noqa: E402
from agentcore_connect.answers import load  # noqa: E402
from agentcore_connect.collect.inputs import gather  # noqa: E402
from agentcore_connect.core.errors import ConnectError  # noqa: E402
from agentcore_connect.plan.build import build  # noqa: E402
from agentcore_connect.render.prose import markdown, text  # noqa: E402

COLUMNS: Final = 80


class Figure(NamedTuple):
    """A figure of several things: its values, the limit of the median and of each; None where there is no limit."""

    name: str
    values: tuple[int, ...]
    usual: int | None
    most: int | None

    @property
    def holds(self) -> bool:
        """Return whether both limits hold, of at least one value."""
        within = self.usual is None or median(self.values or (0,)) <= self.usual
        return bool(self.values) and within and (self.most is None or max(self.values) <= self.most)

    def __str__(self) -> str:
        limits = f"limits {self.usual or '-'}, {self.most or '-'}"
        middle, most = (median(self.values), max(self.values)) if self.values else (0, 0)
        return f"{self.name:44} {len(self.values):4}  median {middle:6g}  most {most:6}  {limits}"


def of_plans(paths: Iterable[Path]) -> Iterator[Figure]:
    """The figures of the plans of answers files. Files that hold no answers, or lead to no plan, are left out."""
    words, commands, lines = [], [], []
    paths = list(paths)
    for path in paths:
        try:
            plan = build(gather(load.load(path)))
        except ConnectError:
            continue
        page = markdown(plan)
        words.append(len(page.split()))
        if any(one["path"] == "commands.sh" for one in plan.artifacts):
            commands.append(page.splitlines().index("```bash") + 2)
        if len(plan.connections) == 1:
            lines.append(len(text(plan).splitlines()))
    yield Figure("plan.md, words", tuple(words), 500, 900)
    yield Figure("plan.md, line of the first command", tuple(commands), None, 25)
    yield Figure("plan in a terminal, lines for one connection", tuple(lines), None, 40)
    for (via, name), found in sorted(script_lengths.lengths(paths).items()):
        if name == "commands.sh":
            yield Figure(f"commands.sh by {via}, lines", tuple(found), *script_lengths.LIMITS[name])


def of_help() -> Iterator[Figure]:
    """The figures of the help page of every command."""
    pages = [_help(words) for words in ([], *([name] for name in program.COMMANDS))]
    yield Figure("--help, columns", tuple(max(map(len, page)) for page in pages), None, COLUMNS)
    yield Figure("--help, lines", tuple(len(page) for page in pages), 24, 40)


def _help(words: list[str]) -> list[str]:
    out = io.StringIO()
    os.environ["COLUMNS"] = str(COLUMNS)
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        program.main([*words, "--help"])
    return out.getvalue().splitlines()


def main() -> int:
    """Print the table. Returns 1 where a limit does not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("answers", type=Path, nargs="+", help="answers files, or folders of them")
    given: list[Path] = parser.parse_args().answers
    paths = [one for path in given for one in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    readme = len((ROOT / "README.md").read_text("utf-8").splitlines())
    figures = [*of_plans(paths), *of_help(), Figure("README.md, lines", (readme,), None, 120)]
    for one in figures:
        print(one, "" if one.holds else "  OVER")
    return 0 if all(one.holds for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
