"""Prints a sample of the texts that people read, for a reader to judge; the same for the same seed and tree.

python tools/sample_texts.py [--seed N] [--each N]    docstrings, texts of the knowledge, messages
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "skill"))

from agentcore_connect.text.document import read  # noqa: E402

#: Keys of the knowledge files with sentences that people read.
SENTENCES: Final = ("text", "help", "why", "fix", "confirm", "causes", "instead", "message", "remedy")
#: Words too few to be a sentence.
_SHORTEST: Final = 5


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each docstring of the package."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield f"{path}:{getattr(node, 'lineno', 1)}", text


def knowledge() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each sentence of the knowledge."""
    for path in sorted((ROOT / "knowledge").glob("*.yaml")):
        yield from _sentences(read(path).data, path.name)


def _sentences(data: Any, place: str, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _sentences(value, f"{place}.{name}", str(name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _sentences(value, f"{place}.{number}", key)
    elif isinstance(data, str) and key in SENTENCES and len(data.split()) >= _SHORTEST:
        yield place, data


def messages() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each message: the texts of a ConnectError or of a finding."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "ConnectError",
                "Result",
                "Fault",
                "Problem",
            ):
                parts = [
                    *node.args[1:],
                    *(word.value for word in node.keywords if word.arg in ("expected", "hint", "next", "why")),
                ]
                said = [text for part in parts if (text := _literal(part)) and " " in text]
                if said:
                    yield f"{path}:{node.lineno}", " | ".join(said)


def _literal(node: ast.AST) -> str:
    """Return the text of a literal or an f-string, with its expressions in braces; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _literal(one) if isinstance(one, ast.Constant) else f"{{{ast.unparse(one.value)}}}" for one in node.values
        )  # type: ignore[attr-defined]
    return ""


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "skill" / "agentcore_connect").rglob("*.py")):
        yield path.relative_to(ROOT / "skill" / "agentcore_connect").as_posix(), ast.parse(path.read_text("utf-8"))


def main() -> int:
    """Print the sample."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=60, metavar="N", help="of the random choice (default: 60)")
    parser.add_argument("--each", type=int, default=20, metavar="N", help="texts of each kind (default: 20)")
    args = parser.parse_args()
    for kind in (docstrings, knowledge, messages):
        texts = sorted(kind())
        print(f"\n{kind.__name__}: {args.each} of {len(texts)}")
        for number, (place, text) in enumerate(sorted(random.Random(args.seed).sample(texts, args.each)), 1):
            print(f"{number:3}. {place}\n     {' '.join(text.split())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
