"""`diagnose`: the same text always finds the same rows, each row finds itself, and people's own words find theirs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentcore_connect import __main__
from agentcore_connect.diagnose.match import diagnose
from agentcore_connect.knowledge import resources

ROWS = resources.load("errors")["errors"]

SAID = yaml.safe_load(Path(__file__).with_name("said.yaml").read_text("utf-8"))


def first(text: str) -> str | None:
    found = diagnose(text, resources.load("errors")).matches
    return found[0].id if found else None


@pytest.mark.parametrize(
    ("name", "phrase"), [(name, phrase) for name, row in ROWS.items() for phrase in row.get("phrases", ())]
)
def test_a_rows_own_text_finds_it_first(name: str, phrase: str) -> None:
    assert first(phrase) == name
    assert first(f"2026-11-21T10:00:00Z [ERROR]   {phrase.upper()}\n    at run (index.mjs:1)") == name


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.get("phrases")])
def test_a_rows_own_title_finds_it_first(name: str) -> None:
    assert first(ROWS[name]["title"]) == name


@pytest.mark.parametrize("case", SAID, ids=[case["finds"] for case in SAID])
def test_what_people_say_finds_the_row(case: dict[str, str]) -> None:
    assert first(case["said"]) == case["finds"]


@pytest.mark.parametrize(
    "text",
    [
        "the weather is nice today",
        "Segmentation fault (core dumped)",
        "npm ERR! code ENOSPC",
        "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        "FATAL: password authentication failed for user postgres",
        "x",
    ],
)
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    assert diagnose(text, resources.load("errors")).matches == ()


def test_an_id_is_its_own_row() -> None:
    assert [match.id for match in diagnose(" a11 ", resources.load("errors")).matches] == ["A11"]


def test_the_end_of_a_long_log_counts() -> None:
    log = "all is well\n" * 100_000 + "Authorization method mismatch\n"
    assert first(log) == "D2"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    def call(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = __main__.main(["diagnose", *words])
        out, err = capsys.readouterr()
        return status, out, err

    return call


Ask = Callable[..., tuple[int, str, str]]


def test_the_answer_in_words(ask: Ask) -> None:
    status, out, err = ask("Authorization", "method", "mismatch")
    assert (status, err) == (0, "")
    assert out.startswith("D2  ")
    assert "what to do: Use the one method it is configured for." in out
    assert "https://github.com/aws/agentcore-cli/issues/815" in out


def test_the_answer_as_json_is_only_json(ask: Ask) -> None:
    status, out, _ = ask("-", "--json", stdin=b"\x1b[31mAuthorization method \n mismatch\x1b[0m \xff\xfe")
    found: dict[str, Any] = json.loads(out)
    assert status == 0
    assert found["known"] is True
    assert found["matches"][0]["id"] == "D2"
    assert found["matches"][0]["known_by"] == "phrase"


def test_what_is_not_known_is_said_so_with_what_settles_most_cases(ask: Ask) -> None:
    status, out, _ = ask("the weather is nice today")
    assert status == 0
    assert out.startswith("This is not known here.")
    assert "aws bedrock-agentcore-control get-gateway-target" in out


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_pasted_secret_is_never_shown_again(ask: Ask, form: list[str]) -> None:
    key = "AKIA" + "Z7Q4M2KX9PLT5RWB"
    status, out, err = ask(
        *form, f"Authorization method mismatch for {key} with Bearer eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln1234567890"
    )
    assert status == 0
    assert key not in out + err
    assert "eyJ" not in out + err
    assert "seems to hold a secret" in out


@pytest.mark.parametrize(("words", "stdin"), [(["-"], b"  \n"), ([""], b""), (["-"], b"")])
def test_no_text_is_bad_input(ask: Ask, words: list[str], stdin: bytes) -> None:
    status, out, err = ask(*words, stdin=stdin)
    assert (status, out) == (2, "")
    assert "there is no text to look at" in err


def test_without_a_text_everything_known_is_listed(ask: Ask) -> None:
    status, out, _ = ask()
    assert status == 0
    assert len(out.splitlines()) == len(ROWS)
    assert [row["id"] for row in json.loads(ask("--json")[1])["errors"]] == list(ROWS)
