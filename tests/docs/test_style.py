"""The vocabulary: this checkout keeps to it, each form catches a planted text, and quoted code is left alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import check_style
import pytest

ROOT = Path(__file__).resolve().parents[2]

KNOWN, _ = check_style.forms()
WRONG = [
    "How is the service signed in to?",
    "The file is not there.",
    "It is there and readable.",
    "An old file is gone on with.",
    "Insisting is heard.",
    "It is put on literally.",
    "Bearer with its blank",
    "It wants to be asked.",
    "The agent is still to be made.",
    "Make a new gateway.",
    "The target is made.",
    "A gateway made before.",
    "Such targets have been there since June.",
    "That is the very runtime.",
    "The app, the one whose id is used.",
    "Such answers count for nothing.",
    "It looks the machine over.",
    "what it says is not asked",
    "asks what has to be known",
    "The flag comes to nothing.",
    "no more than ten",
    "does away with the file",
    "the account in whose Region it runs",
    "The role must be gone.",
    "The service wants a key.",
    "A token is called for.",
    "The key stands in the file.",
    "No blank may stand here.",
    "a text where a number is wanted",
    "The name is there twice.",
    "It did not come to an end.",
    "The CLI makes no project.",
    "A plan is held against the model.",
    "neither git nor patch is here",
    "There is no place for it.",
]


def _planted(top: Path, file: str, text: str) -> list[str]:
    (top / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "style.yaml", top / "tools")
    path = top / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return [str(one) for one in check_style.check(top)]


def test_this_checkout_keeps_to_the_vocabulary(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_style.main([]) == 0, capsys.readouterr().out


def test_every_form_catches_a_text() -> None:
    idle = [form.pattern.pattern for form in KNOWN if not any(form.pattern.search(text) for text in WRONG)]
    assert idle == []


@pytest.mark.parametrize("text", WRONG)
def test_every_wrong_text_is_caught(text: str) -> None:
    assert list(check_style.search(text, "a.md", KNOWN))


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("knowledge/rules.yaml", "version: 1\nrules:\n  - text: The key is not there.\n", 3),
        ("skill/agentcore_connect/a.py", 'x = 1\ny = f"{x} is not there"\n', 2),
        ("README.md", "# A\n\nThe file is\nnot there.\n", 3),
        ("docs/how-to/a.md", "```text\na\n```\n\nIt is not there.\n", 5),
    ],
)
def test_a_planted_text_is_found_at_its_line(tmp_path: Path, file: str, text: str, line: int) -> None:
    found = _planted(tmp_path / "here", file, text)
    assert len(found) == 1
    assert found[0].startswith(f"{file}:{line}: ")
    assert "missing" in found[0]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("README.md", "```text\nit is not there\n```\nand `is not there`\n"),
        ("knowledge/rules.yaml", "# what is not there\nversion: 1\n"),
        ("skill/agentcore_connect/a.py", '"""This is not there."""\n'),
        ("docs/style.md", "is not there\n"),
    ],
)
def test_code_comments_and_quotes_are_left_alone(tmp_path: Path, file: str, text: str) -> None:
    assert _planted(tmp_path / "here", file, text) == []


def test_a_folder_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    assert check_style.main([str(tmp_path)]) == 2


def test_the_page_has_ten_pairs_and_each_before_is_gone() -> None:
    page = (ROOT / "docs" / "style.md").read_text("utf-8").partition("## Before and after")[2].partition("\n## ")[0]
    pairs = re.findall(r"^\| (.+?) \| (.+?) \|$", page, re.M)[1:]
    assert len(pairs) == 10
    texts = [
        p.read_text("utf-8")
        for folder in ("knowledge", "skill/agentcore_connect")
        for p in (ROOT / folder).rglob("*")
        if p.suffix in {".yaml", ".py"}
    ]
    assert [before for before, _ in pairs if any(before in text for text in texts)] == []


@pytest.mark.parametrize("opening", ["What", "Where", "Which", "Why", "How", "By", "Of"])
def test_a_docstring_that_is_no_statement_is_found(tmp_path: Path, opening: str) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "style.yaml", tmp_path / "tools")
    module = tmp_path / "skill" / "agentcore_connect" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text(f'"""Reads files."""\n\n\ndef read() -> None:\n    """{opening} it reads."""\n', encoding="utf-8")
    (found,) = check_style.check(tmp_path)
    assert (found.file, found.line, found.words) == ("skill/agentcore_connect/module.py", 5, opening)
