"""Wrong gateway clients: each is run in the environment of its framework, unless its text alone gives it away."""

from __future__ import annotations

from agentcore_connect.knowledge.resources import manifests
from tests.mutants.mutant import Edit, Mutant, after, drop, swap

_FILE = "gateway_client.py"


def _of(plan: str, wrong: str, edit: Edit, check: str, says: str, env: bool = True) -> Mutant:
    framework = plan.split()[0]
    return Mutant(f"client-{framework}", plan, _FILE, wrong, edit, check, says, framework if env else "")


_LISTED = "3 pages"
_NO_ENTRY = "does not get in"
_SIGNED = "is not signed (SigV4)"
_ENDED = "a token that has ended"
_NO_TOKEN = "no bearer token"
_RENEWAL = "if response.status_code == 401 and kept:"
_HARD = '        return "Bearer Zk3vT9qLx7Rb2mN8wYc5HdPfGs4J"\n'
_WRITES = 'open("token.txt", "w").write(self._token)'
_TOKEN_LINE = "            self._end = _end_of(self._token)\n"
_UNSET = 'os.environ.get(URL_VARIABLE, "").strip()'
_NO_AUTH = "        auth=GatewayAuth(),\n"
_NO_TOKEN_AUTH = "        auth=GatewayAuth(token),\n"

_MCP = [
    _of("mcp none", "it reads one page", swap("        if not cursor:\n            break", "        break"), "gateway-run", _LISTED),
    _of("mcp none", "it knows one spelling of the cursor", swap('getattr(page, "next_cursor", None) or getattr(page, "nextCursor", None)', 'getattr(page, "cursor", None)'), "gateway-run", _LISTED),
    _of("mcp none", "it prints the last page only", swap("tools += page.tools", "tools = page.tools"), "gateway-run", _LISTED),
    _of("mcp none", "it prints more than names", swap("print(name)", 'print("tool:", name)'), "gateway-run", _LISTED.replace("3 pages", "0 of the 5")),
    _of("mcp none", "it prints each name twice", swap("        print(name)", "        print(name)\n        print(name)"), "gateway-run", "once each"),
    _of("mcp none", "it cannot start before the first deploy", swap(_UNSET, "os.environ[URL_VARIABLE]"), "gateway-run", "until then the agent has to start"),
    _of("mcp none", "it ends badly without a gateway", swap("    return url or None", '    return url or sys.exit("no gateway")'), "gateway-run", "until then the agent has to start"),
    _of("mcp none", "no Python", swap("async def tool_names(", "async def tool_names"), "python-compile", "not Python", env=False),
    _of("mcp none", "an escape that is none", after('GATEWAY = "MyGateway"\n', 'PATTERN = "\\d"\n'), "python-compile", "the compiler warns", env=False),
    _of("mcp none", "an import that is gone", swap("from mcp.client import streamable_http", "from mcp.client import streamable_http, sse_http"), "python-import", "sse_http"),
    _of("mcp none", "a module that is gone", swap("from mcp.client import streamable_http", "from mcp.client import streamable_http\nimport mcp.client.auth_gone"), "python-import", "auth_gone"),
    _of("mcp none", "another gateway's variable", swap("AGENTCORE_GATEWAY_MYGATEWAY_URL", "AGENTCORE_GATEWAY_URL"), "facts-as-planned", "URL_VARIABLE", env=False),
    _of("mcp none", "the gateway's address stands in its text", swap(_UNSET, '"https://other.example.com/mcp"'), "gateway-run", _NO_ENTRY),
    _of("mcp none", "it sends a token that nobody asks for", swap("        timeout=http.Timeout(", '        headers={"Authorization": "Bearer x"},\n        timeout=http.Timeout('), "gateway-run", "asks for none"),
    _of("mcp aws-iam", "nothing is signed", drop(_NO_AUTH), "gateway-run", _SIGNED),
    _of("mcp aws-iam", "signed for another service", swap('"bedrock-agentcore", region', '"execute-api", region'), "gateway-run", _SIGNED),
    _of("mcp aws-iam", "signed for another Region", swap("region = signing_region(request.url.host)", 'region = "eu-west-1"'), "gateway-run", _SIGNED),
    _of("mcp aws-iam", "a hard-coded key", swap("self._session = Session()", 'self._session = Session()\n        self._session.set_credentials("AKIAZ4EXAMPL3KEY5AB7", "Zk3vT9qLx7Rb2mN8wYc5HdPfGs4JaE6uVq1XtM0o")'), "no-secret-inside", "looks like", env=False),
    _of("mcp custom-jwt", "no token is sent", drop(_NO_TOKEN_AUTH), "gateway-run", _NO_TOKEN),
    _of("mcp custom-jwt", "the token is fetched once", swap(_RENEWAL, "if False:"), "gateway-run", _ENDED),
    _of("mcp custom-jwt", "the old token is sent again", swap("yield await self._authorized(request, renew=True)", "yield await self._authorized(request, renew=False)"), "gateway-run", _ENDED),
    _of("mcp custom-jwt", "the token without its scheme", swap('f"Bearer {self._token}"', "self._token"), "gateway-run", _NO_TOKEN),
    _of("mcp custom-jwt", "the token in another header", swap('request.headers["Authorization"]', 'request.headers["X-Token"]'), "gateway-run", _NO_TOKEN),
    _of("mcp custom-jwt", "the token is printed", swap(_TOKEN_LINE, f"{_TOKEN_LINE}            print(self._token)\n"), "secrets-not-shown", "_token", env=False),
    _of("mcp custom-jwt", "the token is logged", swap(_TOKEN_LINE, f'{_TOKEN_LINE}            logger.warning("with %s", self._token)\n'), "secrets-not-shown", "_token", env=False),
    _of("mcp custom-jwt", "the token is shown under another name", swap(_TOKEN_LINE, f"{_TOKEN_LINE}            shown = str(vars(self))\n            print(shown, file=sys.stderr)\n"), "secrets-stay-secret", "standard error"),
    _of("mcp custom-jwt", "the token is written to a file", swap(_TOKEN_LINE, f"{_TOKEN_LINE}            {_WRITES}\n"), "secrets-not-shown", "write", env=False),
    _of("mcp custom-jwt", "the headers are written to a file", swap('        request.headers["Authorization"] = f"Bearer {self._token}"\n', '        request.headers["Authorization"] = f"Bearer {self._token}"\n        with open("seen.txt", "a") as seen:\n            seen.write(str(list(request.headers.items())))\n'), "secrets-stay-secret", "seen.txt"),
    _of("mcp custom-jwt", "another provider of tokens", swap('TOKEN_PROVIDER = "MyGateway-oauth"', 'TOKEN_PROVIDER = "oauth"'), "facts-as-planned", "TOKEN_PROVIDER", env=False),
]  # fmt: skip

