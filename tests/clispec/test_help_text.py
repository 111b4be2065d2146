"""Help pages as commander prints them, read as data."""

from __future__ import annotations

import pytest

from agentcore_connect.clispec import help_text

PAGE = """\
Usage: agentcore make thing|mt [options] <id> [words...]

Make a thing of some kind.

Arguments:
  id                       Which thing
  words                    What to say
                           about it

Options:
  -n, --name <name>        Its name (required) [non-interactive]
  -v, --verbose            Say more
  --kind <kind>            Kind of thing: SOLID, LIQUID, or GAS
                           [non-interactive] (default: "SOLID")
  --mode <mode>            Mode: ON (works at once) or OFF (sleeps) (default:
                           ON) [non-interactive]
  --tag <tag...>           A tag (repeatable)
  --label <text>           A label [non-interactive] (default: [])
  --scopes <list>          Comma-separated scopes, e.g. read,write
  --maybe [path]           A path, or none
  --no-glue                Leave the glue out
  --3d-file <path>         A model, see make thing --kind SOLID
  -h, --help               Display help

Later group [non-interactive]
  --late <x>                   Comes late (one, two)

Kinds and what they take:

  solid - hard things
    --ignored-here <x>         shown a second time

  Auth (--sign-in <type>, --other) — valid types per target:
    solid                      none
    liquid                     key or token (required)
    gas                        token, key, or none (the default)

The end.
"""


@pytest.fixture(scope="module")
def page() -> help_text.Help:
    return help_text.parse(PAGE)


def test_the_command_and_its_second_name(page: help_text.Help) -> None:
    assert page.path == ("make", "thing")
    assert page.alias == "mt"
    assert page.subcommands == ()


def test_arguments(page: help_text.Help) -> None:
    found = [{key: value for key, value in one.items() if key != "says"} for one in page.command["arguments"]]
    assert found == [{"name": "id", "required": True}, {"name": "words", "required": False, "variadic": True}]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("--name", {"short": "-n", "value": "name", "required": True}),
        ("--verbose", {"short": "-v"}),
        ("--kind", {"value": "kind", "default": "SOLID", "choices": ["SOLID", "LIQUID", "GAS"]}),
        ("--mode", {"value": "mode", "default": "ON", "choices": ["ON", "OFF"]}),
        ("--tag", {"value": "tag", "variadic": True, "repeatable": True}),
        ("--label", {"value": "text", "default": [], "repeatable": True}),
        ("--scopes", {"value": "list", "list": True}),
        ("--maybe", {"value": "path", "value_optional": True}),
        ("--no-glue", {}),
        ("--3d-file", {"value": "path"}),
        ("--late", {"value": "x", "choices": ["one", "two"]}),
    ],
)
def test_options(page: help_text.Help, name: str, facts: dict[str, object]) -> None:
    found = dict(page.command["options"][name])
    assert len(found.pop("says")) == 8
    assert found == facts


def test_what_is_shown_again_below_is_no_option(page: help_text.Help) -> None:
    assert list(page.command["options"]) == [
        *(
            "--name",
            "--verbose",
            "--kind",
            "--mode",
            "--tag",
            "--label",
            "--scopes",
            "--maybe",
            "--no-glue",
            "--3d-file",
        ),
        "--late",
    ]


def test_the_table_of_values(page: help_text.Help) -> None:
    assert page.command["claims"] == {
        "--sign-in": {"solid": ["none"], "liquid": ["key", "token"], "gas": ["token", "key", "none"]}
    }


def test_a_group_names_its_commands_and_not_the_word_for_them() -> None:
    page = help_text.parse(
        "Usage: agentcore [options] [command] [subcommand]\n\nCommands:\n  make|m [options] [x]  Make it\n"
        "                        at once\n  unmake                Undo it\n  help [command]        display help for command\n"
    )
    assert page.path == ()
    assert page.subcommands == ("make", "unmake")
    assert "arguments" not in page.command


def test_a_changed_sentence_changes_the_fingerprint_only() -> None:
    before = help_text.parse(PAGE).command["options"]["--verbose"]
    after = help_text.parse(PAGE.replace("Say more", "Say even more")).command["options"]["--verbose"]
    assert before != after
    assert {**before, "says": ""} == {**after, "says": ""}


@pytest.mark.parametrize(
    ("about", "values"),
    [
        ("Kind: a or b", ["a", "b"]),
        ("Kind: a, b, or c", ["a", "b", "c"]),
        ("Kind: a | b | c (default: a)", ["a", "b", "c"]),
        ("Kind (a, b-c, d_e)", ["a", "b-c", "d_e"]),
        ("Kind: gateway (default), agent, or harness", ["gateway", "agent", "harness"]),
        ("a | b (default: a)", ["a", "b"]),
        ("Some text about this, and that", []),
        ("Name of it, e.g. prod or test", []),
        ("Something (e.g. prod, staging)", []),
        ("Kind: a or a", []),
        ("A number (60-28800)", []),
        ("", []),
    ],
)
def test_choices(about: str, values: list[str]) -> None:
    assert help_text.choices(about) == values


@pytest.mark.parametrize("text", ["", "error: unknown command", "usage: other [-h]\n"])
def test_what_is_no_help_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="usage"):
        help_text.parse(text)
