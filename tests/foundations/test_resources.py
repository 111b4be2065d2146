"""The data folders: found in a checkout and in a wheel, and parsed once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout of one knowledge file and one renderer."""
    (tmp_path / "knowledge" / "schemas").mkdir(parents=True)
    (tmp_path / "renderers" / "client").mkdir(parents=True)
    (tmp_path / "renderers" / "_shared").mkdir()
    (tmp_path / "knowledge" / "facts-1.x.yaml").write_text("version: 1\nanswer: no\n")
    (tmp_path / "knowledge" / "schemas" / "facts.schema.json").write_text('{"type": "object"}')
    (tmp_path / "renderers" / "client" / "manifest.yaml").write_text("kind: client\n")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(resources, "_PACKAGED", tmp_path / "nowhere")
    resources.clear()
    yield tmp_path
    resources.clear()


def test_a_checkout_reads_its_own_folders() -> None:
    if not Path(resources.__file__).is_relative_to(ROOT / "skill"):
        pytest.skip("the program is installed, not the checkout's")
    assert resources.knowledge_dir() == ROOT / "knowledge"
    assert resources.renderers_dir() == ROOT / "renderers"


def test_data_are_parsed_once_and_kept(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resources.load("facts-1.x") == {"version": 1, "answer": "no"}
    assert resources.load("facts-1.x") is resources.load("facts-1.x")
    assert resources.load_manifest("client") == {"kind": "client"}
    assert resources.load_schema("facts") == {"type": "object"}
    assert resources.manifests() == ("client",)
    kept = sorted(str(one.relative_to(checkout)) for one in (checkout / ".cache").rglob("*.json"))
    assert kept == [".cache/knowledge/facts-1.x.json", ".cache/renderers/client.json"]
    resources.clear()
    monkeypatch.setattr(resources, "compile_yaml", None)
    assert resources.load("facts-1.x") == {"version": 1, "answer": "no"}
    assert resources.load_manifest("client") == {"kind": "client"}


def test_a_changed_file_is_read_again(checkout: Path) -> None:
    source = checkout / "knowledge" / "facts-1.x.yaml"
    resources.load("facts-1.x")
    source.write_text("version: 2\nanswer: no\n")
    os.utime(source, ns=(1, 1))
    resources.clear()
    assert resources.load("facts-1.x")["version"] == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"stamp": 1}', "\x00\xff"])
def test_a_damaged_cache_is_made_anew(checkout: Path, damage: str) -> None:
    resources.load("facts-1.x")
    kept = checkout / ".cache" / "knowledge" / "facts-1.x.json"
    kept.write_text(damage, "latin-1")
    resources.clear()
    assert resources.load("facts-1.x")["version"] == 1
    assert json.loads(kept.read_text())["data"]["version"] == 1


def test_a_cache_that_cannot_be_written_is_done_without(checkout: Path) -> None:
    (checkout / ".cache").write_text("in the way")
    assert resources.load("facts-1.x")["version"] == 1
    assert (checkout / ".cache").read_text() == "in the way"


def test_what_is_wrong_with_the_data_is_a_plain_error(checkout: Path) -> None:
    (checkout / "knowledge" / "broken.yaml").write_text("a: 1\na: 2\n")
    (checkout / "knowledge" / "list.yaml").write_text("- a\n")
    (checkout / "knowledge" / "schemas" / "broken.schema.json").write_text("{")
    with pytest.raises(ConnectError, match=r"broken\.yaml:2:a: the key 'a' is given twice"):
        resources.load("broken")
    with pytest.raises(ConnectError, match=r"list\.yaml:1"):
        resources.load("list")
    with pytest.raises(ConnectError, match="is damaged"):
        resources.load_schema("broken")
    for name in ("missing", "../facts-1.x", "", ".", "a/b"):
        with pytest.raises(ConnectError) as caught:
            resources.load(name)
        assert caught.value.code == "knowledge-missing"
    with pytest.raises(ConnectError, match=r"manifest\.yaml"):
        resources.load_manifest("missing")


def test_every_file_of_the_checkout_loads() -> None:
    for source in sorted((ROOT / "knowledge").glob("*.yaml")):
        assert resources.load(source.stem), source.name
    for kind in resources.manifests():
        assert resources.load_manifest(kind), kind


WHEEL_PROGRAM = """
import json, sys
from agentcore_connect.knowledge import resources
names = json.loads(sys.argv[1])
loaded = {name: resources.load(name) for name in names}
manifests = {kind: resources.load_manifest(kind) for kind in resources.manifests()}
print(json.dumps([str(resources.knowledge_dir()), loaded, manifests, "yaml" in sys.modules]))
"""


def test_a_wheel_carries_the_data_parsed_and_reads_no_yaml(tmp_path: Path) -> None:
    if not (ROOT / "pyproject.toml").exists() or not (ROOT / "hatch_build.py").exists():
        pytest.skip("the sources are not here")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    names = sorted(source.stem for source in (ROOT / "knowledge").glob("*.yaml"))
    program = f"import sys; sys.path.insert(0, {str(site)!r})\n{WHEEL_PROGRAM}"
    command = [sys.executable, "-I", "-S", "-c", program, json.dumps(names)]
    ran = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    folder, loaded, manifests, read_yaml = json.loads(ran.stdout)
    assert folder == str(site / "agentcore_connect" / "_data" / "knowledge")
    assert loaded == {name: resources.load(name) for name in names}
    assert manifests == {kind: resources.load_manifest(kind) for kind in resources.manifests()}
    assert not read_yaml
