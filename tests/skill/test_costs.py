"""What an assistant pays for a request: few calls, few characters, no refused command."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.skill.conftest import ROOT


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The counting tool, as a module."""
    spec = importlib.util.spec_from_file_location("assistant_costs", ROOT / "tools" / "assistant_costs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_eight_requests_of_different_kinds_cost_little(tool: ModuleType) -> None:
    costs = [tool.cost(one, check=False) for one in tool.requests()]
    assert len(costs) == 8
    assert tool.is_within(costs), "\n".join(tool.told(costs))
    assert max(len(one.calls) for one in costs) <= 8
    assert max(one.characters for one in costs) <= 8000, "\n".join(tool.told(costs))


def test_too_many_calls_too_many_characters_and_a_refused_command_are_caught(tool: ModuleType) -> None:
    fine = tool.Call("agentcore-connect plan a.yaml", 0, 1000)
    assert tool.is_within([tool.Cost("fine", (fine,) * 9)])
    assert not tool.is_within([tool.Cost("calls", (fine,) * 10)])
    assert not tool.is_within([tool.Cost("characters", (fine._replace(characters=10_001),))])
    refused = tool.Cost("refused", (fine._replace(status=2),))
    assert not tool.is_within([refused])
    assert "refused: agentcore-connect plan a.yaml" in list(tool.told([refused]))


def test_what_a_command_prints_is_counted_whole(tool: ModuleType, tmp_path: object) -> None:
    status, out, err = tool.run("agentcore-connect plan missing.yaml", tmp_path)
    assert status == 2 and not out and "missing.yaml" in err
