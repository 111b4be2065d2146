"""runtime.sh and runtime.mjs by themselves, and how long the scripts that use them are."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import script_lengths

from agentcore_connect.knowledge.resources import renderers_dir, static_text
from tests.commands import command_cases as cases
from tests.plan.cases import SITUATIONS

ROOT = Path(__file__).resolve().parents[2]

SHELL = static_text("runtime-shell", "runtime.sh")
#: The bash that runs them; CONNECT_BASH names another, such as one of version 3.2.
BASH = os.environ.get("CONNECT_BASH", "bash")
#: What bash 3.2 of macOS, or its tools, do not have.
TOO_NEW = {
    "an associative array": (r"\b(declare|local|typeset) -[a-zA-Z]*A", "local -A known"),
    "a name reference": (r"\b(declare|local|typeset) -[a-zA-Z]*n\b", "declare -n one=two"),
    "mapfile": (r"\b(mapfile|readarray)\b", "mapfile -t lines"),
    "a change of case": (r"\$\{\w+(\[[^]]*\])?(\^|,)", "echo ${name^^}"),
    "a transformation": (r"\$\{\w+(\[[^]]*\])?@", "echo ${name@Q}"),
    "a negative index": (r"\$\{\w+\[-\d", "echo ${list[-1]}"),
    "coproc": (r"\bcoproc\b", "coproc cat"),
    "&>>": (r"&>>|\|&", "ls |& cat"),
    "printf of a time": (r"printf[^\n]*%\(", "printf '%(%s)T'"),
    "wait -n": (r"\bwait -n", "wait -n"),
    "GNU readlink or realpath": (r"\breadlink -f|\brealpath\b", "readlink -f x"),
    "sed in place": (r"\bsed (-[a-zA-Z]+ )*-i|--in-place", "sed -i s/a/b/ x"),
    "grep by Perl": (r"\bgrep -[a-zA-Z]*P", "grep -oP x"),
    "a long option of GNU": (r"\b(cp|mv|mkdir|grep|tail|cmp|tr|cat) (-\w+ )*--[a-z]", "cp --parents a b"),
    "stat or date of GNU": (r"\bstat -c|\bdate -d|\bmktemp --", "stat -c %s x"),
}


def too_new(text: str) -> list[str]:
    """What of a script bash 3.2 and the tools of BSD do not have."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [what for what, (pattern, _) in TOO_NEW.items() if re.search(pattern, code)]


def test_it_is_for_bash_3_2_and_the_tools_of_bsd() -> None:
    assert too_new(SHELL) == []
    assert too_new(cases.render(cases.context(cases.mcp_targets()))) == []


@pytest.mark.parametrize("what", TOO_NEW)
def test_what_is_too_new_is_noticed(what: str) -> None:
    assert what in too_new(f"{SHELL}\n{TOO_NEW[what][1]}\n")


def test_it_is_sound_shell() -> None:
    path = renderers_dir() / "runtime-shell" / "runtime.sh"
    assert subprocess.run([BASH, "-n", path], check=False).returncode == 0
    checker = Path(sys.executable).parent / "shellcheck"
    if checker.exists():
        done = subprocess.run([checker, path], capture_output=True, text=True, check=False)
        assert done.stdout == ""


