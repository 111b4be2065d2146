"""`doctor` on machines that are made up: which agentcore runs, what is too old, what differs."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.clispec import behaviour, compare, extract, model
from agentcore_connect.clispec.installed import on_path
from agentcore_connect.doctor import machine
from agentcore_connect.knowledge import resources

Commands = dict[str, Any]
TOOLKIT = "#!{python}\n# -*- coding: utf-8 -*-\nfrom bedrock_agentcore_starter_toolkit.cli.cli import main\nmain()\n"


class Machine:
    """A PATH of folders with made-up programs in them."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = patch
        self.folders: list[Path] = []
        self.add("base", {"node": "echo v22.3.0", "uv": "echo uv 0.9.0"})
        for tool in ("sh", "cat", "echo"):
            (self.folders[0] / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")

    def add(self, name: str, programs: dict[str, str], *, first: bool = False) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True)
        for program, script in programs.items():
            text = script if script.startswith("#!") else f"#!/bin/sh\n{script}\n"
            (folder / program).write_text(text)
            (folder / program).chmod(0o755)
        self.folders.insert(0 if first else len(self.folders), folder)
        self.patch.setenv("PATH", ":".join(map(str, self.folders)))
        return folder

    def npm(self, version: str = "0.30.0", name: str = "npm") -> Path:
        """The CLI as npm installs it: a link into the package."""
        package = self.root / name / "lib" / "node_modules" / "@aws" / "agentcore"
        (package / "dist").mkdir(parents=True)
        (package / "package.json").write_text(json.dumps({"name": "@aws/agentcore", "version": version}))
        (package / "dist" / "index.mjs").write_text(f"#!/bin/sh\necho {version}\n")
        (package / "dist" / "index.mjs").chmod(0o755)
        folder = self.add(f"{name}/bin", {})
        (folder / "agentcore").symlink_to(package / "dist" / "index.mjs")
        return folder / "agentcore"

    def toolkit(self, under: str = "venv", *, first: bool = True) -> Path:
        """The Python toolkit's console script, with the package's metadata beside its interpreter."""
        site = self.root / under / "lib" / "python3.12" / "site-packages"
        (site / "bedrock_agentcore_starter_toolkit-0.3.14.dist-info").mkdir(parents=True)
        script = TOOLKIT.format(python=self.root / under / "bin" / "python")
        return self.add(f"{under}/bin", {"agentcore": script}, first=first) / "agentcore"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return Machine(tmp_path / "machine", monkeypatch)


@pytest.fixture(autouse=True)
def help_of(monkeypatch: pytest.MonkeyPatch, shipped: model.Contract) -> Commands:
    """Instead of asking the made-up CLI for its help: that of 0.30.0, for a test to change."""
    commands: Commands = copy.deepcopy(dict(shipped.data["help"]["commands"]))
    schemas = copy.deepcopy(dict(shipped.data["files"]["schemas"]))

    def walk(run: Callable[[Sequence[str]], Any], *, jobs: int, only: Sequence[str] | None) -> Commands:
        return {path: about for path, about in commands.items() if only is None or path in only}

    monkeypatch.setattr(compare, "walk", walk)
    monkeypatch.setattr(extract, "file_schemas", lambda *_: schemas)
    commands["the schemas"] = schemas
    return commands


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    folder = tmp_path / "work"
    folder.mkdir()

    def go(*words: str) -> tuple[int, dict[str, Any]]:
        status = main(["doctor", *(words or [str(folder)]), "--json"])
        out = capsys.readouterr()
        assert out.err == ""
        report: dict[str, Any] = json.loads(out.out)
        assert report["ok"] == (status == 0)
        return status, report

    return go


def line(report: dict[str, Any], what: str, found: str = "") -> dict[str, Any]:
    hits = [one for one in report["lines"] if one["what"] == what and found in one["found"]]
    assert len(hits) == 1, report["lines"]
    hit: dict[str, Any] = hits[0]
    return hit


