"""Prints a digest of each file of the plans of some situations: python -m tests.conformance.digests FOLDER < NUMBERS.

FOLDER holds the files of the space; NUMBERS is a JSON list of places in `situations`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.plan.build import build
from agentcore_connect.render.plan_files import render_plan
from tests.conformance import space
from tests.conformance.emitted import gathered
from tests.conformance.space import Situation


def situations() -> list[Situation]:
    """Those of the space that hang on no other."""
    return [*(one for _, one in space.plain()), *space.around()]


def contents(one: Situation, folder: Path) -> Iterator[tuple[str, str]]:
    """The files of a plan, or the message where there is none."""
    try:
        case = gathered(one, folder)
        _, files = render_plan(build(case), case, folder / "connect")
    except ConnectError as error:
        yield "error", str(error)
        return
    for name, (text, _) in files.items():
        yield name, text


def main() -> None:
    """Print a line for each file, in the order in which the plan has them."""
    every, folder = situations(), Path(sys.argv[1])
    for number in json.load(sys.stdin):
        for name, text in contents(every[number], folder):
            print(number, name, hashlib.sha256(text.encode()).hexdigest())


if __name__ == "__main__":
    main()
