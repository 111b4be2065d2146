"""JSON on standard output: indented for a person at a terminal, on one line for a program."""

from __future__ import annotations

import json
import sys


def print_json(data: object) -> None:
    """Print one JSON object. A pipe gets no blanks between its members: a model pays for each character."""
    if sys.stdout.isatty():
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
