"""A folder from somebody else: what was changed in it is read, and never run unless the caller asks for that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.sandbox import confinement
from agentcore_connect.verify.confined import check_confined
from agentcore_connect.verify.report import Result
from agentcore_connect.verify.run import check_plan

#: Plans with every kind of program: commands, boto3 scripts, handlers, clients, direct calls.
KINDS = ("oauth", "lambda", "stream", "invoke", "a2a", "policy-elsewhere")
#: Names that Python or the shell take for their own when they are in the folder of what runs.
BESIDE = (
    *("sitecustomize.py", "usercustomize.py", "boto3.py", "json.py", "typing.py", "mcp.py", "conftest.py"),
    *("agentcore", "agentcore.js", "node", "npm", "bash", "git", "python3", "env"),
)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A file that foreign code makes when it runs."""
    return tmp_path / "it-ran"


@pytest.fixture
def foreign(copied: Callable[[str], Path], marker: Path) -> Callable[[str], Path]:
    """A written plan in which every program was replaced by one that leaves a mark, and more stands beside them."""

    def of(plan: str) -> Path:
        folder = copied(plan)
        for path in [
            *folder.glob("*.py"),
            *folder.glob("*.sh"),
            *folder.glob("*.mjs"),
            *(folder / name for name in BESIDE),
        ]:
            plant(path, marker)
        (folder / "own.pth").write_text(f"import os; open({str(marker)!r}, 'a').close()\n", encoding="utf-8")
        (folder / "package.json").write_text(f'{{"scripts": {{"preinstall": "touch {marker}"}}}}', encoding="utf-8")
        (folder / ".npmrc").write_text(f"node-options=--require {folder}/agentcore.js\n", encoding="utf-8")
        return folder

    return of


def plant(path: Path, marker: Path) -> None:
    """Make a file a program that leaves a mark."""
    code = f"open({str(marker)!r}, 'a').write({path.name!r})\n"
    script = f"#!/bin/sh\necho {path.name} >> {marker}\n"
    javascript = f'import fs from "node:fs";\nfs.appendFileSync({json.dumps(str(marker))}, "{path.name}");\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    text = {".py": code, ".mjs": javascript}.get(path.suffix, script)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("plan", KINDS)
def test_what_was_changed_is_read_and_not_run(
    plan: str, foreign: Callable[[str], Path], marker: Path, with_tools: Callable[[str], None]
) -> None:
    with_tools("")
    folder = foreign(plan)
    programs = {path.name for path in folder.iterdir() if path.suffix in (".py", ".sh", ".mjs")} - set(BESIDE)
    results = check_plan(folder)
    assert not marker.exists(), marker.read_text()
    told = {one.artifact for one in results if one.check == "as-written" and one.status == "not-run"}
    assert told == programs
    assert all("not run" in one.why for one in results if one.check == "as-written")


@pytest.mark.parametrize("plan", KINDS)
def test_it_is_run_where_that_is_asked_for(
    plan: str, foreign: Callable[[str], Path], marker: Path, with_tools: Callable[[str], None]
) -> None:
    """So the test above would notice."""
    with_tools("")
    check_plan(foreign(plan), run_changed=True)
    assert marker.exists()


def test_one_changed_file_keeps_no_other_from_being_run(
    copied: Callable[[str], Path], marker: Path, with_tools: Callable[[str], None]
) -> None:
    with_tools("")
    folder = copied("consent")
    plant(folder / "configure.py", marker)
    results = {(one.artifact, one.check): one.status for one in check_plan(folder)}
    assert not marker.exists()
    assert ("configure.json", "requests-sent") not in results
    assert results["commands.sh", "secrets-stay-secret"] == "passed"


@pytest.mark.parametrize("key", ["cli_version", "via", "summary"])
def test_a_foreign_plan_json_puts_nothing_into_what_runs(
    key: str, copied: Callable[[str], Path], marker: Path, with_tools: Callable[[str], None]
) -> None:
    """What runs is rendered from the answers; of plan.json only a version and a way are read, and both are checked."""
    with_tools("")
    folder = copied("oauth")
    path = folder / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**plan, key: f"0.30.0'; touch {marker}; $(touch {marker})"}), encoding="utf-8")
    with suppress(ConnectError):  # a version that is none is refused
        assert any(one.status == "failed" for one in check_plan(folder))
    assert not marker.exists()


