"""Wrong direct calls, calls of an agent, and A2A clients."""

from __future__ import annotations

from tests.mutants.mutant import Edit, Mutant, after, drop, swap

_KEY = "Zk3vT9qLx7Rb2mN8wYc5HdPfGs4JaE6uVq1XtM0o"
_ENV = "mcp"


def _stream(wrong: str, edit: Edit, check: str, says: str, needs: str = "") -> Mutant:
    return Mutant("direct", "stream", "direct_feed.py", wrong, edit, check, says, needs)


def _direct(wrong: str, edit: Edit, check: str, says: str, needs: str = "") -> Mutant:
    return Mutant("direct", "direct-mcp", "direct_weather.py", wrong, edit, check, says, needs)


def _a2a(wrong: str, edit: Edit, check: str, says: str, needs: str = "") -> Mutant:
    return Mutant("a2a-client", "a2a", "a2a_peer.py", wrong, edit, check, says, needs)


def _invoke(wrong: str, edit: Edit, check: str, says: str, needs: str = "") -> Mutant:
    return Mutant("invoke-agent", "invoke", "invoke_agent.py", wrong, edit, check, says, needs)


MUTANTS = [
    _stream("the key is a parameter", swap("    method: str = \"POST\",\n", "    method: str = \"POST\",\n    api_key: str = \"\",\n"), "secret-parameters", "api_key"),
    _stream("the key is hard-coded", swap("        return str(_key_from_identity())", f'        return "{_KEY}"'), "no-secret-inside", "random"),
    _stream("the key stands in a constant", after("TIMEOUT = 30.0", f'\nAPI_KEY = "{_KEY}"'), "no-secret-inside", "secret"),
    _stream("the key stands in a header", swap('"x-api-key", _key()', f'"x-api-key", "{_KEY}"'), "no-secret-inside", "random"),
    _stream("the key is printed", swap("    return api_key\n", "    print(api_key)\n    return api_key\n"), "secrets-not-shown", "api_key"),
    _stream("another credential", swap('CREDENTIAL = "FeedCredential"', 'CREDENTIAL = "Feed"'), "facts-as-planned", "CREDENTIAL"),
    _stream("an http:// endpoint", swap('ENDPOINT = "https://', 'ENDPOINT = "http://'), "facts-as-planned", "ENDPOINT"),
    _stream("no Python", drop("def _open("), "python-compile", "not Python"),
    _stream("an import that is gone", swap("import requires_api_key", "import requires_api_key, requires_secret"), "python-import", "requires_secret", _ENV),
    _stream("the key is fetched at import", swap("def _outside_request(", "_KEY = _key()\n\n\ndef _outside_request("), "python-import", "importing it fails", _ENV),
    _direct("the token is a parameter", swap("async def list_tools() ->", 'async def list_tools(access_token: str = "") ->'), "secret-parameters", "access_token"),
    _direct("the token is logged", swap("    return access_token\n", '    __import__("logging").info("with %s", access_token)\n    return access_token\n'), "secrets-not-shown", "access_token"),
    _direct("other scopes", swap('["read"]', '["admin"]'), "facts-as-planned", "SCOPES"),
    _direct("an import that is gone", swap("import ClientSession\n", "import ClientSession, ClientGone\n"), "python-import", "ClientGone", _ENV),
    _a2a("the token is a parameter", swap('def ask_peer(text: str, conversation: str = "")', 'def ask_peer(text: str, conversation: str = "", token: str = "")'), "secret-parameters", "token"),
    _a2a("the token is hard-coded", swap("        return str(_token_from_identity())", f'        return "{_KEY}"'), "no-secret-inside", "random"),
    _a2a("the token is printed", swap("    return access_token\n", "    print(access_token)\n    return access_token\n"), "secrets-not-shown", "access_token"),
    _a2a("another agent", swap("https://agent.example.com/a2a", "https://other.example.com/a2a"), "facts-as-planned", "AGENT"),
    _a2a("other scopes", swap('["read"]', '["write"]'), "facts-as-planned", "SCOPES"),
    _a2a("no Python", swap("def _ids(conversation: str)", "def _ids(conversation: str"), "python-compile", "not Python"),
    _a2a("an import that is gone", swap("import requires_access_token", "import requires_access_token, requires_token"), "python-import", "requires_token", _ENV),
    Mutant("a2a-client", "a2a-key", "a2a_peer.py", "the key is left out of the query", swap('{**(query or {}), "query_key": _key()}', "{}"), "call-run", "the planned query parameter", _ENV),
    Mutant("a2a-client", "a2a-key", "a2a_peer.py", "the key under another name", swap('"query_key": _key()', '"key": _key()'), "call-run", "the planned query parameter", _ENV),
    _invoke("another agent", swap("tools_Server-abcdefghij", "other_Server-abcdefghij"), "facts-as-planned", "AGENT"),
    _invoke("the token is hard-coded", swap('token = token or os.environ.get("AGENT_BEARER_TOKEN", "")', f'token = "{_KEY}"'), "no-secret-inside", "written out"),
    _invoke("the token is printed", swap("    return _with_token(", "    print(token)\n    return _with_token("), "secrets-not-shown", "token"),
    _invoke("no Python", drop("def _post("), "python-compile", "not Python"),
    _invoke("an import that is gone", swap("from botocore.config import Config", "from botocore.config import Config, Settings"), "python-import", "Settings"),
    _invoke("an escape that is none", swap('ARN = re.compile(\n    r"', 'ARN = re.compile(\n    "\\d'), "python-compile", "the compiler warns"),
    _stream("no key is sent", drop('    request.add_unredirected_header("x-api-key", _key())\n'), "call-run", "does not carry the key", _ENV),
    _stream("the key in another header", swap('"x-api-key", _key()', '"Authorization", _key()'), "call-run", "does not carry the key", _ENV),
    _stream("the key in the address", swap('    request.add_unredirected_header("x-api-key", _key())\n', '    request.full_url = f"{url}?x-api-key={_key()}"\n'), "call-run", "does not carry the key", _ENV),
    _stream("a prefix that nobody asks for", swap('"x-api-key", _key()', '"x-api-key", "Bearer " + _key()'), "call-run", "does not carry the key", _ENV),
    _stream("it gives nothing", swap("            if not events and line:\n                yield line\n", "            if not events and line:\n                pass\n"), "call-run", "gives nothing", _ENV),
    _stream("it calls nobody", swap("    return _lines(_open(method, path, query, body))", '    return iter(["ok"])'), "call-run", "sends nothing", _ENV),
    _stream("the key is shown under another name", swap('    request.add_unredirected_header("x-api-key", _key())\n', '    request.add_unredirected_header("x-api-key", _key())\n    __import__("sys").stderr.write(str(request.header_items()))\n'), "secrets-stay-secret", "standard error", _ENV),
    _direct("it reads one page", swap("            if not cursor:\n                return tools", "            return tools"), "call-run", "2 of the 5", _ENV),
    _direct("no token is sent", swap('create_mcp_http_client(headers={"Authorization": f"Bearer {_token()}"})', "create_mcp_http_client()"), "call-run", "does not carry the bearer token", _ENV),
    _direct("the token without its scheme", swap('f"Bearer {_token()}"', "_token()"), "call-run", "does not carry the bearer token", _ENV),
    _a2a("no token is sent", drop('    request.add_unredirected_header("Authorization", f"Bearer {_token()}")\n'), "call-run", "does not carry the bearer token", _ENV),
    _a2a("a method that no version of A2A has", swap('"SendMessage"', '"sendMessage"'), "call-run", "using it fails", _ENV),
    _a2a("it does not read the answer", swap("return _answer(reply.get(\"result\", {}))", 'return ""'), "call-run", "gives nothing", _ENV),
    _invoke("no token is sent", drop('    request.add_unredirected_header("Authorization", f"Bearer {token}")\n'), "call-run", "does not carry the bearer token"),
    _invoke("a token where a signature belongs", swap("    if token:\n", "    if True:\n"), "call-run", "is not signed"),
    _invoke("an operation that does not exist", swap("client.invoke_agent_runtime(", "client.invoke_runtime("), "call-run", "invoke_runtime"),
    _invoke("a member that does not exist", swap("qualifier=endpoint,", "version=endpoint,"), "call-run", "version"),
    _invoke("it does not read the answer", swap('        yield b"\\n".join(lines).decode("utf-8", "replace")\n', "        yield from ()\n"), "call-run", "gives nothing"),
]  # fmt: skip
