"""Build hook: puts a JSON file beside every data file of the wheel, so that the installed program parses no YAML."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles `knowledge/*.yaml` and `renderers/*/manifest.yaml` with the program's own reader."""

    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled files to the wheel. Errors: ConnectError with file and line stops the build."""
        if version == "editable":
            return  # an editable install reads the checkout
        root = Path(self.root)
        sys.path.insert(0, str(root / "skill"))
        try:
            from agentcore_connect.knowledge.resources import compile_yaml

            self._scratch = tempfile.TemporaryDirectory()
            found = sorted([*root.glob("knowledge/*.yaml"), *root.glob("renderers/*/manifest.yaml")])
            for number, source in enumerate(found):
                compiled = Path(self._scratch.name) / f"{number}.json"
                compiled.write_text(compile_yaml(source), "utf-8")
                inside = source.relative_to(root).with_suffix(".json").as_posix()
                build_data["force_include"][str(compiled)] = f"agentcore_connect/_data/{inside}"
        finally:
            sys.path.remove(str(root / "skill"))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the scratch folder."""
        if self._scratch is not None:
            self._scratch.cleanup()