def test_a_link_to_a_program_is_not_followed(
    copied: Callable[[str], Path], marker: Path, tmp_path: Path, with_tools: Callable[[str], None]
) -> None:
    with_tools("")
    folder = copied("oauth")
    plant(tmp_path / "other.py", marker)
    (folder / "gateway_client.py").unlink()
    (folder / "gateway_client.py").symlink_to(tmp_path / "other.py")
    results = check_plan(folder, run_changed=True)
    assert not marker.exists()
    assert any(one.status == "failed" and "leads out" in one.why for one in results)


def test_the_python_of_a_foreign_project_is_not_run(
    copied: Callable[[str], Path], marker: Path, with_tools: Callable[[str], None]
) -> None:
    """Its environment may hold anything under that name; it is used where it can do no harm, or by request."""
    with_tools("")
    folder = copied("oauth")
    plant(folder.parent / "Shop" / ".venv" / "bin" / "python", marker)
    check_plan(folder, only={"gateway_client.py"})
    assert not marker.exists()
    check_plan(folder, only={"gateway_client.py"}, is_confined=True)
    assert marker.exists()


def test_check_says_how_what_ran_was_confined(copied: Callable[[str], Path], with_tools: Callable[[str], None]) -> None:
    with_tools("")
    folder = copied("lambda")
    argv = [sys.executable, "-P", "-m", "agentcore_connect", "check", str(folder)]
    table = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    whole = json.loads(subprocess.run([*argv, "--json"], capture_output=True, text=True, check=True).stdout)
    assert whole["confinement"].startswith(("confined: no network", "not confined: "))
    assert whole["confinement"] in " ".join(table.split())
    assert all(len(line) <= 80 for line in table.splitlines() if " " in line.strip())
    assert whole["passed"] is True


def test_results_and_errors_come_through_the_other_process(
    copied: Callable[[str], Path], with_tools: Callable[[str], None]
) -> None:
    with_tools("")
    folder = copied("lambda")
    told: list[str] = []
    found, _ = check_confined(folder, told.append)
    assert [key(one) for one in found] == [key(one) for one in check_plan(folder)]
    assert "commands.sh" in told
    (folder / "plan.json").unlink()
    with pytest.raises(Exception, match=r"there is no plan\.json here"):
        check_confined(folder, told.append)


def key(one: Result) -> tuple[str, str, str]:
    """What tells one result from another."""
    return one.artifact, one.check, one.status


TRIED = {
    "write outside": "open(os.path.expanduser('~/../outside'), 'w')",
    "write beside": "open({beside!r}, 'w')",
    "read the home directory": "open({secret!r}).read()",
    "reach the network": "__import__('socket').create_connection(('192.0.2.1', 9), 2)",
    "see other processes": "open('/proc/{other}/environ', 'rb').read()",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home directory with a secret in it."""
    made = tmp_path / "home"
    (made / ".aws").mkdir(parents=True)
    (made / ".aws" / "credentials").write_text("[default]\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(made))
    yield made


@pytest.mark.parametrize("what", TRIED)
def test_what_runs_confined_can_do_no_harm(what: str, home: Path, tmp_path: Path) -> None:
    """Each act fails there and, where it needs no network, succeeds outside, so that the test can fail."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    act = TRIED[what].format(
        beside=str(tmp_path / "beside"), secret=str(home / ".aws" / "credentials"), other=os.getppid()
    )
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from agentcore_connect.sandbox.confinement import NotConfinedError, confined\n"
        "def run():\n"
        f"    Path({str(scratch)!r}, 'allowed').write_text('x')\n"
        f"    try:\n        {act}\n"
        "    except OSError:\n        return 3\n"
        "    return 4\n"
        "if sys.argv[1] == 'outside':\n    sys.exit(run())\n"
        "needed = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, filter(None, sys.path))]\n"
        f"try:\n    sys.exit(confined(run, Path({str(scratch)!r}), needed))\n"
        "except NotConfinedError as error:\n    print(error)\n    sys.exit(5)\n"
    )
    ended = subprocess.run([sys.executable, "-P", "-c", code, "inside"], capture_output=True, text=True, check=False)
    if ended.returncode == 5:
        assert ended.stdout.strip(), "the reason is told"
        return
    assert (ended.returncode, (scratch / "allowed").exists()) == (3, True), ended.stderr
    if what != "reach the network":
        outside = subprocess.run([sys.executable, "-P", "-c", code, "outside"], capture_output=True, check=False)
        assert outside.returncode == 4


def test_a_home_directory_that_is_needed_is_not_called_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(confinement.NotConfinedError, match="home directory itself"):
        confinement.confined(lambda: 0, tmp_path, [Path.home()])


def test_a_system_without_namespaces_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(confinement.NotConfinedError, match="darwin"):
        confinement.confined(lambda: 0, tmp_path, [])
