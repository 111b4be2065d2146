"""Install, reinstall and uninstall for every assistant in a home of its own, from the checkout and from a wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.skill.assistants import assistants
from tests.skill.conftest import ROOT

NAMES = list(assistants())
MARKER = ".agentcore-connect.json"


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that nobody is working on."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("skill", "knowledge", "renderers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("SKILL.md", "LICENSE", "README.md", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="session")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed wheel: built from the checkout without a network, and unpacked as an installer does."""
    built, site = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        archive.extractall(site)
    return site


@pytest.fixture(params=["checkout", "wheel"])
def program(request: pytest.FixtureRequest) -> Path:
    """The folder that the program is imported from."""
    found = Path(request.getfixturevalue(request.param))
    return found / "skill" if request.param == "checkout" else found


class Home:
    """A home folder, a project in it, and the program run there."""

    def __init__(self, program: Path, folder: Path) -> None:
        """Make the folders."""
        self.program, self.home, self.project = program, folder / "home", folder / "home" / "work" / "project"
        self.project.mkdir(parents=True)
        # hundreds of files are written again and again here; that each is flushed to the disk is held elsewhere
        self.quick = folder / "quick"
        self.quick.mkdir()
        (self.quick / "sitecustomize.py").write_text("import os; os.fsync = lambda descriptor: None")

    def run(self, *words: str, env: Mapping[str, str] | None = None, status: int = 0) -> str:
        """What `skill WORDS` prints; its exit status is held."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": f"{self.program}{os.pathsep}{self.quick}",
            **(env or {}),
        }
        done = subprocess.run(
            [sys.executable, "-P", "-m", "agentcore_connect", "skill", *words],
            cwd=self.project,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    def results(self, *words: str, env: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """The results of `skill WORDS --json`."""
        found: dict[str, Any] = json.loads(self.run(*words, "--json", env=env))
        assert found["version"] == 1
        listed: list[dict[str, Any]] = found["results"]
        return listed

    def place(self, name: str, scope: str) -> Path:
        """Where an assistant's skill stands."""
        one = assistants()[name]
        return (self.home / one.user if scope == "user" else self.project / one.project) / "connect"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def home(program: Path, tmp_path: Path) -> Home:
    """An empty home."""
    return Home(program, tmp_path)


