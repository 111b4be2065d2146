"""Each client in the hands of an agent: tools are bound, called and searched for, and late answers are survived."""

from __future__ import annotations

import pytest

from tests.clients.client_runs import Client
from tests.sim.gateway import SEARCH
from tests.sim.tokens import Tokens

pytestmark = pytest.mark.part

FIRST, LAST = "Target1___tool-00", "Target3___tool-44"


def test_a_tool_of_the_last_page_is_bound_and_called(client: Client, environment: str) -> None:
    client.start("custom-jwt")
    answer = client.use((LAST, "hello"))
    assert answer["outcomes"] == [f"{LAST} heard hello"]
    assert len(answer["names"]) == 45
    assert client.gateway.calls == [(LAST, {"text": "hello"})]


def test_a_token_that_ends_between_two_calls_is_replaced(client: Client, environment: str) -> None:
    client.start("custom-jwt", tokens=Tokens(uses=2))
    answer = client.use((FIRST, "one"), (LAST, "two"), (FIRST, "three"))
    assert answer["outcomes"] == [f"{FIRST} heard one", f"{LAST} heard two", f"{FIRST} heard three"]
    assert [name for name, _ in client.gateway.calls] == [FIRST, LAST, FIRST]


def test_an_answer_that_never_comes_fails_alone(client: Client, environment: str) -> None:
    client.start("none", silent=frozenset({FIRST}))
    answer = client.use((FIRST, "lost"), (LAST, "hello"), limit=1.0)
    assert answer["outcomes"][0].startswith("error: ")
    assert answer["outcomes"][1] == f"{LAST} heard hello"
    assert [name for name, _ in client.gateway.calls] == [FIRST, LAST], "a call was repeated"


def test_with_search_only_the_tools_found_are_bound(client: Client, environment: str) -> None:
    client.start("aws-iam", search=True)
    answer = client.use((LAST, "hello"), query="What is the weather?")
    assert sorted(answer["names"]) == sorted(client.gateway.found)
    assert answer["outcomes"] == [f"{LAST} heard hello"]
    assert [name for name, _ in client.gateway.calls] == [SEARCH, LAST]
