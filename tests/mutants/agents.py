"""Wrong edits of an agent's code: each is applied to a copy, and what comes out is read again."""

from __future__ import annotations

from tests.mutants.mutant import Edit, Mutant, swap

_FILE = "agent.patch"
_TOOLS = "tools=[*current_tools(), add_numbers]"


def _of(wrong: str, edit: Edit, check: str, says: str, plan: str = "agent") -> Mutant:
    return Mutant("agent-patch", plan, _FILE, wrong, edit, check, says)


def _direct(wrong: str, edit: Edit, says: str) -> Mutant:
    return _of(f"a direct call: {wrong}", edit, "agent-gets-tools", says, "agent-direct")


MUTANTS = [
    _of("it is for other code", swap(" app = BedrockAgentCoreApp()", " app = Other()"), "patch-applies", "does not apply"),
    _of("it changes a file outside", swap("a/app/Shop/main.py", "a/../main.py"), "patch-applies", "outside the project"),
    _of("it is cut off", lambda text: text[: len(text) // 2], "patch-applies", "does not apply"),
    _of("no Python", swap("import current_tools, with", "import current_tools,, with"), "patched-code-compiles", "not Python"),
    _of("the client is no Python", swap("+import asyncio", "+import asyncio,"), "patched-code-compiles", "not Python"),
    _of("the tools are not given", swap(_TOOLS, "tools=[add_numbers, *[]]"), "agent-gets-tools", "no agent is given"),
    _of("a tool is lost", swap(_TOOLS, "tools=[*current_tools()]"), "agent-gets-tools", "the agent loses add_numbers"),
    _of("the entry point opens nothing", swap("+@with_gateway", "+# with_gateway"), "agent-gets-tools", "no entry point is under"),
    _of("an import is missing", swap("import current_tools, with", "import with"), "agent-gets-tools", "current_tools is not imported"),
    _of("another gateway's client", swap('+GATEWAY = "MyGateway"', '+GATEWAY = "Other"'), "agent-gets-tools", "does not create the gateway_client.py"),
    _of("the client is put elsewhere", swap("b/app/Shop/gateway_client.py", "b/app/gateway_client.py"), "agent-gets-tools", "where the import finds it"),
    _direct("the function is not given", swap("[tool(call_orders), add_numbers]", "[*[], add_numbers]"), "no agent is given call_orders"),
    _direct("the function is no tool", swap("[tool(call_orders), add", "[call_orders, add"), "no agent is given call_orders"),
    _direct("a tool of the agent's own is lost", swap("[tool(call_orders), add_numbers]", "[tool(call_orders)]"), "the agent loses add_numbers"),
    _direct("an import is missing", swap("+from direct_orders import call_orders", "+from direct_orders import ENDPOINT"), "call_orders is not imported"),
    _direct("the file calls another host", swap('+ENDPOINT = "https://orders', '+ENDPOINT = "https://others'), "does not create the direct_orders.py"),
    _direct("the file is put elsewhere", swap("b/app/Shop/direct_orders.py", "b/app/direct_orders.py"), "where the import finds it"),
]  # fmt: skip
