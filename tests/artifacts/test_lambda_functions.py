"""A Lambda handler of tools that were made from Python functions calls those functions, with their real parameters."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.__main__ import main
from agentcore_connect.answers import load
from agentcore_connect.collect.inputs import gather
from agentcore_connect.plan.build import build
from agentcore_connect.sandbox.scratch import Sandbox
from agentcore_connect.specs.tool_sources import read_tools
from agentcore_connect.text.document import parse
from agentcore_connect.verify.handlers import check_handler
from agentcore_connect.verify.report import Result

ORDERS = '''
"""Our orders."""
from typing import Optional, TypedDict


class Address(TypedDict):
    city: str


def get_order(order_id: str) -> dict:
    """Return one order."""
    return {"order": order_id}


def refund(order_id: str, amount: float, *, reason: str = "none", tags: Optional[list[str]] = None) -> dict:
    """Refund an order."""
    return {"order": order_id, "amount": amount, "reason": reason, "tags": tags}


async def ship(order_id: str, to: Address) -> str:
    """Ship an order."""
    return f"{order_id} to {to['city']}"
'''
ANSWERS = """
version: 1
gateway: {inbound_auth: aws-iam}
agent: {framework: strands}
connections:
  - direction: agent-calls-service
    service: lambda
    name: orders
    lambda_arn: arn:aws:lambda:eu-west-1:123456789012:function:orders
    tools: TOOLS
"""
CALL = """
import json, sys
from types import SimpleNamespace as N
import lambda_handler
asked = json.loads(sys.argv[1])
context = N(client_context=N(custom={"bedrockAgentCoreToolName": "orders___" + asked["tool"]}))
print(json.dumps(lambda_handler.handler(asked["event"], context)))
"""


def planned(folder: Path, tools: str) -> Path:
    (folder / "answers.yaml").write_text(ANSWERS.replace("TOOLS", tools), encoding="utf-8")
    out = folder / "connect"
    assert main(["plan", str(folder / "answers.yaml"), "--out", str(out)]) == 0
    return out


def call(out: Path, code: Path, tool: str, event: dict[str, Any]) -> Any:
    """The answer of the written handler, with the person's own file beside it, as Lambda unpacks them."""
    place = out.parent / "unpacked"
    place.mkdir(exist_ok=True)
    for one in (out / "lambda_handler.py", code):
        (place / one.name).write_bytes(one.read_bytes())
    asked = json.dumps({"tool": tool, "event": event})
    ran = subprocess.run([sys.executable, "-c", CALL, asked], cwd=place, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "order_tools.py"
    path.write_text(ORDERS, encoding="utf-8")
    return path


def test_the_functions_are_called_with_their_own_parameters(orders: Path) -> None:
    out = planned(orders.parent, "order_tools.py:get_order,refund,ship")
    assert call(out, orders, "get_order", {"order_id": "7"}) == {"order": "7"}
    assert call(out, orders, "refund", {"order_id": "7", "amount": 2}) == {
        "order": "7", "amount": 2, "reason": "none", "tags": None,
    }  # fmt: skip
    whole = {"order_id": "7", "amount": 2.5, "reason": "late", "tags": ["a"]}
    assert call(out, orders, "refund", {**whole, "more": 1}) == {"order": "7", **{k: whole[k] for k in list(whole)[1:]}}
    assert call(out, orders, "ship", {"order_id": "7", "to": {"city": "Bern"}}) == "7 to Bern"
    assert call(out, orders, "refund", {"order_id": "7"}) == {"error": "amount is missing"}


def test_the_answers_beside_the_plan_name_the_same_functions(orders: Path) -> None:
    out = planned(orders.parent, "order_tools.py:get_order")
    text = (out / "lambda_handler.py").read_text(encoding="utf-8")
    again = orders.parent / "again"
    assert main(["plan", str(out / "answers.yaml"), "--out", str(again)]) == 0
    assert (again / "lambda_handler.py").read_text(encoding="utf-8") == text


def checked(out: Path, right: str = "", wrong: str = "") -> Result:
    """What `check` finds of the handler of a plan, with one text in it changed."""
    known = gather(load.checked(parse((out / "answers.yaml").read_text(encoding="utf-8"), str(out / "answers.yaml"))))
    with Sandbox() as sandbox:
        (sandbox.root / "connect").mkdir()
        text = (out / "lambda_handler.py").read_text(encoding="utf-8")
        assert right in text
        (sandbox.root / "connect" / "lambda_handler.py").write_text(text.replace(right, wrong), encoding="utf-8")
        [found] = check_handler("lambda_handler.py", build(known).context["connections"][0], sandbox)
    return found


def test_check_calls_the_functions_by_their_signatures(orders: Path) -> None:
    found = checked(planned(orders.parent, "order_tools.py:get_order,refund,ship"))
    assert found.status == "passed", found


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(**known)", "(event)"),
        ("(**known)", "(**event, more='x')"),
        ('"refund": "order_tools:refund"', '"refund": "order_tools:get_order"'),
        ('"order_tools:refund"', '"orders_tools:refund"'),
    ],
)
def test_check_finds_a_handler_that_calls_them_otherwise(orders: Path, right: str, wrong: str) -> None:
    found = checked(planned(orders.parent, "order_tools.py:get_order,refund"), right, wrong)
    assert found.status == "failed", found


