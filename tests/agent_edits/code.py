"""Agents as people write them: for each framework the lines that matter, for each shape where they stand."""

from __future__ import annotations

from typing import NamedTuple


class Framework(NamedTuple):
    """The lines of an agent: what it imports, a tool of its own, how it is built from tools and run."""

    imports: str
    tool: str
    build: str  # {tools}: what comes where it takes tools, with the keyword
    run: str
    keyword: str = "tools"
    own: str = "add_numbers"  # what of its own stands where it takes tools


FRAMEWORKS = {
    "strands": Framework(
        "from strands import Agent, tool",
        "@tool\ndef add_numbers(a: int, b: int) -> int:\n    '''Add two numbers.'''\n    return a + b",
        "Agent(model=load_model(), {tools}, callback_handler=None)",
        "result = str(await agent.invoke_async(payload['prompt']))",
    ),
    "langgraph": Framework(
        "from langchain_core.tools import tool\nfrom langgraph.prebuilt import create_react_agent",
        "@tool\ndef add_numbers(a: int, b: int) -> int:\n    '''Add two numbers.'''\n    return a + b",
        "create_react_agent(load_model(), {tools})",
        "result = (await agent.ainvoke({'messages': [('user', payload['prompt'])]}))['messages'][-1].content",
    ),
    "openai-agents": Framework(
        "from agents import Agent, Runner, function_tool",
        "@function_tool\ndef add_numbers(a: int, b: int) -> int:\n    '''Add two numbers.'''\n    return a + b",
        "Agent(name='Shop', model=load_model(), tools=[add_numbers], {tools})",
        "result = (await Runner.run(agent, payload['prompt'])).final_output",
        "mcp_servers",
        "",
    ),
    "google-adk": Framework(
        "from google.adk.agents import LlmAgent\nfrom google.adk.runners import InMemoryRunner\nfrom google.genai import types",
        "def add_numbers(a: int, b: int) -> int:\n    '''Add two numbers.'''\n    return a + b",
        "LlmAgent(name='shop', model=load_model(), {tools})",
        "runner = InMemoryRunner(agent=agent, app_name='shop')\n"
        "await runner.session_service.create_session(app_name='shop', user_id='u', session_id='s')\n"
        "message = types.Content(role='user', parts=[types.Part(text=payload['prompt'])])\n"
        "result = ''\n"
        "async for event in runner.run_async(user_id='u', session_id='s', new_message=message):\n"
        "    result = event.content.parts[0].text or result",
    ),
    "autogen": Framework(
        "from autogen_agentchat.agents import AssistantAgent\nfrom autogen_core.tools import FunctionTool",
        "def _add(a: int, b: int) -> int:\n    return a + b\n\n\n"
        "add_numbers = FunctionTool(_add, description='Add two numbers.', name='add_numbers')",
        "AssistantAgent('shop', load_model(), {tools})",
        "result = str((await agent.run(task=payload['prompt'])).messages[-1].content)",
    ),
    "llamaindex": Framework(
        "from llama_index.core.agent.workflow import FunctionAgent",
        "def add_numbers(a: int, b: int) -> int:\n    '''Add two numbers.'''\n    return a + b",
        "FunctionAgent(llm=load_model(), {tools})",
        "result = str(await agent.run(payload['prompt']))",
    ),
    "pydantic-ai": Framework(
        "from pydantic_ai import Agent, FunctionToolset",
        "add_numbers = FunctionToolset()\n\n\n@add_numbers.tool_plain\ndef add(a: int, b: int) -> int:\n"
        "    '''Add two numbers.'''\n    return a + b",
        "Agent(load_model(), {tools})",
        "result = (await agent.run(payload['prompt'])).output",
        "toolsets",
    ),
    "crewai": Framework(
        "from crewai import Agent, Crew, Task\nfrom crewai.tools import tool",
        "@tool\ndef add_numbers(a: int, b: int) -> int:\n    '''Add two numbers.'''\n    return a + b",
        "Agent(role='r', goal='g', backstory='b', llm=load_model(), {tools})",
        "task = Task(description=payload['prompt'], expected_output='words', agent=agent)\n"
        "result = str(await Crew(agents=[agent], tasks=[task]).kickoff_async())",
    ),
}
_HEAD = "from bedrock_agentcore.runtime import BedrockAgentCoreApp\n{imports}\n\nfrom model.load import load_model\n\napp = BedrockAgentCoreApp()\n\n\n{tool}\n\n\n"
_TAIL = '    return {"result": result}\n'
_INVOKE = "@app.entrypoint\nasync def invoke(payload, context):\n"
#: For each shape: the code after its head; {build} an expression, {run} lines of the entry point, {tools} its tools.
_SHAPES = {
    "entry-point": (_INVOKE + "    agent = {build}\n{run}" + _TAIL, "{k}=[{own}]"),
    "generator": (_INVOKE + '    agent = {build}\n{run}    yield {{"result": result}}\n', "{k}=[{own}]"),
    "factory": (
        "def make_agent():\n    return {build}\n\n\n" + _INVOKE + "    agent = make_agent()\n{run}" + _TAIL,
        "{k}=[{own}]",
    ),
    "module": ("agent = {build}\n\n\n" + _INVOKE + "{run}" + _TAIL, "{k}=[{own}]"),
    "method": (
        "class Shop:\n    def __init__(self):\n        self.agent = {build}\n\n    async def answer(self, payload):\n"
        "        agent = self.agent\n{deep}        return result\n\n\n"
        + _INVOKE
        + "    result = await Shop().answer(payload)\n"
        + _TAIL,
        "{k}=[{own}]",
    ),
    "variable": ("own = [{{own}}]\n\n\n" + _INVOKE + "    agent = {build}\n{run}" + _TAIL, "{k}=own"),
    "sum": (
        "clients = []\nown = [{{own}}]\n\n\n" + _INVOKE + "    agent = {build}\n{run}" + _TAIL,
        "{k}=clients + own",
    ),
    "none": (
        "def make_agent(own=None):\n    return {build}\n\n\n" + _INVOKE + "    agent = make_agent()\n{run}" + _TAIL,
        "{k}=own",
    ),
    "without": (_INVOKE + "    agent = {build}\n{run}" + _TAIL, ""),
}
SHAPES = tuple(_SHAPES)
#: Shapes whose agent comes without the tool of its own.
BARE = ("none", "without")


