"""How much the wizard asks for the commonest case; docs/wizard.md tells these numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import wizard_counts

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("gateway", "screens", "keys"), [(False, 4, 4), (True, 3, 3)])
def test_a_public_mcp_server_in_a_project(gateway: bool, screens: int, keys: int, tmp_path: Path) -> None:
    count = wizard_counts.ours(wizard_counts.project(tmp_path / "Shop", gateway=gateway))
    assert (count.screens, count.keys) == (screens, keys)
    where = "the project has a gateway" if gateway else "the project has no gateway yet"
    row = next(line for line in (ROOT / "docs" / "wizard.md").read_text(encoding="utf-8").splitlines() if where in line)
    assert f"{screens} screens, {keys} keys" in row
