"""The clients as texts: tidy in every variant, without a secret, and described by manifests that hold."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from itertools import chain, product
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tests.clients import client_runs
from tests.clients.client_runs import PROVIDER, RENDERERS, ROOT, frameworks, text_of

VARIANTS = list(
    product(
        frameworks(), (("none", None), ("aws-iam", None), ("custom-jwt", None), ("custom-jwt", PROVIDER)), (None, 45)
    )
)
KEYS = {"kind", "framework", "title", "scope", "artifact", "template", "mode", "when", "requires", "mcp_majors"}


def manifest(framework: str) -> dict[str, object]:
    read = yaml.safe_load((RENDERERS / f"client-{framework}" / "manifest.yaml").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def test_every_variant_is_tidy(tmp_path: Path) -> None:
    for number, (framework, (auth, provider), search) in enumerate(VARIANTS):
        text = text_of(framework, auth, provider=provider, search=search)
        (tmp_path / f"client_{number:02}.py").write_text(text, encoding="utf-8")
    ruff = (sys.executable, "-m", "ruff")
    rules = "--select=E,F,W,I,B,UP,C4,SIM,RUF,PIE,RET,A,N"
    for command in (("check", "--target-version=py311", rules), ("format", "--check")):
        done = subprocess.run(
            [*ruff, *command, "--isolated", "--line-length=120", "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("framework", frameworks())
def test_names_that_need_care_stay_python(framework: str) -> None:
    for name in ("a", "my-gateway-2", "g" * 100):
        text = text_of(framework, "custom-jwt", name=name, env=name.upper().replace("-", "_"))
        compile(text, name, "exec")
        assert f'"AGENTCORE_GATEWAY_{name.upper().replace("-", "_")}_URL"' in text


@pytest.mark.parametrize("framework", frameworks())
def test_what_a_plan_says_is_quoted(framework: str) -> None:
    trap = '"""\nimport os  # \\'
    text = text_of(framework, "custom-jwt", provider=trap, allowed_scopes=[trap], allowed_audience=[trap])
    compile(text, framework, "exec")
    assert "\nimport os  # " not in text


@pytest.mark.parametrize("framework", frameworks())
def test_search_is_offered_where_it_is_recommended_and_switched_on(framework: str) -> None:
    offers = re.compile(r"x_amz_bedrock_agentcore_search|AgentCoreToolSearchPlugin")
    assert offers.search(text_of(framework, "none", search=45))
    assert not offers.search(text_of(framework, "none"))
    assert not offers.search(text_of(framework, "none", search=45, semantic_search=False))


@pytest.mark.parametrize("framework", frameworks())
def test_the_header_says_what_wrote_it_and_for_which_gateway(framework: str) -> None:
    first, second = text_of(framework, "aws-iam").splitlines()[:2]
    assert second.startswith("# Packages: pip install ")
    for one in (*manifest(framework)["requires"]["always"], "botocore>=1.35"):
        assert f'"{one}"' in second
    assert first == '# Written by agentcore-connect 0.1.0 for the gateway "MyGateway", inbound authorization aws-iam.'


@pytest.mark.parametrize("framework", frameworks())
def test_a_manifest_says_what_the_client_imports(framework: str) -> None:
    said = manifest(framework)
    assert set(said) >= KEYS
    assert said["framework"] == framework
    assert {**said["when"], "agent.framework": framework} == {
        "agent_client": True,
        "agent.language": "python",
        "agent.framework": framework,
    }
    named = said["when"]["agent.framework"]
    assert framework in (named if isinstance(named, list) else [named])
    requires = said["requires"]
    assert isinstance(requires, dict)
    assert list(requires) == ["always", "none", "aws-iam", "custom-jwt", "semantic-search"]
    always = {Requirement(line).name for line in requires["always"]}
    assert "mcp" in always
    assert any(name == f"client-{framework}.txt" for name in (file.name for file in (ROOT / "requirements").iterdir()))


def test_the_environment_holds_what_the_manifest_requires(client: client_runs.Client, environment: str) -> None:
    requires = manifest(client.framework)["requires"]
    assert isinstance(requires, dict)
    installed = {
        found.metadata["Name"].lower(): found.version
        for found in metadata.distributions(path=[str(folder) for folder in site_packages(environment)])
    }
    for line in chain.from_iterable(requires.values()):
        wanted = Requirement(line)
        assert wanted.name in installed, f"{line}: not in the environment"
        assert wanted.specifier.contains(installed[wanted.name]), f"{line}: {installed[wanted.name]} is installed"
    majors = manifest(client.framework)["mcp_majors"]
    assert isinstance(majors, list)
    assert int(installed["mcp"].split(".")[0]) in majors


def site_packages(environment: str) -> list[Path]:
    folders = list((client_runs.client_envs.ENVIRONMENTS / environment).glob("[Ll]ib*/**/site-packages"))
    assert folders
    return folders


def test_no_requirement_names_a_host() -> None:
    for file in (ROOT / "requirements").glob("client-*"):
        assert "://" not in file.read_text(encoding="utf-8"), file.name
