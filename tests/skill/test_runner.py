"""The runner: makes its environment once, says plainly what is missing, asks nothing, and trusts no folder it is run in."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from agentcore_connect import __version__
from tests.skill.conftest import ROOT

RUNNER = ROOT / "skill" / "run"
#: What the runner itself uses, and no Python or uv among it.
TOOLS = ("sh", "dirname", "cat", "cksum", "tr", "sed", "mkdir", "rm", "mv", "tail")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs without Python and without uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def run(*words: str, path: object, home: Path, **more: object) -> subprocess.CompletedProcess[str]:
    """Run the runner with nothing of this machine's environment but what is given."""
    environment = {"PATH": str(path), "HOME": str(home), **more.pop("env", {})}  # type: ignore[dict-item]
    runner = more.pop("runner", RUNNER)
    return subprocess.run(
        [shutil.which("sh") or "sh", str(runner), *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        **more,  # type: ignore[call-overload]
    )


def test_it_makes_its_environment_once(fake_uv: Path, tmp_path: Path) -> None:
    calls = fake_uv / "calls"
    calls.unlink(missing_ok=True)
    first = run("--version", path=f"{fake_uv}:/usr/bin:/bin", home=tmp_path)
    assert first.stdout == f"agentcore-connect {__version__}\n"
    assert "first run" in first.stderr
    again = run("--version", path=f"{fake_uv}:/usr/bin:/bin", home=tmp_path)
    assert (again.stdout, again.stderr) == (first.stdout, "")
    assert len(calls.read_text("utf-8").splitlines()) == 1
    assert "requirements.txt" in calls.read_text("utf-8")


def test_the_server_gets_its_own_environment(fake_uv: Path, tmp_path: Path) -> None:
    calls = fake_uv / "calls"
    calls.unlink(missing_ok=True)
    run("serve", "--help", path=f"{fake_uv}:/usr/bin:/bin", home=tmp_path)
    assert "requirements-serve.txt" in calls.read_text("utf-8")
    assert [path.name.split("-")[0] for path in (tmp_path / ".cache" / "agentcore-connect").glob("*-*")] == ["serve"]


def test_a_folder_with_blanks_is_fine(fake_uv: Path, tmp_path: Path) -> None:
    copy = tmp_path / "my skills" / "connect" / "skill"
    shutil.copytree(ROOT / "skill", copy, ignore=shutil.ignore_patterns("__pycache__", "references"))
    for name in ("knowledge", "renderers"):
        (copy.parent / name).symlink_to(ROOT / name)
    done = run("--version", path=f"{fake_uv}:/usr/bin:/bin", home=tmp_path / "a home", runner=copy / "run")
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "a home").rglob("base-*"))


def test_without_python_and_uv_it_says_so(bare: Path, tmp_path: Path) -> None:
    done = run("--version", path=bare, home=tmp_path)
    assert done.returncode == 2
    assert "neither uv nor Python 3.11 or later is here" in done.stderr
    assert "next: install one of the two" in done.stderr
    assert done.stdout == ""


def test_an_old_python_does_not_count(bare: Path, tmp_path: Path) -> None:
    (bare / "python3").write_text("#!/bin/sh\nexit 1\n")
    (bare / "python3").chmod(0o755)
    assert "neither uv nor Python" in run("--version", path=bare, home=tmp_path).stderr


def test_without_a_network_it_says_so_and_leaves_nothing(bare: Path, tmp_path: Path) -> None:
    uv = bare / "uv"
    uv.write_text("#!/bin/sh\necho 'error: no network' >&2\nexit 1\n")
    uv.chmod(0o755)
    done = run("--version", path=bare, home=tmp_path)
    assert done.returncode == 2
    assert "could not be fetched; is this machine offline" in done.stderr
    assert "error: no network" in done.stderr
    assert list((tmp_path / ".cache" / "agentcore-connect").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_said(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("--version", path=bare, home=tmp_path, env={"AGENTCORE_CONNECT_HOME": str(tmp_path / "file" / "x")})
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "AGENTCORE_CONNECT_HOME" in done.stderr


def test_no_home_is_said(bare: Path, tmp_path: Path) -> None:
    done = run("--version", path=bare, home=tmp_path, env={"HOME": ""})
    assert done.returncode == 2
    assert "no home folder" in done.stderr


def test_a_lone_runner_says_what_is_missing(bare: Path, tmp_path: Path) -> None:
    lone = tmp_path / "connect" / "skill" / "run"
    lone.parent.mkdir(parents=True)
    shutil.copy(RUNNER, lone)
    done = run("--version", path=bare, home=tmp_path, runner=lone)
    assert done.returncode == 2
    assert "not complete" in done.stderr
    assert "uvx agentcore-connect" in done.stderr


@pytest.mark.parametrize(("version", "taken"), [(__version__, True), ("0.0.1", False)])
def test_an_installation_of_the_same_version_is_used(bare: Path, tmp_path: Path, version: str, taken: bool) -> None:
    own = bare / "agentcore-connect"
    own.write_text(
        f'#!/bin/sh\n[ "$1" != --version ] || {{ echo "agentcore-connect {version}"; exit 0; }}\necho "own: $*"\n'
    )
    own.chmod(0o755)
    done = run("tree", "a b", path=bare, home=tmp_path)
    assert done.stdout == ("own: tree a b\n" if taken else "")
    assert done.returncode == (0 if taken else 2)


def test_the_project_it_is_run_in_cannot_slip_in_code(prepared_home: Path, tmp_path: Path) -> None:
    for name in ("agentcore_connect.py", "jinja2.py", "json.py", "sitecustomize.py", "usercustomize.py"):
        (tmp_path / name).write_text("raise SystemExit('the project was executed')\n")
    done = run(
        *("explain", "gateway-name-length"),
        path=os.environ["PATH"],
        home=tmp_path,
        cwd=tmp_path,
        env={"AGENTCORE_CONNECT_HOME": str(prepared_home)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "48 characters" in done.stdout


def test_settings_of_the_project_do_not_reach_the_installer(tmp_path: Path, bare: Path) -> None:
    uv = bare / "uv"
    uv.write_text(f'#!/bin/sh\npwd >>"{tmp_path}/where"\nexit 1\n')
    uv.chmod(0o755)
    (bare / "pwd").symlink_to(shutil.which("pwd") or "/bin/pwd")
    project = tmp_path / "project"
    project.mkdir()
    run("--version", path=bare, home=tmp_path / "home", cwd=project)
    where = (tmp_path / "where").read_text("utf-8").splitlines()
    assert where == [str(tmp_path / "home" / ".cache" / "agentcore-connect")]


def test_nothing_is_written_into_the_project(prepared_home: Path, tmp_path: Path) -> None:
    run(
        "tree", path=os.environ["PATH"], home=tmp_path, cwd=tmp_path, env={"AGENTCORE_CONNECT_HOME": str(prepared_home)}
    )
    assert list(tmp_path.iterdir()) == []


def test_what_it_installs_is_what_the_package_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    def listed(name: str) -> set[str]:
        lines = (ROOT / "skill" / name).read_text("utf-8").splitlines()
        return {line for line in lines if line and not line.startswith("#")}

    assert set(project["dependencies"]) <= listed("requirements.txt")
    assert set(project["optional-dependencies"]["serve"]) == listed("requirements-serve.txt")


def test_it_is_sound_shell() -> None:
    shellcheck = shutil.which("shellcheck") or str(Path(os.sys.executable).with_name("shellcheck"))  # type: ignore[attr-defined]
    done = subprocess.run([shellcheck, "--shell=sh", RUNNER], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
