"""Places in nested data: what references lead to, and how places are written and read."""

from __future__ import annotations

import pytest

from agentcore_connect.core.places import Place, follow, parse_json_path, pointer, referred, step

DATA = {"a/b": {"~c": [{"x": 1}, {"x": 2}]}, "p%q": 3, "": 4}


@pytest.mark.parametrize(
    ("reference", "found", "place"),
    [
        ("#", DATA, ()),
        ("#/a~1b/~0c/1/x", 2, ("a/b", "~c", 1, "x")),
        ("#/p%25q", 3, ("p%q",)),
        ("#/a~1b/~0c/2/x", None, ("a/b", "~c")),
        ("#/a~1b/~0c/one", None, ("a/b", "~c")),
        ("#/a~1b/~0c/²", None, ("a/b", "~c")),
        ("#/a~1b/~0c/-1", None, ("a/b", "~c")),
        ("#/p%25q/x", None, ("p%q",)),
        ("other.json#/a~1b", None, ()),
    ],
)
def test_a_reference_is_followed_as_far_as_it_leads(reference: str, found: object, place: Place) -> None:
    assert follow(DATA, reference) == (found, place)


@pytest.mark.parametrize("name", ["plain", "a/b", "~c", "p%q", "~1", "%2F"])
def test_a_key_written_into_a_reference_is_found_again(name: str) -> None:
    assert follow({name: 1}, f"#/{referred(name)}") == (1, (name,))


def test_a_pointer_keeps_numbers_and_escapes_the_rest() -> None:
    assert pointer(("a/b", "~c", 1)) == "/a~1b/~0c/1"
    assert pointer(()) == ""


def test_a_json_path_is_read_as_it_was_written() -> None:
    assert parse_json_path(step(step("$[0]", "inputSchema"), 'a "b"')) == (0, "inputSchema", 'a "b"')
    assert parse_json_path("$.a[x].b") == ("a",)
