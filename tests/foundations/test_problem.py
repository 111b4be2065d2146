"""One set of severities for every problem, fault and finding."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import agentcore_connect
from agentcore_connect.core.problem import SEVERITIES, Problem, severity
from agentcore_connect.knowledge import resources

PACKAGE = Path(agentcore_connect.__file__).parent
SCHEMAS = sorted((resources.knowledge_dir() / "schemas").glob("*.json"))


def allowed(data: Any) -> list[list[str]]:
    """The words that a schema allows for each severity."""
    if isinstance(data, dict):
        own = (
            [data["severity"]["enum"]] if isinstance(data.get("severity"), dict) and "enum" in data["severity"] else []
        )
        return [*own, *(found for value in data.values() for found in allowed(value))]
    return [found for value in data for found in allowed(value)] if isinstance(data, list) else []


def test_the_schemas_of_the_knowledge_allow_no_other_word() -> None:
    words = [found for path in SCHEMAS for found in allowed(json.loads(path.read_text("utf-8")))]
    assert len(words) >= 3
    assert {word for found in words for word in found} <= set(SEVERITIES)


def test_no_package_has_severities_of_its_own() -> None:
    pattern = re.compile(r'Literal\[[^]]*"(?:warning|error)"|\{[^}]*"error": 0')
    found = [path for path in PACKAGE.rglob("*.py") if pattern.search(path.read_text("utf-8"))]
    assert [path.name for path in found] == ["problem.py"]


def test_another_word_is_refused() -> None:
    assert [severity(word) for word in SEVERITIES] == list(SEVERITIES)
    for word in ("notice", "fatal", None, 1):
        with pytest.raises(ValueError, match="no severity"):
            severity(word)


def test_a_problem_is_shown_in_one_line() -> None:
    assert str(Problem("error", "x", "$.a", "it is wrong", "mend it")) == "$.a: it is wrong; mend it"
