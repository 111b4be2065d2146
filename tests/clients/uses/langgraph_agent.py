"""A graph whose tool node calls what the model asks for; here the test is the model."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode


async def run(client: Any, steps: list[tuple[str, str]], query: str) -> tuple[list[str], list[str]]:
    outcomes = []
    async with client.gateway_session() as session:
        tools = await (client.find_tools(session, query) if query else client.gateway_tools(session))
        graph = StateGraph(MessagesState)
        graph.add_node("tools", ToolNode(tools, handle_tool_errors=True))
        graph.add_edge(START, "tools")
        agent = graph.compile()
        for name, text in steps:
            call = {"name": name, "args": {"text": text}, "id": "1", "type": "tool_call"}
            answer = await agent.ainvoke({"messages": [AIMessage(content="", tool_calls=[call])]})
            message = answer["messages"][-1]
            said = message.content if isinstance(message.content, str) else message.content[0]["text"]
            outcomes.append(f"error: {said}" if message.status == "error" else said)
    return [tool.name for tool in tools], outcomes
