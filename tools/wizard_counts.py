"""Counts questions and key presses from a wizard's command to its result, for a public MCP server in a project.

    python tools/wizard_counts.py                                   ours
    python tools/wizard_counts.py --agentcore "agentcore"           ours, and the wizard of the AgentCore CLI 0.30

Both are driven in a pseudo-terminal, in a project with an agent: once without a gateway, once with one. Every default is
taken; the server takes calls without signing in. Counted are the screens that wait for a person, and the keys pressed
on them without the letters of the server's address, which are the same for both.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "wizard"))

from terminal_driver import DOWN, ENTER, Driver, wizard  # noqa: E402 - from the tests' folder

MCP = "https://mcp.example.com/mcp"
READY = "Ctrl-C leave"
#: (what the screen shows, the keys pressed on it); the address is typed apart
Step = tuple[str, list[str]]
OURS = {
    "What is its address": [MCP, ENTER],
    "How does the service authenticate callers": [ENTER],
    "Who may call the gateway": [ENTER],
    "What now": [ENTER],
}
GATEWAY: list[Step] = [
    ("Gateway - Route and manage gateway targets", [*[DOWN] * 8, ENTER]),
    ("Enter submit", [ENTER]),
    ("Select authorizer type", [ENTER]),
    ("Advanced Configuration", [ENTER]),
    ("Review Configuration", [ENTER]),
]
TARGET: list[Step] = [
    ("Enter submit", [ENTER]),
    ("Select target type", [ENTER]),
    ("MCP server endpoint URL", [MCP, ENTER]),
    ("Select gateway", [ENTER]),
    ("Select outbound authentication", [DOWN, ENTER]),
    ("Review Configuration", [ENTER]),
]


@dataclass(frozen=True)
class Count:
    """Screens that waited for a person, and the keys that were pressed on them."""

    screens: int
    keys: int

    def __add__(self, other: Count) -> Count:
        return Count(self.screens + other.screens, self.keys + other.keys)


def project(folder: Path, *, gateway: bool) -> Path:
    """A project as `agentcore create` leaves it, with one agent, and a gateway or none."""
    (folder / "agentcore").mkdir(parents=True)
    (folder / "app" / "Shop").mkdir(parents=True)
    (folder / "app" / "Shop" / "main.py").write_text("from strands import Agent\n", encoding="utf-8")
    runtime = {"name": "Shop", "build": "CodeZip", "entrypoint": "main.py", "codeLocation": "app/Shop/"}
    runtime |= {"runtimeVersion": "PYTHON_3_13", "networkMode": "PUBLIC", "protocol": "HTTP"}
    own = {"name": "my-gateway", "protocolType": "MCP", "authorizerType": "AWS_IAM", "targets": []}
    data = {
        "name": "Shop",
        "version": 1,
        "managedBy": "CDK",
        "runtimes": [runtime],
        "credentials": [],
        "memories": [],
        "evaluators": [],
        "onlineEvalConfigs": [],
        "policyEngines": [],
        "agentCoreGateways": [own] if gateway else [],
    }
    (folder / "agentcore" / "agentcore.json").write_text(json.dumps(data, indent=2), encoding="utf-8")
    (folder / "agentcore" / "aws-targets.json").write_text("[]", encoding="utf-8")
    return folder


def ours(folder: Path) -> Count:
    """Our wizard, answered as its questions come, until the plan is written."""
    driver = wizard(["mcp"], folder)
    screens = 0
    waiting = dict(OURS)
    while waiting:
        driver.wait(READY, until=lambda: any(f"? {text}" in driver.text for text in waiting))
        text = next(text for text in waiting if f"? {text}" in driver.text)
        driver.press(*waiting.pop(text))
        screens += 1
        if text == "What now":
            break
    if driver.end() != 0 or not (folder / "connect" / "plan.json").is_file():
        raise SystemExit(f"our wizard did not write a plan:\n{driver.text}")
    return Count(screens, driver.keys - len(MCP))


def theirs(agentcore: list[str], words: list[str], steps: list[Step], folder: Path, *, done: str) -> Count:
    """The other wizard, through the screens that it shows."""
    environment = {"AGENTCORE_TELEMETRY_DISABLED": "1", "HOME": str(folder)}
    driver = Driver([*agentcore, *words], folder, columns=100, rows=40, environment=environment)
    for text, keys in steps:
        driver.wait(text)
        for key in keys:
            before = driver.text
            driver.press(key)
            driver.wait(until=lambda seen=before: driver.text != seen)  # type: ignore[misc]
    file = folder / "agentcore" / "agentcore.json"
    driver.wait(until=lambda: done in file.read_text(encoding="utf-8"))
    driver.close()
    return Count(len(steps), driver.keys - (len(MCP) if any(MCP in keys for _, keys in steps) else 0))


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agentcore", metavar="COMMAND", help="how the AgentCore CLI 0.30 is started")
    command = parser.parse_args().agentcore
    rows = []
    for gateway in (False, True):
        where = "a project with a gateway" if gateway else "a project without a gateway"
        with tempfile.TemporaryDirectory() as folder:
            rows.append((where, "agentcore-connect mcp", ours(project(Path(folder) / "Shop", gateway=gateway))))
        if command is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            root = project(Path(folder) / "Shop", gateway=gateway)
            argv = shlex.split(command)
            count = Count(0, 0)
            if not gateway:
                count += theirs(argv, ["add"], GATEWAY, root, done="my-gateway")
            count += theirs(argv, ["add", "gateway-target"], TARGET, root, done=MCP)
            rows.append((where, "agentcore add", count))
    for where, what, count in rows:
        sys.stdout.write(f"{where:28}  {what:22}  {count.screens:2} screens  {count.keys:2} keys\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
