"""Plain YAML is read as the library reads it, or left to the library."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text import _plain, _yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("knowledge/*.yaml"), *ROOT.glob("renderers/*/*.yaml")])
ANSWERS = (ROOT / "examples" / "support-desk" / "answers.yaml").read_text("utf-8")
#: What `next` and people write, in every form that is plain.
SAMPLE = """\
# a comment

version: 1
agent: {framework: strands, tools: [a, 'b c', "d"], none: {}, empty: []}
gateway:
  name: Desk   # said
  scopes:
  - customers.read
  - "https://a.example.com/x y"
  region: 'us-east-1'
connections:
  - name: Weather

    endpoint: https://mcp.example.com/mcp#part
    arn: arn:aws:lambda:us-east-1:123456789012:function:refunds
    yes: no
    count: 0x1F
    nested:
        - {a: 1.5, b: [x, [y]]}
        -   k: v
            l: w
  - name: two words, with (signs) and - more
last: 2026-01-02
"""
PIECES = [
    *("\n", " ", "  ", "- ", "-", ": ", ":", "#", " #", "'", '"', "\\", "{", "}", "[", "]", ",", ", ", "|", ">", "&a"),
    *(
        "*a",
        "!",
        "!!str ",
        "%",
        "@",
        "`",
        "?",
        "? ",
        "~",
        "null",
        "---\n",
        "...\n",
        "\t",
        "\r",
        "é",
        "<<: ",
        "0",
        "1e3",
    ),
    *("''", '""', "a: b", "- x\n", "\n\n", "\n  ", "k:\n", "::", "//", "=", "\x00", "+1", "-1", ".5", "true"),
]


def by_library(text: str) -> Any:
    try:
        return _yaml._by_library(text, "t")
    except ConnectError as error:
        return error


def quickly(text: str) -> Any:
    return _plain.compose(text, _yaml.scalar)


def changed(text: str, random_: random.Random) -> str:
    """The text with a few pieces put in, taken out or moved."""
    for _ in range(random_.randint(1, 3)):
        at, end = sorted(random_.randint(0, len(text)) for _ in range(2))
        match random_.randrange(4):
            case 0:
                text = text[:at] + random_.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[min(end, at + random_.randint(1, 4)) :]
            case 2:
                text = text[:at] + random_.choice(PIECES) + text[at + 1 :]
            case _:
                lines = text.split("\n")
                place = random_.randrange(len(lines))
                lines[place] = " " * random_.randint(0, 5) + lines[place].lstrip()
                text = "\n".join(lines)
    return text


@pytest.mark.parametrize("text", [ANSWERS, SAMPLE], ids=["example", "every form"])
def test_an_ordinary_file_needs_no_library(text: str) -> None:
    assert quickly(text) is not None
    assert quickly(text) == by_library(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_of_the_tree_is_read_alike_or_left(path: Path) -> None:
    text = path.read_text("utf-8")
    found = quickly(text)
    assert found is None or found == by_library(text)


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_text_is_read_alike_or_left(seed: int) -> None:
    random_, read = random.Random(seed), 0
    for number in range(1500):
        text = changed(SAMPLE if number % 2 else ANSWERS, random_)
        found = quickly(text)
        if found is not None:
            read += 1
            assert found == by_library(text), text
    assert read > 200  # else it proves little


@pytest.mark.parametrize("seed", range(4))
def test_a_short_text_is_read_alike_or_left(seed: int) -> None:
    random_ = random.Random(1000 + seed)
    words = ["a", "b", "a:", "b: ", "c: d", *PIECES]
    for _ in range(6000):
        text = "".join(random_.choice(words) for _ in range(random_.randint(1, 9)))
        found = quickly(text)
        assert found is None or found == by_library(text), repr(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a:\n", "a: b\n---\nc: d\n", "a: &x b\n", "a: |\n  b\n", "ä: b\n", "a: b\n" * 20_000]
)
def test_anything_else_is_left(text: str) -> None:
    assert quickly(text) is None


def test_the_library_is_not_loaded_for_an_ordinary_file() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from agentcore_connect.answers import load; "
        f"load.read({str(ROOT / 'examples' / 'support-desk' / 'answers.yaml')!r}); assert 'yaml' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