@pytest.fixture
def checkout_home(checkout: Path, tmp_path: Path) -> Home:
    """An empty home, and the checkout's program."""
    return Home(checkout / "skill", tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_install_reinstall_uninstall(program: Path, home: Home, name: str) -> None:
    scope = "user" if program.name == "skill" else "project"  # both scopes and both origins, without every pair of them
    words = ("--assistant", name, "--scope", scope)
    before = sorted(home.home.rglob("*"))
    place = home.place(name, scope)

    assert [(r["path"], r["status"], r["how"]) for r in home.results("install", *words, "--dry-run")] == [
        (str(place), "installed", "copy")
    ]
    assert sorted(home.home.rglob("*")) == before

    (done,) = home.results("install", *words)
    assert (done["status"], done["assistants"]) == ("installed", [name])
    assert (place / "SKILL.md").read_bytes() == (ROOT / "SKILL.md").read_bytes()
    assert os.access(place / "skill" / "run", os.X_OK)
    files = tree(place)

    assert [r["status"] for r in home.results("install", *words)] == ["unchanged"]
    assert tree(place) == files

    assert [r["status"] for r in home.results("uninstall", *words)] == ["removed"]
    assert sorted(home.home.rglob("*")) == before
    assert [r["status"] for r in home.results("uninstall", *words)] == ["absent"]


def test_checkout_and_wheel_install_the_same(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    copies = []
    for name, program in (("c", checkout / "skill"), ("w", wheel)):
        one = Home(program, tmp_path / name)
        one.run("install", "--assistant", "agents")
        copies.append(tree(one.place("agents", "user")))
    assert copies[0].keys() == copies[1].keys()
    assert [name for name in copies[0] if copies[0][name] != copies[1][name]] == []


def test_the_copy_works_by_itself(home: Home, prepared_home: Path, tmp_path: Path) -> None:
    home.run("install", "--assistant", "claude-code")
    place = home.place("claude-code", "user")
    moved = tmp_path / "elsewhere"
    shutil.copytree(place, moved)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.home), "AGENTCORE_CONNECT_HOME": str(prepared_home)}
    done = subprocess.run(
        ["sh", moved / "skill" / "run", "next", "mcp", "-a", "answers.yaml"],
        cwd=home.project,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["id"] == "endpoint", done.stderr
    again = Home(moved / "skill", tmp_path / "again")  # and can install itself
    again.run("install", "--assistant", "kiro")
    assert tree(again.place("kiro", "user")) == tree(place)


def test_the_installed_skill_is_valid(home: Home) -> None:
    from agentcore_connect.skill import frontmatter

    home.run("install", "--assistant", "codex", "--scope", "project")
    assert frontmatter.problems(home.place("codex", "project") / "SKILL.md") == []


# ------------------------------------------------------------------------------ which assistants


@pytest.mark.parametrize(
    ("traces", "expected"),
    [
        ([], ["agents"]),
        ([".claude"], ["claude-code"]),
        ([".claude", ".codex"], ["claude-code", "codex"]),
        ([".codex", ".gemini", ".copilot", ".cursor"], ["codex"]),
        ([".gemini", ".kiro"], ["gemini-cli", "kiro"]),
        ([".agents", ".codex"], ["agents", "codex"]),
    ],
)
def test_without_a_name_it_goes_where_assistants_are(
    checkout_home: Home, traces: list[str], expected: list[str]
) -> None:
    for trace in traces:
        (checkout_home.home / trace).mkdir()
    results = checkout_home.results("install", "--dry-run")
    assert sorted(name for one in results for name in one["assistants"]) == sorted(expected)
    assert len({one["path"] for one in results}) == len(results), "one folder, one copy"


def test_in_a_project_its_own_traces_count(checkout_home: Home) -> None:
    (checkout_home.project / "CLAUDE.md").write_text("x")
    (checkout_home.home / ".kiro").mkdir()
    (found,) = checkout_home.results("install", "--scope", "project", "--dry-run")
    assert found["path"] == str(checkout_home.project / ".claude" / "skills" / "connect")


def test_a_variable_moves_the_folder(checkout_home: Home, tmp_path: Path) -> None:
    env = {"CLAUDE_CONFIG_DIR": str(tmp_path / "moved")}
    (found,) = checkout_home.results("install", "--assistant", "claude-code", env=env)
    assert found["path"] == str(tmp_path / "moved" / "skills" / "connect")
    assert (tmp_path / "moved" / "skills" / "connect" / "SKILL.md").is_file()


def test_any_other_skills_folder_will_do(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "my skills"
    (found,) = home.results("install", "--dir", str(folder))
    assert (found["assistants"], found["path"]) == ([], str(folder / "connect"))
    home.run("uninstall", "--dir", str(folder))
    assert not folder.exists()


def test_uninstall_without_a_name_finds_every_copy(checkout_home: Home) -> None:
    checkout_home.run("install", "--assistant", "kiro", "--assistant", "claude-code")
    statuses = {name: one["status"] for one in checkout_home.results("uninstall") for name in one["assistants"]}
    assert {name for name, status in statuses.items() if status == "removed"} == {"kiro", "claude-code"}


# ------------------------------------------------------------------------------ what is not ours stays


def foreign_folder(place: Path) -> None:
    place.mkdir(parents=True)
    (place / "SKILL.md").write_text("somebody else's")


def foreign_link(place: Path) -> None:
    place.parent.mkdir(parents=True)
    (place.parent / "theirs").mkdir()
    place.symlink_to(place.parent / "theirs")


def forged_marker(place: Path) -> None:
    foreign_folder(place)
    (place / MARKER).write_text(json.dumps({"files": {"SKILL.md": "x"}, "made": 0}))


def file_of_that_name(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_text("a file")


@pytest.mark.parametrize("make", [foreign_folder, foreign_link, forged_marker, file_of_that_name])
def test_what_somebody_else_put_there_is_left_alone(checkout_home: Home, make: Callable[[Path], None]) -> None:
    place = checkout_home.place("claude-code", "user")
    make(place)
    before = sorted(checkout_home.home.rglob("*"))
    said = checkout_home.run("install", "--assistant", "kiro", "--assistant", "claude-code", "--force", status=2)
    assert "did not put there" in said
    assert str(place) in said
    assert sorted(checkout_home.home.rglob("*")) == before, "and the other assistant has nothing either"
    (found,) = checkout_home.results("uninstall", "--assistant", "claude-code", "--force")
    assert found["status"] == "foreign"
    assert sorted(checkout_home.home.rglob("*")) == before


def test_a_marker_cannot_lead_out_of_the_folder(checkout_home: Home) -> None:
    place = checkout_home.place("kiro", "user")
    foreign_folder(place)
    victim = checkout_home.home / "precious"
    victim.write_text("")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    listed = {"../../../precious": empty}
    (place / MARKER).write_text(json.dumps({"by": "agentcore-connect skill install", "made": 0, "files": listed}))
    (found,) = checkout_home.results("uninstall", "--assistant", "kiro")
    assert found["status"] == "foreign"
    assert victim.exists()


def test_changed_files_are_kept_until_forced(checkout_home: Home) -> None:
    words = ("--assistant", "cursor")
    place = checkout_home.place("cursor", "user")
    checkout_home.run("install", *words)
    (place / "SKILL.md").write_text("mine now")
    (place / "notes.txt").write_text("my notes")
    assert "SKILL.md" in checkout_home.run("install", *words, status=2)
    assert (place / "SKILL.md").read_text() == "mine now"
    (found,) = checkout_home.results("uninstall", *words)
    assert (found["status"], found["kept"]) == ("kept", ["SKILL.md"])
    assert set(tree(place)) == {"SKILL.md", "notes.txt", MARKER}
    checkout_home.run("install", *words, "--force")
    assert (place / "SKILL.md").read_bytes() == (ROOT / "SKILL.md").read_bytes()
    checkout_home.run("uninstall", *words, "--force")
    assert set(tree(place)) == {"notes.txt"}


def test_an_update_takes_away_what_the_older_version_had(checkout_home: Home) -> None:
    place = checkout_home.place("kiro", "user")
    checkout_home.run("install", "--assistant", "kiro")
    marker = json.loads((place / MARKER).read_text())
    (place / "skill" / "old").mkdir()
    (place / "skill" / "old" / "file.md").write_text("")
    marker["files"]["skill/old/file.md"] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    marker["version"] = "0.0.1"
    (place / MARKER).write_text(json.dumps(marker))
    (found,) = checkout_home.results("install", "--assistant", "kiro")
    assert found["status"] == "updated"
    assert not (place / "skill" / "old").exists()
    (place / "skill" / "extension.md").unlink(missing_ok=True)
    (place / "LICENSE").unlink()
    (found,) = checkout_home.results("install", "--assistant", "kiro")
    assert (found["status"], (place / "LICENSE").exists()) == ("updated", True)


# ------------------------------------------------------------------------------ links


def test_a_link_leads_to_the_checkout(checkout: Path, checkout_home: Home) -> None:
    words = ("--assistant", "claude-code")
    place = checkout_home.place("claude-code", "user")
    (found,) = checkout_home.results("install", *words, "--link")
    assert (found["status"], found["how"]) == ("installed", "link")
    assert place.is_symlink()
    assert place.resolve() == checkout
    assert [r["status"] for r in checkout_home.results("install", *words, "--link")] == ["unchanged"]
    assert [r["status"] for r in checkout_home.results("install", *words)] == ["updated"]
    assert not place.is_symlink()
    assert (checkout / "SKILL.md").is_file(), "the checkout is as it was"
    assert [r["status"] for r in checkout_home.results("install", *words, "--link")] == ["updated"]
    assert [(r["status"], r["how"]) for r in checkout_home.results("uninstall", *words)] == [("removed", "link")]
    assert not place.is_symlink()
    assert (checkout / "SKILL.md").is_file()


def test_a_link_does_not_take_the_place_of_own_files(checkout_home: Home) -> None:
    words = ("--assistant", "claude-code")
    checkout_home.run("install", *words)
    (checkout_home.place("claude-code", "user") / "notes.txt").write_text("my notes")
    assert "notes.txt" in checkout_home.run("install", *words, "--link", status=2)
    assert len(tree(checkout_home.place("claude-code", "user"))) > 100


def test_a_wheel_has_nothing_to_link_to(wheel: Path, tmp_path: Path) -> None:
    said = Home(wheel, tmp_path).run("install", "--assistant", "kiro", "--link", status=2)
    assert "no checkout to link to" in said
    assert "--copy" in said


# ------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("install", "--assistant", "clade-code"), "did you mean claude-code?"),
        (("install", "--assistant", "zzz"), "--dir DIR takes any other skills folder"),
        (("install", "--dir", "x", "--assistant", "kiro"), "leave one of the two out"),
        (("install", "--copy", "--link"), "not allowed with"),
        (("install", "--scope", "world"), "invalid choice"),
        (("remove",), "invalid choice"),
        ((), "required"),
    ],
)
def test_bad_input_is_said(checkout_home: Home, words: tuple[str, ...], says: str) -> None:
    assert says in checkout_home.run(*words, status=2)


def test_a_place_that_cannot_be_written_is_said(checkout_home: Home) -> None:
    (checkout_home.home / ".kiro").write_text("a file where the folder should be")
    said = checkout_home.run("install", "--assistant", "kiro", status=2)
    assert "cannot be made" in said
    assert "Traceback" not in said


def test_in_words_too(checkout_home: Home) -> None:
    said = checkout_home.run("install", "--assistant", "codex")
    assert said.splitlines() == [
        f"{checkout_home.place('codex', 'user')}: installed (copy)",
        "    Codex: $connect, or /skills",
    ]
    assert "already there" in checkout_home.run("install", "--assistant", "codex")
    assert checkout_home.run("uninstall").endswith(": removed (copy)\n")
    assert checkout_home.run("uninstall") == "The skill is not installed in any of these folders.\n"