BY_HAND = '''
import datetime
from dataclasses import dataclass
from strands import tool


@dataclass
class Item:
    name: str


class Shop:
    def buy(self, name: str) -> str:
        """Buy."""


@tool
def marked(name: str) -> str:
    """Marked."""


def ordered(item: Item) -> str:
    """Takes an object."""


def dated(when: "datetime.date | None" = None) -> str:
    """Takes a date."""


def numbered(name: str, /) -> str:
    """By position."""


def several(name: str):
    """Several."""
    yield name


def outer():
    def inner(name: str) -> str:
        """Inside."""


def plain(name: str, many: dict[str, list[int]] | None = None) -> str:
    """Plain."""
    return name
'''


def test_functions_that_cannot_be_called_so_are_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    path.write_text(BY_HAND, encoding="utf-8")
    names = "buy,marked,ordered,dated,numbered,several,inner,plain"
    found = {one.name: one.origin for one in read_tools(f"shop.py:{names}", base=tmp_path)}
    why = {name: one.by_hand for name, one in found.items() if one is not None}
    assert why.pop("plain") == ""
    for name, word in {
        "buy": "method of Shop", "marked": "@tool", "ordered": "type Item", "dated": "type date",
        "numbered": "no name", "several": "in parts", "inner": "inside of another",
    }.items():  # fmt: skip
        assert word in why.pop(name)
    assert not why
    out = planned(tmp_path, f"shop.py:{names}")
    assert call(out, path.with_name("shop.py"), "dated", {})["error"].startswith("the tool 'dated' is not written yet")
    assert "ordered (its parameter item is of the type Item" in (out / "plan.md").read_text(encoding="utf-8")


def test_a_module_of_a_package_is_imported_by_its_whole_name(tmp_path: Path) -> None:
    folder = tmp_path / "shop" / "inner"
    folder.mkdir(parents=True)
    for one in (folder, folder.parent):
        (one / "__init__.py").touch()
    (folder / "orders.py").write_text(ORDERS, encoding="utf-8")
    [found] = read_tools("shop/inner/orders.py:refund", base=tmp_path)
    assert found.origin is not None
    assert (found.origin.module, found.origin.function) == ("shop.inner.orders", "refund")
    assert (found.origin.required, found.origin.optional) == (("order_id", "amount"), ("reason", "tags"))


def test_that_an_existing_function_must_change_is_said_first(orders: Path) -> None:
    text = (planned(orders.parent, "order_tools.py:get_order") / "plan.md").read_text(encoding="utf-8")
    assert text.index("An existing function usually has to be changed") < text.index("## Steps")