def test_a_machine_that_fits(here: Machine, run: Any) -> None:
    path = here.npm()
    status, report = run()
    assert status == 0
    assert report["agentcore"] == [{"path": str(path), "kind": "npm", "version": "0.30.0"}]
    assert report["surface"] == {"id": "0.30", "version": "0.30.0", "known_by": "run"}
    assert line(report, "CLI options")["remark"] == line(report, "project files")["remark"] == "no difference"
    assert not [one for one in report["lines"] if one["state"] == "problem"]
    assert all(not found for found in report["differences"].values())


def test_no_cli_is_a_problem_with_the_command_that_installs_it(here: Machine, run: Any) -> None:
    status, report = run()
    assert status == 1
    assert line(report, "AgentCore CLI")["hint"] == "install it: npm install -g @aws/agentcore@0"
    assert report["agentcore"] == []


def test_the_toolkit_before_the_cli_shadows_it(here: Machine, run: Any) -> None:
    here.npm()
    path = here.toolkit()
    status, report = run()
    assert status == 1
    assert [one["kind"] for one in report["agentcore"]] == ["toolkit", "npm"]
    assert report["agentcore"][0]["version"] == "0.3.14"
    told = line(report, "agentcore", str(path))
    assert told["state"] == "problem"
    assert "comes first" in told["remark"]
    assert told["hint"] == f"{here.root}/venv/bin/python -m pip uninstall bedrock-agentcore-starter-toolkit"
    assert line(report, "CLI options")["state"] == "ok", "the CLI behind it is compared all the same"


def test_the_toolkit_behind_the_cli_is_a_note(here: Machine, run: Any) -> None:
    here.npm()
    here.toolkit(first=False)
    status, report = run()
    assert status == 0
    assert [one["kind"] for one in report["agentcore"]] == ["npm", "toolkit"]
    assert "is not used" in line(report, "agentcore", "toolkit 0.3.14")["remark"]


def test_the_toolkit_alone_is_no_cli(here: Machine, run: Any) -> None:
    here.toolkit()
    _, report = run()
    assert line(report, "AgentCore CLI")["state"] == "problem"
    assert report["surface"] is None


@pytest.mark.parametrize(
    ("under", "cure"),
    [
        ("share/pipx/venvs/bedrock", "pipx uninstall bedrock-agentcore-starter-toolkit"),
        ("share/uv/tools/bedrock", "uv tool uninstall bedrock-agentcore-starter-toolkit"),
    ],
)
def test_the_cure_fits_how_the_toolkit_was_installed(here: Machine, run: Any, under: str, cure: str) -> None:
    here.npm()
    real = here.toolkit(under, first=False)
    here.add("local/bin", {}, first=True).joinpath("agentcore").symlink_to(real)
    _, report = run()
    assert line(report, "agentcore", str(here.root / "local"))["hint"] == cure


def test_the_toolkit_behind_a_version_manager_is_known_by_its_words(here: Machine, run: Any) -> None:
    here.npm()
    here.add("shims", {"agentcore": "echo \"Error: No such option '--version'.\" >&2; exit 2"}, first=True)
    _, report = run()
    assert [one["kind"] for one in report["agentcore"]] == ["toolkit", "npm"]


def test_another_program_of_that_name(here: Machine, run: Any) -> None:
    here.npm()
    here.add("odd", {"agentcore": "echo I am something else"}, first=True)
    status, report = run()
    assert status == 1
    told = line(report, "agentcore", "unknown program")
    assert "it says: I am something else" in told["remark"]


def test_a_cli_that_does_not_start(here: Machine, run: Any) -> None:
    path = here.npm()
    path.resolve().write_text("#!/bin/sh\necho 'SyntaxError: Unexpected token' >&2\nexit 1\n")
    status, report = run()
    assert status == 1
    assert "does not start: SyntaxError" in line(report, "agentcore")["remark"]
    assert report["agentcore"] == [{"path": str(path), "kind": "npm", "version": "0.30.0"}]


@pytest.mark.parametrize("version", ["0.9.1", "0.29.0", "0.3.5", "1.0.0-preview.21"])
def test_a_cli_below_the_floor_is_a_problem_with_the_update(here: Machine, run: Any, version: str) -> None:
    here.npm(version)
    status, report = run()
    assert status == 1
    told = line(report, "agentcore")
    assert told["state"] == "problem"
    assert told["hint"] == "update it: npm install -g @aws/agentcore@0"
    assert "CLI options" not in [one["what"] for one in report["lines"]]


