"""Agents for which the place of the edit is not certain: each with a part of the reason that the plan gives."""

from __future__ import annotations

from tests.agent_edits.code import agent_code, served_by_fastapi

STRANDS = agent_code("strands", "entry-point")
MODULE = agent_code("strands", "module")
GRAPH = agent_code("langgraph", "entry-point")
FASTAPI = served_by_fastapi(GRAPH)
TWO = STRANDS + "\n\ndef second():\n    return Agent(model=load_model())\n"
#: What is odd -> the entry file, the framework, the reason.
REFUSED: dict[str, tuple[str | bytes, str, str]] = {
    "two agents": (TWO, "strands", "2 agents are built (app/Shop/main.py:17, app/Shop/main.py:23)"),
    "syntax error": ("def broken(:\n", "strands", "is no Python"),
    "utf-16": (STRANDS.encode("utf-16"), "strands", "is no text"),
    "another encoding": ("# coding: latin-1\n" + STRANDS, "strands", "is no Python that can be read"),
    "mixed ends": (STRANDS.replace("\n", "\r\n", 3), "strands", "mixes two kinds of line ends"),
    "star import": ("from strands import *\n" + STRANDS, "strands", "imports everything"),
    "options": (STRANDS.replace("tools=[add_numbers]", "**options"), "strands", "may hold tools already"),
    "no list": (STRANDS.replace("tools=[add_numbers]", "tools={'a': 1}"), "strands", "is no list"),
    "nothing built": (STRANDS.replace("Agent(model", "Other(model"), "strands", "no place was found"),
    "name taken": (STRANDS.replace("def invoke", "def gateway_tools(): ...\n\n\ndef invoke"), "strands", "gateway_tools of its own"),
    "and a lambda": (STRANDS + "\n\nmake = lambda: Agent()\n", "strands", "2 agents are built"),
    "used at import": (MODULE.replace("@app.entry", "print(agent)\n\n\n@app.entry"), "strands", "used while the module is loaded"),
    "global": (MODULE.replace("    result =", "    global agent\n    result ="), "strands", "declared global"),
    "set again": (MODULE + "\n\nagent = None\n", "strands", "is set again"),
    "two names": (MODULE.replace("agent = Agent", "agent = other = Agent"), "strands", "not for one name"),
    "two statements": (MODULE.replace("agent = Agent", "x = 1; agent = Agent"), "strands", "holds other code"),
    "sync entry": (GRAPH.replace("async def", "def").replace("await agent.ainvoke", "agent.invoke"), "langgraph", "is not asynchronous"),
    "sync run": (GRAPH.replace("await agent.ainvoke", "agent.invoke"), "langgraph", "run by `invoke`"),
    "no entry point": (GRAPH.replace("@app.entrypoint\n", ""), "langgraph", "no entry point was found"),
    "detached": (GRAPH.replace("    result", "    asyncio.create_task(later())\n    result"), "langgraph", "may go on after the request"),
    "tool node": (GRAPH.replace("tools=[add_numbers]", "tools=ToolNode([add_numbers])"), "langgraph", "no list"),
    "streamed later": (FASTAPI.replace('return {"result": result}', "return StreamingResponse([result])"), "langgraph", "is streamed after invoke has returned"),
    "sync route": (FASTAPI.replace("async def invoke", "def invoke").replace("await ", ""), "langgraph", "is not asynchronous"),
    "late annotations": ("from __future__ import annotations\n" + FASTAPI, "langgraph", "postpones its annotations"),
    "a secret beside it": (STRANDS.replace("    agent =", "    key = 'AKIA" + "ABCDEFGHIJKLMNOP'\n    agent ="), "strands", "looks like a secret"),
}  # fmt: skip
