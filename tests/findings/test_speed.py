"""A large folder costs one parse per file and one walk, whichever checks and readers look at it."""

from __future__ import annotations

import ast
import gc
from collections import Counter
from pathlib import Path

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.core.memory import without_collector
from agentcore_connect.project import code
from tests.findings.planted import CLIENT_CODE, MAIN_CODE


def test_each_file_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(40):
        (tmp_path / f"m{number}.py").write_text(CLIENT_CODE if number % 2 else MAIN_CODE, encoding="utf-8")
    parsed: Counter[Path] = Counter()
    walked: Counter[str] = Counter()
    parse, walk = code.parse, ast.walk

    def counted(path: Path) -> code.Parsed | None:
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
        walked = code.parse(path)
        assert walked is not None
        every = [node for node in ast.walk(walked.tree) if node._fields]
        assert walked.nodes == every, path
        assert all(node in ast.iter_child_nodes(parent) for node, parent in walked.parents.items())
        assert walked.parents.keys() == set(every) - {walked.tree}
        assert walked.of(ast.Constant) == [node for node in every if isinstance(node, ast.Constant)]


def test_a_word_is_looked_up_in_the_text_of_a_file() -> None:
    path = Path(code.__file__)
    parsed = code.parse(path)
    assert parsed is not None
    assert parsed.says("no-such-word", "class Parsed")
    assert not parsed.says("".join(["no", "-such", "-word"]))
    assert code.Parsed(ast.parse("")).says("anything")


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_as_before_also_after_an_error(on: bool) -> None:
    was = gc.isenabled()
    try:
        gc.enable() if on else gc.disable()
        with pytest.raises(KeyError), without_collector():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is on
    finally:
        gc.enable() if was else gc.disable()
