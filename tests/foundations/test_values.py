"""What narrows JSON gives one type, or nothing; never a wrong one."""

from __future__ import annotations

import pytest

from agentcore_connect.core import values

EVERY = ["a", "", 1, 0, True, 1.5, None, ["a", 1, {}], ("b",), {"a": 1}, {}, [], object()]


@pytest.mark.parametrize("value", EVERY, ids=lambda value: type(value).__name__)
def test_each_function_gives_its_own_type(value: object) -> None:
    assert values.text(value) == (value if type(value) is str else None)
    assert values.integer(value) == (value if type(value) is int else None)
    assert values.integer(value) is not True
    assert values.mapping(value) == (value if type(value) is dict else {})
    assert list(values.sequence(value)) == (list(value) if isinstance(value, list | tuple) else [])


def test_lists_keep_what_is_of_the_type_and_its_order() -> None:
    assert values.texts(["a", 1, "b", None]) == ["a", "b"]
    assert values.mappings([{"a": 1}, 1, {}]) == [{"a": 1}, {}]
    assert values.texts("ab") == values.mappings({"a": {}}) == []
