"""The wizard in a real pseudo-terminal, as a person sees it: every wait is for something on the screen."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.text.document import read
from tests.wizard.routes import DISCOVERY, FUNCTION, OPENAPI, ROUTES, RUNTIME
from tests.wizard.terminal_driver import CLEAR_LINE, CTRL_C, DOWN, ENTER, ESC, F1, LEFT, SKILL, Driver, wizard

READY = "Ctrl-C leave"
MCP = "https://mcp.example.com/mcp"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    drivers: list[Driver] = []

    def started(*words: str, **how: Any) -> Driver:
        drivers.append(wizard(list(words), tmp_path, **how))
        return drivers[-1]

    yield started
    for driver in drivers:
        driver.close()


def go(driver: Driver, *steps: tuple[str, ...]) -> None:
    """Waits for each text and presses its keys."""
    for text, *keys in steps:
        driver.wait(f"? {text}", READY)
        driver.press(*keys)


def plan_of(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "connect" / "plan.json").read_text(encoding="utf-8"))
    return data


KEY = ("Which header or query parameter", ENTER)
INBOUND, FRAMEWORK, END = ("Who may call", ENTER), ("What is the agent written with", ENTER), ("What now", ENTER)

WAYS = {
    "A": ("mcp", [("What is its address", MCP, ENTER), ("How does the service", ENTER), INBOUND, FRAMEWORK]),
    "B": (
        "lambda",
        [("What is the ARN", FUNCTION, ENTER), ("Where are its tool", "tools.json", ENTER), INBOUND, FRAMEWORK],
    ),
    "C": (
        "openapi",
        [("Where is the API's", "pets.json", ENTER), ("How does the service", DOWN, ENTER), KEY, INBOUND, FRAMEWORK],
    ),
    "D": (
        None,
        [
            ("Who calls whom", ENTER),
            ("What does the agent call", "0", ENTER),
            ("Is there a reason", DOWN, ENTER),
            ("What is its address", "https://stream.example.com", ENTER),
            ("How does the service", ENTER),
            FRAMEWORK,
        ],
    ),
    "invoke-agent-runtime": (None, [("Who calls whom", "2", ENTER), ("Is central auth", ENTER)]),
    "a2a": (
        None,
        [
            ("Who calls whom", "3", ENTER),
            ("Is central auth", ENTER),
            ("What is its address", "https://agent.example.com", ENTER),
            ("How does the service", ENTER),
        ],
    ),
    "mcp-client": (None, [("Who calls whom", "4", ENTER), ("Which MCP client", ENTER), INBOUND]),
}


@pytest.mark.parametrize("way", WAYS)
def test_all_paths_and_redirects_to_the_end(way: str, start: Any, tmp_path: Path) -> None:
    for name in ("B", "C-openapi"):
        ROUTES[name].prepare(tmp_path)
    kind, steps = WAYS[way]
    driver = start(*([kind] if kind else []))
    go(driver, *steps, END)
    assert driver.end() == 0
    assert "files written to connect/" in driver.history
    (connection,) = plan_of(tmp_path)["connections"]
    assert way in (connection["path"], connection["redirect"])


def test_the_inverted_flow_is_crossed_out(start: Any, tmp_path: Path) -> None:
    driver = start("mcp", rows=60)
    go(driver, ("What is its address", RUNTIME, ENTER), ("Is that the runtime of the agent", "1", ENTER))
    driver.wait("What now", READY)
    assert "──✗─▶" in driver.text
    assert "Instead:" in driver.text
    assert "A tool target on it would make the agent call itself" in " ".join(driver.text.split())


def test_back_from_the_last_question_to_the_first_and_forward_another_way(start: Any, tmp_path: Path) -> None:
    driver = start("mcp")
    go(driver, *WAYS["A"][1], ("What now", ESC))
    go(driver, ("What is the agent written with", LEFT), ("Who may call", ESC), ("How does the service", LEFT))
    driver.wait("? What is its address", "You answered this before", MCP, READY)
    driver.press(ESC)
    go(driver, ("What does the agent call", LEFT))
    driver.wait("? Who calls whom", READY)
    assert "Esc back" not in driver.text
    driver.press("2", ENTER)
    go(driver, ("Is central auth", ENTER), END)
    assert driver.end() == 0
    assert plan_of(tmp_path)["connections"][0]["redirect"] == "invoke-agent-runtime"


def test_ctrl_c_after_each_question_and_resuming_ends_in_the_same_plan(start: Any, tmp_path: Path) -> None:
    steps = [
        ("What is its address", MCP, ENTER),
        ("How does the service", "3", ENTER),
        ("What is the OIDC discovery URL", DISCOVERY, ENTER),
        ("What is the client id", "me", ENTER),
        INBOUND,
        FRAMEWORK,
    ]
    words: tuple[str, ...] = ("mcp",)
    for number, step in enumerate(steps):
        driver = start(*words)
        go(driver, step)
        following = steps[number + 1][0] if number + 1 < len(steps) else "What now"
        driver.wait(f"? {following}", READY)
        driver.press(CTRL_C)
        assert driver.end() == 130
        assert "every answer is in answers.yaml" in driver.text
        assert "  agentcore-connect -a answers.yaml" in driver.lines
        words = ("-a", "answers.yaml")
    driver = start(*words)
    driver.wait("Going on with answers.yaml: 8 answers")
    go(driver, END)
    assert driver.end() == 0

    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "answers.yaml").write_bytes((tmp_path / "answers.yaml").read_bytes())
    assert main(["plan", str(whole / "answers.yaml"), "--out", str(whole / "connect")]) == 0
    for file in (whole / "connect").iterdir():
        assert file.read_bytes() == (tmp_path / "connect" / file.name).read_bytes()


def test_a_refused_answer_is_explained_in_place_for_each_type_of_question(start: Any, tmp_path: Path) -> None:
    ROUTES["B"].prepare(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "mine.json").write_text(OPENAPI, encoding="utf-8")
    driver = start("lambda")
    go(driver, ("What is the ARN", "orders", ENTER))
    driver.wait("lambda_arn has the wrong form", "received: 'orders'")
    driver.press(CLEAR_LINE, FUNCTION, ENTER)
    go(driver, ("Where are its tool", "nowhere.json", ENTER))
    driver.wait("this file does not exist", "received: nowhere.json")
    driver.press(CLEAR_LINE, "tools.json", ENTER)
    driver.wait("? Who may call", "✗ Anyone", "not here: A production gateway is never left without", READY)
    driver.press("4", ENTER)  # closed, so the pointer stays where it is
    driver.wait("? What is the agent written with", "gateway.inbound_auth aws-iam", READY)
    driver.press(ESC)
    go(driver, ("Who may call", "2", ENTER), ("What is the OIDC discovery URL", "https://idp.example.com", ENTER))
    driver.wait("gateway.discovery_url has the wrong form")
    driver.press(CLEAR_LINE, DISCOVERY, ENTER)
    go(driver, ("Which client ids", "[web", ENTER))
    driver.wait("opens with [ and is not a list")
    driver.press(CLEAR_LINE, "sk-proj-" + "a1B2" * 10, ENTER)
    driver.wait("secret", until=lambda: "a1B2" not in driver.text)
    driver.press("web, mobile", ENTER)
    go(driver, FRAMEWORK)
    driver.wait("What now", READY)
    answers = read(tmp_path / "answers.yaml").data
    assert answers["gateway"]["allowed_clients"] == ["web", "mobile"]
    assert "a1B2" not in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_number_that_is_none_and_an_assumed_answer_that_is_changed(start: Any, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(_answers("A"), encoding="utf-8")
    driver = start(rows=50)
    driver.wait("? What now", READY)
    driver.press(_digit(driver, "Change an answer"), ENTER)
    driver.wait("? Which answer", "How many tools does it add?", READY)
    rows = [line for line in driver.lines if re.search(r"\((answered|read|assumed|open)\)$", line)]
    driver.press(*[DOWN] * next(n for n, line in enumerate(rows) if "How many tools" in line), ENTER)
    go(driver, ("How many tools", "many", ENTER))
    driver.wait("tool_count has the wrong type", "a whole number")
    driver.press(CLEAR_LINE, "25", ENTER)
    driver.wait("? What now", READY)
    driver.press(ENTER)
    assert driver.end() == 0
    assert plan_of(tmp_path)["semantic_search"] == {"total_tools": 25, "recommended": True}


def _answers(name: str) -> str:
    from agentcore_connect.answers import store

    return store.dump(ROUTES[name].document())


def _digit(driver: Driver, label: str) -> str:
    """The key of an option that is on the screen."""
    found = re.search(rf"(\d) {label}", driver.text)
    assert found, driver.text
    return found[1]


def test_a_path_is_completed(start: Any, tmp_path: Path) -> None:
    (tmp_path / "specifications").mkdir()
    (tmp_path / "specifications" / "pets.json").write_text(OPENAPI, encoding="utf-8")
    driver = start("openapi")
    go(driver, ("Where is the API's", "spec\t"))
    driver.wait("❯ specifications/")
    driver.press("p\t")
    driver.wait("❯ specifications/pets.json")
    driver.press(ENTER)
    go(driver, ("How does the service", ENTER))
    driver.wait("? Who may call", READY)
    answers = read(tmp_path / "answers.yaml").data
    assert answers["connections"][0]["schema"] == "specifications/pets.json"


def test_sixty_columns(start: Any, tmp_path: Path) -> None:
    driver = start("mcp", columns=60)
    for text, *keys in WAYS["A"][1]:
        driver.wait(f"? {text}", READY)
        assert "so far:" in driver.text
        driver.press(*keys)
    driver.wait("? What now", READY)
    shown = driver.history
    command = "agentcore add gateway-target --gateway AgentGateway --name example --type mcp-server --endpoint " + MCP
    assert command in shown.replace("\n", ""), "a command is wrapped by the terminal only"
    driver.press(ENTER)
    assert driver.end() == 0


def test_without_colour(start: Any) -> None:
    driver = start("mcp", environment={"NO_COLOR": "1"})
    go(driver, *WAYS["A"][1])
    driver.wait("? What now", READY)
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-7]|4[0-7]|38|48|9[0-7])[0-9;]*m", driver.raw)


def test_with_ascii_alone(start: Any) -> None:
    driver = start("mcp", environment={"LC_ALL": "C"})
    go(driver, *WAYS["A"][1])
    driver.wait("? What now", READY)
    assert driver.raw.isascii()
    assert "|youragent|" in driver.history.replace(" ", "")


@pytest.mark.parametrize(
    ("words", "environment", "says"),
    [(["--plain"], {}, None), ([], {"TERM": "dumb"}, "This terminal cannot move its cursor (TERM=dumb)")],
)
def test_line_by_line(
    words: list[str], environment: dict[str, str], says: str | None, start: Any, tmp_path: Path
) -> None:
    driver = start("mcp", *words, environment=environment, rows=90)
    driver.wait("What is its address?", "Ctrl-C leaves, answers are kept.")
    assert says is None or says in driver.text
    driver.press("http://x\r")
    driver.wait("Not taken: endpoint is a URL that begins with http")
    driver.press(f"{MCP}\r")
    driver.wait("1. Not at all", "7. Not possible here: The caller's own AWS identity. Because:")
    driver.press("7\r")
    driver.wait("Not taken: CALLER_IAM_CREDENTIALS")
    driver.press("?\r")
    driver.wait("Why it is asked", "What each choice leads to")
    driver.press("<\r")
    driver.wait(f"Enter takes {MCP}")
    driver.press("\r")
    driver.wait("So far: path A, target mcp-server")
    driver.press("oauth-client-credentials\r")
    driver.wait("What is the OIDC discovery URL")
    driver.press(f"{DISCOVERY}\r")
    driver.wait("What is the client id?")
    driver.press("me\r")
    driver.wait("Who may call the gateway?", "(Enter takes this)")
    driver.press("\r")
    driver.wait("What is the agent written with?")
    driver.press("1\r")
    driver.wait("What now?", "1. Write the plan (Enter takes this)")
    driver.press("\r")
    assert driver.end() == 0
    assert "\x1b" not in driver.raw, "no cursor is moved and nothing is coloured"
    assert plan_of(tmp_path)["connections"][0]["grant"] == "client-credentials"


def test_line_by_line_is_left_and_taken_up(start: Any) -> None:
    driver = start("mcp", "--plain")
    driver.wait("What is its address?")
    driver.press(CTRL_C)
    assert driver.end() == 130
    assert "agentcore-connect -a answers.yaml --plain" in driver.text


def test_the_reason_is_a_key_away(start: Any) -> None:
    driver = start("mcp")
    go(driver, ("What is its address", F1))
    driver.wait("Why it is asked", "Where this is known from", "Esc returns")
    driver.press(ESC)
    go(driver, ("What is its address", MCP, ENTER), ("How does the service", "?"))
    driver.wait("What each choice leads to", "lines 1-")
    driver.press(DOWN, DOWN, "q")
    driver.wait("? How does the service", READY)


def test_an_unrelated_file_is_left_alone(start: Any, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("questions: [a, b]\n", encoding="utf-8")
    driver = start("mcp")
    assert driver.end() == 2
    said = driver.text.replace("\n", "")
    assert "the file was left unchanged" in said
    assert "agentcore-connect -a OTHER.yaml" in said


def test_no_terminal_names_the_other_doors_and_loads_no_prompt(tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys; from agentcore_connect.__main__ import main; status = main(['mcp']); "
        "print([m for m in ('questionary', 'prompt_toolkit', 'rich') if m in sys.modules], status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SKILL), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[] 2\n"
    assert "next mcp -a answers.yaml" in done.stderr
    assert not list(tmp_path.iterdir())
