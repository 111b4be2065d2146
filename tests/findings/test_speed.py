"""A large folder costs one parse per file and one walk, whichever checks and readers look at it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from planted import CLIENT_CODE, MAIN_CODE

from agentcore_connect.__main__ import main
from agentcore_connect.project import code


def test_each_file_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(40):
        (tmp_path / f"m{number}.py").write_text(CLIENT_CODE if number % 2 else MAIN_CODE, encoding="utf-8")
    parsed: Counter[Path] = Counter()
    walked: Counter[str] = Counter()
    parse, walk = code.parse, ast.walk

    def counted(path: Path) -> ast.Module | None:
        parsed[path] += 1
        return parse(path)

    def counted_walk(node: ast.AST) -> object:
        walked[type(node).__name__] += 1
        return walk(node)

    monkeypatch.setattr(code, "parse", counted)
    monkeypatch.setattr(ast, "walk", counted_walk)
    assert main(["inspect", str(tmp_path), "--json"]) == 0
    capsys.readouterr()
    assert len(parsed) == 40
    assert set(parsed.values()) == {1}
    assert walked["Module"] == 0


def test_no_node_is_left_out_of_the_walk() -> None:
    for path in sorted(Path(code.__file__).parents[1].glob("[fs]*/*.py")):
        tree = code.parse(path)
        assert tree is not None
        walked = code.Parsed(tree)
        every = [node for node in ast.walk(tree) if node._fields]
        assert walked.nodes == every, path
        assert all(node in ast.iter_child_nodes(parent) for node, parent in walked.parents.items() if node is not tree)
        assert walked.of(ast.Constant) == [node for node in every if isinstance(node, ast.Constant)]
