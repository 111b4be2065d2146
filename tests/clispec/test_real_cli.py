"""The shipped contract against the CLI it was made from.

The files' schemas are compared whole. Of the help of every command `make test` compares one page in eight word for word
(and doctor all of them, option by option), of the probes (about a thousand runs) it runs one in 48; `make test-all` and `python tools/extract_contract.py --fresh --check -o FILE` run all of them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.clispec import bench, drift, extract, model, observe, walk
from agentcore_connect.knowledge import resources
from agentcore_connect.sandbox.scratch import Sandbox
from tests.share import share_of

pytestmark = pytest.mark.realcli
PROBES, HELP = 48, 8  # of so many probes, and of so many pages of help, a shortened run takes one


@pytest.fixture(scope="module")
def box(real_cli: Path) -> Iterator[Sandbox]:
    with Sandbox(path=[real_cli.parent]) as opened:
        yield opened


def test_the_version(box: Sandbox, shipped: model.Contract) -> None:
    assert extract.version_of(["agentcore"], box) == shipped.version


def test_the_help_of_every_command_is_what_the_contract_says(box: Sandbox, shipped: model.Contract) -> None:
    every = shipped.data["help"]["commands"]
    asked = share_of([path for path in every if path != model.ROOT], one_in=HELP)
    found = walk.walk(lambda words: box.run(["agentcore", *words]), jobs=2, only=asked)
    part = model.Contract({**shipped.data, "help": {"commands": {path: every[path] for path in found}}})
    assert [str(one) for one in drift.cli(part, found)] == []
    assert found == {path: about for path, about in every.items() if path in found}
    assert set(asked) <= found.keys()


def test_the_schemas_of_the_files_are_what_the_contract_says(box: Sandbox, shipped: model.Contract) -> None:
    assert extract.file_schemas(["agentcore"], box, resources.load("cli-probes")) == shipped.data["files"]["schemas"]


def test_the_probes_end_as_the_contract_says(box: Sandbox, shipped: model.Contract) -> None:
    probes = resources.load("cli-probes")
    observed = shipped.observed
    observer = observe.Observer(bench.Bench(box, ["agentcore"], probes), probes, shipped, jobs=2)
    for form in share_of(probes["forms"], one_in=PROBES):
        assert observer.form(form) == next(one for one in observed["forms"] if one["id"] == form["id"])
    for probe, expected in share_of(list(zip(probes["values"], observed["values"], strict=True)), one_in=PROBES):
        assert observer.values(probe) == expected
    for probe, expected in zip(probes["combinations"], observed["combinations"], strict=True):
        found = observer.combination({**probe, "forms": share_of(probe["forms"], one_in=PROBES)})["results"]
        assert found == {kind: expected["results"][kind] for kind in found}
    edits, expected_edits = probes["edits"], observed["edits"]
    few = {
        **edits,
        "targets": edits["targets"],
        "outbound_auth": [],
        "others": edits["others"][:1] + share_of(edits["others"][1:], one_in=PROBES),
    }
    by_id = {one["id"]: one for one in expected_edits["others"]}
    for found in observer.edits(few)["others"]:
        assert found == by_id[found["id"]]


def test_one_line_of_help_that_changes_is_one_drift(real_cli: Path, tmp_path: Path, shipped: model.Contract) -> None:
    sed = "s/--no-semantic-search  /--no-search           /; s/NONE, AWS_IAM, or CUSTOM_JWT/NONE, AWS_IAM, or MTLS/"
    (tmp_path / "agentcore").write_text(f"#!/bin/sh\n'{real_cli}' \"$@\" | sed '{sed}'\n")
    (tmp_path / "agentcore").chmod(0o755)
    with Sandbox(path=[tmp_path]) as box:
        found = walk.walk(lambda words: box.run(["agentcore", *words]), jobs=2, only=["add gateway"])
    compared = {path: about for path, about in shipped.data["help"]["commands"].items() if path in found}
    part = model.Contract({**shipped.data, "help": {"commands": compared}})
    assert sorted(str(one).partition(": was")[0] for one in drift.cli(part, found)) == [
        "changed: add gateway --authorizer-type (choices)",
        "changed: add gateway --authorizer-type (wording)",
        "gone: add gateway --no-semantic-search",
        "new: add gateway --no-search",
    ]


def test_it_does_not_ask_for_a_newer_version(box: Sandbox) -> None:
    note = box.home / ".agentcore" / "update-check.json"
    before = note.read_text()
    probes = resources.load("cli-probes")
    assert box.run(["agentcore", *probes["create"], "--json"], cwd=box.root).ok
    assert note.read_text() == before, "a check for updates rewrites its note"


def test_doctor_finds_nothing_wrong(
    real_cli: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("uv") is None:
        pytest.skip("uv is not here, which doctor tells as a problem")
    monkeypatch.setenv("PATH", f"{real_cli.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    status = main(["doctor", str(tmp_path), "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    problems = [one for one in report["lines"] if one["state"] == "problem" and one["part"] in ("cli", "knowledge")]
    assert problems == []
    assert report["agentcore"][0] == {"path": str(real_cli), "kind": "npm", "version": "0.30.0"}
    assert {name: found for name, found in report["differences"].items() if found} == {}
    assert status == 0