def shell(folder: Path, script: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A commands.sh with this text, run beside runtime.sh."""
    place = folder / "connect"
    place.mkdir(exist_ok=True)
    (place / "runtime.sh").write_text(SHELL)
    head = (
        'set -euo pipefail\n. "$(dirname -- "${BASH_SOURCE[0]}")/runtime.sh"\nproject none agentcore/agentcore.json\n'
    )
    (place / "commands.sh").write_text(f"{head}{script}finish\n")
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), **env}
    argv = [BASH, str(place / "commands.sh"), *options]
    return subprocess.run(argv, env=known, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


SECRET = "secret TOKEN 'A token' second\nbegin \"$@\"\n"


def test_a_secret_of_the_environment_reaches_its_own_steps_only(tmp_path: Path) -> None:
    steps = "# One\nstep first printenv TOKEN\n"
    done = shell(tmp_path, f"{SECRET}{steps.replace('printenv TOKEN', 'env')}", TOKEN="planted-1f2e")
    assert done.returncode == 0, done.stderr
    assert "planted" not in done.stdout
    done = shell(tmp_path, f"{SECRET}# Two\nstep second printenv TOKEN\n", TOKEN="planted-1f2e")
    assert done.stdout == "planted-1f2e\n"


def test_a_trace_shows_no_secret(tmp_path: Path) -> None:
    script = f'set -x\n{SECRET}# Two\nstep second true\n# Three\nstep third echo "${{#TOKEN}}"\n'
    done = shell(tmp_path, script, TOKEN="planted-1f2e")
    assert done.returncode == 0, done.stderr
    assert "planted" not in done.stderr + done.stdout


def test_a_failed_step_ends_the_script_with_its_status(tmp_path: Path) -> None:
    script = 'begin "$@"\n# One\nstep one sh -c "exit 9"\n# Two\nstep two echo ran\n'
    done = shell(tmp_path, script)
    assert (done.returncode, done.stdout) == (9, "")
    assert "Stopped at one (exit 9)" in done.stderr
    assert shell(tmp_path, script, "--from", "two").stdout == "ran\n"


def test_steps_are_numbered_named_and_left_out(tmp_path: Path) -> None:
    script = (
        'begin "$@"\n# Show the day\nstep one A_WORD=1 sh -c \'echo "$A_WORD"\'\n# Call AWS\nstep --aws two echo ran\n'
    )
    done = shell(tmp_path, script, "--local")
    assert done.stdout == "1\n"
    assert "[1/2] one: Show the day" in done.stderr
    assert "[2/2] two: Call AWS\n  left out: it needs AWS" in done.stderr
    assert shell(tmp_path, script, "--help").stdout.endswith("steps:\n  one\n  two  (AWS)\n")
    assert shell(tmp_path, script, "--dry-run").stdout == "  sh -c 'echo \"$A_WORD\"'\n  echo ran\n"


def test_files_are_copied_once(tmp_path: Path) -> None:
    script = 'begin "$@"\n# Copy\nstep one copy notes "deep/er notes"\n'
    shell(tmp_path, script)
    assert "notes cannot be read" in shell(tmp_path, script).stderr
    (tmp_path / "connect" / "notes").write_text("text")
    assert "wrote deep/er notes" in shell(tmp_path, script).stderr
    assert (tmp_path / "deep" / "er notes").read_text() == "text"
    assert "already as planned" in shell(tmp_path, script).stderr


@pytest.fixture
def helper(tmp_path: Path) -> Any:
    """runtime.mjs with a plan that declares a credential, in a project with an empty list."""
    if shutil.which("node") is None:
        pytest.skip("Node.js is not here")
    (tmp_path / "runtime.mjs").write_text(static_text("runtime-json", "runtime.mjs"))
    at = ["credentials", {"name": "Key"}]
    edit = {"file": "a.json", "changes": [{"at": at, "value": {"name": "Key", "url": "${URL}"}}]}
    probes = {"one": [[{"file": "a.json", "at": at, "value": {"name": "Key", "kind": "x"}}]]}
    values = {"project_file": "a.json", "list": "credentials", "kind": "kind", "prefix": "C_", "by_kind": {"x": [{"suffix": "_S", "secret": True}]}}  # fmt: skip
    values |= {"variables_file": "values", "state_file": "state.json", "state_list": ["deployed"]}
    steps = [{"id": "one", "edit": edit, "inputs": [{"name": "URL", "kind": "text"}]}]
    (tmp_path / "plan.json").write_text(json.dumps({"steps": steps, "script": {"probes": probes, "values": values}}))
    (tmp_path / "a.json").write_text('{"credentials": []}')

    def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        known = {"PATH": os.environ["PATH"], **env}
        argv = ["node", "runtime.mjs", *words]
        return subprocess.run(argv, cwd=tmp_path, env=known, capture_output=True, text=True, check=False)

    return run


def test_an_edit_is_made_once_with_its_values(helper: Any, tmp_path: Path) -> None:
    assert helper("edit", "one").returncode == 2
    assert (tmp_path / "a.json").read_text() == '{"credentials": []}'
    assert helper("edit", "one", URL="https://a.example.com").returncode == 0
    assert json.loads((tmp_path / "a.json").read_text())["credentials"][0]["url"] == "https://a.example.com"
    assert helper("edit", "one", URL="https://a.example.com").returncode == 10
    taken = helper("edit", "one", URL="https://b.example.com")
    assert (taken.returncode, "this name is taken" in taken.stderr) == (2, True)


def test_a_probe_tells_absent_from_there_and_different(helper: Any, tmp_path: Path) -> None:
    assert helper("probe", "one").returncode == 0
    for kind, status in (("x", 10), ("y", 2)):
        (tmp_path / "a.json").write_text(json.dumps({"credentials": [{"name": "Key", "kind": kind, "more": 1}]}))
        assert helper("probe", "one").returncode == status
    assert helper("probe", "a step without a probe").returncode == 0


def test_the_values_of_a_deploy(helper: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"credentials": [{"name": "my-key", "kind": "x"}]}))
    assert helper("values").stdout == "C_MY_KEY_S secret\n"
    assert helper("values", C_MY_KEY_S="planted").stdout == ""
    (tmp_path / "state.json").write_text('{"deployed": {"my-key": 1}}')
    assert helper("values").stdout == ""


def test_a_text_with_a_value_that_is_missing_is_not_written(helper: Any, tmp_path: Path) -> None:
    (tmp_path / "from").write_text("at ${URL} and ${OTHER}")
    assert helper("fill", "one", "from", "to").returncode == 2
    assert not (tmp_path / "to").exists()
    assert helper("fill", "one", "from", "to", URL="x").returncode == 0
    assert (tmp_path / "to").read_text() == "at x and ${OTHER}"
    assert helper("fill", "one", "from", "to", URL="x").returncode == 10


def test_without_a_plan_it_says_so(helper: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.json").unlink()
    done = helper("probe", "one")
    assert (done.returncode, done.stderr) == (2, "plan.json is missing beside runtime.mjs\n")


def test_scripts_are_short(tmp_path: Path) -> None:
    paths = [ROOT / "examples" / "support-desk" / "answers.yaml"]
    for name, one in SITUATIONS.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, content in one.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content)
        (folder / "answers.yaml").write_text(one.answers)
        paths.append(folder / "answers.yaml")
    found = script_lengths.lengths(paths)
    assert len(found["cli", "commands.sh"]) > 15
    assert script_lengths.too_long(found) == []
    assert script_lengths.too_long({("cli", "commands.sh"): [81, 81]})
    example = script_lengths.lengths(paths[:1])["cli", "commands.sh"]
    assert example[0] <= 45  # three targets