def test_a_newer_cli_is_compared_with_the_nearest_contract(here: Machine, run: Any, help_of: Commands) -> None:
    here.npm("0.31.1")
    help_of["add gateway"]["options"]["--role-arn"] = {"value": "arn"}
    status, report = run()
    assert status == 0
    assert "0.31.1 is newer" in line(report, "agentcore")["remark"]
    assert [(one["kind"], one["where"]) for one in report["differences"]["cli"]] == [("new", "add gateway --role-arn")]
    assert line(report, "CLI options")["state"] == "note"


def test_an_option_that_is_gone_is_a_problem(
    here: Machine, run: Any, help_of: Commands, capsys: Any, tmp_path: Path
) -> None:
    here.npm()
    del help_of["add gateway-target"]["options"]["--tool-schema-file"]
    del help_of["the schemas"]["agentcore.json"]["OutboundAuth"]["scopes"]
    status, report = run()
    assert status == 1
    assert [one["where"] for one in report["differences"]["cli"]] == ["add gateway-target --tool-schema-file"]
    assert [one["where"] for one in report["differences"]["files"]] == ["agentcore.json OutboundAuth.scopes"]
    assert line(report, "CLI options")["state"] == line(report, "project files")["state"] == "problem"
    assert main(["doctor", str(tmp_path / "work")]) == 1
    text = capsys.readouterr().out
    assert "! gone: add gateway-target --tool-schema-file" in text
    assert text.rstrip().endswith("2 problem(s).")
    assert "\x1b" not in text


def test_an_option_outside_what_plans_use_is_compared_with_full_only(
    here: Machine, run: Any, help_of: Commands
) -> None:
    here.npm()
    del help_of["add memory"]["options"]["--strategies"]
    assert run()[0] == 0


