"""Checks a TypeScript gateway client: its constants against the plan, and a run by Node.js."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify import clients, facts
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.stand_ins import gateway
from agentcore_connect.verify.written import Written

_CONSTANT: Final = re.compile(r'^(?:export )?const ([A-Z][A-Z_]*)(?:: [^=]+)? = ("(?:[^"\\]|\\.)*"|\[.*\]);$', re.M)
_LOADER: Final = "tsx"
_MODULES: Final = "node_modules"


def check_typescript(written: Written, name: str, manifest: Entry, sandbox: Sandbox) -> Iterator[Result]:
    """Compare the constants with the plan's, then run the client unless it was changed.

    In: the file's name, the manifest of its renderer, the place to run it in.
    """
    text = written.text(name)
    cure = "make the change in the answers and write the plan anew, so that both stay in step"
    changed = facts.changed_constants(text, written.files.get(name, text), name, _constants)
    yield judged(name, "facts-as-planned", OWN, changed, cure=cure)
    if written.runs(name):
        yield from _run(written, name, manifest, sandbox)


def _constants(text: str) -> dict[str, tuple[int, object]]:
    """Yield the module's constants that hold words, with their lines; prose may change."""
    found: dict[str, tuple[int, object]] = {}
    for match in _CONSTANT.finditer(text):
        try:
            value = json.loads(match[2])
        except ValueError:
            continue
        words = value if isinstance(value, list) else [value]
        if all(isinstance(one, str) and not any(map(str.isspace, one)) for one in words):
            found[match[1]] = (text.count("\n", 0, match.start()) + 1, value)
    return found


def _run(written: Written, name: str, manifest: Entry, sandbox: Sandbox) -> Iterator[Result]:
    """Run the client without a gateway, then with one; check its output and that it shows no token."""
    needed = [_LOADER, *_packages(written, manifest)]
    folder = next((one for one in _package_folders(written) if all((one / each).is_dir() for each in needed)), None)
    if folder is None:
        why = f"its packages ({', '.join(needed)}) are not installed together in a {_MODULES} folder that may be used"
        cure = (
            f"npm install {' '.join(needed)} in the agent's folder, and run check with NODE_PATH naming its {_MODULES}"
        )
        yield Result(name, clients.CHECK, "not-run", "Node.js", why, next=cure)
        return
    settings = written.fresh.context["gateway"]
    variable = f"AGENTCORE_GATEWAY_{settings['env']}"
    token = gateway.TOKEN.format(number=0)
    _lay_out(sandbox.root / "connect", folder)
    with gateway.Gateway(settings["inbound_auth"]) as served:
        variables = {**gateway.ENVIRONMENT, f"{variable}_TOKEN": token}
        runs = [_node(sandbox, name, variables), _node(sandbox, name, {**variables, f"{variable}_URL": served.url})]
        refused = list(dict.fromkeys(served.refused))
    ended = [clients.Ended(ran.exit_code, ran.stdout, ran.stderr) for ran in runs]
    by, command = "Node.js, the gateway stood in for", f"npx tsx {name}"
    yield from clients.judge_runs(name, by, ended, refused, sandbox, variable=f"{variable}_URL", command=command)


def _packages(written: Written, manifest: Entry) -> list[str]:
    """Return the packages in the manifest, without ranges."""
    inbound = written.fresh.context["gateway"]["inbound_auth"]
    requires = manifest["requires"]
    return [one.rpartition("@")[0] for one in (*requires["always"], *requires[inbound])]


def _package_folders(written: Written) -> Iterator[Path]:
    """Yield the package folders: NODE_PATH, and the project's if the run is confined."""
    yield from (Path(one) for one in os.environ.get("NODE_PATH", "").split(os.pathsep) if one)
    project = written.gathered.project
    if project is not None and written.runs_project:
        yield from (project.root / _MODULES, *sorted((project.root / "app").glob(f"*/{_MODULES}")))


def _lay_out(connect: Path, folder: Path) -> None:
    """Place the packages beside the file as for an ES module, like the CLI's TypeScript templates."""
    link = connect / _MODULES
    link.unlink(missing_ok=True)
    link.symlink_to(folder.resolve(), target_is_directory=True)
    (connect / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")


def _node(sandbox: Sandbox, name: str, variables: dict[str, str]) -> Ran:
    given = [f"{key}={value}" for key, value in variables.items()]
    return sandbox.run(["env", *given, "node", "--import", _LOADER, name], cwd=sandbox.root / "connect")
