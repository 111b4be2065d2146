"""The pages for maintainers: every file that they name exists, and they keep to their size."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
PACKAGE = ROOT / "skill" / "agentcore_connect"
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|yaml|md))`")
# What a written plan or a project holds, or what the reader is to create.
ELSEWHERE = re.compile(
    r"NAME|VERSION|SURFACE|\*|^(connect|answers\.yaml|plan\.md|agentcore|commands-SURFACE)|gateway_client\w*\.py|configure\.py|template\.yaml|manifest\.yaml"
)


def _exists(name: str) -> bool:
    places = (ROOT, ROOT / "knowledge", PACKAGE, ROOT / "docs")
    return any((place / name).exists() for place in places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    named = [name for name in PATH.findall(text) if not ELSEWHERE.search(name)]
    assert [name for name in named if not _exists(name)] == []


TRACED = """
import sys
entered = set()
sys.setprofile(lambda frame, event, arg: entered.add(frame.f_code.co_filename) if event == "call" else None)
from agentcore_connect.__main__ import main
code = main(sys.argv[1:])
sys.setprofile(None)
print(code, *(name.rpartition("agentcore_connect/")[2] for name in entered if "agentcore_connect/" in name), file=sys.stderr)
"""


def test_the_walk_names_only_modules_that_a_plan_enters(tmp_path: Path) -> None:
    walk = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## One answer")[2].partition("\n## ")[0]
    modules = re.findall(r"`([\w/]+\.py)`", walk)
    assert len(modules) >= 12
    answers = ROOT / "examples" / "support-desk" / "answers.yaml"
    command = [sys.executable, "-c", TRACED, "plan", str(answers), "--out", str(tmp_path / "connect")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, *entered = done.stderr.splitlines()[-1].split()
    assert code == "0"
    assert sorted(set(modules) - set(entered)) == []


def test_the_glossary_has_at_most_thirty_terms() -> None:
    rows = re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M)[1:]
    assert len(rows) <= 30
    assert len(set(rows)) == len(rows)
