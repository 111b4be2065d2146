"""The scratch place: nothing of the person gets in, nothing of what runs gets out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.sandbox.scratch import DUMMY_SECRET, Sandbox

PYTHON = sys.executable


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "Demo"
    for name in (
        "agentcore/.cli",
        "app/x",
        "node_modules/left",
        ".venv/bin",
        "agentcore/cdk/cdk.out",
        ".git",
        "app/__pycache__",
    ):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text(name)
    (root / "agentcore" / "agentcore.json").write_text("{}")
    (root / "agentcore" / ".env.local").write_text(
        '# KEY=old\nAGENTCORE_CREDENTIAL_K="hush"\nexport B=hush2\nnot a line\n'
    )
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    return root


def test_the_copy_holds_the_project_without_what_can_be_made_again(project: Path) -> None:
    with Sandbox(project) as box:
        kept = {"agentcore/.cli/file", "agentcore/agentcore.json", "agentcore/.env.local", "app/x/file", "run.sh"}
        assert set(tree(box.project)) == kept
        assert os.access(box.project / "run.sh", os.X_OK)
        assert box.home.is_relative_to(box.root)
        root = box.root
    assert not root.exists()


def test_values_of_env_files_stay_where_they_are(project: Path) -> None:
    with Sandbox(project) as box:
        text = (box.project / "agentcore" / ".env.local").read_text()
    assert text == f"AGENTCORE_CREDENTIAL_K={DUMMY_SECRET}\nB={DUMMY_SECRET}\n"


def test_what_runs_in_the_copy_changes_nothing_in_the_project(project: Path) -> None:
    outside = project.parent / "outside.json"
    outside.write_text("before")
    (project / "linked.json").symlink_to(outside)
    before = tree(project.parent)
    code = "import pathlib\nfor one in pathlib.Path().rglob('*'):\n    one.is_file() and one.write_text('changed')"
    with Sandbox(project) as box:
        assert box.run([PYTHON, "-c", code]).ok
        assert (box.project / "linked.json").read_text() == "changed"
    assert tree(project.parent) == before


def test_links_that_lead_out_of_the_project_are_left_out(project: Path) -> None:
    (project.parent / "other").mkdir()
    (project / "away").symlink_to(project.parent / "other")
    (project / "inside").symlink_to(project / "app")
    (project / "to-venv").symlink_to(project / ".venv")
    (project / "broken").symlink_to(project / "nowhere")
    (project / "round").symlink_to(project)
    with Sandbox(project) as box:
        assert sorted(box.left_out) == ["away", "broken", "to-venv"]
        assert (box.project / "inside" / "x" / "file").read_text() == "app/x"
        assert (box.project / "inside").resolve() == box.project / "app"


def test_the_environment_holds_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = (
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "OPENAI_API_KEY",
        "GITHUB_TOKEN",
        "MY_SECRET",
        "SSH_AUTH_SOCK",
        "HTTPS_PROXY",
    )
    for name in secrets:
        monkeypatch.setenv(name, "hush")
    with Sandbox(secrets=["AGENTCORE_CREDENTIAL_K"], env={"EXTRA": "1"}) as box:
        ran = box.run([PYTHON, "-c", "import os, json; print(json.dumps(dict(os.environ)))"])
        env = json.loads(ran.stdout)
        assert not set(secrets) & set(env)
        assert "hush" not in ran.stdout
        assert env["HOME"] == str(box.home)
        assert env["TMPDIR"].startswith(str(box.root))
    assert env["AGENTCORE_CREDENTIAL_K"] == DUMMY_SECRET
    assert env["EXTRA"] == "1"
    assert env["AGENTCORE_TELEMETRY_DISABLED"] == env["AGENTCORE_DISABLE_KEYCHAIN"] == "1"
    assert env["AWS_EC2_METADATA_DISABLED"] == "true"


def test_folders_searched_first(tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "agentcore"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho ours\n")
    tool.chmod(0o755)
    with Sandbox(path=[tool.parent]) as box:
        assert box.run(["sh", "-c", "agentcore"]).stdout == "ours\n"


def test_how_it_ended(tmp_path: Path) -> None:
    with Sandbox() as box:
        ran = box.run([PYTHON, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"])
        assert (ran.exit_code, ran.ok, ran.stdout, ran.stderr, ran.said) == (3, False, "out\n", "err\n", "err")
        assert box.run([PYTHON, "-c", "print(input())"], stdin="given\n").stdout == "given\n"
        assert box.run([PYTHON, "-c", "input()"]).exit_code == 1
        missing = box.run(["no-such-program-here"])
        assert missing.exit_code == 127
        assert "no-such-program-here" in missing.said
        assert box.run([PYTHON, "-c", "import os; print(os.getcwd())"], cwd=tmp_path).stdout.strip() == str(tmp_path)


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    # the child holds the pipe of its parent open: without its end, reading what was said would not come back
    code = (
        "import subprocess, sys; subprocess.Popen(['cat', sys.argv[1]]); print('begun', flush=True); open(sys.argv[1])"
    )
    with Sandbox() as box:
        ran = box.run([PYTHON, "-c", code, str(tmp_path / "fifo")], timeout=1)
    assert ran.exit_code is None
    assert not ran.ok
    assert "no answer within 1 s" in ran.stderr


def test_a_project_that_cannot_be_read_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(project / "run.sh"))

    monkeypatch.setattr("shutil.copy", refuse)
    with pytest.raises(ConnectError) as caught, Sandbox(project):
        pass
    assert caught.value.code == "sandbox-copy"
    assert "run.sh" in str(caught.value)


def test_the_folder_is_gone_after_a_failure() -> None:
    place = None
    with pytest.raises(KeyError), Sandbox() as box:
        place = box.root
        raise KeyError("x")
    assert place is not None
    assert not place.exists()
    with pytest.raises(RuntimeError):
        _ = box.root
