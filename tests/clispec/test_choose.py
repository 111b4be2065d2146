"""Which surface a version means: every row that a user can meet."""

from __future__ import annotations

import pytest

from agentcore_connect.clispec.choose import choose, parse
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources

UPDATE = "npm install -g @aws/agentcore@0"


@pytest.mark.parametrize(
    ("cli_version", "project_version", "surface", "notice"),
    [
        (None, None, "0.30", None),
        (None, 1, "0.30", None),
        (None, 2, "1.x", "were not run"),
        (None, 3, "1.x", "The project file says version 3"),
        (None, 0, "0.30", "The project file says version 0"),
        ("0.30.0", None, "0.30", None),
        ("v0.30.0", 1, "0.30", None),
        (" 0.30.0\n", None, "0.30", None),
        ("0.30.0+build.7", None, "0.30", None),
        ("0.30", None, "0.30", None),
        ("0.30.x", None, "0.30", None),
        ("0.x", None, "0.30", None),
        ("0", None, "0.30", None),
        ("0.30.1", None, "0.30", "0.30.1 is newer"),
        ("0.31", None, "0.30", "0.31 is newer"),
        ("0.31.1", None, "0.30", "0.31.1 is newer"),
        ("0.99.0", None, "0.30", "0.99.0 is newer"),
        ("0.30.0", 2, "0.30", "do not run 0.x commands"),
        ("1.0.0-preview.31", None, "0.30", "not 1.0"),
        ("1.0.0-preview.40", None, "0.30", "is newer"),
        ("1.0.0-rc.5", None, "1.x", "were not run"),
        ("1.0.0", None, "1.x", "were not run"),
        ("1.0.0", 2, "1.x", "were not run"),
        ("1.0.0", 1, "1.x", "agentcore migrate"),
        ("1.x", None, "1.x", "were not run"),
        ("1", None, "1.x", "were not run"),
        ("1.0.1", 2, "1.x", "1.0.1 is newer"),
        ("1.1", None, "1.x", "1.1 is newer"),
        ("2.0.0", None, "1.x", "2.0.0 is newer"),
    ],
)
def test_a_version_means_one_surface(
    cli_version: str | None, project_version: int | None, surface: str, notice: str | None
) -> None:
    chosen = choose(cli_version, project_version)
    assert chosen.id == surface
    assert chosen.version == {"0.30": "0.30.0", "1.x": "1.0.0"}[surface]
    assert chosen.known_by == {"0.30": "run", "1.x": "reading"}[surface]
    assert chosen.project_version == {"0.30": 1, "1.x": 2}[surface]
    if notice is None:
        assert chosen.notice is None
    else:
        assert notice in (chosen.notice or "")


def test_what_is_exactly_known_is_not_called_newer() -> None:
    for version in ("0.30.0", "0.30", "1.0.0", "1.0", "1.x", "1.0.0-rc.5", "1.0.0-preview.31"):
        assert "newer" not in (choose(version, None).notice or "")


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("0.29.9", "From 0.4 to 0.29"),
        ("0.30.0-rc.1", "From 0.4 to 0.29"),
        ("0.9.1", "From 0.4 to 0.29"),
        ("0.9", "From 0.4 to 0.29"),
        ("0.4.0", "From 0.4 to 0.29"),
        ("0.3.0-preview.7", "Before 0.4.0"),
        ("0.3.14", "Before 0.4.0"),
        ("0.0.1", "Before 0.4.0"),
        ("1.0.0-preview.30", "From 0.4 to 0.29"),
        ("1.0.0-preview.21", "From 0.4 to 0.29"),
        ("1.0.0-preview.2", "From 0.4 to 0.29"),
    ],
)
def test_versions_below_the_floor_are_refused_with_the_update_command(version: str, says: str) -> None:
    with pytest.raises(ConnectError) as caught:
        choose(version, 1)
    assert caught.value.code == "cli-version-refused"
    assert caught.value.exit_code == 2
    assert says in str(caught.value)
    assert UPDATE in str(caught.value)
    assert version in str(caught.value)


@pytest.mark.parametrize("text", ["", "abc", "0.30.0.1", "1.x.2", "-1", "01.0.0", "latest", "0.30.0 0.31.0", "1..2"])
def test_what_is_no_version_is_bad_input(text: str) -> None:
    with pytest.raises(ConnectError) as caught:
        choose(text, None)
    assert caught.value.code == "cli-version-unreadable"
    assert caught.value.exit_code == 2


def test_versions_are_ordered_as_npm_orders_them() -> None:
    written = ["0.3.14", "0.30.0-alpha", "0.30.0-rc.2", "0.30.0-rc.10", "0.30.0", "0.30.1", "1.0.0-rc.1", "1.0.0"]
    versions = [parse(text) for text in written]
    assert None not in versions
    assert versions == sorted(version for version in versions if version)


def test_the_data_names_contracts_that_exist_and_a_floor_for_each_gap() -> None:
    known = resources.load("cli-versions")
    for surface in known["surfaces"].values():
        assert resources.load(surface["contract"])["cli"]["surface"] in known["surfaces"]
    lowest = min(version for one in known["surfaces"].values() if (version := parse(one["from"])))
    assert [parse(one["below"]) for one in known["refused"]][-1] == lowest
