"""The interceptor's handler, run with the events that a gateway sends: rules change, refuse, and never fail open."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.artifacts.artifact_rendering import render

RULES = """
from interceptor_handler import Refused

def on_request(message, headers):
    if message["method"] == "tools/list":
        return message
    if message["params"]["name"].endswith("___delete"):
        raise Refused(f"{headers.get('X-Team', 'nobody')} may not delete")
    return message, {"X-Tenant": "a"}

def on_response(answer, message, headers):
    if answer is None:
        return None
    return {**answer, "result": "masked"} if message["method"] == "tools/call" else None
"""


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    interceptors = [{"arn": "arn:x", "points": ["request", "response"], "headers": True}]
    text = render("interceptor-handler", {"interceptors": interceptors})
    (tmp_path / "interceptor_handler.py").write_text(text, encoding="utf-8")
    (tmp_path / "interceptor_rules.py").write_text(RULES, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module: ModuleType = importlib.import_module("interceptor_handler")
    yield lambda mcp: module.handler(mcp if "http" in mcp else {"interceptorInputVersion": "1.0", "mcp": mcp}, None)
    for name in ("interceptor_handler", "interceptor_rules"):
        sys.modules.pop(name, None)


def request(method: str = "tools/call", tool: str = "Orders___get", **headers: str) -> dict[str, Any]:
    body = {"jsonrpc": "2.0", "id": 3, "method": method, "params": {"name": tool}}
    return {"gatewayRequest": {"path": "/mcp", "httpMethod": "POST", "body": body, "headers": headers}}


def response(answer: Any, method: str = "tools/call") -> dict[str, Any]:
    return {**request(method), "gatewayResponse": {"statusCode": 202, "body": answer}}


def test_a_message_is_passed_on_with_what_a_rule_adds(handler: Any) -> None:
    asked = request()
    body = asked["gatewayRequest"]["body"]
    changed = {"transformedGatewayRequest": {"body": body, "headers": {"X-Tenant": "a"}}}
    assert handler(asked) == {"interceptorOutputVersion": "1.0", "mcp": changed}
    listed = request("tools/list")
    assert handler(listed)["mcp"] == {"transformedGatewayRequest": {"body": listed["gatewayRequest"]["body"]}}


@pytest.mark.parametrize(("headers", "who"), [({}, "nobody"), ({"X-Team": "sales"}, "sales")])
def test_a_refused_call_is_answered_at_once_and_in_the_protocols_form(
    handler: Any, headers: dict[str, str], who: str
) -> None:
    answer = handler(request(tool="Orders___delete", **headers))["mcp"]
    error = {"code": -32000, "message": f"{who} may not delete"}
    body = {"jsonrpc": "2.0", "id": 3, "error": error}
    assert answer == {"transformedGatewayResponse": {"statusCode": 200, "body": body}}


def test_an_answer_keeps_its_status(handler: Any) -> None:
    answer = handler(response({"jsonrpc": "2.0", "id": 3, "result": "secret"}))["mcp"]["transformedGatewayResponse"]
    assert answer == {"statusCode": 202, "body": {"jsonrpc": "2.0", "id": 3, "result": "masked"}}
    assert handler(response(None))["mcp"]["transformedGatewayResponse"] == {"statusCode": 202, "body": None}


def test_nothing_passes_by_mistake(handler: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="returned nothing"):
        handler(response({"jsonrpc": "2.0", "id": 3, "result": {}}, "tools/list"))
    with pytest.raises(ValueError, match="HTTP targets"):
        handler({"http": {}})
    with pytest.raises(KeyError):
        handler({"gatewayRequest": {"body": {"no": "method"}}})
    sys.modules.pop("interceptor_rules")
    (tmp_path / "interceptor_rules.py").write_text("", encoding="utf-8")
    importlib.invalidate_caches()
    with pytest.raises(NotImplementedError, match="on_request"):
        handler(request())
