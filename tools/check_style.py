"""Checks what people read against the words of tools/style.yaml.

    python tools/check_style.py            this checkout
    python tools/check_style.py DIR        another folder of the same shape

Reads the texts of `knowledge/`, the string literals of the package, the help, README, CONTRIBUTING, SKILL and `docs/`.
Of docstrings it reads the first word. Exit: 0 nothing found, 1 a forbidden form, 2 the folder cannot be read.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "skill"))

from agentcore_connect.core.errors import ConnectError  # noqa: E402
from agentcore_connect.text import document  # noqa: E402 - the same reader as the program's own

PAGES = ("README.md", "CONTRIBUTING.md", "SKILL.md", "docs/**/*.md")
#: A docstring that opens like this is a part of a sentence.
_RIDDLE = re.compile(r"(?:What|Who|Whom|Which|How|Where|When|Why|By|Of)\b")
_STATEMENT = "a statement: Return ..., Find ..., or the noun that it is about"
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.M | re.S)


class Form(NamedTuple):
    """A forbidden form and what to write instead."""

    pattern: re.Pattern[str]
    say: str


class Found(NamedTuple):
    """A forbidden form at a place."""

    file: str
    line: int
    words: str
    say: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words!r}: write {self.say}"


def forms(top: Path = ROOT) -> tuple[list[Form], set[str]]:
    """The forbidden forms, and the files that are not checked. Errors: ConnectError from the reader."""
    path = top / "tools" / "style.yaml"
    data = document.parse(path.read_text("utf-8"), path="tools/style.yaml").data
    return [Form(re.compile(one["form"], re.I), one["say"]) for one in data["forms"]], set(data["except"])


def search(text: str, file: str, known: Sequence[Form], first: int = 1) -> Iterator[Found]:
    """Every forbidden form in a text that begins at line `first`; line breaks count as spaces."""
    flat = re.sub(r"\s", " ", text)
    for form in known:
        for match in form.pattern.finditer(flat):
            yield Found(file, first + text.count("\n", 0, match.start()), match[0], form.say)


def check(top: Path = ROOT) -> list[Found]:
    """All findings below a folder, in the order of the files."""
    known, excepted = forms(top)
    found: list[Found] = []
    for path, read in _files(top):
        name = str(path.relative_to(top))
        if name not in excepted:
            found += [one for line, text in read(path) for one in search(text, name, known, line)]
            found += _docstrings(path, name) if path.suffix == ".py" else []
    return sorted(set(found))


def _files(top: Path) -> Iterator[tuple[Path, Any]]:
    for path in sorted((top / "knowledge").glob("*.yaml")):
        yield path, _knowledge
    for path in sorted((top / "skill" / "agentcore_connect").rglob("*.py")):
        yield path, _literals
    for pattern in PAGES:
        for path in sorted(top.glob(pattern)):
            yield path, _page


def _knowledge(path: Path) -> Iterator[tuple[int, str]]:
    """Each line without its comment: a text of the knowledge stands on a line."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.lstrip().startswith("#"):
            yield number, line


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals that are not docstrings; the literal parts of f-strings are among them."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def _docstrings(path: Path, name: str) -> Iterator[Found]:
    """The docstrings whose first line is no statement."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            opening = _RIDDLE.match(ast.get_docstring(node) or "")
            if opening:
                yield Found(name, node.body[0].lineno, opening[0], _STATEMENT)


def _page(path: Path) -> Iterator[tuple[int, str]]:
    """The page without its code, which keeps its line breaks so that lines still count."""
    text = path.read_text("utf-8")
    yield 1, _CODE.sub(lambda match: "\n" * match[0].count("\n"), text)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the findings, one a line; the exit code as above."""
    words = sys.argv[1:] if argv is None else argv
    try:
        found = check(Path(words[0]) if words else ROOT)
    except (OSError, ConnectError) as error:
        print(f"check_style: {error}", file=sys.stderr)
        return 2
    for one in found:
        print(one)
    print(f"style: {len(found)} forbidden forms" if found else "style: nothing found", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
