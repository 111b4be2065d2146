"""Prints which shapes of an agent get their tools by a patch, for each framework, and what is refused for which reason.

    python tools/agent_edits.py            the tables
    python tools/agent_edits.py --write    put them into docs/agent-edits.md

The agents are those of tests/agent_edits. Each patch is made as a plan makes it and applied with git; what comes out is
compiled. That it runs is shown by `pytest tests/agent_edits/test_run.py`, in the environments of the frameworks.
"""

from __future__ import annotations

import ast
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "agent-edits.md"
START, END = "<!-- tables -->\n", "<!-- end of tables -->\n"
sys.path[:0] = [str(ROOT)]

from tests.agent_edits.code import FRAMEWORKS, SHAPES, agent_code  # noqa: E402
from tests.agent_edits.patched import CODE, apply, planned, project  # noqa: E402
from tests.agent_edits.refused import REFUSED  # noqa: E402


def outcome(text: str | bytes, framework: str) -> str:
    """What becomes of an agent: `applied`, or the reason why it is not edited."""
    with tempfile.TemporaryDirectory() as place:
        root = project(Path(place) / "Shop", {"main.py": text, "requirements.txt": "bedrock-agentcore\n"})
        plan, files = planned(root, framework)
        edit = plan.context["agent_edit"]
        if edit["state"] != "patch":
            return str(edit["reason"])
        apply(files["agent.patch"], root)
        ast.parse((root / CODE / "main.py").read_text(encoding="utf-8"))
        return "applied"


def tables() -> str:
    """Both tables as Markdown."""
    lines = [f"| shape | {' | '.join(FRAMEWORKS)} |", f"|---|{'---|' * len(FRAMEWORKS)}"]
    for shape in SHAPES:
        found = [outcome(agent_code(framework, shape), framework) for framework in FRAMEWORKS]
        lines.append(f"| {shape} | {' | '.join('applied' if one == 'applied' else 'by hand' for one in found)} |")
    lines += ["", "| what is not certain | reason in the plan |", "|---|---|"]
    for name, (text, framework, _) in REFUSED.items():
        reason = outcome(text, framework).replace("|", "\\|")
        lines.append(f"| {name} | {reason} |")
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Print the tables, or write them into the page."""
    if argv != ["--write"]:
        print(tables(), end="")
        return 0
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    PAGE.write_text(before + START + tables() + END + rest.partition(END)[2], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
