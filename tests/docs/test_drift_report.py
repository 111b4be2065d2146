"""The report on drift: what changed, what cites it, and what was checked long ago."""

from __future__ import annotations

import datetime
import gzip
import json
import shutil
import sys
from pathlib import Path

import drift
import pytest
import sdk_signatures

from agentcore_connect.clispec import api_model
from agentcore_connect.knowledge.resources import load

ROOT = Path(__file__).resolve().parents[2]

CONTROL = "bedrock-agentcore-control"


@pytest.fixture(autouse=True)
def no_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signatures have tests of their own; starting the Python of five environments is slow."""
    monkeypatch.setattr(drift, "_environments", lambda given: {})


@pytest.fixture
def botocore(tmp_path: Path) -> Path:
    """A copy of the installed botocore's models, in an environment's folder."""
    here = api_model.here()
    assert here is not None
    folder = tmp_path / "env" / "lib" / "python3.12" / "site-packages" / "botocore"
    folder.mkdir(parents=True)
    shutil.copy(here / "__init__.py", folder)
    for service in load("api-contract")["services"]:
        shutil.copytree(here / "data" / service, folder / "data" / service)
    return folder


def test_the_same_model_is_no_difference(botocore: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drift.main(["--botocore", str(botocore.parents[3])]) == 0
    assert "no difference" in capsys.readouterr().out


def test_a_member_that_is_gone_is_told_with_what_cites_it(botocore: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = (botocore / "data" / CONTROL).rglob("service-2.json.gz")
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        model = json.load(stream)
    del model["shapes"]["CreateGatewayRequest"]["members"]["exceptionLevel"]
    with gzip.open(file, "wt", encoding="utf-8") as out:
        json.dump(model, out)
    assert drift.main(["--botocore", str(botocore)]) == 1
    said = capsys.readouterr().out.splitlines()
    place = next(number for number, line in enumerate(said) if "! gone: CreateGateway.exceptionLevel" in line)
    assert said[place + 1].strip().startswith("cited by ")


def test_the_entries_that_name_a_member_are_found() -> None:
    assert drift.citing(["CreateGateway", "exceptionLevel"])
    assert all("exceptionLevel" in json.dumps(one.data) for one in drift.citing(["CreateGateway", "exceptionLevel"]))
    assert drift.citing(["NobodyNamesThisOne"]) == []


def test_ages_count_to_a_given_day(botocore: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def old(*words: str) -> set[str]:
        drift.main(["--botocore", str(botocore), *words])
        lines = capsys.readouterr().out.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("Checked more than"))
        return {line.split()[1].rstrip(":") for line in lines[start + 1 :]}

    assert "rfc-6749" in old("--as-of", "2026-11-28")
    assert old("--as-of", "2026-11-28", "--older-than", "100000") == set()
    assert old("--as-of", "2030-01-01") == set(load("sources")["sources"])
    assert old() <= old("--as-of", "2027-06-01")


def test_a_month_counts_from_its_first_day() -> None:
    assert drift.checked("2026-10") == datetime.date(2026, 10, 1)
    assert drift.checked("2026-10-07") == datetime.date(2026, 10, 7)


def test_a_changed_signature_is_told() -> None:
    was = {"m:Gone": "a", "m:Same": "a, b=", "m:Other": "url, headers="}
    now = {"m:Same": "a, b=", "m:Other": "url, *, headers=", "m:New": None}
    assert dict(sdk_signatures.differences(was, now)) == {
        "m:Gone": "it is gone",
        "m:New": "it is new: (None)",
        "m:Other": "it was (url, headers=), it is (url, *, headers=)",
    }


def test_the_record_has_what_the_clients_import() -> None:
    record = json.loads(sdk_signatures.RECORD.read_text("utf-8"))
    assert "strands.tools.mcp:MCPClient" in record["strands"]["signatures"]
    assert "strands.tools.mcp:MCPClient.call_tool_sync" in record["strands"]["signatures"]
    assert ("strands.tools.mcp", "MCPClient") in sdk_signatures.names()
    for about in record.values():
        assert about["versions"] and about["signatures"]


def test_an_environment_is_read_without_a_terminal() -> None:
    versions, signatures = sdk_signatures.read(Path(sys.executable))
    assert versions["botocore"] and signatures["botocore.session:Session.get_credentials"] == "self"
