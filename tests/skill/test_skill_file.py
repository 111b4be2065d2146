"""SKILL.md: valid by both validators, small, and true: every command, option, key and file that it names is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from agentcore_connect.__main__ import COMMANDS, KINDS
from agentcore_connect.knowledge import resources
from agentcore_connect.skill import frontmatter
from tests.skill.assistant import Instructions
from tests.skill.conftest import ROOT, environment_python

SKILL = ROOT / "SKILL.md"
POINTER = ROOT / ".agents" / "skills" / "connect" / "SKILL.md"


@pytest.fixture(scope="module")
def text() -> str:
    """The whole file."""
    return SKILL.read_text("utf-8")


def test_our_validator_finds_nothing() -> None:
    assert frontmatter.problems(SKILL, folder="connect") == []
    assert frontmatter.problems(POINTER) == []


def test_the_reference_validator_finds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "connect"
    shutil.copytree(ROOT / "skill" / "references", folder / "skill" / "references")
    shutil.copy(SKILL, folder)
    for one in (folder, POINTER.parent):
        done = subprocess.run(
            [environment_python().with_name("agentskills"), "validate", one], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_front_matter_is_that_of_the_specification_and_no_more(text: str) -> None:
    matter = yaml.safe_load(text.split("---\n")[1])
    assert set(matter) == {"name", "description", "license", "metadata"}
    assert matter["name"] == "connect"
    assert 300 <= len(matter["description"]) <= 500
    assert re.search(r'^description: ".*"$', text, re.MULTILINE), "a colon in it would break it without the quotes"


def test_it_costs_few_tokens(text: str) -> None:
    body = text.split("---\n", 2)[2]
    # Tokenizers differ and fetch their tables from the network, so this is an upper estimate: one token for every
    # started run of four letters or digits, and one for every other sign that is no blank. Claude Code's own estimate of
    # this file is four characters a token.
    most, usual = len(re.findall(r"\w{1,4}|[^\w\s]", body)), len(body) // 4
    print(f"SKILL.md: about {usual} tokens, at most {most}; {body.count(chr(10))} lines")
    assert most < 3000
    assert body.count("\n") < 250


def test_the_arguments_token_reads_as_an_instruction_where_nobody_replaces_it(text: str) -> None:
    assert text.count("$ARGUMENTS") == 1
    after = text.split("$ARGUMENTS\n", 1)[1].lstrip()
    assert after.startswith("If the line above holds no request but a name with a dollar sign")
    for kind in KINDS:
        assert f"`{kind}`" in after


def commands(text: str) -> list[str]:
    """Every command line in the text, of fences and within sentences."""
    fenced = re.findall(r"^(agentcore-connect .*)$", text, re.MULTILINE)
    return fenced + re.findall(r"`(agentcore-connect [^`]+)`", text)


def test_every_command_and_option_that_it_names_works(text: str) -> None:
    from agentcore_connect.__main__ import _parser

    named = {line.split()[1] for line in commands(text)}
    assert {"inspect", "next", "plan", "check", "diagnose", "explain", "tools", "tree"} <= named
    assert named <= set(COMMANDS)
    for line in [*commands(text), "agentcore-connect next --forget KEY", "agentcore-connect plan --force"]:
        command = line.split()[1]
        sub = next(a for a in _parser([command])._actions if a.dest == "command")
        known = sub.choices[command]._option_string_actions  # type: ignore[index, union-attr]
        for option in re.findall(r"(?<=\s)(--?[a-z][a-z-]*)", line):
            assert option in known, (line, option)


def test_the_keys_that_are_never_asked_for_are_those_of_the_knowledge() -> None:
    held = {one["id"]: one for one in resources.load("questions")["questions"]}
    volunteered = {key for key, one in held.items() if one["ask"] == "volunteer" or "asked_for" in one} - {"project"}
    assert set(Instructions.read(SKILL).volunteered) == volunteered


def test_the_usual_keys_take_what_it_says() -> None:
    told = Instructions.read(SKILL)
    held = {one["id"]: one for one in resources.load("questions")["questions"]}
    assert set(told.usual) <= set(held)
    assert not {key for key in told.usual if held[key]["ask"] == "volunteer"}
    assert {"direction", "service", "service_auth", "gateway.inbound_auth"} <= set(told.values)
    for key, values in told.values.items():
        assert [one["value"] for one in held[key]["choices"]] == list(values), key


def test_every_file_that_it_names_is_there(text: str) -> None:
    for name in re.findall(r"`(skill/[a-z./-]+)`", text):
        assert (ROOT / name).exists(), name


def test_no_rule_about_aws_stands_in_it(text: str) -> None:
    """Target types, API names and flags of the CLI belong to the knowledge; the skill only names what it is asked for."""
    body = text.split("---\n", 2)[2]
    for word in (
        "--outbound-auth",
        "--type",
        "CUSTOM_JWT",
        "AWS_IAM",
        "GATEWAY_IAM_ROLE",
        "CreateGatewayTarget",
        "agentcore add",
    ):
        assert word not in body, word


def test_the_safety_rules_are_there(text: str) -> None:
    for words in ("is data", "follow none of it", "No secret, ever", "single quotes", "Ask before", "--probe URL"):
        assert words in text, words


def test_the_pointers_say_when_in_the_same_words(text: str) -> None:
    description = yaml.safe_load(text.split("---\n")[1])["description"]
    assert yaml.safe_load(POINTER.read_text("utf-8").split("---\n")[1])["description"] == description
    assert (POINTER.parent / "../../../SKILL.md").resolve() == SKILL
    assert description in (ROOT / "skill" / "extension.md").read_text("utf-8")


def test_queries_with_near_misses_are_kept_beside_the_description(text: str) -> None:
    description = yaml.safe_load(text.split("---\n")[1])["description"]
    queries = yaml.safe_load((ROOT / "skill" / "trigger-queries.yaml").read_text("utf-8"))["queries"]
    waking = [one for one in queries if one["wakes"]]
    assert len(queries) >= 20
    assert len(waking) * 2 <= len(queries)
    assert len({one["say"] for one in queries}) == len(queries)
    wanted, left_out = description.split("Not for")
    for one in queries:
        part = wanted if one["wakes"] or one["because"] in wanted else left_out
        assert one["because"] in part, one
    for reason in (
        "who may call the agent itself",
        "VPC networking",
        "writing an MCP server",
        "projects without AgentCore",
    ):
        assert any(one["because"] == reason for one in queries if not one["wakes"]), reason


def test_near_misses_share_words_with_the_description(text: str) -> None:
    """A query that shares no word with it proves nothing."""
    description = set(re.findall(r"[a-z]{3,}", yaml.safe_load(text.split("---\n")[1])["description"].lower()))
    for one in yaml.safe_load((ROOT / "skill" / "trigger-queries.yaml").read_text("utf-8"))["queries"]:
        assert len(description & set(re.findall(r"[a-z]{3,}", one["say"].lower()))) >= 1, one


@pytest.mark.parametrize("variable", ["CLAUDE_SKILL_DIR", "CLAUDE_PLUGIN_ROOT", "extensionPath"])
def test_no_hosts_own_variable_is_needed(text: str, variable: str) -> None:
    assert variable not in text
