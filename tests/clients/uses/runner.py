"""Runs inside the environment of a framework: uses the client as an agent's author would, and prints what came of it.

Arguments: the framework, and a task as JSON: `steps` are (tool, text) to be called one after the other within one run
of the agent, `query` searches for tools first, `limit` is how long an answer may take.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from pathlib import Path


def main(framework: str, task: str) -> None:
    """Print one line of JSON: the names of the tools that were bound, and what each step gave."""
    asked = json.loads(task)
    sys.path.insert(0, str(Path(__file__).parent))
    import gateway_client

    gateway_client.ANSWER_TIMEOUT = asked["limit"]
    use = importlib.import_module(framework.replace("-", "_") + "_agent")
    names, outcomes = asyncio.run(use.run(gateway_client, asked["steps"], asked["query"]))
    print()  # a framework may leave a line unfinished
    print(json.dumps({"names": names, "outcomes": outcomes}))


if __name__ == "__main__":
    main(*sys.argv[1:])
