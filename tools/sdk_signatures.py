"""The signatures of what the generated Python clients call, as an environment has them.

The names are those that the templates import from packages; of a class, its constructor and the methods that a template
calls by name. `tools/sdk_signatures.json` records them with the versions they were read from; tools/drift.py compares.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "tools" / "sdk_signatures.json"
_SECONDS = 300
_IMPORT = re.compile(r'"([a-z_][\w.]*):([A-Za-z_]\w*)"')
_CALLED = re.compile(r"\.([a-z]\w+)\(")
#: Runs in the environment: module:name pairs and method names in, signatures out; what cannot be imported is null.
_PROBE = """
import importlib, importlib.metadata as metadata, inspect, json, sys
asked = json.load(sys.stdin)
def told(thing):
    try:
        parameters = inspect.signature(thing).parameters.values()
        marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
        return ", ".join(
            marks.get(one.kind, "") + one.name + ("" if one.default is one.empty else "=") for one in parameters
        )
    except (TypeError, ValueError):
        return None
found = {}
for module, name in asked["names"]:
    try:
        thing = getattr(importlib.import_module(module), name)
    except Exception:
        continue
    found[f"{module}:{name}"] = told(thing)
    if inspect.isclass(thing):
        for method in asked["methods"]:
            own = getattr(thing, method, None)
            home = (getattr(own, "__module__", None) or "builtins").split(".")[0]
            if inspect.isroutine(own) and home == module.split(".")[0]:
                found[f"{module}:{name}.{method}"] = told(own)
packages = metadata.packages_distributions()
names = {one.split(":")[0].split(".")[0] for one in found}
versions = {dist: metadata.version(dist) for name in names for dist in packages.get(name, ())}
json.dump({"versions": versions, "signatures": found}, sys.stdout)
"""

#: Signatures by `module:name`, or `module:name.method`; None where Python cannot tell one.
Signatures: TypeAlias = Mapping[str, str | None]


def names() -> list[tuple[str, str]]:
    """Every name that a template imports from a package: its module and itself."""
    found: dict[tuple[str, str], None] = {}
    for text in _templates():
        for module, name in _IMPORT.findall(text):
            if module.partition(".")[0] not in sys.stdlib_module_names:
                found[module, name] = None
    return sorted(found)


def methods() -> list[str]:
    """Every method name that a template calls."""
    return sorted({name for text in _templates() for name in _CALLED.findall(text)})


def read(python: Path) -> tuple[dict[str, str], Signatures]:
    """The versions and the signatures of an environment. Errors: OSError, ValueError when its Python cannot be used."""
    asked = json.dumps({"names": names(), "methods": methods()})
    ran = subprocess.run(
        [str(python), "-I", "-W", "ignore", "-c", _PROBE],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        start_new_session=True,  # a package that looks for a terminal finds none, and does not stop this one
    )
    if ran.returncode:
        raise ValueError(f"{python}: {ran.stderr.strip().splitlines()[-1:] or 'it said nothing'}")
    made = json.loads(ran.stdout)
    return dict(sorted(made["versions"].items())), dict(sorted(made["signatures"].items()))


def differences(was: Signatures, now: Signatures) -> Iterator[tuple[str, str]]:
    """What changed: the name, and how in words. A name that is in neither environment is no difference."""
    for name in sorted(was.keys() | now.keys()):
        if name not in now:
            yield name, "it is gone"
        elif name not in was:
            yield name, f"it is new: ({now[name]})"
        elif was[name] != now[name]:
            yield name, f"it was ({was[name]}), it is ({now[name]})"


def _templates() -> Iterator[str]:
    for path in sorted((ROOT / "renderers").rglob("*.j2")):
        if "typescript" not in str(path):
            yield path.read_text("utf-8")