def agent_code(framework: str, shape: str) -> str:
    """The entry file of an agent."""
    known = FRAMEWORKS[framework]
    body, tools = _SHAPES[shape]
    build = (
        known.build.format(tools=tools.format(k=known.keyword, own=known.own) or "#")
        .replace(", #, ", ", ")
        .replace(", #)", ")")
    )
    head = _HEAD.format(imports=known.imports, tool=known.tool)
    code = (
        body.replace("{build}", build)
        .replace("{run}", _indented(known.run, 4))
        .replace("{deep}", _indented(known.run, 8))
    )
    return head + code.replace("{{own}}", known.own).replace("{{", "{").replace("}}", "}")


def served_by_fastapi(text: str) -> str:
    """The same agent as an application of FastAPI, with a route that is none of the agent's."""
    route = '@app.get("/ping")\nasync def ping():\n    return {"status": "Healthy"}\n\n\n@app.post("/invocations")\n'
    invoke = "async def invoke(request: Request):\n    payload = await request.json()\n"
    return (
        text.replace(
            "from bedrock_agentcore.runtime import BedrockAgentCoreApp", "from fastapi import FastAPI, Request"
        )
        .replace("app = BedrockAgentCoreApp()", "app = FastAPI()")
        .replace(_INVOKE, route + invoke)
    )


def _indented(text: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in text.splitlines())
