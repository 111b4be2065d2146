"""The manifests of plugins and extensions: one name, one version everywhere, and every path in them leads somewhere."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from agentcore_connect import __version__
from tests.skill.conftest import ROOT

NAME = "agentcore-connect"
PLUGINS = (".claude-plugin/plugin.json", ".codex-plugin/plugin.json", ".cursor-plugin/plugin.json")
MARKETPLACES = (".claude-plugin/marketplace.json", ".agents/plugins/marketplace.json")
EXTENSION = "gemini-extension.json"


def manifest(name: str) -> dict[str, Any]:
    """A manifest's content."""
    found: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))
    return found


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    skill = yaml.safe_load((ROOT / "SKILL.md").read_text("utf-8").split("---\n")[1])
    found = {name: manifest(name)["version"] for name in (*PLUGINS, EXTENSION)}
    found["SKILL.md"] = skill["metadata"]["version"]
    found["__version__"] = __version__
    for name in MARKETPLACES:
        found |= {f"{name}: {one['name']}": one["version"] for one in manifest(name)["plugins"] if "version" in one}
    assert set(found.values()) == {project}, found


def test_no_manifest_names_a_version_that_the_tool_does_not_set() -> None:
    tool = (ROOT / "tools" / "references.py").read_text("utf-8")
    for path in (*PLUGINS, *MARKETPLACES, EXTENSION):
        assert f'"{path}"' in tool, path


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_leads_to_the_skill(name: str) -> None:
    found = manifest(name)
    assert found["name"] == NAME
    assert found["license"] == "Apache-2.0"
    listed = found["skills"] if isinstance(found["skills"], list) else [found["skills"]]
    for one in listed:
        assert one.startswith("./")
        assert ".." not in one
        folder = ROOT / one
        assert (folder / "SKILL.md").is_file() or (folder / "connect" / "SKILL.md").is_file()


def test_codex_loads_no_hooks_and_prompts_are_short() -> None:
    found = manifest(".codex-plugin/plugin.json")
    assert found["hooks"] == {}
    assert found["skills"] != "./", "Codex takes no path that is the plugin itself"
    assert len(found["interface"]["defaultPrompt"]) <= 3
    assert all(len(prompt) <= 128 for prompt in found["interface"]["defaultPrompt"])


@pytest.mark.parametrize("name", MARKETPLACES)
def test_a_marketplace_offers_this_plugin(name: str) -> None:
    (plugin,) = manifest(name)["plugins"]
    assert plugin["name"] == NAME
    source = plugin["source"] if isinstance(plugin["source"], str) else plugin["source"]["path"]
    assert (ROOT / source).resolve() == ROOT


def test_the_extension_brings_three_lines_and_no_more() -> None:
    found = manifest(EXTENSION)
    assert found["name"] == NAME
    context = (ROOT / found["contextFileName"]).read_text("utf-8")
    assert len(context) < 1000, "it is in the context of every session"


def test_names_are_plain() -> None:
    for name in (*PLUGINS, *MARKETPLACES, EXTENSION):
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", manifest(name)["name"])
