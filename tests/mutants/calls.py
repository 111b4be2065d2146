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
    _stream("no Python", drop("def _open("), "python-compile", "no Python"),
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
    _a2a("no Python", swap("def _ids(conversation: str)", "def _ids(conversation: str"), "python-compile", "no Python"),
    _a2a("an import that is gone", swap("import requires_access_token", "import requires_access_token, requires_token"), "python-import", "requires_token", _ENV),
    _invoke("another agent", swap("tools_Server-abcdefghij", "other_Server-abcdefghij"), "facts-as-planned", "AGENT"),
    _invoke("the token is hard-coded", swap('token = os.environ.get("AGENT_BEARER_TOKEN")', f'token = "{_KEY}"'), "no-secret-inside", "random"),
    _invoke("the token is printed", swap("    return _with_token(", "    print(token)\n    return _with_token("), "secrets-not-shown", "token"),
    _invoke("no Python", drop("def _post("), "python-compile", "no Python"),
    _invoke("an import that is gone", swap("from botocore.config import Config", "from botocore.config import Config, Settings"), "python-import", "Settings"),
    _invoke("an escape that is none", swap('ARN = re.compile(\n    r"', 'ARN = re.compile(\n    "\\d'), "python-compile", "the compiler warns"),
]  # fmt: skip
