"""Writes what is derived from `knowledge/`, `SKILL.md` and `pyproject.toml`: references, pointers, pins, versions.

    python tools/references.py            write what has changed
    python tools/references.py --check    write nothing; say what is not current

The one version is that of `pyproject.toml`; the one description is that of `SKILL.md`.
Exit: 0 current (now), 1 something is not current (--check), 2 SKILL.md or the knowledge is damaged.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "skill"))

from agentcore_connect.core.errors import ConnectError, raise_all  # noqa: E402 - the checkout's own program
from agentcore_connect.skill import frontmatter, references  # noqa: E402

MANIFESTS = (
    ".claude-plugin/plugin.json",
    ".claude-plugin/marketplace.json",
    ".agents/plugins/marketplace.json",
    ".codex-plugin/plugin.json",
    ".cursor-plugin/plugin.json",
    "gemini-extension.json",
)
_POINTER = """\
---
name: connect
description: {description}
license: Apache-2.0
---

# connect

This file only leads the way, for hosts that look for skills in a folder of their own. The skill is `SKILL.md` at the top
of this plugin, three folders above this one: `../../../SKILL.md`. Read it now and follow it; where it speaks of the
skill's folder, that top folder is meant.
"""
_CONTEXT = """\
# agentcore-connect

{description}

When that is the case, read `SKILL.md`, one folder above this file, and follow it; otherwise take no notice of this.
"""
_REQUIREMENTS = "# What skill/run installs{what}; made from pyproject.toml by `python tools/references.py`.\n"


def derived() -> dict[str, str]:
    """Every derived file by its name from the top. Errors: ConnectError."""
    skill = frontmatter.read(ROOT / "SKILL.md")
    raise_all(frontmatter.problems(ROOT / "SKILL.md", folder=str(skill.matter.data.get("name"))))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version, description = project["version"], skill.matter.data["description"]
    quoted = json.dumps(description, ensure_ascii=False)
    files = {f"skill/references/{name}": text for name, text in references.references().items()}
    files["SKILL.md"] = re.sub(
        r'^(  version: )".*"$', rf'\g<1>"{version}"', (ROOT / "SKILL.md").read_text("utf-8"), count=1, flags=re.M
    )
    files[".agents/skills/connect/SKILL.md"] = _POINTER.format(description=quoted)
    files["skill/extension.md"] = _CONTEXT.format(description=description)
    files |= dict(_requirements(project))
    files |= {name: _manifest(name, version) for name in MANIFESTS}
    return files


def _requirements(project: dict[str, Any]) -> Iterator[tuple[str, str]]:
    extra = project["optional-dependencies"]
    for name, what, wanted in (
        ("requirements", "", [*project["dependencies"], *extra["specs"]]),
        ("requirements-serve", " for `serve` as well", extra["serve"]),
    ):
        yield f"skill/{name}.txt", _REQUIREMENTS.format(what=what) + "".join(f"{one}\n" for one in sorted(wanted))


def _manifest(name: str, version: str) -> str:
    data = json.loads((ROOT / name).read_text("utf-8"))
    for holder in (data, data.get("metadata", {}), *data.get("plugins", ())):
        if "version" in holder:
            holder["version"] = version
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def stale(files: dict[str, str]) -> list[str]:
    """The files that differ from what they should hold, and references that nothing makes any more."""
    differ = [name for name, text in files.items() if not _is(ROOT / name, text)]
    made = (ROOT / "skill" / "references").glob("*")
    return differ + [name for path in made if (name := path.relative_to(ROOT).as_posix()) not in files]


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def main(argv: list[str]) -> int:
    """Write, or check; see the top of the file."""
    try:
        files = derived()
    except ConnectError as error:
        print(error, file=sys.stderr)
        return 2
    changed = stale(files)
    if argv == ["--check"]:
        print("\n".join(f"not current: {name}" for name in changed) or f"{len(files)} files are current")
        return 1 if changed else 0
    for name in changed:
        path = ROOT / name
        if name not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name], encoding="utf-8")
    print("\n".join(f"written: {name}" for name in changed) or f"{len(files)} files were current")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
