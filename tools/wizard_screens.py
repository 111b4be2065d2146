"""Makes the pictures of the wizard in docs/screens: each is what a real terminal shows, drawn as SVG.

python tools/wizard_screens.py            writes them
python tools/wizard_screens.py --check    exits 1 when one of them is no longer what the wizard shows
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "wizard"))

from terminal_driver import CTRL_C, DOWN, ENTER, Driver, wizard  # noqa: E402 - from the tests' folder

SCREENS = ROOT / "docs" / "screens"
READY = "Ctrl-C leave"
MCP = "https://mcp.example.com/mcp"
RUNTIME = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/mytools-abcdefghij"
#: pyte has no faint characters; blinking ones, which the wizard never writes, stand in for them.
FAINT, NOT_FAINT = {2: "+blink"}, "blink"
COLOURS = {"brown": "yellow", "brightbrown": "bright_yellow", "default": "default"}

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">
{matrix}
</g></g>
</svg>
"""


@contextmanager
def _faint_characters() -> Iterator[None]:
    before = dict(pyte.graphics.TEXT)
    pyte.graphics.TEXT.update(FAINT)
    try:
        yield
    finally:
        pyte.graphics.TEXT.clear()
        pyte.graphics.TEXT.update(before)


def _go(driver: Driver, *steps: tuple[str, ...]) -> Driver:
    for text, *keys in steps:
        driver.wait(f"? {text}", READY)
        driver.press(*keys)
    return driver


def question(folder: Path) -> Driver:
    """A question with choices that are impossible here."""
    driver = _go(wizard(["mcp"], folder, rows=26), ("What is its address", MCP, ENTER))
    driver.wait("? How does the service", READY)
    driver.press(DOWN, DOWN)
    driver.wait("❯ 3", READY)
    return driver


def reason(folder: Path) -> Driver:
    """The reason of that question."""
    driver = _go(wizard(["mcp"], folder, rows=26), ("What is its address", MCP, ENTER), ("How does the service", "?"))
    driver.wait("What each choice leads to", "Esc returns")
    return driver


def refused(folder: Path) -> Driver:
    """An answer that is refused, with the engine's message."""
    driver = _go(wizard(["mcp"], folder, rows=22), ("What is its address", "http://mcp.example.com/mcp", ENTER))
    driver.wait("endpoint is a URL that begins with http", READY)
    return driver


def project(folder: Path) -> Driver:
    """What was read in a project and is therefore not asked."""
    (folder / "agentcore").mkdir()
    (folder / "app" / "Shop").mkdir(parents=True)
    (folder / "app" / "Shop" / "main.py").write_text("from strands import Agent\n", encoding="utf-8")
    runtime = {"name": "Shop", "build": "CodeZip", "entrypoint": "main.py", "codeLocation": "app/Shop/"}
    gateway = {"name": "ShopGateway", "protocolType": "MCP", "authorizerType": "AWS_IAM", "targets": []}
    data = {"name": "Shop", "version": 1, "runtimes": [runtime], "agentCoreGateways": [gateway], "credentials": []}
    (folder / "agentcore" / "agentcore.json").write_text(json.dumps(data), encoding="utf-8")
    driver = wizard(["mcp"], folder, rows=20)
    driver.wait("? What is its address", READY)
    return driver


def preview(folder: Path) -> Driver:
    """The plan before it is written."""
    driver = _go(
        wizard(["mcp"], folder, rows=62),
        *(("What is its address", MCP, ENTER), ("How does the service", ENTER)),
        *(("Who may call", ENTER), ("What is the agent written with", "1", ENTER)),
    )
    driver.wait("? What now", READY)
    return driver


def inverted(folder: Path) -> Driver:
    """A flow that runs the wrong way round, crossed out."""
    driver = _go(
        wizard(["mcp"], folder, rows=46), ("What is its address", RUNTIME, ENTER), ("Is that the runtime", "1", ENTER)
    )
    driver.wait("? What now", READY)
    return driver


def narrow(folder: Path) -> Driver:
    """Sixty columns, no colour, no Unicode."""
    environment = {"LC_ALL": "C", "NO_COLOR": "1"}
    driver = _go(wizard(["mcp"], folder, columns=60, environment=environment), ("What is its address", MCP, ENTER))
    driver.wait("? How does the service", READY)
    return driver


SHOWN = {play.__name__: play for play in (question, reason, refused, project, preview, inverted, narrow)}


def _style(char: pyte.screens.Char) -> str:
    words = [
        name for name, on in (("bold", char.bold), ("italic", char.italics), ("dim", getattr(char, NOT_FAINT))) if on
    ]
    colour = COLOURS.get(char.fg, char.fg)
    if colour != "default":
        colour = f"#{colour}" if re.fullmatch(r"[0-9a-f]{6}", colour) else colour.replace("bright", "bright_")
        words.append(colour.replace("__", "_"))
    return " ".join(words)


def _lines(driver: Driver) -> list[Text]:
    found = []
    for row in range(driver.screen.lines):
        chars = [driver.screen.buffer[row][column] for column in range(driver.screen.columns)]
        line = Text()
        for style, run in groupby(chars, key=_style):
            line.append("".join(char.data for char in run), style)
        line.rstrip()
        found.append(line)
    while found and not found[-1].plain:
        found.pop()
    return found[next((n for n, line in enumerate(found) if line.plain), 0) :]


def svg(name: str, driver: Driver) -> str:
    """The screen as SVG, without anything that is fetched when it is shown."""
    recorder = Console(record=True, width=driver.screen.columns, file=io.StringIO(), force_terminal=True)
    for line in _lines(driver):
        recorder.print(line, soft_wrap=True)
    title = (SHOWN[name].__doc__ or name).rstrip(".")
    text = recorder.export_svg(title=title, code_format=SVG.replace("{title}", escape(title)), unique_id=f"w-{name}")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def made(name: str) -> str:
    """Play one screen and draw it."""
    with tempfile.TemporaryDirectory() as folder, _faint_characters():
        driver = SHOWN[name](Path(folder))
        text = svg(name, driver)
        driver.press(CTRL_C)
        driver.close()
    return text


def main() -> int:
    """Write the pictures, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(SHOWN)}; without: all")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--screens", type=Path, default=SCREENS, metavar="DIR", help="where they are (docs/screens)")
    args = parser.parse_args()
    if unknown := set(args.names) - SHOWN.keys():
        parser.error(f"there is no picture {', '.join(sorted(unknown))}; there are {', '.join(SHOWN)}")
    args.screens.mkdir(parents=True, exist_ok=True)
    different = []
    for name in args.names or SHOWN:
        file, text = args.screens / f"{name}.svg", made(name)
        if args.check:
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                different.append(name)
        else:
            file.write_text(text, encoding="utf-8")
    if different:
        sys.stderr.write(f"no longer what the wizard shows: {', '.join(different)}; run {Path(__file__).name}\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
