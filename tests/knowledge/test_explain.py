"""`explain` knows everything that the knowledge says, by its id, with its sources spelt out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentcore_connect import __main__
from agentcore_connect.cli import explain
from agentcore_connect.explain.index import Entry, index
from agentcore_connect.explain.search import search
from agentcore_connect.knowledge import resources

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def call(*words: str) -> tuple[int, str, str]:
        status = __main__.main(["explain", *words])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def everything() -> list[Entry]:
    return list(index().entries)


def test_every_entry_is_found_by_its_id_and_by_its_path() -> None:
    known = index()
    assert [entry.path for entry in everything() if entry not in known.find(entry.id)] == []
    assert [entry.path for entry in everything() if entry not in known.find(entry.path)] == []


def test_every_id_that_carries_a_source_or_a_text_is_an_entry() -> None:
    ids = {entry.id for entry in everything()}

    def said(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            if "id" in node and "text" in node:
                yield str(node["id"])
            for value in node.values():
                yield from said(value)
        elif isinstance(node, list):
            for value in node:
                yield from said(value)

    for path in resources.knowledge_dir().glob("*.yaml"):
        assert set(said(resources.load(path.stem))) <= ids, path.stem


def test_every_entry_says_something() -> None:
    assert [entry.path for entry in everything() if not entry.summary] == []


@pytest.mark.parametrize(
    ("topic", "says"),
    [
        ("gateway-name", "letters, digits and single hyphens"),
        ("targets-per-gateway", "A gateway has up to 100 targets."),
        ("A11", "A Lambda tool's schema holds keywords the service does not know"),
        ("a11", "likely causes, in order:"),
        ("guide-mcp-api-key", "older text: An API key for an MCP server is impossible at the API level."),
        ("mcp-server.api-key", "which reading wins:"),
        ("jwt-passthrough-inbound", "Which reading wins: the page on inbound auth"),
        ("service_auth", "oauth-token-exchange: OAuth, as the user"),
        ("us-east-1", "web search: yes"),
        ("aws-vpc-egress", "cited by: "),
        ("inbound-custom-jwt", "a bearer token of any OpenID Connect or OAuth provider"),
    ],
)
def test_a_topic_in_words(ask: Ask, topic: str, says: str) -> None:
    status, out, err = ask(topic)
    assert (status, err) == (0, "")
    assert says in out


def test_sources_are_spelt_out_with_their_urls(ask: Ask) -> None:
    lines = ask("targets-per-gateway")[1].splitlines()
    at = lines.index("    - aws-limits: Quotas of AgentCore (read 2026-10)")
    assert (
        lines[at + 1].strip()
        == "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html"
    )


def test_relations_go_both_ways() -> None:
    known = index()
    fact = known.find("listing-modes")[0]
    error = known.find("B13")[0]
    assert "B13" in known.see_also(fact)
    assert "listing-modes" in known.see_also(error)


def test_without_a_topic_the_topics_are_listed(ask: Ask) -> None:
    status, out, _ = ask()
    assert status == 0
    assert "  limits " in out
    assert "  schema " in out
    topics = json.loads(ask("--format", "json")[1])["topics"]
    assert {"auth-matrix", "questions", "rules", "limits", "errors", "corrections", "sources", "schema"} <= {
        row["topic"] for row in topics
    }


@pytest.mark.parametrize("topic", list(index().files()))
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_every_file_is_a_topic(ask: Ask, topic: str, form: str) -> None:
    status, out, err = ask(topic, "--format", form)
    assert (status, err) == (0, "")
    entries = index().files()[topic]
    assert all(entry.id in out for entry in entries)
    if form == "json":
        assert len(json.loads(out)["entries"]) == len(entries)


def test_the_matrix_is_a_table(ask: Ask) -> None:
    grid = json.loads(ask("auth-matrix", "--format", "json")[1])["grids"][0]["rows"]
    assert grid["mcp-server"]["api-key"] == ["API"]
    assert grid["mcp-server"]["jwt-passthrough"] == []
    assert "CLI 0.30" in grid["open-api-schema"]["api-key"]
    assert "CLI 0.30" not in grid["open-api-schema"]["none"]
    assert "| mcp-server |" in ask("auth-matrix", "--format", "markdown")[1]


def test_the_schema_of_the_answers(ask: Ask) -> None:
    assert json.loads(ask("schema")[1]) == resources.load_schema("answers")
    assert ask("schema", "--format", "markdown")[1].startswith("```json\n{")


def test_json_is_the_entry_with_its_sources(ask: Ask) -> None:
    (entry,) = json.loads(ask("gateway-name", "--format", "json")[1])
    assert entry["id"] == "gateway-name"
    assert entry["fields"]["regex"] == resources.load("limits")["patterns"]["gateway-name"]["regex"]
    assert [source["id"] for source in entry["sources"]] == ["botocore-model", "cli-0.30-run"]
    assert entry["sources"][0]["versions"] == {"botocore": "1.44.5", "boto3": "1.44.5"}


def test_markdown_keeps_signs_as_they_are(ask: Ask) -> None:
    out = ask("gateway-variables", "--format", "markdown")[1]
    assert r"AGENTCORE\_GATEWAY\_\<NAME\>\_URL" in out


@pytest.mark.parametrize(
    ("topic", "near"),
    [("gatway-nmae", "gateway-name"), ("shema", "schema")],
)
def test_an_unknown_topic_is_bad_input_with_the_nearest_names(ask: Ask, topic: str, near: str) -> None:
    status, out, err = ask(topic)
    assert (status, out) == (2, "")
    assert f"nothing here is called '{topic}'" in err
    assert near in err


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("cognito", "D1"),
        ("okta", "exchange-grants"),
        ("entra", "advice.obo-microsoft"),
        ("toolkit", "H1"),
        ("GatewayClient helper methods", "H2"),
        ("interceptor", "interceptor-contract"),
        ("interceptors", "interceptor-contract"),
        ("streaming", "response-streaming"),
        ("observability", "gateway-observability"),
        ("logs", "runtime-logs"),
        ("dev", "advice.local-development-1.x"),
        ("policy", "policy-default-deny"),
        ("a2a", "agents-talk-a2a"),
        ("typescript", "typescript-agents"),
        ("TypeScript", "typescript-agents"),
        ("api key", "api-key-placement"),
    ],
)
def test_ordinary_words_find_what_answers_them(ask: Ask, words: str, best: str) -> None:
    status, out, err = ask(words, "--format", "json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert found["search"] == words
    assert best in [entry["id"] for entry in found["entries"]]
    assert len(found["entries"]) <= 5


def test_a_name_that_is_nearly_right_is_offered_beside_the_search(ask: Ask) -> None:
    assert "names like it: gateway-name" in ask("gateway-nam")[1]
    assert json.loads(ask("gateway-nam", "--format", "json")[1])["nearest"][0] == "gateway-name"


def test_all_the_words_count_before_any_of_them() -> None:
    known = index()
    both = search(known, "cognito audience")
    assert both
    assert all({"cognito", "aud"} <= {w[: len("cognito")] for w in _words(one)} | {"aud"} for one in both)
    assert search(known, "cognito zzzz")  # no text holds both
    assert search(known, "zzzz") == []
    assert search(known, '"; DROP') == search(known, "drop")


def _words(entry: Entry) -> set[str]:
    return set(re.findall(r"\w+", json.dumps(entry.data).lower()))


def test_a_terminal_changes_no_line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ask("lambda-arn")[1]
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(explain, "_colour", lambda: True)
    assert ask("lambda-arn")[1] == plain


@pytest.mark.parametrize("command", ["explain", "diagnose"])
def test_the_help_fits_a_screen(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit):
        __main__.main([command, "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "exit codes:" in lines[-1]


def test_a_new_file_needs_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    for name in ("explain", "sources"):
        (folder / f"{name}.yaml").write_bytes((resources.knowledge_dir() / f"{name}.yaml").read_bytes())
    new = "things:\n  - {id: a-thing, text: Here it is. And more., colour: red, sources: [aws-limits]}\n"
    (folder / "things.yaml").write_text(new, "utf-8")
    monkeypatch.setattr(resources, "knowledge_dir", lambda: folder)
    monkeypatch.setattr(resources, "_keep", lambda kept, text: None)
    resources.clear()
    index.cache_clear()
    try:
        assert "colour: red" in ask("a-thing")[1]
        assert ask("things")[1].splitlines()[-1].split() == ["a-thing", "Here", "it", "is."]
    finally:
        monkeypatch.undo()
        resources.clear()
        index.cache_clear()
