"""The scopes that a document's operations require become the connection's; those it only declares do not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.specs.openapi import answers_from_openapi, read_openapi
from tests.specs.openapi_cases import CLEAN

OAUTH = {
    "type": "oauth2",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "https://login.example.com/oauth2/token",
            "scopes": {"crm.read": "read", "crm.write": "write", "crm.admin": "all"},
        }
    },
}


def answers(tmp_path: Path, *security: list[dict[str, list[str]]], whole: Any = None) -> dict[str, Any]:
    document = copy.deepcopy(CLEAN)
    document["components"] = {"securitySchemes": {"oauth": OAUTH}}
    if whole is not None:
        document["security"] = whole
    operations = [one for path in document["paths"].values() for name, one in path.items() if name in ("get", "post")]
    for operation, wanted in zip(operations, security, strict=False):
        operation["security"] = wanted
    (tmp_path / "api.json").write_text(json.dumps(document), encoding="utf-8")
    return answers_from_openapi(read_openapi(tmp_path / "api.json"))


def test_the_scopes_of_the_whole_document(tmp_path: Path) -> None:
    assert answers(tmp_path, whole=[{"oauth": ["crm.read"]}])["oauth.scopes"] == ["crm.read"]


def test_each_operation_adds_its_own_once(tmp_path: Path) -> None:
    found = answers(tmp_path, [{"oauth": ["crm.read", "crm.write"]}], whole=[{"oauth": ["crm.read"]}])
    assert sorted(found["oauth.scopes"]) == ["crm.read", "crm.write"]


@pytest.mark.parametrize("whole", [[{"oauth": []}], None])
def test_declared_scopes_alone_are_not_taken(tmp_path: Path, whole: Any) -> None:
    assert "oauth.scopes" not in answers(tmp_path, whole=whole)
