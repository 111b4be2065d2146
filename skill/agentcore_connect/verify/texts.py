"""Checks the plan's documents: they match the plan, and their settings parse."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from agentcore_connect.secrets.search import scan
from agentcore_connect.verify.facts import is_narrower
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.written import Written, bare

_IN_STEP: Final = "make the change in the answers and write the plan anew; put notes of your own on other lines"
_LONGEST: Final = 300
_BLOCK: Final = re.compile(r"^```(json|toml)\n(.*?)^```$", re.M | re.S)
_FILES: Final = re.compile(r"^## Files\n.*?(?=^## |\Z)", re.M | re.S)  # which checks were made that day
_URL: Final = re.compile(r"https://[a-z0-9-]+\.gateway\.bedrock-agentcore\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/mcp")


def check_says_the_plan(written: Written, name: str) -> Result:
    """Check that no line was removed or changed, except narrower rights; lines may be added."""
    wanted, lines = (_lines(text) for text in (written.files.get(name, ""), written.text(name)))
    changes = SequenceMatcher(None, wanted, lines, autojunk=False).get_opcodes()
    problems = [
        f"a line was changed, or is gone: {_shortened(line)}"
        for kind, start, end, first, last in changes
        if kind in ("delete", "replace")
        for line in wanted[start:end]
        if line.strip() and not any(is_narrower(one, line) for one in lines[first:last])
    ]
    return judged(name, "as-planned", OWN, problems, cure=_IN_STEP)


def _lines(text: str) -> list[str]:
    return _URL.sub("GATEWAY_URL", _FILES.sub("", bare(text))).splitlines()


def _shortened(line: str) -> str:
    """Return whether a line matches the plan's, with at most narrower rights."""
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def check_settings(written: Written, name: str) -> Iterator[Result]:
    """Check that each settings block parses and holds no secret."""
    text = written.text(name)
    problems: list[str] = []
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        try:
            data = json.loads(block[2]) if block[1] == "json" else tomllib.loads(block[2])
        except (ValueError, RecursionError) as error:
            problems.append(f"{name}:{line}: this is not {block[1].upper()}: {_why(error)}")
            continue
        problems += [f"{name}:{line}: {error.message}" for error in scan(data)]
    planned = len(_BLOCK.findall(written.files.get(name, "")))
    if len(_BLOCK.findall(text)) < planned:
        problems.append(f"{name}: a block of settings is gone, or is not closed")
    yield judged(name, "settings", OWN, problems, cure="write the plan anew, and keep secrets out of the settings")


def _why(error: object) -> str:
    return str(error.msg) if isinstance(error, json.JSONDecodeError) else str(error)[:200]
