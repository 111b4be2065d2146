"""Prints how long the scripts of plans are, and fails where they are longer than their limits.

python tools/script_lengths.py ANSWERS...    answers files, or folders of them; files that are none are left out

The limits hold commands.sh, which a person reads before running it, and the boto3 program, the same for every plan.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "skill"))

from agentcore_connect.answers import load  # noqa: E402
from agentcore_connect.collect.inputs import gather  # noqa: E402
from agentcore_connect.core.errors import ConnectError  # noqa: E402
from agentcore_connect.plan.build import build  # noqa: E402
from agentcore_connect.render.plan_files import render_plan  # noqa: E402

#: For each file: the most lines in the median, and at most.
LIMITS: Final = {
    "commands.sh": (80, 120),
    "configure.py": (350, 350),
    "configure_steps.py": (400, 400),
    "configure_consent.py": (140, 140),
    "configure_role.py": (160, 160),
    "configure_aws.py": (420, 420),
    "configure_values.py": (160, 160),
    "configure_record.py": (100, 100),
}
Lengths = dict[tuple[str, str], list[int]]


def lengths(paths: Iterable[Path]) -> Lengths:
    """The lines of each script of the plans of answers files, by the way (cli, boto3) and the file.

    Files that hold no answers, and answers that lead to no plan by a way, are left out.
    """
    found: Lengths = {}
    for path in paths:
        for via in ("cli", "boto3"):
            with tempfile.TemporaryDirectory() as place:
                try:
                    known = gather(load.load(path), via=via)
                    _, files = render_plan(build(known), known, Path(place))
                except ConnectError:
                    continue
            for name, (text, _) in files.items():
                if name.endswith((".sh", ".mjs")) or name.startswith("configure"):
                    found.setdefault((via, name), []).append(len(text.splitlines()))
    return found


def too_long(found: Lengths) -> list[str]:
    """What is longer than its limit."""
    problems = []
    for (via, name), lines in sorted(found.items()):
        if name in LIMITS and (median(lines) > LIMITS[name][0] or max(lines) > LIMITS[name][1]):
            problems.append(f"{via}: {name}: median {median(lines):g}, longest {max(lines)}; limits {LIMITS[name]}")
    return problems


def main() -> int:
    """Print the table; 1 where a limit does not hold, or nothing was planned."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("answers", type=Path, nargs="+", help="answers files, or folders of them")
    given: list[Path] = parser.parse_args().answers
    paths = [one for path in given for one in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    found = lengths(paths)
    for (via, name), lines in sorted(found.items()):
        print(f"{via:6} {name:24} {len(lines):4} plans  median {median(lines):6g}  longest {max(lines):5}")
    problems = too_long(found)
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems or not found else 0


if __name__ == "__main__":
    sys.exit(main())