def test_a_1_x_cli_is_compared_with_what_was_read(
    here: Machine, run: Any, help_of: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.npm("1.0.0")
    monkeypatch.setattr(behaviour, "compare", lambda *_, **__: [])  # tests/cli_1x/test_compare.py carries the cases out
    help_of.clear()
    help_of.update(copy.deepcopy(dict(model.load("cli-contract-1.x").data["help"]["commands"])))
    status, report = run()
    assert status == 0
    assert report["surface"] == {"id": "1.x", "version": "1.0.0", "known_by": "reading"}
    assert line(report, "CLI options")["remark"] == "no difference"
    assert "project files" not in [one["what"] for one in report["lines"]]
    del help_of["add credentials oauth"]["options"]["--client-secret"]
    status, report = run()
    assert [one["where"] for one in report["differences"]["cli"]] == ["add credentials oauth --client-secret"]
    assert status == 1


def test_full_runs_every_probe(
    here: Machine, run: Any, tmp_path: Path, shipped: model.Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.npm()
    made = copy.deepcopy(dict(shipped.data))
    made["observed"]["combinations"][0]["results"]["mcp-server"]["none"] = "as-asked"
    monkeypatch.setattr(extract, "extract", lambda cli, *, jobs: made)
    status, report = run(str(tmp_path), "--full")
    assert status == 1
    assert [one["where"] for one in report["differences"]["behaviour"]] == ["outbound-auth: --type mcp-server, none"]
    assert line(report, "CLI behaviour")["state"] == "problem"


@pytest.mark.parametrize(
    ("node", "state"),
    [
        ("echo v22.3.0", "ok"),
        ("echo v20.0.0", "note"),
        ("echo v18.19.1", "problem"),
        ("exit 1", "problem"),
        ("", "problem"),
    ],
)
def test_node(here: Machine, run: Any, node: str, state: str) -> None:
    here.npm()
    if node:
        here.add("node", {"node": node}, first=True)
    else:
        (here.folders[0] / "node").unlink()
    status, report = run()
    assert line(report, "node")["state"] == state
    assert (status == 1) == (state == "problem")


def _venv(folder: Path, packages: dict[str, str]) -> Path:
    site = folder / "lib" / "python3.13" / "site-packages"
    site.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.13.1\n")
    for name, version in packages.items():
        (site / f"{name.replace('-', '_')}-{version}.dist-info").mkdir()
    return site


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "Demo"
    (root / "agentcore").mkdir(parents=True)
    runtime = {"name": "Worker", "build": "CodeZip", "entrypoint": "main.py", "codeLocation": "app/Worker/"}
    data = {"name": "Demo", "version": 1, "managedBy": "CDK", "runtimes": [runtime]}
    (root / "agentcore" / "agentcore.json").write_text(json.dumps(data))
    return root


def test_the_environments_of_a_project(here: Machine, run: Any, project: Path) -> None:
    here.npm()
    _venv(project / ".venv", {"strands-agents": "1.62.0", "mcp": "2.1.1"})
    _venv(project / "app" / "Worker" / ".venv", {"strands-agents": "1.2.0"})
    status, report = run(str(project))
    assert status == 1
    told = [one for one in report["lines"] if one["what"] == "strands"]
    assert [(one["found"], one["state"]) for one in told] == [
        ("strands-agents 1.62.0", "ok"),
        ("strands-agents 1.2.0", "problem"),
    ]
    assert told[1]["hint"] == "pip install --upgrade strands-agents"
    names = [one["what"] for one in report["lines"] if one["found"].startswith("Python 3.13.1")]
    assert names == ["the project's environment", "Worker's environment"]


def test_an_old_botocore_in_a_project_is_a_problem(here: Machine, run: Any, project: Path) -> None:
    here.npm()
    site = _venv(project / ".venv", {"boto3": "1.30.0", "botocore": "1.30.0"})
    (site / "botocore").mkdir()
    (site / "botocore" / "__init__.py").write_text("__version__ = '1.30.0'\n")
    status, report = run(str(project))
    assert status == 1
    told = line(report, "AWS API, the project's environment")
    assert told["state"] == "problem"
    assert str(project / ".venv") in told["hint"]
    gone = {one["where"] for one in report["differences"]["the project's"]}
    assert gone == set(resources.load("api-contract")["services"])


def test_the_activated_environment(here: Machine, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here.npm()
    _venv(tmp_path / "active", {"boto3": "1.44.5"})
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    _, report = run()
    assert line(report, "the activated environment")["state"] == "ok"


def test_a_project_of_the_other_surface_is_told(here: Machine, run: Any, project: Path) -> None:
    here.npm()
    path = project / "agentcore" / "agentcore.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    _, report = run(str(project))
    assert "do not run 0.x commands" in line(report, "agentcore")["remark"]


def test_a_broken_project_is_a_problem_and_not_a_traceback(here: Machine, run: Any, project: Path) -> None:
    here.npm()
    (project / "agentcore" / "agentcore.json").write_text("{broken")
    status, report = run(str(project))
    assert status == 1
    assert line(report, "project")["state"] == "problem"


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "no/such/folder"]) == 2
    assert "no/such/folder" in capsys.readouterr().err


def test_words_of_a_program_cannot_write_to_the_terminal(here: Machine, tmp_path: Path, capsys: Any) -> None:
    here.add("odd", {"agentcore": r"printf '\033[31mred\007'"}, first=True)
    main(["doctor", str(tmp_path)])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert r"\x1b[31mred" in out


def test_text_for_a_terminal(here: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    here.npm()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["doctor", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "Nothing is wrong." in out
    assert "AgentCore CLI" in out
    assert "\x1b[3" not in out


def test_programs_are_found_in_the_order_of_the_path(here: Machine) -> None:
    first, second = here.add("one", {"tool": "exit 0"}), here.add("two", {"tool": "exit 0"})
    (here.add("three", {"tool": "exit 0"}) / "tool").chmod(0o644)
    assert on_path("tool") == [first / "tool", second / "tool"]
    assert on_path("tool", f"{second}::{second}:{first}:/nonexistent") == [second / "tool", first / "tool"]


@pytest.mark.parametrize(
    ("text", "expected"), [("22.3.0", (22, 3, 0)), ("v20", (20,)), ("1.44.5rc1", (1, 44, 5)), ("none", ()), ("", ())]
)
def test_numbers(text: str, expected: tuple[int, ...]) -> None:
    assert machine.numbers(text) == expected