_STRANDS = [
    _of("strands none", "it reads one page", swap("await client.load_tools()", "client.start().list_tools_sync()"), "gateway-run", _LISTED),
    _of("strands none", "an import that is gone", swap("from strands.tools.mcp import MCPClient", "from strands.tools.mcp import MCPClient\nfrom strands.tools import MCPGone"), "python-import", "MCPGone"),
    _of("strands none", "a method that is gone", swap("await client.load_tools()", "await client.read_tools()"), "gateway-run", _NO_ENTRY),
    _of("strands none", "it cannot start before the first deploy", swap("    if client is None:\n        return []\n", ""), "gateway-run", "until then the agent has to start"),
    _of("strands none", "no Python", swap("class GatewayClient(MCPClient):", "class GatewayClient(MCPClient)"), "python-compile", "not Python", env=False),
    _of("strands aws-iam", "nothing is signed", drop(_NO_AUTH), "gateway-run", _SIGNED),
    _of("strands aws-iam", "signed for another service", swap('"bedrock-agentcore", region', '"bedrock", region'), "gateway-run", _SIGNED),
    _of("strands aws-iam", "a bearer token for a gateway with IAM", swap("auth=GatewayAuth(),", 'headers={"Authorization": f"Bearer {os.environ.get(URL_VARIABLE)}"},'), "gateway-run", _SIGNED),
    _of("strands custom-jwt", "the token is fetched once", swap(_RENEWAL, "if False:"), "gateway-run", _ENDED),
    _of("strands custom-jwt", "a hard-coded token", swap("        return str(receive())", '        return "Zk3vT9qLx7Rb2mN8wYc5HdPfGs4JaE6uVq1XtM0o"'), "no-secret-inside", "random", env=False),
    _of("strands custom-jwt", "the token is printed", swap(_TOKEN_LINE, f'{_TOKEN_LINE}            print(f"token {{self._token}}", file=sys.stderr)\n'), "secrets-not-shown", "_token", env=False),
]  # fmt: skip

