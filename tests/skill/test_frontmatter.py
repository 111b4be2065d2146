"""The front-matter validator: every rule is broken once, at its line, and the reference validator agrees."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from agentcore_connect.skill import frontmatter
from tests.skill.conftest import environment_python

GOOD = 'name: connect\ndescription: "Use when: something."\n'
# front matter, the line of the fault (1 is the opening line), words of the message; whether the reference validator finds it too
CASES: dict[str, tuple[str, int, str, bool]] = {
    "no name": ('description: "d"\n', 1, "has no name", True),
    "no description": ("name: connect\n", 1, "has no description", True),
    "empty description": ('name: connect\ndescription: ""\n', 3, "not a text", True),
    "long description": (f'name: connect\ndescription: "{"d" * 1025}"\n', 3, "1025 characters", True),
    "brackets": ('name: connect\ndescription: "Use <when>."\n', 3, "angle brackets", False),
    "capital": ('description: "d"\nname: Connect\n', 3, "wrong form", True),
    "double hyphen": ('name: con--nect\ndescription: "d"\n', 2, "wrong form", True),
    "hyphen at the end": ('name: connect-\ndescription: "d"\n', 2, "wrong form", True),
    "other folder": ('name: other\ndescription: "d"\n', 2, "folder called 'connect'", True),
    "seventh key": (GOOD + "argument-hint: x\n", 4, "not a key of a skill", True),
    "long compatibility": (GOOD + f'compatibility: "{"c" * 501}"\n', 4, "501 characters", True),
    "list of tools": (GOOD + "allowed-tools: [Bash]\n", 4, "not a text", True),
    "version without quotes": (GOOD + "metadata:\n  version: 1.0\n", 5, "metadata.version is not a text", False),
    "metadata in a line": (GOOD + "metadata: x\n", 4, "not a mapping", False),
    "colon without quotes": ("name: connect\ndescription: Use when: something\n", 3, "", True),
    "two names": (GOOD + "name: connect\n", 4, "", True),
}


def written(matter: str, folder: Path, body: str = "# Body\n") -> Path:
    """A SKILL.md in a folder called connect."""
    path = folder / "connect" / "SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{matter}---\n{body}", "utf-8")
    return path


@pytest.mark.parametrize("case", CASES)
def test_a_broken_rule_is_found_at_its_line(case: str, tmp_path: Path) -> None:
    matter, line, words, _ = CASES[case]
    found = frontmatter.problems(written(matter, tmp_path))
    assert len(found) == 1, [str(one) for one in found]
    assert words in str(found[0])
    if line > 1:
        assert f"SKILL.md:{line}" in str(found[0].where)


def test_a_good_one_passes(tmp_path: Path) -> None:
    whole = (
        GOOD + 'license: Apache-2.0\ncompatibility: "Python"\nallowed-tools: "Bash(x) Read"\nmetadata:\n  v: "1.0"\n'
    )
    assert frontmatter.problems(written(whole, tmp_path)) == []


def test_a_long_body_is_found(tmp_path: Path) -> None:
    (found,) = frontmatter.problems(written(GOOD, tmp_path, "x\n" * 501))
    assert "501 lines" in str(found)


@pytest.mark.parametrize("text", ["", "name: connect\n", "---\nname: connect\n", "\n---\n---\n"])
def test_no_front_matter_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "SKILL.md"
    path.write_text(text, "utf-8")
    (found,) = frontmatter.problems(path)
    assert found.code == "no-front-matter"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    (found,) = frontmatter.problems(tmp_path / "SKILL.md")
    assert found.code == "unreadable-file"


def test_the_reference_validator_agrees(tmp_path: Path) -> None:
    """Where it is laxer than we are, the case says so."""
    folders = {"good": written(GOOD, tmp_path / "good").parent}
    folders |= {name: written(case[0], tmp_path / str(n)).parent for n, (name, case) in enumerate(CASES.items())}
    program = "import json, sys\nfrom pathlib import Path\nfrom skills_ref.validator import validate\n"
    program += "print(json.dumps({name: validate(Path(path)) for name, path in json.load(sys.stdin).items()}))"
    done = subprocess.run(
        [environment_python(), "-c", program],
        input=json.dumps({name: str(path) for name, path in folders.items()}),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found.pop("good") == []
    assert {name: bool(problems) for name, problems in found.items()} == {name: c[3] for name, c in CASES.items()}
