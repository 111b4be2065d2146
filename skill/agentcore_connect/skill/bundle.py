"""The files of the installed skill: instructions, references, runner, program and knowledge.

A checkout and a wheel give the same files, so an installed copy needs neither: it carries the program as a wheel does,
with the knowledge compiled, and its runner fetches only the libraries that the program stands on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.knowledge import resources

PACKAGE = Path(resources.__file__).resolve().parents[1]
RUNNER = "skill/run"
_TOP = ("SKILL.md", "LICENSE", RUNNER, "skill/requirements.txt", "skill/requirements-serve.txt")
_EXECUTABLE, _PLAIN = 0o755, 0o644

#: What is written: name relative to the skill's folder, with "/" -> content and mode.
Files = dict[str, tuple[bytes | str, int]]


def top() -> Path:
    """Return the folder with SKILL.md, in the checkout or in the wheel."""
    packaged = PACKAGE / "_data" / "skill"
    return packaged if packaged.is_dir() else PACKAGE.parents[1]


def is_checkout() -> bool:
    """Return whether the skill is a folder in a checkout, which a link can point to."""
    return top() == PACKAGE.parents[1]


def bundle() -> Files:
    """Return every file of the installed skill.

    Errors: ConnectError `incomplete-skill` when a part of this program is missing.
    """
    files: Files = {name: (_read(top() / name), _EXECUTABLE if name == RUNNER else _PLAIN) for name in _TOP}
    references = sorted((top() / "skill" / "references").glob("*.md"))
    files |= {f"skill/references/{path.name}": (_read(path), _PLAIN) for path in references}
    files |= {f"skill/agentcore_connect/{name}": (_read(PACKAGE / name), _PLAIN) for name in _program()}
    files |= {f"skill/agentcore_connect/_data/{name}": (content, _PLAIN) for name, content in _data()}
    return files


def _program() -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE)
        if name.parts[0] != "_data" and "__pycache__" not in name.parts and path.suffix in (".py", ".typed"):
            yield name.as_posix()


def _data() -> Iterator[tuple[str, bytes | str]]:
    """Yield knowledge and renderers, each YAML file with its compiled JSON."""
    for folder in (resources.knowledge_dir(), resources.renderers_dir()):
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name.startswith("."):
                continue
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            yield name, _read(path)
            compiled = path.with_suffix(".json")
            if path.suffix == ".yaml" and not compiled.exists():
                yield name.removesuffix(".yaml") + ".json", resources.compile_yaml(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConnectError(
            "incomplete-skill",
            f"a file of the skill cannot be read: {error.strerror or error}",
            where=str(path),
            hint="install agentcore-connect again, or restore the file in the checkout",
        ) from None