_LANGGRAPH = [
    _of("langgraph none", "it reads one page", swap("await load_mcp_tools(session)", "(await session.list_tools()).tools"), "gateway-run", _LISTED),
    _of("langgraph none", "an import that is gone", swap("from langchain_mcp_adapters.tools import load_mcp_tools", "from langchain_mcp_adapters.tools import load_mcp_tools, load_tools_gone"), "python-import", "load_tools_gone"),
    _of("langgraph none", "another transport", swap('"transport": "streamable_http"', '"transport": "sse"'), "gateway-run", _NO_ENTRY),
    _of("langgraph none", "it cannot start before the first deploy", swap("return [] if session is None else await", "return await"), "gateway-run", "until then the agent has to start"),
    _of("langgraph none", "no Python", swap("async def gateway_tools(", "async gateway_tools("), "python-compile", "not Python", env=False),
    _of("langgraph aws-iam", "nothing is signed", drop(_NO_AUTH), "gateway-run", _SIGNED),
    _of("langgraph aws-iam", "the framework's own client instead of the one that signs", drop('        "httpx_client_factory": http_client,\n'), "gateway-run", _SIGNED),
    _of("langgraph aws-iam", "signed for another Region", swap("region = signing_region(request.url.host)", 'region = "eu-west-1"'), "gateway-run", _SIGNED),
    _of("langgraph custom-jwt", "the token is fetched once", swap(_RENEWAL, "if False:"), "gateway-run", _ENDED),
    _of("langgraph custom-jwt", "a hard-coded token", swap('"transport": "streamable_http",', '"transport": "streamable_http",\n        "headers": {"Authorization": "Bearer Zk3vT9qLx7Rb2mN8wYc5HdPfGs4JaE6uVq1XtM0o"},'), "no-secret-inside", "bearer", env=False),
    _of("langgraph custom-jwt", "the token is logged", swap(_TOKEN_LINE, f'{_TOKEN_LINE}            logger.info(self._token)\n'), "secrets-not-shown", "_token", env=False),
]  # fmt: skip

_ONE_PAGE = {
    "openai-agents": swap("await server.list_tools()", "(await server.session.list_tools()).tools"),
    "pydantic-ai": swap("await toolset.list_tools()", "(await toolset.client.list_tools_mcp()).tools"),
}
_READS_ONE = swap("        if not cursor:\n            break", "        break")


def _in_common(framework: str) -> list[Mutant]:
    """What can be wrong in the client of any framework."""
    none, iam, jwt = (f"{framework} {inbound}" for inbound in ("none", "aws-iam", "custom-jwt"))
    return [
        _of(none, "it reads one page", _ONE_PAGE.get(framework, _READS_ONE), "gateway-run", _LISTED),
        _of(none, "it cannot start before the first deploy", swap(_UNSET, "os.environ[URL_VARIABLE]"), "gateway-run", "until then the agent has to start"),
        _of(none, "an import that is gone", after("from __future__ import annotations\n", "\nfrom mcp import gone_from_mcp\n"), "python-import", "gone_from_mcp"),
        _of(none, "no Python", after("from __future__ import annotations\n", "\ndef (\n"), "python-compile", "not Python", env=False),
        _of(iam, "nothing is signed", drop(_NO_AUTH), "gateway-run", _SIGNED),
        _of(jwt, "the token is fetched once", swap(_RENEWAL, "if False:"), "gateway-run", _ENDED),
        _of(jwt, "the token is printed", swap(_TOKEN_LINE, f"{_TOKEN_LINE}            print(self._token)\n"), "secrets-not-shown", "_token", env=False),
    ]  # fmt: skip


_OTHERS = sorted({kind.removeprefix("client-") for kind in manifests() if kind.startswith("client-")} - {"mcp", "strands", "langgraph"})  # fmt: skip
MUTANTS = [*_MCP, *_STRANDS, *_LANGGRAPH, *(one for framework in _OTHERS for one in _in_common(framework))]
