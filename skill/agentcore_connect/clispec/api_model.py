"""botocore's service models as they lie on disk: read without importing botocore, of this interpreter or another."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.knowledge.resources import Entry

_KEPT: Final = ("required", "enum", "pattern", "min", "max")


def here() -> Path | None:
    """The folder of the botocore that this interpreter would import; None when it has none."""
    spec = importlib.util.find_spec("botocore")
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def version_of(botocore: Path) -> str | None:
    """The version of a botocore folder, read from its text."""
    try:
        found = re.search(
            r"^__version__\s*=\s*['\"]([^'\"]+)", (botocore / "__init__.py").read_text("utf-8"), re.MULTILINE
        )
    except (OSError, UnicodeDecodeError):
        return None
    return found[1] if found else None


def read(botocore: Path, service: str) -> Entry:
    """The newest model of a service in a botocore folder.

    Errors: ConnectError `api-model` when there is none (a botocore older than the service) or it cannot be read.
    """
    hint = "update it: pip install --upgrade boto3"
    for folder in sorted((botocore / "data" / service).glob("*"), reverse=True):
        for name, opened in (("service-2.json.gz", gzip.open), ("service-2.json", open)):
            try:
                with opened(folder / name, "rt", encoding="utf-8") as stream:
                    model: Entry = json.load(stream)
            except FileNotFoundError:
                continue
            except (OSError, EOFError, ValueError) as error:
                raise ConnectError(
                    "api-model", f"the model of {service} cannot be read: {error}", where=str(folder / name), hint=hint
                ) from None
            return model
    raise ConnectError(
        "api-model", f"botocore {version_of(botocore) or ''} does not know the service {service}", hint=hint
    )


def describe(model: Entry, operations: Iterable[str]) -> Entry:
    """Return the operations' shapes and every shape that they contain.

    Operations that the model does not have are left out. Out: {"operations": {name: {input, output}}, "shapes":
    {name: {type, required, members, ...}}}.
    """
    shapes: Entry = model["shapes"]
    described: dict[str, dict[str, str]] = {}
    waiting: list[str] = []
    for name in operations:
        about = model["operations"].get(name)
        if about is not None:
            described[name] = {side: about[side]["shape"] for side in ("input", "output") if side in about}
            waiting += described[name].values()
    found: dict[str, Json] = {}
    while waiting:
        shape = waiting.pop()
        if shape not in found:
            found[shape] = _shape(shapes[shape])
            waiting += _below(shapes[shape])
    return {"operations": described, "shapes": dict(sorted(found.items()))}


def _shape(raw: Entry) -> dict[str, Json]:
    shape: dict[str, Json] = {"type": raw["type"]}
    if raw.get("union"):
        shape["union"] = True
    shape |= {key: raw[key] for key in _KEPT if raw.get(key) is not None and raw[key] != []}
    if "members" in raw:
        shape["members"] = {name: one["shape"] for name, one in raw["members"].items()}
    for key, part in (("member", "of"), ("key", "keys"), ("value", "values")):
        if key in raw:
            shape[part] = raw[key]["shape"]
    return shape


def _below(raw: Entry) -> list[str]:
    inner = [*raw.get("members", {}).values(), *(raw[key] for key in ("member", "key", "value") if key in raw)]
    return [one["shape"] for one in inner]
