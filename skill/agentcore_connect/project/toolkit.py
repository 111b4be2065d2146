"""The configuration of the Python starter toolkit (`.bedrock_agentcore.yaml`): which agents it names."""

from __future__ import annotations

from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.source import read_text
from agentcore_connect.text import document


@dataclass(frozen=True, slots=True)
class ToolkitAgent:
    """One agent of the toolkit's file: its name, its entry point, its Region."""

    name: str
    entrypoint: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Toolkit:
    """The toolkit's file: its name, its agents; `problem` where it cannot be read."""

    shown: str
    agents: tuple[ToolkitAgent, ...] = ()
    problem: str | None = None


def read_toolkit(root: Path) -> Toolkit | None:
    """The toolkit's configuration in a folder or the nearest one above it; None where there is none."""
    name = load("project-format")["format"]["toolkit_config"]
    path = next((found for one in (root, *root.parents) if (found := one / name).is_file()), None)
    if path is None:
        return None
    try:
        data = document.parse(read_text(path, shown=name), path=name).data
    except ConnectError as error:
        return Toolkit(name, problem=error.message)
    agents = data.get("agents") if isinstance(data, dict) else None
    found = agents.items() if isinstance(agents, dict) else ()
    return Toolkit(name, tuple(_agent(str(key), one) for key, one in found if isinstance(one, dict)))


def _agent(name: str, one: JsonObject) -> ToolkitAgent:
    aws = one.get("aws")
    region = aws.get("region") if isinstance(aws, dict) else None
    return ToolkitAgent(name, _text(one.get("entrypoint")), _text(region))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
