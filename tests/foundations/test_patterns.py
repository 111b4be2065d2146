"""Patterns of AWS's models, read by Python."""

from __future__ import annotations

import pytest

from agentcore_connect.core.patterns import python_pattern

TAG = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        (TAG, "made-by: Café 9/9", True),
        (TAG, "名前", True),
        (TAG, "a#b", False),
        (TAG, "a\tb", False),
        (r"\p{Lu}x", "Éx", True),
        (r"\p{Lu}x", "éx", False),
        (r"\\p{L}", "\\p{L}", True),
        (r"a\[\p{N}\]", "a[5]", True),
        (r"[a-z]{2}", "ab", True),
    ],
)
def test_a_pattern_means_in_python_what_it_means_in_java(pattern: str, value: str, matches: bool) -> None:
    compiled = python_pattern(pattern)
    assert compiled is not None
    assert (compiled.fullmatch(value) is not None) is matches


def test_what_python_cannot_read_is_none() -> None:
    assert python_pattern(r"a(") is None
